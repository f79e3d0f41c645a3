"""A web page around a picture: one file that needs no network and runs nothing."""

from __future__ import annotations

from html import escape

from ..drawing.scene import Scene
from .svg import svg

__all__ = ["page"]

# The browser itself then refuses whatever a picture should never contain.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(scene: Scene) -> str:
    """The drawing as a self-contained HTML page."""
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
