"""Writing files so that nobody ever sees half of one, and JSON that knows when it is damaged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import index
from pathlib import Path
from time import time
from typing import IO, Any, SupportsIndex

from ..errors import CheckpointError

__all__ = ["read", "replace", "store"]


def _sha256(data: bytes) -> Any:
    from hashlib import sha256  # which loads OpenSSL, and `import microgrid` writes no file

    return sha256(data)


def replace(path: str | bytes | os.PathLike[str], data: bytes | str) -> None:
    """Write `data` (text as UTF-8) next to the file, then rename: the file is the old one or the new, whole.

    A link stays, and the file it means is replaced.  Permissions are those of the old file, or what `open`
    gives a new one.  What is no file, as /dev/stdout, is written to.  An OSError names `path`, the file that
    was asked for, and not the one written beside it.  What a writer that was killed left beside the file is
    cleared away.
    """
    content = data.encode() if isinstance(data, str) else data
    try:
        # the file that a link means: renaming over the link would replace the link
        target = Path(os.fsdecode(path)).resolve()
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(content)  # a device or a pipe, which a file must not take the place of
            return
        permissions = target.stat().st_mode & 0o777 if target.exists() else None
        with _beside(target) as (temporary, file):
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # or a crash after the renaming could leave an empty file of that name
            if permissions is not None:
                temporary.chmod(permissions)
            if os.name == "nt":
                file.close()  # there a file that is open has to keep its name
            temporary.replace(target)
    except OSError as error:
        reason = f"cannot write the file: {error.strerror or error}"
        raise type(error)(error.errno, reason, os.fspath(path)) from error


# Beside the file, as renaming is atomic within one file system only.  A digest of the name says whose it is,
# in a name that is never too long.  It is locked while its writer lives, so what can be locked was left.
@contextmanager
def _beside(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file beside the target; it is gone afterwards, unless it was renamed."""
    prefix = f".microgrid-{_sha256(os.fsencode(target.name)).hexdigest()[:16]}-"
    _clear(target.parent, prefix)
    ours = False
    while not ours:
        temporary = target.with_name(f"{prefix}{os.urandom(8).hex()}.tmp")
        file = temporary.open("xb")
        try:
            # not if another writer found it before it was locked, and cleared it away
            if ours := _locked(file) is not False and temporary.exists():
                yield temporary, file
        finally:
            try:
                file.close()  # which fails again where the disk is full
            finally:
                temporary.unlink(missing_ok=True)


def _clear(folder: Path, prefix: str) -> None:
    """Remove the files of writers that are no more."""
    try:
        with os.scandir(folder) as entries:
            left = [entry.path for entry in entries if entry.name.startswith(prefix)]
    except OSError:  # one may write to a folder that one must not list
        return
    for path in left:
        with suppress(OSError), open(path, "rb+") as file:
            locked = _locked(file)
            if locked or (locked is None and time() - os.fstat(file.fileno()).st_mtime > HOUR):
                os.unlink(path)


HOUR = 3600.0
"""How many seconds no writer takes."""


def _locked(file: IO[bytes]) -> bool | None:
    """Lock the file.  False if another has; None where files have no locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


# ---------------------------------------------------------------- JSON with a checksum

SEAL = ',\n "checksum": "{}"\n}}\n'
"""How a stored file ends; the checksum is the SHA-256 of all bytes before."""
SEALED = len(SEAL.format("0" * 64))


def store(path: str | bytes | os.PathLike[str], form: str, version: int, contents: Mapping[str, Any]) -> None:
    """Write JSON, in which Python's floats are exact: its format, the contents, and a checksum."""
    import json

    text = json.dumps({"format": f"microgrid {form} {version}", **contents}, indent=1, allow_nan=False)
    head = text.removesuffix("\n}")
    replace(path, head + SEAL.format(_sha256(head.encode()).hexdigest()))


def read(
    path: str | bytes | os.PathLike[str],
    form: str,
    version: int,
    keys: list[str],
    older: int = 0,
    way_out: str = "",
) -> dict[str, Any]:
    """The contents that `store` wrote under these keys; CheckpointError says what is wrong with the file.

    A file of the version `older` has no checksum: exactly its keys and its format make one of it.
    """
    with open(path, "rb") as file:
        data = file.read()
    name = os.fsdecode(path)
    contents = _parsed(name, data)
    found = contents.get("format") if isinstance(contents, dict) else None
    if not isinstance(found, str):
        raise CheckpointError(f"{name} is JSON, but no {form} that microgrid saved: it has no format")
    if found not in (f"microgrid {form} {version}", f"microgrid {form} {older}"):
        raise CheckpointError(
            f"cannot load {name}: its format is {found!r:.80}, {_wanted(found, form, version)}"
        )
    wanted = ["format", *keys]
    if found == f"microgrid {form} {version}":
        wanted.append("checksum")
        head = data[:-SEALED]
        if data[len(head) :] != SEAL.format(_sha256(head).hexdigest()).encode():
            usual = ON_PURPOSE if "state" in keys else f"; save the {form} again"
            raise CheckpointError(f"{name} {CHANGED}: its checksum does not fit{way_out or usual}")
    if contents.keys() != set(wanted):
        raise CheckpointError(
            f"{name} {CHANGED}: it holds {', '.join(contents):.200}, and a {form} has {', '.join(wanted)}"
        )
    return {key: contents[key] for key in keys}


CHANGED = "was damaged or edited after it was saved"
ON_PURPOSE = (
    '.  Numbers that were edited on purpose are taken by load_state_dict, from json.load(open(path))["state"]'
)


def _wanted(found: str, form: str, version: int) -> str:
    kind, _, number = found.rpartition(" ")
    if kind == f"microgrid {form}" and number.isdecimal() and int(number) > version:
        return f"and this microgrid knows no newer one than {version}: update microgrid"
    return f"and a {form} is 'microgrid {form} {version}'"


def _parsed(name: str, data: bytes) -> Any:
    import json

    try:
        return json.loads(data.decode(), parse_constant=_no_constant, object_pairs_hook=_once)
    except CheckpointError as error:
        raise CheckpointError(f"cannot load {name}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is not JSON, or only a part of it: {error}") from error


def _no_constant(name: str) -> float:
    raise CheckpointError(f"it holds {name}, and every number has to be finite")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    contents = dict(pairs)
    if len(contents) < len(pairs):
        names = [name for name, _ in pairs]
        raise CheckpointError(f"it holds {next(name for name in names if names.count(name) > 1)!r:.80} twice")
    return contents


# ---------------------------------------------------------------- pickles with a checksum

PICKLED = 1
"""The version of what `sealed` gives."""


def sealed(contents: Any, array: Any, protocol: SupportsIndex) -> tuple[int, str, bytes, Any]:
    """A version, a checksum, the contents pickled and the bytes of an array of floats.

    Ray and Dask send these bytes without copying them.
    """
    import pickle

    data = pickle.dumps(contents, protocol=5)
    numbers = pickle.PickleBuffer(array) if index(protocol) >= 5 else array.tobytes()
    return PICKLED, _digest(data, array), data, numbers


def unsealed(what: str, version: int, checksum: str, data: bytes, numbers: Any) -> tuple[Any, Any]:
    """The contents and the array; nothing is made of them before the checksum is compared."""
    import pickle

    import numpy as np

    if version != PICKLED:
        raise CheckpointError(
            f"the pickled {what} is of version {version!r:.20}, and this microgrid reads {PICKLED}: update "
            "microgrid, or pickle it again"
        )
    if checksum != _digest(data, numbers):
        raise CheckpointError(f"the pickled {what} was damaged: its checksum does not fit; pickle it again")
    return pickle.loads(data), np.frombuffer(bytes(numbers), dtype=np.float64)


def _digest(*parts: Any) -> str:
    """Of each part by itself: where one ends is part of it."""
    return str(_sha256(b"".join(_sha256(part).digest() for part in parts)).hexdigest())
