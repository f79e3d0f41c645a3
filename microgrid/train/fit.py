"""`fit`, and what it is handed: looked through, before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..arguments import ArrayLike
from ..base import context
from ..base.checks import generator, one_of, whole
from ..base.messages import number
from ..base.phrases import LANG
from ..engine import Value
from ..errors import GraphError
from ..nn.losses import Loss
from ..nn.module import Model
from ..optim import Optimizer
from ..optim.schedules import AnySchedule
from ..programs.c.choice import BACKENDS, Backend
from . import handed
from .examples import Examples, split
from .held import Held
from .history import EarlyStopping, History
from .paths.recording import Record, recording
from .runs import identity
from .runs.callbacks import AnyCallback, listed
from .runs.progress import Progress
from .runs.resuming import Resume, run_of
from .runs.watching import Observer
from .scores.metrics import Metrics, named
from .shards.engines import Executor, engine_of
from .task import Penalty, Task
from .training import Training

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["fit"]


def fit(
    model: Model,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss,
    optimizer: Optimizer | Callable[[Sequence[Value]], Optimizer],
    epochs: int,
    batch_size: int | None = None,
    validation: float | tuple[ArrayLike, ArrayLike] | None = None,
    early_stopping: EarlyStopping | int | None = None,
    schedule: AnySchedule | Callable[[Optimizer], AnySchedule] | None = None,
    clip: tuple[str, float] | handed.Clip | None = None,
    penalty: Penalty | None = None,
    metrics: Metrics = (),
    threshold: float | None = None,
    monitor: Observer | None = None,
    record: Record | None = None,
    every: int = 1,
    callbacks: AnyCallback | Iterable[AnyCallback] | None = None,
    resume: Resume | None = None,
    executor: Executor | None = None,
    shards: int | None = None,
    seed: int | Sequence[int] | Generator | None = None,
    progress: bool = True,
    verbose: int = 0,
    lang: str = LANG,
    replay: bool = True,
    backend: Backend = "kernel",
) -> History:
    """Train `model`, a Module or a callable with `parameters()`, on samples X and targets y.

    The graph of one example is recorded and replayed for all: that of a whole batch where a batch is more
    than its samples, as for BatchNorm.  The steps are those of a loop over Values, but for rounding.  Where
    some 32 examples spread over the data show that Python decides by the data, everything is computed in
    Python, which a warning says; another one says at the end if the trained model records another graph.
    ``replay=False`` asks for Python.

    - `loss`: a function of (predictions, targets), such as those in `nn.losses`, or the name of one of them.
    - `optimizer`: made of ``model.parameters()``, or what makes one of them: `optim.Adam`, a partial, a
      lambda.  Parameters that it was not given stay as they are.
    - `batch_size`: samples are drawn without replacement, anew in each epoch, by `seed` (as
      `numpy.random.default_rng` takes it); the last batch may be smaller.  None: all in one batch, in their
      order.
    - `validation`: (X, y), or the fraction of the samples that is drawn by `seed` and held back.
    - `early_stopping`: an `EarlyStopping`, or its patience.
    - `schedule`: one of the optimiser, or a function that makes it; stepped after each epoch,
      `ReduceLROnPlateau` with the validation loss, or the loss where there is no validation.
    - `clip`: ("norm", length), ("value", limit), or a function of the gradient array that returns another, or
      changes this one and returns None or a number, as `optim.clip_grad_norm_` does.
    - `penalty`: a function of ``model.parameters()`` whose Value is added to the loss of each batch.
    - `metrics`: "accuracy", functions of the arrays (predictions, targets), or a mapping from names to them.
      Right is, for classes, or 1 at the class, the place of the largest output; of a single output, the side
      of `threshold`.
    - `threshold`: for "accuracy" of one output: above it the answer is yes.  By default 0 where targets are
      -1 and 1; where they are 0 and 1, the prediction that the loss finds as wrong for one as for the other,
      if that is ½ (bce, mse) or 0 (bce_with_logits).  `viz.plots.decision_boundary`, which knows no loss, has
      another rule: pass it too.
    - `monitor`: a `Monitor`, shown the batches that it asks for.
    - `record`: what `history.path` keeps of each `every`-th step, with loss, gradient and rate: "parameters",
      some by their names (as in named_parameters(), or labels), or numbers that a function of the model
      returns.  A step of 337 parameters takes 0.04 ms more, and 0.3 ms with a function, for which
      the Values are given their numbers first.
    - `callbacks`: what looks on, or steps in: a function of (epoch, logs), a `Callback`, or several of them.
    - `resume`: the file of this run, or a `Checkpoint` of it.  It is written as the training goes on, and if
      it is there, training goes on from it.  So the same call after Ctrl-C or a kill ends with the parameters
      and the history of a training that nothing ended, bit for bit on the same kind of processor, and with
      more `epochs` it goes on longer.  CheckpointError if the file is damaged, or of another run.
    - `executor`: a `distributed.Client` of Dask, or the module ray: the samples are laid on its workers once,
      in `shards` parts, by default one for each worker, but no more than a batch has samples; a step sends
      the parameters, and adds up the gradients that come back.  With all samples in one batch the steps are
      those of one process but for rounding.  A worker that is lost is replaced and the step repeated; a slow
      one is waited for, aloud.  Metrics, validation and monitor compute here.
    - `shards`: how many parts the samples lie in.  Each is shuffled by itself, and gives every batch an equal
      part; so mini-batches depend on this number, with or without an executor, and on no number of workers.
      ValueError if it is more than `batch_size`.
    - `progress`: a bar of tqdm's on stderr where that is a terminal, or in a notebook with ipywidgets.
    - `verbose`: 1 prints a line after each epoch, "Epoch 3/20 - loss: 0.3124 - val_loss: 0.3311", n one after
      each n-th and the last.  As in Keras "val_loss" is what the History has as "validation_loss".
    - `lang`: "es" has these lines in Spanish.
    - `backend`: "c" has this machine's C compiler build the program of the loss and its gradient, as
      `microgrid.compile` does: once, in some seconds, as the result is kept.  The steps are the same but for
      rounding.  What a compiler would take more than about 10 seconds for, batches of one sample, and models
      that mix the samples of a batch run on the kernel, which a warning says; metrics and validation do too.
      Workers of an `executor` build it where they are.  MicrogridError where there is no compiler.

    Ctrl-C, a loss or a gradient that is not finite end the training: the parameters of the best epoch so far
    come back, and a warning says what happened.  The model's parameters change when training ends, also by an
    error.  Targets may have the shape (n, 1) where the model gives one Value for each sample.  Samples and
    targets of different numbers, none, or not finite are ValueErrors, and so a GraphError inside no_grad().
    """
    import numpy as np

    if not context.current().recording:
        raise GraphError("fit differentiates graphs, and inside no_grad() none is recorded: call it outside")
    one_of(backend, "backend", BACKENDS)
    if backend == "c" and not replay:
        raise ValueError('fit: backend="c" builds what is replayed, and replay=False asks for Python: choose')
    shown = Progress(progress, verbose, lang)
    rng, stored = generator(seed), run_of(resume)
    if stored is not None:
        sown = identity.sown(seed, rng)
        stored.sow(rng, seed is not None)
    examples, held_out = Examples(X, y), None
    if isinstance(validation, int | float):
        examples, held_out = split(examples, validation, rng)
    elif validation is not None:
        held_out = handed.held_out(validation)
    moved = handed.optimizer_of(optimizer, model)
    task = Task(model, loss, penalty, moved.parameters, examples)
    engine = None if executor is None else engine_of(executor)
    epochs, size = whole(epochs, "epochs"), len(examples)
    if batch_size is not None:
        size = min(whole(batch_size, "batch_size"), len(examples))
    if shards is None:
        shards = 1 if engine is None else min(engine.workers, size)
    shards = whole(shards, "shards", most=len(examples))
    if shards > size:
        raise ValueError(
            f"fit: shards={shards} with batch_size={size}: a batch takes an equal part of every shard, so it "
            f"has at least as many samples as there are shards: choose shards={size} or fewer, or "
            f"batch_size={shards} or more"
        )
    last = len(examples) % size or size
    if task.norms and last == 1:
        raise ValueError(
            f"fit: {len(examples)} samples in batches of {size} leave a batch of 1 sample, which "
            "has no variance to normalise by: choose another batch_size"
        )
    if threshold is not None:
        threshold = number(threshold, where="threshold is a real number")
    stopping = handed.stopping_of(early_stopping)
    ruled = handed.schedule_of(schedule, moved)
    clipping = handed.clip_of(clip)
    watching, called = handed.observer(monitor, model), listed(callbacks)
    recorded = recording(record, every, task)
    both = [examples] if held_out is None else [examples, held_out]
    columns = [part for part in both if part.y.shape[1:] == (1,)]
    ended: list[History] = []
    try:
        with Held() as held:  # from here on the model is touched
            with task.as_it_was(), held.let():
                single = bool(columns) and task.single()
            for part in columns if single else ():
                part.flatten()
            if held_out is not None:
                held_out.like(examples, "validation")
            watched = named(metrics, np.concatenate([part.y for part in both]), threshold, task.loss)
            if stored is not None:
                said = identity.of(task, moved, ruled, stopping, recorded, held_out)
                chosen = {"batch_size": size, "seed": sown, "metrics": watched, "threshold": threshold}
                chosen |= {"clip": clip, "replay": replay}
                chosen |= {"shards": shards} if shards > 1 else {}
                chosen |= {"backend": backend} if backend != "kernel" else {}
                stored.is_that_of(said | {name: identity.named(x) for name, x in chosen.items()}, epochs)
            training = Training(
                task, moved, rng, epochs, size, watched, stopping, ruled, clipping, watching, held, recorded,
                called, stored, shards, engine, backend,
            )  # fmt: skip
            ended.append(training.run(held_out, replay, shown))
        return ended[0]
    except KeyboardInterrupt:  # Python looks for no other from here on: it does so in calls and loops
        if not ended:
            raise
        return ended[0]
