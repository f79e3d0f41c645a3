"""What an import finds: the compiled engine or its source, and a module that has moved under its old path.

The compiled engine runs unless there is none, it is stale, or MICROGRID_PURE=1 asks for the source.  A
compiled module stands beside the .py it was made from, and Python imports the compiled one.  So what it was
made from is compared with what stands there now: whoever edits engine.py runs what engine.py says.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

try:  # without `hashlib`, which loads OpenSSL, as Python's `random` does
    from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # before Python 3.12
    try:
        from _sha256 import sha256  # type: ignore[import-not-found, unused-ignore, no-redef]
    except ImportError:
        from hashlib import sha256

__all__ = ["MOVED", "choose", "digest", "keep_old_paths", "moved", "source", "sources"]

PACKAGE = Path(__file__).parents[1]
NAME = __name__.partition(".")[0]
COMPILED = (
    "base.nodes", "backward", "engine", "pieces.marking", "programs.recording", "programs.streams",
    "programs.lowering",
)  # fmt: skip
"""The modules that are compiled, by their names in the package: all or none, for they share C structures."""
NATIVE = ("base.stack", "optim.native.kernel", "programs.kernel")
"""Those that exist compiled only."""


def choose() -> bool:
    """Make the imports that follow find the compiled modules, or their sources; True if compiled."""
    if hasattr(sys, "_is_gil_enabled") and not sys._is_gil_enabled():
        raise ImportError(
            "microgrid needs Python's global lock, which keeps gradients whole, and this Python runs without "
            "it: start it with PYTHON_GIL=1, or use the ordinary build of Python"
        )
    stale = False
    if os.environ.get("MICROGRID_PURE", "") in ("", "0") and all(map(_built, COMPILED + NATIVE)):
        try:
            nodes = importlib.import_module(f"{NAME}.base.nodes")
        except ImportError:  # in a subinterpreter: a compiled module is loaded once in a process
            sys.modules.pop(f"{NAME}.base.nodes", None)
        else:
            if nodes.built_from == digest():
                return True
            del sys.modules[f"{NAME}.base.nodes"]
            stale = True
    if any(map(_built, COMPILED + NATIVE)):  # of a zip, or of a folder that has none, nothing is to be hidden
        sys.meta_path.insert(0, _Sources())
    if stale:
        from .messages import warn  # only now, for it imports base.nodes

        warn(
            "microgrid's sources have changed since they were compiled, so they run uncompiled, slower: "
            "compile them again (pip install -e .), or set MICROGRID_PURE=1 while you edit",
            RuntimeWarning,
        )
    return False


def sources() -> list[Path]:
    """Every file the compiled modules are made from."""
    more = "ops", "base.formula", "base.numeric.in_c", "programs.instructions", "programs.rows_c"
    texts = [_path(name) for name in (*COMPILED, *more)]
    folders = {_path(name).parent: (".pxd", ".pyx") for name in COMPILED + NATIVE}
    folders[PACKAGE / "native"] = (".c", ".h")
    for folder, ends in folders.items():  # by hand, for every `import microgrid` does it: `rglob` takes 4 ms
        texts += [folder / name for name in os.listdir(folder) if name.endswith(ends)]
    return sorted(texts)


def digest() -> bytes:
    """A number for the contents of `sources()`."""
    text: str = sha256(b"\0".join(path.read_bytes() for path in sources())).hexdigest()
    return text.encode()


@cache
def source(name: str) -> Any:
    """A module as its .py says, uncompiled, beside the compiled one if that is what runs."""
    running = importlib.import_module(f"{NAME}.{name}")
    if name not in COMPILED or str(running.__file__).endswith(".py"):
        return running
    spec = spec_from_file_location(f"{NAME}.{name}_source", _path(name))
    if spec is None or spec.loader is None:
        return running
    plain = module_from_spec(spec)
    spec.loader.exec_module(plain)
    return plain


def _built(name: str) -> bool:
    return any(_path(name, suffix).exists() for suffix in EXTENSION_SUFFIXES)


def _path(name: str, suffix: str = ".py") -> Path:
    return PACKAGE / f"{name.replace('.', '/')}{suffix}"


class _Sources:
    """Finds the .py of a module beside which a compiled one stands.

    No MetaPathFinder by its bases, though one by its method: `importlib.abc` loads 30 modules in Python 3.11.
    """

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        package, _, module = name.partition(".")
        if package != NAME or module not in COMPILED + NATIVE:
            return None
        if module in NATIVE:
            raise ModuleNotFoundError(f"{name} exists compiled only", name=name)
        return spec_from_file_location(name, _path(module))


# ---------------------------------------------------------------- old paths

MOVED = {
    "microgrid.choice": "microgrid.base.build",
    "microgrid.context": "microgrid.base.context",
    "microgrid.conversion": "microgrid.proof.sympy_graphs",
    "microgrid.core": "microgrid.base.nodes",
    "microgrid.export": "microgrid.programs.export",
    "microgrid.failures": "microgrid.base.messages",
    "microgrid.formula": "microgrid.base.formula",
    "microgrid.grammar": "microgrid.expressions.grammar",
    "microgrid.instructions": "microgrid.programs.instructions",
    "microgrid.layers": "microgrid.nn.tables.units",
    "microgrid.lowering": "microgrid.programs.lowering",
    "microgrid.nn.chains": "microgrid.nn.sequential",
    "microgrid.nn.modules": "microgrid.nn.mlp",
    "microgrid.nn.summary": "microgrid.nn.tables.summary",
    "microgrid.nn.samples": "microgrid.nn.pairing",
    "microgrid.optim.targets": "microgrid.optim.parameters",
    "microgrid.parse": "microgrid.expressions.parse",
    "microgrid.program": "microgrid.programs.program",
    "microgrid.recording": "microgrid.programs.recording",
    "microgrid.replay": "microgrid.programs.replay",
    "microgrid.report": "microgrid.proof.report",
    "microgrid.rules": "microgrid.proof.rules",
    "microgrid.symbolic": "microgrid.proof.verify",
    "microgrid.train.held_out": "microgrid.train.scores.held_out",
    "microgrid.train.metrics": "microgrid.train.scores.metrics",
    "microgrid.train.loop": "microgrid.train.fit",
    "microgrid.train.validation": "microgrid.train.scores.held_out",
    "microgrid.truth": "microgrid.proof.references",
    "microgrid.watch": "microgrid.monitor.statistics",
}
"""The old paths of modules that users may have imported: they work for one more release, with a warning."""


def keep_old_paths() -> None:
    """Let the imports that follow find modules under their old paths."""
    for old in MOVED:
        sys.modules.setdefault(old, _Moved(old))


def moved(path: str) -> ModuleType:
    """What stands for a module under its old path: for the `__getattr__` of the package that it was in."""
    if path in MOVED:
        return sys.modules[path]
    package, _, name = path.rpartition(".")
    raise AttributeError(f"module {package!r} has no attribute {name!r}")


class _Moved(ModuleType):
    """Stands in `sys.modules` under an old path: no file is looked for, and nothing is set in the package.

    In particular `microgrid.parse` stays the function of that name when somebody imports the old module.
    """

    def __init__(self, old: str) -> None:
        self._old, self._new = old, MOVED[old]
        super().__init__(f"{old}, now {self._new}")  # which is what an ImportError names
        self.__spec__ = ModuleSpec(old, None)
        self._warned: tuple[object, ...] = ()

    def __getattr__(self, name: str) -> Any:
        # the import system asks for what begins with "_", and `pickle` asks every module for any name
        if name == "__all__" or self._mentions(name):
            value = getattr(importlib.import_module(self._new), name, self)
            if value is not self:
                self._warn()
                return value
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def _mentions(self, name: str) -> bool:
        """Whether the module may have that public name, as its text tells without an import."""
        path = _path(self._new.partition(".")[2])
        return name[:1] != "_" and name in re.findall(r"\w+", path.read_text(encoding="utf-8"))

    def _warn(self) -> None:
        """Once for a line, which may import several names."""
        from .messages import user_frame, warn

        frame = user_frame()
        line = (frame.f_code.co_filename, frame.f_lineno)
        if line != self._warned:
            text = f"{self._old} is now {self._new}, and the old path goes in the next release"
            warn(text, DeprecationWarning)
            self._warned = line
