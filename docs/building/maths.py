"""Formulas in LaTeX as MathML, which browsers set by themselves: no font and no program is fetched for it."""

from __future__ import annotations

import re

from latex2mathml.converter import convert

__all__ = ["set_formulas"]

BLOCK = re.compile(r"^\$\$\n?(.+?)\n?\$\$$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<![\\\w$`])\$(?=\S)([^$\n`]+?)(?<=\S)\$(?![\w$])")
CODE = re.compile(r"(`+[^`]+`+)")
ALIGNED = re.compile(r"(?<=[{])aligned(?=[}])")


def set_formulas(text: str) -> str:
    """The Markdown with `$$...$$` on lines of their own, and `$...$` within a line, as MathML.

    >>> set_formulas("It is $x^2$, not `$x`.")[:30]
    'It is <math xmlns="http://www.'
    """
    text = BLOCK.sub(
        lambda found: f"\n<div>{convert(ALIGNED.sub('align*', found[1]), display='block')}</div>\n", text
    )
    pieces = CODE.split(text)
    return "".join(
        piece if n % 2 else INLINE.sub(lambda f: convert(f[1]), piece) for n, piece in enumerate(pieces)
    )
