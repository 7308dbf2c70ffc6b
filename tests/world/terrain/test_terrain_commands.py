"""The commands of terrain on the made valley of the examples."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image

from builders import terrain_example
from noonmark import actions
from noonmark.cli.main import main
from noonmark.world.terrain.elevation_store import tiles
from noonmark.world.terrain.ground import ground_about
from noonmark.world.terrain.horizon import horizon

HOUR = timedelta(hours=1)
VALLEY = terrain_example.TARGET


def answer(capsys, name: str) -> dict:
    """What a command answered, held against its schema."""
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(actions.schema(name)).validate(found)
    return found


def lain_deg(store: str, eye_m: float) -> np.ndarray:
    """The horizon of the made valley as its tile has it."""
    lat, lon = 33.0, -15.0
    where = Path(store)
    land = ground_about(np.array([lat]), np.array([lon]), tiles(where), where)
    return horizon(land, lat, lon, eye_m=eye_m).elevation_deg


def test_the_example_is_what_its_builder_writes():
    with Image.open(VALLEY) as picture:
        assert (np.asarray(picture) == terrain_example.heights_m()).all()


def test_a_valley_from_file_to_ridge_times(tmp_path, capsys):
    store = str(tmp_path / "tiles")
    assert main(["elevation", "add", str(VALLEY), "--store", store, "--json"]) == 0
    assert answer(capsys, "elevation")["tiles"][0]["rows"] == 121
    out = tmp_path / "out"
    asked = ["ridge", "33.0,-15.0", "2024-12-21", "--store", store, "--out", str(out), "--json"]
    assert main(asked) == 0
    found = answer(capsys, "ridge")
    assert [event["crossing"] for event in found["crossings"]] == ["clears", "leaves"]
    assert all(e["first"] < e["utc"] < e["last"] for e in found["crossings"])
    # Every clock of a line is told to the nearest minute.
    assert main(["ridge", "33.0,-15.0", "2024-12-21", "--store", store]) == 0
    first = capsys.readouterr().out.splitlines()[1]
    minute = datetime.fromisoformat(found["crossings"][0]["utc"]) + timedelta(seconds=30)
    assert first.startswith(f"clears the ridge  {minute:%H:%M} UTC  {minute - HOUR:%H:%M} ")
    assert sorted(p.name for p in out.iterdir()) == ["horizon.png", "horizon.svg", "ridge.json"]
    assert Image.open(out / "horizon.png").size == (1200, 420)
    assert main(["horizon", "33.0,-15.0", "--store", store, "--json", "--height", "30"]) == 0
    seen = answer(capsys, "horizon")
    assert len(seen["elevation_deg"]) == 1440 and seen["eye_m"] == 30.0
    higher = np.array(seen["elevation_deg"]) - lain_deg(store, eye_m=30.0)
    # by 8 m at some kilometres, where the land rises above the eye
    assert 0.02 < higher.max() < 0.5 and higher.min() > -0.001
    clue = ["--clue", "sun_clears_ridge", "--at", "2024-12-21T09:00:00Z", "--altitude-m", "600"]
    assert main(["horizon", "33.0,-15.0", "--store", store, "--json", *clue]) == 0
    made = answer(capsys, "horizon")
    assert made["clue"][0]["at"] == "2024-12-21T09:00:00Z"
    clues = jsonschema.Draft202012Validator(actions.schema("clues"))
    clues.validate({"clue": made["clue"]})
    assert main(["elevation", "list", "--store", store, "--json"]) == 0
    (tile,) = answer(capsys, "elevation")["tiles"]
    assert main(["elevation", "remove", tile["name"], "--store", store, "--json"]) == 0
    assert answer(capsys, "elevation")["removed"] == tile["name"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["horizon", "10,10"], "elevation-missing"),
        (["elevation", "remove", "x"], "elevation-unknown"),
        (["elevation", "add", "nothing.hgt"], "file-unreadable"),
    ],
)
def test_what_can_not_be_done_has_a_code(tmp_path, capsys, words, code):
    assert main([*words, "--store", str(tmp_path / "none"), "--json"]) != 0
    assert json.loads(capsys.readouterr().out)["code"] == code
