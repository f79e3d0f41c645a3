"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

__all__ = ["replace"]


def replace(path: Any, text: str) -> None:
    """Write next to the target and rename; the permissions of a file that stood there are kept.  OSError as `open`."""
    target = Path(path).resolve()  # the file that a link means
    temporary = target.with_name(f".{target.name:.100}.{os.urandom(8).hex()}.tmp")
    with temporary.open("x", encoding="utf-8", newline="") as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o777)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
