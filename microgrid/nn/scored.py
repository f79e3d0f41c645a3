"""What a module says of many samples, and how right it is: asked of `train`, above, which is handed down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..arguments import ArrayLike, Floats

if TYPE_CHECKING:
    from .losses import Loss

__all__ = ["Scored", "scored_by"]


class Scoring(Protocol):
    """What replays a model for many samples."""

    def predict(self, model: Any, X: ArrayLike, *, replay: bool) -> Floats: ...

    def evaluate(
        self,
        model: Any,
        X: ArrayLike,
        y: ArrayLike,
        *,
        loss: str | Loss,
        metrics: Any,
        threshold: float | None,
        replay: bool,
    ) -> dict[str, float]: ...


_scoring: Callable[[], Scoring]


def scored_by(load: Callable[[], Scoring]) -> None:
    """Say where `predict` and `evaluate` are found, once they are asked for."""
    global _scoring
    _scoring = load


class Scored:
    """The two methods."""

    def predict(self, X: ArrayLike, *, replay: bool = True) -> Floats:
        """The outputs for the samples X: an array with a row, or a number, for each, in evaluation mode.

        The graph is recorded once and replayed for all; `replay=False` asks Python for each sample.

        >>> from microgrid.nn import MLP
        >>> MLP(2, [3, 1]).predict([[0.5, 1.0], [0.0, 2.0]]).shape
        (2,)
        """
        return _scoring().predict(self, X, replay=replay)

    def evaluate(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        loss: str | Loss,
        metrics: Any = (),
        threshold: float | None = None,
        replay: bool = True,
    ) -> dict[str, float]:
        """The loss of samples X with targets y, and their metrics, by name: those of `fit`'s validation.

        `loss`, `metrics`, `threshold` and `replay` are as `train.fit` takes them; the model stays as it is.

        >>> from microgrid.nn import MLP
        >>> list(MLP(1, [1]).evaluate([[0.5], [1.0]], [0, 1], loss="mse", metrics="accuracy"))
        ['loss', 'accuracy']
        """
        return _scoring().evaluate(self, X, y, loss=loss, metrics=metrics, threshold=threshold, replay=replay)
