"""The walk through one sample's loss, packed into the page that trains, to open with a step's numbers."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Sequence
from typing import Any

from microgrid import Value
from microgrid.graph import order

from ..steps.walked import steps

__all__ = ["Walk", "hashes", "walk"]

FEW, MORE, MOST = 60, 400, 2_500
"""Nodes up to which each is a box, up to which each neuron is, and up to which there is a walk at all."""

Walk = dict[str, Any]
"""The page, packed, and the places of its leaves: of inputs, targets, masks, statistics and parameters."""


def walk(
    loss: Value, columns: Sequence[Sequence[Value]], parameters: Sequence[Value], lang: str, theme: str
) -> tuple[Walk | None, str]:
    """The walk, and its page as it is; none for a graph that is too large."""
    nodes = order(loss)
    if len(nodes) > MOST:
        return None, ""
    collapse = None if len(nodes) <= FEW else "neuron" if len(nodes) <= MORE else "layer"
    page = steps(loss, collapse=collapse, lang=lang, theme=theme, max_nodes=None).html(verify=False)
    places = {v: i for i, v in enumerate(nodes)}
    inputs, targets, masks, normal = ([places.get(v, -1) for v in part] for part in columns)
    packed = base64.b64encode(gzip.compress(page.encode(), mtime=0)).decode()
    found = {"page": packed, "inputs": inputs, "targets": targets, "masks": masks, "normal": normal}
    return found | {"parameters": [places.get(v, -1) for v in parameters]}, page


def hashes(page: str, what: str) -> str:
    """What the policy of a page lets in as script-src or style-src: a page that is opened from another one is
    under the policies of both.

    >>> hashes("script-src 'sha256-a='; style-src 'sha256-b='", "script-src")
    " 'sha256-a='"
    """
    found = re.search(rf"{what}((?: 'sha256-[^']*')+)", page)
    return found[1] if found else ""
