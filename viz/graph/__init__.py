"""The graph by numbers, as it was when it was asked for: paths, folded scopes, routes.  It uses `microgrid` alone."""
