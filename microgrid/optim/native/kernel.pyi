"""What kernel.pyx offers to Python."""

from ...arguments import ArrayLike, Floats

RULES: dict[str, int]

def choose_level(index: int) -> str: ...
def step(
    optimizer: object,
    memory: object,
    rule: int,
    k: int,
    scalars: tuple[float, ...],
    x: Floats,
    gradient: ArrayLike,
) -> bool: ...
def clip_norm(gradient: Floats, most: float) -> float | None: ...
def clip_value(gradient: Floats, limit: float) -> bool: ...
