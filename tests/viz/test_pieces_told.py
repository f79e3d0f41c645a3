"""What pieces say: what is known of their operands, formulas for every case, and the textbook's steps."""

import math

import pytest

import microgrid as mg
import viz
from helpers.graphs import PS, ZS, named, several
from helpers.pictures import box, groups, says, texts
from microgrid import Value, nn

losses = nn.losses

KNOWN = {
    "mean": (lambda: mg.mean(several(*ZS, name="x")), "m = 1/3 Σ xᵢ"),
    "mean of what": (lambda: mg.mean([Value(1.0, "a"), Value(2.0, "b")]), "m = 1/2 (a + b)"),
    "mean with a number": (lambda: mg.mean([*several(*ZS, name="x"), 2.0]), "m = 1/4 (x₁ + x₂ + x₃ + …)"),
    "yes": (lambda: losses.bce(Value(0.3, "yhat"), 1), "L = −log ŷ"),
    "no": (lambda: losses.bce(Value(0.3, "yhat"), 0), "L = −log(1 − ŷ)"),
    "perhaps": (lambda: losses.bce(Value(0.3, "yhat"), 0.5), "L = −(y log ŷ + (1 − y) log(1 − ŷ))"),
    "told": (lambda: losses.bce(Value(0.3, "yhat"), Value(1.0, "y")), "L = −(y log ŷ + (1 − y) log(1 − ŷ))"),
    "yes, a logit": (lambda: losses.bce_with_logits(Value(0.3, "z"), 1), "L = −log σ(z)"),
    "no, a logit": (lambda: losses.bce_with_logits(-Value(0.3, "z"), 0), "L = −log(1 − σ(z))"),
    "class": (lambda: losses.cross_entropy(several(*PS, name="p"), 2), "L = −log p₃"),
    "distribution": (lambda: losses.cross_entropy(several(*PS, name="p"), [0.5, 0.25, 0.25]), "L = −Σ y log p"),
    "squares": (
        lambda: losses.half_mse(several(*ZS, name="o"), several(*PS, name="t"), reduction="sum"),
        "L = ½ Σ (oᵢ − tᵢ)²",
    ),
    "mean of halves": (lambda: losses.half_mse(several(*ZS, name="o"), [1.0, 2.0, 3.0]), "L = 1/6 Σ (oᵢ − yᵢ)²"),
    "one square": (lambda: losses.mse(Value(0.3, "o"), 2.0), "L = (o − 2)²"),
    "distances": (lambda: losses.mae(several(*ZS), several(*PS, name="y")), "L = 1/3 Σ |zᵢ − yᵢ|"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_piece_says_what_is_known_of_its_operands(name):
    make, formula = KNOWN[name]
    v = make()
    assert formula in [line for group in groups(viz.draw(v), "node") for line in texts(group)]
    forward = [frame.caption for frame in viz.steps(v) if frame.phase == "forward"]
    assert any(caption.startswith(f"{formula} = ") for caption in forward)


def test_the_variance_of_a_batch_says_what_it_is_the_mean_of():
    xs, mu = several(1.0, 2.0, 6.0, name="x"), Value(3.0, "mu")
    shown = [line for g in groups(viz.draw(mg.mean([(x - mu) ** 2 for x in xs])), "node") for line in texts(g)]
    assert "m = 1/3 Σ (xᵢ − μ)²" in shown


def normalised(features=1):
    rows = [[1.0, 3.0], [2.0, 2.0], [4.0, 7.0], [5.0, 1.0]]
    outputs = nn.BatchNorm(features).batch([row[:features] for row in rows])
    return losses.mse([v for row in outputs for v in (row if features > 1 else [row])], [0.0, 1.0, 0.0, 2.0] * features)


def test_over_samples_mean_variance_and_loss_say_what_was_computed(tmp_path):
    """Their operands differ in what is raised, the sample, which no index below tells."""
    loss = normalised()
    loss.backward()
    shown = says(viz.draw(loss), "node")
    assert {"μ = 1/4 Σ x₁⁽ⁱ⁾", "var = 1/4 Σ (x₁⁽ⁱ⁾ − μ)²", "L = 1/4 Σ (y⁽ⁱ⁾ − t⁽ⁱ⁾)²"} <= set(shown)
    captions = " ".join(frame.caption for frame in viz.steps(loss))
    assert "Σ x =" not in captions
    assert "var = 1/4 Σ (x₁⁽ⁱ⁾ − μ)² = 2.5" in captions
    viz.draw(loss).save(tmp_path / "graph.tex")
    assert r"var = 1/4 \(\Sigma{}\) (\(x_{1}^{(i)}\) \(-\) \(\mu{}\))\(^{2}\)" in (tmp_path / "graph.tex").read_text()


def test_predictions_called_y_have_targets_called_t_and_two_variances_an_index():
    shown = says(viz.draw(normalised(2)), "node")
    assert "L = 1/n Σ (y − t)²" in shown
    assert any(line.startswith("var₁ = 1/4 Σ (x₁⁽ⁱ⁾ − μ₁)²") for line in shown), shown


def test_a_mean_of_what_differs_names_its_terms_and_never_x():
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "c")
    means = {
        "m = 1/3 (a · b + c + a)": [a * b, c, a],
        "m = 1/4 (a + … + b + c)": [a, (a * b + c * b).tanh() * c + b * c, b, c],
    }
    for formula, terms in means.items():
        shown = says(viz.draw(mg.mean(terms), sums="separate"), "node")
        assert formula in shown, shown


def test_the_alt_text_has_the_formula_for_every_target():
    loss = losses.bce(Value(0.3, "yhat"), 1)
    assert "L = −(y log ŷ + (1 − y) log(1 − ŷ))" in viz.draw(loss)._scene.description


def seeded():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    h, k = a * b, a + b
    root = named(mg.mean([h, k]), "L")
    root.backward(2.0)
    return root, a, h, k


def test_in_the_textbooks_steps_nodes_keep_the_gradients_of_another_seed():
    root, *_ = seeded()
    for pieces in ("named", "textbook"):
        lines = [text for text in says(viz.draw(root, pieces=pieces), "node") if text.startswith("grad ")]
        whole = sorted(float(text.split()[1]) for text in lines)
        assert whole == ([1.0, 1.0, 2.0, 2.0, 3.0] if pieces == "named" else [1.0, 1.0, 1.0, 2.0, 2.0, 3.0])
    fresh = mg.mean([Value(1.0, "a"), Value(2.0, "b") * 2])
    assert not any("grad" in text for text in says(viz.draw(fresh, pieces="textbook"), "node"))


def test_nodes_of_the_graph_can_be_named_in_the_textbooks_steps():
    root, a, h, k = seeded()
    figure = viz.draw(root, pieces="textbook", highlight=iter([h]))
    assert figure.svg() != viz.draw(root, pieces="textbook").svg()
    assert viz.draw(root, pieces="textbook", path=(a, k)).svg()
    near = says(viz.draw(root, pieces="textbook", around=k, radius=1), "node")
    assert "a + b" in near
    assert "a · b" not in near
    named_ones = " ".join(says(viz.draw(root, pieces="textbook", labels="names"), "node"))
    assert "k = a + b" in named_ones
    assert len(viz.steps(root, pieces="textbook", path=(a, k))) > 3
    mg.name({"k": k})
    assert "k = a + b" in " ".join(says(viz.draw(root, pieces="textbook"), "node"))


def test_numbers_and_repeated_operands_have_their_share_in_the_formula():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    assert "L = 1/n Σ (ŷ − y)²" in box(viz.draw(losses.mse([1.0, a], [2.0, 3.0])))
    assert "p₃ = e^z₃ / Σ e^zⱼ" in box(viz.draw(mg.softmax([a, 2.0, b])[2]))
    assert "p₃ = e^z₃ / Σ e^zⱼ" in box(viz.draw(mg.softmax([a, a, b])[2]))
    assert says(viz.draw(mg.mean([a, a])), "local") == ["1"]
    assert sorted(says(viz.draw(mg.mean([a, a, b])), "local")) == ["0.6667", "1/3 = 0.3333"]


def test_a_logit_that_is_no_number_is_drawn():
    with mg.errstate(domain="ieee"):
        root = mg.sum(mg.softmax([Value(1.0, "a"), math.nan, Value(2.0, "b")]))
        assert viz.draw(root).svg()
        assert viz.steps(root).html()


def test_the_letter_of_numbers_that_are_targets_is_not_that_of_the_predictions() -> None:
    y = [Value(1.0, "y1"), Value(3.0, "y2")]
    loss = losses.mse(y, [1.0, 0.0])
    loss.label = "L"
    loss.backward()
    shown = viz.draw(loss).svg()
    assert "L = 1/2 Σ (yᵢ − tᵢ)²" in shown


def test_a_caption_of_a_loss_of_several_outputs_has_its_local_derivatives() -> None:
    y = [Value(1.5, "y1"), Value(3.0, "y2"), Value(2.0, "y3")]
    loss = losses.mse(y, [1.0, 0.0, 7.0])
    loss.label = "L"
    loss.backward()
    captions = "\n".join(frame.caption for frame in viz.steps(loss))
    assert "∂L/∂L · ∂L/∂" not in captions
    assert "∂L/∂y₁ = ∂L/∂L · 2(y₁ − 1)/3 = 1 · 0.3333" in captions
    assert "∂L/∂y₂ = ∂L/∂L · 2y₂/3 = 1 · 2" in captions


def test_the_textbooks_steps_say_what_overflows():
    p = mg.softmax(several(1000.0, 1.0))[0]
    assert "e^1000 overflows in the textbook's softmax" in says(viz.draw(p, pieces="textbook"), "node")
    assert "e^1000 overflows in the textbook's softmax" in viz.explain(p, pieces="textbook")
    assert "desborda" in viz.explain(p, pieces="textbook", lang="es")
    assert "overflows" not in viz.explain(mg.softmax(several(1.0, 2.0))[0], pieces="textbook")
