"""Exercises for a course: variants that a hand can compute, with answers and what each mistake shows.

>>> from microgrid import exercises
>>> sheet = exercises.make("line", 3, seed=7)
>>> [exercise.kind for exercise in sheet]
['forward', 'local', 'backward']
"""

from .answers import answer as answer
from .make import TooFew as TooFew
from .make import make as make
from .outputs import Exercises as Exercises

__all__ = ["Exercises", "TooFew", "answer", "make"]
