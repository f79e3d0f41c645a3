"""Bugs drawn by a fixed seed: as many from each room as it has lines, never two from one function."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from mutants.mutant import Mutant
from mutants.operators import sites
from mutants.rooms import ROOMS

__all__ = ["draw"]

SEED = "microgrid 1"
HOW_MANY = 110
LEAST = 3
"""For each room, however small."""


def draw(root: Path, seed: str = SEED, how_many: int = HOW_MANY) -> list[Mutant]:
    """The places with the smallest hashes.

    A hash is that of the line and of where it stands, not of its number: an edit changes the draw where it is, and
    nowhere else.
    """
    drawn: list[Mutant] = []
    rooms = [room for room in ROOMS.values() if room.drawn]
    texts = {room.name: {path: path.read_text(encoding="utf-8") for path in room.files(root)} for room in rooms}
    lines = {room: sum(text.count("\n") for text in found.values()) for room, found in texts.items()}
    for room, found in texts.items():
        wanted = max(LEAST, round(how_many * lines[room] / sum(lines.values())))
        ranked = sorted(
            ranking
            for path, text in found.items()
            for ranking in _ranked(room, path.relative_to(root).as_posix(), text, seed)
        )
        taken: set[tuple[str, str]] = set()
        for _, function, _, mutant in ranked:
            if len(taken) == wanted:
                break
            if (mutant.path, function) not in taken and _is_python(mutant.apply(found[root / mutant.path])):
                taken.add((mutant.path, function))
                drawn.append(mutant)
    return drawn


def _ranked(room: str, path: str, text: str, seed: str) -> list[tuple[str, str, int, Mutant]]:
    ranked: list[tuple[str, str, int, Mutant]] = []
    before: dict[str, int] = {}
    for site in sites(text, chosen=not path.startswith("viz/")):
        mutant = Mutant(room, path, site.start, site.old, site.new, site.operator, site.function)
        key = "\n".join((path, site.function, site.operator, *mutant.lines(text)))
        before[key] = before.get(key, 0) + 1  # the same line twice in a function
        rank = hashlib.sha256(f"{seed}\n{key}\n{before[key]}".encode()).hexdigest()
        ranked.append((rank, site.function, site.start, mutant))
    return ranked


def _is_python(text: str) -> bool:
    """Some parentheses belong to both sides of what was swapped."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
