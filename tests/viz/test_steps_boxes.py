"""Steps where sums of products are boxes: one step a box, in numbers that are those of `backward` to the last bit."""

from __future__ import annotations

import itertools
import re

import pytest

import microgrid as mg
import viz
from helpers.graphs import named, random_sums, several_results
from helpers.lecture_graphs import LECTURE_GRAPHS
from microgrid import Value, parameter
from viz.graph.folding import Unit, fold
from viz.graph.trace import read


def neuron(square: bool = False) -> Value:
    """L = (w₁x₁ + w₂x₂ + b − 4)² or, without the square, z alone."""
    w1, w2, b = parameter(2.0, "w1"), parameter(0.5, "w2"), parameter(1.0, "b")
    x1, x2, y = Value(3.0, "x1"), Value(-1.0, "x2"), Value(4.0, "y")
    z = named(w1 * x1 + w2 * x2 + b, "z")
    return named((z - y) ** 2, "L") if square else z


def captions(y: Value, **options: object) -> list[str]:
    return [frame.caption for frame in viz.steps(y, sums="merged", **options)]


# ---------------------------------------------------------------- what is said


def test_a_sum_of_products_is_one_step_in_numbers() -> None:
    _, forward, seed, backward, end = captions(neuron())
    assert forward == "z = w₁x₁ + w₂x₂ + b = 2 · 3 + 0.5 · (−1) + 1 = 6.5"
    assert seed == "∂z/∂z = 1: here the backward pass starts."
    assert backward.split("\n") == [
        "∂z/∂w₁ = ∂z/∂z · x₁ = 1 · 3 = 3",
        "∂z/∂x₁ = ∂z/∂z · w₁ = 1 · 2 = 2",
        "∂z/∂w₂ = ∂z/∂z · x₂ = 1 · (−1) = −1",
        "∂z/∂x₂ = ∂z/∂z · w₂ = 1 · 0.5 = 0.5",
        "∂z/∂b = ∂z/∂z · 1 = 1 · 1 = 1",
    ]
    assert end.split("\n")[1:] == ["∂z/∂w₁ = 3", "∂z/∂x₁ = 2", "∂z/∂w₂ = −1", "∂z/∂x₂ = 0.5", "∂z/∂b = 1"]


def test_minus_signs_constants_and_powers_stand_in_the_numbers() -> None:
    x, b = Value(-3.0, "x"), parameter(-1.0, "b")
    first, back = (captions(named(x * x - 2.0 * b - x, "y"))[k] for k in (1, 3))
    assert first == "y = x² − 2b − x = −3 · (−3) − 2 · (−1) − (−3) = 14"
    assert back.split("\n") == ["∂y/∂x = ∂y/∂y · (2x − 1) = 1 · (−7) = −7", "∂y/∂b = ∂y/∂y · (−2) = 1 · (−2) = −2"]


def test_what_came_before_is_added() -> None:
    w, x = parameter(2.0, "w"), Value(3.0, "x")
    y = named(named(w * x + x, "u") * named(w * x - w, "v"), "y")
    backward = [text for text in captions(y) if "= 18 +" in text]
    assert backward == [
        "∂y/∂w = 18 + ∂y/∂u · x = 18 + 4 · 3 = 18 + 12 = 30\n∂y/∂x = 18 + ∂y/∂u · (w + 1) = 18 + 4 · 3 = 18 + 12 = 30"
    ]


def test_a_factor_too_long_to_be_written_is_called_a_derivative_and_no_number() -> None:
    weights, inputs = ([Value(0.1 * k, f"{name}{k}") for k in range(1, 9)] for name in ("weight", "input"))
    x, b = Value(3.0, "x"), parameter(1.0, "b")
    factor = mg.dot(weights, inputs).exp()
    y = named(named(x * factor + b, "y") * 0.5, "L")
    lines = "\n".join(captions(y)).split("\n")
    assert any(line.startswith("∂L/∂x = ∂L/∂y · ∂y/∂x = 0.5 · ") for line in lines), lines


def test_pieces_are_steps_with_the_textbooks_formulas() -> None:
    ps = mg.softmax([Value(z, f"z{k}") for k, z in enumerate((5.0, 6.0, 11.0, 7.0), 1)])
    texts = captions(named(mg.nn.losses.cross_entropy(ps, 2), "L"))
    assert texts[1:6] == [
        "p = softmax(z), p₃ = e^z₃ / Σ e^zⱼ = 0.9732",
        "L = −log p₃ = 0.02716",
        "∂L/∂L = 1: here the backward pass starts.",
        "∂L/∂p₃ = ∂L/∂L · (−1/p₃) = 1 · (−1.028) = −1.028",
        "∂L/∂z₁ = ∂L/∂p₃ · (−p₃p₁) = −1.028 · (−0.002348) = 0.002412\n"
        "∂L/∂z₂ = ∂L/∂p₃ · (−p₃p₂) = −1.028 · (−0.006382) = 0.006557\n"
        "∂L/∂z₃ = ∂L/∂p₃ · p₃(1 − p₃) = −1.028 · 0.02608 = −0.02679\n"
        "∂L/∂z₄ = ∂L/∂p₃ · (−p₃p₄) = −1.028 · (−0.01735) = 0.01782",
    ]


def test_a_piece_says_all_its_results_and_what_comes_from_each() -> None:
    texts = captions(several_results())
    assert texts[1] == "p = softmax(z), pₖ = e^zₖ / Σ e^zⱼ = (0.00241, 0.00656, 0.973, 0.0178)"
    first = texts[-2].split("\n")[0]
    assert first.startswith("∂L/∂z₁ = 0.004825 · 0.002407 + 0.01311 · (−1.582e−5) + ")
    assert first.endswith(" = 0.0001357")


def test_no_step_has_a_number_that_no_lecture_would_write() -> None:
    """The engine's softmax subtracts a logsumexp: what it computes on the way is of no interest."""
    for name in ("softmax with cross-entropy", "xor"):
        for frame in viz.steps(LECTURE_GRAPHS[name][0](), sums="merged"):
            assert not re.search(r"e−\d\d|\bv\d|logaddexp|logsumexp", frame.caption)


def test_other_boxes_are_one_step_too() -> None:
    texts = captions(neuron(square=True))
    assert len(texts) == 1 + 3 + 1 + 3 + 1
    assert texts[6].split("\n") == [
        "∂L/∂z = ∂L/∂(z − y) · ∂(z − y)/∂z = 5 · 1 = 5",
        "∂L/∂y = ∂L/∂(z − y) · ∂(z − y)/∂y = 5 · (−1) = −5",
    ]


def test_of_many_operands_some_are_said() -> None:
    xs = [Value(k / 4, f"x{k}") for k in range(1, 10)]
    z = named(mg.dot([parameter(1.0, f"w{k}") for k in range(1, 10)], xs), "z")
    lines = captions(z)[3].split("\n")
    assert len(lines) == 6
    assert lines[-1] == "and 13 operands more"
    assert captions(z, lang="es")[3].split("\n")[-1] == "y 13 operandos más"


def test_a_scope_is_named_once() -> None:
    with mg.scope("layer0"):
        z = neuron()
    _, forward, _, backward, _ = captions(z)
    assert forward.startswith("layer0: z = w₁x₁")
    assert backward.count("layer0: ") == 1


def test_an_operand_that_changed_since_is_told() -> None:
    z = neuron()
    mg.graph.leaves(z)[0].data = 7.0
    assert captions(z)[1] == "z = w₁x₁ + w₂x₂ + b = 6.5, computed before an operand got another value"


def test_explain_takes_the_same_boxes() -> None:
    text = viz.explain(neuron(), sums="merged")
    assert "1  z = w₁x₁ + w₂x₂ + b = 2 · 3 + 0.5 · (−1) + 1 = 6.5\n" in text
    assert "z = w₁x₁ + w₂x₂ + b" not in viz.explain(neuron())  # of so few boxes each operation is one


def test_explain_writes_the_textbooks_steps_of_a_piece_if_asked() -> None:
    y = LECTURE_GRAPHS["softmax with cross-entropy"][0]()
    assert "p = softmax(z)" in viz.explain(y)
    text = viz.explain(y, pieces="textbook")
    assert "softmax" not in text
    assert "exp(z₁) = exp(5)" in text


def test_each_operation_is_a_step_if_that_is_asked_for() -> None:
    steps = viz.steps(neuron(), sums="merged", by="operation")
    assert sum(frame.phase == "forward" for frame in steps) == 4


# ---------------------------------------------------------------- one step a box


def boxes_of(y: Value) -> list[Unit]:
    trace = read(y)
    return [unit for unit in fold(trace, None, sums=True) if any(trace.nodes[i].op for i in unit.nodes)]


@pytest.mark.parametrize("name", ["perceptron", "xor by hand", "two-two-two", "attention"])
def test_one_step_forward_and_one_back_for_each_box(name: str) -> None:
    y = LECTURE_GRAPHS[name][0]()
    steps, boxes = viz.steps(y, sums="merged"), boxes_of(y)
    owner = {i: unit.last for unit in boxes for i in unit.nodes}
    forward = [frame for frame in steps if frame.phase == "forward"]
    backward = [frame for frame in steps if frame.phase == "backward"]
    assert sorted(owner[frame.active[-1]] for frame in forward) == sorted(unit.last for unit in boxes)
    assert sorted({owner[edge.node] for edge in frame.edges}.pop() for frame in backward) == sorted(
        unit.last for unit in boxes
    )
    assert all(len({owner[edge.node] for edge in frame.edges}) == 1 for frame in backward)


# ---------------------------------------------------------------- the numbers


@pytest.mark.parametrize("block", range(10))
def test_gradients_are_those_of_backward_to_the_last_bit_and_steps_come_in_turn(block: int) -> None:
    apart = 0
    for seed in range(10 * block, 10 * block + 10):
        leaves, y = random_sums(seed)
        y.backward()
        nodes = mg.graph.order(y)
        place = {v: i for i, v in enumerate(nodes)}
        steps = viz.steps(y, sums="merged", max_nodes=None)
        assert any("\n" in frame.caption for frame in steps if frame.phase == "backward")
        assert steps[-1].grads == tuple(None if v.role == "constant" else v.grad for v in nodes)
        known = {i for i, v in enumerate(nodes) if not v.op}
        for frame in steps:
            if frame.phase == "forward":
                for i in frame.active:
                    assert {place[parent] for parent in nodes[i].parents} <= known
                    known.add(i)
            if frame.phase == "backward":  # what is passed on is complete
                grads = frame.grads
                assert all(grads[i] == nodes[i].grad for i, _ in frame.edges)
        order = [i for frame in steps if frame.phase == "forward" for i in frame.active]
        apart += order != list(read(y).operations)
        leaf = next(leaf for leaf in leaves if leaf in place)
        at, grad, step = leaf.data, leaf.grad, 1e-6
        ends = []
        for x in (at - step, at + step):
            leaf.data = x
            mg.recompute(y)
            ends.append(y.data)
        assert (ends[1] - ends[0]) / (2 * step) == pytest.approx(grad, rel=1e-4, abs=1e-4)
    assert apart > 5


LINE = re.compile(
    r"(?P<target>∂\S+/∂(\(.*?\)|\S+)) = .*? = "
    r"((?P<before>\S+) \+ (?P<added>\S+) = )?(?P<after>\S+)(?P<more> so far)?(   \(.*\))?$"
)


def number(text: str) -> float:
    return float(text.replace("−", "-").strip("()"))


def test_each_line_adds_to_what_was_said_before_and_ends_with_the_gradient() -> None:
    """Captions are read again, with 12 digits: nothing but the frames' own numbers is believed."""
    checked = 0
    for seed in range(12):
        _, y = random_sums(seed)
        y.backward()
        steps = viz.steps(y, sums="merged", max_nodes=None, precision=12)
        assert len(steps) > 3
        for before, frame in itertools.pairwise(steps):
            changed = {i for i in frame.active if frame.phase == "backward"}
            ends: dict[str, float] = {}
            for line in frame.caption.split("\n") if changed else []:
                if line.startswith("and "):
                    continue
                found = LINE.match(line)
                assert found is not None, line
                after = number(found["after"])
                if found["before"]:
                    assert number(found["before"]) + number(found["added"]) == pytest.approx(after, abs=1e-9)
                ends[found["target"]] = after  # the last that is added
                if not found["more"]:
                    finished = [steps[-1].grads[i] for i in changed]
                    assert any(end == pytest.approx(after, rel=1e-10, abs=1e-11) for end in finished), line
            for end in ends.values():
                assert any(frame.grads[i] == pytest.approx(end, rel=1e-10, abs=1e-11) for i in changed), frame.caption
                checked += 1
            assert all(before.grads[i] != frame.grads[i] or not frame.grads[i] for i in changed)
    assert checked > 200
