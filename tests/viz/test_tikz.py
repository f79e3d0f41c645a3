"""Pictures as TikZ: compiled by a real LaTeX where there is one, and a user's text never a command."""

import re
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import microgrid as mg
import viz
from helpers.graphs import GRAPHS, HOSTILE, lecture, named, reuse
from helpers.lecture_graphs import perceptron, reuse_with_mse
from microgrid import nn, parameter
from viz.formats import tikz
from viz.formats.latex import latex, missing
from viz.style.theme import THEMES

Latex = Callable[[str], str]


@pytest.fixture
def set_in_latex(tmp_path: Path) -> Latex:
    """Sets a document, which has to work, and gives what LaTeX says of it; the PDF is document.pdf."""
    if shutil.which("pdflatex") is None:
        pytest.skip("needs pdflatex")

    def run(source: str) -> str:
        (tmp_path / "document.tex").write_text(source, encoding="utf-8")
        command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
        said = done.stdout.decode(errors="replace")
        assert done.returncode == 0, said[-3000:]
        return said

    return run


def pages(said: str) -> int:
    return int(re.search(r"\((\d+) pages?", said)[1])


def article(pictures: list[str]) -> str:
    body = "\\clearpage\n".join(pictures)
    return (
        "\\documentclass{article}\\usepackage[a0paper,landscape,margin=0pt]{geometry}\\usepackage[T1]{fontenc}"
        f"\\usepackage{{tikz}}\\begin{{document}}\n{body}\\end{{document}}\n"
    )


# ---------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("w₁", r"\(w_{1}\)"),
        ("wᵢⱼ", r"\(w_{ij}\)"),
        ("ŷ = z + b", r"\(\hat{y}\) = \(z\) + \(b\)"),
        ("σ(w₁ · x)", r"\(\sigma{}\)(\(w_{1}\) \(\cdot{}\) \(x\))"),
        ("2e = −4", r"2\(e\) = \(-\)4"),
        ("e²", r"\(e^{2}\)"),
        ("(x + 1)²", r"(\(x\) + 1)\(^{2}\)"),
        ("1.2e−9", r"1.2e\(-\)9"),
        ("tanh", "tanh"),
        ("a weight of one", "a weight of one"),
        ("50 %", r"50 \%"),
        ("$\\frac{1}{2}$", r"\$\textbackslash{}frac\{1\}\{2\}\$"),
        ("señal", "señal"),
        ("重み", r"\textbf{?}\textbf{?}"),
        ("β̂", r"\(\hat{\beta{}}\)"),
        ("∂L/∂x̄₂", r"\(\partial{}\)\(L\)/\(\partial{}\)\(\bar{x}_{2}\)"),
        ("î", r"\(\hat{\imath}\)"),
        ("∂L/∂ŷ = 1: here it starts", r"\(\partial{}\)L/\(\partial{}\)\(\hat{y}\) = 1: here it starts"),
        ("el error y la salida ŷ", r"el error y la salida \(\hat{y}\)"),
        ("the weight w₁", r"the weight \(w_{1}\)"),
        ("¿qué es señor Őze?", r"\textquestiondown{}qué es señor \H{O}ze{?}"),
        ("the β̂ of x̂y", r"the \(\hat{\beta{}}\) of \(\hat{\mathsf{x}}\)y"),
    ],
)
def test_text_becomes_latex(text: str, written: str) -> None:
    assert latex(text) == written


@pytest.mark.parametrize("label", HOSTILE)
def test_no_character_of_a_label_keeps_a_meaning(label: str) -> None:
    """What is left after the commands that this module writes has none of LaTeX's special characters."""
    known = r"\\(textbackslash|textless|textgreater|textbar|textasciicircum|textasciitilde|textbf\{\?\}|[{}$&#%_]|[()])"
    rest = re.sub(known, "", latex(label)).replace("{}", "")
    rest = re.sub(r"\{[-`'?!,]\}", "", rest)
    assert not set(rest) & set("\\{}$&#%_^~"), rest


@pytest.mark.parametrize("label", ["betahat", "x_bar", "alphatilde_1", "q_hat", "ybar2", "Lambdabar", "W_xh", "ihat"])
def test_what_is_set_in_mathematics_is_not_missing(label: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "{?}" not in viz.draw(named(parameter(1.0, label) * 2.0, "z")).tikz()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_every_letter_of_a_walk_is_set_by_either_program(engine: str, tmp_path: Path) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"needs {engine}")
    model = nn.MLP(2, [2, 1], activation="tanh")
    walks = [viz.steps(perceptron()), viz.steps(reuse_with_mse()), viz.steps(model([0.5, -1.0]), view="network")]
    texts = {
        item.text for walk in walks for scene in walk._files._scenes for item in scene.items() if hasattr(item, "text")
    }
    assert any("∂ŷ = 1: here" in text for text in texts)
    lines = "\n\n".join(rf"\noindent {latex(text)}" for text in sorted(texts))
    (tmp_path / "talk.tex").write_text(
        "\\documentclass[aspectratio=169]{beamer}\\usepackage[T1]{fontenc}\n"
        f"\\begin{{document}}\\begin{{frame}}[allowframebreaks]{lines}\\end{{frame}}\\end{{document}}\n",
        encoding="utf-8",
    )
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "talk.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    log = (tmp_path / "talk.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    assert "Missing character" not in log


def test_latex_has_every_letter_that_is_not_missing(set_in_latex: Latex) -> None:
    letters = "".join(map(chr, range(0xA1, 0x250))) + "".join(f"x{chr(c)}y " for c in range(0x300, 0x330))
    text = "\n\n".join(latex(f"aa{char}") for char in re.findall(r".[\u0300-\u036f]*", letters))
    document = rf"\documentclass{{article}}\usepackage[T1]{{fontenc}}\begin{{document}}{text}\end{{document}}"
    assert "Missing character" not in set_in_latex(document)


def test_what_latex_cannot_write_is_told() -> None:
    assert missing("重み w₁ → ŷ") == ["重", "み"]
    figure = viz.draw(parameter(1.0, "重み") * 2.0)
    with pytest.warns(UserWarning, match=r"LaTeX's own fonts lack 重 み"):
        figure.tikz()


# ---------------------------------------------------------------- pictures


def test_the_boxes_are_where_the_svg_has_them() -> None:
    figure = viz.draw(lecture())
    text, places = figure.tikz(), re.findall(r'<text x="([\d.]+)" y="([\d.]+)"', figure.svg())
    assert len(places) == 8 * 3 + 7
    for x, y in places:
        assert f"at ({x},{y})" in text
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.svg()).groups()
    assert f"rectangle ({width},{height})" in text


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_is_defined(theme: str) -> None:
    text = viz.draw(reuse(), theme=theme, path="w1", legend=True).tikz()
    used = set(re.findall(r"(?:fill|draw|text)=(mg\w+)", text))
    assert used
    assert used <= set(re.findall(r"\\definecolor\{(\w+)\}", text))


def test_the_file_is_written_as_a_document(tmp_path: Path) -> None:
    text = viz.draw(lecture()).save(tmp_path / "graph.tex").read_text(encoding="utf-8")
    assert text.startswith("\\documentclass")
    assert viz.draw(lecture()).tikz() in text.replace("\\end{tikzpicture}}}", "\\end{tikzpicture}\n")


def test_latex_sets_every_graph_and_every_hostile_label(set_in_latex: Latex) -> None:
    pictures = [viz.draw(graph(), title=name, legend=True) for name, graph in GRAPHS.items()]
    pictures += [viz.draw(named(parameter(2.0, label) * 3.0, label), title=label) for label in HOSTILE]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of the ideographs
        said = set_in_latex(article([figure.tikz() for figure in pictures]))
    assert pages(said) == len(pictures)
    assert not re.search(r"^(LaTeX Warning: .*undefined|Missing character)", said, re.MULTILINE)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_the_page_is_as_large_as_the_picture_and_says_what_the_svg_says(tmp_path: Path, set_in_latex: Latex) -> None:
    figure = viz.draw(lecture(), title="One step of linear regression")
    said = set_in_latex(figure.save(tmp_path / "graph.tex").read_text(encoding="utf-8"))
    assert pages(said) == 1
    command = ["pdftotext", "-layout", "document.pdf", "-"]
    text = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "One step of linear regression" in text
    assert "−12" in text
    page = subprocess.run(["pdftotext", "-bbox", "document.pdf", "-"], cwd=tmp_path, capture_output=True, text=True,
                          check=True).stdout  # fmt: skip
    width, height = map(float, re.search(r'<page width="([\d.]+)" height="([\d.]+)"', page).groups())
    wanted = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.svg()).groups())
    assert (width, height) == pytest.approx(tuple(wanted), abs=0.1)


# ---------------------------------------------------------------- overlays


def frames() -> list[object]:
    lit = [["w"], ["w", "z"], ["w", "z", "ŷ"]]
    return [viz.draw(lecture(), highlight=nodes)._scene for nodes in lit]


def test_what_no_overlay_changes_is_written_once() -> None:
    text = tikz.beamer(frames(), "drawn")
    assert text.count(r"{\(y\)}") == 1  # y is never lit
    boxes = re.findall(r"csname drawn (\d+)\\endcsname\{%\n\\path\[fill=mg\w+, draw=mg7440ad", text)
    whole = [k for k in boxes if f"\n\\csname drawn {k}\\endcsname\n" in text]
    assert boxes == whole != []  # w always is
    assert text.count(r"{\(z\) = \(w\) \(\cdot{}\) \(x\)}") == 2  # z: pale, then lit
    assert set(re.findall(r"\\only<(\d)-(\d)[>|]", text)) == {("1", "1"), ("2", "3"), ("1", "2"), ("3", "3")}


def test_the_frame_itself_is_short_since_beamer_reads_it_for_every_overlay() -> None:
    frame = tikz.beamer(frames(), "drawn").split(r"\begin{frame}")[1]
    assert frame.count(r"\path") == 1  # the bounding box
    assert r"\node" not in frame


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_a_graph_of_a_hundred_nodes_fits_into_the_memory_of_latex(tmp_path: Path, set_in_latex: Latex) -> None:
    with mg.scope("net"):
        y = mg.nn.MLP(3, [4, 4, 1])([parameter(0.1, f"x{k}") for k in range(3)])
    steps = viz.steps(y, by="layer", collapse=None)
    (file,) = steps.save(tmp_path / "steps.tex")
    said = set_in_latex(file.read_text(encoding="utf-8"))
    assert pages(said) == len(steps)


def test_beamer_warns_where_its_text_cannot_be_read() -> None:
    y = x = parameter(1.0, "x")
    for _ in range(12):
        y = y * 1.01 + x
    with pytest.warns(UserWarning, match=r"smallest text would be [0-3]\.\d pt on a beamer slide"):
        viz.steps(y, rankdir="LR").tikz()


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_a_picture_longer_than_latex_can_count_is_made_smaller(
    rankdir: str, tmp_path: Path, set_in_latex: Latex
) -> None:
    y = x = parameter(1.0, "x")
    for _ in range(80):
        y = y * 1.01 + x
    figure = viz.draw(y, rankdir=rankdir, sums="separate")
    assert max(figure._scene.size) > 16_383  # TeX's largest length in points
    figure.save(tmp_path / "long.tex")
    assert pages(set_in_latex((tmp_path / "long.tex").read_text(encoding="utf-8"))) == 1


def test_drawings_of_different_build_are_overlaid_as_a_whole() -> None:
    scenes = [viz.draw(lecture())._scene, viz.draw(lecture(), edges="plain")._scene]
    assert set(re.findall(r"\\only<(\d)-(\d)[>|]", tikz.beamer(scenes, "drawn"))) == {("1", "1"), ("2", "2")}


def test_beamer_makes_a_page_of_each_overlay(set_in_latex: Latex) -> None:
    assert pages(set_in_latex(tikz.beamer(frames(), "drawn", "169"))) == 3


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_two_walks_stand_in_a_presentation_of_somebody_else(engine: str, tmp_path: Path) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"needs {engine}")
    walks = [viz.steps(lecture()), viz.steps(reuse(), lang="es")]
    walks[0].save(tmp_path / "first.tex", standalone=False)
    (tmp_path / "second.tex").write_text(walks[1].tikz(), encoding="utf-8")
    (tmp_path / "talk.tex").write_text(
        "\\documentclass[aspectratio=169]{beamer}\\usepackage[T1]{fontenc}\\usepackage{tikz}\\usetheme{Madrid}\n"
        "\\begin{document}\\begin{frame}{One}1\\end{frame}\n\\input{first}\n\\input{second}\n\\end{document}\n"
    )
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "talk.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, said[-3000:]
    assert "Overfull" not in said
    assert pages(said) == 1 + sum(map(len, walks))
    words = ["pdftotext", "-f", "2", "-l", str(1 + len(walks[0])), "talk.pdf", "-"]
    text = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "step 8 of 13" in text
    assert "paso" not in text  # the other walk's words


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_text_on_beamers_page_has_eight_points_and_the_picture_fills_it(tmp_path: Path) -> None:
    text = viz.steps(lecture()).tikz()
    width, height = map(float, re.search(r"rectangle \(([\d.]+),([\d.]+)\);", text).groups())
    assert (width, height) == pytest.approx((160 / 25.4 * 72, 90 / 25.4 * 72), abs=0.01)
    assert r"\resizebox{\paperwidth}" in text
    scales = [float(scale) for scale in re.findall(r"scale=([\d.]+)\]", text)]
    assert min(scales) * tikz.FONT_SIZE >= 8
    xs = [float(x) for x in re.findall(r"\(([\d.]+),[\d.]+\)", text)]
    assert max(xs) - min(x for x in xs if x) > 0.85 * width


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_the_steps_of_a_graph_are_overlays(tmp_path: Path, set_in_latex: Latex) -> None:
    steps = viz.steps(lecture())
    steps.save(tmp_path / "steps.tex")
    assert pages(set_in_latex((tmp_path / "steps.tex").read_text(encoding="utf-8"))) == len(steps)
