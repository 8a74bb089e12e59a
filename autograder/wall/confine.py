"""What the worker gives up before it imports a line of the student's code.

`apply` runs inside the worker, on its only thread. It returns the state of each layer in
plain words, which the report carries. Today: resource limits.
"""

from __future__ import annotations

from typing import Any


def apply(limits: dict[str, Any]) -> dict[str, str]:
    """Lower this process's own limits: memory in MB (`memory_mb`), and no core files."""
    try:
        import resource
    except ImportError:
        return {"process": "ok", "rlimits": "unavailable"}
    size = int(limits["memory_mb"]) << 20
    try:
        # RLIMIT_DATA, not RLIMIT_AS: torch reserves far more addresses than it uses.
        for kind, value in ((resource.RLIMIT_DATA, size), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(kind)[1]
            soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (soft, soft))
    except (OSError, ValueError) as error:
        return {"process": "ok", "rlimits": f"unavailable ({error})"}
    return {"process": "ok", "rlimits": "ok"}
