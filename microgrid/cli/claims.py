"""The commands that judge formulas of derivatives, and write them out."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import ExpressionError
from .output import in_color
from .sources import claimed

__all__ = ["check", "derive"]


def check(options: argparse.Namespace) -> int:
    """Judge claims: 0 if all are true, 1 if one is false or undecided."""
    from ..claims.check import check as judged

    claims = list(options.claim)
    places: dict[str, str] = {}
    if options.claims is not None:
        file = options.claims.removeprefix(" ")
        for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), start=1):
            if claim := line.partition("#")[0].strip():
                claims.append(claim)
                places.setdefault(claim, f"{file}, line {number}")
    if not claims:
        raise ValueError('nothing to check: give a formula, as in --claim "dL/dw = 2*e*x"')
    nodes, given = claimed(options.expression, options.pairs, options.params)
    try:
        report = judged(nodes, claims, given=given)
    except ExpressionError as error:
        if error.text in places and error.text not in options.claim:
            where = f"{places[error.text]}: {error.message}"
            raise ExpressionError(where, error.text, error.position) from error
        raise
    if options.json:
        import json

        print(json.dumps(report.to_dict(), indent=2, ensure_ascii=False))
    else:
        print(in_color(report.text(options.lang)))
    return 0 if report.ok else 1


def derive(options: argparse.Namespace) -> int:
    """Write the derivation of the result by some nodes."""
    from ..claims.derive import derive as derived

    nodes, given = claimed(options.expression, options.pairs, options.params)
    names = [name for name in options.by.replace(" ", "").split(",") if name]
    derivations = derived(nodes, names, given=given)
    print(derivations.latex() if options.latex else derivations.text(options.lang))
    return 0
