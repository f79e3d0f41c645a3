"""What several test modules share; none of them imports another."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
"""The checkout; where an installed package is tested, a folder that has only the tests."""

ONLY_THE_PACKAGE = "optional: only the package is here"
needs_checkout = pytest.mark.skipif(not (ROOT / "microgrid").is_dir(), reason=ONLY_THE_PACKAGE)
