"""What goes on inside a network in training, seen with programs: activations, gradients and steps, by layer.

    Monitor      takes snapshots of a model's layers: hand it to `fit`, or call observe() in your own loop
    Snapshot     the layers at one step
    LayerStats   one layer there: its activations and gradients; the share that is dead or saturated; norms

A layer is a `microgrid.scope`, such as the "layer0" of an `MLP`, and its units are the nodes that leave it.
A model that opens no scope has none to watch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .. import arguments
from ..arguments import ArrayLike, Floats
from ..base.checks import whole
from ..base.context import errstate
from ..base.messages import warn
from ..engine import Value
from ..errors import GraphError
from ..nn.losses import Loss, loss_function
from ..nn.module import Model, parts
from ..nn.regularizers import dropouts
from .noted import Example, Noted, Source
from .recorded import recorded
from .statistics import LayerStats, Watch

__all__ = ["LayerStats", "Monitor", "Snapshot"]

EVERY = 20
"""Steps from one snapshot to the next, unless told, and..."""
GROWTH = 4
"""...the part of the steps so far that lies between two later on: a network changes most at first."""


@dataclass(frozen=True)
class Snapshot:
    """The layers by scope, in the order they are computed, just before step number `step`."""

    epoch: int
    step: int
    layers: Mapping[str, LayerStats]


class Monitor:
    """Takes snapshots of a model's layers in training: hand it to `fit`, or call `observe` in your own loop.

    `records` holds them.  The model records one sample, in a copy of it, and the graph is replayed for the
    first `samples` of the batch (None: all), with dropout masks of its own: nothing changes for the training.
    A model with batch normalisation records its whole batch.  `every` is the number of steps from one
    snapshot to the next; by default 20, and a quarter of the steps so far once that is more: 16 snapshots in
    1,000 steps, 26 in 10,000.  Where one graph stands for all samples, without masks, `fit` notes parameters
    and batches only, and the numbers are computed when `records` is read: as long as some 200 replayed steps
    of a small network once, and some 20 for each snapshot.

    `loss` is a function of (predictions, targets), or its name in `nn.losses`; None: that of the `fit` which
    the monitor is handed to.

    >>> from microgrid import nn
    >>> monitor = Monitor(nn.MLP(2, [3, 1]), loss="mse")
    >>> monitor.observe([[0.5, 1.0], [0.0, 2.0]], [1.0, 0.0])
    >>> {scope: stats.gradients.shape for scope, stats in monitor.records[0].layers.items()}
    {'layer0': (2, 3), 'layer1': (2, 1)}
    """

    def __init__(
        self,
        model: Model,
        every: int | None = None,
        *,
        loss: str | Loss | None = None,
        samples: int | None = 256,
    ) -> None:
        if not hasattr(model, "parameters") or not callable(model):
            raise TypeError(
                f"Monitor watches a module, something with parameters(), got {type(model).__name__}"
            )
        self.model, self.loss = model, loss
        self._followed: Any = None  # the loss of the fit that runs, or ran last
        self._begins = True
        self._warned = False  # of numbers that are not finite
        self._recorded: Any = None  # the loss in the graphs that were recorded
        self._source: Source | None = None
        self._records: list[Snapshot] = []
        self._noted: dict[
            int, Noted
        ] = {}  # of snapshots that nobody has read, by their places in the records
        self._unnamed: dict[int, Watch] = {}
        if loss is not None:
            loss_function(loss)  # which says what is wrong with it
        self.samples = None if samples is None else whole(samples, "samples")
        self.every = None if every is None else whole(every, "every")
        self._watches: dict[Any, Watch] = {}
        self._last: Watch | None = None

    @property
    def records(self) -> list[Snapshot]:
        """The snapshots so far.  What `fit` has noted is computed now, and all that is new gets its names."""
        for k, noted in list(self._noted.items()):
            with errstate(domain="ieee", gradient="ignore"):
                layers, finite = noted.look()
            self._say(finite, self._records[k].step)
            self._records[k] = replace(self._records[k], layers=layers)
            self._unnamed[k] = self._last = noted.source.watch
            del self._noted[k]
        for k, watch in self._unnamed.items():
            self._records[k] = replace(self._records[k], layers=watch.named(self._records[k].layers))
        self._unnamed.clear()
        return self._records

    @cached_property
    def _modules(self) -> list[Any]:
        return parts(self.model)  # once, as looking for them takes as long as many steps

    @cached_property
    def _norms(self) -> list[Any]:
        """What normalises by a batch; its statistics, which training needs, are of no interest here."""
        return [module for module in self._modules if hasattr(module, "absorb")]

    def follow(self, loss: Loss) -> None:
        """`fit` says that training begins: a snapshot is due, of its loss's gradients if `loss` is None."""
        self._followed, self._begins, self._source = loss, True, None

    def share(self, modules: list[Any], parameters: Sequence[Value], example: Example) -> bool:
        """`fit` shows what it has found in the model and recorded; whether to call `note` from now on."""
        self._modules = modules
        ours = self.loss is None or loss_function(self.loss) is self._followed
        if ours and type(self).observe is Monitor.observe and not dropouts(modules) and not self._norms:
            self._source = Source(example, parameters)
        return self._source is not None

    def note(self, *, epoch: int, step: int, program_parameters: Floats, X: Floats, y: Floats) -> None:
        """What `fit` calls in place of `observe`: the snapshot is computed when `records` is read.

        GraphError where no training was announced to the monitor.
        """
        source = self._source
        if source is None:
            raise GraphError("there is no training to note snapshots of: call observe()")
        if not source.certain:
            source.watch  # noqa: B018 (which says so if there is no layer)
        noted = Noted(source, program_parameters.copy(), X[: self.samples].copy(), y[: self.samples].copy())
        self._noted[len(self._records)] = noted
        self._add(Snapshot(epoch, step, {}))

    def wants(self, epoch: int, step: int) -> bool:
        """Whether it is time for a snapshot: at the first `step` of any `epoch`, then every so many."""
        if self._begins or not self._records:
            return True
        last = self._records[-1].step
        return not 0 <= step - last < (self.every or max(EVERY, last // GROWTH))

    def observe(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        epoch: int = 0,
        step: int | None = None,
        program_parameters: ArrayLike | None = None,
    ) -> None:
        """Take a snapshot on a batch of samples and its targets, with `program_parameters`, an array (None:
        the model's).

        Steps are counted on from the last snapshot's, from 0, where none is given; `epoch` is noted.
        Numbers that are not finite are recorded as they are, with a warning the first time.  GraphError if
        the model has no scopes, or decides by data, so that one sample's graph is not another's;
        ValueError without a loss, and for other numbers of targets than of samples.
        """
        import numpy as np

        step = step if step is not None else self.records[-1].step + 1 if self.records else 0
        loss = self._followed if self.loss is None else self.loss
        if loss is None:
            raise ValueError(
                "the monitor follows the gradients of a loss, and loss=None: pass Monitor a function of "
                '(predictions, targets), or the name of one, loss="mse"'
            )
        X = arguments.numbers(X, "X is an array with a row, or a number, for each sample")
        y = arguments.numbers(y, "y is an array with a row, or a number, for each sample")
        if not X.ndim or not y.ndim or not len(X) or len(X) != len(y):
            raise ValueError(
                f"a snapshot needs as many targets as samples, and some: X {X.shape}, y {y.shape}"
            )
        by_batch = any(norm.training for norm in self._norms)
        if self.samples is not None and not by_batch:
            X, y = X[: self.samples], y[: self.samples]
        # running statistics are constants of the graph, and may be others the next time
        key = None
        if by_batch or not self._norms:
            key = (len(X) if by_batch else 0, X.shape[1:], y.shape[1:], self._mode())
        with errstate(domain="ieee", gradient="ignore"):
            if loss is not self._recorded:
                self._watches.clear()
            parameters = self.model.parameters() if program_parameters is None else None
            if key is None or key not in self._watches:
                parameters = self.model.parameters() if parameters is None else parameters
                graph = recorded(self.model, self._modules, parameters, loss_function(loss), X, y, by_batch)
                self._watches[key] = Watch(graph, parameters)
            self._recorded = loss
            watch = self._watches[key]
            if program_parameters is None:
                program_parameters = [p.data for p in parameters or ()]
            layers, finite = watch.look(np.asarray(program_parameters, dtype=np.float64), X, y)
        self._say(finite, step)
        self._unnamed[len(self._records)] = self._last = watch
        self._add(Snapshot(epoch, step, layers))

    def _add(self, snapshot: Snapshot) -> None:
        self._records.append(snapshot)
        self._begins = False

    def _say(self, finite: bool, step: int) -> None:
        """Warn, once, of numbers that are not finite."""
        if finite or self._warned:
            return
        self._warned = True
        warn(
            f"the monitor's snapshot at step {step} holds numbers that are not finite, and such ones are "
            "computed on NumPy, slowly: lower lr, or leave out the samples where they arise",
            RuntimeWarning,
        )

    def updated(self, before: ArrayLike, after: ArrayLike) -> None:
        """Note the step that followed the last snapshot, from the parameters before and after it.

        GraphError if there is no snapshot yet.
        """
        import numpy as np

        k = len(self._records) - 1
        if k in self._noted:
            self._noted[k].after = np.array(after, dtype=np.float64)
            return
        if self._last is None or k < 0:
            raise GraphError(
                "there is no snapshot to note a step in: call observe() before the step, updated() after"
            )
        before, after = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
        self._last.check(before, after)
        record = self._records[k]
        self._records[k] = replace(record, layers=self._last.moved(record.layers, before, after))

    def _mode(self) -> tuple[Any, ...]:
        return tuple(getattr(module, "training", None) for module in self._modules)
