"""Recorded graphs as programs: lowered to instructions, printed, replayed over batches.  It uses the engine."""
