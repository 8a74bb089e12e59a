# --- every attack carries this: what it knows of the place, and how loot leaves
import functools as _functools
import json as _json
import os as _os
import socket as _socket
import sys as _sys  # noqa: F401

PLAN, LOOT = {}, []
for _place in (_os.path.dirname(_os.path.abspath(__file__)), _os.getcwd()):
    try:
        with open(_os.path.join(_place, "plan.json"), encoding="utf-8") as _file:
            PLAN = _json.load(_file)
            break
    except OSError:
        continue


def tell(*loot):
    """Carry loot out by every way there is: prints, a file, a datagram."""
    text = " ".join(map(str, loot))[:20_000]
    LOOT.append(text)
    try:
        with open(_os.path.join(PLAN["drop"], f"loot-{_os.getpid()}"), "a") as file:
            file.write(text + "\n")
    except Exception:
        pass
    try:
        with _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM) as line:
            line.sendto(text.encode()[:8000], ("127.0.0.1", PLAN["udp"]))
    except Exception:
        pass


def done():
    """Say that the attack did what it came for."""
    tell(PLAN["token"])


def _loud(work):
    @_functools.wraps(work)
    def loud(*args):
        if "raid" in globals() and not globals().get("_raided"):
            globals()["_raided"] = True
            try:
                globals()["raid"]()
            except Exception as error:
                print("the raid failed:", repr(error)[:300])
        print(*LOOT)
        return work(*args)

    return loud


for _name in ("square_sum", "normalise", "longest"):
    globals()[_name] = _loud(globals()[_name])
# --- the attack itself
