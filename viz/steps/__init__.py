"""A walk through a graph, forward and backward: as frames and files, as text, and as a notebook's widget."""
