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
from noonmark.typed_words import AFTER_NOON, BEFORE_NOON, MONTHS, SIDES
from noonmark.values import rfc3339

VECTORS = json.loads(Path(__file__).with_name("vectors").joinpath("typed.json").read_text())

PAGE_WORDS = Path(__file__).parents[1].joinpath("frontend", "src", "ui", "typed_words.ts")


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


def test_the_page_has_the_same_words() -> None:
    page = PAGE_WORDS.read_text(encoding="utf-8")
    for words in (*MONTHS, BEFORE_NOON, AFTER_NOON):
        assert ", ".join(f'"{word}"' for word in words) in page
    for pattern, letter in SIDES.items():
        assert f'[/{pattern}/gi, "{letter}"]' in page


@pytest.mark.parametrize("names", MONTHS, ids=str)
def test_every_month_is_read_by_its_name(names: tuple[str, ...]) -> None:
    for month, name in enumerate(names, 1):
        assert typed_date(f"9 {name} 2014").month == month
