"""Saving and loading: exact, complete or not at all."""

import json
import math
import os
import stat

import pytest

from microgrid import CheckpointError, errstate, parameter
from microgrid.base import files
from microgrid.nn import MLP, BatchNorm, Linear, Module, Sequential


def network() -> Sequential:
    """One whose numbers are awkward to write down, among them 0.1 + 0.2, the least double and a negative 0."""
    model = Sequential(Linear(1, 2), BatchNorm(2), "tanh", Linear(2, 1))
    numbers = [0.1 + 0.2, 1 / 3, 5e-324, -0.0, 1e22, 2**53 + 2.0, 1.7976931348623157e308, -math.pi, 1e-5, 7.0, 0.1]
    for p, x in zip(model.parameters(), numbers, strict=True):
        p.data = x
    model[1].running_mean, model[1].running_var = [0.7, -0.3], [1 / 7, 12.0]
    return model


def blank() -> Sequential:
    return Sequential(Linear(1, 2, seed=1), BatchNorm(2), "tanh", Linear(2, 1, seed=2))


def bits(model) -> dict[str, str]:
    return {name: x.hex() for name, x in model.state_dict().items()}


def test_the_state_is_every_learned_number_by_name():
    state = network().state_dict()
    assert list(state)[:3] == ["layers.0.w.0.0", "layers.0.w.1.0", "layers.0.b.0"]
    assert state["layers.0.w.0.0"] == 0.1 + 0.2
    assert state["layers.1.running_var.1"] == 12.0
    assert len(state) == 11 + 4


def test_a_state_and_a_file_give_back_every_bit(tmp_path):
    model, other, third = network(), blank(), blank()
    other.load_state_dict(model.state_dict())
    model.save(tmp_path / "model.json")
    assert third.load(str(tmp_path / "model.json")) is third
    assert bits(model) == bits(other) == bits(third)
    assert third[1].running_mean == [0.7, -0.3]


def test_the_file_is_json_that_names_its_model(tmp_path):
    network().save(tmp_path / "m.json")
    contents = json.loads((tmp_path / "m.json").read_text())
    assert contents["format"] == "microgrid module 2"
    assert contents["model"] == "Sequential(Linear(1, 2), BatchNorm(2), 'tanh', Linear(2, 1))"
    assert contents["state"]["layers.0.w.1.0"] == 1 / 3


def test_a_state_taken_earlier_does_not_follow_the_model():
    model = network()
    state = model.state_dict()
    model.parameters()[0].data = 5.0
    model[1].absorb([1.0, 1.0], [1.0, 1.0])
    model.load_state_dict(state)
    assert model.parameters()[0].data == 0.1 + 0.2
    assert model[1].running_mean == [0.7, -0.3]


def test_what_reads_the_parameters_sees_the_loaded_ones():
    model = blank()
    before = model.parameters()
    model.load_state_dict(network().state_dict())
    assert model.parameters() == before
    assert before[0].data == 0.1 + 0.2


def test_two_parameters_of_one_name_are_not_taken_for_one():
    class Net(Module):
        def __init__(self):
            self.parts = {"a.b": parameter(1.0), "a": {"b": parameter(2.0)}}

    with pytest.raises(ValueError, match=r"two parameters of the Net are called 'parts\.a\.b'"):
        Net().state_dict()


# ---------------------------------------------------------------- refused


def edited(change):
    """Changed by hand in a file of version 1, which had no checksum to tell."""

    def apply(text):
        contents = json.loads(text) | {"format": "microgrid module 1"}
        del contents["checksum"]
        change(contents)
        return json.dumps(contents)

    return apply


STATES = {
    "a name too few": (lambda s: s.pop("layers.0.b.1"), r"it has no 'layers\.0\.b\.1' \(1 missing\)"),
    "a name too many": (lambda s: s.update(more=1.0), r"the model has no 'more' \(1 unknown\)"),
    "text": (lambda s: s.update({"layers.0.b.0": "1.0"}), r"'layers\.0\.b\.0' has to be a number, .* str '1\.0'"),
    "true": (lambda s: s.update({"layers.0.b.0": True}), "has to be a number, and the state has bool True"),
    "null": (lambda s: s.update({"layers.0.b.0": None}), "has to be a number, and the state has NoneType"),
    "a list": (lambda s: s.update({"layers.0.b.0": [1.0]}), "has to be a number, and the state has list"),
    "a huge int": (lambda s: s.update({"layers.0.b.0": 10**400}), "has to be finite in doubles"),
    "nan": (lambda s: s.update({"layers.0.b.0": math.nan}), "nan|NaN"),
    "infinity": (lambda s: s.update({"layers.0.b.0": math.inf}), "inf|Infinity"),
    "a negative variance": (
        lambda s: s.update({"layers.1.running_var.0": -1.0}),
        r"'layers\.1\.running_var\.0' is .*0",
    ),
}


@pytest.mark.parametrize("change", STATES)
@pytest.mark.parametrize("domain", ["raise", "ieee"])
def test_a_wrong_state_changes_nothing(change, domain):
    model, state = blank(), network().state_dict()
    before = bits(model)
    STATES[change][0](state)
    with errstate(domain=domain), pytest.raises(CheckpointError, match=STATES[change][1]):
        model.load_state_dict(state)
    assert bits(model) == before


@pytest.mark.parametrize("change", STATES)
def test_a_file_with_a_wrong_state_changes_nothing(tmp_path, change):
    model, path = blank(), tmp_path / "model.json"
    before = bits(model)
    network().save(path)
    path.write_text(edited(lambda contents: STATES[change][0](contents["state"]))(path.read_text()))
    with pytest.raises(CheckpointError, match=f"cannot load .*model.json.*({STATES[change][1]})"):
        model.load(path)
    assert bits(model) == before


FILES = {
    "empty": (lambda text: "", "is not JSON, or only a part of it"),
    "truncated": (lambda text: text[: len(text) // 2], "is not JSON, or only a part of it"),
    "one byte short": (lambda text: text.rstrip()[:-1], "is not JSON, or only a part of it"),
    "something behind it": (lambda text: text + "}", "is not JSON"),
    "deeply nested": (lambda text: "[" * 100_000, "is not JSON"),
    "not utf-8": (lambda text: b"\xff\xfe" + text.encode(), "is not JSON"),
    "another format": (lambda text: text.replace("module 2", "network 2"), "its format is 'microgrid network 2'"),
    "other JSON": (lambda text: "[1, 2]", "no module that microgrid saved"),
    "a number": (lambda text: "3.5", "no module that microgrid saved"),
    "no state": (edited(lambda c: c.pop("state")), "damaged or edited .* it holds format, model, and"),
    "a state that is a list": (edited(lambda c: c.update(state=[1.0])), "a dict of numbers by name, got list"),
    "a name twice": (lambda text: text.replace('"layers.0.b.1"', '"layers.0.b.0"'), "it holds 'layers.0.b.0' twice"),
    "1e999": (edited(lambda c: c["state"].update({"layers.0.b.0": 10**400})), "has to be finite in doubles"),
    "a digit": (lambda text: text.replace("1e+22", "2e+22"), "its checksum does not fit"),
}


@pytest.mark.parametrize("damage", FILES)
def test_a_damaged_or_foreign_file_changes_nothing(tmp_path, damage):
    model, path = blank(), tmp_path / "model.json"
    before = bits(model)
    network().save(path)
    damaged = FILES[damage][0](path.read_text())
    path.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    with pytest.raises(CheckpointError, match=FILES[damage][1]):
        model.load(path)
    assert bits(model) == before


def test_every_truncation_is_noticed(tmp_path):
    model, path = Sequential(Linear(1, 1)), tmp_path / "model.json"
    model.save(path)
    whole = path.read_bytes().rstrip()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError):
            model.load(path)


def test_the_message_says_what_the_file_holds(tmp_path):
    MLP(2, [1]).save(tmp_path / "m.json")
    with pytest.raises(CheckpointError, match=r"saved from MLP of \[Layer of \[LinearNeuron\(2\)\]\]: .* not that of"):
        blank().load(tmp_path / "m.json")
    with pytest.raises(CheckpointError, match="a state is a dict of numbers by name, got list"):
        blank().load_state_dict([1.0])
    with pytest.raises(FileNotFoundError):
        blank().load(tmp_path / "none.json")


def test_an_interrupted_load_changes_nothing(monkeypatch):
    model = blank()
    before = bits(model)

    class Interrupted(BatchNorm):
        def __setattr__(self, name, value):
            if name == "running_var" and value != [1.0, 1.0]:
                raise KeyboardInterrupt
            super().__setattr__(name, value)

    model[1].__class__ = Interrupted
    with pytest.raises(KeyboardInterrupt):
        model.load_state_dict(network().state_dict())
    assert bits(model) == before


def test_numbers_that_are_not_finite_are_not_saved(tmp_path):
    model, path = network(), tmp_path / "model.json"
    model.save(path)
    before = path.read_bytes()
    with errstate(domain="ieee"):
        model.parameters()[2].data = math.nan
        with pytest.raises(CheckpointError, match=r"'layers\.0\.b\.0' has to be finite in doubles, .* nan"):
            model.save(path)
    assert path.read_bytes() == before


# ---------------------------------------------------------------- files


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.replace(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "old"


def test_links_and_permissions_stay(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    files.replace(link, "línea\n")
    assert link.is_symlink()
    assert path.read_bytes() == "línea\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    files.replace(tmp_path / ("b" * 200), "x")
    assert stat.S_IMODE((tmp_path / ("b" * 200)).stat().st_mode) == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_module_of_ones_own_is_saved(tmp_path):
    class Running(Module):
        saved = {"seen": 0.0}  # noqa: RUF012

        def __init__(self):
            self.seen = [1.0, 2.0]

    one, two = Running(), Running()
    one.seen = [3.0, 4.5]
    one.save(tmp_path / "m.json")
    assert two.load(tmp_path / "m.json").seen == [3.0, 4.5]
