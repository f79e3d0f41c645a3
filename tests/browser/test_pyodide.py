"""Pyodide, the Python of browsers, draws, proves and learns what CPython does: here it runs in Node."""

from __future__ import annotations

import json
from inspect import getsource
from typing import Any

import pytest

from helpers.pyodide import needs_pyodide, printed
from viz.drawing import engines

pytestmark = [needs_pyodide, pytest.mark.slow]


def pictures(engine: str) -> dict[str, str]:
    """SVG of general graphs, which Graphviz lays out, and of what has layers."""
    import random

    import microgrid as mg
    import viz
    from microgrid import nn

    random.seed(1)
    found = {}
    reuse = "z1 = w1*x; z2 = w2*(z1 + x); yhat = sigmoid(w1*(z1 + z2)); L = (yhat - 1)**2"
    for text, leaves in (
        ("L = (w*x + b - y)**2", {"w": 2.0, "x": 3.0, "b": 1.0, "y": 9.0}),
        (reuse, {"w1": 0.8, "w2": -0.5, "x": 1.5}),
        ("u = sin(x)*y + exp(x/y); v = u*u + x; f = log(v) + u/v + hypot(u, y)", {"x": 0.5, "y": 2.0}),
    ):
        leaves = {name: mg.parameter(value, name) for name, value in leaves.items()}
        result = mg.parse(text, **leaves)["result"]
        result.backward()
        found[text] = viz.draw(result, engine=engine).svg()
    net = nn.MLP(2, [4, 4, 1])
    loss = nn.losses.mse(net([0.5, -1.0]), 1.0)
    loss.backward()
    found["2-4-4-1"] = viz.draw(loss).svg()
    found["2-4-4-1 by Graphviz"] = viz.draw(loss, engine=engine, rankdir="TB").svg()
    chain = mg.Value(0.1, "x")
    for k in range(20):
        chain = mg.sin(chain * mg.parameter(k / 50, f"w{k}")) + chain / 2
    found["a long chain"] = viz.draw(chain, engine=engine).svg()
    found["network"] = viz.network(net, [0.5, -1.0]).svg()
    found["steps"] = viz.steps(loss, engine=engine).html()
    return found


def test_pictures_are_the_native_ones_byte_for_byte(tmp_path):
    code = f"import json\n{getsource(pictures)}\nprint(json.dumps([pictures('viz.js'), pictures('auto')]))"
    there, chosen = printed(code, tmp_path)
    here = pictures("pygraphviz")
    assert there.keys() == here.keys()
    for name, svg in here.items():
        assert there[name] == svg, name
    assert chosen["network"] == here["network"]
    assert all(picture[:4] in ("<svg", "<!do", "<!DO") for picture in chosen.values())


def said() -> list[Any]:
    """What the proof, a claim, a derivation and the time limit say; and a chain that is freed."""
    import random
    import time

    import microgrid as mg
    from microgrid import nn, optim
    from microgrid.base.deadline import within

    leaves = {name: mg.parameter(value, name) for name, value in {"w": 0.4, "x": 2.0, "b": -0.3}.items()}
    loss = mg.parse("z = w*x + b; h = tanh(z); L = (h - 1)**2", **leaves)["L"]
    found: list[Any] = [str(mg.verify(loss)), str(mg.check(loss, "dL/dw = 2*(h - 1)*(1 - h**2)*x"))]
    found += [str(mg.check(loss, "dL/dw = (h - 1)*(1 - h**2)*x")), str(mg.derive(loss, "w"))]
    found.append(repr(mg.grad(mg.grad(loss, leaves["w"]), leaves["w"]).data)[:14])
    random.seed(2)
    net = nn.MLP(2, [3, 1])
    optimizer = optim.Adam(net.parameters(), lr=0.05)
    for _ in range(5):
        optimizer.zero_grad()
        mg.mean([(net(x) - y) ** 2 for x, y in (([0, 1], 1.0), ([1, 1], 0.0))]).backward()
        optimizer.step()
    found.append([f"{p.data:.12g}" for p in net.parameters()])
    try:
        mg.log(mg.Value(-1.0))
    except mg.DomainError as error:
        found.append(str(error))

    def counting(n: int) -> int:
        return n if n < 2 else counting(n - 1) + counting(n - 2)

    begin = time.monotonic()

    def stubborn() -> None:
        while True:
            try:
                counting(60)
            except BaseException:
                if time.monotonic() > begin + 0.7:
                    raise

    for work in (counting, lambda n: stubborn()):
        try:
            within(0.3, work, 60)
        except TimeoutError as error:
            found.append([str(error), time.monotonic() - begin < 15])
    chain = mg.Value(0.5)
    for _ in range(100_000):
        chain = chain + 1
    del chain
    found.append("freed")
    return found


def test_proofs_claims_and_limits_say_what_they_say_here(tmp_path):
    there = printed(f"import json\nfrom typing import Any\n{getsource(said)}\nprint(json.dumps(said()))", tmp_path)
    assert there == json.loads(json.dumps(said()))


def test_without_viz_js_a_message_says_what_to_do(tmp_path):
    code = """
import json, js, viz, microgrid as mg
del js.microgridGraphviz
y = mg.parse("y = x*sin(x) + x", x=2.0)["y"]
try:
    viz.draw(y, engine="viz.js").svg()
except viz.EngineNotFound as error:
    print(json.dumps([str(error), viz.draw(y, engine="columns").svg()[:4]]))
"""
    message, svg = printed(code, tmp_path)
    assert "load viz.js" in message
    assert 'engine="columns"' in message
    assert svg == "<svg"


def test_without_viz_js_what_shows_itself_is_laid_out_in_columns(tmp_path):
    """As in JupyterLite, whose notebooks ask for a bundle, in which a PNG would need matplotlib."""
    code = """
import json, js, viz, microgrid as mg
from microgrid import exercises
del js.microgridGraphviz
y = mg.parse("y = x*sin(x) + x", x=2.0)["y"]
y.backward()
shown = [viz.draw(y), viz.steps(y), exercises.make("line", 1, seed=3)]
print(json.dumps({
    "as": viz.draw(y).svg() == viz.draw(y, engine="columns").svg(),
    "formats": [sorted(one._repr_mimebundle_()) for one in shown[:2]],
    "exercises": "<iframe" in shown[2]._repr_html_(),
}))
"""
    found = printed(code, tmp_path)
    assert found == {"as": True, "formats": [["text/html", "text/plain"]] * 2, "exercises": True}


def test_the_engine_is_for_browsers():
    with pytest.raises(engines.EngineNotFound, match=r"browsers only"):
        engines.run("digraph {}", "viz.js", 1.0)
