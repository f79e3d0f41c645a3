"""Files of models, optimisers and schedules know when they are damaged, and old ones still load."""

import json
import os
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.damage import damaged
from helpers.trajectories import IDS, OPTIMIZERS, data, give, made, three, train
from microgrid import CheckpointError, optim, parameter
from microgrid.nn import BatchNorm, Linear, Sequential
from microgrid.train import fit

TIMES = 10_000


def model():
    return Sequential(Linear(1, 2, seed=1), BatchNorm(2), "tanh", Linear(2, 1, seed=2))


def optimizer():
    values = three()
    made = optim.Adam(values, lr=0.25)
    give(values, [1.0, -2.0, 0.5])
    made.step()
    return made


def schedule():
    made = optim.MultiStepLR(SimpleNamespace(lr=0.8), [2, 5], gamma=0.5)
    for _ in range(3):
        made.step()
    return made


STORED = {"model": model, "optimizer": optimizer, "schedule": schedule}
stored = pytest.mark.parametrize("kind", STORED)


@stored
def test_a_damaged_file_is_refused_and_changes_nothing(kind, tmp_path):
    held, path = STORED[kind](), tmp_path / "stored.json"
    held.save(path)
    whole, before = path.read_bytes(), held.state_dict()
    wrong = []
    for number, spoilt in enumerate(damaged(whole, TIMES, seed=0)):
        if spoilt == whole:
            continue
        path.write_bytes(spoilt)
        try:
            held.load(path)
            wrong.append((number, "loaded"))
        except CheckpointError as error:
            wrong += [(number, str(error))] if str(path) not in str(error) else []
    assert (wrong, held.state_dict()) == ([], before)


def run(file, epochs=2):
    """A training that goes on from the file, or writes it; its model."""
    trained = model()
    fit(trained, [[0.0], [1.0], [2.0], [4.0]], [1.0, 2.0, 0.0, 1.0], loss="mse", optimizer=optim.Adam, epochs=epochs,
        batch_size=2, seed=1, resume=file)  # fmt: skip
    return trained


def test_a_damaged_file_of_a_run_is_refused_and_changes_nothing(tmp_path):
    path, held = tmp_path / "stored.json", model()
    run(path)
    whole, before, given = path.read_bytes(), held.state_dict(), {"loss": "mse", "optimizer": optim.Adam, "epochs": 2}
    wrong = []
    for number, spoilt in enumerate(damaged(whole, TIMES, seed=0)):
        if spoilt == whole:
            continue
        path.write_bytes(spoilt)
        try:
            fit(held, [[0.0]], [1.0], resume=path, **given)
            wrong.append((number, "trained"))
        except CheckpointError as error:
            wrong += [(number, str(error))] if str(path) not in str(error) else []
    assert (wrong, held.state_dict()) == ([], before)


@stored
def test_a_file_of_another_kind_is_no_run(kind, tmp_path):
    path = tmp_path / "stored.json"
    STORED[kind]().save(path)
    with pytest.raises(CheckpointError, match=r"its format is 'microgrid .*', and a run is 'microgrid run 1'"):
        run(path)


def test_a_run_of_a_later_version_is_named(tmp_path):
    path = tmp_path / "stored.json"
    run(path)
    contents = json.loads(path.read_text())
    path.write_text(json.dumps(contents | {"format": "microgrid run 2"}))
    with pytest.raises(CheckpointError, match=r"its format is 'microgrid run 2'.*newer.*update microgrid"):
        run(path)


def test_an_edited_run_is_refused_with_a_way_out(tmp_path):
    path = tmp_path / "stored.json"
    run(path)
    path.write_text(path.read_text().replace('"epoch": 2,', '"epoch": 1,', 1))
    with pytest.raises(CheckpointError, match="its checksum does not fit; remove it, and the run begins anew"):
        run(path)


@stored
def test_a_file_gives_back_what_was_saved(kind, tmp_path):
    held, other, path = STORED[kind](), STORED[kind](), tmp_path / "stored.json"
    if kind == "model":
        other[0].w[0][0].data = 7.0
    elif kind == "optimizer":
        other.step()
    else:
        other.step()
    assert other.state_dict() != held.state_dict()
    held.save(path)
    assert other.load(str(path)) is other
    assert other.state_dict() == held.state_dict()


@stored
def test_states_in_memory_carry_no_checksum(kind):
    assert not {"checksum", "format"} & set(STORED[kind]().state_dict())


@stored
def test_an_edited_file_is_refused_with_a_way_out(kind, tmp_path):
    held, path = STORED[kind](), tmp_path / "stored.json"
    held.save(path)
    contents = json.loads(path.read_text())
    path.write_text(json.dumps(contents, indent=1))  # one line break less at the end
    with pytest.raises(CheckpointError, match=r"its checksum does not fit.*load_state_dict"):
        held.load(path)


@stored
def test_a_file_of_another_kind_or_of_a_later_version_is_named(kind, tmp_path):
    held, path = STORED[kind](), tmp_path / "stored.json"
    for other in STORED:
        if other != kind:
            STORED[other]().save(path)
            with pytest.raises(CheckpointError, match=f"its format is .*microgrid .*{path.name}|{path.name}.*format"):
                held.load(path)
    held.save(path)
    contents = json.loads(path.read_text())
    name, number = contents["format"].rsplit(" ", 1)
    path.write_text(json.dumps(contents | {"format": f"{name} {int(number) + 1}"}))
    with pytest.raises(CheckpointError, match=rf"its format is '{name} {int(number) + 1}'.*newer"):
        held.load(path)


def old(tmp_path, **changes):
    path = tmp_path / "old.json"
    contents = {"format": "microgrid module 1", "model": "m", "state": model().state_dict()} | changes
    path.write_text(json.dumps({k: x for k, x in contents.items() if x is not ...}))
    return path


def test_a_model_that_the_first_version_saved_is_loaded(tmp_path):
    held = model()
    held[0].w[0][0].data = 7.0
    held.load(old(tmp_path))
    assert held.state_dict() == model().state_dict()


@pytest.mark.parametrize(
    "changes",
    [{"checksum": "0" * 64}, {"model": ...}, {"more": 1}, {"format": "microgrid module 0"},
     {"format": "microgrid module 2"}, {"format": "microgrid module 1 "}],
)  # fmt: skip
def test_only_exactly_the_old_keys_and_format_count_as_old(tmp_path, changes):
    held = model()
    before = held.state_dict()
    held[0].w[0][0].data = 7.0
    with pytest.raises(CheckpointError):
        held.load(old(tmp_path, **changes))
    assert held.state_dict() == before | {"layers.0.w.0.0": 7.0}


def test_the_file_says_its_version_and_a_checksum_of_all_before_it(tmp_path):
    import hashlib

    path = tmp_path / "m.json"
    model().save(path)
    whole = path.read_bytes()
    contents = json.loads(whole)
    assert list(contents) == ["format", "model", "state", "checksum"]
    assert contents["format"] == "microgrid module 2"
    head = whole[: whole.index(b',\n "checksum"')]
    assert contents["checksum"] == hashlib.sha256(head).hexdigest()


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)
def test_training_goes_on_from_a_file_to_the_last_bit(name, options, tmp_path):
    point = [parameter(-3.0), parameter(0.7)]
    optimizer = made(name, options)(point)
    train(point, optimizer, 4)
    optimizer.save(tmp_path / "o.json")
    again = [parameter(x) for x in data(point)]
    resumed = made(name, {})(again).load(tmp_path / "o.json")
    train(point, optimizer, 6)
    train(again, resumed, 6)
    assert data(again) == data(point)


@stored
def test_what_cannot_be_read_or_written_is_named_as_the_user_wrote_it(kind, tmp_path, monkeypatch):
    held = STORED[kind]()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for path in ("./none/m.json", "folder", b"none/m.json" if os.name == "posix" else "none/m.json"):
        for act in (held.save, held.load):
            with pytest.raises(OSError) as refused:  # noqa: PT011
                act(path)
            assert refused.value.filename == path
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_numpy_numbers_of_a_subclass_are_saved_as_numbers(tmp_path):
    made = optim.SGD(three(), lr=np.float64(0.5))
    made.save(tmp_path / "o.json")
    assert optim.SGD(three(), lr=0.1).load(tmp_path / "o.json").lr == 0.5
