"""A graph in numbers, as it was at one moment: paths, folded scopes, routes.  It uses `microgrid` alone."""
