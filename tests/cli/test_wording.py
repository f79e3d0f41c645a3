"""One message in two manners: as Python's users can act on it, and as it is typed at a prompt."""

from __future__ import annotations

import pickle

import pytest

import microgrid as mg
import viz
from microgrid import Value, nn
from microgrid.base import messages
from microgrid.base.phrases import Option, Setting, Way, say, text_of
from microgrid.cli.messages import TYPED, as_typed
from viz import errors


class Unsized(nn.Module):
    def __call__(self, x: list[Value]) -> Value:
        return x[0] * 2.0


BOTH = {
    "an option with a value": (
        lambda: viz.draw(Value(1.0, "x") * 2.0 * 3.0, max_nodes=2),
        "or pass max_nodes=None", "or pass --max-nodes none",
    ),
    "an option without one": (
        lambda: viz.draw(Value(1.0, "x") * 2.0 * 3.0, max_nodes=2),
        "draw a part with around= and radius=", "draw a part with --around and --radius",
    ),
    "the name of an option": (
        lambda: viz.draw(Value(1.0), precision=99), "precision is from 1", "--precision is from 1"
    ),
    "a number": (lambda: viz.draw(Value(1.0), timeout=-0.5), "timeout is more than 0", "--timeout is more than 0"),
    "another way": (lambda: mg.log(-1.0), 'microgrid.errstate(domain="ieee") goes on', "--ieee goes on"),
    "text that looks like an option": (
        lambda: viz.draw(Value(1.0, "max_nodes=None"), highlight="edges=1"),
        "has the label 'edges=1': the labels are max_nodes=None; or pass the Value itself",
        "--highlight: no node of the graph has the label 'edges=1': the labels are max_nodes=None",
    ),
    "a network without gradients": (
        lambda: viz.network(nn.MLP(2, [2, 1]), show="gradients"),
        "finds no gradients; call backward() first",
        "finds no gradients; call backward() in the script that makes the model",
    ),
    "a network without a sample": (
        lambda: viz.network(Unsized()),
        "give a sample, network(model, x=[0.5, -1.0])", "give a sample, --x 0.5,-1",
    ),
    "braces in a label": (
        lambda: viz.draw(Value(1.0, "{x}"), around="{y}"),
        "around: no node of the graph has the label '{y}': the labels are {x}",
        "--around: no node of the graph has the label '{y}': the labels are {x}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOTH)
def test_a_message_says_what_can_be_done_where_it_is_read(name: str) -> None:
    fail, python, typed = BOTH[name]
    with pytest.raises((ValueError, mg.MicrogridError)) as caught:
        fail()
    assert python in str(caught.value)
    assert typed in as_typed(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))  # as it comes from another process
    assert (str(again), as_typed(again)) == (str(caught.value), as_typed(caught.value))


def test_the_command_has_words_for_every_way_out() -> None:
    ways = {thing.name for module in (messages, errors) for thing in vars(module).values() if isinstance(thing, Way)}
    assert ways == set(TYPED)


def test_a_way_out_that_is_not_known_is_said_as_in_python():
    assert as_typed(ValueError(Way("another", "call it()").after("it is not so"))) == "it is not so; call it()"


PARTS = [Option("edges"), Setting("edges", "plain"), Setting("around"), messages.IEEE]


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_a_part_is_the_same_after_it_was_pickled(part: str) -> None:
    again = pickle.loads(pickle.dumps(part))
    assert (type(again), str(again), vars(again)) == (type(part), str(part), vars(part))


def test_what_is_no_message_of_ours_stays_as_it_is() -> None:
    assert text_of(ValueError("edges=1 {x}")) == as_typed(ValueError("edges=1 {x}")) == "edges=1 {x}"
    assert as_typed(ValueError(say("no field {x}"))) == "no field {x}"
    assert as_typed(KeyError("a")) == "'a'"
