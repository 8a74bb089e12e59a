"""Pure functions of a report: terminal, HTML, JSON, Gradescope."""
