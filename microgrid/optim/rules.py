"""The optimisers, a row each: formulas, memory, settings, sources, and what differs elsewhere.

`rows.py` says what a row may hold.  Letters are those of the papers where these agree: m the mean of g, v
that of g².  The names of the memory are PyTorch's.
"""

from __future__ import annotations

from .optimizer import Optimizer
from .rows import Memory, Row, Setting, below_one
from .settings import fraction, nonnegative, positive

__all__ = [
    "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Rprop",
]  # fmt: skip


def rate(default: float) -> Setting:
    """A learning rate."""
    return Setting(default, nonnegative, 0.01)


DECAY = Setting(0.0, nonnegative)
BETAS = Setting((0.9, 0.999), below_one)
EPS = Setting(1e-8, nonnegative)

DECAYED = "g = g + weight_decay*x if weight_decay > 0 else g\n"
"""L2: the gradient of the loss plus weight_decay/2 times the sum of x²."""

MEANS = """m = beta1*m + (1 - beta1)*g
v = beta2*v + (1 - beta2)*(g*g)
"""
MOMENTS = {"m": Memory("exp_avg"), "v": Memory("exp_avg_sq")}


class SGD(Optimizer):
    row = Row(
        DECAYED
        + """
d = ((1 - dampening)*g if k > 1 else g) if dampening > 0 and momentum > 0 else g
v = momentum*v + d if momentum > 0 else g
x = x - lr*(g + momentum*v if nesterov else v)
""",
        {
            "lr": rate(0.01),
            "momentum": Setting(0.0, fraction, 0.9),
            "dampening": Setting(0.0, fraction),
            "weight_decay": DECAY,
            "nesterov": False,
        },
        {"v": Memory("momentum_buffer")},
        requires=(
            (
                "momentum > 0 and dampening == 0 or not nesterov",
                "nesterov=True needs a momentum above 0 and dampening 0, got momentum={momentum}, "
                "dampening={dampening}: momentum=0.9 is usual",
            ),
        ),
        about="Gradient descent, with momentum if wanted: v then starts as the first g.",
        source="Polyak 1964; nesterov: Nesterov 1983, as in Sutskever et al. 2013, ICML",
        differences="""`weight_decay` is L2 with λ/2, where Keras's `L2(λ)` adds 2λx.  lr is 0.01, as in Keras
        (PyTorch: 0.001); v is taken times lr at the end, as in PyTorch (Keras: v ← momentum v - lr g, another
        path once lr changes; its keras/src/optimizers/sgd.py).  Nesterov momentum without momentum, or with
        dampening, is a ValueError.""",
    )


class Adagrad(Optimizer):
    row = Row(
        DECAYED
        + """
G = G + g*g
x = x - lr/(1 + (k - 1)*lr_decay)*(g/(sqrt(G) + eps))
""",
        {
            "lr": rate(0.01),
            "lr_decay": Setting(0.0, nonnegative),
            "weight_decay": DECAY,
            "initial_accumulator_value": Setting(0.0, nonnegative),
            "eps": Setting(1e-10, nonnegative),
        },
        {"G": Memory("sum", "initial_accumulator_value")},
        about="Steps by the size of all past gradients together.",
        source="Duchi, Hazan and Singer 2011, JMLR 12",
        differences="""In Keras G starts at 0.1, with eps 1e-7 inside the root and lr 0.001
        (keras/src/optimizers/adagrad.py), which takes visibly shorter first steps.""",
    )


class Adadelta(Optimizer):
    row = Row(
        DECAYED
        + """
a = rho*a + (1 - rho)*(g*g)
d = sqrt(D + eps)/sqrt(a + eps)*g
D = rho*D + (1 - rho)*(d*d)
x = x - lr*d
""",
        {
            "lr": rate(1.0),
            "rho": Setting(0.9, fraction),
            "eps": Setting(1e-6, nonnegative),
            "weight_decay": DECAY,
        },
        {"a": Memory("square_avg"), "D": Memory("acc_delta")},
        about="Steps by the size of recent gradients and recent steps.",
        source="Zeiler 2012, arXiv:1212.5701, where lr is 1, as here",
        differences="In Keras lr is 0.001, with rho 0.95 and eps 1e-7 (keras/src/optimizers/adadelta.py).",
    )


class RMSprop(Optimizer):
    row = Row(
        DECAYED
        + """
v = alpha*v + (1 - alpha)*(g*g)
a = alpha*a + (1 - alpha)*g if centered else a
d = g/(sqrt(max(v - a*a, 0) if centered else v) + eps)
b = momentum*b + d if momentum > 0 else d
x = x - lr*b
""",
        {
            "lr": rate(0.01),
            "alpha": Setting(0.99, fraction),
            "eps": EPS,
            "weight_decay": DECAY,
            "momentum": Setting(0.0, nonnegative, 0.9),
            "centered": False,
        },
        {"v": Memory("square_avg"), "a": Memory("grad_avg"), "b": Memory("momentum_buffer")},
        about="Steps by the size of recent gradients; `centered` by their spread.",
        source="Hinton, Neural Networks for Machine Learning, lecture 6e",
        differences="""Where rounding makes v less than a² the root is 0 (in PyTorch nan).  Keras names alpha
        rho, 0.9, and puts eps, 1e-7, inside the root (keras/src/optimizers/rmsprop.py).""",
    )


ADAM = """
u = max(u, v) if amsgrad else v
r = sqrt(1 - beta2**k)
x = x - lr*r/(1 - beta1**k)*(m/(sqrt(u) + eps*r))
"""
ADAM_TEXTBOOK = """
u = max(u, v) if amsgrad else v
mhat = m/(1 - beta1**k)
vhat = u/(1 - beta2**k)
x = x - lr*mhat/(sqrt(vhat) + eps)
"""


class Adam(Optimizer):
    row = Row(
        DECAYED + MEANS + ADAM,  # both corrections in one number: the end of the paper's section 2
        {"lr": rate(0.001), "betas": BETAS, "eps": EPS, "weight_decay": DECAY, "amsgrad": False},
        MOMENTS | {"u": Memory("max_exp_avg_sq")},
        textbook=DECAYED + MEANS + ADAM_TEXTBOOK,
        about="Momentum, and steps by the size of recent gradients; `amsgrad` by the largest size so far.",
        source="Kingma and Ba 2015, arXiv:1412.6980; amsgrad: Reddi, Kale and Kumar 2018, arXiv:1904.09237",
        differences="""Keras has eps 1e-7, added to √v before its correction (keras/src/optimizers/adam.py).
        `weight_decay` goes through m and v like the rest of the gradient: `AdamW` decays x itself.""",
    )


class AdamW(Adam):
    row = Row(
        "x = (1 - lr*weight_decay)*x\n" + MEANS + ADAM,
        {**Adam.row.settings, "weight_decay": Setting(0.01, nonnegative)},
        Adam.row.memory,
        textbook="x = (1 - lr*weight_decay)*x\n" + MEANS + ADAM_TEXTBOOK,
        about="Adam whose decay does not go through m and v.",
        source="Loshchilov and Hutter 2019, arXiv:1711.05101, with the decay times lr",
        differences="""weight_decay is 0.01 as in PyTorch, 0.004 in Keras (keras/src/optimizers/adamw.py).""",
    )


class Adamax(Optimizer):
    row = Row(
        DECAYED
        + """
m = beta1*m + (1 - beta1)*g
u = max(beta2*u, abs(g) + eps)
x = x - lr/(1 - beta1**k)*(m/u)
""",
        {"lr": rate(0.002), "betas": BETAS, "eps": EPS, "weight_decay": DECAY},
        {"m": Memory("exp_avg"), "u": Memory("exp_inf")},
        about="Adam by the largest recent gradient instead of the mean square.",
        source="Kingma and Ba 2015, arXiv:1412.6980, section 7.1, which has no eps",
        differences="""eps is added to |g| before the maximum, as in PyTorch; in Keras to u afterwards, with
        lr 0.001 and eps 1e-7 (keras/src/optimizers/adamax.py).""",
    )


class NAdam(Optimizer):
    row = Row(
        """
x = (1 - lr*weight_decay)*x if decoupled_weight_decay else x
g = g if decoupled_weight_decay else g + weight_decay*x if weight_decay > 0 else g
mu = beta1*(1 - 0.5*0.96**(k*momentum_decay))
mu1 = beta1*(1 - 0.5*0.96**((k + 1)*momentum_decay))
p = p*mu
"""
        + MEANS
        + """
d = sqrt(v/(1 - beta2**k)) + eps
x = x - lr*(1 - mu)/(1 - p)*(g/d) - lr*mu1/(1 - p*mu1)*(m/d)
""",
        {
            "lr": rate(0.002),
            "betas": BETAS,
            "eps": EPS,
            "weight_decay": DECAY,
            "momentum_decay": Setting(0.004, nonnegative),
            "decoupled_weight_decay": False,
        },
        MOMENTS | {"p": Memory("mu_product", "1")},
        about="Adam with Nesterov momentum that grows towards beta1.",
        source="Dozat 2016, Incorporating Nesterov momentum into Adam, ICLR workshop",
        differences="""PyTorch keeps the product p in single precision unless its default dtype is float64.
        Keras's momentum_decay is 0.004 too, and not to be chosen; its eps is 1e-7
        (keras/src/optimizers/nadam.py).""",
    )


class RAdam(Optimizer):
    row = Row(
        """
x = (1 - lr*weight_decay)*x if decoupled_weight_decay else x
g = g if decoupled_weight_decay else g + weight_decay*x if weight_decay > 0 else g
"""
        + MEANS
        + """
most = 2/(1 - beta2) - 1
rho = most - 2*k*beta2**k/(1 - beta2**k)
r = sqrt((rho - 4)*(rho - 2)*most/((most - 4)*(most - 2)*rho)) if rho > 5 else 0
mhat = m/(1 - beta1**k)
x = x - lr*(mhat*(r*sqrt(1 - beta2**k)/(sqrt(v) + eps)) if rho > 5 else mhat)
""",
        {
            "lr": rate(0.001),
            "betas": BETAS,
            "eps": EPS,
            "weight_decay": DECAY,
            "decoupled_weight_decay": False,
        },
        MOMENTS,
        about="Adam that takes plain steps with momentum until v is of enough gradients to divide by.",
        source="Liu et al. 2020, arXiv:1908.03265",
        differences="""It divides from rho above 5 on, as in PyTorch; in the paper above 4.  Keras has no
        RAdam.""",
    )


class Rprop(Optimizer):
    row = Row(
        """
q = g*p
s = eta2 if q > 0 else eta1 if q < 0 else 1
d = min(max(d*s, step_size1), step_size2)
p = g - g if q < 0 else g
x = x - d*sign(p)
""",
        {
            "lr": rate(0.01),
            "etas": Setting((0.5, 1.2), positive),
            "step_sizes": Setting((1e-6, 50.0), nonnegative),
        },
        {"p": Memory("prev"), "d": Memory("step_size", "lr")},
        requires=(
            (
                "eta1 < 1 and eta2 > 1",
                "etas are a factor below 1 and one above, got {etas}: (0.5, 1.2) is usual",
            ),
            ("step_size1 <= step_size2", "step_sizes are the least and the largest, got {step_sizes}"),
        ),
        about="Steps by signs, for full batches: d grows where g keeps its sign, and shrinks elsewhere.",
        source="Riedmiller and Braun 1993, IEEE International Conference on Neural Networks",
        differences="""g - g is 0, or nan for an infinite g, and no step is taken.  lr is what d starts from,
        and later changes of it mean nothing, as in PyTorch.  Keras has no Rprop.""",
    )
