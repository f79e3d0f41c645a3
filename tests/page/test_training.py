"""What the page that trains computes, run by Node: the steps beside those of the engine, for each optimiser."""

from __future__ import annotations

import json
import random
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from helpers.pages import run_node
from microgrid import Value, datasets, nn, optim
from microgrid.optim import rules
from viz.network.training.draws import batches
from viz.network.training.facts import facts
from viz.network.training.page_file import computing
from viz.network.training.recorded import recorded

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
    run_node("training", tmp_path, 1 + len(trainings), code=code, trainings=trainings, twister=twister)
