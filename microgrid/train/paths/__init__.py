"""Descents and trainings that remember where they were: tables of points, losses, gradients and rates."""
