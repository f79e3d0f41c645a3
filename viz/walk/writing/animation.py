"""Steps that move by themselves, for chats and web pages: as one SVG, as GIF."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from ...drawing.scene import Scene
from ...formats.pdf_png import rasters
from ...formats.svg import Written, document, write
from ..film import Reel

__all__ = ["gif", "svg"]

SECONDS, LAST_SECONDS = 2.0, 6.0
"""How long a frame is shown, and the last one."""
WIDEST_GIF = 1600.0
"""In pixels: every frame holds all of them."""
SHARPNESS = 1.6
MOST_COUNTED = 16
"""Frames, evenly spread, whose colours are counted for the palette."""
CHANNELS = (0, 8, 16)
"""The bits where red, green and blue begin in the one number of a colour."""


def svg(film: Reel, count: int) -> str:
    """One SVG that shows the frames in turn; where motion is not wanted or not known, it shows the last one.

    Each group is there once for each of its looks, and a style sheet says when which is visible.
    """
    written: Written = {}
    last = film.scene(count - 1)
    styles: dict[str, str] = {}
    body: list[str] = []
    for looks in [*film.looks, [(k, film.caption(k)) for k in range(count)]]:
        for (start, group), (end, _) in pairwise([*looks, (count, looks[-1][1])]):
            text = write(group, written)
            if (start, end) == (0, count):
                body.append(text)
                continue
            name = f"{film.key}-{start}-{end}"
            styles[name] = _style(name, start, end, count)
            hidden = "" if end == count else ' visibility="hidden"'
            body.append(f'<g class="{name}"{hidden}>{text}</g>')
    style = "\n".join(["@media (prefers-reduced-motion: no-preference) {", *styles.values(), "}"])
    return document(last, film.key, [f"<style>\n{style}\n</style>", *body])


def _style(name: str, start: int, end: int, count: int) -> str:
    """Visible from one frame to another."""
    whole = (count - 1) * SECONDS + LAST_SECONDS
    times = [(0.0, "visible" if start == 0 else "hidden")]
    times += [(start * SECONDS, "visible")] if start else []
    times += [(end * SECONDS, "hidden")] if end < count else []
    frames = " ".join(f"{100 * time / whole:.4g}% {{ visibility: {state} }}" for time, state in times)
    rule = f".{name} {{ animation: {name} {whole:g}s step-end infinite }}"
    return f"{rule}\n@keyframes {name} {{ {frames} }}"


def gif(scenes: Sequence[Scene]) -> bytes:
    """The frames in turn, without end."""
    sharpness = min(SHARPNESS, WIDEST_GIF / scenes[0].size[0])
    some = scenes[:: max(1, len(scenes) // MOST_COUNTED)]
    counts: Counter[int] = Counter()
    for raster in rasters([*some, scenes[-1]], sharpness):
        colors: Any = raster.getcolors(maxcolors=raster.width * raster.height)
        counts.update({red | green << 8 | blue << 16: count for count, (red, green, blue) in colors})
    # Pillow's own search takes a white ground for nearly white.
    palette = sorted(counts, key=lambda color: (-counts[color], color))[:256]
    first, *others = _indexed(scenes, sharpness, palette)
    file = io.BytesIO()
    # Pillow counts in milliseconds, and loop=0 is for ever
    durations = [int(1000 * SECONDS)] * (len(scenes) - 1) + [int(1000 * LAST_SECONDS)]
    first.save(file, format="GIF", save_all=True, append_images=others, duration=durations, loop=0)
    return file.getvalue()


def _indexed(scenes: Sequence[Scene], sharpness: float, palette: list[int]) -> Iterator[Any]:
    """The frames as pictures whose pixels are places in a palette."""
    import numpy as np
    from PIL import Image

    place, known = np.zeros(1 << 24, np.uint8), np.zeros(1 << 24, bool)  # by colour
    for raster in rasters(scenes, sharpness):
        colors = np.asarray(raster.convert("RGBX")).view("<u4")[:, :, 0] & 0xFFFFFF
        new = np.unique(colors[~known[colors]])
        place[new], known[new] = _nearest(new, palette), True
        image = Image.fromarray(place[colors])
        image.putpalette(bytes(channel for color in palette for channel in color.to_bytes(3, "little")))
        yield image


def _nearest(colors: Any, palette: list[int]) -> Any:
    """For each colour the place of the one in the palette that is most like it."""
    import numpy as np

    ours, theirs = (np.array(numbers, np.int32)[:, None] >> CHANNELS & 255 for numbers in (colors, palette))
    return ((ours[:, None] - theirs) ** 2).sum(axis=2).argmin(axis=1).astype(np.uint8)
