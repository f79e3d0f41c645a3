"""Names that users wrote: whatever is in them, they are shown safely, and never longer than 80 characters."""

import shutil
import subprocess

import numpy as np
import pytest

import microgrid as mg
import viz
from helpers.graphs import HOSTILE
from microgrid import Value, nn, optim, parameter

LONG = "x" * 100_000
STEERING = ["\x07", "\x00", "a\u202eb", "\u2066a\u2069", "\ud800", "\x1b[31m", "a\nb"]
LABELS = [*HOSTILE, *STEERING, LONG]
OTHER_SCRIPTS = ["𝔘🦄", "한국어", "Дa", "α", "Ωmega", "e\u0301", "é ñ ő", "ß", "\u200d", "x_é", "ﬁ"]
each = pytest.mark.parametrize("label", LABELS, ids=lambda label: ascii(label[:20]))


def graph(label):
    x = Value(2.0, label)
    y = x * parameter(3.0, label) + mg.exp(x)
    y.label = label
    y.backward()
    return y


@each
@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
def test_a_report_is_printable_and_short(label, form):
    text = getattr(mg.verify(graph(label)), form)()
    assert text.replace("\n", "").isprintable()
    assert text.encode()
    assert len(text) < 8_000


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_latex_compiles_every_report(tmp_path):
    formulas = [mg.verify(graph(label)).latex() for label in [*LABELS, *OTHER_SCRIPTS]]
    document = "\n".join([r"\documentclass{article}\usepackage{amsmath}\begin{document}", *formulas, r"\end{document}"])
    (tmp_path / "reports.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "reports.tex"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    wrong = [line for line in ended.stdout.splitlines() if line.startswith(("!", "Missing character"))]
    assert (ended.returncode, wrong) == (0, [])


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs dot")
@pytest.mark.parametrize("source", [lambda y: viz.draw(y, title=y.label).dot(), lambda y: viz.draw_dot(y).source],
                         ids=["dot", "draw_dot"])  # fmt: skip
def test_graphviz_reads_every_label(source):
    for label in LABELS:
        text = source(graph(label))
        ended = subprocess.run(["dot", "-Tcanon"], input=text.encode(), capture_output=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, b""), ascii(label[:20])


def program(label):
    return mg.compile(Value(1.0, label) * parameter(2.0, label), inputs=None)


class Net(nn.Module):
    def __init__(self, name, other=None):
        self.parts = {name: parameter(1.0)}
        if other is not None:
            self.parts = {f"{name}.b": parameter(1.0), name: {"b": parameter(2.0)}}


def diverging(label):
    optimizer = optim.SGD(np.array([1.0]), lr=0.1)
    optimizer._target._holder = type(optimizer._target._holder)(np.array([1.0]), [label])
    optimizer.step([np.nan])


MESSAGES = {
    "log": lambda label: Value(-1.0, label).log(),
    "a sum in log": lambda label: (Value(-1.0, label) + Value(-2.0, label)).log(),
    "division": lambda label: Value(1.0, label) / Value(0.0, label),
    "float": lambda label: float(Value(1.0, label)),
    "a step": lambda label: diverging(label),
    "a program": lambda label: program(label).value_and_grad(np.ones((1, 3))),
    "frozen": lambda label: mg.compile(mg.log(Value(1.0, label) * parameter(-2.0, label)))(),
    "both": lambda label: mg.compile((x := Value(1.0, label)) * 2, inputs=[x], parameters=[x]),
    "restore": lambda label: Net(label).load_state_dict({}),
    "unknown": lambda label: Net("a").load_state_dict({label: 1.0}),
    "not a number": lambda label: Net(label).load_state_dict({f"parts.{label}": "a"}),
    "twice": lambda label: Net(label, 1).state_dict(),
    "parse name": lambda label: mg.parse("x", **{label + "-": 1.0}),
    "parse keyword": lambda label: mg.parse("x", **{label: "a"}),
    "unknown name": lambda label: mg.parse(f"{'z' * len(label)} + 1"),
    "unknown operation": lambda label: mg.parse(f"{'z' * len(label)}(1)"),
    "draw": lambda label: viz.draw(Value(1.0, "a") * 2, highlight=[label]),
    "column": lambda label: mg.train.History(["epoch"])[label],
}


@pytest.mark.parametrize("what", MESSAGES)
@pytest.mark.parametrize(
    "label", ["x" * 100_000, "\x1b[31mred", "a\u202eb", "\ud800"], ids=["long", "escape", "bidi", "surrogate"]
)
def test_messages_show_at_most_80_characters_of_a_name(what, label):
    with pytest.raises(Exception) as refused:  # noqa: PT011
        MESSAGES[what](label)
    text = str(refused.value)
    assert text.replace("\n", "").isprintable()
    assert text.encode()
    assert "x" * 81 not in text
    assert "z" * 81 not in text
