"""What several test modules share; none of them imports another."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The checkout."""
