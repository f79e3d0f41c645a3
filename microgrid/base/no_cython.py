"""Stands in for what is compiled only: Cython's decorators, which do nothing here, the memory of walks."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TypeVar

__all__ = ["NOBODY", "Numbers", "Stack", "cclass", "compiled", "freelist", "no_gc", "uncounted"]

Class = TypeVar("Class", bound=type)
Value = TypeVar("Value")

compiled = False


def cclass(cls: Class) -> Class:
    return cls


no_gc = cclass


def freelist(size: int) -> Callable[[Class], Class]:
    return cclass


class Stack(list):  # type: ignore[type-arg]
    """The nodes of a walk, as in stack.pyx."""

    push = list.append
    at = look = list.__getitem__

    def newest_first(self, newest: int) -> None:
        self.sort(key=attrgetter("_serial"), reverse=True)


class Numbers:
    """A number for each of them."""

    zeros = places = staticmethod([0.0].__mul__)


NOBODY = None
"""Where a node has no operand."""


def uncounted(v: Value) -> Value:
    """The node itself; in C without counting a reference."""
    return v
