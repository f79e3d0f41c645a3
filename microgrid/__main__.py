"""Lets ``python -m microgrid`` do what the command ``microgrid`` does."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
