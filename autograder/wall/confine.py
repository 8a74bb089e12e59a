"""What the worker gives up before it imports a line of the student's code.

`apply` runs inside the worker, on its only thread. It returns the state of each layer in
plain words, which the report carries. Today: resource limits.
"""

from __future__ import annotations

import os
from typing import Any


def apply(limits: dict[str, Any]) -> dict[str, str]:
    """Lower this process's own limits: memory (`memory_mb`), processor time, no core files.

    The processor time ends a worker whose judge was killed; a living judge is quicker.
    """
    try:
        import resource
    except ImportError:
        return {"process": "ok", "rlimits": "unavailable"}
    wanted = {
        # RLIMIT_DATA, not RLIMIT_AS: torch reserves far more addresses than it uses.
        resource.RLIMIT_DATA: int(limits["memory_mb"]) << 20,
        resource.RLIMIT_CPU: int(limits["run_seconds"]) * (os.cpu_count() or 1) + 10,
        resource.RLIMIT_CORE: 0,
    }
    try:
        for kind, value in wanted.items():
            hard = resource.getrlimit(kind)[1]
            soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (soft, soft))
    except (OSError, ValueError) as error:
        return {"process": "ok", "rlimits": f"unavailable ({error})"}
    return {"process": "ok", "rlimits": "ok"}
