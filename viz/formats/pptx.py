"""Writes drawings as the slides of a PowerPoint file, in shapes that PowerPoint, Keynote and LibreOffice
edit."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, message

from ..drawing.scene import Scene
from ..drawing.slide import READABLE, fit, smallest
from ..drawing.slide_choice import too_small
from ..options import SLIDES
from .drawingml import EMU, NAMESPACES
from .native_shapes import shapes

__all__ = ["pptx"]

LAYOUTS = {"title": 5, "blank": 6}
"""Of the template that python-pptx brings along: "Title Only" and "Blank"."""
MADE = datetime(2020, 1, 1)
"""Said of every file, so that the same drawing gives the same bytes."""


def pptx(*scenes: Scene) -> bytes:
    """Each drawing as a slide, with its description as notes for the speaker.

    Drawings that have not been made for a slide are fitted to one of 16 by 9.  Raises ModuleNotFoundError
    without python-pptx.
    """
    presentation = _presentation()
    slide = next((name for name, size in SLIDES.items() if size == scenes[0].size), "16:9")
    width, height = SLIDES[slide]
    presentation.slide_width, presentation.slide_height = round(width * EMU), round(height * EMU)
    _say_what_it_is(presentation.core_properties, scenes[0])
    fitted = [scene if scene.size == SLIDES[slide] else fit(scene, slide) for scene in scenes]
    size = min(map(smallest, fitted))
    if size < READABLE and fitted[0] is not scenes[0]:  # else it has been said where the slide was made
        warn(too_small(size, "a slide", message("pass ", Setting("slide", slide))))
    for scene in fitted:
        _add(presentation, scene)
    file = io.BytesIO()
    presentation.save(file)
    return _without_dates(file.getvalue())


def _presentation() -> Any:
    try:
        from pptx import Presentation
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'a .pptx file needs python-pptx: pip install python-pptx, or save as ".pdf" or ".svg"',
            name="pptx",
        ) from error
    return Presentation()


def _add(presentation: Any, scene: Scene) -> None:
    """One more slide."""
    from pptx.dml.color import RGBColor
    from pptx.oxml import parse_xml

    has_title = any(group.kind == "title" for group in scene.groups)
    slide = presentation.slides.add_slide(
        presentation.slide_layouts[LAYOUTS["title" if has_title else "blank"]]
    )
    for placeholder in list(slide.placeholders):
        placeholder.element.getparent().remove(placeholder.element)
    color: Any = RGBColor
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = color(*bytes.fromhex(scene.background[1:]))
    for shape in parse_xml(f"<p:spTree {NAMESPACES}>{shapes(scene)}</p:spTree>"):
        slide.shapes._spTree.append(shape)
    slide.notes_slide.notes_text_frame.text = scene.description


def _say_what_it_is(properties: Any, scene: Scene) -> None:
    properties.title, properties.author, properties.language = scene.title, "microgrid", scene.lang
    properties.last_modified_by = "microgrid"
    properties.created = properties.modified = MADE


def _without_dates(file: bytes) -> bytes:
    """The same package, each part of it dated alike."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as parts, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, (MADE.year, MADE.month, MADE.day, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(part, parts.read(name))
    return again.getvalue()
