"""What the tests share: hypothesis tries the same on every run; samples are never collected."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

collect_ignore_glob = ["samples/*"]

# A test fails for what it tests, never for what was drawn today nor for a machine that is busy.
# To look for more, `--hypothesis-profile=default` draws anew where a test says nothing else.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")
