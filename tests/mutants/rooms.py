"""Which files a room's bugs are put into, and which tests are to notice them first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOMS", "Room"]


@dataclass(frozen=True)
class Room:
    name: str
    sources: tuple[str, ...]
    """Files, or folders with all that is in them."""
    tests: tuple[str, ...]
    """Patterns under tests/."""
    drawn: bool = True
    """Whether bugs are drawn from its Python, besides those written by hand."""

    def files(self, root: Path) -> list[Path]:
        """The Python files from which bugs are drawn."""
        found: list[Path] = []
        for source in self.sources:
            path = root / source
            found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
        return [path for path in found if not {path.name, path.parent.name} & NOT_COMPUTED]


NOT_COMPUTED = {"__init__.py", "__main__.py", "no_cython.py", "spanish"}

_TOP = "engine backward graph functions transforms copying custom arguments".split()
_CAPTIONS = (
    "viz/test_steps*.py",
    "viz/test_notation.py",
    "viz/test_names.py",
    "viz/test_text.py",
    "viz/test_language.py",
)

ROOMS = {
    room.name: room
    for room in (
        Room("engine", (*(f"microgrid/{name}.py" for name in _TOP), "microgrid/base"), ("engine/*.py",)),
        Room("rules", ("microgrid/ops.py",), ("engine/test_ops.py", "engine/test_f*.py", "proof/*.py")),
        Room("names", ("microgrid/naming", "microgrid/pieces"), ("engine/test_*n*.py", "engine/test_pieces.py",
             "viz/test_one_name.py", "viz/test_names.py", "viz/test_pieces.py")),
        Room("proof", ("microgrid/proof",), ("proof/*.py",)),
        Room("expressions", ("microgrid/expressions",), ("expressions/*.py",)),
        Room("programs", ("microgrid/programs",), ("programs/*.py",)),
        Room("kernel", ("microgrid/native",), ("programs/*.py", "engine/test_parity*.py", "engine/test_engine.py"),
             drawn=False),
        Room("nn", ("microgrid/nn",), ("nn/*.py",)),
        Room("optim", ("microgrid/optim",), ("optim/*.py",)),
        Room("train", ("microgrid/train", "microgrid/monitor", "microgrid/datasets.py"), ("train/*.py",)),
        Room("exercises", ("microgrid/exercises",), ("exercises/*.py",)),
        Room("command", ("microgrid/cli",), ("cli/*.py",)),
        Room("drawing", ("viz/graph", "viz/picture", "viz/placement", "viz/drawing", "viz/formats", "viz/network",
             "viz/style", "viz/figure.py", "viz/options.py"), ("viz/*.py",)),
        Room("captions", ("viz/words", "viz/walk", "viz/steps"), (*_CAPTIONS, "page/test_logic.py", "viz/*.py")),
        Room("plots", ("viz/plots",), ("viz/test_plots*.py", "viz/test_surfaces.py", "train/test_history.py")),
        Room("page", ("viz/page",), ("page/*.py",)),
    )
}  # fmt: skip
