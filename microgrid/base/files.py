"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["replace"]


def replace(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Write `data` (text as UTF-8) next to the file, then rename: the file is the old one or the new, whole.

    A link stays, and the file it means is replaced.  Permissions are those of the old file, or what `open`
    gives a new one.  An OSError names `path`, the file that was asked for, and not the one written beside it.
    """
    temporary = None
    try:
        # the file that a link means: renaming over the link would replace the link
        target = Path(path).resolve()
        permissions = target.stat().st_mode & 0o777 if target.exists() else None
        # beside it, as renaming is atomic within one file system only
        beside = target.with_name(f".{os.urandom(8).hex()}.tmp")
        with beside.open("xb") as file:
            temporary = beside
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())  # or a crash after the renaming could leave an empty file of that name
        if permissions is not None:
            temporary.chmod(permissions)
        temporary.replace(target)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = f"cannot write the file: {error.strerror}"
            raise type(error)(error.errno, reason, os.fspath(path)) from error
        raise
