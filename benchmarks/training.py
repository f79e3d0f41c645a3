"""Training on the moons: 100 full-batch epochs by `fit`, recording included, beside loops in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from . import moons
from .report import Result
from .timing import Contest, Entry, turn

__all__ = ["compared", "losses_by_hand", "run", "trained"]

OURS, EAGER, MICROGRAD = "microgrid, fit", "microgrid, a loop over Values", "micrograd, a loop"
RATE = 0.1
EPOCHS = 100
CHECKED = 10
"""How many epochs of micrograd are compared: all 100 would take a minute."""
TOLERANCE = 1e-9


def run(quick: bool) -> Result:
    """A turn of `fit` is the whole training; one of a loop is an epoch, counted as many times."""
    import microgrid
    import microgrid.nn

    data = moons.moons(10 if quick else 100)
    epochs, checked, turns = (5, 2, 2) if quick else (EPOCHS, CHECKED, 7)
    reference = losses_by_hand(microgrid.nn, microgrid.Value, data, epochs)
    entries = {OURS: Entry(OURS), EAGER: Entry(EAGER)}
    steps: dict[str, tuple[Callable[[], Any], int]] = {}
    entries[OURS].compared = compared(trained(data, epochs), reference)
    entries[EAGER].compared = "is what the others are compared with"
    steps[OURS] = partial(trained, data, epochs), 1
    steps[EAGER] = _epoch(microgrid.nn, microgrid.Value, data), epochs
    try:
        import micrograd.engine
        import micrograd.nn
    except ImportError:
        entries[MICROGRAD] = Entry(MICROGRAD, "missing: micrograd is not installed")
    else:
        entries[MICROGRAD] = Entry(MICROGRAD)
        found = losses_by_hand(micrograd.nn, micrograd.engine.Value, data, checked)
        entries[MICROGRAD].compared = compared(found, reference[:checked])
        steps[MICROGRAD] = _epoch(micrograd.nn, micrograd.engine.Value, data), epochs
    wrong = [entry for entry in entries.values() if entry.compared.startswith("wrong")]
    for entry in wrong:
        entry.status = entry.compared
        del steps[entry.name]
    for _ in range(turns):
        for name, (step, count) in steps.items():
            thread, process, wall = turn(step, 1)
            entries[name].turns.append((thread * count, process * count, wall * count))
    standings, result = Contest(entries), Result()
    result.add(
        "training", f"Training: {epochs} full-batch epochs, {len(data.points)} samples", standings, OURS, "ms"
    )
    result.notes.append(f"a step is the whole training; loops are timed for one epoch, times {epochs}")
    result.measure("training.micrograd", standings.ratio(MICROGRAD, OURS) if MICROGRAD in steps else None)
    return result


def trained(data: moons.Moons, epochs: int) -> list[float]:
    """The losses of `fit` with plain gradient descent."""
    import microgrid.nn
    from microgrid import optim, train

    model = moons.network(microgrid.nn)
    history = train.fit(
        model,
        data.points,
        data.labels,
        loss="hinge",
        optimizer=partial(optim.SGD, lr=RATE),
        epochs=epochs,
        penalty=lambda ps: microgrid.nn.losses.l2_penalty(ps, 2 * moons.ALPHA),
        progress=False,
    )
    return history["loss"]


def losses_by_hand(module: Any, value: Callable[[float], Any], data: moons.Moons, epochs: int) -> list[float]:
    """The same steps as micrograd's demo writes them."""
    epoch = _epoch(module, value, data)
    return [epoch() for _ in range(epochs)]


def _epoch(module: Any, value: Callable[[float], Any], data: moons.Moons) -> Callable[[], float]:
    model = moons.network(module)

    def epoch() -> float:
        loss = moons.step(model, data, value)
        for p in model.parameters():
            p.data -= RATE * p.grad
        return loss

    return epoch


def compared(losses: Sequence[float], reference: Sequence[float]) -> str:
    """How far the losses of every epoch are from the reference's, relative; "wrong ..." if too far."""
    if len(losses) != len(reference):
        return f"wrong: {len(losses)} losses, not {len(reference)}"
    error = max(abs(a - b) / abs(b) for a, b in zip(losses, reference))
    return f"{'' if error <= TOLERANCE else 'wrong: '}{len(losses)} losses within {error:.0e}"
