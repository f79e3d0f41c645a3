"""PDF of a LaTeX document, by the LaTeX that is installed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from ...errors import MicrogridError

__all__ = ["pdf"]

SECONDS = 600
"""For which LaTeX may work on a sheet."""
LATEX = ("pdflatex", "lualatex", "xelatex")


def pdf(document: str) -> bytes:
    """The document set by LaTeX; MicrogridError, with the way out, where there is none or it fails."""
    program = next(filter(None, map(which, LATEX)), None)
    if program is None:
        raise MicrogridError(
            f"a PDF needs LaTeX, and none of {', '.join(LATEX)} is on the PATH: write the format latex, "
            "and set it where there is one"
        )
    with TemporaryDirectory() as folder:
        (Path(folder) / "sheet.tex").write_text(document, encoding="utf-8")
        command = [program, "-no-shell-escape", "-interaction=batchmode", "-halt-on-error", "sheet.tex"]
        try:
            subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=True)
        except subprocess.TimeoutExpired:
            raise MicrogridError(f"LaTeX took more than {SECONDS} seconds: make fewer exercises") from None
        except subprocess.CalledProcessError:
            raise MicrogridError(f"LaTeX could not set the sheet: {_fault(Path(folder))}") from None
        return (Path(folder) / "sheet.pdf").read_bytes()


def _fault(folder: Path) -> str:
    """The first error of LaTeX's report."""
    log = folder / "sheet.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return next((line[1:].strip() for line in lines if line.startswith("!")), "it left no message")
