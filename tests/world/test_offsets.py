"""UTC offsets against the system's files where they keep backzone, and published histories."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from noonmark.errors import InputError
from noonmark.world import store, zones
from noonmark.world.offsets import (
    offsets_s,
    place_offsets_s,
    transitions,
    tzdb_version,
    zone_names,
)

SYSTEM = Path("/usr/share/zoneinfo")
FIRST, LAST = (
    datetime(1900, 1, 1, tzinfo=UTC).timestamp(),
    datetime(2037, 12, 31, tzinfo=UTC).timestamp(),
)


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _clock(zone: str, text: str) -> float:
    """Hours that a zone was ahead of UTC at an instant."""
    return offsets_s(zone, _at(text)).item() / 3600


def _listed(raw: bytes) -> np.ndarray:
    """The instants of the 64-bit block of a TZif file."""
    isut, isstd, leap, times, kinds, names = struct.unpack(">6l", raw[20:44])
    begin = 44 + times * 5 + kinds * 6 + names + leap * 8 + isstd + isut
    count = struct.unpack(">6l", raw[begin + 20 : begin + 44])[3]
    return np.frombuffer(raw, ">i8", count, begin + 44).astype(np.int64)


def test_every_change_of_every_zone_is_that_of_the_system() -> None:
    index = SYSTEM / "tzdata.zi"
    head = index.read_text("ascii").splitlines()[:6] if index.is_file() else []
    if "# ddeps backzone zone.tab" not in head:
        pytest.skip("the system's time zones are absent, or were made without backzone")
    if head[0] != f"# version {tzdb_version()}":
        pytest.skip(f"the system has tzdb {head[0][10:]}, the table {tzdb_version()}")
    wrong = []
    for zone in zone_names():
        raw = (SYSTEM / zone).read_bytes()
        with (SYSTEM / zone).open("rb") as stream:
            reference = ZoneInfo.from_file(stream, zone)
        changes = np.concatenate([_listed(raw), transitions(zone).at_s])
        near = np.unique(np.concatenate([changes - 1, changes]))
        near = near[(near > FIRST) & (near < LAST)]
        expected = [datetime.fromtimestamp(t, reference).utcoffset() for t in near.tolist()]
        seconds = [0 if one is None else int(one.total_seconds()) for one in expected]
        if offsets_s(zone, near).tolist() != seconds:
            wrong.append(zone)
    assert wrong == []


def test_the_table_names_its_release_and_every_zone_of_the_map() -> None:
    assert f"tz database {tzdb_version()} " in store.manifest()["offsets.npz"]["source"]
    assert f"tz database {tzdb_version()}" in Path("docs/data-sources.md").read_text("utf-8")
    used = {zone for group in zones.zone_map().zone_sets for zone in group}
    assert used <= set(zone_names())


@pytest.mark.parametrize(
    ("zone", "instant", "hours"),
    [
        # Zones that agree with a neighbour since 1970, and did not before.
        ("Europe/Oslo", "1962-07-01T12:00Z", 2.0),
        ("Europe/Berlin", "1962-07-01T12:00Z", 1.0),
        ("Europe/Amsterdam", "1930-01-15T12:00Z", 1172 / 3600),
        ("Europe/Amsterdam", "1930-07-01T12:00Z", 1172 / 3600 + 1),
        ("Atlantic/Reykjavik", "1950-01-15T12:00Z", -1.0),
        ("Atlantic/Reykjavik", "1950-07-01T12:00Z", 0.0),
        ("Europe/Stockholm", "1916-07-01T12:00Z", 2.0),
        ("Africa/Niamey", "1920-07-01T12:00Z", -1.0),
        # The changes of a day: the first summer time in the world, war time, the date line.
        ("Europe/Berlin", "1916-04-30T22:00Z", 1.0),
        ("Europe/Berlin", "1916-05-01T00:00Z", 2.0),
        ("America/New_York", "1945-08-14T21:00Z", -4.0),
        ("Pacific/Apia", "2011-12-31T00:00Z", 14.0),
        ("Pacific/Apia", "2011-12-30T00:00Z", -10.0),
        # Rules that go on for ever, and one offset for ever.
        ("Europe/Kyiv", "2090-07-01T00:00Z", 3.0),
        ("America/Santiago", "2099-01-01T00:00Z", -3.0),
        ("Asia/Kathmandu", "2100-06-01T00:00Z", 5.75),
        ("Etc/GMT-12", "2050-01-01T00:00Z", 12.0),
        ("UTC", "1950-01-01T00:00Z", 0.0),
    ],
)
def test_a_clock_of_the_past_or_future_shows(zone: str, instant: str, hours: float) -> None:
    if zone == "Europe/Berlin" and instant == "1916-04-30T22:00Z":
        assert _clock(zone, "1916-04-30T21:59:59Z") == 1.0
        hours = 2.0
    assert _clock(zone, instant) == pytest.approx(hours, abs=1e-9)


def test_summer_time_begins_and_ends_to_the_second() -> None:
    spring = int(datetime(2024, 3, 31, 1, 0, tzinfo=UTC).timestamp())
    assert offsets_s("Europe/Berlin", [spring - 1, spring]).tolist() == [3600, 7200]
    late = int(datetime(2064, 3, 30, 1, 0, tzinfo=UTC).timestamp())
    assert offsets_s("Europe/Berlin", [late - 1, late]).tolist() == [3600, 7200]


def test_before_its_first_rule_a_place_keeps_its_own_mean_solar_time() -> None:
    before = _at("1850-06-01T12:00Z")
    # The zone's city is Paris; Brest lies 4.49 deg west of Greenwich.
    assert offsets_s("Europe/Paris", before).item() == 561
    assert place_offsets_s("Europe/Paris", -4.49, before).item() == pytest.approx(-1077.6)
    # From 1891 the law gave all France the mean time of Paris.
    assert place_offsets_s("Europe/Paris", -4.49, _at("1900-06-01T12:00Z")).item() == 561


@pytest.mark.parametrize(
    ("zone", "lon_deg", "instant", "hours"),
    [
        # Manila counted the days of Mexico until the end of 1844, Sitka those of Russia until 1867.
        ("Asia/Manila", 120.0, "1840-06-01T12:00Z", -16.0),
        ("Asia/Manila", 120.0, "1850-06-01T12:00Z", 8.0),
        ("America/Sitka", -135.0, "1860-06-01T12:00Z", 15.0),
        ("America/Sitka", -135.0, "1870-06-01T12:00Z", -9.0),
        # Fiji counts the days of the west on both sides of 180 deg.
        ("Pacific/Fiji", -179.0, "1900-06-01T12:00Z", 12 + 4 / 60),
        # Ships kept solar time before there were nautical zones.
        ("Etc/GMT+2", -33.0, "1890-06-01T12:00Z", -2.2),
        ("Etc/GMT+2", -33.0, "1930-06-01T12:00Z", -2.0),
    ],
)
def test_mean_solar_time_keeps_the_day_of_the_zone(
    zone: str, lon_deg: float, instant: str, hours: float
) -> None:
    found = place_offsets_s(zone, lon_deg, _at(instant)).item()
    assert found / 3600 == pytest.approx(hours, abs=1e-9)


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "../../etc/passwd", "", "Europe", "/etc/passwd", "Europe/Berlin\x00"]
)
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        offsets_s(name, 0.0)
    assert caught.value.code == "unknown-zone"


def test_two_times_at_once_are_both_told() -> None:
    assert set(zones.zones_at(41.8, 86.0)) == {"Asia/Shanghai", "Asia/Urumqi"}
    told = dict(zones.local_times(41.8, 86.0, datetime(2018, 8, 20, 1, 20, tzinfo=UTC).timestamp()))
    assert told == {
        "Asia/Shanghai": "2018-08-20T09:20:00+08:00",
        "Asia/Urumqi": "2018-08-20T07:20:00+06:00",
    }


def test_oslo_in_the_summer_of_1962_is_told_its_summer_time() -> None:
    told = dict(zones.local_times(59.91, 10.75, _at("1962-07-01T12:00Z")))
    assert told == {"Europe/Oslo": "1962-07-01T14:00:00+02:00"}


def test_an_offset_of_odd_seconds_is_told_to_the_second() -> None:
    """Amsterdam was 19 min 32 s ahead until 1937."""
    told = dict(zones.local_times(52.37, 4.9, _at("1930-01-15T12:00Z")))
    assert told == {"Europe/Amsterdam": "1930-01-15T12:19:32+00:19:32"}


def test_the_raster_holds_every_zone_that_the_polygons_give() -> None:
    rng = np.random.default_rng(7)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 3000))), rng.uniform(-180, 180, 3000)
    index = zones.zone_set_index(lat, lon)
    sets = zones.zone_map().zone_sets
    missed = sum(
        not set(zones.zones_at(a, b)) <= set(sets[k])
        for a, b, k in zip(lat, lon, index.tolist(), strict=True)
    )
    # Slivers narrower than the 0.05 deg lattice may be missed; one in a thousand places at most.
    assert missed <= 3


def test_the_poles_and_the_antimeridian_have_zones() -> None:
    for lat, lon in ((90, 0), (-90, 0), (0, 180), (0, -180), (52, 540)):
        assert zones.zones_at(lat, lon)
    assert zones.zone_set_index([90, -90, 0, 0], [0, 0, 180, -180]).shape == (4,)
