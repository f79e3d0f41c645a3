"""A pickled program knows when it was damaged: it never computes other numbers."""

import os
import pickle
import random
import subprocess
import sys

import numpy as np
import pytest

import microgrid as mg
from helpers.damage import damaged
from microgrid import CheckpointError, GraphError, Value, nn
from microgrid.programs.program import Program

X = np.random.default_rng(0).normal(size=(5, 2))


def made():
    random.seed(1)
    xs = [Value(0.1, "a"), Value(0.2, "b")]
    return mg.compile(mg.tanh(nn.MLP(2, [3, 1])(xs)) * 0.3, xs)


def numbers(program):
    values, gradients = program.value_and_grad(X, reduce=None)
    return values.tolist(), gradients.tolist(), program.parameters.tolist(), program.listing()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_damaged_pickle_raises_or_changes_nothing(protocol):
    program = made()
    whole, expected, raised, other = pickle.dumps(program, protocol=protocol), numbers(program), 0, []
    for number, spoilt in enumerate(damaged(whole, 2_500, seed=protocol)):
        try:
            again = numbers(pickle.loads(spoilt))
        except BaseException:  # whatever pickle itself makes of it
            raised += 1
        else:
            other += [number] if again != expected else []
    assert other == []
    assert raised > 2_400


def test_the_checksum_is_what_refuses_it():
    program = made()
    whole = pickle.dumps(program)
    place = whole.index(program.parameters.tobytes()[8:16])
    with pytest.raises(CheckpointError, match=r"the pickled program was damaged: its checksum does not fit"):
        pickle.loads(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    place = whole.index(program.code.initial.tobytes()[-8:])
    with pytest.raises(CheckpointError, match="its checksum does not fit"):
        pickle.loads(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])


def test_a_pickle_of_a_later_version_says_so():
    make, (kind, version, *rest) = made().__reduce_ex__(5)
    with pytest.raises(CheckpointError, match=rf"version {version + 1}, and this microgrid reads {version}: update"):
        make(kind, version + 1, *rest)


def test_another_processor_chooses_its_own_instructions():
    program = made()
    state = program.__getstate__() | {"runs_on": "avx1024", "_machine": "the kernel of that processor"}
    loaded = pickle.loads(pickle.dumps(Old(state)))
    assert loaded.runs_on == program.runs_on
    assert numbers(loaded) == numbers(program)
    assert b"avx" not in pickle.dumps(program)
    assert b"sse2" not in pickle.dumps(program)


def test_the_threads_of_a_worker_stay_there():
    program = made()
    program.threads = 2
    assert numbers(pickle.loads(pickle.dumps(program))) == numbers(program)
    assert pickle.loads(pickle.dumps(program)).threads == 0


LOADED = """
import pickle, sys
import numpy as np
import microgrid as mg
program = pickle.load(sys.stdin.buffer)
values, gradients = program.value_and_grad(np.random.default_rng(0).normal(size=(5, 2)), reduce=None)
assert not mg.compiled and program._machine is None, program.runs_on
program.parameters *= 2.0
pickle.dump((values, gradients, program), sys.stdout.buffer)
"""


def test_a_program_goes_to_an_uncompiled_process_and_back():
    program = made()
    values, gradients = program.value_and_grad(X, reduce=None)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOADED],
        input=pickle.dumps(program),
        env=os.environ | {"MICROGRID_PURE": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    theirs, slopes, back = pickle.loads(done.stdout)
    assert np.allclose(theirs, values, rtol=1e-13, atol=1e-15)
    assert np.allclose(slopes, gradients, rtol=1e-13, atol=1e-15)
    assert back.runs_on == program.runs_on
    program.parameters *= 2.0
    assert numbers(back) == numbers(program)


class Old:
    """Pickles as a program did before there was a checksum: its state, by itself."""

    def __init__(self, state):
        self.state = state

    def __reduce__(self):
        return Program.__new__, (Program,), self.state


def test_a_pickle_without_a_checksum_is_taken_with_exactly_its_keys():
    program = made()
    state = program.__getstate__()
    assert numbers(pickle.loads(pickle.dumps(Old(state)))) == numbers(program)
    for wrong in (state | {"more": 1}, {name: x for name, x in state.items() if name != "_frozen"}):
        with pytest.raises(GraphError, match="no state of a program"):
            pickle.loads(pickle.dumps(Old(wrong)))


class Mine(Program):
    extra = 0


def test_a_program_of_a_class_of_ones_own_comes_back_with_what_it_holds():
    program = Mine.__new__(Mine)
    program.__dict__ |= made().__dict__
    program.quiet = True
    again = pickle.loads(pickle.dumps(program))
    assert type(again) is Mine
    assert again.quiet is True
    assert numbers(again) == numbers(program)
