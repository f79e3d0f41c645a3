"""Plots of functions: activations, softmax, surfaces with paths down them, lines being fitted, clipping."""
