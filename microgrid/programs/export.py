"""Programs as functions of JAX and PyTorch, for those who outgrow one machine.

Sums of products become matrix products; a row brings its own partials, so derivatives follow the same
conventions.
"""

from __future__ import annotations

import importlib
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from ..base.formula import Vocabulary
from ..errors import GraphError
from ..ops import Op
from .instructions import Code, Instruction, instructions
from .replay import slots

__all__ = ["to_jax", "to_torch"]


class Library(NamedTuple):
    """What a program needs of an array library."""

    constants: Callable[[Sequence[float], Any], Any]
    """Numbers as an array of the same kind as another one."""
    concatenate: Callable[[list[Any]], Any]
    einsum: Callable[..., Any]
    broadcast: Callable[[Any, tuple[int, int]], Any]
    row: Callable[[Op], Callable[..., Any]]
    """A row as a function of arrays that the library can differentiate."""


def to_jax(code: Code, single: bool) -> Callable[..., Any]:
    """``f(parameters, X)`` for JAX: pure, so `jax.jit`, `jax.grad`, `jax.jvp`, `jax.vmap` and sharding apply.

    One convention is JAX's: a gradient of 0 that meets an infinite partial, sqrt'(0), becomes nan, and not 0.
    """
    jax = _imported("jax")
    jnp = jax.numpy
    renamed = {"acos": "arccos", "asin": "arcsin", "atan": "arctan", "atan2": "arctan2", "pow": "power"}
    words = {word: getattr(jnp, renamed.get(word, word)) for word in WORDS}
    words |= {"erf": jax.scipy.special.erf, "erfc": jax.scipy.special.erfc, **NUMBERS}
    vocabulary = Vocabulary("jax", words, where=jnp.where)

    @cache
    def row(op: Op) -> Callable[..., Any]:
        value, partials = op.bind("value", vocabulary), op.bind("partials", vocabulary)
        apply = jax.custom_jvp(value)

        @apply.defjvp  # type: ignore[untyped-decorator]
        def forward(xs: tuple[Any, ...], moves: tuple[Any, ...]) -> tuple[Any, Any]:
            z = apply(*xs)
            slopes = partials(xs[0], xs[1] if len(xs) > 1 else None, z)
            return z, sum(slope * move for slope, move in zip(slopes, moves))

        return lambda *xs: apply(*jnp.broadcast_arrays(*xs))

    def constants(numbers: Sequence[float], like: Any) -> Any:
        return jnp.asarray(numbers, dtype=jnp.result_type(like, float))

    return _function(code, single, Library(constants, jnp.concatenate, jnp.einsum, jnp.broadcast_to, row))


def to_torch(code: Code, single: bool) -> Callable[..., Any]:
    """``f(parameters, X)`` for PyTorch: tensors on any device, with derivatives of any order."""
    torch = _imported("torch")
    words = {word: _on_tensors(torch, word) for word in (*WORDS, "erf", "erfc")}
    vocabulary = Vocabulary("torch", words | NUMBERS, where=torch.where)

    @cache
    def row(op: Op) -> Callable[..., Any]:
        value, partials = op.bind("value", vocabulary), op.bind("partials", vocabulary)

        class Row(torch.autograd.Function):  # type: ignore[misc, name-defined]
            @staticmethod
            def forward(ctx: Any, *xs: Any) -> Any:
                ctx.save_for_backward(*xs)
                return value(*xs)

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                xs = ctx.saved_tensors
                slopes = partials(xs[0], xs[1] if len(xs) > 1 else None, value(*xs))
                # as in `backward`, 0 times infinity is 0; g stays a factor, for derivatives of higher order
                slopes = [torch.where((g == 0) & ~torch.isfinite(slope + g), 0.0, slope) for slope in slopes]
                return tuple(g * slope for slope in slopes) + (None,) * (len(xs) - len(slopes))

        return lambda *xs: Row.apply(*torch.broadcast_tensors(*xs))

    def constants(numbers: Sequence[float], like: Any) -> Any:
        return torch.tensor(list(numbers), dtype=like.dtype, device=like.device)

    return _function(code, single, Library(constants, torch.cat, torch.einsum, torch.broadcast_to, row))


WORDS = "abs acos asin atan atan2 cos cosh exp expm1 hypot log log1p pow sin sinh sqrt tan tanh".split()
NUMBERS = {"pi": math.pi, "inf": math.inf, "nan": math.nan}


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"to_{name} needs {name}: pip install {name}", name=name) from error


def _on_tensors(torch: Any, word: str) -> Callable[..., Any]:
    """A function that takes Python's numbers beside tensors, as formulas have them."""
    function = getattr(torch, word)

    def call(*xs: Any) -> Any:
        tensors = [x for x in xs if torch.is_tensor(x)]
        if not tensors:
            return getattr(math, word)(*xs)
        return function(*(torch.as_tensor(x, dtype=tensors[0].dtype, device=tensors[0].device) for x in xs))

    return call


# ---------------------------------------------------------------- over any of them


def _function(code: Code, single: bool, library: Library) -> Callable[..., Any]:
    program = [*instructions(code, False), *instructions(code, True)]
    for instruction in program:
        if instruction.row is not None and not instruction.row.value:
            raise GraphError(
                f"{instruction.row.name} is a custom operation, a Python function of numbers, and has no "
                "formula for other libraries: compose it of microgrid's operations"
            )

    def f(parameters: Any, X: Any = None) -> Any:
        batch = _batch(code, parameters, X)
        U, V = Memory(library), Memory(library)
        U.write(0, parameters[:, None])
        first = code.parameters
        U.write(first, library.constants(code.initial[first : first + code.constants], parameters)[:, None])
        if code.inputs:
            V.write(0, X.T)
        for instruction in program:
            own, width = (V, batch) if instruction.lane else (U, 1)
            found = _run(instruction, (U, V), library)
            own.write(instruction.result, library.broadcast(found, (instruction.repeat, width)))
        found = [library.broadcast((U, V)[lane].at(slot), (1, batch)) for lane, slot in code.output_slots]
        table = library.concatenate(found).T
        if not code.inputs:
            table = table[0]
        return table[..., 0] if single else table

    return f


def _batch(code: Code, parameters: Any, X: Any) -> int:
    """How many samples X holds.  Checked, since JAX reads the nearest number for an index out of range."""
    shapes = [tuple(x.shape) if hasattr(x, "shape") else type(x).__name__ for x in (parameters, X)]
    if shapes[0] != (code.parameters,):
        raise ValueError(f"parameters is an array of shape ({code.parameters},), got {shapes[0]}")
    if not code.inputs:
        if X is not None:
            raise TypeError(
                "this program has no inputs: call it without X, or list inputs= where it is compiled"
            )
        return 1
    if len(shapes[1]) != 2 or shapes[1][1] != code.inputs:
        raise ValueError(
            f"X is an array of shape (batch, {code.inputs}), one column for each input, got {shapes[1]}"
        )
    return int(shapes[1][0])


class Memory:
    """What stands in consecutive slots, as the arrays (slots, samples) that were written one by one."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.starts: list[int] = []
        self.arrays: list[Any] = []

    def write(self, start: int, array: Any) -> None:
        if array.shape[0]:
            self.starts.append(start)
            self.arrays.append(array)

    def read(self, slots: Any) -> Any:
        """The rows of an array of slots."""
        first, last = bisect_right(self.starts, slots.min()) - 1, bisect_right(self.starts, slots.max())
        part = self.arrays[first:last]
        joined = part[0] if len(part) == 1 else self.library.concatenate(part)
        return joined[slots - self.starts[first]]

    def at(self, slot: int) -> Any:
        """One row, (1, samples)."""
        place = bisect_right(self.starts, slot) - 1
        start = slot - self.starts[place]
        return self.arrays[place][start : start + 1]


def _run(instruction: Instruction, memory: tuple[Memory, Memory], library: Library) -> Any:
    operands = list(instruction.operands)
    xs, total = [], None
    for run in instruction.runs:
        factors = [memory[f.lane].read(slots(f, instruction.repeat, range(run.length))) for f in run.factors]
        added = _contract(factors, run.length, library)
        added = -added if run.minus else added
        total = added if total is None else total + added
    if instruction.row is None:
        return total
    if instruction.runs:
        xs, operands = [total], operands[1:]
    xs += [memory[x.lane].read(slots(x, instruction.repeat, range(1)))[0] for x in operands]
    return library.row(instruction.row)(*xs)


def _contract(factors: list[Any], length: int, library: Library) -> Any:
    """The sum over k of the product of factors (k, r, samples): a matrix product where one is a matrix."""
    letters = ["".join(c for c, extent in zip("krn", x.shape) if extent != 1) for x in factors]
    left = "".join(c for c in "rn" if any(c in word for word in letters))
    squeezed = [x.reshape([extent for extent in x.shape if extent != 1]) for x in factors]
    found = library.einsum(f"{','.join(letters)}->{left}", *squeezed)
    times = 1 if any("k" in word for word in letters) else length
    extents = {c: extent for x in factors for c, extent in zip("krn", x.shape) if extent != 1}
    found = found.reshape([extents.get(c, 1) for c in "rn"])
    return found * times if times > 1 else found
