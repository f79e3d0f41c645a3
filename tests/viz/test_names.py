"""Labels as mathematics writes them, in every format, and left alone where they are words."""

import unicodedata

import pytest

import microgrid as mg
import viz
from helpers.graphs import HOSTILE, named
from microgrid import Value, parameter
from viz.style.scripts import LOWERED
from viz.words.labels import GREEK, unicode_name


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("w1", "w₁"),
        ("w_1", "w₁"),
        ("w12", "w₁₂"),
        ("w_ij", "wᵢⱼ"),
        ("x_t", "xₜ"),
        ("yhat", "ŷ"),
        ("y_hat", "ŷ"),
        ("yhat1", "ŷ₁"),
        ("xbar", "x\u0304"),
        ("alpha", "α"),
        ("beta0", "β₀"),
        ("lambda", "λ"),
        ("θ1", "θ₁"),
        ("θ_12", "θ₁₂"),
        ("Δ_t", "Δₜ"),
        ("µ_1", "µ₁"),
        ("βhat", "β̂"),
        ("θ1*x + θ0", "θ₁*x + θ₀"),
        ("Sigma", "Σ"),
        ("x1*w1 + x2*w2", "x₁*w₁ + x₂*w₂"),
    ],
)
def test_mathematical_names(label: str, written: str) -> None:
    assert unicode_name(label) == written


@pytest.mark.parametrize("label", ["loss", "bias1", "layer0", "w", "ŷ", "wx_y", "w1234", "x1y2", "x y1", "mu of x1", "",
                                   "θx1", "θ1234", "日1", "h'", "w[0]", "T_max2", "hat", *HOSTILE])  # fmt: skip
def test_what_is_no_such_name_stays(label: str) -> None:
    assert unicode_name(label) == label


def test_the_tables_have_the_characters_they_name() -> None:
    """By the names that Unicode gives them."""
    for name, letter in GREEK.items():
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        assert unicodedata.name(letter) == f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}"
    for char, subscript in LOWERED.items():
        assert unicodedata.normalize("NFKC", subscript).replace("−", "-") == char


def loss() -> Value:
    w, x = parameter(2.0, "w1"), Value(3.0, "x1")
    y = named(w * x, "yhat")
    y.backward()
    return y


def test_they_are_in_every_text_of_a_picture() -> None:
    for text in (viz.draw(loss()).svg(), viz.draw(loss()).html(), viz.draw(loss()).dot()):
        assert "ŷ = w₁ · x₁" in text
        assert "∂ŷ/∂w₁ = 3" in text
        assert "yhat" not in text


def test_plain_labels_are_the_users_own() -> None:
    text = viz.draw(loss(), labels="plain").svg()
    assert "yhat = w1 · x1" in text
    assert "₁" not in text


def test_a_node_is_named_by_what_the_user_wrote_or_by_what_is_drawn() -> None:
    assert viz.draw(loss(), highlight=["w1"]).svg() == viz.draw(loss(), highlight=["w₁"]).svg()


@pytest.mark.parametrize("blank", [" ", "\t \n", "\u00a0", "\u3000", "\u200d"])
@pytest.mark.parametrize("labels", ["math", "plain"])
def test_a_label_that_nobody_sees_counts_as_none(blank: str, labels: str) -> None:
    def graph(label: str) -> Value:
        y = named(parameter(3.0, "w") * Value(2.0, label), label)
        y.backward()
        return y

    assert viz.draw(graph(blank), labels=labels).svg() == viz.draw(graph(""), labels=labels).svg()
    assert viz.explain(graph(blank)) == viz.explain(graph(""))
    with pytest.raises(viz.VizError, match="'q': the labels are w, x1;"):
        viz.draw(graph(blank), highlight=["q"])


def test_a_short_word_with_a_letter_and_a_number_has_them_below_and_log_p1_its_number() -> None:
    assert [unicode_name(label) for label in ("net_h1", "net_o2", "log p3", "loss_1", "log odds")] == [
        "netₕ₁", "netₒ₂", "log p₃", "loss_1", "log odds",
    ]  # fmt: skip
    z = [Value(float(k), f"z{k}") for k in (1, 2)]
    y = 3.0 * mg.log_softmax(z)[0]
    shown = viz.draw(y).svg()
    assert "log p₁" in shown
    assert "3 · log p₁" in shown
    assert "(log p₁)" not in shown
