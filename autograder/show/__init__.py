"""Renderers: pure functions of a `Report`. They never grade and never print.

Each is imported from its own module, so that a run pays only for what it shows:
`show.terminal.terminal`, `show.data.to_json`, `show.html.html`, `show.gradescope.gradescope`.
"""
