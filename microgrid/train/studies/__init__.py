"""Studies of hyper-parameters: one fit for each choice of settings, here or on an engine that users start."""
