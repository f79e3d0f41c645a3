"""`microgrid demo`: one step of linear regression, computed, verified and drawn."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Callable
from pathlib import Path

from .. import pictures
from ..base.phrases import speaker
from .examples import LECTURE
from .output import in_color

__all__ = ["demo"]


def demo(options: argparse.Namespace, number: Callable[[float], str]) -> int:
    """Tell it, and write its pictures and its page."""
    from .. import parameter, verify
    from ..expressions.parse import parse

    say, lang = speaker(options.lang), options.lang
    viz = pictures.viz()
    directory = Path(options.dir.removeprefix(" "))
    if directory.exists() and not directory.is_dir():
        raise NotADirectoryError(
            errno.ENOTDIR, "is a file, and the pictures need a directory", str(directory)
        )
    directory.mkdir(parents=True, exist_ok=True)
    nodes = parse(LECTURE, w=parameter(2.0, "w"), b=parameter(1.0, "b"), x=3.0, y=9.0)
    loss = nodes["L"]
    loss.backward()
    print(say("A line yhat = w*x + b with w = 2 and b = 1 meets the point x = 3, y = 9."))
    print(say("How wrong is it, and which way should w and b move?"))
    print(f"\n{say('forward: the values')}")
    for statement in LECTURE.split("; "):
        name, _, formula = statement.partition(" = ")
        print(f"  {f'{name:4} = {formula}':20} = {number(nodes[name].data):>2}")
    print(f"\n{say('backward: the gradients of the loss L')}")
    for name in ("w", "b"):
        print(f"  dL/d{name} = {number(nodes[name].grad)}")
    print(say("Both are negative: L falls when w and b grow."))
    print(f"\n{in_color(verify(loss).text(lang))}\n")

    figure = viz.draw(loss, lang=lang)
    print(say("The graph as a picture, and as a page to step through, to change and to train:"))
    for suffix in ("svg", "pdf", "png"):
        figure.save(directory / f"graph.{suffix}")
        print(f"  {directory / f'graph.{suffix}'}")
    viz.steps(loss, lang=lang).save(directory / "steps.html")
    print(f"  {directory / 'steps.html'}")
    print(f"\n{say('Now draw your own:')}")
    print('  microgrid draw "tanh(w*x + b)" w=0.5 b=-1 x=2 --params w,b -o neuron.svg')
    return 0
