"""Values as JSON text."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noonmark.actions import json_line


@given(st.dictionaries(st.text(), st.floats() | st.text() | st.lists(st.floats())))
def test_any_answer_is_one_inert_line_of_valid_json(data):
    text = json_line(data)
    assert text.isascii() and text.isprintable()
    assert set(json.loads(text, parse_constant=lambda word: 1 / 0)) == set(data)


def test_json_has_no_nan_and_is_ascii():
    data = {
        "a": math.nan,
        "b": np.float64("inf"),
        "c": np.array([1.0, math.nan]),
        "d": "北\u202e\x7f",
        "e": np.int64(3),
    }
    text = json_line(data)
    assert text.isascii() and text.isprintable()
    assert json.loads(text) == {"a": None, "b": None, "c": [1.0, None], "d": "北\u202e\x7f", "e": 3}


def test_json_knows_our_shapes():
    @dataclass(frozen=True)
    class Found:
        at: datetime
        path: Path
        spans: tuple[int, ...]

    found = {
        "found": Found(datetime(2020, 1, 2, tzinfo=UTC), Path("a/b"), (1, 2)),
        "kinds": {"b", "a"},
        5: None,
    }
    assert json.loads(json_line(found)) == {
        "found": {"at": "2020-01-02T00:00:00Z", "path": "a/b", "spans": [1, 2]},
        "kinds": ["a", "b"],
        "5": None,
    }
