"""`pytest assignments/NAME`: the same checks, with the same outcomes, under pytest."""
