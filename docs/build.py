"""Builds the site of the documentation: `python docs/build.py` writes docs/site/.

It needs the extra: `python -m pip install ".[docs]"`.  `--no-browser` leaves out the Python that runs cells
in the browser; `-o FOLDER` writes the site elsewhere.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Builds the site of the documentation.")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "site", help="the folder (docs/site)")
    parser.add_argument("--no-browser", action="store_true", help="without the Python for the browser")
    asked = parser.parse_args()
    try:
        from building.site import Broken, build
    except ModuleNotFoundError as missing:
        print(f'{missing.name} is not installed: python -m pip install ".[docs]"', file=sys.stderr)
        return 2
    browser = None
    if not asked.no_browser:
        from building.browser import build_browser as browser
    started = time.perf_counter()
    try:
        build(asked.output, browser)
    except Broken as broken:
        print(broken, file=sys.stderr)
        return 1
    print(f"{asked.output / 'index.html'}: built in {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
