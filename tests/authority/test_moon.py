"""The moon, Venus and Jupiter against people who never saw this code: JPL DE440 through skyfield,
the worked examples of Meeus, and photographs that were dated in print.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noonmark.constants import DAY_S
from noonmark.geometry import moon_ladder
from noonmark.geometry.directions import azel_separation_deg, enu_from_azel, turn_deg
from noonmark.geometry.ephemeris import FIRST_DAY
from noonmark.geometry.moon import (
    body_topocentric,
    moon_phase,
    phase_angle_deg,
    rise_and_set,
    tilt_deg,
)
from noonmark.geometry.moon_ladder import geocentric
from noonmark.values import unix_s, utc

AUTHORITY = Path(__file__).parents[2] / "authorities" / "moon" / "de440.json"

five_thousandths = 0.005  # degrees: the moon and Venus, over five centuries
three_hundredths = 0.03  # Jupiter
two_seconds = 2.0


def columns(body: str) -> dict[str, Any]:
    """The rows of a body that lie in the years served, by column."""
    document = json.loads(AUTHORITY.read_text(encoding="utf-8"))
    table = np.array(document[body])
    served = table[table[:, 3] > FIRST_DAY * DAY_S]
    return dict(zip(document["columns"], served.T, strict=True))


@pytest.mark.parametrize(
    ("body", "limit_deg"),
    [("moon", five_thousandths), ("venus", five_thousandths), ("jupiter", three_hundredths)],
)
def test_a_body_stands_where_de440_has_it(body, limit_deg):
    judge = columns(body)
    ours = body_topocentric(
        body,
        judge["lat_deg"],
        judge["lon_deg"],
        judge["unix_s_ut1"],
        altitude_m=judge["altitude_m"],
        delta_t_s=judge["delta_t_s"],
        refraction=False,
    )
    off = azel_separation_deg(
        ours.azimuth_deg,
        ours.airless_elevation_deg,
        judge["azimuth_deg"],
        judge["airless_elevation_deg"],
    )
    assert off.size >= 5
    assert off.max() < limit_deg
    assert np.abs(ours.distance_km / judge["distance_km"] - 1.0).max() < 5e-4


def test_the_moon_is_lit_as_de440_has_it():
    judge = columns("moon")
    ours = moon_phase(
        judge["lat_deg"],
        judge["lon_deg"],
        judge["unix_s_ut1"],
        altitude_m=judge["altitude_m"],
        delta_t_s=judge["delta_t_s"],
    )
    thick = (judge["phase_angle_deg"] > 5.0) & (judge["phase_angle_deg"] < 175.0)
    assert np.abs(ours.phase_angle_deg - judge["phase_angle_deg"])[thick].max() < 0.02
    assert np.abs(turn_deg(ours.tilt_deg, judge["tilt_deg"]))[thick].max() < 0.03


def test_meeus_47a_the_moon_of_12_april_1992(monkeypatch):
    import erfa

    # The example is worked with the terms that Meeus prints, without those that he leaves out.
    monkeypatch.setattr(moon_ladder, "more_longitude_rad", np.zeros_like)
    days = np.array([datetime(1992, 4, 12, tzinfo=UTC).timestamp() / DAY_S])
    direction, distance_km = geocentric("moon", days)
    # Meeus counts right ascension from the equinox: the equation of the origins lies between.
    matrix = erfa.pnm06a(2440587.5, days)
    origins_deg = np.degrees(erfa.eors(matrix, erfa.s06a(2440587.5, days)))[0]
    x, y, z = direction[0]
    right_ascension = (np.degrees(np.arctan2(y, x)) - origins_deg) % 360.0
    assert right_ascension == pytest.approx(134.688470, abs=2e-4)
    assert np.degrees(np.arcsin(z)) == pytest.approx(13.768368, abs=2e-4)
    assert distance_km[0] == pytest.approx(368409.7, abs=5.0)


def test_the_terms_that_meeus_leaves_out_halve_the_error(monkeypatch):
    judge = columns("moon")
    place = {"altitude_m": judge["altitude_m"], "delta_t_s": judge["delta_t_s"]}

    def off_deg():
        moon_ladder.body_table.cache_clear()
        where = judge["lat_deg"], judge["lon_deg"], judge["unix_s_ut1"]
        ours = body_topocentric("moon", *where, refraction=False, **place)
        found = ours.azimuth_deg, ours.airless_elevation_deg
        return azel_separation_deg(*found, judge["azimuth_deg"], judge["airless_elevation_deg"])

    largest = off_deg().max()
    assert largest < 0.0016
    with monkeypatch.context() as without:
        without.setattr(moon_ladder, "more_longitude_rad", np.zeros_like)
        assert off_deg().max() > 1.8 * largest
    moon_ladder.body_table.cache_clear()


def test_meeus_48a_its_phase_and_the_position_angle_of_its_limb():
    # The same vectors on the equator's axes: "up" is then the celestial north, and a tilt counts
    # towards west, where a position angle counts towards east.
    moon, sun = (enu_from_azel(-ra, dec) for ra, dec in ((134.6885, 13.7684), (20.6579, 8.6964)))
    apart = np.degrees(np.arccos(float(moon @ sun)))
    angle = float(phase_angle_deg(apart, 368410.0, 149971520.0))
    assert angle == pytest.approx(69.0756, abs=2e-3)
    assert (1.0 + np.cos(np.radians(angle))) / 2.0 == pytest.approx(0.6786, abs=1e-4)
    assert -float(tilt_deg(moon, sun)) % 360.0 == pytest.approx(285.0, abs=0.1)


@pytest.mark.parametrize(
    ("name", "place", "altitude_m", "time", "azimuth_deg", "elevation_deg"),
    [
        # Ansel Adams's moonrise as dated by di Cicco (Sky and Telescope, November 1991).
        ("Hernandez", (36.057186, -106.116974), 1740, "1941-11-01T16:49:20-07:00", 90.091, 6.79),
        # Olson and others in Sky and Telescope: Autumn Moon, and Moon and Half Dome. The times are
        # theirs, the coordinates ours, the numbers those of DE440.
        ("Autumn Moon", (37.7306, -119.5736), 2199, "1948-09-15T19:03:00-07:00", 118.27, 6.98),
        ("Half Dome", (37.7446, -119.5765), 1210, "1960-12-28T16:14:00-08:00", 90.28, 22.60),
    ],
)
def test_the_moon_stands_where_dated_photographs_have_it(
    name, place, altitude_m, time, azimuth_deg, elevation_deg
):
    seen = body_topocentric("moon", *place, unix_s(utc(time)), altitude_m=altitude_m)
    assert float(seen.azimuth_deg) == pytest.approx(azimuth_deg, abs=0.01), name
    assert float(seen.airless_elevation_deg) == pytest.approx(elevation_deg, abs=0.01), name


def test_moonset_and_moonrise_at_greenwich_as_skyfield_has_them():
    first = unix_s(utc("2024-06-21T00:00:00Z"))
    found = rise_and_set("moon", 51.5, 0.0, first, first + DAY_S)
    assert [rises for _, rises in found] == [False, True]
    for (at, _), time in zip(found, ("02:23:57", "20:43:27"), strict=True):
        assert at == pytest.approx(unix_s(utc(f"2024-06-21T{time}Z")), abs=two_seconds)
