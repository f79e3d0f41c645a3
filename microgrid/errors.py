"""Every exception microgrid raises on purpose; each is also the builtin one that Python users would catch."""

from __future__ import annotations

__all__ = [
    "CheckpointError",
    "DomainError",
    "ExpressionError",
    "GraphError",
    "MicrogridError",
    "NonFiniteGradient",
]


class MicrogridError(Exception):
    """The base of microgrid's own exceptions."""


class ExpressionError(MicrogridError, ValueError):
    """The text of an expression cannot be read; `position` is the place in `text` of what is wrong."""

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        self.message, self.text, self.position = message, text, position
        super().__init__(message, text, position)

    def __str__(self) -> str:
        if not self.text:
            return self.message
        line, column = _window(self.text, self.position)
        return f"{self.message}\n  {line}\n  {' ' * column}^"


class DomainError(MicrogridError, ValueError):
    """An operation was asked for a value outside its real domain, such as the logarithm of -1."""


class GraphError(MicrogridError, RuntimeError):
    """A recorded graph was used in a way its structure does not allow."""


class NonFiniteGradient(MicrogridError, ArithmeticError):
    """A gradient came out infinite or nan where only finite ones are accepted."""


class CheckpointError(MicrogridError, ValueError):
    """A saved model cannot be loaded; the model it was meant for is unchanged."""


def _window(text: str, position: int, width: int = 72) -> tuple[str, int]:
    """Cut the line that holds `position` to a readable width: (the excerpt, the caret's column in it)."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line, column = text[start : end if end >= 0 else len(text)], position - start
    left = max(0, column - width // 2)
    excerpt = line[left : left + width]
    excerpt = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in excerpt)
    prefix = "…" if left > 0 else ""
    suffix = "…" if left + width < len(line) else ""
    return prefix + excerpt + suffix, column - left + len(prefix)
