"""The random numbers of a study are its own, whatever other threads of the process draw meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from microgrid import nn, optim, train
from microgrid.train.studies.seeding import NAMES, seeded

X, Y = [[-1.0], [0.5], [2.0]], [1.0, 0.25, 4.0]
GRID = {"width": [2, 3], "seed": [5, 6]}
OPTIONS: dict[str, Any] = {"loss": "mse", "epochs": 3}


def make(width: int, seed: int) -> Any:
    """A model whose weights are drawn with pauses, in which other threads run."""
    time.sleep(0.01)
    first = nn.MLP(1, [width])
    time.sleep(0.01)
    return nn.Sequential(first, nn.Dropout(0.2), nn.Linear(width, 1)), {"optimizer": optim.SGD}


def wanted() -> list[list[float]]:
    """The losses of single fits, by hand."""
    losses = []
    for width in GRID["width"]:
        for seed in GRID["seed"]:
            random.seed(seed)
            model, more = make(width, seed)
            losses.append(train.fit(model, X, Y, seed=seed, progress=False, **OPTIONS, **more)["loss"])
    return losses


def losses(study: train.Study) -> list[list[float]]:
    return [fitted.history["loss"] for fitted in study if fitted.history is not None]


@contextmanager
def drawing() -> Iterator[list[float]]:
    """Another thread draws inside, as an engine's threads do; its numbers."""
    ended, drawn = threading.Event(), list[float]()

    def draw() -> None:
        while not ended.wait(0.0005):
            drawn.append(random.random())
            random.sample(range(100), 5)

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        yield drawn
    finally:
        ended.set()
        thread.join()


def test_other_threads_that_draw_do_not_change_a_study():
    by_hand = wanted()
    with drawing() as drawn:
        study = train.sweep(make, GRID, X, Y, **OPTIONS)
        model = study.model(study[0])
    assert losses(study) == by_hand
    assert [p.data for p in model.parameters()] == list(study[0].state.values())
    assert len(drawn) > 10
    assert len(drawn) - len(set(drawn)) <= 10  # where five blocks begin and end, but not all that is drawn inside


def test_a_fit_of_modules_draws_nothing_from_pythons_random(monkeypatch):
    """Shuffling, the samples held back and the masks of dropout have sources of their own."""
    model, more = make(3, 5)
    for name in set(NAMES) - {"getstate", "setstate"}:
        monkeypatch.setattr(random, name, None)
    state = random.getstate()
    for replay in (True, False):
        train.fit(model, X * 4, Y * 4, seed=5, progress=False, batch_size=4, validation=0.3, replay=replay,
                  **OPTIONS, **more)  # fmt: skip
    assert random.getstate() == state


def test_threads_that_make_models_wait_for_each_other():
    by_hand = wanted()
    with ThreadPoolExecutor(3) as pool:
        studies = [pool.submit(train.sweep, make, GRID, X, Y, **OPTIONS) for _ in range(2)]
        with ThreadPoolExecutor(2) as another:
            third = train.sweep(make, GRID, X, Y, executor=another, **OPTIONS)
        assert [losses(each.result()) for each in studies] == [by_hand] * 2
    assert losses(third) == by_hand


def test_a_model_that_is_made_again_does_not_disturb_a_study_in_another_thread():
    """Its Dropout draws its seed from `random`, between the draws of a fit that is being made."""
    by_hand = wanted()
    first = train.sweep(make, {"width": [2], "seed": [9]}, X, Y, **OPTIONS)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(train.sweep, make, GRID, X, Y, **OPTIONS)
        while not found.done():
            first.model()
    assert losses(found.result()) == by_hand


def test_a_study_inside_make_does_not_wait_for_itself():
    def best(width: int) -> Any:
        inner = train.sweep(make, {"width": [width], "seed": [1]}, X, Y, **OPTIONS)
        return inner.model(), {"optimizer": optim.SGD}

    with ThreadPoolExecutor(1) as pool:
        study = pool.submit(train.sweep, best, {"width": [2]}, X, Y, **OPTIONS).result(timeout=60)
    assert not study.failed


def test_the_functions_of_random_come_back_also_after_an_error():
    before = {name: getattr(random, name) for name in NAMES}
    random.seed(3)
    random.random()
    try:
        with seeded(1), seeded(2):
            assert random.uniform(0, 1) == random.Random(2).uniform(0, 1)
            imported = random.random
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert {name: getattr(random, name) for name in NAMES} == before
    generator = random.Random(3)
    assert [generator.random() for _ in range(3)][1:] == [imported(), random.random()]
