"""The shipped schema of a clue document is in step with the reader: they accept and refuse the same
fields.
"""

from __future__ import annotations

import copy
import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.schemas import clues_schema
from noonmark import actions
from noonmark.errors import InputError
from noonmark.inference.clues.table import KINDS
from noonmark.questions.clue_file import question_of

VALIDATOR = jsonschema.Draft202012Validator(actions.schema("clues"))
AT = "2018-08-20T01:20:00Z"
COVARIANCE = [[4.0, 0.5], [0.5, 1.0]]

HORIZONS = [{"lat_deg": 41.8, "lon_deg": 86.0, "elevation_deg": [5.0] * 36, "sigma_deg": [0.3]}]

# One honest clue of each kind.
HONEST = {
    "shadow_length": {"height": 2.0, "height_sigma": 0.02, "length": 3.1, "length_sigma": 0.05},
    "sun_elevation": {"elevation_deg": 30.0, "sigma_deg": 1.0},
    "sun_azimuth": {"azimuth_deg": 97.0, "sigma_deg": 2.0},
    "sun_direction": {"azimuth_deg": 97.0, "elevation_deg": 30.0, "covariance_deg2": COVARIANCE},
    "shadow_bearing": {"bearing_deg": 277.0, "sigma_deg": 2.0},
    "shadow_turn": {"turn_deg": 5.0, "sigma_deg": 0.5, "between_s": 1200.0},
    "shadow_track": {
        "x_m": [1.0, 1.1, 1.2],
        "y_m": [0.5, 0.5, 0.5],
        "sigma_m": 0.01,
        "offsets_s": [0, 180, 360],
    },
    "camera_direction": {
        "relative_azimuth_deg": 20.0,
        "elevation_deg": 30.0,
        "covariance_deg2": COVARIANCE,
    },
    "sun_meridian": {"sigma_s": 300.0},
    "ray": {
        "north": "true",
        "legs": [
            {"rise": -12.0, "rise_sigma": 0.15},
            {"length": 18.0, "bearing_deg": 81.0, "length_sigma": 0.2, "bearing_sigma_deg": 1.0},
        ],
    },
    "lit_face": {"bearing_deg": 97.0, "sigma_deg": 5.0, "lit": True},
    "sun_up": {},
    "twilight": {"phase": "civil"},
    "night": {"sign": "dark"},
    "body_direction": {"body": "moon", "elevation_deg": 20.0, "elevation_sigma_deg": 0.5},
    "moon_phase": {"lit": 0.6, "lit_sigma": 0.03},
    "moon_tilt": {"tilt_deg": 65.0, "sigma_deg": 3.0},
    "moon_up": {},
    "window": {"not_before": "2018-08-02T00:00:00Z"},
    "clock": {"time": "12:41:00", "sigma_s": 60.0},
    "date": {"weekday": "monday"},
    "area": {"area": "NO"},
    "sun_clears_ridge": {"horizons": HORIZONS},
    "sun_leaves_ridge": {"horizons": HORIZONS},
    "in_terrain_shade": {"horizons": HORIZONS},
    "shade_line": {"horizons": HORIZONS},
    "places": {
        "places": [{"lat_deg": 41.8, "lon_deg": 86.0, "sigma_m": 300.0, "probability": 0.4}],
        "none_of_these": 0.6,
    },
    "candidates": {"places": [{"lat_deg": 41.8, "lon_deg": 86.0, "sigma_km": 10.0}]},
}
FIELD_FAULTS = {"unknown-key", "missing-field", "unknown-kind", "no-clues"}


def document(kind: str, /, **changed: object) -> dict:
    """An honest document with one clue of a kind."""
    prior = {
        "not_before": "2018-08-01T00:00:00Z",
        "not_after": "2018-09-01T00:00:00Z",
        "area": "world",
    }
    return {"prior": prior, "clue": [{"kind": kind, **copy.deepcopy(HONEST[kind]), **changed}]}


def codes(found: dict) -> set[str]:
    """What the reader says: its problems' codes, or none."""
    try:
        question_of(copy.deepcopy(found))
    except InputError as trouble:
        return {problem["code"] for problem in trouble.details.get("problems", [])} or {
            trouble.code
        }
    return set()


def test_the_shipped_schema_is_what_the_table_of_clues_says():
    assert actions.schema("clues") == json.loads(json.dumps(clues_schema())), (
        "run: python builders/schemas.py"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_clue_of_each_kind_passes_both(kind):
    found = document(kind)
    assert codes(found) == set()
    VALIDATOR.validate(found)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "fault",
    [{"no_such_key": 1}, {"kind": "no_such_kind"}, {"outlier": 2.0}, {"note": 5}, {"at": 7}],
)
def test_what_the_reader_refuses_in_any_clue_the_schema_refuses(kind, fault):
    found = document(kind, **fault)
    assert codes(found) and not VALIDATOR.is_valid(found)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if HONEST[kind]])
def test_a_required_field_is_required_by_both(kind):
    required = set(VALIDATOR.schema["$defs"][kind]["required"]) - {"kind"}
    for name in HONEST[kind]:
        found = document(kind)
        del found["clue"][0][name]
        assert ("missing-field" in codes(found)) == (name in required)
        assert VALIDATOR.is_valid(found) == (name not in required)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False,
    allow_infinity=False),
    st.sampled_from(["", "world", "NO", AT, "12:41", "2018-08-20", "local", "no", "unknown",
    "12:41:00.5x"]),
    st.lists(st.floats(-10, 10), max_size=4), st.just(COVARIANCE), st.just({"lat_deg": 1.0}),
    st.just([{}]),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.data())
def test_what_the_reader_accepts_the_schema_accepts_and_no_key_passes_only_one(data):
    kind = data.draw(st.sampled_from(list(KINDS)))
    found = document(kind)
    clue = found["clue"][0]
    known = list(VALIDATOR.schema["$defs"][kind]["properties"])
    for _ in range(data.draw(st.integers(1, 2))):
        name = data.draw(st.sampled_from([*known, "sigma", "lenght"]))
        if data.draw(st.booleans()):
            clue[name] = data.draw(VALUES)
        else:
            clue.pop(name, None)
    said = codes(found)
    if not said:
        assert VALIDATOR.is_valid(found), next(VALIDATOR.iter_errors(found)).message
    if said & FIELD_FAULTS:
        assert not VALIDATOR.is_valid(found), said
