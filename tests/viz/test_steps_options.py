"""The options that steps share with pictures: slides, routes, colours of gradients, styles; and names of their own."""

import re
import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named, neurons, reuse
from helpers.pictures import SVG, texts
from helpers.walks import box, captions, groups
from microgrid import Value, parameter
from microgrid.cli.commands import main
from viz.style.theme import THEMES, contrast

THEME = THEMES["lecture"]


def fills(steps: viz.Steps, k: int) -> dict[str, str]:
    """The colour of each box in a frame, by what it is called."""
    named_boxes = [g for g in groups(steps, k) if "node" in g.get("class")]
    return {texts(g)[0]: g.find(f"{SVG}path").get("fill") for g in named_boxes}


# ---------------------------------------------------------------- slides


@pytest.mark.parametrize(("slide", "size"), [("16:9", (720.0, 405.0)), ("4:3", (720.0, 540.0))])
def test_every_format_has_the_shape_of_the_slide(slide: str, size: tuple[float, float], tmp_path: Path) -> None:
    steps = viz.steps(Value(2.0, "a") ** 2, slide=slide)
    steps.save(tmp_path / "all.pdf")
    pages = re.findall(rb"/MediaBox \[([^\]]*)\]", (tmp_path / "all.pdf").read_bytes())
    assert {tuple(map(float, page.split()[2:])) for page in pages} == {size}
    for name in ("frame-{}.svg", "frame-{}.png", "all.svg", "all.gif"):
        for file in steps.save(tmp_path / name):
            if file.suffix == ".svg":
                root = ElementTree.fromstring(file.read_text("utf-8"))
                assert (float(root.get("width")), float(root.get("height"))) == size
            else:
                from PIL import Image

                with Image.open(file) as picture:
                    assert picture.width / picture.height == pytest.approx(size[0] / size[1], rel=2e-3)
    (file,) = steps.save(tmp_path / "walk.tex")
    latex = file.read_text("utf-8")
    assert f"aspectratio={slide.replace(':', '')}]" in latex
    assert {"16:9": "(0,0) rectangle (453.543,255.118)", "4:3": "(0,0) rectangle (362.835,272.126)"}[slide] in latex


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.filterwarnings("ignore:the smallest text")
def test_pictures_and_captions_stay_on_the_slide_and_nothing_moves(rankdir: str) -> None:
    steps = viz.steps(lecture(), slide="16:9", rankdir=rankdir)
    places: dict[int, set[str]] = {}
    for k in range(len(steps)):
        scene = steps._film.scene(k)
        assert scene.size == (720.0, 405.0)
        for place, group in enumerate(scene.groups):
            for text in group.texts:
                left = text.at[0] - (text.width / 2 if text.anchor == "middle" else 0)
                assert 0 <= left <= left + text.width <= 720
                assert 0 < text.at[1] < 405
            if group.kind.startswith("node"):
                places.setdefault(place, set()).add(str(group.paths[0].commands))
    assert len(places) == 8
    assert all(len(outlines) == 1 for outlines in places.values())


def test_the_lectures_walk_can_be_read_on_a_slide() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        root = ElementTree.fromstring(viz.steps(lecture(), slide="16:9").svg(11))
    sizes = {float(text.get("font-size")) for text in root.iter(f"{SVG}text")}
    assert min(sizes) >= 8
    (said,) = [text for text in root.iter(f"{SVG}text") if (text.text or "").startswith("∂L/∂w = ∂L")]
    assert float(said.get("font-size")) >= 12


def test_what_was_chosen_for_a_slide_is_said_once_and_can_be_pinned() -> None:
    y = named(neurons(), "y")
    with pytest.warns(UserWarning, match=r"so that a 16:9 slide can be read") as told:
        steps = viz.steps(y, slide="16:9")
    assert (len(told), told[0].filename) == (1, __file__)
    assert all(f"{name}=" in str(told[0].message) for name in steps.choice)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        steps.svg(0)  # it has been said
        pinned = viz.steps(y, slide="16:9", **steps.choice)
    assert pinned.choice == {}
    assert pinned.svg(-1) == steps.svg(-1)
    sizes = [float(text.get("font-size")) for text in ElementTree.fromstring(pinned.svg(-1)).iter(f"{SVG}text")]
    assert min(sizes) >= 8


def test_text_that_is_too_small_all_the_same_is_said_of_who_asked(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="smallest text would be") as told:
        viz.steps(neurons(), slide="4:3", collapse=None, edges="local", rankdir="LR").save(tmp_path / "steps.pdf")
    assert (len(told), told[0].filename) == (1, __file__)


def test_a_page_is_no_slide_and_that_is_said(tmp_path: Path) -> None:
    walk = viz.steps(Value(2.0, "a") ** 2, slide="16:9")
    with pytest.warns(UserWarning, match=r'slide="16:9" is left out of a page: save slides as \.pdf, \.pptx, ') as told:
        walk.save(tmp_path / "walk.html")
    assert (len(told), told[0].filename) == (1, __file__)
    assert (tmp_path / "walk.html").read_text("utf-8") == viz.steps(Value(2.0, "a") ** 2).html()


@pytest.mark.filterwarnings("always:drawn")
@pytest.mark.filterwarnings("default:.*folds nothing")
def test_the_command_takes_the_options_of_pictures_and_spells_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reused = ["z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)", "w1=0.8", "x=1.5", "w2=-0.5"]
    file = tmp_path / "frame-{}.svg"
    options = ["--slide", "4:3", "--path", "w1", "--color-by", "grad", "--highlight", "x"]
    assert main(["step", *reused, *options, "-o", str(file)]) == 0
    assert re.search(r"so that a 4:3 slide can be read, as with --\w+ ", capsys.readouterr().err)
    root = ElementTree.fromstring((tmp_path / "frame-17.svg").read_text("utf-8"))
    assert (root.get("width"), root.get("height")) == ("720", "540")
    kinds = {group.get("class") for group in root.iter(f"{SVG}g")}
    assert {"routes", "scale"} <= kinds
    assert main(["step", *reused, "--collapse", "neuron", "--edges", "plain", "-o", str(tmp_path / "all.tex")]) == 0
    said = capsys.readouterr().err
    assert "∂" not in said
    assert "folds nothing, since nothing was recorded in a scope" in said


# ---------------------------------------------------------------- what stands out


def sentences(steps: viz.Steps, k: int) -> list[str]:
    return [text for g in groups(steps, k) if g.get("class") == "routes" for text in texts(g)]


def test_a_route_says_its_product_when_the_gradient_has_come_all_the_way() -> None:
    """From w1: directly into ŷ = w1·(z1 + z2), first of all; by way of z1, and by z2, only through w1 · x, last."""
    steps = viz.steps(reuse(), path="w1", labels="plain")
    counts = [len(sentences(steps, k)) for k in range(len(steps))]
    product = {4: "w1 → ŷ:  −0.15"}
    first = counts.index(1)
    assert steps[first].caption.startswith("∂ŷ/∂w1 =")
    assert sentences(steps, first) == [product[4]]
    assert sorted(set(counts)) == [0, 1, 4]
    last = counts.index(4)
    assert steps[last].caption.startswith("∂ŷ/∂w1 = −0.15 + ∂ŷ/∂z1 · ∂z1/∂w1")
    assert sentences(steps, last)[-1] == "∂ŷ/∂w1 = −0.15 + 1.2 − 0.6 = 0.45"


def test_routes_keep_their_lines_and_are_lit_where_a_gradient_passes() -> None:
    steps = viz.steps(reuse(), path="w1", labels="plain")
    positions = {v.label: i for i, v in enumerate(mg.graph.order(reuse())) if v.label}
    arrow = f"{positions['z1']}:0"  # two routes go from w1 to z1
    (still,) = [g for g in groups(steps, 0) if g.get("class") == "edge" and g.get("data-edge") == arrow]
    strokes = {path.get("stroke") for path in still.iter(f"{SVG}path")} - {None}
    assert strokes == {paint.stroke for paint in THEME.routes[1:3]}
    frame = next(frame for frame in steps if frame.phase == "backward" and frame.edges == ((positions["z1"], 0),))
    (lit,) = [
        g for g in groups(steps, frame.index) if g.get("class").startswith("edge ") and g.get("data-edge") == arrow
    ]
    outlines = [path for path in lit.iter(f"{SVG}path") if path.get("stroke")]
    lines = [(path.get("stroke"), float(path.get("stroke-width"))) for path in outlines]
    assert {stroke for stroke, _ in lines} - strokes  # a glow,
    assert strokes < {stroke for stroke, _ in lines}  # behind the routes in their colours
    assert min(width for stroke, width in lines if stroke not in strokes) > THEME.routes[1].width + 5


def test_what_does_not_stand_out_is_faded_whether_it_is_known_or_not() -> None:
    steps = viz.steps(lecture(), highlight=["z", "b"], labels="plain")
    known, faded = fills(steps, -1), THEME.faded.boxes
    assert [known[name] for name in ("w", "x", "ŷ = z + b")] == [faded[k].fill for k in ("parameter", "input", "op")]
    assert [known[name] for name in ("z = w · x", "b")] == [THEME.boxes[k].fill for k in ("op", "parameter")]
    colors = [text.get("fill") for text in box(steps, -1, "w").iter(f"{SVG}text")]
    assert colors == [THEME.faded.text, THEME.faded.text, THEME.faded.gradient]
    lit = [text.get("fill") for text in box(steps, 11, "w").iter(f"{SVG}text")]  # the step that gives ∂L/∂w
    assert lit == [THEME.text, THEME.text, THEME.gradient]


def test_a_box_takes_the_colour_of_its_gradient_when_it_gets_one() -> None:
    y = lecture()  # |gradients| from 1 to 12: the scale goes from 1 to 100
    steps = viz.steps(y, color_by="grad", labels="plain")
    assert fills(steps, 10)["w"] == THEME.boxes["parameter"].fill
    darkest = THEME.scale[-1]
    assert fills(steps, 4)["L = e²"] == THEME.boxes["op"].fill
    assert fills(steps, 5)["L = e²"] == "#feddb5"  # ∂L/∂L = 1: 12 % of the scale, 0.36 #fdb462 + 0.64 #fff4e3
    last = fills(steps, 13)
    assert fills(steps, 11)["w"] == last["w"]
    assert last == fills_of(viz.draw(y, color_by="grad", labels="plain").svg())
    light = [contrast(last[name], darkest) for name in ("L = e²", "e = ŷ − y", "x", "w")]  # 1, 4, 8, 12
    assert light == sorted(light, reverse=True)
    assert len(set(light)) == 4
    assert any(g.get("class") == "scale" for g in groups(steps, 0))


def fills_of(svg: str) -> dict[str, str]:
    boxes = [g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if "node" in g.get("class", "")]
    return {texts(g)[0]: g.find(f"{SVG}path").get("fill") for g in boxes}


def test_colours_need_no_backward_pass_before() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        steps = viz.steps(lecture(backward=False), color_by="grad")
        assert fills(steps, -1) == fills(viz.steps(lecture(), color_by="grad"), -1)


def test_a_style_of_the_readers_own_sees_the_gradients_of_the_walk() -> None:
    def steep(node: Any) -> dict[str, str] | None:
        return {"fill": "#123456"} if node.grad == -12 else None

    steps = viz.steps(lecture(backward=False), labels="plain", node_style=steep)
    assert [name for name, fill in fills(steps, -1).items() if fill == "#123456"] == ["w"]
    assert fills(steps, 0)["w"] == "#123456"


@pytest.mark.parametrize("option", [{"around": "z"}, {"radius": 1}])
def test_a_part_of_a_graph_cannot_be_walked_through(option: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"= would hide the operations that computed .* shown; collapse scopes"):
        viz.steps(lecture(), **option)


# ---------------------------------------------------------------- names


def samples() -> Value:
    """Two samples through one model, whose nodes have the same labels each time."""
    w, loss = parameter(2.0, "w"), Value(0.0, "zero")
    for x in (1.0, 3.0):
        loss = loss + named(named(w * Value(x, "x"), "yhat") - 1.0, "e") ** 2
    return named(loss, "L")


def test_nodes_that_share_a_label_are_numbered_in_captions_and_boxes() -> None:
    said = captions(samples(), "forward", labels="math")
    assert said[0] == "ŷ⁽¹⁾ = w · x⁽¹⁾ = 2 · 1 = 2"
    assert "e⁽²⁾ = ŷ⁽²⁾ − 1 = 6 − 1 = 5" in said
    assert "(e⁽²⁾)² = 5² = 25" in said
    assert "∂L/∂w = ∂L/∂ŷ⁽²⁾ · ∂ŷ⁽²⁾/∂w = 10 · 3 = 30 so far" in captions(samples(), "backward", labels="math")
    steps = viz.steps(samples())
    assert texts(box(steps, -1, "x⁽²⁾")) == ["x⁽²⁾", "3", "∂L/∂x⁽²⁾ = 20"]
    assert "w" in fills(steps, 0)  # which is one node


def test_a_number_is_kept_where_a_label_is_cut() -> None:
    long = "the temperature outside"
    y = named(Value(1.0, long) * Value(2.0, long), "y")
    assert captions(y, "forward") == ["y = (the tempera…^(1)) · (the tempera…^(2)) = 1 · 2 = 2"]


def test_the_same_label_in_other_scopes_is_told_apart() -> None:
    weights = [
        caption.split(": ")[1].split(" · ")[0] for caption in captions(neurons(), by="operation") if ": w" in caption
    ]
    weights = list(dict.fromkeys(weights))
    assert weights == ["w11^(1)", "w12^(1)", "w21^(1)", "w22^(1)", "w11^(2)", "w12^(2)"]
    with mg.scope("a"):
        first = named(Value(1.0, "x").tanh(), "h")
    with mg.scope("b"):
        second = named(first.exp(), "h")  # in the caption of which there are two
    assert captions(named(second, "h"), "forward")[1].startswith("b: h^(2) = exp(h^(1))")


def test_two_unlabelled_nodes_of_one_formula_are_told_apart() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    y = named(a * b + (a * b).tanh(), "y")
    first, second, third, _ = captions(y, "forward")
    assert (first, second) == ("a · b = 2 · 3 = 6", "(a · b)₍₂₎ = a · b = 2 · 3 = 6")
    assert third == "tanh(a · b) = tanh(6) = 1.000"
    targets = [caption.split(" = ")[0] for caption in captions(y, "backward")]
    assert {"∂y/∂(a · b)", "∂y/∂(a · b)₍₂₎"} <= set(targets)
    assert len(set(targets)) == 5  # a·b twice, tanh, and a and b, twice each


def test_ones_are_left_out_of_long_products_and_leaves_beyond_two_dozen_are_counted() -> None:
    v = Value(3.0, "x")
    for k in range(5):
        v = v + Value(float(k), f"b{k}")
    y = named(v * 2.0, "y")
    lines = captions(y, "end")[0].splitlines()
    assert lines[1:3] == ["∂y/∂x = 2", "∂y/∂b0 = 2"]  # of 2 · 1 · 1 · 1 · 1 · 1
    assert lines[-1] == "∂y/∂b4 = 2"  # of 2 · 1, beside products that leave them out
    y = mg.sum([Value(float(k), f"c{k}") for k in range(30)])
    lines = captions(named(y, "y"), "end")[0].splitlines()
    assert (len(lines), lines[-1]) == (26, "and 6 leaves more")
