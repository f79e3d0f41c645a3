"""Tables of `Module.backprop` read back from their text, and each column computed anew from its formula."""

from __future__ import annotations

import math
import re
from copy import deepcopy
from dataclasses import dataclass

from microgrid import nn

X, Y = [0.5, -1.5], 0.25


def stack(*layers):
    """A Sequential: a pair is a Linear of fixed weights."""
    made = [nn.Linear(*at, seed=k + 1) if isinstance(at, tuple) else at for k, at in enumerate(layers)]
    return nn.Sequential(*made)


def normalised():
    model = stack((2, 2), nn.BatchNorm(2), "tanh", (2, 1))
    model.batch([[1.0, 2.0], [2.0, 1.0], [0.0, 3.0]])
    for p, value in zip(model[1].parameters(), (1.5, -0.5, 0.25, 0.75)):
        p.data = value
    return model.eval()


def bare_sums():
    return nn.Sequential(nn.Linear(2, 2, bias=False, seed=1), nn.Linear(2, 1, bias=False, seed=2), "sigmoid")


def shortcut():
    return nn.Residual(nn.Linear(2, 2, seed=7), "tanh")


ARCHITECTURES = {
    "mlp": (lambda: stack((2, 3), "tanh", (3, 1), "sigmoid"), [(0, 2), (2, 4)]),
    "deep": (lambda: stack((2, 3), "relu", (3, 3), "softplus", (3, 1)), [(0, 2), (2, 4), (4, 5)]),
    "without activations": (lambda: stack((2, 2), (2, 1)), [(0, 1), (1, 2)]),
    "without biases": (bare_sums, [(0, 1), (1, 3)]),
    "dropout": (lambda: stack((2, 3), "tanh", nn.Dropout(0.5, seed=1), (3, 1)), [(0, 2), (3, 4)]),
    "dropout first": (lambda: stack(nn.Dropout(0.5, seed=3), (2, 2), "tanh", (2, 1)), [(1, 3), (3, 4)]),
    "two activations": (lambda: stack((2, 2), "tanh", "sigmoid", (2, 1)), [(0, 3), (3, 4)]),
    "three": (lambda: stack((2, 2), "tanh", "exp", "sigmoid", (2, 1), "tanh", "exp"), [(0, 4), (4, 7)]),
    "residual": (lambda: stack(shortcut(), (2, 1)), [(0, 1), (1, 2)]),
    "residual inside": (lambda: stack((2, 2), "tanh", shortcut(), (2, 1)), [(0, 2), (2, 3), (3, 4)]),
    "batch norm": (normalised, [(0, 1), (1, 3), (3, 4)]),
    "leaky": (lambda: stack((2, 2), nn.Activation("leaky_relu", 0.2), (2, 1)), [(0, 2), (2, 3)]),
    "convolution": (lambda: stack(nn.Conv(1, 1, 2, seed=1), "tanh", (1, 1)), [(0, 2), (2, 3)]),
}
"""What makes the model; and of each table the layer's place, and from where on its h is what goes in."""

FUNCTIONS = {
    "tanh": math.tanh,
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "exp": math.exp,
    "relu": lambda a: max(a, 0.0),
    "softplus": lambda a: math.log1p(math.exp(a)),
    "leaky_relu": lambda a: a if a > 0 else 0.2 * a,
}
EPS = 1e-6


def difference(f):
    return lambda x: (f(x + EPS) - f(x - EPS)) / (2 * EPS)


NAMES = FUNCTIONS | {f"slope_{name}": difference(f) for name, f in FUNCTIONS.items()}


def calculated(formula, a):
    """A formula of a, such as sigmoid′(tanh(a)) · tanh′(a), with central differences for the slopes."""
    python = re.sub(r"(\w+)′", r"slope_\1", formula).replace("·", "*")
    return eval(python, {}, NAMES | {"a": a})


def weights(layer):
    """The rows of its weights, and its biases or zeros."""
    if isinstance(layer, nn.Residual):
        (layer,) = (part for part in layer if isinstance(part, nn.Linear))
    if isinstance(layer, nn.BatchNorm):
        n = len(layer.parameters()) // 2
        numbers = [p.data for p in layer.parameters()]
        return [[w] for w in numbers[:n]], numbers[n:], True
    rows = layer.w[0] if isinstance(layer, nn.Conv) else layer.w
    return [[w.data for w in row] for row in rows], [b.data for b in layer.b] or [0.0] * len(rows), bool(layer.b)


@dataclass
class Table:
    title: str
    columns: list[tuple[str, str, list[float]]]
    """The head of each, its formula, and its numbers."""
    coming: list[float]
    """What the line below says comes in."""

    def column(self, head):
        return next(numbers for called, _, numbers in self.columns if called == head)

    def evaluated(self, place, tables, model, places):
        """The numbers that a column has to hold, from its formula, other columns, and the model's weights."""
        head, formula, _ = self.columns[place]
        index, then = places[tables.index(self)]
        rows, biases, biased = weights(model[index])
        numbered = {table.title.rpartition("layer ")[2].partition(" ")[0]: table for table in tables}
        if head == "u":
            given = list(map(float, before(model, index)))
            return [(u.data - b) / w[0] for u, w, b in zip(model[index](given), rows, biases)]
        if head == "a":
            assert biased == formula.endswith(" + b")
            sums = [sum(map(float.__mul__, w, u)) for w, u in zip(rows, self.inputs(numbered))]
            return [total + b for total, b in zip(sums, biases)]
        if head in ("h", "h′"):
            return [calculated(formula, a) for a in self.column("a")]
        if head == "∂R/∂w":
            name = re.fullmatch(r"d · (x|u|h)(\d*)(\^\(\d+\))?", formula)
            return [d * u[int(name[2] or 1) - 1] for d, u in zip(self.column("d = ∂R/∂a"), self.inputs(numbered))]
        if head == "∂R/∂b":
            assert formula == "d"
            return self.column("d = ∂R/∂a")
        assert head == "d = ∂R/∂a"
        if formula == "h′ · ∂R/∂h":
            back = slopes_of_risk(model, index, then, self.column("h"))
        else:
            after = numbered[re.fullmatch(r"h′ · Σ w · d\^\((\d+)\)", formula)[1]]
            above = zip(weights(model[places[tables.index(after)][0]])[0], after.column(head))
            back = [sum(column) for column in zip(*([w * d for w in row] for row, d in above))]
        return list(map(float.__mul__, self.column("h′"), back))

    def inputs(self, numbered):
        """What comes into each unit, as the formula of a names it."""
        (formula,) = (formula for head, formula, _ in self.columns if head == "a")
        name, k = re.match(r"(?:Σ )?w · (x|u|h)(?:\^\((\d+)\))?", formula).groups()
        units = len(self.column("a"))
        if name == "u" and not self.coming:
            return [[u] for u in self.column("u")]
        return [{"x": X, "u": self.coming, "h": numbered[k].column("h") if k else []}[name]] * units


def before(model, index):
    """What comes into the layer at this place."""
    through = nn.Sequential(*list(deepcopy(model))[:index])(X) if index else X
    return [getattr(v, "data", v) for v in through]


def slopes_of_risk(model, index, then, h):
    """∂R/∂h by differences: the rest of the model, after the shortcut of a residual block."""
    base = before(model, index) if isinstance(model[index], nn.Residual) else [0.0] * len(h)

    def risk(given):
        rest = list(deepcopy(model))[then:]
        output = nn.Sequential(*rest)([u + v for u, v in zip(base, given)]) if rest else given[0]
        return (float(getattr(output, "data", output)) - Y) ** 2

    def moved(j):
        return lambda v: risk([*h[:j], v, *h[j + 1 :]])

    return [difference(moved(j))(v) for j, v in enumerate(h)]


def read_back(text):
    """The tables in a text, cut where the heads end."""
    tables = []
    for part in text.split("\n\n")[:-1]:
        title, head, formulas, *rows = part.splitlines()
        below = rows.pop() if rows[-1].startswith("what comes in: ") else ""
        ends = [m.end() for m in re.finditer(r"(d = )?\S+", head)]
        cut = [[line[i:j].strip() for i, j in zip([0, *ends], ends)] for line in (head, formulas, *rows)]
        columns = [(name, formula, [float(x) for x in xs]) for name, formula, *xs in list(zip(*cut))[1:]]
        tables.append(Table(title, columns, [float(x) for x in re.findall(r"= (\S+?)(?:,|$)", below)]))
    return tables
