"""What the page of steps knows of boxes that are sums of products or pieces: formulas without numbers."""

from __future__ import annotations

from typing import Any

from microgrid.base.phrases import LANGUAGES, said

from ..graph.folding import Unit
from ..walk.box_captions import Boxes

__all__ = ["merged_box"]


def merged_box(unit: Unit, boxes: Boxes) -> dict[str, Any]:
    """The texts of one box; stepper/merged.js puts the numbers in.

    "flows" has for each operand its node, the edges from it and, for each output, the derivative as a formula
    and what it is called.
    """
    text = boxes.text(unit)
    known: dict[str, Any] = {
        "kind": unit.kind,
        "made": text.made,
        "stale": text.is_stale,
        "ordered": text.outputs,
        "warning": text.warning and {lang: said(text.warning, lang) for lang in LANGUAGES},
        "flows": [[flow.target, flow.edges, flow.locals, flow.names] for flow in text.flows],
        "labels": {f"{i}:{k}": formula for (i, k), formula in boxes.labels(unit).items()},
    }
    if text.pattern:
        parts = {"parts": text.pattern.parts, "operands": text.pattern.operands, "tight": text.pattern.tight}
        known["pattern"] = parts
    return known
