"""The page of steps: one file with the walk, its words and its code.  It uses `walk` and all below."""
