"""Loose arrows, too long to be laid out in time (`picture.time_limit`): they swing behind the boxes."""

from __future__ import annotations

from ..style.shapes import Point

__all__ = ["LOOSE_WIDTH", "swing"]

LOOSE_WIDTH = 0.75
"""Of such an arrow, half that of others: it crosses what the layout did not know of."""
SWING, MOST_SWING = 0.2, 150.0
"""How far it swings out of its row, as a share of its length and in points."""


def swing(tail: Point, head: Point, size: Point, rankdir: str) -> tuple[Point, ...]:
    """The curve of a loose arrow, which leaves and arrives in the direction of the graph; between boxes of
    one row it swings out of the row, to the side where the picture has more room."""
    along, across = (0, 1) if rankdir in ("LR", "RL") else (1, 0)
    reach, shift = head[along] - tail[along], head[across] - tail[across]
    swing = max(min(SWING * abs(reach), MOST_SWING) - abs(shift), 0.0)
    if (tail[across] + head[across]) > size[across]:
        swing = -swing

    def between(share: float, base: Point) -> Point:
        point = (tail[along] + share * reach, base[across] + swing)
        return point if along == 0 else point[::-1]

    return tail, between(0.4, tail), between(0.6, head), head
