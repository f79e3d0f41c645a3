"""What is trained, as programs: the model on a sample, with its circles, and the loss of its predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import microgrid
from microgrid import Value
from microgrid.arguments import ArrayLike, nested
from microgrid.base.checks import whole
from microgrid.nn import BatchNorm
from microgrid.nn.losses import Loss
from microgrid.nn.mlp import MLP
from microgrid.nn.module import Module, walk
from microgrid.optim import Optimizer
from microgrid.programs.program import Program
from microgrid.train.examples import Examples
from microgrid.train.programs import reached
from microgrid.train.recorder import Coupled, Encoding, Recorded, Unrecordable, record_example
from microgrid.train.task import Task

from ..errors import TooLarge, VizError
from ..network.net import Net
from ..network.read import placed
from ..network.reading.record import Recording
from .batch_norm import Normalised, normalised, standing_in

__all__ = ["MOST_PARAMETERS", "MOST_POINTS", "Trained", "batch_size", "recorded"]

MOST_POINTS, MOST_PARAMETERS, MOST_NUMBERS = 2_000, 5_000, 40_000
"""What a page holds and still trains many times a second."""


@dataclass(frozen=True)
class Trained:
    """A model with its loss and its optimiser, recorded; `rows` are the samples with their encoded targets.

    `model` gives the predictions of columns of inputs and of the masks that dropouts draw, and then what the
    circles of `net` hold, by `units`: for each column, for each circle, the place among the outputs.
    """

    net: Net
    units: list[list[int]]
    model: Program
    loss: Program
    reduce: str
    parameters: list[Value]
    places: list[str]
    """The parameters' names in `named_parameters`, or in the list of the model's."""
    optimizer: Optimizer
    examples: Examples
    rows: list[list[float]]
    dropped: list[float]
    """For each mask that a sample needs the share that its dropout drops."""
    predictions: int
    loss_function: Loss
    total: Value
    """The loss of one sample; the leaves of its graph are `columns`: inputs, targets, masks, statistics."""
    columns: list[list[Value]]
    sizes: list[int]
    """Of an `nn.MLP`, from its inputs to its outputs; of another model none."""
    activation: str
    normal: Normalised
    """What batch normalisations normalise."""


def recorded(
    model: Any,
    X: ArrayLike,
    y: ArrayLike,
    loss: str | Loss,
    optimizer: Optimizer | Callable[[Sequence[Value]], Optimizer],
) -> Trained:
    """Look through what was handed in and record it; VizError if a page cannot compute it."""
    moved = _optimizer(optimizer, model)
    examples = _examples(X, y)
    # in a context of its own, where the caller's no_grad() and scopes do not hold
    return Context().run(_recorded, model, examples, loss, moved)


def _recorded(model: Any, examples: Examples, loss: str | Loss, moved: Optimizer) -> Trained:
    task = Task(model, loss, None, list(moved.parameters), examples)
    with task.mode(True), task.as_it_was(), task.untouched():
        if examples.y.shape[1:] == (1,) and task.single():
            examples.flatten()
        try:
            with standing_in(_norms(task)) as normals:
                example, encoding, reduce = record_example(task)
        except Coupled:
            raise VizError(
                "the page trains sample by sample, and this model or loss mixes the samples of a batch by "
                "more than nn.BatchNorm: train it by microgrid.train.fit"
            ) from None
        except Unrecordable as error:
            raise VizError(
                f"the page replays one sample's graph for all, and this model cannot be replayed: {error}"
            ) from None
        used = reached(example, None, task.trained)
        parameters = [v for v, is_used in zip(task.trained, used.tolist(), strict=True) if is_used]
        normal = normalised(normals, example.loss)
        return _programs(task, example, encoding, str(reduce), parameters, moved, normal)


def _norms(task: Task) -> list[BatchNorm]:
    """The batch normalisations; Coupled by what somebody wrote like one."""
    if any(type(norm) is not BatchNorm for norm in task.norms):
        raise Coupled
    return task.norms


def _programs(
    task: Task,
    example: Recorded,
    encoding: Encoding,
    reduce: str,
    parameters: list[Value],
    moved: Optimizer,
    normal: Normalised,
) -> Trained:
    examples = task.examples
    inputs = example.columns[: examples.inputs]
    masks = [leaf for _, leaves in example.masks for leaf in leaves]
    places = _places(task.model, parameters)
    for i, leaf in enumerate(inputs, start=1):
        leaf.label = f"x{i}"  # as diagrams call them
    net, ends = placed(_read(task, inputs, example.outputs, masks, normal))
    nodes = list(ends)
    leaves = [*inputs, *masks, *normal.leaves]
    model = microgrid.compile([*example.outputs, *nodes, *normal.x], leaves, parameters)
    start = examples.inputs, len(example.columns) - len(masks)
    columns = [inputs, example.columns[slice(*start)], masks, normal.leaves]
    _label(example.loss, columns[1])
    order: dict[tuple[int, int], int] = {end: len(example.outputs) + k for k, end in enumerate(ends.values())}
    units = [[order[k, row] for row in range(len(column.units))] for k, column in enumerate(net.columns)]
    return Trained(
        net,
        units,
        model,
        _loss(task, example, encoding),
        reduce,
        parameters,
        places,
        moved,
        examples,
        encoding(examples.rows).tolist(),
        [dropout.p for dropout, leaves in example.masks for _ in leaves],
        len(example.outputs),
        task.loss,
        example.loss,
        columns,
        *_mlp(task.model, parameters),
        normal,
    )


def _label(loss: Value, targets: list[Value]) -> None:
    """As a walk calls them."""
    loss.label = loss.label or "L"
    for i, target in enumerate(targets, start=1):
        target.label = "y" if len(targets) == 1 else f"y{i}"


def _mlp(model: Any, parameters: list[Value]) -> tuple[list[int], str]:
    """Sizes and activation of an `nn.MLP` as it is made, all of which is trained."""
    if type(model) is not MLP or len(parameters) != len(model.parameters()):
        return [], ""
    *hidden, last = (list(layer.neurons) for layer in model.layers)
    kinds = {(neuron.nonlin, neuron.activation) for layer in hidden for neuron in layer}
    if any(neuron.nonlin for neuron in last) or len(kinds) > 1 or not all(nonlin for nonlin, _ in kinds):
        return [], ""
    sizes = [model.layers[0].nin, *(len(layer) for layer in hidden), len(last)]
    return sizes, next(iter(kinds), (True, "relu"))[1]


def _loss(task: Task, example: Recorded, encoding: Encoding) -> Program:
    """The loss of a sample's predictions, which are leaves here, and targets."""
    made: list[Value] = []

    def leaves(part: Any) -> Any:
        if isinstance(part, Value):
            made.append(Value(part.data, f"p{len(made)}"))
            return made[-1]
        return [leaves(other) for other in part]

    predictions = leaves(example.predictions)
    count = len(example.columns) - sum(len(masks) for _, masks in example.masks) - encoding.inputs
    answers = example.columns[encoding.inputs : encoding.inputs + count]
    targets = [Value(t.data, t.label) for t in answers]
    loss = task.objective(predictions, [nested(targets, encoding.shape)])
    if loss.data != example.loss.data:
        raise VizError(
            "the page takes the loss of the predictions alone, and this loss looks at more: "
            f"it is {example.loss.data:.6g} after the model and {loss.data:.6g} of its predictions"
        )
    return microgrid.compile(loss, [*made, *targets], [])


def _read(
    task: Task, inputs: list[Value], outputs: list[Value], masks: list[Value], normal: Normalised
) -> Recording:
    """The forward pass just made, as diagrams of networks read it."""
    model = task.model
    name = getattr(model, "__name__", type(model).__name__)
    modules = dict(model.named_modules()) if isinstance(model, Module) else {}
    known = dict(walk(model)) if isinstance(model, Module) else {}
    found = {v: (place, v) for place, v in known.items() if isinstance(v, Value)}
    if isinstance(model, Module):
        found |= {v: (place, v) for place, v in model.named_parameters()}
    else:
        found |= {v: (f"parameters.{i}", v) for i, v in enumerate(model.parameters())}
    gammas = frozenset(gamma for norm in task.norms for gamma in norm.gamma)
    statistics = frozenset(normal.leaves)
    return Recording(name, [inputs], [outputs], found, modules, frozenset(masks), gammas, statistics)


def _places(model: Any, parameters: list[Value]) -> list[str]:
    if isinstance(model, Module):
        known = {v: place for place, v in model.named_parameters()}
    else:
        known = {v: f"parameters.{i}" for i, v in enumerate(model.parameters())}
    return [known.get(v, f"parameter {k}") for k, v in enumerate(parameters)]


def _optimizer(optimizer: Optimizer | Callable[[Sequence[Value]], Optimizer], model: Any) -> Optimizer:
    """An optimiser of the model's Values, and as far as it has come with all of them."""
    if isinstance(model, type) or not callable(model) or not hasattr(model, "parameters"):
        raise TypeError(
            f"trainer trains a model, a Module or a callable with parameters(), got {type(model).__name__} "
            f"{model!r:.60}"
        )
    made = optimizer
    if callable(optimizer) and not isinstance(optimizer, Optimizer):
        made = optimizer(model.parameters())
    if not isinstance(made, Optimizer) or not isinstance(made.parameters, list):
        raise TypeError(
            "optimizer is one of microgrid.optim, made of model.parameters(), or what makes it of them, such "
            f"as optim.Adam or functools.partial(optim.Adam, lr=0.01): got {type(made).__name__}"
        )
    if not made.parameters or len(made.parameters) > MOST_PARAMETERS:
        raise TooLarge(
            f"the page trains 1 to {MOST_PARAMETERS:,} parameters, and the optimizer has "
            f"{len(made.parameters):,}: train the others by microgrid.train.fit"
        )
    return made


def _examples(X: ArrayLike, y: ArrayLike) -> Examples:
    examples = Examples(X, y, "trainer")
    n, size = examples.rows.shape
    if n > MOST_POINTS or n * size > MOST_NUMBERS:
        fewer = max(2, -(-n // min(MOST_POINTS, max(1, MOST_NUMBERS // size))))
        raise TooLarge(
            f"the page holds at most {MOST_POINTS:,} samples and {MOST_NUMBERS:,} numbers, and X and y have "
            f"{n:,} samples of {size}: pass some of them, X[::{fewer}], y[::{fewer}]"
        )
    return examples


def batch_size(size: int | None, count: int) -> int:
    """How many samples each step takes: all of them unless it is said otherwise."""
    return count if size is None else min(whole(size, "batch_size"), count)
