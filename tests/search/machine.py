"""Values, optimisers and programs in any order of events, each beside its shadow (hypothesis finds the order)."""

from __future__ import annotations

import json
import math
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import microgrid as mg
from microgrid import DomainError, GraphError, Value, optim, parameter
from search.shadow import OPERATIONS, Node, adjoints, evaluate, near, under

__all__ = ["Machine"]

data = st.floats(-2, 2, allow_subnormal=False).map(lambda x: round(x, 3))
place = st.integers(0, 10**6)
UNARY = [name for name, operation in OPERATIONS.items() if operation.operands == 1]
BINARY = [name for name, operation in OPERATIONS.items() if operation.operands == 2]
MOST = 1e8
"""Beyond, a program that rounds otherwise than the engine may be far off."""


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self.optimizer: Any = None
        self.program: Any = None

    # ---------------------------------------------------------------- the graph

    @initialize(xs=st.lists(data, min_size=2, max_size=3), ws=st.lists(data, min_size=1, max_size=3))
    def begin(self, xs: list[float], ws: list[float]) -> None:
        for x in xs:
            self.nodes.append(Node(Value(x), data=x))
        for w in ws:
            self.nodes.append(Node(parameter(w), data=w))
        self.inputs = list(range(len(xs)))
        self.parameters = list(range(len(xs), len(xs) + len(ws)))

    def pick(self, k: int, among: list[int] | None = None) -> int:
        """Often one of the newest, so that graphs become deep."""
        chosen = list(range(len(self.nodes))) if among is None else among
        return chosen[-1 - (k % len(chosen)) % (3 if k % 2 and len(chosen) > 3 else len(chosen))]

    @property
    def operations(self) -> list[int]:
        return [k for k, node in enumerate(self.nodes) if node.name]

    @rule(name=st.sampled_from(UNARY), a=place)
    def unary(self, name: str, a: int) -> None:
        self.apply(name, self.pick(a))

    @rule(name=st.sampled_from(BINARY), a=place, b=place)
    def binary(self, name: str, a: int, b: int) -> None:
        self.apply(name, self.pick(a), self.pick(b))

    def apply(self, name: str, *operands: int) -> None:
        operation, xs = OPERATIONS[name], [self.nodes[k].data for k in operands]
        if len(self.nodes) > 40 or abs(operation.value(*xs)) > 1e6:
            return
        made = Node(operation.make(*(self.nodes[k].value for k in operands)), name, operands)
        for k in set(operands):
            self.nodes[k].users.append(len(self.nodes))
        self.nodes.append(made)
        self.learn(len(self.nodes) - 1)

    def learn(self, k: int) -> None:
        """An operation's numbers are right for those of its operands; from here on they may not change."""
        node = self.nodes[k]
        xs = [self.nodes[i].data for i in node.operands]
        want, slopes = OPERATIONS[node.name].value(*xs), OPERATIONS[node.name].partials(*xs)
        assert near(node.value.data, want, sum(map(abs, xs)) if node.name in ("add", "sub") else want)
        assert all(near(p, q, q) for p, q in zip(node.value.partials, slopes, strict=True))
        node.data, node.slopes = node.value.data, tuple(node.value.partials)

    @rule(k=place, x=data)
    def assign(self, k: int, x: float) -> None:
        leaf = self.nodes[self.pick(k, [*self.inputs, *self.parameters])]
        leaf.value.data = leaf.data = x

    @precondition(lambda self: self.operations)
    @rule(k=place)
    def recompute(self, k: int) -> None:
        root = self.pick(k, self.operations)
        leaves = {i: self.nodes[i].data for i in under(self.nodes, root) if not self.nodes[i].name}
        try:
            evaluate(self.nodes, root, leaves)
        except OverflowError:
            with pytest.raises(DomainError):  # and nothing changes, as `unchanged` sees
                mg.recompute(self.nodes[root].value)
            return
        mg.recompute(self.nodes[root].value)
        for i in under(self.nodes, root):
            if self.nodes[i].name:
                self.learn(i)
                self.nodes[i].grad, self.nodes[i].has_grad = 0.0, False

    @rule(k=place, seed=st.sampled_from([1.0, 1.0, -0.5]))
    def backward(self, k: int, seed: float) -> None:
        root = self.pick(k)
        found = adjoints(self.nodes, root, {i: node.slopes for i, node in enumerate(self.nodes)})
        if max(size for _, size in found.values()) > 1e150:
            return
        with warnings.catch_warnings():  # of a second pass, and of data assigned in between, which are meant
            warnings.simplefilter("ignore", UserWarning)
            self.nodes[root].value.backward(seed)
        for i, (total, size) in found.items():
            node = self.nodes[i]
            before = 0.0 if node.name else node.grad
            assert near(node.value.grad, before + seed * total, abs(before) + size)
            node.grad, node.has_grad = node.value.grad, True

    @precondition(lambda self: self.operations)
    @rule(k=place)
    def gradient_as_graph(self, k: int) -> None:
        root = self.pick(k, self.operations)
        below = under(self.nodes, root)
        ends = [i for i in below if not self.nodes[i].name]
        fresh = all(self.again(i) == (self.nodes[i].data, *self.nodes[i].slopes) for i in below if self.nodes[i].name)
        if not fresh:
            with pytest.raises(GraphError):  # two forward passes would be mixed
                mg.grad(self.nodes[root].value, [self.nodes[i].value for i in ends])
            return
        found = adjoints(self.nodes, root, {i: node.slopes for i, node in enumerate(self.nodes)})
        for i, slope in zip(ends, mg.grad(self.nodes[root].value, [self.nodes[i].value for i in ends]), strict=True):
            assert near(slope.data, *found[i])

    def again(self, k: int) -> tuple[float, ...]:
        """Value and partials of an operation for the data that its operands have now."""
        node = self.nodes[k]
        made = OPERATIONS[node.name].make(*(Value(self.nodes[i].data) for i in node.operands))
        return made.data, *made.partials

    # ---------------------------------------------------------------- the optimiser

    @rule(kind=st.sampled_from(["SGD", "momentum", "Adam"]), lr=st.sampled_from([0.1, 0.01]))
    def choose_optimizer(self, kind: str, lr: float) -> None:
        self.kind, self.lr = kind, lr
        self.memory = dict.fromkeys(self.parameters, (0, 0.0, 0.0))
        self.optimizer = self.new_optimizer(lr)

    def new_optimizer(self, lr: float) -> Any:
        values = [self.nodes[k].value for k in self.parameters]
        if self.kind == "Adam":
            return optim.Adam(values, lr=lr)
        return optim.SGD(values, lr=lr, momentum=0.9 if self.kind == "momentum" else 0.0)

    @precondition(lambda self: self.optimizer)
    @rule()
    def step(self) -> None:
        wanted: dict[int, float] = {}
        for k in self.parameters:
            node = self.nodes[k]
            if not node.has_grad:
                continue
            times, m, v = self.memory[k]
            times, g = times + 1, node.grad
            if self.kind == "Adam":
                m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                move = (m / (1 - 0.9**times)) / (math.sqrt(v / (1 - 0.999**times)) + 1e-8)
            elif self.kind == "momentum":
                move = m = 0.9 * m + g if times > 1 else g
            else:
                move = g
            wanted[k] = node.data - self.lr * move
            self.memory[k] = times, m, v
        self.optimizer.step()
        for k, want in wanted.items():
            node = self.nodes[k]
            assert near(node.value.data, want, abs(node.data) + abs(want))
            node.data = node.value.data

    @precondition(lambda self: self.optimizer)
    @rule()
    def store_optimizer(self) -> None:
        stored = json.loads(json.dumps(self.optimizer.state_dict()))
        self.optimizer = self.new_optimizer(self.lr * 7)
        self.optimizer.load_state_dict(stored)

    @precondition(lambda self: self.optimizer)
    @rule()
    def forget(self) -> None:
        self.optimizer.zero_grad()
        for k in self.parameters:
            self.nodes[k].grad, self.nodes[k].has_grad = 0.0, False

    # ---------------------------------------------------------------- the program

    @precondition(lambda self: self.operations)
    @rule(k=place, inputs=st.integers(0, 2))
    def compile(self, k: int, inputs: int) -> None:
        self.root = self.pick(k, self.operations)
        self.columns = self.inputs[:inputs]
        columns, trained = ([self.nodes[i].value for i in some] for some in (self.columns, self.parameters))
        self.program = mg.compile(self.nodes[self.root].value, columns, trained)
        self.frozen = {i: self.nodes[i].data for i in self.inputs}
        self.numbers = [self.nodes[i].data for i in self.parameters]
        self.attached = True

    @precondition(lambda self: self.program)
    @rule(rows=st.lists(st.tuples(data, data), min_size=1, max_size=40), reduce=st.sampled_from(["mean", "sum", None]))
    def run(self, rows: list[tuple[float, float]], reduce: str | None) -> None:
        n = len(self.columns)
        rows = rows if n else rows[:1]
        right, slopes, sizes = [], [], []
        for row in rows:
            at = self.frozen | dict(zip(self.columns, row)) | dict(zip(self.parameters, self.numbers))
            try:
                found, partials = evaluate(self.nodes, self.root, at)
            except OverflowError:
                return
            if max(map(abs, found.values())) > MOST:
                return
            back = adjoints(self.nodes, self.root, partials)
            right.append(found[self.root])
            slopes.append([back.get(i, (0.0, 0.0))[0] for i in self.parameters])
            sizes.append(1e4 * max(size for _, size in back.values()) * max(1.0, *map(abs, found.values())))
        X = np.array(rows)[:, :n] if n else None
        value, gradient = self.program.value_and_grad(X, reduce=reduce)
        if reduce is None and n:
            values, table = list(value), [list(line) for line in gradient]
            outputs = list(self.program(X))
        else:
            over = len(rows) if reduce == "mean" and n else 1
            values, table = [value * over], [[g * over for g in gradient]]
            right, slopes = [sum(right)], [[sum(column) for column in zip(*slopes)]]
            sizes = [sum(sizes)]
            outputs = [float(np.sum(self.program(X)))]
        for got, again, want, size in zip(values, outputs, right, sizes, strict=True):
            assert near(got, want, size)
            assert near(again, want, size)
        for got_line, line, size in zip(table, slopes, sizes, strict=True):
            assert all(near(got, want, size) for got, want in zip(got_line, line, strict=True))

    @precondition(lambda self: self.program)
    @rule(k=place, x=data)
    def move_parameter(self, k: int, x: float) -> None:
        k %= len(self.numbers)
        self.program.parameters[k] = self.numbers[k] = x

    @precondition(lambda self: self.program)
    @rule()
    def write_back(self) -> None:
        if not self.attached:
            with pytest.raises(GraphError):
                self.program.write_back()
            return
        self.program.write_back()
        for k, x in zip(self.parameters, self.numbers, strict=True):
            self.nodes[k].data = x

    @precondition(lambda self: self.program and self.attached)
    @rule()
    def read(self) -> None:
        self.program.read()
        self.numbers = [self.nodes[k].data for k in self.parameters]

    @precondition(lambda self: self.program)
    @rule()
    def pickle(self) -> None:
        self.program = pickle.loads(pickle.dumps(self.program))
        self.attached = False

    # ---------------------------------------------------------------- what always holds

    @invariant()
    def unchanged(self) -> None:
        """Only what was said to change has changed, to the last bit."""
        for node in self.nodes:
            assert node.value.data == node.data
            assert node.value.grad == node.grad
            assert node.value.has_grad == node.has_grad
            assert tuple(node.value.partials) == node.slopes
        if self.program:
            assert self.program.parameters.tolist() == self.numbers
