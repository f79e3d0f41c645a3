"""`microgrid train`: the page that trains a model on a data set, without writing a program."""

from __future__ import annotations

import argparse
import random
import re
from functools import partial
from typing import Any

from .. import pictures
from ..base.checks import one_of
from .output import add_output_arguments
from .sources import model, points

__all__ = ["TRAIN_EXAMPLES", "add_train_arguments", "trained_page"]

TRAIN_EXAMPLES = """examples:
  microgrid train moons --model 2-16-16-1 -o train.html
  microgrid train spirals --model 2-8-8-1 --activation tanh --lr 0.03 --lang es -o entrenar.html
  microgrid train gabor --model 1-8-1 --loss mse --optimizer RMSprop
  microgrid train lesson.py:X,y --model lesson.py:model --loss hinge

The page needs no network and no installation.  DATA is a data set of microgrid.datasets, or the names of
samples and targets in your own script.
"""
CLASSES = ("moons", "circles", "spirals", "xor", "blobs")
CURVES = ("linear", "gabor")
DATA = (*CLASSES, *CURVES)


def add_train_arguments(command: argparse.ArgumentParser) -> None:
    """What the command takes besides the language."""
    command.add_argument(
        "data", metavar="DATA", help=f"{', '.join(DATA)}, or FILE.py:X,y, samples and targets in your script"
    )
    command.add_argument(
        "--model",
        metavar="MODEL",
        default="",
        help="sizes such as 2-16-16-1 of an MLP, or FILE.py:NAME, a Module (default: 2-8-8-1 or 1-8-1)",
    )
    add_output_arguments(command, "train.html")
    command.add_argument("--loss", metavar="NAME", default="", help="a function of microgrid.nn.losses")
    command.add_argument("--optimizer", metavar="NAME", default="Adam", help="default: %(default)s")
    command.add_argument("--lr", metavar="X", type=float, default=0.01, help="default: %(default)s")
    command.add_argument("--activation", metavar="NAME", default="relu", help="default: %(default)s")
    command.add_argument(
        "--batch-size", metavar="N", type=int, help="samples in each step (default: all of them)"
    )
    command.add_argument(
        "--samples", metavar="N", type=int, default=100, help="of a data set (default: %(default)s)"
    )
    command.add_argument("--noise", metavar="X", type=float, help="of a data set, a standard deviation")
    command.add_argument(
        "--seed", metavar="N", type=int, default=0, help="of data, weights and batches (default: %(default)s)"
    )
    command.add_argument("--title", metavar="TEXT", help="what stands above the page")


def trained_page(options: argparse.Namespace) -> Any:
    """The page, once everything that was typed is looked through; `save` writes it."""
    from .. import optim
    from ..optim import rules

    one_of(options.optimizer, "optimizer", rules.__all__)
    X, y = _data(options)
    made = _model(options, len(X[0]))
    kind = getattr(optim, options.optimizer)
    return pictures.viz().trainer(
        made,
        X,
        y,
        loss=options.loss or _loss(options, y, made),
        optimizer=partial(kind, lr=options.lr),
        batch_size=options.batch_size,
        seed=options.seed,
        title=options.title,
        lang=options.lang,
    )


def _data(options: argparse.Namespace) -> tuple[Any, Any]:
    from .. import datasets

    if ".py" in options.data:
        return points(options.data)
    one_of(options.data, "DATA", DATA)
    noise = {} if options.noise is None else {"noise": options.noise}
    more = {"centers": 2} if options.data == "blobs" else {}
    made: tuple[Any, Any] = getattr(datasets, options.data)(
        options.samples, seed=options.seed, **noise, **more
    )
    return made


def _model(options: argparse.Namespace, inputs: int) -> Any:
    from ..nn import MLP

    text = options.model or f"{inputs}-8-{'8-' if inputs > 1 else ''}1"
    if not re.fullmatch(r"\s*\d+(-\d+)+\s*", text):
        return model(text)
    sizes = model(text)
    if sizes[0] != inputs:
        raise ValueError(
            f"--model {text} takes {sizes[0]} inputs, and {options.data} has {inputs}: begin with {inputs}-"
        )
    random.seed(options.seed)
    return MLP(sizes[0], sizes[1:], activation=options.activation)


def _loss(options: argparse.Namespace, y: Any, made: Any) -> str:
    """The loss that goes with the targets: of classes that of logits, otherwise the mean square."""
    answers = {float(t) for t in y}
    outputs = getattr(made, "layers", [None])[-1]
    several = getattr(outputs, "nout", 1) > 1
    if answers <= {0.0, 1.0} and not several:
        return "bce_with_logits"
    if answers == {-1.0, 1.0}:
        return "hinge"
    whole = all(t == int(t) and t >= 0 for t in answers)
    return "cross_entropy_with_logits" if whole and several else "mse"
