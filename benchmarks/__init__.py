"""Side-by-side measurements of microgrid and its peers: `python -m benchmarks`."""
