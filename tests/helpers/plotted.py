"""What the axes of a plot show."""

from __future__ import annotations

import io


def drawn(ax) -> bytes:
    """The picture, so that what fails only when it is drawn fails here."""
    file = io.BytesIO()
    ax.figure.savefig(file, format="png", dpi=40)
    return file.getvalue()


def words(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]
