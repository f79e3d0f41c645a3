"""One row for each named piece: its formula as a lecturer writes it."""

from __future__ import annotations

from typing import NamedTuple

from ..base.phrases import Phrase, say

__all__ = ["TABLE", "Piece"]


class Piece(NamedTuple):
    """A function that is drawn as one box: `result` = `front` `body`, in Unicode and in LaTeX.

    `front` is what a sum over samples moves before itself: the minus of L = −1/n Σ log p.
    """

    name: str
    result: str
    body: str
    latex_result: str
    latex_body: str
    front: str = ""

    @property
    def title(self) -> Phrase:
        """What it is called in sentences.

        >>> TABLE["mse"].title
        'mean squared error'
        """
        return _TITLES[self.name]

    @property
    def formula(self) -> str:
        """The textbook's formula, for one sample where it is a loss.

        >>> TABLE["softmax"].formula
        'pₖ = e^zₖ / Σ e^zⱼ'
        """
        return self.written("")

    @property
    def latex(self) -> str:
        return self.written_latex("")

    def written(self, reduction: str) -> str:
        """The formula over samples: their "mean", their "sum" or, with "", that of one."""
        return f"{self.result} = {_FRONTS[reduction][self.front]}{self.body}"

    def written_latex(self, reduction: str) -> str:
        return f"{self.latex_result} = {_LATEX_FRONTS[reduction][self.front]}{self.latex_body}"


_TITLES = {
    "softmax": say("softmax"),
    "log_softmax": say("log softmax"),
    "logsumexp": say("logsumexp"),
    "mean": say("mean"),
    "maxout": say("maxout"),
    "cross_entropy": say("cross-entropy"),
    "cross_entropy_with_logits": say("cross-entropy of logits"),
    "nll": say("negative log-likelihood"),
    "kl_divergence": say("KL divergence"),
    "bce": say("binary cross-entropy"),
    "bce_with_logits": say("binary cross-entropy of logits"),
    "mse": say("mean squared error"),
    "half_mse": say("half the mean squared error"),
    "mae": say("mean absolute error"),
    "huber": say("Huber loss"),
    "hinge": say("hinge loss"),
    "l1_penalty": say("L1 penalty"),
    "l2_penalty": say("L2 penalty"),
}
_FRONTS = {
    "": {"": "", "−": "−", "½": "½ "},
    "sum": {"": "Σ ", "−": "−Σ ", "½": "½ Σ "},
    "mean": {"": "1/n Σ ", "−": "−1/n Σ ", "½": "1/2n Σ "},
}
_LATEX_FRONTS = {
    "": {"": "", "−": "-", "½": r"\tfrac{1}{2}\,"},
    "sum": {"": r"\sum ", "−": r"-\sum ", "½": r"\tfrac{1}{2}\sum "},
    "mean": {"": r"\frac{1}{n}\sum ", "−": r"-\frac{1}{n}\sum ", "½": r"\frac{1}{2n}\sum "},
}

# fmt: off
TABLE: dict[str, Piece] = {piece.name: piece for piece in (
    Piece("softmax", "pₖ", "e^zₖ / Σ e^zⱼ", "p_k", r"\frac{e^{z_k}}{\sum_j e^{z_j}}"),
    Piece("log_softmax", "log pₖ", "zₖ − log Σ e^zⱼ", r"\log p_k", r"z_k - \log\sum_j e^{z_j}"),
    Piece("logsumexp", "s", "log Σ e^zⱼ", "s", r"\log\sum_j e^{z_j}"),
    Piece("mean", "m", "1/n Σ x", "m", r"\frac{1}{n}\sum_i x_i"),
    Piece("maxout", "h", "max zⱼ", "h", r"\max_j z_j"),
    Piece("cross_entropy", "L", "Σ y log p", "L", r"\sum_k y_k\log p_k", "−"),
    Piece("cross_entropy_with_logits", "L", "Σ y log softmax(z)", "L",
          r"\sum_k y_k\log\operatorname{softmax}(z)_k", "−"),
    Piece("nll", "L", "Σ y log p", "L", r"\sum_k y_k\log p_k", "−"),
    Piece("kl_divergence", "L", "Σ p log(p/q)", "L", r"\sum_k p_k\log\frac{p_k}{q_k}"),
    Piece("bce", "L", "(y log ŷ + (1 − y) log(1 − ŷ))", "L",
          r"\left(y\log\hat y + (1 - y)\log(1 - \hat y)\right)", "−"),
    Piece("bce_with_logits", "L", "(y log σ(z) + (1 − y) log(1 − σ(z)))", "L",
          r"\left(y\log\sigma(z) + (1 - y)\log(1 - \sigma(z))\right)", "−"),
    Piece("mse", "L", "(ŷ − y)²", "L", r"(\hat y - y)^2"),
    Piece("half_mse", "L", "(ŷ − y)²", "L", r"(\hat y - y)^2", "½"),
    Piece("mae", "L", "|ŷ − y|", "L", r"|\hat y - y|"),
    Piece("huber", "L", "H(ŷ − y), H(e) = ½e² | δ|e| − ½δ²", "L",
          r"H(\hat y - y),\ H(e) = \begin{cases}\frac{1}{2}e^2 & |e|\le\delta\\"
          r" \delta|e| - \frac{1}{2}\delta^2 & |e|>\delta\end{cases}"),
    Piece("hinge", "L", "max(0, 1 − y ŷ)", "L", r"\max(0, 1 - y\,\hat y)"),
    Piece("l1_penalty", "R", "λ Σ |w|", "R", r"\lambda\sum_i |w_i|"),
    Piece("l2_penalty", "R", "λ/2 Σ w²", "R", r"\frac{\lambda}{2}\sum_i w_i^2"),
)}
# fmt: on
"""By name, which is that of the function."""
