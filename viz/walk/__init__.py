"""The moments of a computation, forward and backward, and a frame for each; it uses `formats` and below."""
