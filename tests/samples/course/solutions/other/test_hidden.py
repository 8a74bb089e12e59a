"""The other assignment has no hidden checks."""
