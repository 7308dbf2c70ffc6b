"""Odd but readable questions about places: each is answered or politely refused, never a traceback,
a warning of the arithmetic, or a minute of waiting; and what is answered adds up.

    python benchmarks/fuzz_places.py [--map FILE] [--questions 500] [--seed 1] [--quick]

Two to five things of kinds that the map has, tied by pairs, and on them counts, absences, sides, an
order, arms, an eye and an area, their numbers honest, at a limit or absurd. The map is a made town,
or ``--map``. Exit 1 where something else than a refusal came up, where probabilities don't add up,
where a second run gives other bytes, or where an answer took more than 60 CPU seconds.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.fuzz_answers import ask_all, options  # noqa: E402
from noonmark import actions  # noqa: E402
from noonmark.actions import place_clue, place_search, planet_maps  # noqa: E402
from noonmark.cli import place_cmd  # noqa: E402
from noonmark.errors import NoonmarkError  # noqa: E402
from tests.world.landmarks.made_maps import Town  # noqa: E402

METRES = [0.001, 1.0, 15.0, 50.0, 120.0, 400.0, 3000.0, 20_000.0]
SIGMAS_DEG = [1e-9, 0.5, 5.0, 20.0, 90.0, 180.0]
AZIMUTHS_DEG = [0.0, 1e-9, 45.0, 90.0, 179.999, 180.0, 270.0, 359.999, 360.0]
KINDS = [
    {"is": "church"},
    {"is": "residential street"},
    {"is": "building"},
    {"is": "road junction"},
    {"is": "bus stop"},
    {"is": "water tower"},
    {"is": "railway"},
    {"tags": "highway=*"},
    {"tags": "natural=tree | amenity=bench"},
    {"tags": "amenity=bench"},
    {"tags": "building=* & building!=church"},
]
RANGES = {"levels": [0, 3], "height_m": [-500, 1e6], "arms": [3, 4], "lanes": [1e-9, 2.0]}


def made_town(rng: random.Random) -> Town:
    """Streets, a railway, and things beside them, across half a mile."""
    made = Town()
    for row in range(6):
        lat = 47.0 + 0.001 * row
        made.way(
            [(lat, 9.0 + 0.001 * k) for k in range(7)], highway="residential", name=f"Row {row}"
        )
    for column in range(7):
        lon = 9.0 + 0.001 * column
        made.way([(47.0 + 0.001 * k, lon) for k in range(6)], highway="tertiary", lanes="2")
    made.way([(46.999, 8.999), (47.006, 9.007)], railway="rail")
    kinds = [
        {"amenity": "bench"},
        {"natural": "tree"},
        {"highway": "bus_stop"},
        {"man_made": "water_tower", "height": "30"},
        {"building": "church", "name": "Мечеть 清真寺"},
    ]
    for _ in range(150):
        lat, lon = rng.uniform(46.999, 47.006), rng.uniform(8.999, 9.007)
        tags = rng.choice(kinds)
        if "building" in tags or rng.random() < 0.3:
            size = rng.uniform(1e-5, 3e-4)
            corners = [(lat, lon), (lat + size, lon), (lat + size, lon + size), (lat, lon + size)]
            made.area(corners, **{"building": "yes", "building:levels": "3", **tags})
        else:
            made.node(lat, lon, **tags)
    return made


def question(rng: random.Random) -> dict[str, Any]:
    """Things, and what is said of them."""
    ids = [f"t{k}" for k in range(rng.randint(2, 5))]
    asked: dict[str, Any] = {"thing": [_thing(rng, name) for name in ids], "pair": []}
    for k, name in enumerate(ids[1:], 1):
        asked["pair"].append(_pair(rng, [rng.choice(ids[:k]), name]))
    for table, make in (("count", _count), ("absent", _absent), ("sides", _sides), ("seen", _seen)):
        if rng.random() < 0.3:
            asked[table] = [make(rng, ids) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.2:
        asked["arms"] = [_arms(rng, ids)]
    if rng.random() < 0.5:
        asked["eye"] = {rng.choice(["near", "on"]): rng.choice(ids), "within_m": rng.choice(METRES)}
    if rng.random() < 0.2:
        circle = {"lat_deg": 47.0, "lon_deg": 9.0, "radius_km": rng.choice([0.01, 1.0, 1e3])}
        asked["search"] = {"area": rng.choice(["CH", "land", circle])}
    return asked


def _thing(rng: random.Random, name: str) -> dict[str, Any]:
    thing: dict[str, Any] = {"id": name, **rng.choice(KINDS)}
    if rng.random() < 0.2:
        thing["missing"] = rng.choice([0.0, 1e-9, 0.3, 0.999, 1.0])
    if rng.random() < 0.2:
        key = rng.choice(sorted(RANGES))
        thing[key] = RANGES[key]
    if rng.random() < 0.1:
        thing["name"] = rng.choice(["*", "?", "*清*", "Row ?", "????"])
    return thing


def _pair(rng: random.Random, of: list[str]) -> dict[str, Any]:
    pair: dict[str, Any] = {"of": of}
    way = rng.random()
    if way < 0.6:
        pair["distance_m"] = sorted(rng.sample(METRES, 2))
    elif way < 0.85:
        pair |= {"distance_m": rng.choice(METRES), "distance_sigma_m": rng.choice(METRES)}
    if rng.random() < 0.3:
        pair |= {
            "bearing_deg": rng.choice(AZIMUTHS_DEG),
            "bearing_sigma_deg": rng.choice(SIGMAS_DEG),
        }
    if way >= 0.85 or rng.random() < 0.1:
        pair["meet"] = rng.choice(["crosses", "meets", "inside", "contains"])
        if rng.random() < 0.3:
            pair |= {"angle_deg": rng.choice([0.0, 45.0, 90.0]), "angle_sigma_deg": 10.0}
    return pair


def _sector(rng: random.Random) -> list[float]:
    return rng.sample(AZIMUTHS_DEG, 2)


def _count(rng: random.Random, ids: list[str]) -> dict[str, Any]:
    count = {
        "of": rng.choice([*ids, "building"]),
        "near": rng.choice(ids),
        "within_m": rng.choice(METRES),
        "at_least": rng.choice([1, 2, 7, 1000]),
    }
    if rng.random() < 0.3:
        count["sector_deg"] = _sector(rng)
    if rng.random() < 0.3:
        count |= {
            "direction_deg": rng.choice(AZIMUTHS_DEG),
            "direction_sigma_deg": rng.choice(SIGMAS_DEG),
        }
    return count


def _absent(rng: random.Random, ids: list[str]) -> dict[str, Any]:
    absent = {
        "of": rng.choice([*ids, "building"]),
        "near": rng.choice(ids),
        "within_m": rng.choice(METRES),
    }
    return absent | ({"sector_deg": _sector(rng)} if rng.random() < 0.5 else {})


def _sides(rng: random.Random, ids: list[str]) -> dict[str, Any]:
    of, line = rng.sample(ids, 2)
    counts = {"one_side": rng.choice([1, 3, 1000]), "other_side": rng.choice([1, 2])}
    return {"of": of, "line": line, "within_m": rng.choice(METRES), **counts}


def _seen(rng: random.Random, ids: list[str]) -> dict[str, Any]:
    order = rng.sample(ids, rng.randint(2, len(ids)))
    return {
        "order": order,
        "turn_deg": [0.0, *sorted(rng.uniform(0.0, 360.0) for _ in order[1:])],
        "turn_sigma_deg": rng.choice(SIGMAS_DEG),
        "range_m": sorted(rng.sample([0.0, 10.0, 300.0, 5000.0], 2)),
    }


def _arms(rng: random.Random, ids: list[str]) -> dict[str, Any]:
    turns = [0.0, *sorted(rng.sample(AZIMUTHS_DEG[1:-1], rng.randint(2, 4)))]
    key = rng.choice(["azimuth_deg", "turn_deg"])
    return {"at": rng.choice(ids), key: turns, "sigma_deg": rng.choice(SIGMAS_DEG)}


def ask(document: dict[str, Any], store: Path) -> str:
    """What came of a question: "answered", or the code of a refusal. Anything else goes up."""
    try:
        answer = place_search.find_places(document, store=store)
    except NoonmarkError as trouble:
        trouble.as_json()
        return trouble.code
    text = json.dumps(answer | {"seconds": None}, allow_nan=False)
    again = place_search.find_places(document, store=store)
    _hold(json.dumps(again | {"seconds": None}) == text, "a second run gives other bytes")
    total = sum(p["probability"] for p in answer["places"]) + answer["none_of_these"]
    _hold(abs(total - 1.0) < 1e-3 or not answer["places"], f"probabilities add up to {total}")
    _hold(len(answer["places"]) == answer["anchors"], "not every place is listed")
    place_cmd._lines(answer)
    if not answer["places"]:
        return "answered: no place"
    clue = place_clue.place_clue(answer)
    clue["prior"] = {"not_before": "2018-08-20T01:20:00Z", "not_after": "2018-08-20T01:20:00Z"}
    located = actions.answer_json(actions.locate(clue))
    none = located["places"][0]["none_of_these"]["probability"]
    wanted = answer["none_of_these"] * 0.95 + 0.05
    _hold(abs(none - wanted) < 0.02, f"none of these: {wanted} asked, {none} located")
    return "answered"


def _hold(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise AssertionError(otherwise)


def main() -> int:
    """Ask, and count what came of it."""
    parser = options((__doc__ or "").splitlines()[0], 500)
    parser.add_argument("--map", type=Path, help="a file of OpenStreetMap instead of the made town")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.map
        if path is None:
            path = Path(folder) / "town.osm"
            path.write_text(made_town(random.Random(asked.seed)).xml(), encoding="utf-8")
        store = Path(folder) / "maps"
        planet_maps.add_maps([path], store=store)
        return ask_all(asked, question, lambda _, document: ask(document, store))


if __name__ == "__main__":
    sys.exit(main())
