"""Getting out: to the network, to other processes, to other files, to more rights."""

from __future__ import annotations

from attacks.attack import Attack

CALL = """
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
"""


def raid(name: str, tries: str, *lines: str, needs: str = "", open: str = "") -> Attack:
    """Return an attack whose raid is a few lines; they end in `done()` or harm somebody."""
    body = "".join(f"    {line}\n" for line in lines)
    code = f"{CALL}\n\ndef raid():\n{body}"
    return Attack(name, tries, code, needs=needs, open=open, owner=bool(open))


def kernel(name: str, tries: str, call: str, needs: str = "") -> Attack:
    """Return an attack that is one system call; it is done when that does not fail."""
    return raid(name, tries, f"if libc.syscall({call}) >= 0:", "    done()", needs=needs)


NETWORK = (
    raid("send_by_tcp", "connects to a port on the loopback and sends a line",
         "with _socket.create_connection(('127.0.0.1', PLAN['tcp'])) as line:",
         "    line.sendall(b'hello')"),
    raid("send_by_udp", "sends a datagram, as a look-up of a name would",
         "with _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM) as line:",
         "    line.sendto(b'hello', ('127.0.0.1', PLAN['udp']))"),
    raid("send_by_ipv6", "connects over IPv6",
         "with _socket.create_connection(('::1', PLAN['tcp6'])) as line:",
         "    line.sendall(b'hello')"),
    raid("let_bash_send", "lets another program open the connection",
         "import subprocess",
         "port = PLAN['tcp']",
         "subprocess.run(['/bin/bash', '-c', f'echo hello > /dev/tcp/127.0.0.1/{port}'])"),
    raid("send_by_an_abstract_socket", "connects to a local socket that has no path",
         "with _socket.socket(_socket.AF_UNIX) as line:",
         "    line.connect('\\0' + PLAN['abstract'])",
         "    line.sendall(b'hello')"),
    raid("send_by_a_path", "sends a datagram to a local socket with a path",
         "with _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM) as line:",
         "    line.sendto(b'hello', PLAN['path'])"),
    raid("send_by_a_pair", "takes a pair of sockets and sends from it to another address",
         "line, _ = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_DGRAM)",
         "line.sendto(b'hello', PLAN['path'])"),
    raid("listen_for_callers", "opens a port of its own for a reverse connection",
         "with _socket.create_server(('127.0.0.1', 0)):",
         "    done()"),
    raid("ask_netlink", "opens a line to the kernel's network tables",
         "with _socket.socket(_socket.AF_NETLINK, _socket.SOCK_RAW, 0) as line:",
         "    line.bind((0, 0))",
         "    done()"),
    raid("raw_packets", "opens raw and packet sockets",
         "with _socket.socket(_socket.AF_INET, _socket.SOCK_RAW, 1):",
         "    done()", needs="root"),
    Attack(
        "send_by_32_bit_calls",
        "enters the kernel by the 32-bit door, where a filter may not look",
        """
import ctypes
import mmap
import platform


def raid():
    assert platform.machine() == "x86_64"
    # rdi points to {number, first, second, third}; the call is `int 0x80`.
    code = bytes.fromhex("53" "488b07" "488b5f08" "488b4f10" "488b5718" "cd80" "5b" "c3")
    place = mmap.mmap(-1, 4096, prot=7)
    place.write(code)
    at = ctypes.addressof(ctypes.c_char.from_buffer(place))
    enter = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_ulong))(at)
    call = lambda *words: enter((ctypes.c_ulong * 4)(*words))
    line = call(359, 2, 1, 0)  # socket(AF_INET, SOCK_STREAM, 0)
    if line >= 0:
        done()
""",
        honest="skeleton",
    ),
)  # fmt: skip

OTHERS = (
    raid("signal_the_judge", "sends a signal to the judge", "_os.kill(PLAN['judge'], 23)"),
    raid("signal_the_parent", "asks whether its parent may be signalled",
         "_os.kill(_os.getppid(), 0)", "done()"),
    raid("kill_a_process", "kills another process", "_os.kill(PLAN['victim'], 9)"),
    raid("kill_by_group", "kills another process by its group", "_os.killpg(PLAN['victim'], 9)"),
    raid("kill_by_descriptor", "kills another process by its descriptor",
         "import signal",
         "signal.pidfd_send_signal(_os.pidfd_open(PLAN['victim']), 9)"),
    kernel("kill_by_thread", "kills another process by the number of its thread",
           "234, PLAN['victim'], PLAN['victim'], 9"),
    raid("queue_a_signal", "kills another process by a queued signal",
         "libc.sigqueue.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]",
         "libc.sigqueue(PLAN['victim'], 9, None)"),
    raid("stop_a_process", "stops another process", "_os.kill(PLAN['victim'], 19)"),
    raid("signal_everybody", "sends a signal to everybody who may be signalled",
         "_os.kill(-1, 23)"),
    raid("slow_a_process", "makes another process wait for all others",
         "_os.setpriority(_os.PRIO_PROCESS, PLAN['victim'], 15)"),
    raid("limit_a_process", "takes another process its time",
         "import resource",
         "resource.prlimit(PLAN['victim'], resource.RLIMIT_CORE, (0, 0))", "done()"),
    raid("move_a_process", "confines another process to one processor",
         "_os.sched_setaffinity(PLAN['victim'], {0})", "done()"),
)  # fmt: skip

FILES = (
    raid("write_site_packages", "plants a .pth file that every Python reads at its start",
         "import numpy",
         "place = _os.path.dirname(numpy.__path__[0])",
         "open(_os.path.join(place, PLAN['token'] + '.pth'), 'w').write('# planted')",
         needs="owner"),
    raid("write_tmp", "leaves a file in /tmp for the next student",
         "open('/tmp/' + PLAN['token'], 'w').write('left')"),
    raid("write_shared_memory", "leaves a file in /dev/shm for the next student",
         "open('/dev/shm/' + PLAN['token'], 'w').write('left')"),
    raid("write_the_drop", "writes into a folder that everybody may write to",
         "open(PLAN['drop'] + '/left', 'w').write('left')"),
    raid("change_a_neighbour", "overwrites another student's hand-in",
         "open(PLAN['neighbour'], 'w').write('ruined')"),
    raid("truncate_a_neighbour", "cuts another student's hand-in",
         "_os.truncate(PLAN['neighbour'], 0)"),
    raid("replace_a_neighbour", "moves its own file over another student's",
         "open('mine', 'w').write('mine')",
         "_os.replace('mine', PLAN['neighbour'])"),
    raid("change_the_results", "overwrites the file of results",
         "open(PLAN['results'], 'w').write('{\"score\": 100}')"),
    raid("delete_the_hidden_checks", "deletes a file of the course",
         "_os.unlink(PLAN['neighbour'])"),
    raid("make_a_pipe", "leaves a pipe that a reader would wait for",
         "_os.mkfifo('/tmp/' + PLAN['token'])"),
    raid("open_the_closed_folder", "gives everybody the right to a folder of mode 0700",
         "_os.chmod(_os.path.dirname(PLAN['closed']), 0o777)"),
    raid("close_the_hidden_checks", "takes everybody the right to read the hidden checks",
         "_os.chmod(PLAN['hidden'], 0)"),
    raid("age_the_hidden_checks", "changes the time of a file of the course",
         "_os.utime(PLAN['hidden'], (1, 1))"),
    raid("tag_the_hidden_checks", "hangs an attribute on a file of the course",
         "_os.setxattr(PLAN['hidden'], 'user.graded', b'x')"),
    raid("close_a_library", "takes everybody the right to read a file of Python's packages",
         "_os.fchmod(_os.open(PLAN['library'], _os.O_RDONLY), 0)", needs="owner"),
    raid("tag_a_library", "hangs an attribute on a file of Python's packages",
         "_os.setxattr(_os.open(PLAN['library'], _os.O_RDONLY), 'user.graded', b'x')",
         needs="owner"),
    raid("lease_a_library", "takes a lease on a file of Python's: who opens it waits for 45 s",
         "import fcntl",
         "fcntl.fcntl(_os.open(PLAN['library'], _os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)",
         "done()", needs="owner"),
    raid("flag_a_library", "sets a flag of the file system on a file of Python's packages",
         "import array, fcntl",
         "flags, place = array.array('l', [0]), _os.open(PLAN['library'], _os.O_RDONLY)",
         "fcntl.ioctl(place, 0x80086601, flags)",
         "flags[0] |= 0x40",
         "fcntl.ioctl(place, 0x40086602, flags)",
         "done()", needs="owner"),
    raid("watch_a_closed_folder", "asks to be told the names of files in a folder of mode 0700",
         "place = libc.inotify_init()",
         "if libc.inotify_add_watch(place, _os.path.dirname(PLAN['closed']).encode(), 0xfff) >= 0:",
         "    done()"),
    raid("give_a_file_away", "changes the owner of a file of the course",
         "_os.chown(PLAN['hidden'], 12345, 12345)", needs="root"),
)  # fmt: skip

RIGHTS = (
    raid("become_root", "asks to be root in every way",
         "_os.setresuid(0, 0, 0)",
         "if _os.getresuid() == (0, 0, 0):",
         "    done()", needs="root"),
    raid("become_somebody", "changes its user to another one",
         "_os.setresuid(1, 1, 1)", "done()", needs="root"),
    raid("switch_user", "lets `su` read a file of root",
         "import subprocess",
         "tell(subprocess.run(['su', '-c', 'cat ' + PLAN['closed']], stdin=subprocess.DEVNULL,",
         "     capture_output=True, text=True, timeout=1).stdout)", needs="root"),
    raid("regain_by_exec", "starts a program, by which root's processes regain their rights",
         "import subprocess",
         "command = 'cat /proc/self/status; cat ' + PLAN['closed']",
         "tell(subprocess.run(['/bin/sh', '-c', command], capture_output=True, text=True).stdout)"),
    kernel("new_user_namespace", "makes a user namespace, in which it would be root",
           "272, 0x10000000"),
    raid("clone_into_a_namespace", "clones a child into new namespaces",
         "pid = libc.syscall(56, 0x10000000 | 0x40000000 | 17, 0, 0, 0, 0)",
         "if pid == 0:",
         "    _os._exit(0)",
         "if pid > 0:",
         "    done()"),
    raid("clone3_into_a_namespace", "the same by the newer call, whose flags no filter sees",
         "words = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)",
         "pid = libc.syscall(435, words, 88)",
         "if pid == 0:",
         "    _os._exit(0)",
         "if pid > 0:",
         "    done()"),
    kernel("mount_namespace", "makes a mount namespace", "272, 0x20000", needs="root"),
    raid("mount_over", "mounts an empty file system, in a namespace of its own",
         "if libc.unshare(0x20000) == 0 and libc.mount(b'none', b'/', None, 0x44000, None) == 0:",
         "    if libc.mount(b'tmpfs', PLAN['drop'].encode(), b'tmpfs', 0, None) == 0:",
         "        done()", needs="root"),
    raid("change_the_root", "makes its own folder the root of all files",
         "_os.chroot('.')", "done()", needs="root"),
    kernel("io_uring", "sets up a ring, by which calls pass the filter",
           "425, 4, ctypes.create_string_buffer(248)"),
    kernel("load_a_program", "loads a program into the kernel (bpf)",
           "321, 0, (ctypes.c_uint32 * 40)(2, 4, 8, 1), 72", needs="root"),
    raid("keep_a_key", "leaves a key in a keyring that outlives the process",
         "key = libc.syscall(248, b'user', PLAN['token'].encode(), b'x', 1, -3)",
         "if key >= 0:",
         "    done()",
         "    libc.syscall(250, 3, key)"),
    kernel("handle_page_faults", "asks to handle page faults, a tool of exploits",
           "323, 1"),
    kernel("measure_the_kernel", "opens a counter of performance events",
           "298, (ctypes.c_uint32 * 32)(1, 128), 0, -1, -1, 0", needs="root"),
    raid("make_old_shared_memory", "makes a segment of System V memory that outlives the process",
         "number = libc.syscall(29, 0, 4096, 0o1600)",
         "if number >= 0:",
         "    done()",
         "    libc.syscall(31, number, 0, 0)"),
    raid("make_a_message_queue", "makes a System V message queue that outlives the process",
         "number = libc.syscall(68, 0, 0o1600)",
         "if number >= 0:",
         "    done()",
         "    libc.syscall(71, number, 0, 0)"),
    raid("make_a_posix_queue", "makes a POSIX message queue that outlives the process",
         "name = PLAN['token'].encode()",
         "if libc.syscall(240, name, 0o102, 0o600, 0) >= 0:",
         "    done()",
         "    libc.syscall(241, name)"),
    raid("undo_no_new_privileges", "takes back that no program may give it new rights",
         "libc.prctl(38, 0, 0, 0, 0)",
         "if libc.prctl(39, 0, 0, 0, 0) == 0:",
         "    done()"),
    raid("raise_the_limits", "raises its own limits again",
         "import resource",
         "for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):",
         "    resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))",
         "done()", needs="CAP_SYS_RESOURCE"),
)  # fmt: skip

TABLE = NETWORK + OTHERS + FILES + RIGHTS
