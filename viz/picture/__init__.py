"""What is drawn, before anything has a place: boxes, arrows, emphasis.  It uses `graph`, `words` and `options`."""
