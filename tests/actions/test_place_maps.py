"""Which closer maps an answer has."""

from __future__ import annotations

from noonmark.actions import locate
from noonmark.actions.place_maps import regional_maps


def test_a_region_at_a_pole_has_a_map_of_its_own() -> None:
    clue = {
        "kind": "sun_elevation",
        "elevation_deg": 6.8,
        "sigma_deg": 0.2,
        "at": "1909-04-07T01:40:00Z",
    }
    area = {"south": 80.0, "west": -180.0, "north": 90.0, "east": 180.0}
    (polar,) = regional_maps(locate({"prior": {"area": area}, "clue": [clue]}).posterior)
    assert polar.lat_edges_deg[-1] == 90.0
    assert polar.lon_edges_deg[-1] - polar.lon_edges_deg[0] == 360.0
    assert polar.mass.sum() > 0.99
