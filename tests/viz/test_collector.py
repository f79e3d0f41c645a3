"""Python's collector of cycles rests while a picture is made, and is afterwards what it was before."""

import gc

import pytest

import viz
from microgrid import Value

x = Value(2.0, "x")
MADE = {
    "picture": lambda: viz.draw(x * 3.0).svg(),
    "page": lambda: viz.steps(x * 3.0).html(verify=False),
    "frame": lambda: viz.steps(x * 3.0).svg(0),
}


@pytest.fixture(params=[True, False], ids=["on", "off"])
def collecting(request):
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_the_collector_is_afterwards_what_it_was(make, collecting):
    make()
    assert gc.isenabled() is collecting


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_it_rests_in_between_and_goes_on_after_an_error(make, collecting, monkeypatch):
    seen = []

    def fails(*given):
        seen.append(gc.isenabled())
        raise ZeroDivisionError

    for place in ("viz.figure.placed", "viz.walk.film.placed"):
        monkeypatch.setattr(place, fails)
    with pytest.raises(ZeroDivisionError):
        make()
    assert seen == [False]
    assert gc.isenabled() is collecting
