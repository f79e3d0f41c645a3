"""A newcomer's ten questions, each answered where one looks first: README, help(), the message of an error, and
the site's page of questions.
"""

from __future__ import annotations

import inspect
import re

import pytest

import microgrid as mg
import viz
from helpers import ROOT, needs_checkout
from helpers.command import run
from microgrid import Value, custom_op, nn, optim, train, verify
from microgrid.nn import losses
from viz import plots

pytestmark = needs_checkout


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_how_do_i_install_and_see_something(readme: str) -> None:
    install = readme.index("python -m pip install . && microgrid demo")
    assert readme[:install].count("\n") < 25  # on the first screen


def test_how_do_i_draw_my_formula(readme: str) -> None:
    assert 'microgrid draw "z = w*x' in readme
    formula = re.search(r'`y = (microgrid\.parse\(".+?"\)?.*?\)\["y"\])`', readme)[1]
    assert "tanh" in viz.draw(eval(formula, {"microgrid": mg})).svg()
    for given, way_out in (("w*x", 'microgrid.parse("w*x", w=2, x=3)'), (mg.parse("w*x", w=2, x=3), 'nodes["result"]')):
        with pytest.raises(TypeError, match=re.escape(way_out)):
            viz.draw(given)


def test_how_do_i_step_through_it(readme: str) -> None:
    assert 'microgrid step "z = w*x' in readme
    assert "viz.steps(L)" in readme


def test_which_functions_may_an_expression_use(readme: str) -> None:
    """The message, `microgrid draw --help` and README, which names that, have all of those that can be called."""
    with pytest.raises(mg.ExpressionError, match="the functions are ") as raised:
        mg.parse("sen(x)", x=1)
    names = str(raised.value).split("the functions are ")[1].splitlines()[0].split(", ")
    assert {"tanh", "relu", "log", "max", "leaky_relu"} < set(names)
    for name in names:
        two = "x, x" if name in ("maximum", "minimum", "hypot", "logaddexp", "atan2") else "x"
        assert isinstance(mg.parse(f"{name}({two})", x=0.5)["result"], Value)
    said = " ".join(run("draw", "--help", cwd=ROOT).stdout.split())
    assert f"functions are {', '.join(names)}" in said
    assert "`microgrid draw --help` lists its functions" in readme


def test_which_layers_and_losses_exist(readme: str) -> None:
    assert "`help(microgrid.nn)`" in readme
    assert "`help(microgrid.nn.losses)`" in readme
    for name in ("MLP", "Linear", "Conv", "Maxout", "BatchNorm", "Dropout", "Residual", "losses"):
        assert re.search(rf"^    {name} ", nn.__doc__, re.MULTILINE)
    with pytest.raises(ValueError, match="half_mse") as raised:
        losses.loss_function("quadratic")
    assert all(name in str(raised.value) for name in losses.__all__ if not name.endswith("penalty"))


def test_what_can_viz_do(readme: str) -> None:
    assert "`help(viz)`" in readme
    assert "viz/README.md" in readme
    assert all(re.search(rf"^    {name} ", viz.__doc__, re.MULTILINE) for name in ("draw", "network", "steps", "plots"))


def test_which_plots_are_there(readme: str) -> None:
    assert "`help(viz.plots)`" in readme
    assert "(docs/lectures.md)" in readme
    listed = set(re.findall(r"^    (\w+)  ", plots.__doc__, re.MULTILINE))
    assert set(plots.__all__) <= listed


def test_how_do_i_set_the_lectures_weights(readme: str) -> None:
    line = re.search(r"`(nn\.init\.constant\(model.+?\))`", readme)[1]
    model = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid")
    eval(line, {"nn": nn, "model": model})
    for w, value in zip(model.layers[1].neurons[0].w, (0.60, 0.22)):
        w.data = value
    assert [round(model(x).data, 2) for x in ((0, 0), (0, 1), (1, 0), (1, 1))] == [0.60, 0.62, 0.64, 0.66]
    loop = re.search(r"`(for p, v in zip\(model.+?)`", readme)[1]
    exec(loop, {"model": model, "numbers": range(9)})
    assert [p.data for p in model.parameters()] == list(range(9))
    assert "constant" in nn.__doc__
    assert "transposed" in nn.init.constant.__doc__


def test_how_do_i_check_my_own_derivative(readme: str) -> None:
    assert 'verify(cube(Value(2.0, "x")))' in readme
    wrong = custom_op("newcomers", value=lambda x: x**3, partials=[lambda x: 2 * x**2])
    report = verify(wrong(Value(2.0, "x")))
    assert not report.ok
    assert "is 8.0, and its operands give 12.0" in str(report)
    assert "verify" in inspect.getdoc(custom_op)


def test_how_do_i_draw_the_path_of_my_optimiser_in_spanish(readme: str) -> None:
    assert "path = train.descend(f, start, optim.Adam, 40)" in readme
    assert 'plots.surface(f, path, lang="es")' in readme

    def f(a, b):
        return a * a + b * b

    ax = plots.surface(f, train.descend(f, (1.0, 2.0), optim.Adam, 40), lang="es")
    assert [axes.get_ylabel() for axes in ax.figure.axes] == ["b", "pérdida"]
    assert 'lang="es"' in plots.__doc__


QUESTIONS = {
    "How do I install it and see something?": "microgrid demo",
    "How do I draw my formula?": "microgrid draw",
    "How do I step through it?": "viz.steps",
    "Which functions may an expression use?": "microgrid draw --help",
    "Which layers and losses are there?": "help(microgrid.nn.losses)",
    "What can viz do? Which plots are there?": "help(viz.plots)",
    "How do I set the lecture's weights?": "nn.init.constant",
    "How do I check a derivative of my own?": "verify(cube(",
    "How do I draw the path of my optimiser, in Spanish?": 'lang="es"',
    "Does my notebook for micrograd run?": "from microgrid import Value",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_page_of_questions_answers_it(question: str) -> None:
    page = (ROOT / "docs" / "pages" / "en" / "faq.md").read_text(encoding="utf-8")
    answers = dict(re.findall(r"^## (.+)\n\n((?:.|\n)+?)(?=^## |\Z)", page, re.MULTILINE))
    assert QUESTIONS[question] in answers[question]
