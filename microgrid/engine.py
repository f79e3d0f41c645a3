"""Value, a number that remembers how it was computed.

Every operation makes a node: its result, its operands, and the partial derivative of the result with respect
to each operand, fixed at that moment.  A node only ever points at older nodes, so a graph cannot have a cycle
and is freed as soon as nobody holds it.  `backward.py` walks the graph and knows no operation: it multiplies
and adds what the nodes hold.
"""

from __future__ import annotations

from functools import partial
from math import copysign
from typing import Any, SupportsFloat

try:
    import cython
except ModuleNotFoundError:
    from .base import no_cython as cython

from .base import context, messages
from .backward import backward, propagate
from .base.context import BLOCKS
from .base.nodes import CONSTANT, INPUT, OP, PARAMETER, ROLES, Row, edges, free_in_turn
from .ops import (
    ABS, ACOS, ADD, ASIN, ATAN, COS, COSH, DIV, ELU, ERF, ERFC, EXP, EXPM1, GELU, GELU_TANH, HARDTANH,
    LEAKY_RELU, LOG, LOG1P, LOGSIGMOID, MISH, MUL, NEG, POW, POWC, RELU, ROWS, SELU, SIGMOID, SILU, SIN, SINH,
    SOFTPLUS, SOFTSIGN, SQRT, SUB, TAN, TANH, Op,
)  # fmt: skip

__all__ = ["Value", "parameter"]

newest = 0
"""How many nodes there have been: each has its serial number, the order of creation."""
assigned = 0
"""How many there had been when `data` was last assigned."""
NONE_YET = -0.0
"""The gradient where no backward pass has been: no pass writes it, and it takes no memory of its own."""
LEAF: tuple[Any, ...] = ()
"""The operands of what is not computed: Python has one empty tuple."""
copying: Any = None
compat: Any = None
"""The modules of these names, which stand above this one: they enter themselves here."""


# A node points at older nodes and at text, so Python's cycle collector has nothing to look for; a million
# nodes that it looks through take four times as long to make.
@cython.no_gc
@cython.cclass
class Value:
    """A float that takes part in a graph of operations.

    `data` is its value; `grad` the derivative of what `backward` was called on with respect to it (0.0 until
    computed; a leaf's adds up over calls until it is set to 0).  `label` names it in drawings and messages.
    The operations of one operand are methods, ``v.tanh()``, documented where they are functions,
    `microgrid.tanh`.  TypeError unless `data` is a real number, ValueError if it is nan or infinite.  No
    garbage collector looks into nodes: an instance of a subclass that keeps, in an attribute, what was
    computed from itself is never freed.  ``Value(data, (a, b), "+")``: see `microgrid.compat`.

    >>> w = Value(2.0, label="w")
    >>> L = (3 * w + 1) ** 2
    >>> L.backward()
    >>> L.data, w.grad
    (49.0, 42.0)
    """

    # _first and _second are the operands (or None), _da and _db the partials; a unary row's constant, the 2
    # of x**2, is _db.  _code and _scope are places in ROWS and context.SCOPES.  Types in C: engine.pxd.
    __slots__ = (
        "__weakref__", "_code", "_da", "_data", "_db", "_first", "_grad", "_index", "_label", "_role",
        "_scope", "_second", "_serial",
    )  # fmt: skip

    _data: float
    _grad: float
    _role: int
    _code: int
    _first: Value | None
    _second: Value | None
    _da: float
    _db: float
    _label: str
    _scope: int
    _index: int
    _serial: int

    def __init__(
        self, data: SupportsFloat, _children: Any = (), _op: Any = "", label: str = "",
        *, children: Any = (), local_grads: Any = (),
    ) -> None:  # fmt: skip
        if _children is LEAF and not _op and children is LEAF and local_grads is LEAF:
            node(self, messages.number(data), 0, None, None, 0.0, 0.0, INPUT)
            self.label = label
        else:
            compat.construct(self, messages.number(data), _children, _op, label, children, local_grads)

    @property
    def data(self) -> float:
        """The value.  Assigning changes this node alone: what it was used for stands until `recompute`."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        global assigned
        self._data, assigned = messages.number(data), newest

    @data.deleter
    def data(self) -> None:
        raise messages.lasting(self, "data")

    @property
    def grad(self) -> float:
        """The gradient; assign 0.0 to forget it."""
        return self._grad + 0.0  # -0.0 becomes 0.0

    @grad.setter
    def grad(self, grad: Any) -> None:
        grad = messages.number(grad, finite=False, where="a gradient is a real number (0.0 forgets it)")
        self._grad = NONE_YET if grad == 0.0 else grad

    @grad.deleter
    def grad(self) -> None:
        raise messages.lasting(self, "grad")

    @property
    def has_grad(self) -> bool:
        """Whether a backward pass has reached this node: tells a gradient of 0 from none."""
        return self._grad != 0.0 or copysign(1.0, self._grad) > 0.0

    @property
    def label(self) -> str:
        """The name in drawings, reports and messages."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise messages.no_label(label)
        # of a str subclass the text alone: through its attributes a node could be tied into a cycle
        self._label = label if type(label) is str else str.__str__(label)
        if self._code == 0:
            self._da = 0.0  # where `naming.labels` notes that the library chose the label: now somebody has

    @label.deleter
    def label(self) -> None:
        raise messages.lasting(self, "label")

    @property
    def scope(self) -> str:
        """The `microgrid.scope` blocks it was made in, joined by "/"."""
        return context.SCOPES[self._scope]

    @property
    def role(self) -> str:
        """One of "input", "parameter", "constant" (a literal that an operator wrapped) and "op"."""
        return ROLES[self._role]

    @property
    def op(self) -> str:
        """The operation's name in `microgrid.ops.TABLE`; "" for a leaf."""
        row = ROWS[self._code]
        return "" if row is None else row.name

    @property
    def constant(self) -> float | None:
        """The operation's constant, such as the 2 of ``x**2``; None if it has none."""
        row = ROWS[self._code]
        return None if row is None or row.constant is None else self._db

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands in order; an operand used twice stands twice."""
        return tuple(parent for parent, _ in edges(self))

    @parents.setter
    def parents(self, _: Any) -> None:
        raise messages.staying(self)

    @parents.deleter
    def parents(self) -> None:
        raise messages.staying(self)

    @property
    def partials(self) -> tuple[float, ...]:
        """The derivative with respect to each of `parents`, as the forward pass fixed it."""
        return tuple(partial for _, partial in edges(self))

    @property
    def _row(self) -> Op | None:
        return ROWS[self._code]

    def detach(self) -> Value:
        """A new leaf with the same data, through which no gradient flows."""
        return leaf(self._data, INPUT, self._label)

    def backward(self, seed: float = 1.0) -> None:
        """Compute d self / d node, times `seed`, for every node under this one.

        Gradients of leaves add to what they hold; those of operations are this call's.  All or nothing: if
        anything is raised, every `grad` is as before.  A node whose gradient is exactly 0 passes nothing on,
        even through an infinite partial.  A non-finite gradient warns and says where it arose (see
        `errstate`).
        """
        start = messages.number(seed)
        if newest - assigned <= newest - self._serial:  # by age, which numbers that begin again do not upset
            compat.changed(self, assigned)
        if not backward(self, start):
            compat.doubtful(self, *propagate(self, start))  # which raises, or says what it is
            backward(self, start, True)

    def __repr__(self) -> str:
        label = f", label={self._label!r}" if self._label else ""
        return f"Value(data={self._data}, grad={self.grad}{label})"

    # Each operation is one row of ops.py; here it gets its place in Python's grammar.
    # fmt: off
    def __add__(self, other: Any) -> Value: return binary(ADD, self, other)
    def __radd__(self, other: Any) -> Value: return binary(ADD, other, self)
    def __sub__(self, other: Any) -> Value: return binary(SUB, self, other)
    def __rsub__(self, other: Any) -> Value: return binary(SUB, other, self)
    def __mul__(self, other: Any) -> Value: return binary(MUL, self, other)
    def __rmul__(self, other: Any) -> Value: return binary(MUL, other, self)
    def __truediv__(self, other: Any) -> Value: return binary(DIV, self, other)
    def __rtruediv__(self, other: Any) -> Value: return binary(DIV, other, self)
    def __pow__(self, other: Any) -> Value: return power(self, other)
    def __rpow__(self, other: Any) -> Value: return binary(POW, other, self)
    def __neg__(self) -> Value: return unary(NEG, self)
    def __pos__(self) -> Value: return self
    def __abs__(self) -> Value: return unary(ABS, self)

    def __mod__(self, other: Any) -> Any: raise messages.lossy("Value % ...", self)
    def __rmod__(self, other: Any) -> Any: raise messages.lossy("... % Value", self)
    def __floordiv__(self, other: Any) -> Any: raise messages.lossy("Value // ...", self)
    def __rfloordiv__(self, other: Any) -> Any: raise messages.lossy("... // Value", self)
    def __divmod__(self, other: Any) -> Any: raise messages.lossy("divmod(Value, ...)", self)
    def __rdivmod__(self, other: Any) -> Any: raise messages.lossy("divmod(..., Value)", self)
    def __round__(self, digits: Any = None) -> Any: raise messages.lossy("round(Value)", self)
    def __trunc__(self) -> Any: raise messages.lossy("math.trunc(Value)", self)
    def __floor__(self) -> Any: raise messages.lossy("math.floor(Value)", self)
    def __ceil__(self) -> Any: raise messages.lossy("math.ceil(Value)", self)
    def __float__(self) -> float: raise messages.lossy("float(Value)", self)
    def __int__(self) -> int: raise messages.lossy("int(Value)", self)
    def __bool__(self) -> bool: raise messages.lossy("the truth of a Value", self, "truth")
    def __hash__(self) -> int: return id(self) >> 4  # as object's: the lowest bits of an address are all 0

    def __lt__(self, other: Any) -> bool: return self._data < _comparable(other)
    def __le__(self, other: Any) -> bool: return self._data <= _comparable(other)
    def __gt__(self, other: Any) -> bool: return self._data > _comparable(other)
    def __ge__(self, other: Any) -> bool: return self._data >= _comparable(other)

    def abs(self) -> Value: return unary(ABS, self)
    def sqrt(self) -> Value: return unary(SQRT, self)
    def exp(self) -> Value: return unary(EXP, self)
    def expm1(self) -> Value: return unary(EXPM1, self)
    def log(self) -> Value: return unary(LOG, self)
    def log1p(self) -> Value: return unary(LOG1P, self)
    def sin(self) -> Value: return unary(SIN, self)
    def cos(self) -> Value: return unary(COS, self)
    def tan(self) -> Value: return unary(TAN, self)
    def asin(self) -> Value: return unary(ASIN, self)
    def acos(self) -> Value: return unary(ACOS, self)
    def atan(self) -> Value: return unary(ATAN, self)
    def sinh(self) -> Value: return unary(SINH, self)
    def cosh(self) -> Value: return unary(COSH, self)
    def tanh(self) -> Value: return unary(TANH, self)
    def erf(self) -> Value: return unary(ERF, self)
    def erfc(self) -> Value: return unary(ERFC, self)
    def sigmoid(self) -> Value: return unary(SIGMOID, self)
    def logsigmoid(self) -> Value: return unary(LOGSIGMOID, self)
    def softplus(self) -> Value: return unary(SOFTPLUS, self)
    def softsign(self) -> Value: return unary(SOFTSIGN, self)
    def relu(self) -> Value: return unary(RELU, self)
    def leaky_relu(self, slope: float = 0.01) -> Value: return unary(LEAKY_RELU, self, slope)
    def elu(self, alpha: float = 1.0) -> Value: return unary(ELU, self, alpha)
    def selu(self) -> Value: return unary(SELU, self)
    def silu(self) -> Value: return unary(SILU, self)
    def mish(self) -> Value: return unary(MISH, self)
    def gelu(self) -> Value: return unary(GELU, self)
    def gelu_tanh(self) -> Value: return unary(GELU_TANH, self)
    def hardtanh(self) -> Value: return unary(HARDTANH, self)

    def __format__(self, spec: str) -> str: return format(self._data, spec) if spec else repr(self)
    def __copy__(self) -> Any: return copying.copy_node(self)
    def __deepcopy__(self, memo: dict[int, Any]) -> Any: return copying.copy_graph(self, memo)
    def __reduce_ex__(self, protocol: Any) -> Any: return copying.reduce(self)
    def __setstate__(self, state: Any) -> None: copying.restore(self, state)
    # fmt: on


if cython.compiled:
    own_memory(Value, dealloc)  # type: ignore[name-defined]
else:
    new = Value.__new__
    free_in_turn(Value)


def parameter(data: SupportsFloat, label: str = "") -> Value:
    """A leaf that training changes: drawn as a parameter, otherwise like ``Value(data, label)``."""
    made = Value(data, label=label)
    made._role = PARAMETER
    return made


def unary(row: Any, x: Any, constant: Any = 0.0) -> Value:
    """The node of a one-operand operation; `constant` is its exponent, slope or scale where it has one."""
    a = x if type(x) is Value else operand(row, x)
    c = float(constant) if plain(constant) else messages.constant(row, a, constant)
    z, da, _ = row.attempt(a._data, c)
    if z - z != 0.0:
        z, da, _ = messages.settle(row, a._data, c, (a,))
    return node(None, z, row.code, a, None, da, c)


def binary(row: Any, x: Any, y: Any) -> Value:
    """The node of a two-operand operation; a plain number becomes a constant leaf."""
    if type(x) is Value and type(y) is Value:
        return join(row, x, y)
    if not usual(x) or not usual(y):
        answer: Value | None = messages.with_foreign(x, y, partial(binary, row))
        if answer is not None:
            return answer
    return join(row, operand(row, x, y), operand(row, y, x))


def join(row: Any, a: Value, b: Value) -> Value:
    """The node of the operation on two Values."""
    z, da, db = row.attempt(a._data, b._data)
    if z - z != 0.0:  # nan also where Python's arithmetic would raise
        z, da, db = messages.settle(row, a._data, b._data, (a, b))
    return node(None, z, row.code, a, b, da, db)


def power(a: Any, b: Any) -> Value:
    """``a ** b``: one operand and a constant if the exponent is a number, two operands if it is a Value."""
    if isinstance(b, Value):
        return binary(POW, a, b)
    answer: Value | None = None if usual(b) else messages.with_foreign(a, b, power)
    return unary(POWC, a, b) if answer is None else answer


def weighted_sum(start: Value, us: list[Any], vs: list[Any], row: Row | None = None, place: int = -1) -> Any:
    """start + u1*v1 + u2*v2 + ... from left to right, then the row if one is given: a dot product, a neuron.

    The nodes stand in the scope with that place, or in the one in force.  ValueError if the lengths differ.
    """
    if len(us) != len(vs):
        raise ValueError(f"a weighted sum needs as many weights as terms, got {len(us)} and {len(vs)}")
    total: Any = start
    for i in range(len(us)):
        u, v = us[i], vs[i]
        known = type(u) is Value and type(v) is Value and type(total) is Value  # and so is their product
        product = join(MUL, u, v) if known else binary(MUL, u, v)
        total = join(ADD, total, product) if known else binary(ADD, total, product)
        if place >= 0:
            made, added = product, total  # of the C type Value (engine.pxd): others may be of a foreign class
            made._scope = added._scope = place
    if row is not None:
        made = total = unary(row, total)
        if place >= 0:
            made._scope = place
    return total


def weighted_sums(starts: list[Any], us: list[Any], vs: list[Any], row: Any, places: list[int]) -> list[Any]:
    """The weighted sum of each start and its list of us with the same vs: a layer."""
    return [weighted_sum(starts[i], us[i], vs, row, places[i]) for i in range(len(starts))]


def fold(row: Row, terms: list[Any]) -> Any:
    """The terms joined by the row from left to right; the first is a Value: a sum, a maximum of several."""
    folded = terms[0]
    for i in range(1, len(terms)):
        folded = binary(row, folded, terms[i])
    return folded


def operand(row: Any, x: Any, other: Any = ...) -> Value:
    """x as a node: itself, or the constant leaf of a number."""
    if type(x) is Value:
        return x
    if isinstance(x, Value):
        v = x
        if (v._label if cython.compiled else getattr(v, "_label", None)) is None:
            raise messages.unborn(v)
        return v
    return leaf(float(x) if plain(x) else messages.literal(row, x, other), CONSTANT)


def usual(x: Any) -> bool:
    """Whether x is what an operand usually is; anything else is looked at more closely."""
    return type(x) is Value or isinstance(x, float) or type(x) is int or isinstance(x, Value)


def plain(x: Any) -> bool:
    """Whether x is a finite float, or an int that is exactly one: beyond 2**53 not every int is."""
    if isinstance(x, float):
        number = float(x)  # of NumPy's, too
        return number - number == 0.0
    return type(x) is int and -(2**53) <= x <= 2**53


def leaf(data: float, role: int, label: str = "") -> Value:
    made = node(None, data, 0, None, None, 0.0, 0.0, role)
    made._label = label
    return made


def node(
    v: Any, data: float, code: int, a: Value | None, b: Value | None, da: float, db: float, role: int = OP
) -> Value:
    """A new node, or v, of the row with that number, 0 for a leaf; inside `no_grad` it becomes a leaf."""
    global newest
    newest += 1
    if cython.compiled:
        made: Value = hold(v, a, b)  # type: ignore[name-defined]
    else:
        made = new(Value) if v is None else v
        made._first, made._second, made._label = a, b, ""
    made._data, made._grad = data, NONE_YET
    made._code, made._role = code, role
    made._da, made._db = da, db
    made._index, made._serial, made._scope = 0, newest, 0
    if BLOCKS.open:  # in any thread; while none is, there is nothing to look up
        settings = context.current()
        made._scope = settings.scope
        if code and not settings.recording:
            made._code, made._role, made._first, made._second = 0, INPUT, None, None
    return made


def tie(v: Value, code: int, a: Value | None, b: Value | None) -> None:
    """Make a node that nobody has used the result of others: for copies, which are made of their parts.

    GraphError unless they are older, as all operands are: so nothing is ever computed from itself.
    """
    for older in (a, b):
        if older is not None and (older is v or newest - older._serial < newest - v._serial):
            raise messages.younger(older, v)
    v._code = code
    v._first = a
    v._second = b


def made_so_far() -> int:
    """How many nodes there have been: those made from now on have higher serial numbers."""
    return newest


def _comparable(x: Any) -> float:
    return x._data if isinstance(x, Value) else messages.number(x, finite=False)
