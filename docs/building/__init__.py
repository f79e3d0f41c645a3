"""Builds the documentation's site: its pages and lessons are run, shown with what they do, and checked."""
