"""A greeting."""


def greet():
    """Return a greeting."""
    raise NotImplementedError("write greet")
