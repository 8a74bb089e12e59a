"""The course that is attacked is graded by tests, never collected as tests."""

from __future__ import annotations

collect_ignore_glob = ["course/*"]
