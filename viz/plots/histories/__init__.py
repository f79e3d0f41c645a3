"""Plots of trainings by their histories."""
