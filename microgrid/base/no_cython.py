"""Stands in for Cython's decorators where Cython is not installed: they do nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Class = TypeVar("Class", bound=type)

compiled = False


def cclass(cls: Class) -> Class:
    return cls


no_gc = cclass


def freelist(size: int) -> Callable[[Class], Class]:
    return cclass
