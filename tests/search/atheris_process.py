"""libFuzzer's own process, which ends with it: ``python -m search.atheris_process parser FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    import atheris

    with atheris.instrument_imports(include=["microgrid.expressions", "microgrid.base.files", "microgrid.nn"]):
        from search.targets import TARGETS

    name, folder, *options = sys.argv[1:]
    target = TARGETS[name](Path(folder))
    (Path(folder) / "corpus").mkdir(exist_ok=True)
    for k, data in enumerate(target.seeds):
        (Path(folder) / "corpus" / str(k)).write_bytes(data)
    words = Path(folder) / "words"
    words.write_text("".join(f'"{word.decode()}"\n' for word in target.words if word.isalnum()), encoding="utf-8")
    atheris.Setup([sys.argv[0], f"{folder}/corpus", f"-dict={words}", *options], target)
    atheris.Fuzz()
