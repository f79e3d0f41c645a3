"""Boxes in columns: which column, in which order, how high, and how arrows go between them."""
