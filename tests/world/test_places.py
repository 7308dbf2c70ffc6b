"""Names for places."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.world.places import nearest_place, places_within


@pytest.mark.parametrize(
    ("lat", "lon", "name", "code"),
    [
        (59.9139, 10.7522, "Oslo", "NO"),
        (41.7259, 86.1746, "Korla", "CN"),
        (-18.1416, 178.4415, "Suva", "FJ"),
        (0.0, 0.0, "Takoradi", "GH"),
    ],
)
def test_the_nearest_town_is_named(lat: float, lon: float, name: str, code: str) -> None:
    found = nearest_place(lat, lon)
    assert found.country_code == code
    if lat:
        assert name in found.name or found.distance_km < 40


def test_the_nearest_is_found_across_the_antimeridian_and_at_the_poles() -> None:
    assert nearest_place(-16.8, -179.99).distance_km == pytest.approx(
        nearest_place(-16.8, 180.01).distance_km
    )
    assert nearest_place(90.0, 0.0).distance_km < 2000


def test_in_a_crowd_of_towns_the_nearest_is_named() -> None:
    """Single precision takes the towns within some kilometres of a place for one."""
    crowd = places_within((50.5, 4.0, 52.0, 6.0), 400)
    for town in crowd[::20]:
        assert nearest_place(town.lat_deg, town.lon_deg).distance_km < 0.01


def test_the_words_give_distance_and_wind() -> None:
    assert str(nearest_place(59.9139, 10.7522)) == "Oslo, Norway"
    north = nearest_place(41.7259 + 0.3, 86.1746)
    assert north.bearing == "north" and "km north of Korla" in str(north)


def test_labels_come_by_falling_population_inside_the_box() -> None:
    found = places_within((35.0, 73.0, 50.0, 96.0), 12)
    people = [p.people for p in found]
    assert people == sorted(people, reverse=True) and len(found) == 12
    assert all(35 <= p.lat_deg <= 50 and 73 <= p.lon_deg <= 96 for p in found)
    across = places_within((-22.0, 174.0, -12.0, 186.0), 5)
    assert any(p.lon_deg > 180 for p in places_within((-22.0, 174.0, -12.0, 190.0), 50)) and across


def test_every_capital_that_geonames_names_is_there() -> None:
    everywhere = places_within((-90.0, -180.0, 90.0, 180.0), 10**6)
    capitals = {p.country_code for p in everywhere if p.capital}
    assert {"NO", "CN", "MM", "TV", "VA", "US", "FR"} <= capitals and len(capitals) > 190
    assert np.isfinite([p.lat_deg for p in everywhere]).all()
