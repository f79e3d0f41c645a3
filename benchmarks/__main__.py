"""`python -m benchmarks`: run the benchmarks, print their tables as Markdown, judge them by the goals.

Each benchmark runs in a process of its own, so that none pays for what another has imported, and libraries
that would use several threads for small matrices are told not to.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from .goals import GOALS, unexplained, verdict
from .installed import look_past_the_checkout, place
from .machine import describe, levels, pure
from .report import Result, Table, statuses, summary, to_markdown

UNCOMPILED = {"MICROGRID_PURE": "1"}
BENCHMARKS: dict[str, tuple[str, dict[str, str]]] = {
    "eager": ("eager", {}),
    "uncompiled": ("eager", UNCOMPILED),
    "nodes": ("nodes", {}),
    "replay": ("replay", {}),
    "growth": ("growth", {}),
    "gpt": ("gpt_step", {}),
    "ports": ("ports", {}),
    "training": ("training", {}),
    "elements": ("elements", {}),
    "workers": ("workers", {}),
    "import": ("imports", {}),
    "drawing": ("drawing", {}),
}
"""By name: the module, and what its process finds in the environment."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main(arguments: list[str] | None = None) -> int:
    """0 if every benchmark ran, whatever it measured; 2 where the kernel is missing, unasked.

    1 if one failed, or a contestant failed or answered wrongly; and where all ran on a complete machine, if a
    goal was not measured although what it needs is here: so a quick run proves that every table still works.
    """
    options = _options(arguments)
    if options.here:
        module = import_module(f".{BENCHMARKS[options.here][0]}", __package__)
        result: Result = module.run(options.quick)
        options.json.write_text(json.dumps(result.to_json()))
        return 0
    machine = describe()
    if not levels() and not options.uncompiled:
        why, way = f"the microgrid in {place()} is not compiled", "install it (python -m pip install .)"
        if pure():
            why, way = "MICROGRID_PURE is set", "unset it"
        print(
            f"benchmarks: {why}: this would measure the plain source; {way}, or ask for that (--uncompiled)",
            file=sys.stderr,
        )
        return 2
    print(f"## Benchmarks of microgrid {machine['microgrid']}, in {place()}\n")
    print(*(f"- {name}: {text}" for name, text in machine.items()), "", sep="\n", flush=True)
    results = {}
    for name in options.only or BENCHMARKS:
        results[name] = result = in_a_process(name, options.quick)
        print(to_markdown(result.tables, result.notes), flush=True)
    measures = {key: value for result in results.values() for key, value in result.measures.items()}
    failed = [name for name, result in results.items() if "failed" in result.raw]
    ended = {"not run": statuses(results, "missing"), "failed": failed + statuses(results, "failed")}
    ended["wrong"] = statuses(results, "wrong")
    if not options.only and {"avx2", "avx512"}.intersection(levels()):  # so that all goals have a measure
        ended["not measured"] = unexplained(measures)
    notes = [f"{what}: {', '.join(names)}" for what, names in ended.items() if names]
    print(to_markdown([summary(measures, options.quick)], notes))
    if options.json:
        keep(options.json, machine, options.quick, measures, results)
    return 1 if any(names for what, names in ended.items() if what != "not run") else 0


def in_a_process(name: str, quick: bool) -> Result:
    """Run one benchmark; one that fails gets its last line of error for a note."""
    environment = BENCHMARKS[name][1]
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "result.json")
        command = [sys.executable, "-m", __package__, "--here", name, "--json", str(answer)]
        command += ["--quick"] if quick else []
        ended = subprocess.run(
            command, env=os.environ | ONE_THREAD | environment, stderr=subprocess.PIPE, text=True, check=False
        )
        if ended.returncode:
            reason = (ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1]
            return Result(raw={"failed": ended.stderr}, notes=[f"{name} failed: {reason}"])
        found = json.loads(answer.read_text())
    return Result(**found | {"tables": [Table(**table) for table in found["tables"]]})


def keep(
    path: Path, machine: dict[str, str], quick: bool, measures: dict[str, float], results: dict[str, Any]
) -> None:
    """Write everything that was measured, all of it or nothing."""
    judged = [
        {"key": goal.key, "measure": goal.measure, "goal": str(goal), "result": measures.get(goal.key),
         "verdict": verdict(goal, measures.get(goal.key))}
        for goal in GOALS
    ]  # fmt: skip
    kept = {
        "machine": machine,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "quick": quick,
        "summary": judged,
        "results": {name: result.to_json() for name, result in results.items()},
    }
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps(kept, indent=1))
    partial.replace(path)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure microgrid beside its peers."
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number to FILE")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: whether it works, not how fast it is"
    )
    parser.add_argument(
        "--only", action="append", choices=list(BENCHMARKS), help="this one (may be repeated)"
    )
    parser.add_argument("--uncompiled", action="store_true", help="go on where the kernel is not built")
    parser.add_argument("--here", choices=list(BENCHMARKS), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    look_past_the_checkout()
    sys.exit(main())
