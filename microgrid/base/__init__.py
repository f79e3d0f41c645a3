"""What every other room stands on: nodes, formulas, settings, messages, files.  It uses only `errors`."""
