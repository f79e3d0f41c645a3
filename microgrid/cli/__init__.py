"""What the command `microgrid` takes, does and says; it may use everything, and nothing uses it."""

from .commands import main as main
