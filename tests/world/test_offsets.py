"""UTC offsets against zoneinfo on the same tzdata; zones at places."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from noonmark.errors import InputError
from noonmark.world import zones
from noonmark.world.offsets import offsets_s, transitions


def _shipped(zone: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, zone)


ALL_ZONES = sorted({z for s in zones.zone_map().zone_sets for z in s})
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 12, 31, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("zone", ALL_ZONES)
def test_offsets_are_those_of_zoneinfo(zone: str) -> None:
    table = transitions(zone)
    near = table.at_s[(table.at_s > FIRST) & (table.at_s < LAST)]
    rng = np.random.default_rng(len(zone))
    some = rng.choice(near, min(30, near.size), replace=False) if near.size else near
    instants = np.concatenate([some - 1, some, rng.uniform(FIRST, LAST, 20).astype(np.int64)])
    reference = _shipped(zone)
    expected = [
        int(datetime.fromtimestamp(int(t), UTC).astimezone(reference).utcoffset().total_seconds())  # type: ignore[union-attr]
        for t in instants
    ]
    assert offsets_s(zone, instants).tolist() == expected


def test_summer_time_begins_and_ends_to_the_second() -> None:
    spring = int(datetime(2024, 3, 31, 1, 0, tzinfo=UTC).timestamp())
    assert offsets_s("Europe/Berlin", [spring - 1, spring]).tolist() == [3600, 7200]
    assert offsets_s("Asia/Kathmandu", 0.0).item() == 19800
    assert offsets_s("Pacific/Apia", datetime(2011, 12, 31, tzinfo=UTC).timestamp()).item() == 14 * 3600


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "Europe", "/etc/passwd", "Europe/Berlin\x00"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        offsets_s(name, 0.0)
    assert caught.value.code == "unknown-zone"


def test_two_times_at_once_are_both_told() -> None:
    assert set(zones.zones_at(41.8, 86.0)) == {"Asia/Shanghai", "Asia/Urumqi"}
    told = dict(zones.local_times(41.8, 86.0, datetime(2018, 8, 20, 1, 20, tzinfo=UTC).timestamp()))
    assert told == {"Asia/Shanghai": "2018-08-20T09:20:00+08:00", "Asia/Urumqi": "2018-08-20T07:20:00+06:00"}


def test_the_raster_holds_every_zone_that_the_polygons_give() -> None:
    rng = np.random.default_rng(7)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 3000))), rng.uniform(-180, 180, 3000)
    index = zones.zone_set_index(lat, lon)
    sets = zones.zone_map().zone_sets
    missed = sum(
        not set(zones.zones_at(a, b)) <= set(sets[k]) for a, b, k in zip(lat, lon, index.tolist(), strict=True)
    )
    # Slivers narrower than the 0.05 deg lattice may be missed; one in a thousand places at most.
    assert missed <= 3


def test_the_poles_and_the_antimeridian_have_zones() -> None:
    for lat, lon in ((90, 0), (-90, 0), (0, 180), (0, -180), (52, 540)):
        assert zones.zones_at(lat, lon)
    assert zones.zone_set_index([90, -90, 0, 0], [0, 0, 180, -180]).shape == (4,)
