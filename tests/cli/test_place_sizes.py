"""A piece of an answer has a town and a point only where it is small enough: in the
terminal, in the report and on the page by the same sizes.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from noonmark.cli.answer_text import locate_lines
from noonmark.constants import LARGEST_WITH_TOWN_KM2

PAGE = Path(__file__).parents[2] / "frontend/src/map/standing.ts"


def _shown(area_km2: float) -> str:
    """What the terminal says of an answer of one piece."""
    mode = {"mass": 1.0, "lat_deg": 41.8, "lon_deg": -0.3, "utc": "2018-08-20T01:20:00Z"}
    mode |= {"area_km2": area_km2, "nearest_place": "3 km north of Korla, China", "when": "at once"}
    mode |= {"best_when": "20 August 2018, 01:20 UTC"}
    answer = {"credible": {}, "place_given": False, "time_given": False, "sound_level": 1.0}
    answer |= {"modes": [mode], "elsewhere": {"mass": 0.0}}
    return "\n".join(locate_lines(answer | {"clues": [], "conflicts": [], "advice": []}))


@pytest.mark.parametrize(
    ("area_km2", "said", "kept_back"),
    [
        (1e5, ["41.80 N 0.30 W", "Korla"], ["around"]),
        (1.1e5, ["around 42 N 0 E"], ["Korla", "41.80"]),
        (3.1e6, ["no place stands out"], ["Korla", "42 N"]),
    ],
)
def test_the_terminal_names_no_more_than_the_size_allows(area_km2, said, kept_back):
    shown = _shown(area_km2)
    assert all(words in shown for words in said)
    assert not any(words in shown for words in kept_back)


def test_the_page_names_towns_by_the_same_size():
    (size,) = re.findall(r"LARGEST_PLACE_KM2 = ([\d.e]+);", PAGE.read_text(encoding="utf-8"))
    assert float(size) == LARGEST_WITH_TOWN_KM2
