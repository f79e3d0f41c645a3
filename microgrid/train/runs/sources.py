"""The states of random sources, Python's and NumPy's, as JSON keeps them."""

from __future__ import annotations

import random
from typing import Any

from ...errors import CheckpointError

__all__ = ["kept_state", "state_of"]


def kept_state(source: Any) -> dict[str, Any]:
    """The state of `random`, a `random.Random` or a NumPy Generator.

    >>> kept_state(random.Random(1))["kind"]
    'Mersenne Twister of Python'
    """
    if hasattr(source, "bit_generator"):
        made: dict[str, Any] = _plain(source.bit_generator.state)
        return made
    import numpy as np

    version, numbers, gauss = source.getstate()
    words = np.array(numbers, dtype=np.uint32)
    return {"kind": PYTHON, "version": version, "words": _plain(words), "gauss": gauss}


PYTHON = "Mersenne Twister of Python"


def state_of(kept: Any, source: Any) -> Any:
    """The state for `source` that was kept; CheckpointError if it is none that this source can have."""
    try:
        if hasattr(source, "bit_generator"):
            state = _again(kept)
            type(source.bit_generator)().state = state  # which looks through it
            return state
        words = _again(kept["words"])
        state = kept["version"], tuple(words.tolist()), kept["gauss"]
        random.Random().setstate(state)
        return state
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise CheckpointError(f"a random source cannot have the state that is stored: {error}") from None


def _plain(x: Any) -> Any:
    """Without arrays and NumPy's numbers."""
    if isinstance(x, dict):
        return {name: _plain(part) for name, part in x.items()}
    if hasattr(x, "tobytes") and x.shape:
        return {"dtype": x.dtype.str, "bytes": x.tobytes().hex()}
    return x.item() if hasattr(x, "item") else x


def _again(x: Any) -> Any:
    import numpy as np

    if isinstance(x, dict) and x.keys() == {"dtype", "bytes"}:
        return np.frombuffer(bytes.fromhex(x["bytes"]), dtype=x["dtype"])
    return {name: _again(part) for name, part in x.items()} if isinstance(x, dict) else x
