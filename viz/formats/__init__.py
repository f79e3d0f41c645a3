"""A scene as files: SVG, HTML, TikZ, PDF, PNG, and the graph as DOT.  It uses `drawing`."""
