"""What is left out of a layout that would take too long: local derivatives, and then the longest arrows."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from ..graph.effort import estimate, lengths, work
from ..options import Options

__all__ = ["MOST_LABELLED", "SOON", "Plan", "plan_layout"]

MOST_LABELLED = 1500
"""Arrows up to which local derivatives stand on them: of more nobody reads them, and they triple the time."""
SOON, PATIENCE = 3.0, 30.0
"""Seconds of layout from which on a reader is told, and from which on arrows are left out of it."""
HURRY = 10.0
"""Seconds for the arrows that are laid out where not all of them can be."""


@dataclass(frozen=True)
class Plan:
    """What of the arrows is laid out, as in `Choices`, and about how many seconds that takes."""

    arrows: int
    labelled: bool
    loose: frozenset[tuple[int, int]]
    seconds: float


def plan_layout(boxes: int, joined: list[tuple[int, int]], options: Options) -> Plan:
    """As much as can be laid out in time: without local derivatives if need be, and then without the longest
    arrows.  What remains holds the picture together, since from every box an arrow leads to the next rank."""
    parts = 2 if options.ops == "separate" else 1  # boxes, and ranks, for an operation
    count = len(joined)

    def seconds(work: int, labelled: bool = False) -> float:
        return estimate(boxes * parts + count * labelled, work * (parts + labelled))

    limit = PATIENCE if options.max_nodes is not None else math.inf
    whole = work(boxes, joined)
    if options.edges != "plain" and count <= MOST_LABELLED and seconds(whole, True) <= limit:
        return Plan(count, True, frozenset(), seconds(whole, True))
    if seconds(whole) <= limit:
        return Plan(count, False, frozenset(), seconds(whole))
    spans = lengths(joined)
    total, longest = boxes, 1
    for span, many in sorted(Counter(spans).items()):
        total += span * many
        if span > 1 and seconds(total) > HURRY:
            total -= span * many
            break
        longest = span
    loose = frozenset(ends for ends, span in zip(joined, spans, strict=True) if span > longest)
    return Plan(count, False, loose, seconds(total))
