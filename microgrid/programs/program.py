"""Record a graph once, run it over batches: `compile` and the Program it makes.

A program runs in the native kernel; on NumPy where that was not built, where the graph holds custom
operations, and where numbers that are not finite have to be explained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, Literal, SupportsIndex

from .. import arguments
from ..arguments import ArrayLike, Floats
from ..base import context, files
from ..base.checks import one_of
from ..base.messages import IEEE, describe
from ..base.nodes import CONSTANT
from ..engine import Value
from ..errors import DomainError, GraphError
from .c.choice import BACKENDS, Backend, run_built
from .instructions import Code, at_home, rows_of
from .listing import Listing, Stats, names_of, stats
from .lowering import lower
from .on_numpy import REDUCTIONS, OnNumPy, check_call, machine, report
from .recording import Recording, record

__all__ = ["Program", "Reduction", "compile"]

SHOWN = 40
"""How many instructions `repr` shows."""

STATE = {"code", "_single", "_operations", "_values", "_names", "_frozen", "_parameters", "_rows",
         "_machine", "runs_on", "_listing", "on_numpy"}  # fmt: skip
"""What a pickled program holds; those of earlier versions, which had no checksum, hold exactly this."""

Reduction = Literal["mean", "sum"]
"""What `value_and_grad` makes of the samples' numbers."""


def compile(
    outputs: Value | Sequence[Value],
    inputs: Sequence[Value] | None = None,
    parameters: Sequence[Value] | None = None,
    *,
    backend: Backend = "kernel",
) -> Program:
    """Turn the graph under `outputs`, a Value or several, into a Program that computes them for whole
    batches.

    `inputs` are the leaves whose data come from the columns of X, in this order; `parameters` the leaves to
    differentiate with respect to (None: every `microgrid.parameter` under the outputs, in the order of
    creation).  All other leaves keep the data they have now, and the program repeats what was recorded: where
    Python decided by data (``if x > 0:``), the decision stands.  What is no leaf, or is listed twice, is a
    GraphError.

    A program looks at what it returns, not at each result on the way: where only an intermediate one is not
    finite, as exp(1000) in 1/(1 + exp(1000)), the engine raises and a program gives 0.0.  It may round a sum
    of products once where the engine rounds each term, so at a kink (relu at 1e-18 instead of 0) it may take
    the other side.

    `backend` "kernel" interprets the instructions; "c" has this machine's C compiler build `Program.to_c()`,
    once, as the result is kept in the user's cache, and takes less time for the same computation: the two
    may round apart in the last digits, and so take other sides of a kink.

    >>> from microgrid import Value, compile, parameter
    >>> x, w = Value(1.0, "x"), parameter(2.0, "w")
    >>> program = compile((w * x - 1) ** 2, inputs=[x])
    >>> value, gradient = program.value_and_grad([[1.0], [2.0]])
    >>> value, gradient.tolist()
    (5.0, [7.0])
    """
    single = isinstance(outputs, Value)
    roots = [outputs] if isinstance(outputs, Value) else arguments.values(outputs, "outputs")
    if not roots:
        raise GraphError("there is nothing to compile: outputs is an empty sequence")
    columns = [] if inputs is None else arguments.leaves(inputs, "inputs")
    trained = None if parameters is None else arguments.leaves(parameters, "parameters")
    for v in set(columns).intersection(trained or ()):
        raise GraphError(f"{describe(v)} is both an input and a parameter: list it as one of the two")
    recording = record(roots, columns, trained)
    one_of(backend, "backend", BACKENDS)
    return Program(recording, lower(recording, len(columns)), columns, single, backend)


class Program:
    """A graph recorded by `compile`, ready to run on batches.

    ``program(X)`` computes the outputs, `value_and_grad` the output and its gradient; ``print(program)``
    lists the instructions.  X has the shape (batch, inputs) and holds real numbers.  Several threads may run
    one program at once.  A program can be pickled; what comes back has lost touch with the Values of its
    parameters, and does all else.
    """

    quiet = False
    """Whether calls that fall back to NumPy do not warn: set where the caller says it, or need not."""
    backend: Backend = "kernel"
    """What was asked for; `runs_on` says what runs."""
    threads = 0  # the most of a call, in a program that shares its processors with others; 0: all there are

    def __init__(
        self,
        recording: Recording,
        code: Code,
        columns: Sequence[Value],
        single: bool,
        backend: Backend = "kernel",
    ) -> None:
        import numpy as np

        self.code = code
        self._single = single
        self._operations = len(recording.code) - recording.leaves
        self._values: list[Value] | None = recording.parameters
        self._names = names_of(recording, columns)
        frozen = np.frombuffer(recording.role, np.int8, recording.leaves) != CONSTANT
        wanted = np.array(recording.wanted, dtype=int)
        frozen[wanted[wanted >= 0]] = False
        self._frozen = {recording.slot[i] for i in np.flatnonzero(frozen)}
        self._parameters = np.array(code.initial[: code.parameters])
        for k in np.flatnonzero(wanted[len(columns) :] < 0):
            self._parameters[k] = recording.parameters[k].data
        if backend != self.backend:
            self.backend = backend
        self._prepare(asked=True)

    def _prepare(self, asked: bool) -> None:
        self._rows = rows_of(self.code)
        self._machine, self.runs_on = machine(self.code, self._rows)
        self._listing = Listing(self.code, self._names, self._frozen)
        self.on_numpy = OnNumPy(self.code, self._listing)
        if self.backend == "c":
            self.runs_on = run_built(self._machine, self.runs_on, self.code, self.to_c, asked)

    # ---------------------------------------------------------------- running

    def __call__(self, X: ArrayLike | None = None) -> Any:
        """The outputs for each sample: (batch,), or (batch, m) for a program of a sequence of m outputs.

        A program without inputs is called without X and gives a float, or (m,).  An X that is no array of
        finite real numbers of shape (batch, inputs) is a TypeError or ValueError; a result that is not finite
        is a DomainError that says where it arose, unless ``errstate(domain="ieee")`` holds.
        """
        machine, given = self._machine, (self._single, 0, None, self.threads)
        outputs = None if machine is None else machine.forward(self._parameters, X, *given)
        if outputs is not None:
            return outputs
        checked = arguments.batch(X, self._names.inputs)
        if machine is not None and X is not None:  # in another form than the kernel reads, perhaps
            outputs = machine.forward(self._parameters, checked, *given)
        if outputs is None:
            outputs = self.on_numpy.forward(self._parameters, checked, self._single)
            quiet = self.quiet or machine is None
            report("", quiet, self._parameters, checked, {"a result": outputs}, True)
        return outputs

    def value_and_grad(
        self, X: ArrayLike | None = None, reduce: Reduction | None = "mean", out: Floats | None = None
    ) -> tuple[Any, Floats]:
        """The output and its gradient with respect to the parameters, over the samples of X.

        `reduce` "mean" or "sum": a float and an array (parameters,); None: each sample's, (batch,) and
        (batch, parameters).  Without inputs: a float and (parameters,).  The mean of no samples is a
        ValueError, a program of several outputs a GraphError.  For X and values that are not finite see
        `__call__`; a gradient that is not finite warns, or raises NonFiniteGradient, as errstate says.

        The gradient is written into `out`, if given, and that returned: a float64 array of its shape in C
        order, apart from what is read, else a TypeError or ValueError.  A call that raises leaves it alone.
        """
        machine = self._machine
        if reduce is not None and not isinstance(reduce, str):
            one_of(reduce, "reduce", REDUCTIONS)
        given = reduce, 0, None, self.threads, out
        found = None if machine is None else machine.value_and_grad(self._parameters, X, *given)
        if found is not None:
            return found
        checked = arguments.batch(X, self._names.inputs)
        check_call(self.code, {"the parameters": self._parameters, "X": X}, len(checked), reduce, out)
        if machine is not None and X is not None:
            found = machine.value_and_grad(self._parameters, checked, *given)
        if found is None:
            found = self.on_numpy.reported(self._parameters, checked, reduce, out, self.quiet or not machine)
        return found

    # ---------------------------------------------------------------- parameters

    @property
    def parameters(self) -> Floats:
        """The parameters, an array (n,) that every call reads; train by ``program.parameters -= step``."""
        return self._parameters

    @parameters.setter
    def parameters(self, new: ArrayLike) -> None:
        if new is not self._parameters:  # as it is where ``program.parameters -= step`` ends
            self._parameters[:] = arguments.row(new, "parameters", len(self._parameters))

    def share(self, array: Floats) -> None:
        """Read the parameters from this array from now on: one that an optimizer moves, or several programs
        share.  TypeError or ValueError unless it is float64, as NumPy makes them, of shape (n,).
        """
        self._parameters = arguments.shared(array, "parameters", len(self._parameters))

    @property
    def labels(self) -> list[str]:
        """The labels that the parameters had when the program was compiled."""
        return list(self._names.parameters)

    def read(self) -> None:
        """Take the parameters from the data of their Values.  GraphError if the program was unpickled."""
        self._parameters[:] = [v.data for v in self._leaves()]

    def write_back(self) -> None:
        """Give the parameters to their Values; what was computed from them stands until `recompute`.

        All or nothing: DomainError if one is not finite, GraphError if the program was unpickled.
        """
        leaves, numbers = self._leaves(), self._parameters.tolist()
        for v, x in zip(leaves, numbers):
            if x - x != 0.0 and context.current().domain == "raise":
                raise DomainError(
                    IEEE.after(f"the parameter {describe(v)} would become {x}: no parameter was changed")
                )
        context.at_once(arguments.changes(leaves, numbers))

    def _leaves(self) -> list[Value]:
        if self._values is None:
            raise GraphError(
                "this program was unpickled, without Values: use program.parameters, or compile it again"
            )
        return self._values

    # ---------------------------------------------------------------- looking at it

    @property
    def frozen(self) -> list[tuple[str, float]]:
        """The labels and data of the leaves that are neither input nor parameter: they keep these data."""
        return [(self._names.of(False, slot), self.code.initial[slot]) for slot in sorted(self._frozen)]

    @property
    def constants(self) -> list[float]:
        """The numbers that stood in the computation itself; data that Python looked at may be among them."""
        slots = range(self.code.parameters, self.code.parameters + self.code.constants)
        return [self.code.initial[slot] for slot in slots if slot not in self._frozen]

    def stats(self) -> Stats:
        """The size of the program: instructions, memory, operations in floating point."""
        return stats(self.code, self._operations)

    def listing(self) -> str:
        """Every instruction, under a head that says what the numbers mean; `repr` leaves out the middle."""
        return self._listing.text(self.runs_on, None)

    def __repr__(self) -> str:
        return self._listing.text(self.runs_on, SHOWN)

    # ---------------------------------------------------------------- elsewhere

    def to_c(self) -> str:
        """The program as a C file to read, or to build with GCC or clang: one loop for each instruction,
        forward and back, under the labels of the nodes.  Its head says how it is built and called.
        """
        from .c.text import to_c

        return to_c(self.code, self._names, self._operations)

    def to_jax(self) -> Callable[..., Any]:
        """The program as a function of (parameters, X) that JAX can compile, differentiate and distribute."""
        from .export import to_jax

        return to_jax(self.code, self._single)

    def to_torch(self) -> Callable[..., Any]:
        """The program as a function of (parameters, X) that PyTorch can differentiate and distribute."""
        from .export import to_torch

        return to_torch(self.code, self._single)

    def __getstate__(self) -> dict[str, Any]:
        left = {"_values": None, "_machine": None, "on_numpy": None, "_listing": None, "runs_on": ""}
        return {name: held for name, held in (self.__dict__ | left).items() if name != "threads"}

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        state = self.__getstate__()
        return _unpickled, (type(self), *files.sealed(state, state.pop("_parameters"), protocol))

    def __setstate__(self, state: dict[str, Any]) -> None:
        import numpy as np

        if state.keys() - {"quiet", "backend"} != STATE:
            raise GraphError(f"this is no state of a program: it holds {', '.join(state):.200}")
        self.__dict__ |= state
        # Ray and Dask hand out arrays in memory of theirs, read-only or at odd addresses
        self._parameters = np.array(self._parameters, dtype=np.float64)
        self.code = at_home(self.code, self._rows)
        self._prepare(asked=False)

    def __copy__(self) -> Program:
        copied = Program.__new__(Program)
        copied.__dict__ |= self.__dict__ | {"_parameters": self._parameters.copy()}
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> Program:
        copied = memo[id(self)] = self.__copy__()
        copied._values = deepcopy(self._values, memo)
        return copied


def _unpickled(kind: type[Program], version: int, *sealed: Any) -> Program:
    state, parameters = files.unsealed("program", version, *sealed)
    program = kind.__new__(kind)
    program.__setstate__(state | {"_parameters": parameters})
    return program
