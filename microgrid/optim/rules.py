"""The update rules, each written once, for arrays: k counts the steps, g is the gradient, x1 what x becomes.

Sums and roots are written into arrays that are there already, because making new ones takes a fifth of a
step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

from ..arguments import Floats
from .optimizer import Optimizer
from .parameters import Parameters
from .settings import fraction, nonnegative

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "RMSprop"]


class SGD(Optimizer):
    """Gradient descent: x ← x - lr v, where v is the gradient g.

    With `momentum`, v ← momentum v + (1 - dampening) g; v starts as the first g.  With `nesterov` the step is
    lr (g + momentum v).  `weight_decay` adds weight_decay x to g: that is L2 with λ/2, where Keras's `L2(λ)`
    adds 2λx.  lr is 0.01, as in Keras (PyTorch: 0.001); v is taken times lr at the end, as in PyTorch (Keras:
    v ← momentum v - lr g, another path once lr changes; its keras/src/optimizers/sgd.py).  Nesterov momentum
    without momentum, or with dampening, is a ValueError.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        lr: float = 0.01,
        *,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        self.momentum = fraction(momentum, "momentum", 0.9)
        self.dampening = fraction(dampening, "dampening", 0)
        self.nesterov = bool(nesterov)
        if nesterov and (not self.momentum or self.dampening):
            raise ValueError(
                f"nesterov=True needs a momentum above 0 and dampening 0, got momentum={self.momentum}, "
                f"dampening={self.dampening}: momentum=0.9 is usual"
            )
        super().__init__(parameters, lr, weight_decay, {"momentum_buffer": 0.0} if self.momentum else {})

    def _rule(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, t: Floats) -> None:
        import numpy as np

        direction = g
        if self.momentum:
            v, v1 = old[1], new[1]
            if k == 1:
                v1[:] = g
            else:
                _mix(self.momentum, v, 1 - self.dampening, g, v1, t)
            direction = v1
        if self.nesterov:
            direction = np.multiply(v1, self.momentum, out=t)
            direction += g
        _descend(old[0], self.lr, direction, new[0], t)


class Adagrad(Optimizer):
    """x ← x - lr/(1 + (k-1) lr_decay) g/(√G + eps), where G ← G + g² (Duchi, Hazan and Singer 2011, JMLR 12).

    G starts at `initial_accumulator_value`, 0; in Keras at 0.1, with eps 1e-7 inside the root and lr 0.001
    (keras/src/optimizers/adagrad.py), which takes visibly shorter first steps.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        lr: float = 0.01,
        *,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        self.lr_decay = nonnegative(lr_decay, "lr_decay", 0)
        self.initial_accumulator_value = nonnegative(
            initial_accumulator_value, "initial_accumulator_value", 0
        )
        self.eps = nonnegative(eps, "eps", 1e-10)
        super().__init__(parameters, lr, weight_decay, {"sum": self.initial_accumulator_value})

    def _rule(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, t: Floats) -> None:
        import numpy as np

        x, G = old
        x1, G1 = new
        np.add(G, np.multiply(g, g, out=t), out=G1)
        np.sqrt(G1, out=t)
        t += self.eps
        np.divide(g, t, out=t)
        _descend(x, self.lr / (1 + (k - 1) * self.lr_decay), t, x1, t)


class Adadelta(Optimizer):
    """x ← x - lr d, where d = √(D + eps)/√(a + eps) g, a ← rho a + (1 - rho) g² and D ← rho D + (1 - rho) d².

    Zeiler 2012, arXiv:1212.5701, where lr is 1, as here; in Keras it is 0.001, with rho 0.95 and eps 1e-7
    (keras/src/optimizers/adadelta.py).
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        lr: float = 1.0,
        *,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        self.rho = fraction(rho, "rho", 0.9)
        self.eps = nonnegative(eps, "eps", 1e-6)
        super().__init__(parameters, lr, weight_decay, {"square_avg": 0.0, "acc_delta": 0.0})

    def _rule(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, t: Floats) -> None:
        import numpy as np

        x, a, D = old
        x1, a1, D1 = new
        _mix(self.rho, a, 1 - self.rho, np.multiply(g, g, out=t), a1, t)
        root = np.sqrt(np.add(a1, self.eps, out=x1), out=x1)
        d = np.sqrt(np.add(D, self.eps, out=t), out=t)
        d /= root
        d *= g
        _mix(self.rho, D, 1 - self.rho, np.multiply(d, d, out=x1), D1, x1)
        _descend(x, self.lr, d, x1, t)


class RMSprop(Optimizer):
    """x ← x - lr g/(√v + eps), where v ← alpha v + (1 - alpha) g².

    After Hinton, Neural Networks for Machine Learning, lecture 6e.  `centered` takes √(v - a²), with the mean
    a ← alpha a + (1 - alpha) g; where rounding makes v less than a² the root is 0 (in PyTorch nan).  With
    `momentum` the step is lr b, b ← momentum b + g/(√v + eps).  Keras names alpha rho, 0.9, and puts eps,
    1e-7, inside the root (keras/src/optimizers/rmsprop.py).
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        lr: float = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        self.alpha = fraction(alpha, "alpha", 0.99)
        self.eps = nonnegative(eps, "eps", 1e-8)
        self.momentum = nonnegative(momentum, "momentum", 0.9)
        self.centered = bool(centered)
        memory = ["square_avg"]
        if self.centered:
            memory.append("grad_avg")
        if self.momentum:
            memory.append("momentum_buffer")
        super().__init__(parameters, lr, weight_decay, dict.fromkeys(memory, 0.0))

    def _rule(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, t: Floats) -> None:
        import numpy as np

        v, v1 = old[1], new[1]
        _mix(self.alpha, v, 1 - self.alpha, np.multiply(g, g, out=t), v1, t)
        if self.centered:
            a, a1 = old[2], new[2]
            _mix(self.alpha, a, 1 - self.alpha, g, a1, t)
            variance = np.subtract(v1, np.multiply(a1, a1, out=t), out=t)
            np.sqrt(np.maximum(variance, 0.0, out=t), out=t)
        else:
            np.sqrt(v1, out=t)
        t += self.eps
        direction = np.divide(g, t, out=t)
        if self.momentum:
            b, b1 = old[-1], new[-1]
            np.multiply(b, self.momentum, out=b1)
            b1 += t
            direction = b1
        _descend(old[0], self.lr, direction, new[0], t)


class Adam(Optimizer):
    """x ← x - lr m̂/(√v̂ + eps), where m ← β1 m + (1 - β1) g and v ← β2 v + (1 - β2) g².

    At step k, m̂ = m/(1 - β1ᵏ) and v̂ = v/(1 - β2ᵏ).  Kingma and Ba 2015, arXiv:1412.6980.  `amsgrad` takes
    the largest v so far (Reddi, Kale and Kumar 2018, arXiv:1904.09237).  Keras has eps 1e-7, added to √v
    before its correction (keras/src/optimizers/adam.py).  `weight_decay` goes through m and v like the rest
    of the gradient: `AdamW` decays x itself.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        lr: float = 0.001,
        *,
        betas: Iterable[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        self.betas = _pair(betas)
        self.eps = nonnegative(eps, "eps", 1e-8)
        self.amsgrad = bool(amsgrad)
        memory = ["exp_avg", "exp_avg_sq"]
        if self.amsgrad:
            memory.append("max_exp_avg_sq")
        super().__init__(parameters, lr, weight_decay, dict.fromkeys(memory, 0.0))

    def _rule(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, t: Floats) -> None:
        import numpy as np

        beta1, beta2 = self.betas
        x, m, v, *largest = old
        x1, m1, v1, *largest1 = new
        _mix(beta1, m, 1 - beta1, g, m1, t)
        _mix(beta2, v, 1 - beta2, np.multiply(g, g, out=t), v1, t)
        if self.amsgrad:
            v1 = np.maximum(largest[0], v1, out=largest1[0])
        # both corrections in one number, which spares a pass: the end of the paper's section 2
        root = sqrt(1 - beta2**k)
        np.sqrt(v1, out=t)
        t += self.eps * root
        np.divide(m1, t, out=t)
        _descend(x, self.lr * root / (1 - beta1**k), t, x1, t)


class AdamW(Adam):
    """Adam after x ← (1 - lr weight_decay) x: the decay does not go through m and v.

    Loshchilov and Hutter 2019, arXiv:1711.05101, with the decay times lr.  weight_decay is 0.01 as in
    PyTorch, 0.004 in Keras (keras/src/optimizers/adamw.py).
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        lr: float = 0.001,
        *,
        betas: Iterable[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad)

    def _regularized(self, x: Floats, g: Floats, out: Floats) -> Floats:
        return g

    def _rule(self, k: int, g: Floats, old: Sequence[Floats], new: Floats, t: Floats) -> None:
        import numpy as np

        decayed = np.multiply(old[0], 1 - self.lr * self.weight_decay, out=new[0])
        super()._rule(k, g, [decayed, *old[1:]], new, t)


# ---------------------------------------------------------------- what the rules are made of


def _mix(a: float, u: Floats, b: float, w: Floats, out: Floats, t: Floats) -> None:
    """out = a u + b w; t may be w."""
    import numpy as np

    np.multiply(u, a, out=out)
    out += np.multiply(w, b, out=t)


def _descend(x: Floats, rate: float, direction: Floats, x1: Floats, t: Floats) -> None:
    """x1 = x - rate direction; t may be direction."""
    import numpy as np

    np.subtract(x, np.multiply(direction, rate, out=t), out=x1)


def _pair(betas: Iterable[float]) -> tuple[float, float]:
    pair = list(betas) if isinstance(betas, Iterable) and not isinstance(betas, str) else []
    if len(pair) != 2:
        raise ValueError(
            f"betas are two numbers, for the means of g and of g², got {betas!r}: (0.9, 0.999) is usual"
        )
    return fraction(pair[0], "betas[0]", 0.9, one=False), fraction(pair[1], "betas[1]", 0.999, one=False)
