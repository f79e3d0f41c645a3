"""Plots of samples with classes, and of what a classifier makes of them."""
