"""What kernel.pyx offers to Python."""

from typing import Any

from ..arguments import Floats
from .instructions import Code

def native(code: int) -> bool: ...
def levels() -> tuple[str, ...]: ...

class Machine:
    def __init__(self, code: Code) -> None: ...
    def run_built(self, library: object, begin: int, samples: int, end: int, doubles: int) -> None: ...
    def forward(
        self,
        parameters: Floats,
        X: object,
        flat: bool,
        threads: int = 0,
        level: str | None = None,
        most: int = 0,
    ) -> Any: ...
    def value_and_grad(
        self,
        parameters: Floats,
        X: object,
        reduce: object = "mean",
        threads: int = 0,
        level: str | None = None,
        most: int = 0,
        out: object = None,
    ) -> tuple[Any, Any] | None: ...
