"""Files are whole or not at all, their errors name the user's path, and nothing hidden stays behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import viz
from microgrid import Value, nn, optim, parameter
from microgrid.base import files
from microgrid.train import History

posix = pytest.mark.skipif(os.name != "posix", reason="files are locked there alone")


def walk():
    return viz.steps(Value(2.0, "x") * 3.0)


WRITERS = {
    "model.json": lambda path: nn.MLP(2, [1]).save(path),
    "optimizer.json": lambda path: optim.SGD([parameter(1.0)]).save(path),
    "history.csv": lambda path: History(["epoch", "loss"]).to_csv(path),
    "picture.svg": lambda path: viz.draw(Value(2.0, "x") * 3.0).save(path),
    "picture.png": lambda path: viz.draw(Value(2.0, "x") * 3.0).save(path),
    "network.pdf": lambda path: viz.network([2, 1]).save(path),
    "walk.html": lambda path: walk().save(path),
    "step-{}.svg": lambda path: walk().save(path),
}
each = pytest.mark.parametrize("name", WRITERS)


@each
def test_an_error_names_the_path_as_the_user_wrote_it(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    for folder in ("none/there", "file"):
        path = f"./{folder}/{name}"
        with pytest.raises(OSError) as refused:  # noqa: PT011
            WRITERS[name](path)
        assert refused.value.filename == path
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@each
def test_a_picture_is_on_the_disk_before_it_gets_its_name_as_a_model_is(name, tmp_path, monkeypatch):
    done, fsync, rename = [], os.fsync, Path.replace

    def synced(descriptor):
        done.append("on disk")
        fsync(descriptor)

    def renamed(self, target):
        done.append("renamed")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    WRITERS[name](tmp_path / name)
    assert done == ["on disk", "renamed"] * (len(done) // 2)
    assert done


@each
def test_a_file_that_cannot_be_renamed_leaves_the_old_one(name, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    path = tmp_path / name.format(0)
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as refused:
        WRITERS[name](tmp_path / name)
    assert str(refused.value.filename) == str(path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "old"


@posix
def test_a_disk_that_is_full_leaves_nothing(tmp_path):
    program = (
        "import resource, sys; from microgrid.base import files\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "files.replace(sys.argv[1], 'x' * 200_000)"
    )
    path = tmp_path / "big.txt"
    path.write_text("old")
    ended = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert f"cannot write the file: File too large: '{path}'" in ended.stderr
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


KILLED = """
import os, sys
from microgrid.base import files
os.fsync = lambda descriptor: (print("writing", flush=True), sys.stdin.read())
files.replace(sys.argv[1], "half")
"""


def writer(path):
    """A process that hangs while it writes to `path`."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "writing\n"
    return process


@posix
def test_what_a_killed_writer_left_is_gone_after_the_next_save(tmp_path):
    path = tmp_path / ("ñ" * 120 + ".txt")  # 244 bytes, of the 255 that a name may have
    for process in [writer(path) for _ in range(3)]:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert len(list(tmp_path.iterdir())) == 3
    files.replace(path, "whole")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["whole"]


@posix
def test_a_writer_that_lives_is_left_alone(tmp_path):
    path = tmp_path / "a.txt"
    process = writer(path)
    files.replace(path, "first")
    assert len(list(tmp_path.iterdir())) == 2
    process.communicate("", timeout=60)
    assert process.returncode == 0
    assert [p.read_text() for p in tmp_path.iterdir()] == ["half"]


def test_files_of_others_are_left_alone(tmp_path):
    (tmp_path / ".microgrid-notes.tmp").write_text("mine")
    files.replace(tmp_path / "b.txt", "b")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".microgrid-notes.tmp", "b.txt"]


def test_many_writers_of_one_file_at_once(tmp_path):
    path, failed, end = tmp_path / "a.txt", [], time.monotonic() + 2

    def write(k):
        try:
            while time.monotonic() < end:
                files.replace(path, str(k) * 1000)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        if path.exists():
            text = path.read_text()
            assert len(text) == 1000
            assert len(set(text)) == 1
    for thread in threads:
        thread.join()
    assert failed == []
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@posix
def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    files.replace(pipe, "through")
    reader.join(timeout=60)
    assert read == ["through"]
    assert pipe.is_fifo()
