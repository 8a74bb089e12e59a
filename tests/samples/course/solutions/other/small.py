"""A greeting."""


def greet():
    """Return a greeting."""
    # BEGIN SOLUTION
    return "hello"
    # END SOLUTION
