"""Plots of what goes on in the layers of a network, at one moment and over the steps."""
