"""The one way from microgrid to viz: what pictures are asked for, and what is said where another `viz` answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import microgrid
import viz
from microgrid import pictures

PLOT = 'from microgrid.train import History; h = History(["epoch", "loss"]); h.append(epoch=1, loss=0.5); h.plot()'
OURS = Path(microgrid.__file__).parents[1]


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Python started in a folder, where `import` looks first, and beside it the packages that are tested here."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(["", str(OURS)]), "MPLBACKEND": "agg"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("foreign", ["viz.py", "viz/__init__.py"])
@pytest.mark.parametrize("content", ["", "draw = plots = None", "raise SystemExit('it was run')"])
@pytest.mark.parametrize(
    "arguments", [("-c", PLOT), ("-m", "microgrid", "draw", "x*2", "x=1")], ids=["History.plot", "microgrid draw"]
)
def test_another_viz_is_named_with_the_way_out(
    tmp_path: Path, foreign: str, content: str, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / foreign
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)
    done = python(*arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    last = done.stderr.splitlines()[-1]
    assert last.endswith(
        f"{file} stands in the way of microgrid's package viz: rename it, or run from another directory"
    )
    assert "it was run" not in done.stderr


def test_another_package_that_was_installed_over_ours_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pip lets two distributions write into one folder `viz`, and then `__init__.py` is that of the other."""
    (tmp_path / "viz").mkdir()
    (tmp_path / "viz" / "__init__.py").write_text("")
    monkeypatch.setattr(pictures, "__file__", str(tmp_path / "microgrid" / "pictures.py"))
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "viz"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match="another package's viz was installed over microgrid's"):
        pictures.viz()


def test_no_viz_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "viz", None)
    with pytest.raises(ImportError, match="microgrid's package viz is missing: install microgrid again"):
        pictures.plots()


def test_a_module_that_was_made_by_hand_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "viz", ModuleType("viz"))
    with pytest.raises(ImportError, match=r"in sys\.modules stands in the way of microgrid's package viz"):
        pictures.plots()


def test_ours_is_found() -> None:
    assert pictures.viz() is viz
    assert pictures.plots().curves.__module__ == "viz.plots.histories.curves"
