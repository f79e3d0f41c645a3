"""A node is called the same in the picture, the captions, the page, the routes and the proof."""

from __future__ import annotations

import json
import re

import pytest

import microgrid as mg
import viz
from helpers.graphs import named
from microgrid import Value, nn, parameter, verify
from microgrid.graph import order
from microgrid.naming.names import names
from viz.words.labels import unicode_name


def page_nodes(steps: viz.Steps) -> list[dict]:
    """What the page is told of each node."""
    found = re.search(r'<script type="application/json" id="graph">(.*?)</script>', steps.html(verify=False), re.S)
    return json.loads(found[1])["nodes"]


def shown(figure: viz.Figure) -> str:
    return "\n".join(re.findall(r"<text[^>]*>([^<]*)</text>", figure.svg()))


def line() -> Value:
    w, x, b, y = parameter(2.0, "w"), Value(3.0, "x"), parameter(1.0, "b"), Value(9.0, "y")
    loss = named((w * x + b - y) ** 2, "L")
    loss.backward()
    return loss


def test_the_picture_the_caption_and_the_page_say_the_same_of_the_loss() -> None:
    loss = line()
    steps = viz.steps(loss)
    said = "L = (w · x + b − y)²"
    assert said in shown(viz.draw(loss))
    assert any(frame.caption.startswith(said) for frame in steps)
    assert page_nodes(steps)[-1]["heading"] == said
    assert page_nodes(steps)[-1]["made"] == "(w · x + b − y)²"


def both_ways() -> Value:
    w, x, b, y = parameter(2.0, "w"), Value(3.0, "x"), parameter(1.0, "b"), Value(9.0, "y")
    return named((w * x + b - y) * w, "L")


def network() -> tuple[nn.MLP, Value]:
    model = nn.MLP(2, [2, 1], activation="tanh")
    y = named(model([0.5, -1.0]), "y")
    y.backward()
    return model, y


def test_every_weight_has_one_name_in_all_that_is_shown() -> None:
    model, y = network()
    called = names(y)
    picture = shown(viz.draw(y))
    steps = viz.steps(y)
    captions = "\n".join(frame.caption for frame in steps)
    on_page = [node["name"] for node in page_nodes(steps)]
    report = verify(y).text()
    for p in model.parameters():
        typeset = unicode_name(called[p])
        assert typeset in picture
        assert f"∂y/∂{typeset}" in captions
        assert typeset in on_page
        assert f"∂y/∂{called[p]} = " in report
    assert "w₂₁⁽¹⁾" in on_page
    assert not re.search(r"\bv\d+\b", picture + captions + "".join(on_page) + report)


def twice() -> Value:
    """Of a batch normalisation: the centred sample is recorded twice."""
    x, mu, sd = Value(1.0, "x"), Value(3.5, "mu"), Value(2.0, "sd")
    y = named((x - mu) ** 2 + (x - mu) / sd, "L")
    y.backward()
    return y


def test_a_formula_that_stands_twice_cannot_be_read_as_a_power() -> None:
    y = twice()
    boxes, steps = shown(viz.draw(y)).splitlines(), viz.steps(y)
    captions = "\n".join(frame.caption for frame in steps)
    assert {"x − μ", "(x − μ)²", "(x − μ)₍₂₎", "(x − μ) / sd"} <= set(boxes)
    assert "(x − μ)² = (−2.5)² = 6.25" in captions
    assert "∂L/∂(x − μ)₍₂₎ = " in captions
    assert "(x - mu)_(2)" in names(y).values()
    assert {"x − μ", "(x − μ)₍₂₎", "(x − μ)²"} <= {node["name"] for node in page_nodes(steps)}
    assert "⁽" not in "".join(boxes) + captions
    assert r"_{(2)}" in viz.draw(y).tikz()


def test_a_report_has_the_same_name_in_every_format() -> None:
    _, y = network()
    report = verify(y)
    assert "w21^(1)" in report.text()
    assert "w21\\^(1)" in report.markdown() or "w21^(1)" in report.markdown()
    assert "w21^(1)" in report.html()
    assert r"\partial w_{21}^{(1)}" in report.latex()
    assert "}^{2}^" not in report.latex()  # no second superscript on one letter


def test_squares_of_names_that_have_something_raised_are_latex() -> None:
    model = nn.MLP(1, [1])
    y = named(model([2.0]) ** 2, "y")
    assert not re.search(r"(?<!\})\^\{\(\d\)\}\^", verify(y).latex())


def test_the_command_calls_the_result_what_the_proof_calls_it(capsys, tmp_path) -> None:
    from microgrid.cli.commands import main

    main(["draw", "w*x", "w=2", "x=3", "-o", str(tmp_path / "a.svg")])
    assert capsys.readouterr().out.startswith("w*x = 6\n")
    main(["verify", "w*x", "w=2", "x=3"])
    out = capsys.readouterr().out
    assert out.startswith("w*x = 6.0 (")
    assert "∂(w*x)/∂w = x = 3" in out


def test_a_route_passes_results_by_their_names() -> None:
    assert "w → w · x → w · x + b → w · x + b − y" in shown(viz.draw(both_ways(), path="w"))


def test_spellings_that_would_look_the_same_are_not_typeset() -> None:
    y = named(Value(1.0, "w1") * Value(2.0, "w_1"), "y")
    assert {"w1", "w_1"} <= {text.split(" = ")[0] for text in shown(viz.draw(y)).splitlines()}


# ---------------------------------------------------------------- the caller's variables


def test_a_picture_takes_the_variables_of_its_caller_when_asked() -> None:
    slope, point = Value(2.0), Value(3.0)
    result = slope * point
    assert "result = slope · point" in shown(viz.draw(result, labels="names"))
    assert "slope" not in shown(viz.draw(result))  # nothing was noted
    assert [v.label for v in order(result)] == ["", "", ""]


def test_a_walk_takes_them_too_and_a_label_wins() -> None:
    slope, point = Value(2.0, "w"), Value(3.0)
    result = slope * point
    assert viz.steps(result, labels="names")[1].caption == "result = w · point = 2 · 3 = 6"


outside = Value(3.0)


def test_of_a_nested_function_its_own_variables_go_before_those_of_the_module() -> None:
    w = Value(2.0)

    def inside() -> str:
        y = w * outside
        z = y
        return shown(viz.draw(z, labels="names"))

    assert "y = w · outside" in inside()


def test_names_are_noted_where_name_is_called() -> None:
    w, rate = [Value(2.0), Value(3.0)], [[Value(4.0)]]
    _hidden = Value(5.0)
    known = Value(1.0, "k")
    y = w[0] * w[1] + rate[0][0] * _hidden + known
    given = mg.name(locals())
    assert sorted(given) == ["rate[0][0]", "w0", "w1", "y"]
    assert names(y)[y] == "y"
    assert [names(y)[v] for v in (w[0], rate[0][0], known)] == ["w0", "rate[0][0]", "k"]
    assert all(v.label == "" for v in (*w, y))
    assert mg.name({"other": y}) == {}  # of two names the first
    z = y * 2
    assert mg.name({"first": z, "second": z}) == {"first": z}
    assert "w₀ · w₁" in shown(viz.draw(y))


def test_weights_of_a_layer_keep_their_names_where_variables_hold_them() -> None:
    model, y = network()
    for p in model.parameters():
        weight = p
    mg.name(locals())
    assert names(y)[weight] == "b1^(2)"


def test_name_wants_variables_by_name() -> None:
    with pytest.raises(TypeError, match=r"microgrid\.name\(locals\(\)\), got list"):
        mg.name([Value(1.0)])


def test_the_command_takes_the_variables_of_a_script(tmp_path) -> None:
    from microgrid.cli.commands import main

    script = tmp_path / "lesson.py"
    script.write_text("from microgrid import Value\nslope, point = Value(2.0), Value(3.0)\nloss = slope * point\n")
    main(["draw", f"{script}:loss", "--labels", "names", "-o", str(tmp_path / "a.svg")])
    assert "loss = slope · point" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_leaves_without_a_name_count_as_they_were_made_and_biases_are_b() -> None:
    x1, x2, target = Value(0.0), Value(1.0), Value(1.0)
    hidden = [mg.tanh(parameter(0.5) * x1 + parameter(-0.3) * x2 + parameter(0.1)) for _ in range(2)]
    y = parameter(0.7) * hidden[0] + parameter(-0.9) * hidden[1] + parameter(0.2)
    called = names(target * y)
    assert [called[v] for v in (x1, x2, target)] == ["x1", "x2", "x3"]
    parameters = sorted((v for v in called if v.role == "parameter"), key=lambda v: v._serial)
    assert [called[v] for v in parameters] == ["w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3"]


def test_the_only_bias_is_b_and_what_is_multiplied_too_is_none() -> None:
    w, b, x = parameter(2.0), parameter(1.0), Value(3.0)
    assert names(w * x + b)[b] == "b"
    assert names((w * x + b) * b)[b] == "w2"


def test_the_zero_that_sum_begins_with_is_in_no_formula() -> None:
    w, x = [parameter(float(k), f"w{k}") for k in (1, 2, 3)], [Value(float(k), f"x{k}") for k in (1, 2, 3)]
    y = sum(a * b for a, b in zip(w, x, strict=True))
    loss = named((y - 1.0) ** 2, "L")
    loss.backward()
    for sums in ("merged", "separate"):
        assert not re.search(r"\b0 \+ .* \+", shown(viz.draw(loss, sums=sums)))
    merged = shown(viz.draw(loss, sums="merged")).splitlines()
    assert "w₁x₁ + w₂x₂ + w₃x₃ − 1" in "\n".join(merged)
    assert "0" not in merged  # nor has it a box
