"""Countries and land against published areas and well-known points."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.errors import EvidenceError, InputError
from noonmark.geometry import area_mask as masks
from noonmark.world import coast, raster, store
from noonmark.world.areas import area_mask

# UN Statistics Division, Demographic Yearbook table 3 (km2).
AREAS = {
    "CH": 41_291,
    "FJ": 18_272,
    "IS": 103_000,
    "MM": 676_578,
    "CN": 9_600_000,
    "LS": 30_355,
    "UA": 603_500,
    "NZ": 268_107,
}


@pytest.mark.parametrize(("code", "expected"), AREAS.items())
def test_a_country_has_its_published_area(code: str, expected: float) -> None:
    rings = coast.country_polygon(code)
    bounds = raster.extent(rings)
    filled = raster.fill(rings, bounds, (1200, 1200))
    assert masks.area_km2(masks.AreaMask(*bounds, filled)) == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize("code", coast.country_codes())
def test_every_country_makes_a_mask(code: str) -> None:
    rings = coast.country_polygon(code)
    south, west, north, east = raster.extent(rings)
    assert -90 <= south < north <= 90 and -180 <= west < 180 and west < east <= west + 360
    assert rings.start.size >= 2


@pytest.mark.parametrize(
    ("code", "lat", "lon", "inside"),
    [
        ("NO", 59.91, 10.75, True), ("NO", 78.22, 15.65, True), ("NO", 59.33, 18.07, False),
        ("FJ", -16.8, -179.95, True),
        ("FJ", -16.5, 179.3, True), ("RU", 66.0, -172.0, True), ("AQ", -90.0, 0.0, True), ("LS",
        -29.6, 28.2, True),
        ("ZA", -29.6, 28.2, False), ("UA", 45.0, 34.1, True), ("XK", 42.6, 20.9, True), ("GF", 4.9,
        -52.3, True),
        ("MM", 20.146, 92.898, True), ("VA", 41.9033, 12.4534, True), ("MC", 43.7384, 7.4246, True),
    ],
)  # fmt: skip
def test_a_country_holds_its_towns_and_not_its_neighbours(
    code: str, lat: float, lon: float, inside: bool
) -> None:
    assert bool(masks.contains(area_mask(code), lat, lon)) is inside


def test_land_is_land_and_sea_is_sea() -> None:
    mask = coast.land_mask()
    dry = [(41.8, 86.0), (-90, 0), (51.5, -0.1), (-8.52, 179.2), (28.21, -177.38), (1.35, 103.8)]
    wet = [(0, -30), (40, -150), (-60, 100), (85, 0), (75, 0)]
    assert masks.contains(mask, *np.array(dry[:4] + dry[5:]).T).all()
    assert not masks.contains(mask, *np.array(wet).T).any()
    assert 145e6 < masks.area_km2(mask) < 156e6


def test_the_rings_of_all_land_fill_the_shipped_picture() -> None:
    filled = raster.fill(coast.land_rings(), (-90.0, -180.0, 90.0, 180.0), (1800, 3600))
    assert (filled != coast.land_picture()).mean() < 1e-3


def test_an_unknown_country_names_its_neighbours_in_spelling() -> None:
    with pytest.raises(InputError) as caught:
        coast.country_polygon("NK")
    assert caught.value.code == "unknown-country"
    with pytest.raises(InputError, match="'no'"):
        coast.country_polygon("no")


def test_lines_have_no_jumps_and_boxes_hold_them() -> None:
    for scale in ("world", "region"):
        found = coast.lines(scale)
        inner = np.ones(found.lon_deg.size - 1, bool)
        inner[found.start[1:-1][found.start[1:-1] > 0] - 1] = False
        assert np.abs(np.diff(found.lon_deg))[inner].max() < 30.0
        k = int(np.argmax(np.diff(found.start)))
        part = slice(found.start[k], found.start[k + 1])
        assert (
            found.box_deg[k, 0] == found.lat_deg[part].min()
            and found.box_deg[k, 3] == found.lon_deg[part].max()
        )


def test_altered_data_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    altered = {name: {**entry, "sha256": "0" * 64} for name, entry in store.manifest().items()}
    monkeypatch.setattr(store, "manifest", lambda: altered)
    store.arrays.cache_clear()
    with pytest.raises(EvidenceError) as caught:
        store.arrays("land.npz")
    assert caught.value.code == "world-data-altered"
