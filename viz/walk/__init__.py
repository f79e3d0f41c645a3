"""The moments of a computation, forward and backward, and a frame for each.  It uses `formats` and all below."""
