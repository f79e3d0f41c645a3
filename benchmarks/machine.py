"""The machine and the versions that a measurement is true of."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["PEERS", "describe", "levels", "pure"]

PEERS = ("numpy", "micrograd", "jax", "jaxlib", "torch", "casadi", "autograd", "ddx-ad")
FLAGS = ("sse2", "avx", "avx2", "fma", "avx512f", "neon", "asimd")


def describe() -> dict[str, str]:
    """What stands above the tables."""
    import microgrid

    python = platform.python_implementation()
    described = {
        "processor": _cpuinfo("model name") or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "instruction sets": " ".join(flag for flag in FLAGS if flag in _cpuinfo("flags", "Features").split()),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": f"{python} {platform.python_version()} ({platform.python_compiler()})",
        "microgrid": f"{microgrid.__version__}, {'compiled' if microgrid.compiled else 'not compiled'}",
        "kernel": ", ".join(levels()) or "not built: programs run on NumPy",
    }
    return {name: text for name, text in described.items() if text} | {name: _version(name) for name in PEERS}


def levels() -> tuple[str, ...]:
    """The instruction sets that the kernel can be told to use here, best last; none where it is not built."""
    if pure():
        return ()
    try:
        from microgrid.programs import kernel
    except ImportError:
        return ()
    return tuple(kernel.levels())


def pure() -> bool:
    """Whether MICROGRID_PURE asks for the source, by the rule of microgrid/base/build.py."""
    return os.environ.get("MICROGRID_PURE", "") not in ("", "0")


def _cpuinfo(*names: str) -> str:
    """A line of Linux's description of the first processor; "" elsewhere."""
    if not sys.platform.startswith("linux"):
        return ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, text = line.partition(":")
        if name.strip() in names:
            return text.strip()
    return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
