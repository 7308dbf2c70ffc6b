"""The moon, Venus and Jupiter beside JPL DE440, and what they cost.

    python benchmarks/moon.py [--quick] [--n 100000]

Whole: ``n`` places and instants of the moon (a tenth as many of each planet) against DE440 through
skyfield in a throw-away environment. ``--quick``: the rows of authorities/moon/de440.json, and the
cost; nothing is installed.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sun_peers import MOON_PACKAGES, REPOSITORY, rerun_among_peers, verdict

LIMIT_DEG = {"moon": 0.005, "venus": 0.005, "jupiter": 0.03}
AUTHORITY = REPOSITORY / "authorities" / "moon" / "de440.json"
Row = tuple[str, float, float, str]


def kept(body: str) -> list[Any]:
    """The columns of the kept rows of a body."""
    table = json.loads(AUTHORITY.read_text(encoding="utf-8"))
    return list(np.array(table[body]).T)


def drawn(body: str, n: int) -> list[Any]:
    """The same columns, from the judge, for random places and instants of the years served."""
    from moon_judge import Judge

    from noonmark.geometry.ephemeris import FIRST_YEAR, LAST_YEAR

    rng = np.random.default_rng(8)
    first, end = (datetime(y, 1, 2, tzinfo=UTC).timestamp() for y in (FIRST_YEAR, LAST_YEAR))
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    lon, altitude = rng.uniform(-180, 180, n), rng.uniform(0, 4000, n)
    unix, judge = rng.uniform(first, end, n), Judge()
    # TT - UT1 is given to both; which does not matter.
    delta_t = np.full(n, 60.0)
    parts = []
    for start in range(0, n, 10_000):
        part = slice(start, start + 10_000)
        given = (lat[part], lon[part], altitude[part], unix[part], delta_t[part])
        parts.append(np.stack([*given, *judge.seen(body, *given)]))
    return list(np.concatenate(parts, axis=1))


def compared(body: str, columns: list[Any]) -> list[Row]:
    """Largest differences from the judge."""
    from noonmark.geometry.directions import azel_separation_deg
    from noonmark.geometry.ephemeris import FIRST_DAY
    from noonmark.geometry.moon import body_topocentric, moon_phase

    served = columns[3] > FIRST_DAY * 86400.0
    columns = [column[served] for column in columns]
    lat, lon, altitude, unix, delta_t, azimuth, elevation, _, phase, tilt = columns
    same = np.ptp(delta_t) == 0.0
    place = {"altitude_m": altitude, "delta_t_s": float(delta_t[0]) if same else delta_t}
    seen = body_topocentric(body, lat, lon, unix, refraction=False, **place)
    off = azel_separation_deg(seen.azimuth_deg, seen.airless_elevation_deg, azimuth, elevation)
    rows: list[Row] = [(f"{body}, {off.size} cases, largest", off.max(), LIMIT_DEG[body], "deg")]
    rows.append((f"{body}, root mean square", float(np.sqrt(np.mean(off**2))), 1.0, "deg"))
    if body == "moon":
        ours = moon_phase(lat, lon, unix, **place)
        thick = (phase > 5.0) & (phase < 175.0)
        turn = np.abs((ours.tilt_deg - tilt + 180.0) % 360.0 - 180.0)[thick].max()
        rows.append(
            ("moon, phase angle", np.abs(ours.phase_angle_deg - phase)[thick].max(), 0.02, "deg")
        )
        rows.append(("moon, tilt of the lit limb", turn, 0.15, "deg"))
    return rows


def costs() -> list[Row]:
    """CPU microseconds of one evaluation on a filled ladder, and of filling it."""
    from noonmark.geometry.moon import body_topocentric, subpoint

    rng = np.random.default_rng(2)
    unix, rows = rng.uniform(-2e9, 4e9, 200_000), []
    start = time.process_time()
    subpoint("moon", unix)
    filled = time.process_time() - start
    for name, work in (
        ("moon, hour angle and declination", lambda: subpoint("moon", unix)),
        ("moon over a place, no air", lambda: body_topocentric(
            "moon", 40.0, 20.0, unix, refraction=False)),
    ):  # fmt: skip
        best = min(_seconds(work) for _ in range(5))
        rows.append((name, best / unix.size * 1e6, 1.0, "us"))
    return [*rows, ("filling the moon's ladder, 190 years", filled, 4.0, "s")]


def _seconds(work: Any) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    """Print the rows; exit 1 if any fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="kept rows only")
    parser.add_argument("--n", type=int, default=100_000, help="places and instants of the moon")
    options = parser.parse_args()
    if not options.quick:
        rerun_among_peers(__file__, packages=MOON_PACKAGES, folder="moon")
    rows = []
    for body in LIMIT_DEG:
        n = options.n if body == "moon" else options.n // 10
        rows += compared(body, kept(body) if options.quick else drawn(body, n))
    return verdict(rows + costs())


if __name__ == "__main__":
    raise SystemExit(main())
