"""A walk as one section of a reveal.js presentation: a fragment for each step, with its caption as notes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ...formats.svg import Written, document, write
from ...style.markup import quoteattr
from ..film import Reel

__all__ = ["section"]

INLINE = 'style="max-width:100%;height:auto"'
FILLING = 'style="display:block;width:100%;height:auto;max-height:100%"'
"""A picture in a line of text would have the room for its letters' descenders below it."""
AT_ONCE = 'style="transition:none"'
"""What is new replaces what was there; in between, reveal.js would show both half-transparent."""


def section(film: Reel, captions: Sequence[str]) -> str:
    """The `<section>` of a presentation: its picture at the beginning, and with each fragment a step further.

    Nothing in it is loaded or runs: the presentation's own reveal.js shows the fragments in turn, and its
    speaker view the captions.
    """
    count, written, body = len(captions), Written(), list[str]()
    for looks in [*film.looks, [(k, film.caption(k)) for k in range(count)]]:
        for (start, group), (end, _) in pairwise([*looks, (count, looks[-1][1])]):
            text = write(group, written)
            text = text if end == count else _fragment("g", "fade-out", end, text)
            body.append(text if start == 0 else _fragment("g", "", start, text))
    # reveal.js reads the notes off the first fragment of a step, which is therefore one that shows nothing
    notes = [_fragment("span", "", k, "", f" data-notes={quoteattr(captions[k])}") for k in range(1, count)]
    picture = document(film.scene(0), film.key, body).replace(
        'style="max-width:100%;height:auto"',
        'style="display:block;width:100%;height:auto;max-height:100%"',
        1,
    )
    return "\n".join(
        [
            f"<section id={quoteattr(film.key)} data-notes={quoteattr(captions[0])}>",
            *notes,
            picture + "</section>\n",
        ]
    )


def _fragment(element: str, kind: str, step: int, content: str, notes: str = "") -> str:
    """What appears, or fades out, with a step; the first is the presentation's own."""
    classes = f"fragment {kind}".rstrip()
    head = f'{element} class="{classes}" data-fragment-index="{step - 1}" {AT_ONCE}{notes}'
    return f"<{head}>{content}</{element}>"
