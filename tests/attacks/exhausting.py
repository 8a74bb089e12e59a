"""Taking all there is: time, memory, processes, files, output. Every loop here has an end."""

from __future__ import annotations

from attacks.attack import CHECKS, Attack, Control

MANY = (CHECKS[6],)  # the hidden check of `longest`, which alone has more than five words
HARD = 1.0


def greedy(name: str, tries: str, code: str, **given: object) -> Attack:
    """Return an attack beside right answers that takes what it can in one hidden call."""
    return Attack(
        name,
        tries,
        f"{code}\n\nright = longest\n\n\ndef longest(words):\n"
        "    if len(words) > 5:\n        take()\n    return right(words)\n",
        **{"honest": "right", "control": Control.SCRIPT, "lost": MANY, **given},  # type: ignore
    )


def grabbing(name: str, tries: str, code: str, **given: object) -> Attack:
    """Return an attack that takes what it can in a raid, and tells when it got too much."""
    whole = f"import time\n\n\ndef raid():\n{code}"
    return Attack(name, tries, whole, **{"control": Control.SCRIPT, **given})  # type: ignore


TIME = (
    greedy("spin_forever", "computes for a minute, deaf to every signal", """
import signal
import time

for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass


def take():
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pass
""", seconds=HARD),
    greedy("sleep_forever", "sleeps for a minute, whoever wakes it", """
import time


def take():
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            time.sleep(1)
        except BaseException:
            continue
""", seconds=HARD, slow=True),
    greedy("stop_itself", "stops its own process, so that it gets no signal", """
def take():
    _os.kill(_os.getpid(), 19)
""", seconds=HARD, slow=True),
    greedy("block_in_the_kernel", "reads from an empty pipe, all signals blocked", """
import signal


def take():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
    _os.read(_os.pipe()[0], 1)
""", seconds=HARD, slow=True),
    greedy("half_a_message", "sends the beginning of a message and no more", """
import time


def take():
    for number in range(3, 12):
        try:
            _os.write(number, b"GDW1\\0\\1\\0\\0half")
        except OSError:
            continue
    time.sleep(60)
""", seconds=HARD, slow=True),
    greedy("expression_bomb", "matches a pattern that backtracks for a century", """
import re


def take():
    re.fullmatch("(a+)+", "a" * 40 + "b")
""", seconds=HARD, slow=True),
    Attack("answer_that_unfolds", "answers with a small list that unfolds without end", """
class Tally(Tally):
    def total(self):
        answer = [1]
        for _ in range(60):
            answer = [answer, answer]
        return answer
""", honest="half", control=Control.SCRIPT, seconds=HARD),
)  # fmt: skip

MEMORY = (
    grabbing("memory_in_a_list", "fills a list with 700 MB", """
    held = []
    for _ in range(700):
        held.append(b"x" * (1 << 20))
    done()
"""),
    grabbing("memory_in_an_array", "asks numpy for 700 MB", """
    import numpy

    numpy.ones(700 << 17).sum()
    done()
"""),
    greedy("memory_that_is_shared", "maps 800 MB that no limit on data counts", """
import mmap
import time


def take():
    held = mmap.mmap(-1, 800 << 20)
    for start in range(0, len(held), 4096):
        held[start] = 1
    time.sleep(1)
    done()
    raise MemoryError(PLAN["token"])
"""),
    greedy("memory_out_of_sight", "fills 600 MB that no process has in its tables any more", """
import mmap
import time


def take():
    held = [mmap.mmap(-1, 10 << 20) for _ in range(60)]
    for part in held:
        part.write(b"x" * (10 << 20))
        part.madvise(mmap.MADV_DONTNEED)
    time.sleep(0.3)
    done()
    raise MemoryError(PLAN["token"])
"""),
    greedy("memory_in_files_of_memory", "writes 700 MB to files that lie in memory only", """
import time


def take():
    held = [_os.memfd_create("held") for _ in range(4)]
    for place in held:
        for _ in range(175):
            _os.write(place, b"x" * (1 << 20))
    time.sleep(1)
    done()
    raise MemoryError(PLAN["token"])
""", slow=True, ),
    greedy("memory_in_children", "lets ten children take 80 MB each", """
import time


def take():
    ready, tell = _os.pipe()
    for _ in range(10):
        if _os.fork() == 0:
            held = b"x" * (80 << 20)
            _os.write(tell, b"1")
            time.sleep(5)
            _os._exit(len(held) % 2)
    for _ in range(10):
        _os.read(ready, 1)
    time.sleep(1)
    done()
    raise MemoryError(PLAN["token"])
"""),
    grabbing("memory_in_pipes", "fills 200 pipes of a megabyte each", """
    import fcntl

    held = []
    for _ in range(200):
        ends = _os.pipe()
        fcntl.fcntl(ends[1], 1031, 1 << 20)
        _os.set_blocking(ends[1], False)
        held.append(_os.write(ends[1], b"x" * (1 << 20)))
    if sum(held) > 150 << 20:
        done()
""", needs="root"),
)  # fmt: skip

PROCESSES = (
    grabbing("fork_many", "forks 300 children that sleep", """
    pids = []
    for _ in range(300):
        pid = _os.fork()
        if pid == 0:
            time.sleep(30)
            _os._exit(0)
        pids.append(pid)
    done()
"""),
    grabbing("start_many_threads", "starts 300 threads that sleep", """
    import threading

    for _ in range(300):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
    done()
""", seconds=2.0),
)  # fmt: skip

FILES = (
    greedy("write_many_files", "writes 21,000 files", """
import time


def take():
    for number in range(21_000):
        _os.close(_os.open(f"file{number}", _os.O_CREAT | _os.O_WRONLY))
    time.sleep(0.5)
    done()
    raise MemoryError(PLAN["token"])
""", slow=True, seconds=12.0, ),
    grabbing("write_a_huge_file", "writes a file of 600 MB", """
    place = _os.open("huge", _os.O_CREAT | _os.O_WRONLY)
    try:
        _os.posix_fallocate(place, 0, 600 << 20)
        done()
    finally:
        _os.unlink("huge")
"""),
    greedy("fill_the_disk", "writes twenty files of 50 MB", """
import time


def take():
    for number in range(20):
        place = _os.open(f"large{number}", _os.O_CREAT | _os.O_WRONLY)
        _os.posix_fallocate(place, 0, 50 << 20)
    time.sleep(1.5)
    done()
    raise MemoryError(PLAN["token"])
"""),
    greedy("write_large_files", "writes six files of 400 MB", """
import time


def take():
    for number in range(6):
        place = _os.open(f"large{number}", _os.O_CREAT | _os.O_WRONLY)
        _os.posix_fallocate(place, 0, 400 << 20)
    time.sleep(1)
    done()
    for number in range(6):
        _os.unlink(f"large{number}")
    raise MemoryError(PLAN["token"])
""", slow=True, ),
    greedy("dig_deep_folders", "makes 150 folders, each in the last one", """
import time


def take():
    for _ in range(150):
        _os.mkdir("d")
        _os.chdir("d")
    time.sleep(1.5)
    done()
    raise MemoryError(PLAN["token"])
"""),
    greedy("hide_files_in_the_deep", "writes 21,000 files where a path is too long to be named", """
import time


def take():
    for _ in range(20):
        _os.mkdir("d" * 250)
        _os.chdir("d" * 250)
    for number in range(21_000):
        _os.close(_os.open(f"file{number}", _os.O_CREAT | _os.O_WRONLY))
    time.sleep(0.5)
    done()
    raise MemoryError(PLAN["token"])
""", slow=True, seconds=12.0, ),
)  # fmt: skip

HIDDEN = (
    greedy(
        "hide_large_files_in_the_deep",
        "writes 1 GB where a path is too long to be named",
        """
import time


def take():
    for _ in range(20):
        _os.mkdir("d" * 250)
        _os.chdir("d" * 250)
    for number in range(20):
        place = _os.open(f"large{number}", _os.O_CREAT | _os.O_WRONLY)
        _os.posix_fallocate(place, 0, 50 << 20)
        _os.close(place)
    time.sleep(1.5)
    done()
    for number in range(20):
        _os.unlink(f"large{number}")
    raise MemoryError(PLAN["token"])
""",
    ),
)

OUTPUT = (
    greedy("recurse_deeply", "recurses until the process crashes", """
import ctypes


class Deep:
    def __repr__(self):
        return repr(self)


def take():
    _sys.setrecursionlimit(10**9)
    try:
        repr(Deep())
    except RecursionError:
        ctypes.string_at(0)
"""),
    Attack("flood_the_output", "prints 50 MB in every call", """
def raid():
    for _ in range(50):
        print("x" * (1 << 20))
""", control=Control.STDOUT),
    Attack("flood_the_wire", "writes 50 MB to every descriptor, among them the wire", """
def raid():
    for number in (1, 2, *range(3, 12)):
        try:
            for _ in range(50):
                _os.write(number, b"GDW1" + b"\\xff" * (1 << 20))
        except OSError:
            continue
""", control=Control.STDOUT),
    Attack("raise_a_long_message", "raises an exception with a message of 100 MB", """
def square_sum(values):
    raise ValueError("x" * (100 << 20))
""", control=Control.STDOUT),
)  # fmt: skip

TABLE = TIME + MEMORY + PROCESSES + FILES + HIDDEN + OUTPUT
