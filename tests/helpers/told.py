"""What a program written for micrograd is told."""

import warnings

PAGE = "docs/from-micrograd.md"


def told(call):
    """The warnings of a call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(w.message) for w in caught]
