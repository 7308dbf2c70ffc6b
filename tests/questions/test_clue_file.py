"""The reader of clue files: good ones become questions, bad ones say everything that is wrong at
once.
"""

from __future__ import annotations

import json
import os
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import InputError, NoonmarkError
from noonmark.inference.clues.table import KINDS
from noonmark.questions import clue_fields, clue_file
from noonmark.questions.clue_file import read_clues

PRIOR = {"not_before": "2018-08-01T00:00:00Z", "not_after": "2018-09-01T00:00:00Z"}
SHADOW = {
    "kind": "shadow_length",
    "height": 2.0,
    "height_sigma": 0.02,
    "length": 3.1,
    "length_sigma": 0.05,
}
TRACK = {
    "kind": "shadow_track", "x_m": [1.0, 1.1, 1.2], "y_m": [0.5, 0.5, 0.6], "sigma_m": 0.01,
    "offsets_s": [0, 180, 360],
}  # fmt: skip


WINDOW = '[prior]\nnot_before="2018-08-01T00:00:00Z"\nnot_after="2018-09-01T00:00:00Z"\n'


def document(*clues: dict, **more: object) -> bytes:
    return json.dumps({"prior": PRIOR, "clue": list(clues) or [SHADOW], **more}).encode()


def problems(data: bytes | str) -> list[tuple[str, str]]:
    """(code, path) of everything that the reader found wrong."""
    with pytest.raises(InputError) as caught:
        read_clues(data if isinstance(data, bytes) else data.encode())
    assert caught.value.exit_code == 2
    assert caught.value.hint
    return [(p["code"], p["where"]) for p in caught.value.details.get("problems", [])]


def test_the_contract_example_is_read():
    question = read_clues(b"""
[prior]
not_before = "2018-08-01T00:00:00Z"
not_after  = 2018-09-01T00:00:00Z
area = { lat_deg = 41.8, lon_deg = 86.0, radius_km = 300 }

[[clue]]
kind = "shadow_length"
at = "2018-08-20T01:20:00Z"
at_sigma_s = 30
height = 2
height_sigma = 0.02
length = 3.10
length_sigma = 0.05

[[clue]]
kind = "shadow_track"
offsets_s = [0, 180, 360]
x_m = [1.0365, 1.0699, 1.1038]
y_m = [0.4973, 0.5029, 0.5085]
sigma_m = 0.001
mirror = "unknown"

[[clue]]
kind = "clock"
time = 12:41:00
sigma_s = 60
zone = "Asia/Shanghai"
date = 2018-08-20
""")
    length, track, clock = question.clues
    assert (length.height, length.slope_sigma_deg, length.common.when.at_sigma_s) == (
        2.0,
        1.0,
        30.0,
    )
    assert length.common.when.at_s == 1534728000.0
    assert (track.mirror, track.offsets_s) == ("unknown", (0.0, 180.0, 360.0))
    assert (clock.time, clock.date) == (45660.0, 17763)
    assert question.not_after_s - question.not_before_s == 31 * 86400.0
    assert question.warnings == ()


def test_toml_and_json_that_say_the_same_have_one_digest():
    toml = WINDOW.encode() + b'[[clue]]\nkind="sun_up"'
    assert read_clues(toml).digest == read_clues(document({"kind": "sun_up"})).digest
    assert read_clues(toml).digest != read_clues(document({"kind": "night"})).digest


def test_all_problems_are_told_at_once():
    found = problems(
        document(
            {**SHADOW, "height": -3, "length": True, "height_sigma": 0, "len_sigma": 1},
            {"kind": "shadow_lenght"},
            {**TRACK, "y_m": [1.0]},
            {"kind": "sun_azimuth", "azimuth_deg": 400.0},
            titel="x",
        )
    )
    assert found == [
        ("unknown-key", "titel"),
        ("unknown-key", "clue[0].len_sigma"),
        ("bad-value", "clue[0].height"),
        ("bad-value", "clue[0].length"),
        ("bad-value", "clue[0].height_sigma"),
        ("unknown-kind", "clue[1].kind"),
        ("bad-value", "clue[2].y_m"),
        ("bad-value", "clue[3].azimuth_deg"),
        ("missing-field", "clue[3].sigma_deg"),
    ]


def test_the_nearest_known_word_is_named():
    with pytest.raises(InputError, match=r"clue\[0\]\.kind.*shadow_length\?"):
        read_clues(document({**SHADOW, "kind": "shadow_lenght"}))
    with pytest.raises(InputError, match=r"length_sigma\?"):
        read_clues(document({**SHADOW, "lenght_sigma": 1}))
    with pytest.raises(InputError, match=r"not_before\?"):
        read_clues(json.dumps({"prior": {"not_befor": "x"}, "clue": [SHADOW]}).encode())


@pytest.mark.parametrize("kind", ["shade", "sun", "time"])
def test_a_word_that_is_near_to_none_gets_all_of_them(kind):
    with pytest.raises(InputError, match=r"a kind of clue: .*shadow_length, .*shadow_track"):
        read_clues(document({**SHADOW, "kind": kind}))


def test_a_key_that_stands_in_the_wrong_table_is_sent_to_its_own():
    raw = {"not_before": "2021-02-01", "prior": {"zone": "Asia/Yangon"}, "clue": [SHADOW]}
    with pytest.raises(InputError) as caught:
        read_clues(json.dumps(raw).encode())
    told = {one["where"]: one["expected"] for one in caught.value.details["problems"]}
    assert told == {
        "not_before": "it under [prior], as prior.not_before",
        "prior.zone": "it at the top of the file, above [prior], as zone",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("height", 0), ("height", -2.0), ("length", 0), ("length", -0.1), ("height_sigma", 0),
        ("length_sigma", -1),
        ("height", True), ("height", "2"), ("height", None), ("height", [2]),
        ("height", 10**400), ("height", 1e300),
        ("slope_sigma_deg", 91),
        ("outlier", 1.0), ("outlier", -0.1), ("offset_s", "1"), ("note", 7), ("at_sigma_s", 5),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_its_path(field, value):
    assert [where for _, where in problems(document({**SHADOW, field: value}))] == [
        f"clue[0].{field}"
    ]


@pytest.mark.parametrize("word", ["nan", "inf", "-inf"])
def test_what_is_not_a_finite_number_is_refused(word):
    text = WINDOW + '[[clue]]\nkind="sun_elevation"\n'
    assert problems(text + f"elevation_deg={word}\nsigma_deg=1.0") == [
        ("bad-value", "clue[0].elevation_deg")
    ]
    with pytest.raises(InputError, match="not a JSON number"):
        read_clues(document().replace(b"3.1", b"NaN"))


def test_times_must_say_their_offset_and_lie_in_the_years_of_the_ephemeris():
    assert problems(document({**SHADOW, "at": "2018-08-20T01:20:00"})) == [
        ("naive-time", "clue[0].at")
    ]
    assert problems(document({**SHADOW, "at": "yesterday"})) == [("bad-time", "clue[0].at")]
    assert problems(document({**SHADOW, "at": 1534728000})) == [("bad-time", "clue[0].at")]
    assert problems(document({**SHADOW, "at": "1550-01-01T00:00:00Z"})) == [
        ("year-range", "clue[0].at")
    ]
    assert (
        read_clues(document({**SHADOW, "at": "2018-08-20T09:20:00+08:00"}))
        .clues[0]
        .common.when.at_s
        == 1534728000.0
    )


def test_a_window_that_ends_before_it_starts_is_refused():
    back = json.dumps(
        {
            "prior": {"not_before": PRIOR["not_after"], "not_after": PRIOR["not_before"]},
            "clue": [SHADOW],
        }
    )
    assert problems(back) == [("span-backwards", "prior.not_after")]
    window = {"kind": "window", "not_before": PRIOR["not_after"], "not_after": PRIOR["not_before"]}
    assert problems(document(SHADOW, window)) == [("bad-value", "clue[1].not_after")]


def test_no_time_information_at_all_is_refused_and_any_that_suffices_is_taken():
    assert problems(json.dumps({"clue": [SHADOW]}))[0][0] == "no-time"
    assert (
        problems(json.dumps({"prior": {"not_before": PRIOR["not_before"]}, "clue": [SHADOW]}))[0][0]
        == "no-time"
    )
    dated = {**SHADOW, "at": "2018-08-20T01:20:00Z"}
    assert read_clues(json.dumps({"clue": [dated]}).encode()).not_before_s is None
    assert problems(json.dumps({"clue": [dated, SHADOW]}))[0][0] == "no-time"
    until = {"kind": "window", "not_after": "2022-07-01T00:00:00Z"}
    assert len(read_clues(json.dumps({"clue": [dated, until]}).encode()).clues) == 2
    assert problems(json.dumps({"clue": [dated, until, SHADOW]}))[0][0] == "no-time"
    assert problems(json.dumps({"clue": [until]}))[0][0] == "no-time"
    window = {"kind": "window", **PRIOR}
    assert len(read_clues(json.dumps({"clue": [SHADOW, window]}).encode()).clues) == 2


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"x_m": [1.0, 2.0]}, "y_m"),
        ({"x_m": [1.0]}, "x_m"),
        ({"x_m": "1, 2"}, "x_m"),
        ({"x_m": [1.0, True, 1.2]}, "x_m[1]"),
        ({"offsets_s": [0, 180]}, "offsets_s"),
        ({"offsets_s": [0, 360, 180]}, "offsets_s"),
        ({"offsets_s": [0, 180, 1e6]}, "offsets_s"),
        ({"at": ["2018-08-20T01:20:00Z", "2018-08-20T01:23:00Z", "2018-08-20T01:26:00Z"]}, "at"),
        ({"sigma_m": 5.0}, "sigma_m"),
        ({"mirror": "maybe"}, "mirror"),
        ({"refraction": 1}, "refraction"),
    ],
)
def test_a_track_with_lists_that_do_not_match_is_refused(change, where):
    assert problems(document({**TRACK, **change}))[0] == ("bad-value", f"clue[0].{where}")


@pytest.mark.parametrize(
    "clue",
    [
        {"kind": "sun_direction"},
        {"kind": "sun_direction", "azimuth_deg": 1.0, "elevation_deg": 2.0},
        {
            "kind": "sun_direction",
            "azimuth_deg": 1.0,
            "elevation_deg": 2.0,
            "covariance_deg2": [[1, 2], [2, 1]],
        },
        {
            "kind": "sun_direction",
            "azimuth_deg": 1.0,
            "elevation_deg": 2.0,
            "covariance_deg2": [[1, 0.2], [0.4, 1]],
        },
        {
            "kind": "sun_direction",
            "azimuth_deg": 1.0,
            "elevation_deg": 2.0,
            "covariance_deg2": [[1, 0]],
        },
        {"kind": "camera_direction", "elevation_deg": 30.0},
        {"kind": "camera_direction", "frames": [{"relative_azimuth_deg": 1.0}]},
        {
            "kind": "camera_direction",
            "elevation_deg": 30.0,
            "covariance_deg2": [[1, 0], [0, 1]],
            "heading_deg": 5.0,
        },
        {"kind": "shadow_turn", "between_s": 100.0},
        {"kind": "shadow_turn", "turn_deg": 5.0, "between_s": 100.0},
        {"kind": "shadow_turn", "turn_deg": 5.0, "sigma_deg": 1.0},
        {"kind": "twilight", "from_deg": 0.0, "to_deg": -6.0},
        {"kind": "twilight", "phase": "blue"},
        {"kind": "window"},
        {"kind": "clock", "time": "25:00", "sigma_s": 60},
        {"kind": "clock", "time": "12:41", "sigma_s": 60, "date": "20 August"},
        {"kind": "candidates", "places": []},
        {"kind": "candidates", "places": [{"lat_deg": 91.0, "lon_deg": 0.0, "sigma_km": 1.0}]},
        {"kind": "candidates", "places": [{"lat_deg": 9.0, "lon_deg": 200.0, "sigma_km": 1.0}]},
        {"kind": "area", "area": {"lat_deg": 9.0, "lon_deg": 0.0, "radius_km": -1}},
        {"kind": "area", "area": 7},
    ],
)
def test_fields_that_can_not_be_meant_together_are_refused(clue):
    assert all(where.startswith("clue[0]") for _, where in problems(document(clue)))


@pytest.mark.parametrize(
    ("area", "ok"),
    [
        ("world", True), ("NO", True), ({"lat_deg": 91, "lon_deg": 0, "radius_km": 5}, False),
        ({"lat_deg": 41, "lon_deg": 200, "radius_km": 5}, False),
        ({"south": 10, "west": 0, "north": 5, "east": 9}, False),
        ({"south": 1, "west": 0, "north": 5, "east": 9}, True), ({"south": 1, "west": 0, "nort": 5,
        "east": 9}, False),
        ({}, False), ([1], False), ("", False), (True, False),
    ],
)  # fmt: skip
def test_the_shape_of_an_area_is_checked(area, ok):
    data = json.dumps({"prior": {**PRIOR, "area": area}, "clue": [SHADOW]}).encode()
    if ok:
        assert read_clues(data).area == area
    else:
        assert all(where.startswith("prior.area") for _, where in problems(data))


def test_units_that_look_mistaken_are_a_warning_and_not_an_error():
    (warning,) = read_clues(document({**SHADOW, "length": 300.0})).warnings
    assert "clue[0].length" in warning
    assert "one unit" in warning
    assert read_clues(document({**SHADOW, "length": 0.01})).warnings
    assert read_clues(document({**SHADOW, "length_sigma": 5.0})).warnings


def test_a_known_truth_and_an_id_are_kept():
    truth = {"lat_deg": 41.8, "lon_deg": 86.0, "utc": "2018-08-20T01:20:00Z"}
    question = read_clues(document(SHADOW, id=7, truth=truth))
    assert (question.id, question.truth.lat_deg, question.truth.unix_s) == ("7", 41.8, 1534728000.0)
    found = problems(document(SHADOW, truth={"lat_deg": 91, "lon_deg": 200, "utc": "now"}))
    assert found == [
        ("bad-value", "truth.lat_deg"),
        ("bad-value", "truth.lon_deg"),
        ("bad-time", "truth.utc"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"clue": []}',
        b'{"clue": {}}',
        b'{"clue": [7]}',
        b'{"prior": 3, "clue": [{}]}',
    ],
)
def test_a_document_without_clues_is_refused(data):
    assert problems(data) or data == b"[]"


def test_nesting_bombs_twins_and_binary_are_refused():
    for data in (
        b'{"clue":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"clue":' + b'[{"a":' * 10_000 + b"1" + b"}]" * 10_000 + b"}",
        b'{"clue": [], "clue": []}',
        b"\x00\xff\x80PNG",
        b'{"clue": [{"kind": "\\ud800"}]}',
        b"a = " + b"[" * 10_000,
        document() * 100_000,
    ):
        with pytest.raises(InputError):
            read_clues(data)


def test_a_huge_file_a_folder_a_pipe_and_a_missing_file_are_refused_without_reading(tmp_path):
    huge, pipe = tmp_path / "huge.toml", tmp_path / "pipe"
    with huge.open("wb") as stream:
        stream.truncate(1_000_000_000)
    os.mkfifo(pipe)
    tracemalloc.start()
    for path in (huge, tmp_path, pipe, tmp_path / "gone.toml"):
        with pytest.raises(NoonmarkError):
            read_clues(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50_000_000


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)
_FIELDS = sorted(
    {name for row in KINDS.values() for name in row.fields.__dataclass_fields__} - {"common"}
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(KINDS)),
    st.dictionaries(st.sampled_from([*_FIELDS, "at", "outlier"]), _JSON, max_size=6),
)
def test_no_document_brings_the_reader_down(kind, values):
    data = json.dumps({"prior": PRIOR, "clue": [{**values, "kind": kind}]}).encode()
    try:
        question = read_clues(data)
    except InputError as trouble:
        assert str(trouble)
    else:
        assert question.clues[0].kind == kind


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(_JSON)
def test_no_shape_of_document_brings_the_reader_down(value):
    for data in (
        json.dumps(value),
        json.dumps({"clue": value}),
        json.dumps({"clue": [value], "prior": value}),
    ):
        with pytest.raises(InputError):
            read_clues(data.encode())


@pytest.mark.parametrize(
    ("kind", "field"),
    [("sun_direction", "alternatives"), ("camera_direction", "frames"), ("candidates", "places")],
)
def test_an_empty_list_of_tables_is_refused_as_by_the_schema(kind, field):
    found = problems(WINDOW + f'[[clue]]\nkind="{kind}"\n{field}=[]\n')
    assert ("bad-value", f"clue[0].{field}") in found


_ROW = {"lat_deg": 42.5, "lon_deg": -1.5, "sigma_m": 5, "probability": 0.25}
_BAD = (
    {**_ROW, "lat_deg": 90.5}, {**_ROW, "sigma_m": 0.0}, {**_ROW, "sigma_m": 0},
    {**_ROW, "lon_deg": 181}, {**_ROW, "probability": True}, {**_ROW, "probability": "0.5"},
    {**_ROW, "lat_deg": float("nan")}, {**_ROW, "sigma_m": float("inf")},
    {**_ROW, "lat_deg": 10**400}, {**_ROW, "note": 1}, {"lat_deg": 1.0}, {}, 7, None, [1.0] * 4,
    {"lat_deg": 1.0, "lon_deg": 1.0, "sigma_m": 1.0, "chance": 0.5},
)  # fmt: skip
_GOOD = (_ROW, {**_ROW, "lat_deg": -90, "lon_deg": 180.0}, dict(reversed(_ROW.items())))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_GOOD + _BAD) | st.sampled_from(_GOOD), min_size=1, max_size=9))
def test_many_places_are_checked_together_as_one_by_one(rows):
    read = []
    for together in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            if not together:
                patch.setattr(clue_fields, "_number_rows", lambda *_: None)
            try:
                clue = {"kind": "places", "places": rows, "none_of_these": 0.1}
                read.append(clue_file.question_of({"prior": PRIOR, "clue": [clue]}).clues)
            except InputError as trouble:
                read.append((str(trouble), trouble.details))
    assert read[0] == read[1]
    assert repr(read[0]) == repr(read[1])


def test_good_places_are_not_read_one_by_one(monkeypatch):
    monkeypatch.setattr(clue_fields, "each_of", None)
    clue = {"kind": "places", "places": [_ROW] * 3, "none_of_these": 0.1}
    (read,) = clue_file.question_of({"prior": PRIOR, "clue": [clue]}).clues
    assert [place.sigma_m for place in read.places] == [5.0] * 3


def test_a_number_whose_square_is_none_is_refused_and_says_how_great_it_may_be():
    legs = [{"rise": -12.0, "rise_sigma": 0.15}, {"length": 1e300, "bearing_deg": 81.0}]
    clue = {"kind": "ray", "north": "true", "legs": legs}
    with pytest.raises(InputError, match="at most 1e\\+12 in size"):
        read_clues(document(clue))
