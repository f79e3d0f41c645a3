"""What the page that trains computes, run by Node: the steps beside those of the engine, for each optimiser."""

from __future__ import annotations

import json
import random
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from helpers.pages import run_node
from microgrid import Value, datasets, nn, optim, train
from microgrid.optim import rules
from viz.training.draws import batches
from viz.training.facts import facts
from viz.training.page_file import computing
from viz.training.recorded import recorded

KINDS = {name: getattr(rules, name) for name in rules.__all__}


def mlp(*sizes: int, activation: str = "relu", seed: int = 1) -> nn.MLP:
    random.seed(seed)
    return nn.MLP(sizes[0], list(sizes[1:]), activation=activation)


def moons(n: int, labels: tuple[int, int] = (0, 1)) -> Any:
    return datasets.moons(n, noise=0.15, seed=3, labels=labels)


def case(
    name: str, model: Any, data: tuple[Any, Any], loss: str, optimizer: Any, count: int, size: int | None = None
) -> dict[str, Any]:
    """So many steps by the engine, on Values: what each starts from, its loss and gradient, and what was drawn."""
    X, y = data
    trained = recorded(model, X, y, loss, optimizer)
    told = json.loads(json.dumps(facts(trained, size or len(X), SEED)))
    values, moved = model.parameters(), trained.optimizer
    whole, looks = bool((y % 1 == 0).all()), [looked(model, X, y, loss, k) for k in (0, len(X) - 1)]
    letters = {memory.name: letter for letter, memory in moved.row.memory.items()}
    steps = []
    for batch in islice(batches(len(X), size or len(X), SEED), count + 1):
        for v in values:
            v.grad = 0.0
        targets = y[batch].astype(int if whole else float).tolist()
        total = nn.losses.loss_function(loss)([model(x) for x in X[batch].tolist()], targets)
        total.backward()
        memory = {letters[name]: list(xs) for name, xs in moved.state_dict()["memory"].items()}
        before = {"x": [v.data for v in values], "gradient": [v.grad for v in values]}
        steps.append({**before, "loss": total.data, "batch": batch, "memory": memory})
        moved.step()
    return {"name": name, "facts": told, "steps": steps, "looks": looks}


SEED = 7


def looked(model: Any, X: Any, y: Any, loss: str, k: int) -> dict[str, Any]:
    """What the circles of a sample hold, layer by layer, and the derivatives of its loss with respect to them."""
    outs = [[Value(x) for x in X[k].tolist()]]
    for layer in model.layers:
        found = layer(outs[-1])
        outs.append(found if isinstance(found, list) else [found])
    target = int(y[k]) if (y % 1 == 0).all() else float(y[k])
    nn.losses.loss_function(loss)([outs[-1][0] if len(outs[-1]) == 1 else outs[-1]], [target]).backward()
    circles = [v for column in outs for v in column]
    return {"sample": k, "values": [v.data for v in circles], "gradients": [v.grad for v in circles]}


def test_each_step_is_the_engine_s_and_two_hundred_are(tmp_path: Path) -> None:
    trainings = [
        case(name, mlp(2, 3, 2, 1, activation="tanh"), moons(12), "bce_with_logits", kind, 200)
        for name, kind in KINDS.items()
    ]
    momentum = partial(optim.SGD, lr=0.05, momentum=0.9)
    trainings += [
        case("SGD with momentum", mlp(2, 3, 1), moons(12, (-1, 1)), "hinge", momentum, 200),
        case("batches", mlp(2, 4, 1, activation="tanh"), moons(25), "mse", partial(optim.Adam, lr=0.01), 100, 8),
        case("three classes", mlp(2, 5, 3), datasets.blobs(30, seed=1), "cross_entropy_with_logits", optim.Adam, 50),
        case("a curve", mlp(1, 6, 1, activation="gelu"), datasets.gabor(30, seed=2), "mae", optim.NAdam, 50),
    ]
    dice = [(seed, random.Random(seed)) for seed in (0, 1, 7, 2**31, 2**32 + 5, 2**53 - 1)]
    twister = []
    for seed, rng in dice:
        numbers = [rng.random() for _ in range(1300)]
        order = list(range(50))
        datasets.shuffle(order, rng)
        twister.append({"seed": seed, "numbers": numbers, "order": order})
    code = computing(recorded(mlp(2, 2, 1), *moons(8), "mse", optim.SGD), every=True)
    networks = [
        network("tanh", 2, 3, 1),
        network("leaky_relu", 2, 12, 11, 1),
        network("gelu", 2, 4, 4, 2),
        network("relu", 2, 1),
    ]
    networks[0]["trained"] = penalised("L1", 2, 3, 1)
    networks[1]["trained"] = penalised("L2", 2, 12, 11, 1, activation="leaky_relu")
    count = 2 + len(trainings) + len(networks)
    run_node("training", tmp_path, count, code=code, trainings=trainings, twister=twister, networks=networks)


def normalising(bias: bool) -> nn.Sequential:
    """Two normalisations.  The gradient of a bias before one is rounding alone, which Adam makes steps of."""
    random.seed(1)
    first, second = nn.Linear(2, 4, bias=bias), nn.Linear(4, 3, bias=bias)
    return nn.Sequential(first, nn.BatchNorm(4), "tanh", second, nn.BatchNorm(3, momentum=0.3), "relu", nn.Linear(3, 1))


def fitted(name: str, optimizer: Any, size: int, epochs: int, bias: bool) -> dict[str, Any]:
    """A model with batch normalisation, trained by `fit`: what it has learned, and what it then says."""
    model, (X, y) = normalising(bias), moons(24)
    told = json.loads(json.dumps(facts(recorded(model, X, y, "bce_with_logits", optimizer), size, SEED)))
    drawn = batches(len(X), size, SEED)
    steps = epochs * -(-len(X) // size)
    moved = optimizer(model.parameters())
    for batch in islice(drawn, steps):  # one step each, of the samples that the page draws
        train.fit(model, X[batch], y[batch], loss="bce_with_logits", optimizer=moved, epochs=1, progress=False)
    model.eval()
    outputs = [model(x).data for x in X.tolist()]
    loss = float(np.mean(np.logaddexp(0.0, outputs) - y * np.array(outputs)))
    norms = [model[1], model[4]]
    return {
        "name": name, "facts": told, "steps": steps, "outputs": outputs, "loss": loss,
        "parameters": [v.data for v in model.parameters()],
        "running": [x for norm in norms for x in norm.running_mean] + [x for norm in norms for x in norm.running_var],
    }  # fmt: skip


def test_batch_normalisation_is_that_of_fit(tmp_path: Path) -> None:
    cases = [
        fitted("whole batches", partial(optim.Adam, lr=0.02), 24, 60, bias=False),
        fitted("of five, the last of four", partial(optim.SGD, lr=0.1, momentum=0.9), 5, 8, bias=True),
    ]
    code = computing(recorded(normalising(True), *moons(8), "mse", optim.SGD), every=True)
    run_node("normalised", tmp_path, 3, code=code, cases=cases)


def network(activation: str, *sizes: int) -> dict[str, Any]:
    """An MLP as Python records it, which the page is to build by itself."""
    loss = "bce_with_logits" if sizes[-1] == 1 else "cross_entropy_with_logits"
    told = json.loads(
        json.dumps(facts(recorded(mlp(*sizes, activation=activation), *moons(10), loss, optim.Adam), 10, 0))
    )
    spec = {"sizes": sizes, "activation": activation, "dropout": 0, "seed": 1}
    return {"name": f"{activation} {sizes}", "facts": told, "spec": spec, "trained": None}


def penalised(name: str, *sizes: int, activation: str = "tanh") -> dict[str, Any]:
    """Ten steps of `fit` with a penalty: the parameters before each, and the loss of which the penalty is a part."""
    model, (X, y) = mlp(*sizes, activation=activation), moons(10)
    penalty = {"L1": nn.losses.l1_penalty, "L2": nn.losses.l2_penalty}[name]
    history = train.fit(model, X, y, loss="bce_with_logits", optimizer=optim.Adam, epochs=11, record="parameters",
                        penalty=lambda ps: penalty(ps, 0.07), progress=False)  # fmt: skip
    path = history.path
    assert path is not None
    steps = [
        {"x": list(x), "loss": loss} for x, loss in zip(np.asarray(path.points).tolist(), history["loss"], strict=False)
    ]
    return {"penalty": {"name": name, "strength": 0.07}, "steps": steps[:10]}
