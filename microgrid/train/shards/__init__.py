"""Data-parallel training: samples lie on workers, each of which gives the gradient of its own."""
