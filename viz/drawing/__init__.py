"""Where everything goes: Graphviz lays out once, and a scene of shapes comes of it.  It uses `picture`."""
