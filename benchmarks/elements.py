"""A training step of the lesson's GPT on all names of the elements: eager, replayed, and by PyTorch."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from .report import Result
from .timing import Answer, Contestant, contest

__all__ = ["run"]

LESSON = Path(__file__).parent.parent / "tutorials" / "g_a_tiny_gpt.py"
MATRICES = ("embedding", "positions", "query", "key", "value", "mix", "expand", "shrink", "head")
"""Of the lesson's model, in the order of its parameters."""
IGNORED = -100
EAGER, REPLAY, TORCH = "eager: build, backward, Adam", "replay, Adam", "PyTorch, matrices, Adam"


def run(quick: bool) -> Result:
    """A step: the loss of every letter of the names, and one step of Adam; some names only if `quick`."""
    lesson = loaded()
    names = lesson.NAMES[:4] if quick else lesson.NAMES
    reference = eager(lesson, names, step=False)
    builders: dict[str, Callable[[], Contestant]] = {
        EAGER: partial(eager, lesson, names),
        REPLAY: partial(replayed, lesson, names),
        TORCH: partial(by_pytorch, lesson, names),
    }
    standings = contest(reference.read(reference.step()), builders, turns=2 if quick else 7)
    result = Result()
    letters = sum(len(name) + 1 for name in names)
    title = f"The lesson's GPT: {len(lesson.weights):,} parameters, {len(names)} names of {letters:,} letters"
    result.add("elements", title, standings, REPLAY)
    return result


def loaded() -> Any:
    """The lesson as a module, before its first step, without what it prints."""
    spec = spec_from_file_location("a_tiny_gpt", LESSON)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"the lesson is not at {LESSON}")
    module, before = module_from_spec(spec), os.environ.get("MICROGRID_STEPS")
    os.environ["MICROGRID_STEPS"] = "0"
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            spec.loader.exec_module(module)
    finally:
        os.environ.pop("MICROGRID_STEPS")
        if before is not None:
            os.environ["MICROGRID_STEPS"] = before
    return module


def fresh(lesson: Any) -> Any:
    return lesson.GPT(len(lesson.LETTERS), len(lesson.model.positions))


def eager(lesson: Any, names: list[str], step: bool = True) -> Contestant:
    """One graph after another, whose gradients add up."""
    from microgrid import optim

    model = fresh(lesson)
    parameters = model.parameters()
    texts = [lesson.encoded(f".{name}.") for name in names]
    letters = sum(len(text) - 1 for text in texts)
    optimizer = optim.Adam(parameters, lr=0.01)

    def train() -> tuple[float, list[float]]:
        optimizer.zero_grad()
        total = 0.0
        for text in texts:
            loss = lesson.surprise(model, text) / letters
            loss.backward()
            total += loss.data
        gradient = [p.grad for p in parameters]
        if step:
            optimizer.step()
        return total, gradient

    return Contestant(train, lambda found: Answer(*found))


def replayed(lesson: Any, names: list[str]) -> Contestant:
    """The loop of the lesson."""
    import numpy as np

    from microgrid import optim

    rows: dict[int, list[Any]] = {}
    for name in names:
        rows.setdefault(len(name) + 2, []).append(np.ravel(lesson.encoded(f".{name}.")))
    batches = {length: np.array(group) for length, group in rows.items()}
    letters = sum(len(name) + 1 for name in names)
    weights = np.array([p.data for p in fresh(lesson).parameters()])
    optimizer = optim.Adam(weights, lr=0.01)

    def train() -> tuple[float, Any]:
        total, gradient = 0.0, np.zeros_like(weights)
        for length, X in batches.items():
            program = lesson.programs[length]
            program.parameters = weights
            value, slope = program.value_and_grad(X, reduce="sum")
            total, gradient = total + value, gradient + slope
        gradient /= letters
        optimizer.step(gradient)
        return total / letters, gradient

    return Contestant(train, lambda found: Answer(*found))


def by_pytorch(lesson: Any, names: list[str]) -> Contestant:
    """The same formulas on matrices of all names at once, padded to one length, in float64 on one thread.

    What stands behind the end of a name is seen by nothing before it, and is no target.
    """
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    model = fresh(lesson)
    w = {
        name: torch.tensor([[p.data for p in row] for row in getattr(model, name)], dtype=torch.float64)
        for name in MATRICES
    }
    for tensor in w.values():
        tensor.requires_grad_()
    length = 1 + max(map(len, names))
    padded = torch.zeros(len(names), length + 1, len(lesson.LETTERS), dtype=torch.float64)
    for i, name in enumerate(names):
        padded[i, : len(name) + 2] = torch.tensor(lesson.encoded(f".{name}."))
    read, expected = padded[:, :-1].contiguous(), padded[:, 1:]
    targets = torch.where(expected.any(dim=-1), expected.argmax(dim=-1), IGNORED).flatten()
    optimizer = torch.optim.Adam(list(w.values()), lr=0.01)

    def norm(x: Any) -> Any:
        return x * (x.square().mean(dim=-1, keepdim=True) + 1e-5) ** -0.5

    def train() -> tuple[float, Any]:
        optimizer.zero_grad()
        x = norm(read @ w["embedding"].T + w["positions"][:length])
        h = norm(x)
        query, key, value = (
            (h @ w[name].T).reshape(len(names), length, model.heads, -1).transpose(1, 2)
            for name in MATRICES[2:5]
        )
        answer = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + answer.transpose(1, 2).reshape(x.shape) @ w["mix"].T
        x = x + (norm(x) @ w["expand"].T).relu() @ w["shrink"].T
        loss = functional.cross_entropy((x @ w["head"].T).flatten(0, 1), targets, ignore_index=IGNORED)
        loss.backward()
        found = [tensor.grad.clone() for tensor in w.values()]
        optimizer.step()
        return loss.item(), found

    return Contestant(
        train, lambda found: Answer(found[0], torch.cat([g.flatten() for g in found[1]]).tolist())
    )
