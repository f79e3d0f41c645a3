"""docs/house.svg and the table of ways in docs/architecture.md say what the code does today."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from types import ModuleType

import pytest

from helpers import ROOT, needs_checkout

DOCS = ROOT / "docs"

pytestmark = needs_checkout


@pytest.fixture(scope="module")
def house() -> ModuleType:
    spec = importlib.util.spec_from_file_location("house", DOCS / "house.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ways() -> dict[str, list[str]]:
    """What is observed where nothing is compiled, since compiled functions cannot be observed."""
    code = "import json, house; print(json.dumps(house.ways()))"
    environment = {**os.environ, "MICROGRID_PURE": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), str(DOCS)])}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def test_the_table_has_the_rooms_that_are_reached(house, ways):
    page = (DOCS / "architecture.md").read_text(encoding="utf-8").split(house.MARK)
    assert page[1].strip() == house.listing(ways)


def test_the_picture_is_that_of_today(house, ways):
    assert (DOCS / "house.svg").read_text(encoding="utf-8") == house.picture(ways)


def test_each_way_is_a_dot_in_each_of_its_rooms_and_in_the_legend(house, ways):
    drawn = re.findall(r"<title>(\w+)</title></circle>", house.picture(ways))
    assert {name: drawn.count(name) for name in ways} == {name: len(rooms) + 1 for name, rooms in ways.items()}


def test_every_room_of_the_tables_is_drawn_inside_the_picture(house):
    picture = ET.fromstring(house.picture({}))
    width, height = float(picture.get("width")), float(picture.get("height"))
    boxes = picture.findall("{http://www.w3.org/2000/svg}rect")[1:]
    assert len(boxes) == sum(len(row) for package in house.PACKAGES for row in house.table(package))
    for box in boxes:
        x, y = float(box.get("x")), float(box.get("y"))
        assert 0 <= x <= width - float(box.get("width"))
        assert 0 <= y <= height - float(box.get("height"))


def test_a_way_is_seen_where_it_leads(house):
    """Against what is known of one: a picture's words are chosen in viz/words, and nothing is proved for it."""
    import viz
    from helpers.graphs import lecture

    rooms = house.observed(lambda: viz.draw(lecture()).svg())
    assert {"viz/words", "viz/drawing", "viz/formats"} <= set(rooms)
    assert "microgrid/proof" not in rooms
