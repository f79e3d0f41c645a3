"""Initial weights: the schemes of torch.nn.init, in place on parameters, and the gains of activations.

Weights are a Linear, a Conv, a Layer or a Neuron (whose biases are left alone), or parameters in lists or an
object array: a matrix has a row for each neuron and a column for each input, so fan_in is the number of
columns and fan_out that of rows; for a convolution (out, in, width, ...) both are times the size of the
kernel.  Every function gives back what it was given, and changes nothing if it raises.

`seed` is an int, a `random.Random` or a NumPy `Generator`, by default Python's `random`, as in `MLP`.  The
same seed gives the same bits, in several layers too: to make layers differ, hand all of them one generator.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, erfc, nextafter, prod, sqrt
from statistics import NormalDist
from typing import Any, TypeVar

from ..base.checks import one_of, whole
from ..base.messages import number
from .weights import Seed, Source, Weights

__all__ = [
    "constant", "dirac", "eye", "gain", "he_normal", "he_uniform", "kaiming_normal", "kaiming_uniform",
    "normal", "ones", "orthogonal", "sparse", "truncated_normal", "uniform",
    "xavier_normal", "xavier_uniform", "zeros",
]  # fmt: skip

W = TypeVar("W")

# ---------------------------------------------------------------- the same for every weight


def constant(weights: W, value: float | Iterable[Any]) -> W:
    """Every weight the same number `value`, or the numbers of its rows, one row for each neuron.

    Neurons that start equal stay equal: nothing tells them apart.  A lecture's matrix of h = σ(xᵀW) has a row
    for each input and is transposed: ``zip(*W)``.  Biases are set by themselves, b.data = 0.35.

    >>> from microgrid.nn import Linear
    >>> layer = constant(Linear(2, 3), zip(*[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]))
    >>> [[w.data for w in row] for row in layer.w]
    [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]
    """
    tensor = Weights("constant", weights)
    if isinstance(value, Iterable) and getattr(value, "shape", None) != ():
        return tensor.become(tensor.like("value", value))
    return tensor.become([tensor.real("value", value)] * len(tensor.leaves))  # type: ignore[arg-type]


def zeros(weights: W) -> W:
    """Every weight 0: all neurons of a layer then stay alike."""
    tensor = Weights("zeros", weights)
    return tensor.become([0.0] * len(tensor.leaves))


def ones(weights: W) -> W:
    """Every weight 1, as for the scales of a normalisation."""
    tensor = Weights("ones", weights)
    return tensor.become([1.0] * len(tensor.leaves))


# ---------------------------------------------------------------- drawn from a distribution


def uniform(weights: W, low: float = 0.0, high: float = 1.0, *, seed: Seed = None) -> W:
    """Uniform between `low` and `high`; ValueError if low exceeds high.

    >>> from microgrid.nn import Neuron
    >>> neuron = uniform(Neuron(3), -0.1, 0.1, seed=1)
    >>> [round(w.data, 3) for w in neuron.w]
    [-0.073, 0.069, 0.053]
    """
    tensor = Weights("uniform", weights)
    low, high = tensor.real("low", low), tensor.real("high", high)
    if low > high:
        raise ValueError(f"uniform: low is at most high, got {low} and {high}")
    return tensor.become(Source(seed).uniforms(low, high, len(tensor.leaves)))


def normal(weights: W, mean: float = 0.0, std: float = 1.0, *, seed: Seed = None) -> W:
    """Normal with that mean and standard deviation; ValueError if `std` is below 0."""
    tensor = Weights("normal", weights)
    return tensor.become(
        Source(seed).normals(tensor.real("mean", mean), tensor.deviation(std), len(tensor.leaves))
    )


def truncated_normal(
    weights: W,
    mean: float = 0.0,
    std: float = 1.0,
    low: float = -2.0,
    high: float = 2.0,
    *,
    seed: Seed = None,
) -> W:
    """Normal with `mean` and `std`, given that it falls between `low` and `high`, which are weights.

    ValueError unless low < high and std > 0, and if the probability of the interval is 0 in doubles.
    """
    tensor = Weights("truncated_normal", weights)
    mean, std = tensor.real("mean", mean), tensor.deviation(std)
    low, high = tensor.real("low", low), tensor.real("high", high)
    if not (low < high and std > 0):
        raise ValueError(
            f"truncated_normal needs low < high and std > 0, got low={low}, high={high}, std={std}"
        )
    # By the inverse of the distribution function, mirrored so that the interval lies where that has digits:
    # far above the mean it is 1, far below it goes on to 1e-308.
    scale = -std if low + high > 2 * mean else std
    first, last = sorted(erfc((mean - end) / scale / sqrt(2)) / 2 for end in (low, high))
    if first == last:
        raise ValueError(
            f"truncated_normal: with mean={mean}, std={std} nothing falls between {low} and {high}"
        )
    drawn = [min(max(u, TINY), BELOW_1) for u in Source(seed).uniforms(first, last, len(tensor.leaves))]
    return tensor.become([min(max(mean + scale * NormalDist().inv_cdf(u), low), high) for u in drawn])


# Where the distribution function rounds to 0 or 1 its inverse is not defined.
TINY, BELOW_1 = nextafter(0.0, 1.0), nextafter(1.0, 0.0)

# ---------------------------------------------------------------- scaled by the fans


def xavier_uniform(weights: W, gain: float = 1.0, *, seed: Seed = None) -> W:
    """Uniform within ±gain √(6/(fan_in + fan_out)) (Glorot & Bengio 2010, equation 16).

    >>> from microgrid.nn import Layer
    >>> layer = xavier_uniform(Layer(4, 2), seed=1)
    >>> all(-1 <= w.data <= 1 for neuron in layer.neurons for w in neuron.w)
    True
    """
    tensor = Weights("xavier_uniform", weights)
    bound = tensor.real("gain", gain) * sqrt(6 / sum(tensor.fans()))
    return tensor.become(Source(seed).uniforms(-bound, bound, len(tensor.leaves)))


def xavier_normal(weights: W, gain: float = 1.0, *, seed: Seed = None) -> W:
    """Normal with σ = gain √(2/(fan_in + fan_out)).  Not truncated, as in PyTorch; Keras truncates at 2 σ."""
    tensor = Weights("xavier_normal", weights)
    std = tensor.real("gain", gain) * sqrt(2 / sum(tensor.fans()))
    return tensor.become(Source(seed).normals(0.0, abs(std), len(tensor.leaves)))


def he_uniform(
    weights: W, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, seed: Seed = None
) -> W:
    """Uniform within ±gain √(3/fan) (He et al. 2015, arXiv:1502.01852); for ReLU ±√(6/fan_in).

    The gain is that of `nonlinearity`, leaky_relu with the slope `a` unless another is named.  With `mode`
    "fan_in" the variance of activations stays the same from layer to layer, with "fan_out" that of their
    gradients.
    """
    tensor = Weights("he_uniform", weights)
    bound = gain(nonlinearity, a) * sqrt(3 / tensor.fan(mode))
    return tensor.become(Source(seed).uniforms(-bound, bound, len(tensor.leaves)))


def he_normal(
    weights: W, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, seed: Seed = None
) -> W:
    """Normal with σ = gain/√fan, for ReLU √(2/fan_in); not truncated, as in PyTorch.

    `a`, `mode` and `nonlinearity` are those of `he_uniform`.
    """
    tensor = Weights("he_normal", weights)
    return tensor.become(
        Source(seed).normals(0.0, gain(nonlinearity, a) / sqrt(tensor.fan(mode)), len(tensor.leaves))
    )


kaiming_uniform, kaiming_normal = he_uniform, he_normal
"""PyTorch's names."""


def gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor for an activation, `nonlinearity`: 1 (linear, sigmoid), 5/3 (tanh), √2 (relu), ¾ (selu).

    For leaky_relu it is √(2/(1 + a²)) with the slope a = `param`, 0.01 unless given.  The numbers are those
    of PyTorch's calculate_gain; an activation that has none there is a ValueError.

    >>> gain("leaky_relu", 1.0)
    1.0
    """
    if nonlinearity == "leaky_relu":
        slope: float = 0.01 if param is None else number(param, where="gain: a slope is a real number")
        return sqrt(2 / (1 + slope * slope))
    one_of(nonlinearity, "gain: nonlinearity", (*GAINS, "leaky_relu"))
    return GAINS[nonlinearity]


GAINS = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": sqrt(2), "selu": 0.75}

# ---------------------------------------------------------------- matrices of a kind


def eye(weights: W) -> W:
    """The identity: 1 in column i of row i, 0 elsewhere.  ValueError unless there are two dimensions."""
    tensor = Weights("eye", weights)
    rows, columns = tensor.matrix()
    return tensor.become([float(i == j) for i in range(rows) for j in range(columns)])


def orthogonal(weights: W, gain: float = 1.0, *, seed: Seed = None) -> W:
    """gain times a random matrix of orthonormal rows, or columns where there are more rows than columns.

    Uniform over such matrices (Saxe et al. 2014, arXiv:1312.6120): the Q of a normal matrix, with the signs
    that make the diagonal of R positive (Mezzadri 2007, arXiv:math-ph/0609050).  A convolution counts as
    (out, all the rest).
    """
    import numpy as np

    tensor = Weights("orthogonal", weights)
    scale, (columns, _), rows = tensor.real("gain", gain), tensor.fans(), tensor.shape[0]
    drawn = Source(seed).normals(0.0, 1.0, rows * columns)
    q, r = np.linalg.qr(np.reshape(drawn, (max(rows, columns), -1)))
    q = scale * q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return tensor.become((q if rows >= columns else q.T).ravel().tolist())


def sparse(weights: W, sparsity: float, std: float = 0.01, *, seed: Seed = None) -> W:
    """Normal with standard deviation `std`, except that a random ⌈sparsity · rows⌉ of each column are 0.

    After Martens 2010, "Deep learning via Hessian-free optimization".  ValueError unless there are two
    dimensions and 0 <= sparsity <= 1.
    """
    tensor = Weights("sparse", weights)
    rows, columns = tensor.matrix()
    share = tensor.real("sparsity", sparsity)
    if not 0 <= share <= 1:
        raise ValueError(f"sparse: sparsity is the share of zeros, from 0 to 1, got {share}")
    source, std = Source(seed), tensor.deviation(std)
    drawn = source.normals(0.0, std, rows * columns)
    for j in range(columns):
        keys = source.uniforms(0.0, 1.0, rows)
        for i in sorted(range(rows), key=keys.__getitem__)[: ceil(share * rows)]:
            drawn[i * columns + j] = 0.0
    return tensor.become(drawn)


def dirac(weights: W, groups: int = 1) -> W:
    """Kernels (out, in, width, ...) of a convolution that hands its inputs on: 1 in the middle of (i, i).

    All else is 0, outputs beyond the number of inputs too.  With `groups` each group of outputs hands on the
    inputs.  ValueError unless there are 3 to 5 dimensions and the groups divide the outputs.
    """
    tensor, groups = Weights("dirac", weights), whole(groups, "dirac: groups")
    if not 3 <= len(tensor.shape) <= 5:
        raise ValueError(
            f"dirac needs kernels of shape (out, in, width, ...), got shape {tensor.shape}: see eye"
        )
    out, inputs, *kernel = tensor.shape
    if out % groups:
        raise ValueError(f"dirac: {out} outputs do not divide into {groups} groups")
    middle = 0
    for width in kernel:
        middle = middle * width + width // 2
    numbers = [0.0] * len(tensor.leaves)
    for i in range(out):
        j = i % (out // groups)
        if j < inputs:
            numbers[(i * inputs + j) * prod(kernel) + middle] = 1.0
    return tensor.become(numbers)
