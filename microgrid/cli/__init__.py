"""The command `microgrid`: what it takes, does and says.  It may use everything."""

from .commands import main as main
