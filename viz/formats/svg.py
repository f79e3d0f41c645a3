"""Writes a drawing as SVG, alone, in a web page or as its image: nothing in it runs, loads or depends on
anything, and a user's text is only ever text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from ..drawing.scene import Group, Path, Scene, Text
from ..style.markup import escape, quoteattr
from ..style.shapes import Command
from ..style.theme import Font, Paint

__all__ = ["Written", "digest", "document", "image", "page", "picture", "svg", "write"]

FAMILIES = "'DejaVu Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Of a web page: with it the browser itself refuses whatever a picture should never contain."""

LONGEST_ALTERNATIVE = 600
"""Characters of an image's alternative text: nobody can leave it halfway."""

Written = dict[int, tuple[Group, str]]
"""What groups were written as, by identity, and the groups, so that no other gets the identity of one."""


def svg(scene: Scene, key: str = "", written: Written | None = None) -> str:
    """The drawing as one SVG element.  It scales down to the width of its surroundings.

    Several pictures may stand on one page, so ids begin with a `key`, which is made from the content if none
    is given.  `written` keeps what groups were written as, for scenes that share most of theirs.
    """
    memory: Written = {} if written is None else written
    kept = memory.get
    body = [found[1] if (found := kept(id(group))) else write(group, memory) for group in scene.groups]
    return document(scene, key or digest(scene.title, scene.background, *body), body)


def document(scene: Scene, key: str, body: Iterable[str]) -> str:
    """The SVG element of a scene around what its groups, or something in their place, were written as."""
    width, height = map(_number, scene.size)
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": width,
        "height": height,
        "viewBox": f"0 0 {width} {height}",
        "style": "max-width:100%;height:auto",
        "role": "graphics-document",
        "aria-labelledby": f"{key}-title",
        "aria-describedby": f"{key}-desc",
    }
    if scene.lang != "en":
        attributes["lang"] = scene.lang
    attributes |= {"font-family": FAMILIES, "text-rendering": "geometricPrecision"}
    return "\n".join(
        [
            f"<svg{_attributes(attributes)}>",
            f'<title id="{key}-title">{escape(scene.title)}</title>',
            f'<desc id="{key}-desc">{escape(scene.description)}</desc>',
            f'<rect class="background" width="{width}" height="{height}" fill="{scene.background}"/>',
            *body,
            "</svg>\n",
        ]
    )


def page(scene: Scene) -> str:
    """A web page around the drawing: one file that needs no network."""
    return f"""<!DOCTYPE html>
<html lang="{scene.lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(scene.title)}</title>
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: {scene.background}; }}
svg {{ width: 100%; max-height: 92vh; }}
</style>
</head>
<body>
{svg(scene)}</body>
</html>
"""


def picture(scene: Scene, scale: float, moving: str | None = None) -> str:
    """The drawing, or the `moving` SVG that begins with it, as an HTML image, for a notebook.

    It has `scale` pixels of its own to each that it is shown at: who copies it from a browser gets a PNG of
    these, which is sharp on a slide too.
    """
    width, height = scene.size
    shown, own = (
        f' width="{_number(width * times)}" height="{_number(height * times)}"' for times in (1, scale)
    )
    head, *rest = (moving or svg(scene)).split(shown, 1)
    return image(own.join([head, *rest]).encode(), "image/svg+xml", _alternative(scene), width, scene.lang)


def image(content: bytes, kind: str, alt: str, width: float, lang: str = "en") -> str:
    """An HTML image that carries its content, `width` pixels wide, or as wide as its surroundings.

    >>> image(b"", "image/png", 'a "b"', 640)
    '<img alt="a &quot;b&quot;" width="640" style="max-width:100%;height:auto" src="data:image/png;base64,">'
    """
    words = escape(alt, {'"': "&quot;", "\n": " "})
    source = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    language = "" if lang == "en" else f' lang="{lang}"'
    size = f'width="{round(width)}" style="max-width:100%;height:auto"'
    return f'<img alt="{words}"{language} {size} src="{source}">'


def _alternative(scene: Scene) -> str:
    """Title and description for those who cannot see it; of many boxes, the first."""
    said = [f"{scene.title}. "]
    for part in re.split("(?<=[:;]) ", scene.description):
        if sum(map(len, said)) + len(part) > LONGEST_ALTERNATIVE:
            return "".join(said).rstrip(" ;:") + " …"
        said.append(f"{part} ")
    return "".join(said).rstrip()


def digest(*texts: str) -> str:
    """A name that no other content has."""
    return "mg" + sha256("\n".join(texts).encode()).hexdigest()[:10]


def write(group: Group, written: Written) -> str:
    """A group as SVG, which is kept in `written`."""
    if id(group) not in written:
        written[id(group)] = (group, _group(group))
    return written[id(group)][1]


def _group(group: Group) -> str:
    node = "" if group.node is None else f' data-node="{group.node}"'
    edge = "" if group.operand is None else f' data-edge="{group.node}:{group.operand}"'
    scope = f" data-scope={quoteattr(group.scope)}" if group.scope else ""
    data = "".join([f" data-{name}={quoteattr(value)}" for name, value in group.data])
    head = [f'<g class="{group.kind}"{node}{edge}{scope}{data}>']
    if group.description:
        label = quoteattr(group.description.replace("\n", ", "))
        head = [
            f'<g class="{group.kind}"{node}{edge}{scope}{data} role="graphics-symbol" aria-label={label}>',
            f"<title>{escape(group.description)}</title>",
        ]
    items = [_path(item) if isinstance(item, Path) else _text(item) for item in group.items]
    return "\n".join([*head, *items, "</g>"])


def _path(path: Path) -> str:
    return f'<path d="{_outline(path.commands)}"{_paint(path.paint)}/>'


@lru_cache(2**10)
def _paint(paint: Paint) -> str:
    attributes = {"fill": paint.fill}
    if paint.stroke != "none":
        attributes |= {"stroke": paint.stroke, "stroke-width": _number(paint.width)}
    if paint.dash:
        attributes["stroke-dasharray"] = " ".join(map(_number, paint.dash))
    return _attributes(attributes)


@lru_cache(2**14)
def _outline(commands: tuple[Command, ...]) -> str:
    """A path's `d`, kept, since outlines recur, in the frames of a walk above all.

    One `%` for all numbers takes less time than a format for each.
    """
    form = "".join([_FORMS[letter] for letter, _ in commands])
    return _without_zeros(form % tuple([x for _, points in commands for point in points for x in point]))


_FORMS = {"M": "M%.2f,%.2f", "L": "L%.2f,%.2f", "C": "C%.2f,%.2f %.2f,%.2f %.2f,%.2f", "Z": "Z"}
"""By the letter of a command: it, and its points to a hundredth."""


def _number(x: float) -> str:
    """A length to a hundredth, without zeros at its end."""
    return _without_zeros(f"{x:.2f}")


def _without_zeros(text: str) -> str:
    """Numbers of exactly two decimals without the zeros at their ends.

    >>> _without_zeros("M1.00,2.50 L3.25,-0.10")
    'M1,2.5 L3.25,-0.1'
    """
    return _LAST_ZERO.sub(r"\1", text.replace(".00", ""))


_LAST_ZERO = re.compile(r"(\.\d)0")


def _text(text: Text) -> str:
    content = escape(text.text)
    blanks = ' xml:space="preserve"' if "  " in content or content != content.strip() else ""
    at = _without_zeros('x="{:.2f}" y="{:.2f}"'.format(*text.at))
    return f"<text {at}{_letters(text.font, text.color, text.anchor)}{blanks}>{content}</text>"


@lru_cache(2**10)
def _letters(font: Font, color: str, anchor: str) -> str:
    attributes = {"font-size": _number(font.size), "fill": color, "text-anchor": anchor}
    if font.bold:
        attributes["font-weight"] = "bold"
    if font.italic:
        attributes["font-style"] = "italic"
    return _attributes(attributes)


def _attributes(attributes: dict[str, str]) -> str:
    return "".join([f" {name}={quoteattr(value)}" for name, value in attributes.items()])
