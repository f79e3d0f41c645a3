"""Reading a recorded graph: order, leaves, scopes, paths and size."""

from __future__ import annotations

import operator
import random
import sys

import pytest

from microgrid import GraphError, Value, compiled, parameter, scope
from microgrid.graph import counts, depends, leaves, order, path_count, paths, scopes, sweep

OPERATE = (operator.add, operator.mul, operator.sub, lambda a, b: a.tanh() + b, lambda a, b: b.sin())


def random_graph(seed: int, size: int = 40) -> tuple[list[Value], Value]:
    rng = random.Random(seed)
    start = [Value(rng.uniform(-1, 1), f"x{k}") for k in range(3)]
    nodes = list(start)
    for _ in range(size):
        a, b = rng.choice(nodes[-6:]), rng.choice(nodes[-8:])
        nodes.append(rng.choice(OPERATE)(a, b))
    return start, nodes[-1]


def doublings(count: int) -> tuple[Value, Value]:
    x = y = Value(1.0, "x")
    for _ in range(count):
        y = y + y
    return x, y


@pytest.mark.parametrize("seed", range(20))
def test_order_puts_each_node_once_and_after_its_operands(seed):
    _, y = random_graph(seed)
    place = {v: k for k, v in enumerate(order(y))}
    assert len(place) == len(order(y))
    assert max(place, key=place.get) is y
    assert all(place[parent] < place[v] for v in place for parent in v.parents)


def test_order_goes_left_to_right():
    a, b, c = (Value(1.0, name) for name in "abc")
    assert [v.label or v.op for v in order(a * b + c)] == ["a", "b", "mul", "c", "add"]


def test_order_of_several_roots_has_shared_nodes_once():
    x = Value(1.0)
    h = x * 2
    assert order(h + 1, h * h).count(h) == 1


def test_order_changes_no_node():
    _, y = random_graph(1)
    before = [(v.data, v.grad, v.label) for v in order(y)]
    order(y)
    assert [(v.data, v.grad, v.label) for v in order(y)] == before


def test_leaves_are_inputs_parameters_and_constants():
    w, x = parameter(1.0, "w"), Value(2.0, "x")
    assert [v.role for v in leaves(w * x + 3)] == ["parameter", "input", "constant"]


def test_scopes_group_nodes_by_full_name():
    with scope("net"):
        w = Value(1.0)
        with scope("layer"):
            h = w * 2
    y = h + w
    found = scopes(y)
    assert {name: len(nodes) for name, nodes in found.items()} == {"net": 1, "net/layer": 2, "": 1}
    assert found["net/layer"][-1] is h


def test_depends_finds_what_is_computed_from_a_node():
    a, b = Value(1.0), Value(2.0)
    h = a * b
    k = b + 1
    y = h + k
    assert depends(order(y), [a]) == [a, h, y]


@pytest.mark.parametrize("seed", range(20))
def test_sweep_over_integers_is_the_chain_rule(seed):
    """Residues mod a prime: the sum over paths of products, whatever the partials are."""
    prime = 2**61 - 1
    rng = random.Random(seed)
    start, y = random_graph(seed, 12)
    nodes = order(y)
    slopes = {v: [rng.randrange(prime) for _ in v.parents] for v in nodes}
    adjoints = sweep(nodes, slopes.__getitem__, 1, lambda a, b: a * b % prime)
    for x in start:
        tangents = {x: 1}
        for v in nodes:
            if v is not x:
                tangents[v] = sum(s * tangents[p] for s, p in zip(slopes[v], v.parents, strict=True))
        assert adjoints.get(x, 0) % prime == tangents[y] % prime


# ---------------------------------------------------------------- paths


@pytest.mark.parametrize("seed", range(20))
def test_path_products_add_up_to_the_gradient(seed):
    start, y = random_graph(seed, 15)
    y.backward()
    for x in start:
        products = [path.product for path in paths(y, x)]
        assert sum(products) == pytest.approx(x.grad, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("seed", range(20))
def test_path_count_is_the_number_of_paths(seed):
    start, y = random_graph(seed, 15)
    for x in start:
        assert path_count(y, x) == len(list(paths(y, x)))


def test_a_path_follows_edges_from_the_start_to_the_root():
    start, y = random_graph(3, 12)
    for x in start:
        for path in paths(y, x):
            assert (path.nodes[0], path.nodes[-1]) == (x, y)
            for a, b, partial in zip(path.nodes, path.nodes[1:], path.partials, strict=False):
                assert (a, partial) in list(zip(b.parents, b.partials, strict=True))


def test_parallel_edges_are_parallel_paths():
    x = Value(3.0)
    assert [path.product for path in paths(x * x, x)] == [3.0, 3.0]


def test_a_node_has_one_empty_path_to_itself():
    x = Value(3.0)
    assert [(path.nodes, path.partials, path.product) for path in paths(x, x)] == [((x,), (), 1.0)]


def test_a_node_that_is_not_under_the_root_has_no_path():
    assert path_count(Value(1.0) * 2, Value(1.0)) == 0
    assert list(paths(Value(1.0) * 2, Value(1.0))) == []


def test_paths_may_start_at_an_interior_node():
    h = Value(2.0) * 3
    assert [path.product for path in paths(h * h + h, h)] == [6.0, 6.0, 1.0]


def test_paths_are_counted_without_being_walked():
    x, y = doublings(90)
    assert path_count(y, x) == 2**90


def test_the_count_of_a_huge_graph_stops():
    x = y = Value(1.0)
    for _ in range(5000):
        y = (y + y) / 2
    assert path_count(y, x) == 10**30


def test_too_many_paths_are_refused_before_the_first():
    x, y = doublings(14)
    with pytest.raises(GraphError, match=r"'x'.*10000"):
        paths(y, x)
    assert sum(1 for _ in paths(y, x, limit=2**14)) == 2**14


# ---------------------------------------------------------------- size


def test_counts_of_a_small_graph():
    a, b = Value(1.0), Value(2.0)
    h = a * b
    found = counts(h * h + a)
    assert (found.nodes, found.edges, found.leaves, found.depth) == (5, 6, 2, 3)
    assert found.unshared == 1 + (1 + 3 + 3) + 1  # add, mul with both copies of a*b, a


def test_counts_of_a_leaf():
    found = counts(Value(1.0))
    assert (found.nodes, found.edges, found.leaves, found.depth, found.unshared) == (1, 0, 1, 0, 1.0)


def test_counts_of_a_graph_whose_expression_is_astronomic():
    _, y = doublings(1000)
    found = counts(y)
    assert (found.nodes, found.depth) == (1001, 1000)
    assert found.unshared > 1e300


def test_counts_of_nothing():
    assert counts().nodes == 0


def test_bytes_are_at_least_those_of_the_objects():
    y = Value(1.5) * Value(2.5)
    nodes = sum(map(sys.getsizeof, (y, *y.parents)))
    floats = 0 if compiled else 3 * sys.getsizeof(1.5)  # a compiled node has its numbers inside
    assert counts(y).bytes >= nodes + floats
    assert (counts(y).bytes == nodes) == compiled


@pytest.mark.slow
def test_one_path_of_a_hundred_thousand_steps():
    x = y = Value(1.0, "x")
    for _ in range(100_000):
        y = y * 1.0
    (path,) = paths(y, x)
    assert len(path.nodes) == 100_001
    assert path.product == 1.0
