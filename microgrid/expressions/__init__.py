"""Text such as "tanh(w*x)" read into Values, without ever running it.  It uses the engine's functions."""
