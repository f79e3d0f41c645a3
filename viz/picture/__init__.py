"""What is drawn, before it has a place: boxes, arrows, looks.  It uses `graph`, `words` and `options`."""
