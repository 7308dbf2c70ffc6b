"""What people type is read alike by Python and by the page: tests/vectors/typed.json holds both
(frontend/tests/typed.test.ts).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from noonmark.errors import InputError
from noonmark.typed_places import typed_place
from noonmark.typed_times import typed_clock_s, typed_date, typed_time
from noonmark.values import rfc3339

VECTORS = json.loads(Path(__file__).with_name("vectors").joinpath("typed.json").read_text())


def _place(text: str) -> list[float]:
    place = typed_place(text)
    return [round(place.lat_deg, 9), round(place.lon_deg, 9)]


def _time(text: str) -> Any:
    found = typed_time(text)
    if found.instant is not None:
        return rfc3339(found.instant)
    return {"wall": found.wall.isoformat(), "zone": found.zone}


READERS = {
    "place": _place,
    "date": lambda text: typed_date(text).isoformat(),
    "clock_s": typed_clock_s,
    "time": _time,
}


@pytest.mark.parametrize("kind", READERS)
def test_what_is_typed_is_read_as_the_vectors_say(kind: str) -> None:
    for text, value in VECTORS[kind]:
        if value is None:
            with pytest.raises(InputError):
                READERS[kind](text)
        else:
            assert READERS[kind](text) == value, text
