"""Pages with cells, put into a site that is served."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def put(site: Path, place: str, lang: str, body: str) -> None:
    """Write a page as the build leaves it, whole at any moment, since several processes may write it."""
    from building.browser import give_cells

    head = '<head><meta charset="utf-8"><title>cells</title></head>'
    with tempfile.TemporaryDirectory(dir=site) as scratch:
        draft = Path(scratch) / place
        draft.parent.mkdir(parents=True)
        draft.write_text(f'<!doctype html><html lang="{lang}">{head}<body>{body}</body></html>', encoding="utf-8")
        give_cells(Path(scratch))
        (site / place).parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft, site / place)
