"""Published shadow tracks: where they must land, and the ambiguities that must be reported."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from noonmark import actions
from noonmark.geometry.earth import distance_km
from noonmark.inference.answer import Mode

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "sun" / "cumcm_2015_a.json"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data"),
]


def _track(annex: str, **more: object) -> dict[str, object]:
    rows = json.loads(DATA.read_text(encoding="utf-8"))[annex]["rows"]
    return {
        "kind": "shadow_track",
        "x_m": [row["x_m"] for row in rows],
        "y_m": [row["y_m"] for row in rows],
        "sigma_m": 3e-4,
        "refraction": False,
        **more,
    }


def test_a_track_with_known_instants_lands_where_others_found_it():
    rows = json.loads(DATA.read_text(encoding="utf-8"))["annex1"]["rows"]
    at = [f"2015-04-18T{row['beijing_time']}:00+08:00" for row in rows]
    document = {"clue": [_track("annex1", at=at)]}
    mode = actions.locate(json.dumps(document).encode()).posterior.modes[0]
    assert distance_km(mode.place.lat_deg, mode.place.lon_deg, 18.47, 109.691) < 20.0


YEAR = {"not_before": "2015-01-01T00:00:00Z", "not_after": "2016-01-01T00:00:00Z"}
FITS = (
    ("2015-11-19", 30.40),
    ("2015-01-23", 30.19),
    ("2015-05-17", -30.60),
    ("2015-07-26", -30.23),
)
"""Annex 3: date and latitude of the fits that stand in the file, the mirrored ones last."""


def _modes_near_the_fits(
    clues: list[dict[str, object]], mirror: str = "unknown"
) -> tuple[Mode, ...]:
    modes = actions.locate(json.dumps({"prior": YEAR, "clue": clues}).encode()).posterior.modes
    for day, latitude in FITS if mirror == "unknown" else FITS[:2]:
        noon = datetime.fromisoformat(day + "T12:00:00+00:00")
        assert any(
            abs((m.instant - noon).total_seconds()) <= 2.5 * 86400.0
            and abs(m.place.lat_deg - latitude) <= 1.0
            for m in modes
        ), (day, [(m.instant, m.place) for m in modes])
    return modes


@pytest.mark.slow
@pytest.mark.parametrize("sigma_m", [1e-3, 3e-4])
def test_a_track_without_a_date_is_four_modes_two_dates_and_the_mirrored_south(sigma_m: float):
    track = _track(
        "annex3", offsets_s=[180 * k for k in range(21)], mirror="unknown", sigma_m=sigma_m
    )
    modes = _modes_near_the_fits([track])
    assert len(modes) == 4
    assert sum(m.mass for m in modes) > 0.85


@pytest.mark.slow
@pytest.mark.parametrize("mirror", ["unknown", "no"])
def test_a_track_with_a_clock_but_no_date_reports_both_dates_where_the_clock_puts_them(mirror: str):
    track = _track("annex3", offsets_s=[180 * k for k in range(21)], mirror=mirror)
    clock = {"kind": "clock", "time": "13:09:00", "sigma_s": 5, "zone": "Asia/Shanghai"}
    modes = _modes_near_the_fits([track, clock], mirror)
    for first, last, lon in (("11-17", "11-21", 106.5), ("01-21", "01-25", 113.1)):
        of_date = [
            m
            for m in modes
            if first <= m.instant.strftime("%m-%d") <= last and m.place.lat_deg > 0.0
        ]
        assert of_date
        assert all(abs(m.place.lon_deg - lon) < 0.5 for m in of_date)
    if mirror == "no":
        assert all(m.place.lat_deg > 0.0 for m in modes)
