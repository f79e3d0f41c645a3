"""A program as a C file: built as its head says it agrees with the engine, and `backend="c"` runs it everywhere."""

from __future__ import annotations

import ctypes
import pickle
import platform
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import microgrid as mg
from helpers.programs import Drawn, draw, eager
from microgrid import DomainError, GraphError, MicrogridError, Value, nn, parameter
from microgrid.ops import TABLE
from microgrid.programs.c import build, choice

pytest.importorskip(
    "microgrid.programs.kernel", reason="optional: the native kernel is not built", exc_type=ImportError
)
if not any(map(shutil.which, ("cc", "gcc", "clang"))):
    pytest.skip("optional: there is no C compiler", allow_module_level=True)
BATCHES = (1, 7, 8, 9, 40, 100)
QUICK = ("-std=gnu11", "-O1", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC",
         "-Wall", "-Wextra", "-Werror", "-Wno-psabi", "-Wno-unused-function")  # fmt: skip
DOUBLES = ctypes.POINTER(ctypes.c_double)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of its own, and a compiler that warns of nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(build, "FLAGS", QUICK)
    build.compiler.cache_clear()
    yield tmp_path / "microgrid"
    build.compiler.cache_clear()


def network(**options):
    """A small net with the moons' loss; the program, and rows of its inputs."""
    random.seed(3)
    xs = [Value(0.1, "x0"), Value(0.2, "x1"), Value(1.0, "label")]
    model = nn.MLP(2, [6, 5, 1])
    loss = (1 + -xs[2] * model(xs[:2])).relu() + 1e-4 * sum(p * p for p in model.parameters())
    X = np.random.default_rng(1).normal(size=(100, 3))
    return mg.compile(loss, xs, model.parameters(), **options), X


def both(drawn: Drawn, last: bool):
    """The drawn graph on the kernel and as C."""
    xs, ps = [Value(0.3) for _ in range(drawn.inputs)], [parameter(p) for p in drawn.at]
    outputs = drawn.build(xs, ps)
    graph = outputs[-1] if last else outputs
    return mg.compile(graph, xs, ps), mg.compile(graph, xs, ps, backend="c")


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_agree_with_the_engine(seed):
    drawn = draw(90_000 + seed, 16)
    X = np.random.default_rng(seed).uniform(-2, 2, (5, drawn.inputs))
    want = eager(drawn, X if drawn.inputs else np.empty((1, 0)))
    kernel, program = both(drawn, last=True)
    _, several = both(drawn, last=False)
    if not drawn.inputs:
        value, gradient = program.value_and_grad()
        assert want.agree_by_sample(gradient[None])
        assert want.agree(np.reshape(several(), (1, -1)))
        return
    for batch in BATCHES:
        rows = np.arange(batch) % 5
        assert np.all(np.abs(several(X[rows]) - want.values[rows]) <= 2 * want.value_bounds[rows] + 1e-300)
        value, gradient = program.value_and_grad(X[rows], "sum")
        repeated = type(want)(*(part[rows] for part in vars(want).values()))
        assert repeated.agree_in_sum(gradient)
        assert np.isclose(value, want.values[rows, -1].sum(), rtol=1e-12, atol=1e-12)
        assert np.allclose(program.value_and_grad(X[rows], None)[1], kernel.value_and_grad(X[rows], None)[1])


@pytest.mark.parametrize("of_inputs", [True, False])
def test_a_node_that_several_read_gets_what_each_passes_back(of_inputs):
    """h is read by a sine, a cosine, an exponential and twice by a sum of products."""
    w, v = parameter(0.7, "w"), parameter(-0.4, "v")
    x = Value(0.3, "x") if of_inputs else parameter(0.3, "x")
    h = (x * w).tanh()
    graph = mg.sum([h.sin() * h, h.cos() * h.exp(), h * v])
    program = mg.compile(graph, [x] if of_inputs else [], [w, v] if of_inputs else [w, v, x], backend="c")
    X = np.linspace(-1, 1, 17) if of_inputs else np.array([0.3])
    h_, slope = np.tanh(0.7 * X), 1 - np.tanh(0.7 * X) ** 2
    back = np.cos(h_) * h_ + np.sin(h_) - np.sin(h_) * np.exp(h_) + np.cos(h_) * np.exp(h_) - 0.4
    want = [back * slope * X, h_, back * slope * 0.7][: 2 if of_inputs else 3]
    _, gradient = program.value_and_grad(*([X[:, None]] if of_inputs else []))
    assert np.allclose(gradient, np.mean(want, axis=1), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("part", range(4))
def test_every_operation_agrees_with_the_engine(part):
    """Each in one program of its own column, of a parameter too, so that all are built in few files."""
    rows = [row for row in TABLE.values() if row.value][part::4]
    xs, ps, total, spelled = [], [], Value(0.0), {"div": "truediv", "powc": "pow"}
    for row in rows:
        x, y = ([*row.samples[0], 0.5])[:2]
        a, p = Value(x), parameter(1.0)
        b = Value(y) if row.arity == 2 else None
        xs += [a] + ([b] if b is not None else [])
        ps.append(p)
        last = [b] if b is not None else [] if row.constant is None else [row.constant]
        method = f"__{spelled.get(row.name, row.name)}__"
        function = getattr(Value, method, None) or getattr(mg, row.name)
        total = total + function(a * p, *last)
    total.backward()
    program = mg.compile(total, xs, ps, backend="c")
    value, gradient = program.value_and_grad(np.tile([v.data for v in xs], (9, 1)))
    assert np.isclose(value, total.data, rtol=1e-14)
    assert np.allclose(gradient, [p.grad for p in ps], rtol=1e-13, atol=0)


WIDTHS = ["", "-mno-avx512f", "-mno-avx"] if platform.machine() in ("x86_64", "AMD64") else [""]


@pytest.mark.parametrize("narrower", WIDTHS)
def test_full_optimisation_and_threads_give_the_kernels_numbers(monkeypatch, narrower):
    """On registers of each width that this processor has: AVX-512 has additions of its own, as AVX has."""
    monkeypatch.setattr(build, "FLAGS", (*QUICK[:1], "-O3", *QUICK[2:6], *narrower.split()))
    kernel, X = network()
    program, _ = network(backend="c")
    for batch in (*BATCHES, 32, 33, 41, 1000):
        rows = np.resize(X, (batch, 3))
        expected = kernel.value_and_grad(rows)
        for threads in (1, 2, 3):
            value, gradient = program._machine.value_and_grad(program.parameters, rows, "mean", threads)
            assert np.isclose(value, expected[0], rtol=1e-14)
            assert np.allclose(gradient, expected[1], rtol=1e-12, atol=1e-15)
            assert np.allclose(program(rows), kernel(rows), rtol=1e-14, atol=0)
            if narrower != "-mno-avx":  # without AVX there is no multiply-add, which the kernel may have
                assert np.array_equal(program(rows), kernel(rows))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: program.value_and_grad(X)[1], range(20)))
    assert all(np.array_equal(found[0], other) for other in found)


def test_what_is_not_finite_is_told_as_ever():
    x, w = Value(1.0, "x"), parameter(2.0, "w")
    program = mg.compile(mg.exp(w * x), [x], [w], backend="c")
    with pytest.raises(DomainError, match=r"sample 1, .*exp"):
        program.value_and_grad([[1.0], [1000.0]])
    with mg.errstate(domain="ieee"), pytest.warns(RuntimeWarning):
        assert program.value_and_grad([[1.0], [1000.0]])[0] == np.inf
    assert program.value_and_grad([[1.0]])[1] == pytest.approx(np.exp(2.0))


def neighbours(h, w):
    """Each repeat reaches what the next one reaches, too."""
    return sum(mg.tanh(h[r] * h[r + 1]) for r in range(len(h) - 1))


def squares(h, w):
    return sum(mg.tanh(x * x) for x in h) + sum(p * p for p in w)


def wide(h, w):
    """Few terms of rows that all repeats share."""
    return sum((w[2 * r] * h[0] + w[2 * r + 1] * h[1]).tanh() for r in range(6)) * h[0]


def eleven(h, w):
    """Repeats and terms that are no multiple of what is worked off together."""
    layer = [sum(w[(11 * r + k) % len(w)] * h[k] for k in range(11)).tanh() for r in range(11)]
    return sum(layer) * layer[3]


def taken_away(h, w):
    first = [w[r] - w[r + 1] * h[0] - w[r + 2] * h[1] - h[2] for r in range(9)]
    return mg.exp(-sum(f * f for f in first)) - h[3] * w[0] - w[1] * w[2] - w[3]


def used_again(h, w):
    """What was reached in part before: some rows are set, and others added to."""
    late = sum(w[k] * h[k] for k in range(6)) * h[2]
    return late + sum(mg.tanh(w[r] * h[r + 3]) for r in range(7)) + h[10] ** w[0] + mg.hypot(h[1], w[1])


@pytest.mark.parametrize("graph", [neighbours, squares, wide, eleven, taken_away, used_again])
def test_adjoints_of_many_shapes_are_the_engines(graph):
    w, v = [parameter(0.1 + 0.01 * k) for k in range(121)], [parameter(0.3 + 0.05 * k) for k in range(11)]
    x = Value(0.7)
    y = graph([mg.exp(p * x) for p in v], w)
    program = mg.compile(y, [x], w + v, backend="c")
    rows = np.linspace(-0.5, 0.6, 43)[:, None]
    value, gradient = program.value_and_grad(rows, "sum")
    expected, adjoints = 0.0, np.zeros(len(w + v))
    for row in rows[:, 0]:
        x.data = row
        mg.recompute(y)
        for leaf in w + v:
            leaf.grad = 0.0
        y.backward()
        expected += y.data
        adjoints += [leaf.grad for leaf in w + v]
    assert np.isclose(value, expected, rtol=1e-13)
    assert np.allclose(gradient, adjoints, rtol=1e-11, atol=1e-13)


# ---------------------------------------------------------------- the file


def command(text: str) -> list[str]:
    """The one that stands in its head, with the compiler there is."""
    [words] = [line.split() for line in text.splitlines() if line.strip().startswith("cc -O3")]
    return [next(filter(None, map(shutil.which, ("cc", "gcc", "clang")))), *words[1:]]


def by_ctypes(text: str, folder: Path) -> ctypes.CDLL:
    """Built by the command that stands in its head."""
    (folder / "program.c").write_text(text)
    subprocess.run(command(text), cwd=folder, check=True, capture_output=True)
    library = ctypes.CDLL(str(folder / "program.so"))
    library.value_and_grad.restype = ctypes.c_double
    library.value_and_grad.argtypes = [DOUBLES, DOUBLES, ctypes.c_ssize_t, DOUBLES]
    library.outputs.argtypes = library.value_and_grad.argtypes
    return library


def test_a_user_builds_it_and_calls_it_by_ctypes(tmp_path):
    sympy = pytest.importorskip("sympy", reason="optional: sympy")
    x, w, b = Value(0.5, "x"), parameter(0.7, "w"), parameter(-0.2, "b")
    program = mg.compile(mg.tanh(w * x + b) ** 2 + w * mg.exp(b), [x], [w, b])
    library = by_ctypes(program.to_c(), tmp_path)
    X, theta = np.linspace(-1, 1, 43)[:, None].copy(), np.array([0.7, -0.2])
    gradient, out = np.empty(2), np.empty(43)
    p = [array.ctypes.data_as(DOUBLES) for array in (theta, X, gradient, out)]
    value = library.value_and_grad(p[0], p[1], 43, p[2])
    library.outputs(p[0], p[1], 43, p[3])
    sx, sw, sb = sympy.symbols("x w b")
    loss = sympy.tanh(sw * sx + sb) ** 2 + sw * sympy.exp(sb)
    at = [{sx: float(t), sw: 0.7, sb: -0.2} for t in X[:, 0]]
    assert np.allclose(out, [float(loss.evalf(30, subs=point)) for point in at], rtol=1e-14)
    assert value == pytest.approx(out.sum(), rel=1e-14)
    for symbol, found in zip((sw, sb), gradient, strict=True):
        assert found == pytest.approx(sum(float(loss.diff(symbol).evalf(30, subs=q)) for q in at), rel=1e-13)


MAIN = r"""
#include <stddef.h>
#include <stdio.h>
double value_and_grad(const double *parameters, const double *X, ptrdiff_t n, double *gradient);
void outputs(const double *parameters, const double *X, ptrdiff_t n, double *out);
double begin = 1, samples = 2; /* names that a program may have */
int main(void)
{
    double w = 3, X[2] = {1, 2}, gradient, out[2];
    double value = value_and_grad(&w, X, 2, &gradient);
    outputs(&w, X, 2, out);
    printf("%g %g %g %g", value, gradient, out[0], out[1]);
    return 0;
}
"""


@pytest.mark.skipif(sys.platform == "win32", reason="optional: a linker of POSIX")
def test_a_program_in_c_links_it(tmp_path):
    x, w = Value(1.0, "x"), parameter(3.0, "w")
    text = mg.compile((w * x) ** 2 + w**3, [x], [w]).to_c()  # 27 + 9 x², whose derivative is 27 + 6 x²
    (tmp_path / "program.c").write_text(text)
    (tmp_path / "main.c").write_text(MAIN)
    built = command(text)
    for words in (built, [built[0], "main.c", str(tmp_path / "program.so"), "-o", "main", "-lm"]):
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    said = subprocess.run([tmp_path / "main"], check=True, capture_output=True, text=True, timeout=20)
    assert said.stdout == "99 84 36 63"


def test_it_says_what_each_loop_is_for():
    program, _ = network()
    text = program.to_c()
    assert "/* relu(b1^(1) + w11^(1)*x0 + w12^(1)*x1), and 5 more like it */" in text
    assert "/* U[0..17]   parameters of layer 1: w11^(1), w12^(1), b1^(1), w21^(1), w22^(1), ..., b6^(1) */" in text
    assert "double value_and_grad(const double *parameters, const double *X, ptrdiff_t n, double *gradient)" in text
    assert re.search(r"= GV\[\S.*\]\[l\] \* relu_dx\(", text)  # 0 or 1, which needs no care
    assert "chain(" not in text
    assert max(map(len, text.splitlines())) <= 120


def test_a_pickled_program_is_written_as_before_it_was_pickled():
    program, _ = network()
    assert pickle.loads(pickle.dumps(program)).to_c() == program.to_c()
    program._names = type(program._names)(*program._names[:3])  # as earlier versions pickled it
    assert "w0_(1), w1_(1), b_(1), w0_(2), w1_(2), ..., b_(12) */" in pickle.loads(pickle.dumps(program)).to_c()


def test_a_small_program_has_only_the_helpers_that_it_needs():
    x, w, b = Value(0.5, "x"), parameter(0.7, "w"), parameter(-0.2, "b")
    text = mg.compile((w * x + b).tanh(), [x], [w, b]).to_c()
    words = set(re.findall(r"\w+", text))
    assert words.isdisjoint({"vec", "EACH", "REGISTERS", "dots", "strided_dot", "SIZED", "NOTHING"})
    assert {"LANES", "chain", "dot", "sum"} <= words
    assert "/* U[0..1]    parameters: w, b */" in text
    assert "GV[" in text
    assert "memset(GV" not in text
    assert "+= chain" not in text  # an adjoint that nothing has reached yet is set


HOSTILE = ["*/ int main(void) { return 1; } /*", "two\nlines", "ends in \\", "??/", "*\\\n/", "/* nested",
           "\u202ereversed", "naïve θ", "\0", "%s", '"quote', "\ud800"]  # fmt: skip


def test_hostile_labels_stay_in_their_comments():
    xs = [Value(0.3, label) for label in HOSTILE]
    w = parameter(0.5, "*/ #error /*")
    total = mg.tanh(sum(w * x for x in xs))
    total.label = "*/ #error θ"
    program = mg.compile(total, xs, [w], backend="c")
    text = program.to_c()
    assert not any(sign in text for sign in ("\u202e", "\0", "\ud800"))
    for line in text.splitlines():
        assert not line.endswith("\\")
        assert "#error" not in line or line.count("*/") == 1
    assert "θ = " in text
    assert program([[0.1] * len(xs)]) == pytest.approx(np.tanh(0.05 * len(xs)))


def test_a_custom_operation_has_no_c():
    square = mg.custom_op("squared_in_python", value=lambda x: x * x, partials=[lambda x: 2 * x])
    x, w = Value(1.0), parameter(2.0)
    program = mg.compile(square(x * w), [x], [w])
    with pytest.raises(GraphError, match="squared_in_python is a custom operation"):
        program.to_c()
    with pytest.raises(GraphError, match="squared_in_python is a custom operation"):
        mg.compile(square(x * w), [x], [w], backend="c")


# ---------------------------------------------------------------- the compiler and the cache


def test_it_is_built_once(cache, monkeypatch):
    program, X = network(backend="c")
    [made] = cache.glob("*.so")
    assert program.runs_on.startswith("its own C code, built by ")
    assert repr(program).startswith("This program runs on its own C code, built by ")
    monkeypatch.setattr(build, "_compiled", lambda *_: pytest.fail("built again"))
    again, _ = network(backend="c")
    assert np.array_equal(again(X), program(X))
    assert list(cache.iterdir()) == [made]


@pytest.mark.parametrize("damage", [lambda b: b[:200], lambda b: b"", lambda b: b[:-1] + bytes([b[-1] ^ 1])])
def test_a_damaged_cache_is_built_again(cache, damage):
    program, X = network(backend="c")
    expected = program(X)
    [made] = cache.glob("*.so")
    whole = made.read_bytes()
    made.unlink()  # the library that is loaded is not to be written over
    made.write_bytes(damage(whole))
    again, _ = network(backend="c")
    assert np.array_equal(again(X), expected)
    assert [path.read_bytes() for path in cache.glob("*.so")] == [whole] or len(list(cache.glob("*.so"))) == 1


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    program, X = network(backend="c")
    assert program.runs_on.startswith("its own C code, built by ")
    assert len(program(X)) == len(X)


def test_without_a_compiler_there_is_one_clear_error(monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MicrogridError, match=r"no C compiler here .* or leave out backend=\"c\": the kernel"):
        network(backend="c")
    monkeypatch.setenv("CC", "no-such-compiler -O2")
    with pytest.raises(MicrogridError, match=r"no C compiler 'no-such-compiler -O2', which the variable CC names"):
        network(backend="c")
    monkeypatch.setenv("CC", sys.executable)
    with pytest.raises(MicrogridError, match="neither gcc nor clang"):
        network(backend="c")


def test_a_cc_that_is_no_command_is_told(monkeypatch):
    monkeypatch.setenv("CC", '"gcc')
    with pytest.raises(MicrogridError, match=r"CC is '\"gcc', which is no command .*: install one"):
        network(backend="c")


def test_without_a_home_it_is_built_and_not_kept(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")

    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    program, X = network(backend="c")
    assert program.runs_on.startswith("its own C code, built by ")
    assert len(program(X)) == len(X)


@pytest.mark.parametrize("made", [b"no library", b""])
def test_what_cannot_be_loaded_is_told_and_not_kept(cache, monkeypatch, made):
    monkeypatch.setattr(build, "_compiled", lambda *_: made)
    with pytest.raises(MicrogridError, match=r"what \S+ built cannot be loaded .* or leave out backend=\"c\"$") as told:
        network(backend="c")
    assert "\n" not in str(told.value)
    assert list(cache.iterdir()) == []


def test_a_library_of_something_else_is_told_and_not_kept(cache, monkeypatch):
    compiled = build._compiled
    monkeypatch.setattr(build, "_compiled", lambda text, command: compiled("int nothing;\n", command))
    with pytest.raises(MicrogridError, match="cannot be loaded"):
        network(backend="c")
    assert list(cache.iterdir()) == []


def test_another_backend_is_refused():
    with pytest.raises(ValueError, match='backend=\'gpu\' is unknown: choose "kernel" or "c"'):
        network(backend="gpu")


def deep(layers: int, **options):
    """A net whose instructions for each sample are more than one C function holds; rows of its inputs."""
    random.seed(5)
    xs = [Value(0.1, "x0"), Value(0.2, "x1")]
    model = nn.MLP(2, [5] * layers + [1])
    X = np.random.default_rng(2).normal(size=(100, 2))
    return mg.compile(model(xs) ** 2 + xs[0], xs, model.parameters(), **options), X


@pytest.mark.parametrize("layers", [9, 17])
def test_a_pass_over_many_instructions_is_split_and_gives_the_same(layers):
    (kernel, X), (program, _) = deep(layers), deep(layers, backend="c")
    text = program.to_c()
    parts = [len(text.split(f"SIZED({name}_")) - 1 for name in ("forward", "backward")]
    assert all(count >= layers // 8 + (layers % 8 > 0) for count in parts)
    for batch in BATCHES:
        rows = X[:batch]
        value, gradient = program.value_and_grad(rows)
        expected = kernel.value_and_grad(rows)
        assert np.isclose(value, expected[0], rtol=1e-13)
        assert np.allclose(gradient, expected[1], rtol=1e-11, atol=1e-15)
        assert np.allclose(program(rows), kernel(rows), rtol=1e-13, atol=0)


def test_what_takes_a_compiler_long_stays_on_the_kernel(monkeypatch):
    monkeypatch.setattr(build, "_compiled", lambda *_: pytest.fail("built"))
    with pytest.warns(RuntimeWarning, match="for which a compiler takes about [1-9][0-9] seconds"):
        program, _ = deep(60, backend="c")
    assert program.runs_on.startswith("the native kernel")


def test_one_sample_runs_on_the_kernel_and_it_says_so():
    kernel, X = network()
    program, _ = network(backend="c")
    assert f"; a single sample, and gradients sample by sample, run on {kernel.runs_on}" in program.runs_on
    for rows, reduce in ((X[:1], "mean"), (X, None)):
        for found, expected in zip(program.value_and_grad(rows, reduce), kernel.value_and_grad(rows, reduce)):
            assert np.allclose(found, expected, rtol=1e-13, atol=1e-300)
    w = parameter(0.5, "w")
    assert mg.compile(w * w, [], [w], backend="c").runs_on.startswith("its own C code, built by ")
    assert " one by one" not in mg.compile(w * w, [], [w], backend="c").runs_on


def test_a_long_program_stays_on_the_kernel_and_says_so(monkeypatch):
    monkeypatch.setattr(choice, "MOST", 0.01)
    with pytest.warns(RuntimeWarning, match=r"runs on the native kernel .*, because it has \d+ instructions"):
        program, X = network(backend="c")
    assert "because it has" in program.runs_on
    assert np.array_equal(program(X), network()[0](X))


def test_a_pickle_is_built_or_found_on_the_other_side(monkeypatch):
    program, X = network(backend="c")
    stored = pickle.dumps(program)
    there = pickle.loads(stored)
    assert there.backend == "c"
    assert there.runs_on == program.runs_on
    assert np.array_equal(there.value_and_grad(X)[1], program.value_and_grad(X)[1])
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "")
    without = pickle.loads(stored)
    assert "there is no C compiler" in without.runs_on
    assert np.allclose(without.value_and_grad(X)[1], program.value_and_grad(X)[1], rtol=1e-12, atol=1e-15)
