"""How long `import microgrid` takes, and what it loads."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from .report import Result, Table, number

__all__ = ["run"]

HEAVY = ("sympy", "numpy", "graphviz")
CODE = f"""
import sys, time
sys.path[:] = PATH
wall, cpu = time.perf_counter(), time.thread_time()
import microgrid
wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
print(wall, cpu, *[name for name in {HEAVY} if name in sys.modules])
"""


def run(quick: bool) -> Result:
    """Each import in an interpreter of its own, compiled files (.pyc) already written."""
    walls, cpus, loaded = [], [], set()
    code = CODE.replace("PATH", repr(sys.path))  # where this process finds microgrid
    for _ in range(2 if quick else 21):
        finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        wall, cpu, *heavy = finished.stdout.split()
        walls.append(float(wall))
        cpus.append(float(cpu))
        loaded.update(heavy)
    seconds = {"wall": median(walls), "CPU": median(cpus)}
    result = Result(raw={"seconds": seconds, "loaded": sorted(loaded)})
    result.measure("import.time", seconds["wall"] * 1e3)
    result.measure("import.heavy", len(loaded))
    rows = [(f"import microgrid, ms {clock}", number(took * 1e3)) for clock, took in seconds.items()]
    rows.append((f"of {', '.join(HEAVY)} loaded", ", ".join(sorted(loaded)) or "none"))
    result.tables.append(Table("Import", ("", ""), rows))
    return result
