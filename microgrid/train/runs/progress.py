"""How far a training is, shown while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["bar"]


@contextmanager
def bar(epochs: int, wanted: bool) -> Iterator[Callable[[float], None]]:
    """Shows how far the epochs are, on a terminal; a function to call with the loss of each."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield lambda loss: None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield lambda loss: None
        return
    with tqdm(total=epochs, unit="epoch", file=sys.stderr) as shown:

        def advance(loss: float) -> None:
            shown.set_postfix_str(f"loss {loss:.4g}", refresh=False)
            shown.update()

        yield advance
