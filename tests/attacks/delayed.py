"""Striking later: when the answer is given and nobody looks any more."""

from __future__ import annotations

from attacks.attack import Attack, Control

DAEMON = """
def daemon(work):
    if _os.fork() == 0:
        _os.setsid()
        if _os.fork() == 0:
            work()
        _os._exit(0)
"""

TABLE = (
    Attack("child_that_waits", "forks a child that writes half a second later", """
import time


def raid():
    if _os.fork() == 0:
        time.sleep(0.4)
        done()
        _os._exit(0)
""", control=Control.SCRIPT, late=True),
    Attack("daemon_that_rewrites", "leaves a daemon that rewrites the results", f"""
import time
{DAEMON}

def rewrite():
    time.sleep(0.4)
    with open(PLAN["results"], "w") as file:
        file.write('{{"score": 100}}')


def raid():
    daemon(rewrite)
""", control=Control.SCRIPT, late=True),
    Attack("daemon_without_marks", "leaves a shell without environment, group or terminal", f"""
{DAEMON}

def strip():
    for number in range(3, 40):
        try:
            _os.close(number)
        except OSError:
            pass
    script = "sleep 0.4; echo '{{\\"score\\": 100}}' > \\"$1\\"; echo left > \\"$2/left\\""
    _os.chdir("/")
    _os.execve("/bin/sh", ["sh", "-c", script, "sh", PLAN["results"], PLAN["drop"]], {{}})


def raid():
    daemon(strip)
""", control=Control.SCRIPT, late=True),
    Attack("daemon_that_hops", "leaves a process that is another one every 15 ms", f"""
import time
{DAEMON}

def hop():
    for _ in range(20):
        time.sleep(0.015)
        if _os.fork() > 0:
            _os._exit(0)
        _os.setsid()
    done()


def raid():
    daemon(hop)
""", control=Control.SCRIPT, late=True),
    Attack("daemons_that_guard_each_other", "leaves ten processes that restart each other", f"""
import signal
import time
{DAEMON}

def guard():
    end = time.monotonic() + 0.6
    while time.monotonic() < end:
        pid = _os.fork()
        if pid == 0:
            _os.setsid()
            time.sleep(0.05)
            if time.monotonic() > end - 0.1:
                done()
            _os._exit(0)
        time.sleep(0.03)


def raid():
    for number in (1, 2, 3, 13, 14, 15):
        signal.signal(number, signal.SIG_IGN)
    for _ in range(5):
        daemon(guard)
""", slow=True, control=Control.SCRIPT, late=True),
    Attack("daemon_from_c", "forks by the C library, so that no hook of Python sees it", """
import ctypes
import time


def raid():
    libc = ctypes.CDLL(None)
    if libc.fork() == 0:
        libc.setsid()
        if libc.fork() == 0:
            time.sleep(0.4)
            done()
        _os._exit(0)
""", slow=True, control=Control.SCRIPT, late=True),
    Attack("leave_by_crash", "starts a daemon, then ends its own process at once", f"""
import time
{DAEMON}

def wait():
    time.sleep(0.4)
    done()


daemon(wait)
_os.kill(_os.getpid(), 9)
""", slow=True, control=Control.SCRIPT, late=True),
    Attack("thread_that_prints", "leaves a thread that prints the score for a second", """
import threading
import time


def repeat():
    for _ in range(200):
        print("SCORE 100", flush=True)
        time.sleep(0.005)


threading.Thread(target=repeat, daemon=True).start()
time.sleep(0.02)
""", control=Control.STDOUT),
    Attack("at_exit", "writes the results when the interpreter ends", """
import atexit


def rewrite():
    with open(PLAN["results"], "w") as file:
        file.write('{"score": 100}')
    _os._exit(77)


atexit.register(rewrite)
""", control=Control.FRESH),
    Attack("at_collection", "writes when its last object is collected", """
class Last:
    def __del__(self, leave=_os._exit):
        leave(77)


_sys.last = Last()
""", control=Control.FRESH),
    Attack("exception_hook", "strikes where the interpreter reports an exception", """
_sys.excepthook = lambda *args: _os._exit(77)
""", control=Control.FRESH),
    Attack("alarm", "sets an alarm that prints the score while a test runs", """
import signal
import time

signal.signal(signal.SIGALRM, lambda *args: print("SCORE 100", flush=True))
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
time.sleep(0.05)
""", control=Control.STDOUT),
)  # fmt: skip
