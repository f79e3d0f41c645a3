"""Steps: the walk's order, its numbers against the engine's, and what the captions say."""

import struct
from collections.abc import Callable

import pytest

import microgrid as mg
import viz
from helpers.graphs import GRAPHS, lecture, named, reuse
from helpers.walks import captions, tangle
from microgrid import Value, graph, parameter


def bits(x: float) -> bytes:
    return struct.pack("<d", x)


def by_label(y: Value, frame: viz.Frame) -> dict[str, float | None]:
    """The gradients of a frame under the labels of the graph."""
    return {v.label: grad for v, grad in zip(graph.order(y), frame.grads, strict=True)}


# ---------------------------------------------------------------- the lecture


def test_the_lecture_is_walked_as_on_the_slide() -> None:
    assert captions(lecture()) == [
        "The leaves have their values; nothing has been computed yet.",
        "z = w · x = 2 · 3 = 6",
        "ŷ = z + b = 6 + 1 = 7",
        "e = ŷ − y = 7 − 9 = −2",
        "L = e² = (−2)² = 4",
        "∂L/∂L = 1: here the backward pass starts.",
        "∂L/∂e = ∂L/∂L · ∂L/∂e = 1 · (−4) = −4",
        "∂L/∂ŷ = ∂L/∂e · ∂e/∂ŷ = −4 · 1 = −4",
        "∂L/∂y = ∂L/∂e · ∂e/∂y = −4 · (−1) = 4",
        "∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z = −4 · 1 = −4",
        "∂L/∂b = ∂L/∂ŷ · ∂ŷ/∂b = −4 · 1 = −4",
        "∂L/∂w = ∂L/∂z · ∂z/∂w = −4 · 3 = −12",
        "∂L/∂x = ∂L/∂z · ∂z/∂x = −4 · 2 = −8",
        "All gradients are known.\n"
        "∂L/∂w = −4 · 1 · 1 · 3 = −12\n"
        "∂L/∂x = −4 · 1 · 1 · 2 = −8\n"
        "∂L/∂b = −4 · 1 · 1 = −4\n"
        "∂L/∂y = −4 · (−1) = 4",
    ]


def test_a_frame_knows_what_has_been_computed_so_far() -> None:
    y = lecture()
    steps = viz.steps(y)
    labels = [v.label for v in graph.order(y)]

    def known(numbers: tuple[float | None, ...]) -> set[str]:
        return {label for label, x in zip(labels, numbers, strict=True) if x is not None}

    assert [known(frame.data) - set("wxby") for frame in steps[:5]] == [set(), {"z"}, {*"zŷ"}, {*"zŷe"}, {*"zŷeL"}]
    assert all(known(frame.data) == set(labels) for frame in steps[5:])
    assert [known(frame.grads) for frame in steps[4:8]] == [set(), {"L"}, {"L", "e"}, {"L", "e", "ŷ"}]
    assert [frame.index for frame in steps] == list(range(14))
    assert [frame.phase for frame in steps] == ["start", *["forward"] * 4, "seed", *["backward"] * 7, "end"]
    assert steps[11].node == labels.index("z")
    assert steps[11].operand == 0
    assert [labels[i] for i in steps[11].active] == ["w"]
    assert steps[11].edges == ((labels.index("z"), 0),)
    assert (steps[0].node, steps[13].node, steps[0].operand, steps[1].operand) == (None, None, None, None)
    assert steps[3].edges == ((labels.index("e"), 0), (labels.index("e"), 1))


def test_reuse_adds_up_as_it_happens() -> None:
    x = Value(3.0, "x")
    p = named(x * x, "p")
    y = named(p + x, "y")
    said = captions(y, "backward")
    assert said[1:] == [
        "∂y/∂x = ∂y/∂y · ∂₂y = 1 · 1 = 1 so far   (∂₂y: with respect to operand 2 alone)",
        "∂y/∂x = 1 + ∂y/∂p · ∂₁p = 1 + 1 · 3 = 1 + 3 = 4 so far   (∂₁p: with respect to operand 1 alone)",
        "∂y/∂x = 4 + ∂y/∂p · ∂₂p = 4 + 1 · 3 = 4 + 3 = 7   (∂₂p: with respect to operand 2 alone)",
    ]
    assert [by_label(y, frame)["x"] for frame in viz.steps(y)[5:8]] == [1, 4, 7]
    assert captions(y, "end") == ["All gradients are known.\n∂y/∂x = 1 · 3 + 1 · 3 + 1 = 3 + 3 + 1 = 7"]


def test_the_reused_weight_of_the_lecture_has_the_term_that_the_slide_forgets() -> None:
    """∂ŷ/∂w1 = (z1 + z2) + w1·(x + w2·x) at x = 1.5, w1 = 0.8, w2 = −0.5: by hand −0.15 + 0.8·0.75 = 0.45."""
    last = viz.steps(reuse(), labels="plain")[-1]
    assert by_label(reuse(), last)["w1"] == pytest.approx(0.45, rel=1e-15)
    (line,) = [line for line in last.caption.splitlines() if line.startswith("∂ŷ/∂w1")]
    assert line.endswith("= 0.45")
    terms = [float(term.strip("()").replace("−", "-")) for term in line.split(" = ")[-2].split(" + ")]
    assert sorted(terms) == [-0.6, -0.15, 1.2]  # through z2, directly, through z1


def test_spanish() -> None:
    said = captions(lecture(), lang="es")
    assert said[0].startswith("Las hojas tienen sus valores")
    assert said[1] == "z = w · x = 2 · 3 = 6"
    assert said[-1].startswith("Se conocen todos los gradientes.\n∂L/∂w = −4 · 1 · 1 · 3 = −12")


# ---------------------------------------------------------------- against the engine


@pytest.mark.parametrize("by", ["operation", "neuron"])
@pytest.mark.parametrize("make", [*GRAPHS.values(), *(lambda seed=seed: tangle(seed) for seed in range(20))])
def test_the_last_gradients_are_the_engines_to_the_last_bit(make: Callable[[], Value], by: str) -> None:
    y = make()
    for v in graph.order(y):
        v.grad = 0.0
    steps = viz.steps(y, by=by)
    y.backward()
    grads = steps[len(steps) - 1].grads
    compared = 0
    for v, grad in zip(graph.order(y), grads, strict=True):
        assert (grad is None) == (v.role == "constant")
        if grad is not None:
            assert bits(grad + 0.0) == bits(v.grad)
            compared += 1
    assert compared > 1
    assert [bits(x) for x in steps[len(steps) - 1].data] == [bits(v.data) for v in graph.order(y)]


def test_the_order_of_the_contributions_matters() -> None:
    """Or the test above would prove less: 1 + 1e16 − 1e16 is 0 or 1, by the order in which it is added."""
    x = parameter(1.0, "x")
    first, second, third = x * 1.0, x * 1e16, x * -1e16
    y = (first + second) + third  # the walk meets the newest operation first: −1e16, then 1e16, then 1
    steps = viz.steps(y)
    assert [by_label(y, frame)["x"] for frame in steps if frame.phase == "backward"][-3:] == [-1e16, 0.0, 1.0]
    first, second, third = x * 1e16, x * 1.0, x * -1e16
    y = (third + second) + first
    assert by_label(y, viz.steps(y)[-1])["x"] == 0.0
    y.backward()
    assert x.grad == 0.0


def test_a_custom_operation_of_three_operands_passes_on_to_each() -> None:
    blend = mg.custom_op(
        "blend_in_steps", value=lambda a, b, t: a + t * (b - a), partials=lambda a, b, t: (1 - t, t, b - a)
    )
    a, b, t = Value(2.0, "a"), Value(10.0, "b"), Value(0.25, "t")
    y = named(blend(a, b, t), "y")
    assert captions(y)[1] == "y = blend_in_steps(a, b, t) = blend_in_steps(2, 10, 0.25) = 4"
    assert by_label(y, viz.steps(y)[-1]) == {"a": 0.75, "b": 0.25, "t": 8.0, "y": 1.0}


@pytest.mark.filterwarnings("ignore:.* a second time adds")
def test_the_graph_and_its_gradients_stay_as_they_are() -> None:
    y = lecture()
    y.backward()  # a second time: the leaves have twice their derivative
    before = {v: (v.data, v.grad, v.label) for v in graph.order(y)}
    steps = viz.steps(y)
    assert [frame.caption for frame in steps][11] == "∂L/∂w = ∂L/∂z · ∂z/∂w = −4 · 3 = −12"
    assert {v: (v.data, v.grad, v.label) for v in graph.order(y)} == before
    for v in before:
        v.data, v.label = 99.0, "later"
    assert steps[1].caption == "z = w · x = 2 · 3 = 6"


def test_nothing_is_passed_on_from_zero_even_to_infinity() -> None:
    x = Value(0.0, "x")
    y = named(named(x.sqrt(), "r") * Value(0.0, "k"), "y")  # d√x/dx at 0 is inf, and 0 · inf is nan
    steps = viz.steps(y)
    assert by_label(y, steps[-1])["x"] == 0.0
    assert [c for c in captions(y, "backward") if "∂y/∂x" in c] == ["∂y/∂r = 0: nothing is passed on, ∂y/∂x stays 0."]
    assert "∂y/∂x = 0" in steps[-1].caption


def test_infinite_numbers_are_written() -> None:
    with mg.errstate(domain="ieee"):
        y = named(named(Value(0.0, "x").log(), "l") * Value(2.0, "k"), "y")
    assert captions(y, "forward") == ["l = log(x) = log(0) = −∞", "y = l · k = −∞ · 2 = −∞"]
    assert "∂y/∂x = ∂y/∂l · ∂l/∂x = 2 · ∞ = ∞" in captions(y, "backward")


# ---------------------------------------------------------------- the sequence and its options


def test_steps_is_a_sequence() -> None:
    steps = viz.steps(lecture())
    assert len(steps) == 14
    assert steps[-1] == steps[13]
    assert [frame.index for frame in steps[2:8:3]] == [2, 5]
    assert steps[3] in steps
    assert repr(steps) == "<Steps of L: 14 frames>"
    with pytest.raises(IndexError):
        steps[14]


def test_a_single_value_has_nothing_to_step_through() -> None:
    frames = list(viz.steps(Value(3.0, "x")))
    assert [frame.phase for frame in frames] == ["start", "seed", "end"]
    assert frames[-1].grads == (1.0,)
    assert frames[-1].caption == "All gradients are known."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "sample"}, '"auto", "operation", "neuron" or "layer"'),
        ({"lang": "fr"}, '"en" or "es"'),
        ({"theme": "blue"}, "lecture"),
    ],
)
def test_a_wrong_choice_is_told_the_others(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        viz.steps(lecture(), **options)


def test_an_unknown_option_is_told_the_known_ones() -> None:
    with pytest.raises(TypeError, match=r"no option 'colour': there are by, rankdir, theme, .*, slide, .*, view$"):
        viz.steps(lecture(), colour="red")
    with pytest.raises(TypeError, match="expected a Value, the result of a computation, got"):
        viz.steps(3.0)
    with pytest.raises(viz.TooLarge, match="8 nodes"):
        viz.steps(lecture(), max_nodes=7)


def test_explain_is_the_same_walk() -> None:
    lines = viz.explain(lecture()).splitlines()
    assert len(lines) == 18
    assert lines[1] == " 1  z = w · x = 2 · 3 = 6"
    assert lines[14] == "    ∂L/∂w = −4 · 1 · 1 · 3 = −12"
    assert "0.333333" in viz.explain(named(Value(1.0, "a") / Value(3.0, "b"), "y"), precision=6)


def test_a_long_chain_is_explained_without_recursion_or_the_square_of_its_length() -> None:
    x = Value(0.001, "x")
    v = x
    for _ in range(5000):
        v = v + x
    lines = viz.explain(named(v, "y"), sums="separate").splitlines()
    assert len(lines) == 1 + 5000 + 1 + 10_000 + 2
    assert lines[-1].strip() == "∂y/∂x = 5001, a sum over 5001 paths"


def test_more_paths_than_floats_can_count() -> None:
    v = Value(1.0, "x")
    for _ in range(1100):
        v = (v + v) * 0.5
    assert viz.explain(named(v, "y")).endswith("∂y/∂x = 1, a sum over > 1e308 paths")


def test_captions_name_nodes_as_mathematics_does() -> None:
    assert viz.steps(Value(2.0, "w1") * Value(3.0, "xhat"))[1].caption == "w₁ · x\u0302 = 2 · 3 = 6"


def test_the_layout_of_a_page_has_the_limit_of_time_that_was_asked_for(monkeypatch):
    limits, run = [], viz.drawing.layout.engines.run
    monkeypatch.setattr(viz.drawing.layout.engines, "run", lambda *given: limits.append(given[2]) or run(*given))
    viz.steps(Value(2.0, "x") * 3.0, timeout=7.0).html()
    assert set(limits) == {7.0}


def test_a_frame_that_is_not_there():
    walked = viz.steps(Value(2.0, "x") * 3.0)
    assert walked.svg(-1) == walked.svg(len(walked) - 1)
    for k in (len(walked), -len(walked) - 1):
        with pytest.raises(IndexError, match=f"frame {k} of {len(walked)}: they are numbered from 0"):
            walked.svg(k)


def test_colours_of_gradients_that_are_not_there():
    with pytest.warns(UserWarning, match=r"call backward\(\) first") as warned:
        viz.draw(Value(2.0, "x") * 3.0, color_by="grad").svg()
    assert [warning.filename for warning in warned] == [__file__]
