"""What of a study has ended, in files: one for each fit, so that a crash loses none."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...base import files
from ...errors import CheckpointError
from ..history import History
from ..runs.identity import check, named
from .fits import Settings
from .study import Fitted

__all__ = ["Store", "fitted_of", "folder_of", "plain"]

FORM, VERSION = "fit of a study", 1
"""What a file says it is."""
KEYS = ["study", "settings", "state", "history", "epoch", "seconds", "warnings"]
AGAIN = "; remove it, and the fit is computed again"


def fitted_of(settings: Settings, found: Mapping[str, Any]) -> Fitted:
    warned = tuple(found["warnings"])
    if "error" in found:
        return Fitted(settings, seconds=found["seconds"], error=found["error"], warnings=warned)
    history = History.of(found["history"])
    return Fitted(settings, history, found["epoch"], found["state"], found["seconds"], "", warned)


def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as a file tells them apart: functions by their names."""
    return {name: named(x) for name, x in settings.items()}


def folder_of(resume: str | os.PathLike[str] | None) -> Path | None:
    if resume is None:
        return None
    place = Path(resume)
    if place.exists() and not place.is_dir():
        raise NotADirectoryError(
            f"resume={os.fspath(place)!r} is a file, and a study has a folder: name another"
        )
    place.mkdir(parents=True, exist_ok=True)
    return place


@dataclass(frozen=True)
class Store:
    """The file of one fit, in the study's folder if there is one."""

    folder: Path | None
    study: Mapping[str, Any]
    settings: Mapping[str, Any]

    @property
    def path(self) -> Path | None:
        if self.folder is None:
            return None
        text = json.dumps(self.settings, sort_keys=True, default=repr)
        return self.folder / f"fit-{sha256(text.encode()).hexdigest()[:16]}.json"

    def read(self, settings: Settings) -> Fitted | None:
        """The fit, if it has ended before; CheckpointError if the file is that of another study."""
        if self.path is None or not self.path.exists():
            return None
        kept = files.read(self.path, FORM, VERSION, KEYS, way_out=AGAIN)
        here = json.loads(json.dumps({"study": self.study, "settings": self.settings}, default=repr))
        check({name: kept[name] for name in here}, here, str(self.path))
        try:
            return fitted_of(settings, kept)
        except CheckpointError as error:
            raise CheckpointError(f"cannot load {self.path}: {error}") from None

    def write(self, fitted: Fitted) -> None:
        if self.path is None or fitted.history is None:
            return
        contents = {
            "study": self.study,
            "settings": self.settings,
            "state": fitted.state,
            "history": fitted.history.contents(),
            "epoch": fitted.epoch,
            "seconds": fitted.seconds,
            "warnings": list(fitted.warnings),
        }
        files.store(self.path, FORM, VERSION, json.loads(json.dumps(contents, default=repr)))
