"""Recorded graphs as programs: lowered to instructions, printed, run over batches; they use the engine."""
