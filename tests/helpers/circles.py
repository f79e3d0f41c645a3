"""A circle in a graph, which nothing in microgrid makes: tied by writing into the memory of a node."""

from __future__ import annotations

import ctypes
import inspect
from contextlib import contextmanager


@contextmanager
def tied(v, operand, to):
    """In the block, `to` stands in the node v in the place of its operand."""
    if inspect.ismemberdescriptor(type(v)._first):  # a slot: it is the uncompiled engine
        name = "_first" if v._first is operand else "_second"
        setattr(v, name, to)
        try:
            yield
        finally:
            setattr(v, name, operand)
        return
    words = (ctypes.c_void_p * (v.__sizeof__() // ctypes.sizeof(ctypes.c_void_p))).from_address(id(v))
    place = list(words).index(id(operand))
    words[place] = id(to)  # no reference is counted: it is there for the block alone
    try:
        yield
    finally:
        words[place] = id(operand)
