"""Writes a drawing as SVG: nothing in it runs, loads or depends on anything, and a user's text is only ever text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from xml.sax.saxutils import escape, quoteattr

from .scene import Group, Path, Scene, Text
from .shapes import Command

__all__ = ["Written", "digest", "document", "svg", "write"]

FAMILIES = "'DejaVu Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"

Written = dict[int, tuple[Group, str]]
"""What groups were written as, by identity, and the groups, so that no other gets the identity of one."""


def svg(scene: Scene, key: str = "", written: Written | None = None) -> str:
    """The drawing as one SVG element.  It scales down to the width of its surroundings.

    Several pictures may stand on one page, so ids begin with a `key`, which is made from the content if none is given.
    `written` keeps what groups were written as, for scenes that share most of theirs.
    """
    memory: Written = {} if written is None else written
    body = [write(group, memory) for group in scene.groups]
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
        **({"lang": scene.lang} if scene.lang != "en" else {}),
        "font-family": FAMILIES,
        "text-rendering": "geometricPrecision",
    }
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


def digest(*texts: str) -> str:
    """A name that no other content has."""
    return "mg" + sha256("\n".join(texts).encode()).hexdigest()[:10]


def write(group: Group, written: Written) -> str:
    """A group as SVG, which is kept in `written`."""
    if id(group) not in written:
        written[id(group)] = (group, _group(group))
    return written[id(group)][1]


def _group(group: Group) -> str:
    attributes: dict[str, str] = {"class": group.kind}
    if group.node is not None:
        attributes["data-node"] = str(group.node)
    if group.operand is not None:
        attributes["data-edge"] = f"{group.node}:{group.operand}"
    title = []
    if group.description:
        attributes |= {"role": "graphics-symbol", "aria-label": group.description.replace("\n", ", ")}
        title = [f"<title>{escape(group.description)}</title>"]
    items = [_path(item) if isinstance(item, Path) else _text(item) for item in group.items]
    return "\n".join([f"<g{_attributes(attributes)}>", *title, *items, "</g>"])


def _path(path: Path) -> str:
    attributes = {"d": _outline(path.commands), "fill": path.paint.fill}
    if path.paint.stroke != "none":
        attributes |= {"stroke": path.paint.stroke, "stroke-width": _number(path.paint.width)}
    if path.paint.dash:
        attributes["stroke-dasharray"] = " ".join(map(_number, path.paint.dash))
    return f"<path{_attributes(attributes)}/>"


_quoted = lru_cache(2**14)(quoteattr)
"""Colours, sizes and outlines recur, in the frames of a walk above all."""


@lru_cache(2**14)
def _outline(commands: tuple[Command, ...]) -> str:
    return "".join(map(_command, commands))


def _command(command: Command) -> str:
    letter, points = command
    return letter + " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _text(text: Text) -> str:
    attributes = {
        "x": _number(text.at[0]),
        "y": _number(text.at[1]),
        "font-size": _number(text.font.size),
        "fill": text.color,
        "text-anchor": text.anchor,
    }
    if text.font.bold:
        attributes["font-weight"] = "bold"
    if "  " in text.text or text.text != text.text.strip():
        attributes["xml:space"] = "preserve"
    return f"<text{_attributes(attributes)}>{escape(text.text)}</text>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join([f" {name}={_quoted(value)}" for name, value in attributes.items()])


def _number(x: float) -> str:
    """A length to a hundredth, without a trailing zero."""
    return f"{x:.2f}".rstrip("0").rstrip(".")
