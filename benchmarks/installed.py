"""Which microgrid is measured: the one that is installed, not the source in the folder of the checkout."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

__all__ = ["look_past_the_checkout", "place"]

CHECKOUT = Path(__file__).parents[1]


def look_past_the_checkout() -> None:
    """Import what is installed: ``python -m`` puts the folder it is called in, with the source, first.

    Where nothing else is found, or what is found is the checkout again (installed by ``pip install -e``, or
    named in PYTHONPATH), that is measured.
    """
    if sys.flags.safe_path or not sys.path or Path(sys.path[0]).resolve() != CHECKOUT:
        return
    first = sys.path.pop(0)
    if find_spec("microgrid") is None:
        sys.path.insert(0, first)


def place() -> Path:
    """The folder that holds the microgrid that is measured."""
    import microgrid

    return Path(str(microgrid.__file__)).parents[1]
