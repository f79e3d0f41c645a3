"""Hostile claims: each ends in one sentence, quickly, and nothing in it is run."""

from __future__ import annotations

import time

import pytest
import sympy  # noqa: F401 (as in a running process)

from microgrid import ExpressionError, check, parse

HOSTILE = r"""
__import__("os").system("true")  §  eval("1")  §  dL/dw = __import__('os')  §  dL/dw = x.__class__
dL/dw = lambda: x  §  dL/dw = open("/etc/passwd")  §  dL/dw = [x for x in y]  §  dL/dw = {x}  §  dL/dw = x; y
dL/dw == x  §  dL/dw = x = y  §  dL/dw = 9**9**9**9  §  dL/dw = 9^9^9^9*x  §  dL/dw = x^(10^9)
dL/dw = x^99999999  §  dL/dw = exp(exp(exp(exp(x))))  §  dL/dw = 1/0  §  dL/dw = x/(w - w)  §  dL/dw = log(0)
dL/dw = sqrt(-1 - x^2)  §  dL/dw = 0^0  §  dL/dw = 0^-1  §  dL/dw = 1e400  §  dL/dw = 1e-400
dL/dw = 1e99999999  §  dL/dw = 1_000  §  dL/dw = 0x10  §  dL/dw = 1..2  §  dL/dw = .  §  dL/dw = q
dL/dq = x  §  dq/dw = x  §  dL/dL = 1  §  dL/dw =  §  = x  §  dL/dw  §  d/dw = 1  §  dL/d = 1  §  d = d
dL/dw = sin()  §  dL/dw = sin(x, y)  §  dL/dw = sin  §  dL/dw = sigmoid''(z)  §  dL/dw = relu'(  §  dL/dw = x'
L' = x  §  d^3L/dw^3 = 0  §  d^2L/dw = 0  §  d^2L/(dw dw dw) = 0  §  d^-1L/dw = 0  §  d^99L/dw^99 = 0
∂^2L/∂w∂ = 1  §  ∂ = ∂  §  ∂∂∂∂  §  w <- w  §  L <- L  §  2 <- 3  §  w <- w <- w  §  w <-  §  <- w
dL/dw <- x  §  w <- eta  §  w ← w − η ∂L/∂q  §  \frac  §  \frac{  §  \frac{\partial L}
\frac{\partial L}{\partial w}  §  \frac{\partial L}{\partial w} = \sum_i x_i
\frac{\partial L}{\partial w} = \begin{matrix} 1 \end{matrix}
\frac{\partial L}{\partial w} = \begin{cases} x \end{cases}  §  \input{/etc/passwd}  §  \write18{true}
\def\x{\x\x}\x  §  \newcommand{\a}{\a}\a  §  \loop\repeat  §  \csname x\endcsname
\hat{\hat{\hat{\hat{\hat{x}}}}}  §  \hat  §  \hat{  §  x_{x_{x_{x}}}  §  \frac{dL}{dw} = x^{x^{x^{x^{x}}}}
\  §  \\  §  $$  §  \frac{\partial L}{\partial w} = \nabla L  §  \frac{\partial L}{\partial w} = W^\top x
\frac{\partial L}{\partial w} \approx x  §  \x00  §  dL/dw = x\x00  §  ∂L/∂w = \u202ex  §  ∂L/∂w = 😀
∂L/∂w = ٣x  §  ∂L/∂w = ²  §  ∂L/∂w = x²²  §  ∂L/∂w = ⁽x⁾  §  ∂L/∂w = Σxᵢ
"""
ATTACKS = [attack for line in HOSTILE.strip("\n").split("\n") for attack in line.split("  §  ")]
LONG = {
    "100 kB of x": "dL/dw = " + "x" * 100_000,
    "100 kB of sums": "dL/dw = " + "x+" * 50_000 + "x",
    "40 kB of sums": "dL/dw = " + "x+" * 20_000 + "x",
    "brackets": "dL/dw = " + "(" * 20_000 + "x" + ")" * 20_000,
    "signs": "dL/dw = " + "-" * 40_000 + "x",
    "powers": "dL/dw = " + "x^" * 20_000 + "x",
    "digits": "dL/dw = " + "1" * 40_000,
    "fractions": "\\frac{\\partial L}{\\partial w} = " + "\\frac{1}{" * 4_000 + "x" + "}" * 4_000,
    "roots": "\\frac{\\partial L}{\\partial w} = " + "\\sqrt{" * 4_000 + "x" + "}" * 4_000,
    "hats": "\\frac{\\partial L}{\\partial w} = " + "\\hat{" * 8_000 + "x" + "}" * 8_000,
    "primes": "dL/dw = x" + "'" * 40_000,
    "nested exp": "dL/dw = " + "exp(" * 45 + "x" + ")" * 45,
    "nested powers": "dL/dw = " + "(" * 40 + "x" + ")^9" * 40,
    "products": "dL/dw = " + "(x + w)*" * 3_000 + "x",
    "sum of powers": "dL/dw = " + "+".join(f"{i}*x^{i}" for i in range(400)),
    "power of a sum": "dL/dw = (x + w + b + y + e)^200",
    "huge power": "dL/dw = (1 + x)^1e5",
    "product of powers": "dL/dw = (x + 1)^50*(w + 1)^50*(b + 2)^50",
    "derivatives": "dL/dw = " + "dL/dz*" * 5_000 + "x",
}  # fmt: skip


@pytest.fixture(scope="module")
def nodes():
    made = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=2, b=1, x=3, y=9)
    check(made, "dL/dw = 2*e")  # what is loaded once
    check(made, "dL/dw = x + 3*b")
    return made


@pytest.mark.parametrize("claim", [*ATTACKS, *LONG.values()], ids=[*ATTACKS, *LONG])
def test_a_hostile_claim_ends_in_one_sentence_and_soon(nodes, claim):
    start = time.process_time()  # what is done in threads of its own counts too
    told, error = outcome(nodes, claim)
    assert time.process_time() - start < 2  # it takes 0.25 where the machine rests; here: none hangs
    if error is None:
        assert told[0].true is not True or claim == "dL/dL = 1"
    else:
        assert len(error.message.splitlines()) == 1
        assert len(str(error)) < 700


def outcome(nodes, claim):
    """The report, or the ExpressionError; nothing else may happen."""
    try:
        return check(nodes, claim), None
    except ExpressionError as error:
        return None, error
