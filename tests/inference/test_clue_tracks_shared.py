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
    track = _track("annex3", offsets_s=[180 * k for k in range(21)], mirror="unknown", sigma_m=1e-3)
    answer = bench.locate(json.dumps({"prior": prior, "clue": [track]}).encode()).posterior
    found = [(m.instant.strftime("%m-%d"), m.place.lat_deg) for m in answer.modes]
    for first, last, latitude in (
        ("11-11", "11-27", 30.4),
        ("01-15", "01-31", 30.2),
        ("05-09", "05-25", -30.6),
        ("07-18", "08-05", -30.4),
    ):
        assert any(first <= day <= last and abs(lat - latitude) <= 3.0 for day, lat in found), (first, found)
