"""The parts of a network's pictures by what they are of, and what some pictures lack beside others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from microgrid.base.phrases import count, join

from ...drawing.scene import Group, Scene

__all__ = ["Key", "keyed", "lacking"]

Key = tuple[str, tuple[str, ...], int]
"""A kind of group, the units that it belongs to, and which of these it is."""
NUMBERED = ("node", "number", "bias")
"""The kinds of groups that have numbers."""


def keyed(scene: Scene) -> Iterator[tuple[Key, Group]]:
    """The groups of a scene by what they are of, which is the same in all three."""
    count: dict[tuple[str, tuple[str, ...]], int] = {}
    for group in scene.groups:
        data = dict(group.data)
        if "tail" in data:
            ids: tuple[str, ...] = (data["tail"], data["head"])
        else:
            ids = tuple(data[name] for name in ("node", "of") if name in data)
        own = group.kind.split()[0], ids
        count[own] = count.get(own, 0) + 1
        yield (*own, count[own]), group


def lacking(scenes: Sequence[Scene], others: Sequence[Scene]) -> str:
    """Which circles, numbers and digits scenes lack that others of the same network have, "" for none."""
    shorter, gone = set[Key](), set[Key]()
    circles = [0, 0]
    for scene, other in zip(scenes, others, strict=True):
        own, whole = dict(keyed(scene)), dict(keyed(other))
        here = {key[1][0] for key in own if key[0] == "node"}
        circles = [sum(key[0] == "node" for key in keys) for keys in (own, whole)]
        for key, group in whole.items():
            if key[0] in NUMBERED and _numbers(group) and here.issuperset(key[1]):
                said = _numbers(own[key]) if key in own else []
                if said != _numbers(group):
                    (shorter if said else gone).add(key)
    what = list[str]()
    if circles[0] < circles[1]:
        what.append(f"with {circles[0]} of {circles[1]} circles")
    if gone:
        what.append(count(len(gone), "without {n} number", "without {n} numbers"))
    if shorter:
        what.append(
            count(len(shorter), "with fewer digits in {n} number", "with fewer digits in {n} numbers")
        )
    return join(", ", what) if what else ""


def _numbers(group: Group) -> list[str]:
    return [text.text for text in group.texts if any(map(str.isdigit, text.text)) or text.text == "…"]
