"""Build authorities/sun/de421.json: where JPL DE421, through skyfield, has the sun at 240 places
and instants.

    python builders/sun_authority.py [--check]

The environment is the throw-away one of the benchmarks (made on first use). ``--check`` compares
with the file instead of writing it. Places and instants are drawn with a fixed seed: a third at
random, a third at turns of years, leap days, leap seconds and solstices, a third within a degree or
two of the zenith, the horizon, a pole or the antimeridian.
"""

from __future__ import annotations

import json
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
from sun_peers import REPOSITORY, rerun_among_peers

TARGET = REPOSITORY / "authorities" / "sun" / "de421.json"
SEED = 20261122
BORDERS = (
    (1950, 1, 1), (1956, 2, 29), (1960, 12, 31), (1969, 12, 31), (1972, 1, 1), (1972, 7, 1), (1980,
    2, 29),
    (1990, 6, 21), (1999, 12, 31), (2000, 1, 1), (2000, 2, 29), (2004, 12, 21), (2012, 6, 30),
    (2015, 7, 1),
    (2016, 12, 31), (2017, 1, 1), (2020, 3, 20), (2024, 2, 29), (2026, 11, 22), (2050, 12, 31),
)  # fmt: skip


def questions() -> list[tuple[float, float, float, float]]:
    """Latitude, longitude, height [m] and UT1 [POSIX s], rounded as they are written."""
    import numpy as np

    rng = np.random.default_rng(SEED)
    start, end = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1950, 2051))

    def anywhere(n: int) -> tuple[np.ndarray, np.ndarray]:
        return np.degrees(np.arcsin(rng.uniform(-1, 1, n))), rng.uniform(-180, 180, n)

    lat, lon = anywhere(80)
    when = rng.uniform(start, end, 80)
    border_lat, border_lon = anywhere(80)
    midnights = np.array([datetime(*day, tzinfo=UTC).timestamp() for day in BORDERS])
    border_when = np.repeat(midnights, 4) + np.tile([0.0, 1.0, 43200.0, 86399.0], len(BORDERS))
    edge_lat, edge_lon = anywhere(80)
    edge_when = rng.uniform(start, end, 80)
    # Rough sun, good to a degree, only to aim the questions at the zenith and at the horizon.
    turn = (edge_when / 86400.0 % 1.0) * 360.0 - 180.0
    season = -23.4 * np.cos(2 * np.pi * (edge_when / 31556952.0 % 1.0 + 10 / 365))
    edge_lat[:20] = season[:20] + rng.uniform(-2, 2, 20)
    edge_lon[:40] = -turn[:40] + np.repeat([0.0, 90.0], 20) + rng.uniform(-2, 2, 40)
    edge_lat[20:40] = rng.uniform(-5, 5, 20)
    edge_lat[40:60] = np.sign(rng.uniform(-1, 1, 20)) * rng.uniform(88, 90, 20)
    edge_lon[60:] = np.sign(rng.uniform(-1, 1, 20)) * rng.uniform(179.5, 180, 20)
    lats, lons = (
        np.concatenate([lat, border_lat, edge_lat]),
        np.concatenate([lon, border_lon, edge_lon]),
    )
    whens, heights = np.concatenate([when, border_when, edge_when]), rng.uniform(-400, 5000, 240)
    wrapped = (lons + 180.0) % 360.0 - 180.0
    columns = (np.round(lats, 5), np.round(wrapped, 5), np.round(heights, 1), np.round(whens))
    return [tuple(float(v) for v in row) for row in zip(*columns, strict=True)]


def answers() -> dict[str, object]:
    import skyfield
    from skyfield.api import Loader, wgs84
    from skyfield_data import get_skyfield_data_path

    load = Loader(get_skyfield_data_path(), expire=False, verbose=False)
    timescale, planets = load.timescale(builtin=True), load("de421.bsp")
    version = ".".join(str(part) for part in skyfield.VERSION)
    rows = []
    for lat, lon, height, unix in questions():
        time = timescale.ut1_jd(2440587.5 + unix / 86400.0)
        seen = (
            (planets["earth"] + wgs84.latlon(lat, lon, elevation_m=height))
            .at(time)
            .observe(planets["sun"])
            .apparent()
        )
        altitude, azimuth, _ = seen.altaz()
        geocentric = planets["earth"].at(time).observe(planets["sun"]).apparent()
        _, declination, distance = geocentric.radec(epoch="date")
        row = (altitude.degrees, azimuth.degrees, declination.degrees)
        rows.append(
            [
                lat,
                lon,
                height,
                unix,
                *(round(float(v), 6) for v in row),
                round(float(distance.au), 8),
                round(float(time.delta_t), 3),
            ]
        )
    return {
        "about": (
            "The apparent sun without air, by skyfield from JPL DE421. Made by "
            "builders/sun_authority.py."
        ),
        "engine": (
            f"skyfield {version}, de421.bsp, ts.ut1_jd, builtin Delta T, no polar motion, no "
            "refraction"
        ),
        "seed": SEED,
        "columns": [
            "lat_deg", "lon_deg", "altitude_m", "unix_s_ut1", "airless_elevation_deg",
            "azimuth_deg",
            "declination_deg", "distance_au", "delta_t_s",
        ],
        "rows": rows,
    }  # fmt: skip


def main() -> int:
    rerun_among_peers(__file__)
    warnings.filterwarnings("ignore")
    built = answers()
    head = {key: value for key, value in built.items() if key != "rows"}
    lines = ",\n".join("  " + json.dumps(row) for row in built["rows"])  # type: ignore[attr-defined]
    text = json.dumps(head, indent=1)[:-2] + ',\n "rows": [\n' + lines + "\n ]\n}\n"
    if "--check" in sys.argv:
        same = TARGET.read_text() == text
        print(
            f"{TARGET.relative_to(REPOSITORY)}: "
            f"{'as built' if same else 'DIFFERS from what is built now'}"
        )
        return int(not same)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text)
    print(f"wrote {TARGET.relative_to(REPOSITORY)}: {len(built['rows'])} rows")  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
