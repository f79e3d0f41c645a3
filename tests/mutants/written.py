"""Bugs written by hand: those that no test noticed once, and what no syntax tree of Python reaches: C, Cython and
JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

from mutants.mutant import Mutant, read

__all__ = ["WRITTEN", "written"]

_STEPPER = "viz/page/stepper"
_NATIVE = "microgrid/native"

ONCE_UNNOTICED = [
    ("drawing", "viz/graph/chain_rule.py", "adjoints[parent] = (before or 0.0) + term", "adjoints[parent] = term"),
    ("drawing", "viz/graph/routes.py", "known.slope + update.term", "update.term"),
    ("page", f"{_STEPPER}/graph.js", "row.partials(x, y, z);", "row.partials(x, y, node.data);"),
    ("page", f"{_STEPPER}/graph.js", "adjoint ? adjoint * partial : 0", "adjoint * partial"),
    ("optim", "microgrid/optim/rules.py", "max(v - a*a, 0) if", "abs(v - a*a) if"),
    ("page", f"{_STEPPER}/controls.js", "event.ctrlKey || ", ""),
    ("proof", "microgrid/proof/composition.py", "sum(map(abs, terms)) * 2 +", "sum(map(abs, terms)) * 2**20 +"),
    ("rules", "microgrid/ops.py", '"1/d/d"', '"1/(d*d)"'),
    ("page", f"{_STEPPER}/numbers.js", "if (!(x >= 0.5)) return", "if (!(x >= 2)) return"),
]

ENGINE = [
    ("engine", "microgrid/backward.py", "adjoints[i] += adjoint * v._da", "adjoints[i] = adjoint * v._da"),
    ("engine", "microgrid/backward.py", "adjoints[i] += adjoint * v._db", "adjoints[i] = adjoint * v._db"),
    ("engine", "microgrid/backward.py", "v._grad + adjoints[first + k] + 0.0", "adjoints[first + k] + 0.0"),
    ("engine", "microgrid/backward.py", "if adjoint != 0.0:  # 0 times", "if True:  # 0 times"),
    (
        "engine",
        "microgrid/transforms.py",
        "partial * tangent[p] for p, partial in edges if tangent[p] != 0.0",
        "partial * tangent[p] for p, partial in edges",
    ),
    ("engine", "microgrid/base/context.py", "_counting(1), _counting(-1)", "_counting(1), _counting(-2)"),
    ("engine", "microgrid/engine.py", "return number - number == 0.0", "return True"),
    (
        "rules",
        "microgrid/ops.py",
        "1 + 2*e + 2*e*e if x > 0 else e*e + 2*e + 2",
        "1 + 2*e + e*e if x > 0 else e*e + 2*e + 2",
    ),
    (
        "rules",
        "microgrid/ops.py",
        '"0 if x <= 0 else x", "0 if x <= 0 else 1"',
        '"0 if x <= 0 else x", "0 if x < 0 else 1"',
    ),
    ("programs", "microgrid/programs/on_numpy.py", 'scale = len(X) if reduce == "mean" else 1', "scale = len(X)"),
    ("nn", "microgrid/nn/regularizers.py", "biased * (len(rows) / (len(rows) - 1))", "biased"),
    ("nn", "microgrid/nn/layers.py", "start = t * self.stride - self.padding", "start = t * self.stride"),
    (
        "nn",
        "microgrid/nn/losses.py",
        "scale / 2 * functions.dot(weights, weights)",
        "scale * functions.dot(weights, weights)",
    ),
    ("nn", "microgrid/nn/losses.py", "functions.logsumexp(zs[:t] + zs[t + 1 :])", "functions.logsumexp(zs)"),
    ("optim", "microgrid/optim/rules.py", "lr*r/(1 - beta1**k)*(m", "lr*r*(m"),
    ("optim", "microgrid/optim/rules.py", "(sqrt(u) + eps*r)", "(sqrt(u) + eps)"),
    ("optim", "microgrid/optim/clipping.py", "if scale < 1:", "if scale != 1:"),
    ("train", "microgrid/train/training.py", "total += loss * (part.stop - part.start)", "total += loss * self.size"),
    ("train", "microgrid/train/training.py", "rows, y = rows[order], y[order]", "rows = rows[order]"),
    ("proof", "microgrid/proof/composition.py", "(exact[v] - sums[v]) % PRIME != 0", "(exact[v] - sums[v]) != 0"),
    ("proof", "microgrid/proof/rules.py", "(-1, 1) if kink else (0,)", "(-1, 1) if not kink else (0,)"),
]

CAPTIONS = [
    ("drawing", "viz/graph/folding.py", "if update.target not in inside", "if update.target not in inside or True"),
    ("drawing", "viz/graph/chain_rule.py", "adjoint * partial if adjoint else 0.0", "adjoint * partial"),
]

PAGE = [
    ("page", f"{_STEPPER}/graph.js", "counts[index] + counts[use]", "counts[use]"),
    ("page", f"{_STEPPER}/graph.js", "stale[i] = isChanged || node", "stale[i] = isChanged && node"),
    ("page", f"{_STEPPER}/walk.js", ": (before ?? 0) + term;", ": term;"),
    (
        "page",
        f"{_STEPPER}/walk.js",
        "graph.rank.get(a) - graph.rank.get(b) || j - k",
        "graph.rank.get(b) - graph.rank.get(a) || j - k",
    ),
    ("page", f"{_STEPPER}/walk.js", "frames.slice(0, step + 1)", "frames.slice(0, step)"),
    (
        "page",
        f"{_STEPPER}/walk.js",
        "Math.abs(total - gradient) <= 1e-9 * size",
        "Math.abs(total - gradient) <= 1e9 * size",
    ),
    ("page", f"{_STEPPER}/folded.js", "(adjoints.get(parent) ?? 0) + term", "term"),
    ("page", f"{_STEPPER}/folded.js", "Math.hypot(sum, grads[i])", "sum + grads[i]"),
    ("page", f"{_STEPPER}/folded.js", "sum + (slopes.get(`${i}:${k}`) ?? 0)", "slopes.get(`${i}:${k}`) ?? 0"),
    ("page", f"{_STEPPER}/merged.js", "(legs.get(tail)?.slope ?? 0) + slope", "slope"),
    ("page", f"{_STEPPER}/merged.js", "output === graph.root ? 1 : 0", "0"),
    ("page", f"{_STEPPER}/numbers.js", "x - below === 0.5 ? below + below % 2", "x - below === 0.5 ? below + 1"),
    ("page", f"{_STEPPER}/numbers.js", "Math.exp(-(x - head) * (x + head))", "1"),
    ("page", f"{_STEPPER}/predict.js", "this.records.filter(({right}) => right).length", "this.records.length"),
]

COMPILED = [
    ("kernel", f"{_NATIVE}/scalar.h", "s += a[(ptrdiff_t)k * a_step] * b", "s = a[(ptrdiff_t)k * a_step] * b"),
    ("kernel", f"{_NATIVE}/scalar.h", "y[(ptrdiff_t)k * y_step] += g * x", "y[(ptrdiff_t)k * y_step] = g * x"),
    (
        "kernel",
        f"{_NATIVE}/lanes.h",
        "s[0][j] += q[RUN_BITS] & MINUS ? -x[j] * y[j]",
        "s[0][j] += q[RUN_BITS] & MINUS ? x[j] * y[j]",
    ),
    ("kernel", f"{_NATIVE}/lanes.h", "ROW(G[LANES], b)[j] += g[j] * x;", "ROW(G[LANES], b)[j] += g[j] * y;"),
    ("kernel", f"{_NATIVE}/lanes.h", "minus[j] = -plus[j];", "minus[j] = plus[j];"),
    ("kernel", f"{_NATIVE}/lanes.h", "gradient[r * rep] += sums[r];", "gradient[r * rep] = sums[r];"),
    (
        "kernel",
        f"{_NATIVE}/interpreter.h",
        "row[wide == 1 ? 0 : l] += from[r * L + l];",
        "row[wide == 1 ? 0 : l] = from[r * L + l];",
    ),
    ("kernel", f"{_NATIVE}/interpreter.h", "x += l < n ? p->inputs : 0)", "x += p->inputs)"),
    ("kernel", f"{_NATIVE}/target.h", "p[k] = straight || g != 0 ? dx : 0;", "p[k] = dx;"),
    ("kernel", f"{_NATIVE}/program.c", "s->GU[k] += shares[t].scratch->GU[k];", "s->GU[k] = shares[t].scratch->GU[k];"),
    ("kernel", f"{_NATIVE}/program.c", "call->value += shares[t].call.value;", "call->value = shares[t].call.value;"),
    ("kernel", f"{_NATIVE}/check.h", "slot >= m->slots[lane] || (m->state", "slot > m->slots[lane] || (m->state"),
    ("kernel", f"{_NATIVE}/check.h", "flat &= (unsigned)q[A_REP] <= 1", "flat &= (unsigned)q[A_REP] <= 2"),
    ("kernel", "microgrid/base/stack.pyx", "if oldest >> shift == 0:", "if oldest >> shift <= 1:"),
]

WRITTEN = ONCE_UNNOTICED + ENGINE + CAPTIONS + PAGE + COMPILED
"""(room, file, what stands there exactly once, what would be wrong)."""


def written(root: Path) -> list[Mutant]:
    """ValueError if one does not fit the source any more: then it is brought up to date, or taken out."""
    found = []
    for room, path, old, new in WRITTEN:
        text = read(root, path)
        if text.count(old) != 1:
            raise ValueError(f"{path} has {old!r} {text.count(old)} times and not once")
        start = text.index(old)
        found.append(Mutant(room, path, start, old, new, "by hand", _function(path, text[:start])))
    return found


def _function(path: str, before: str) -> str:
    """The last class, function or row that begins before."""
    if path.endswith("ops.py"):
        return re.findall(r'row\("(\w+)"', before)[-1]
    classes = re.findall(r"^class (\w+)", before, re.MULTILINE)
    return (classes or re.findall(r"(?:def|function) (\w+)", before) or [""])[-1]
