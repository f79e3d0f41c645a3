"""The table of derivatives: one row per operation, from which everything else is derived.

A row gives the value and the partial derivatives as text in `x` and `y` (the operands, or the operand and a
constant) and `z` (the result), in the form that is accurate in floating point.  The engine computes with it,
`grad` differentiates it again, `verify` proves it against sympy, drawings spell it, and the tests go through
it.

To add an operation: one row here, and a line in `functions.py` and, if it is unary, in `engine.py`;
CONTRIBUTING.md has an example.  `base/formula.py` has the words of a formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .base.formula import FLOAT, Vocabulary, function, ieee_vocabulary
from .base.nodes import Row
from .base.numeric.ieee import Ieee

__all__ = ["ROWS", "TABLE", "Op", "register"]


@dataclass(frozen=True)
class Op(Row):
    """One operation.  Equal rows compare equal, so a proof can be cached by the row it proves.

    `code` is its number, the place in `ROWS`, by which nodes hold it; 0 until it is registered.
    """

    name: str
    value: str
    partials: tuple[str, ...]
    """One formula per operand, in x, y and z, written to be accurate over the whole range of doubles."""
    again: tuple[str, ...] = ()
    """The partials as `grad` differentiates them, where the derivative of `partials` would cancel."""
    let: tuple[tuple[str, str], ...] = ()
    """Subexpressions that `value` and `partials` share; not p, q, ask or result, names of the generated C."""
    textbook: tuple[str, ...] = ()
    """The partials as a lecture writes them, where that is not how they are computed."""
    definition: str = ""
    """The function as mathematics defines it, where `value` is a stable rearrangement."""
    label: str = ""
    """How a drawing and micrograd's `_op` spell it; the name if empty."""
    constant: float | None = None
    """The default of `y` where `y` is a constant of the operation and not an operand."""
    domain: str = "True"
    needs: str = ""
    """The domain in words, where the formula is not plain enough for a message."""
    pole: str = "False"
    """Where leaving the domain is a division by zero."""
    kink: str = "False"
    """Where the derivative does not exist and `partials` holds a convention."""
    convention: str = ""
    """What is chosen at the kink."""
    accuracy: str = ""
    """Where value or derivatives are less accurate than elsewhere, and why, as a sentence for users."""
    pieces: tuple[str, ...] = ("True",)
    """The open regions, one proof each, on which the formulas take no other branch."""
    samples: tuple[tuple[float, ...], ...] = ((-1.3,), (0.7,), (2.1,))
    """Points of the domain, at least one in each piece."""
    attempt: Callable[..., tuple[float, float, float]] = field(init=False, compare=False, repr=False)
    """(x, y) -> value and partials in floats; the value is nan where Python's arithmetic raises."""
    _bound: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def arity(self) -> int:
        return len(self.partials)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The letters of the formulas: the operands, then the constant if there is one."""
        return ("x", "y") if self.arity == 2 or self.constant is not None else ("x",)

    def bind(self, what: str, vocabulary: Vocabulary = FLOAT) -> Callable[..., Any]:
        """One of the row's formulas as a function over a number system, built once.

        `what` is "value", "definition", "domain", "pole", "kink" (functions of x, y), "partials" or
        "again" or "textbook" (functions of x, y, z that return a tuple), or "forward" and "attempt" (x, y ->
        value, partial, partial or 0.0).
        """
        key = f"{vocabulary.name} {what}"
        if key not in self._bound:
            self._bound[key] = self._build(what, vocabulary)
        built: Callable[..., Any] = self._bound[key]
        return built

    def _build(self, what: str, vocabulary: Vocabulary) -> Callable[..., Any]:
        xy, let = ("x", "y=None"), list(self.let)
        if what in ("forward", "attempt"):
            results, let = ["z", *self.partials, *["0"] * (2 - self.arity)], [*let, ("z", self.value)]
            otherwise = "(nan, 0.0, 0.0)" if what == "attempt" else ""
            return function(self.name, xy, results, vocabulary, let, otherwise)
        if what in ("partials", "again", "textbook"):
            return function(self.name, ("x", "y", "z"), getattr(self, what) or self.partials, vocabulary, let)
        return function(self.name, xy, getattr(self, what) or self.value, vocabulary, let)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", 0)
        object.__setattr__(self, "attempt", self._first_attempt)

    def _first_attempt(self, x: float, y: float | None = None) -> tuple[float, float, float]:
        """Stands in for `attempt` until that is needed: building all would take longer than the import."""
        attempt = self.bind("attempt")
        object.__setattr__(self, "attempt", attempt)
        result: tuple[float, float, float] = attempt(x, y)
        return result

    def forward_ieee(self, x: float, y: float | None = None) -> tuple[float, float, float]:
        """Value and partials, with inf and nan where Python raises, as IEEE 754 and NumPy have them."""
        result: tuple[float, float, float] = self.attempt(x, y)
        if result[0] - result[0] == 0.0:
            return result
        scalars = (Ieee(x), None if y is None else Ieee(y))
        value, first, second = self.bind("forward", ieee_vocabulary())(*scalars)
        return float(value), float(first), float(second)

    def spelling(self, constant: float | None = None) -> str:
        """The operation as it is written in a drawing: ``+``, ``tanh``, ``**2``."""
        if self.name == "powc" and constant is not None:
            return f"**{constant:g}"
        return self.label or self.name


TABLE: dict[str, Op] = {}
"""Every operation by name, in the order of this page; custom operations follow."""


ROWS: list[Op | None] = [None]
"""Every row by its number, replaced ones too, since nodes may hold them; 0 is a leaf."""

MOST = 2**16 - 1
"""A node has two bytes for the number of its row."""


def register(row: Op) -> Op:
    """Enter a row under its name, in place of one that has the name already."""
    if len(ROWS) > MOST:
        raise ValueError(f"cannot define {row.name!r}: all {MOST} numbers of operations are taken")
    object.__setattr__(row, "code", len(ROWS))
    ROWS.append(row)
    TABLE[row.name] = row
    return row


def row(name: str, value: str, *partials: str, **more: Any) -> Op:
    return register(Op(name, value, partials, **more))


SIGNS = ("x < 0", "x > 0")
NEAR = "-0.5 < x < 0.5"  # where the second derivative is small, and no difference of large terms will do
HALVES = ("x < -0.5", "-0.5 < x < 0", "0 < x < 0.5", "x > 0.5")
HALF_SAMPLES = ((-1.3,), (-0.3,), (0.3,), (0.7,), (2.1,))
ORDER = ("x < y", "x > y")
PAIRS = ((-1.3, 0.7), (0.7, -1.3), (2.1, 1.7), (-0.4, -2.2))
BASES = ((0.7, -1.3), (2.1, 1.7), (1.3, 3.0))
POWERS = (*BASES, (0.7, 0.3), (2.1, -0.2))
EXPONENTS = ("x > 0 and y > 0.5", "x > 0 and 0 < y < 0.5", "x > 0 and -0.5 < y < 0", "x > 0 and y < -0.5",
             "x < 0 and y > 0.5 and y % 1 == 0", "x < 0 and y < -0.5 and y % 1 == 0")
INSIDE = ((-0.6,), (0.3,), (0.9,))
BASE = "a base that is not negative, or an integer exponent"
POSITIVE = ((0.3,), (1.9,), (12.0,))

# e = exp(-|x|) never overflows.  The branch is written out because |x| has no derivative at 0, while each
# branch of the formulas below is exact on both sides, so that derivatives of every order hold at 0 too.
DECAY = (("e", "exp(-x if x > 0 else x)"),)

# A square in an exponent needs more digits than a double has: x = h + (x - h), where h is x rounded to 20
# binary places, so h*h is exact where exp(-x*x/2) > 0, and r is what s = x*x lacks of the square.  To symbols
# h is x, and r is 0; no large factor cancels when they are differentiated again.
SQUARE = (("s", "x*x"), ("h", "(x + 6442450944) - 6442450944"),
          ("r", "h*h - s + (x - h)*(2*h) + (x - h)*(x - h)"))

# d/dx x**y.  A y below 0.5 can lose digits in y - 1, and they count as much as log(x) is large.
SLOPE = ("y*z/x if (-0.5 < y < 0.5 or y < 0 and y - 1 + 1 != y) and (x < 0 or x > 0) "
         "else y*pow(x, y - 1) if y > 0 or y < 0 else y")
# the derivative of x/z would cancel where x is the larger
SIDES = tuple(f"(1 if {x} > 0 else -1)/hypot(1, {y}/{x}) if abs({x}) > abs({y}) else {x}/z if z > 0 else z"
              for x, y in ("xy", "yx"))

# ---------------------------------------------------------------- arithmetic

ADD = row("add", "x + y", "1", "1", label="+", samples=PAIRS)
SUB = row("sub", "x - y", "1", "-1", label="-", samples=PAIRS)
MUL = row("mul", "x*y", "y", "x", label="*", samples=PAIRS)
DIV = row("div", "x/y", "1/y", "-z/y", textbook=("1/y", "-x/y**2"), label="/",
          domain="y != 0", pole="y == 0", samples=PAIRS)
POW = row("pow", "pow(x, y)", SLOPE, "z*log(x) if x > 0 else 0 if x >= 0 else nan",
          again=(SLOPE, "z*log(x) if x > 0 else 0 if x >= 0 else nan*x*y"),
          textbook=("y*x**(y - 1)", "x**y*log(x)"), label="**",
          domain="x > 0 or x == 0 and y >= 0 or x < 0 and y % 1 == 0", needs=BASE, pole="x == 0 and y < 0",
          kink="x == 0", convention="d/dy x**y is 0 at x = 0",  # and nan at x < 0
          pieces=EXPONENTS[:4], samples=POWERS)
POWC = row("powc", "pow(x, y)", SLOPE,
           textbook=("y*x**(y - 1)",), label="**", constant=2.0,
           domain="x > 0 or x == 0 and y >= 0 or x < 0 and y % 1 == 0", needs=BASE, pole="x == 0 and y < 0",
           kink="x == 0 and 0 < y < 1", convention="inf at 0",
           pieces=EXPONENTS, samples=(*POWERS, (-1.3, 3.0), (-0.7, -2.0)))
NEG = row("neg", "-x", "-1", label="-")
ABS = row("abs", "abs(x)", "1 if x > 0 else -1 if x < 0 else 0",
          kink="x == 0", convention="0 at 0", pieces=SIGNS)
MAXIMUM = row("maximum", "x if x > y else y if y > x else x if x >= y else x + y",  # nan if either is
              "1 if x > y else 0 if x < y else 0.5", "1 if y > x else 0 if y < x else 0.5",
              definition="x if x > y else y",
              kink="x == y", convention="½ to each of two equals", pieces=ORDER, samples=PAIRS)
MINIMUM = row("minimum", "x if x < y else y if y < x else x if x >= y else x + y",
              "1 if x < y else 0 if x > y else 0.5", "1 if y < x else 0 if y > x else 0.5",
              definition="x if x < y else y",
              kink="x == y", convention="½ to each of two equals", pieces=ORDER, samples=PAIRS)

# ---------------------------------------------------------------- roots, exponentials, logarithms

SQRT = row("sqrt", "sqrt(x)", "0.5/z", textbook=("1/(2*z)",),
           domain="x >= 0", kink="x == 0", convention="inf at 0", pieces=("x > 0",), samples=POSITIVE)
HYPOT = row("hypot", "hypot(x, y)", "x/z if z > 0 else z", "y/z if z > 0 else z", textbook=("x/z", "y/z"),
            again=SIDES, kink="x == 0 and y == 0", convention="0 at the origin",
            pieces=("x > y and x > 0 and y > 0", "x < y and x > 0 and y > 0"),
            samples=PAIRS + BASES)
EXP = row("exp", "exp(x)", "z")
EXPM1 = row("expm1", "expm1(x)", "exp(x)")
LOG = row("log", "log(x)", "1/x", domain="x > 0", pieces=("x > 0",), samples=POSITIVE)
LOG1P = row("log1p", "log1p(x)", "1/(1 + x)", domain="x > -1", pieces=("x > -1",), samples=INSIDE + POSITIVE)
# e = exp(-|x - y|), as in DECAY; two equal infinities differ by 0, and nan stays nan.  What the difference d
# loses by rounding, r, counts as much as d is large.
LOGADDEXP = row("logaddexp", "(x if x > y else y) + log1p(e)",
                "1/(1 + c) if x > y else c/(1 + c)", "c/(1 + c) if x > y else 1/(1 + c)",
                let=(("d", "y - x if x > y else x - y if x < y or x - x <= 0 else 0 if x >= y else x + y"),
                     ("e", "exp(d)"), ("a", "y if x > y else x"), ("b", "x if x > y else y"), ("m", "d - a"),
                     ("r", "a - (d - m) - (b + m)"), ("c", "e*(1 + r) if e > 0 and (x < y or x > y) else e")),
                textbook=("exp(x - z)", "exp(y - z)"), definition="log(exp(x) + exp(y))",
                pieces=ORDER, samples=PAIRS)

# ---------------------------------------------------------------- trigonometry

SIN = row("sin", "sin(x)", "cos(x)")
COS = row("cos", "cos(x)", "-sin(x)")
TAN = row("tan", "tan(x)", "1 + z*z", textbook=("1 + z**2",))
ASIN = row("asin", "asin(x)", "1/sqrt((1 - x)*(1 + x))",
           again=(f"1/sqrt(1 - x*x if {NEAR} else (1 - x)*(1 + x))",), textbook=("1/sqrt(1 - x**2)",),
           domain="-1 <= x <= 1", kink="x == -1 or x == 1", convention="inf at ±1",
           pieces=("-1 < x < -0.5", NEAR, "0.5 < x < 1"), samples=INSIDE)
ACOS = row("acos", "acos(x)", "-1/sqrt((1 - x)*(1 + x))",
           again=(f"-1/sqrt(1 - x*x if {NEAR} else (1 - x)*(1 + x))",), textbook=("-1/sqrt(1 - x**2)",),
           domain="-1 <= x <= 1", kink="x == -1 or x == 1", convention="-inf at ±1",
           pieces=("-1 < x < -0.5", NEAR, "0.5 < x < 1"), samples=INSIDE)
ATAN = row("atan", "atan(x)", "h*h", let=(("h", "1/hypot(1, x)"),),  # not 1/(1 + x*x), where x*x overflows
           textbook=("1/(1 + x**2)",))
ATAN2 = row("atan2", "atan2(x, y)", "y/h/h if h > 0 else h", "-x/h/h if h > 0 else h",
            let=(("h", "hypot(x, y)"),), textbook=("y/(x**2 + y**2)", "-x/(x**2 + y**2)"),
            kink="x == 0 and y <= 0", convention="0 at the origin, the limit on the branch cut",
            pieces=("x > 0 and y > 0", "x > 0 and y < 0", "x < 0 and y > 0", "x < 0 and y < 0"),
            samples=PAIRS + BASES)
SINH = row("sinh", "sinh(x)", "cosh(x)")
COSH = row("cosh", "cosh(x)", "sinh(x)")
TANH = row("tanh", "tanh(x)", "4*e/((1 + e)*(1 + e))",
           again=(f"1 - z*z if {NEAR} else 4*e/((1 + e)*(1 + e))",),
           let=(("e", "exp(-2*x if x > 0 else 2*x)"),),
           textbook=("1 - z**2",), pieces=HALVES, samples=HALF_SAMPLES)  # 1 - z*z is 0 beyond x = 19
BELL = (*SQUARE, ("e", "exp(-s)"), ("g", "e*(1 - r) if e > 0 else e"))
ERF = row("erf", "erf(x)", "2/sqrt(pi)*g", let=BELL, textbook=("2*exp(-x**2)/sqrt(pi)",))
ERFC = row("erfc", "erfc(x)", "-2/sqrt(pi)*g", let=BELL, textbook=("-2*exp(-x**2)/sqrt(pi)",))

# ---------------------------------------------------------------- activations

SIGMOID = row("sigmoid", "1/(1 + e) if x > 0 else e/(1 + e)", "e/((1 + e)*(1 + e))", let=DECAY,
              again=(f"(1 - tanh(x/2)*tanh(x/2))/4 if {NEAR} else e/((1 + e)*(1 + e))",),
              textbook=("z*(1 - z)",), definition="1/(1 + exp(-x))", pieces=HALVES, samples=HALF_SAMPLES)
LOGSIGMOID = row("logsigmoid", "(0 if x > 0 else x) - log1p(e)", "e/(1 + e) if x > 0 else 1/(1 + e)",
                 let=DECAY, textbook=("1/(1 + exp(x))",), definition="-log(1 + exp(-x))", pieces=SIGNS)
SOFTPLUS = row("softplus", "(x if x > 0 else 0) + log1p(e)", "1/(1 + e) if x > 0 else e/(1 + e)", let=DECAY,
               textbook=("1/(1 + exp(-x))",), definition="log(1 + exp(x))", pieces=SIGNS)
SOFTSIGN = row("softsign", "x/d", "1/d/d", let=(("d", "1 + x if x > 0 else 1 - x"),),
               textbook=("1/(1 + abs(x))**2",), definition="x/(1 + abs(x))", pieces=SIGNS)
RELU = row("relu", "0 if x <= 0 else x", "0 if x <= 0 else 1", label="ReLU",
           kink="x == 0", convention="0 at 0", pieces=SIGNS)
LEAKY_RELU = row("leaky_relu", "y*x if x <= 0 else x", "y if x <= 0 else 1", constant=0.01,
                 kink="x == 0 and y != 1", convention="the negative slope at 0",
                 pieces=SIGNS, samples=((-1.3, 0.01), (0.7, 0.2)))
ELU = row("elu", "y*expm1(x) if x <= 0 else x", "y*exp(x) if x <= 0 else 1", constant=1.0,
          kink="x == 0 and y != 1", convention="the left derivative at 0",
          pieces=SIGNS, samples=((-1.3, 1.0), (0.7, 1.5)))
# Klambauer et al. 2017, arXiv:1706.02515, equation 2 and the constants of its appendix
SELU = row("selu", "s*a*expm1(x) if x <= 0 else s*x", "s*a*exp(x) if x <= 0 else s",
           let=(("s", "1.0507009873554805"), ("a", "1.6732632423543772")),
           kink="x == 0", convention="the left derivative at 0", pieces=SIGNS)
# w = sqrt(e): where e has few digits left, near 1e-320, x*w*w still has all that the result has
ROOT = (("w", "exp(-x/2 if x > 0 else x/2)"), ("e", "w*w"))
SILU = row("silu", "x*s if x > 0 else x*w*w/(1 + e)", "s + x*w*w/((1 + e)*(1 + e))",
           let=(*ROOT, ("s", "1/(1 + e) if x > 0 else e/(1 + e)")),
           textbook=("z + (1 - z)/(1 + exp(-x))",), definition="x/(1 + exp(-x))", pieces=SIGNS)
# Misra 2019, arXiv:1908.08681: x tanh(softplus(x)), with tanh(log(1 + u)) = (u² + 2u)/(u² + 2u + 2)
MISH = row("mish", "x*t if x > 0 else x*w*(w*(e + 2)/d)", "t + x*w*(4*w*(e if x > 0 else 1)*(1 + e)/(d*d))",
           textbook=("t + x*(4*(e*e*(1 + e) if x > 0 else e*(1 + e))/(d*d))",),
           again=("(1 - 2*e*e/d if x > 0 else e*(e + 2)/d) + x*(4*e*(e if x > 0 else 1)*(1 + e)/(d*d))",),
           let=(*ROOT, ("d", "1 + 2*e + 2*e*e if x > 0 else e*e + 2*e + 2"),
                ("t", "((1 + 2*e) if x > 0 else (e*e + 2*e))/d")),
           definition="x*tanh(log(1 + exp(x)))", pieces=SIGNS)
# Hendrycks & Gimpel 2016, arXiv:1606.08415; erfc keeps the tail that 1 + erf loses
# m is what -x/sqrt(2) is rounded to, and o is x*x - 2*m*m; o/(4*m) times the slope of erfc,
# -2/sqrt(pi)*exp(-m*m), is what that costs.  o is the same where C fuses products and sums.
GELU = row("gelu", "x*k/2", "k/2 + x*g/sqrt(2*pi)",
           textbook=("erfc(-x/sqrt(2))/2 + x*exp(-x*x/2)/sqrt(2*pi)",),
           let=(*SQUARE, ("e", "exp(-s/2)"), ("g", "e*(1 - r/2) if e > 0 else e"),
                ("m", "-x/sqrt(2)"), ("n", "(m + 6442450944) - 6442450944"),
                ("o", "s - 2*n*n - (m - n)*(4*n) - 2*(m - n)*(m - n) + r"),
                ("k", "(erfc(m) - e*o/(2*m*sqrt(pi)) if e > 0 else erfc(m)) if x < -1 else erfc(m)")),
           definition="x*(1 + erf(x/sqrt(2)))/2", pieces=("x < -1", "x > -1"),
           accuracy="below -37.5, where results have few digits, within 32 units in the last place, not 8")
# the same paper, section 2; (1 + tanh(u))/2 = sigmoid(2u)
GELU_TANH = row("gelu_tanh", "x*s", "s + (2*x*e*c*(1 + 0.134145*x*x)/((1 + e)*(1 + e)) if e > 0 else 0)",
                let=(("c", "sqrt(2/pi)"), ("u", "2*c*x*(1 + 0.044715*x*x)"), ("e", "exp(-u if x > 0 else u)"),
                     ("s", "1/(1 + e) if x > 0 else e/(1 + e)")),
                definition="x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))/2", pieces=SIGNS,
                accuracy="below -2 within 8 + 4*abs(u) units in the last place, u = 1.6*x*(1 + 0.0447*x*x): "
                         "1,400 at -21, at results of 1e-307; u is rounded, and exp(u) feels it")
HARDTANH = row("hardtanh", "-1 if x < -1 else 1 if x > 1 else x", "1 if -1 < x < 1 else 0",
               kink="x == -1 or x == 1", convention="0 at ±1",
               pieces=("x < -1", "-1 < x < 1", "x > 1"), samples=((-2.1,), (0.3,), (1.7,)))
