"""Published shadow tracks: where they must land, and the ambiguities that must be reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noonmark import bench
from noonmark.geometry.earth import distance_km

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
    mode = bench.locate(json.dumps(document).encode()).posterior.modes[0]
    assert distance_km(mode.place.lat_deg, mode.place.lon_deg, 18.47, 109.691) < 20.0


@pytest.mark.slow
def test_a_track_without_a_date_reports_both_dates_and_the_mirrored_south():
    prior = {"not_before": "2015-01-01T00:00:00Z", "not_after": "2016-01-01T00:00:00Z"}
    clock = {"kind": "clock", "time": "05:09:00", "sigma_s": 5, "zone": "UTC", "outlier": 0.0}
    track = _track("annex3", offsets_s=[180 * k for k in range(21)], mirror="unknown", outlier=1e-6)
    modes = bench.locate(json.dumps({"prior": prior, "clue": [track, clock]}).encode()).posterior.modes
    found = [(m.instant.strftime("%m-%d"), round(m.place.lat_deg)) for m in modes]
    for dates, latitude in (
        (("11-17", "11-21"), 30),
        (("01-21", "01-25"), 30),
        (("05-15", "05-19"), -31),
        (("07-24", "07-28"), -30),
    ):
        assert any(dates[0] <= day <= dates[1] and abs(lat - latitude) <= 1 for day, lat in found), found
