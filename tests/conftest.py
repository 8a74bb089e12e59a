"""What the tests share: the samples are graded by tests, never collected as tests."""

from __future__ import annotations

collect_ignore_glob = ["samples/*"]
