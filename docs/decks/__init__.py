"""The slides of the five lectures as data, a file for each, and what writes them."""
