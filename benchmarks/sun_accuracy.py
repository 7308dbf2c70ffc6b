"""Noonmark's sun against JPL DE421 (skyfield): places and instants at random, without air.

    python benchmarks/sun_accuracy.py [--n 100000] [--seed 1]

Places are uniform on the sphere, heights -400 to 4000 m; suns above 5 deg count, azimuths below 70
deg.
1. Years 1950 to 2050, both engines given UT1 (skyfield with its own Delta T; its UTC before 1972 is
   not GMT).
2. Years 1972 to 2025, both given UTC as people do: skyfield knows UT1 from observation, Noonmark
   takes UTC for it.
3. Years 1900 to 1949, as the first.
4. Years 2050 to 2100, which DE421 does not reach: against NREL's SPA (pvlib; good to 0.0003 deg),
   with our Delta T.
"""

from __future__ import annotations

import argparse
import warnings
from datetime import UTC, datetime
from typing import Any

from sun_peers import rerun_among_peers, verdict

CHUNK = 5000


class Reference:
    """Skyfield with DE421: elevation and azimuth without air [deg]."""

    def __init__(self) -> None:
        from skyfield.api import Loader
        from skyfield_data import get_skyfield_data_path

        load = Loader(get_skyfield_data_path(), expire=False, verbose=False)
        self.timescale = load.timescale(builtin=True)
        self.planets = load("de421.bsp")

    def given_ut1(self, unix: Any) -> Any:
        return self.timescale.ut1_jd(unix / 86400.0 + 2440587.5)

    def given_utc(self, unix: Any) -> Any:
        from noonmark.geometry.sun import tt_minus_ut1_s

        return self.timescale.tt_jd((unix + tt_minus_ut1_s(unix)) / 86400.0 + 2440587.5)

    def altaz(self, lat: Any, lon: Any, height: Any, time: Any) -> tuple[Any, Any]:
        from skyfield.api import wgs84

        site = self.planets["earth"] + wgs84.latlon(lat, lon, elevation_m=height)
        altitude, azimuth, _ = site.at(time).observe(self.planets["sun"]).apparent().altaz()
        return altitude.degrees, azimuth.degrees


class Spa:
    """NREL's SPA in pvlib: elevation and azimuth without air [deg]; its ``time`` is POSIX seconds."""

    def altaz(self, lat: Any, lon: Any, height: Any, time: Any) -> tuple[Any, Any]:
        from pvlib import spa

        from noonmark.geometry.sun import tt_minus_ut1_s

        # Rows: apparent zenith, zenith, apparent elevation, elevation, azimuth, equation of time.
        # No air: 0 hPa.
        rows = spa.solar_position_numpy(
            time, lat, lon, height, 0.0, 10.0, tt_minus_ut1_s(time), 0.0, 1
        )
        return rows[3], rows[4]


def compare(
    reference: Any, years: tuple[int, int], time_of: Any, n: int, rng: Any
) -> dict[str, Any]:
    """Years, absolute errors of elevation, azimuth (NaN above 70 deg) and on the sky [deg], of n
    suns or a few more.
    """
    import numpy as np

    from noonmark.geometry.directions import azel_separation_deg, turn_deg
    from noonmark.geometry.sun import sun_topocentric

    start, end = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in years)
    columns: dict[str, list[Any]] = {"year": [], "elevation": [], "azimuth": [], "sky": []}
    counted = 0
    while counted < n:
        lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, CHUNK)))
        lon, height = rng.uniform(-180.0, 180.0, CHUNK), rng.uniform(-400.0, 4000.0, CHUNK)
        unix = np.floor(rng.uniform(start, end, CHUNK))
        ours = sun_topocentric(lat, lon, unix, altitude_m=height, refraction=False)
        up = ours.airless_elevation_deg > 5.0
        el, az = ours.airless_elevation_deg[up], ours.azimuth_deg[up]
        altitude, azimuth = reference.altaz(lat[up], lon[up], height[up], time_of(unix[up]))
        columns["year"].append(1970.0 + unix[up] / 31556952.0)
        columns["elevation"].append(np.abs(el - altitude))
        columns["azimuth"].append(np.where(altitude < 70.0, np.abs(turn_deg(az, azimuth)), np.nan))
        columns["sky"].append(azel_separation_deg(az, el, azimuth, altitude))
        counted += int(up.sum())
    return {name: np.concatenate(parts) for name, parts in columns.items()}


def main() -> int:
    rerun_among_peers(__file__)
    warnings.filterwarnings(
        "ignore"
    )  # skyfield-data warns of its newest UT1 table, which is not the one used
    import numpy as np

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--n", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    rng, reference = np.random.default_rng(options.seed), Reference()

    exact = compare(reference, (1950, 2051), reference.given_ut1, options.n, rng)
    used = compare(reference, (1972, 2026), reference.given_utc, options.n // 5, rng)
    early = compare(reference, (1900, 1950), reference.given_ut1, options.n // 5, rng)
    late = compare(Spa(), (2050, 2101), lambda unix: unix, options.n // 5, rng)

    print(
        f"1. {exact['sky'].size} suns above 5 deg, 1950 to 2050, given UT1, against DE421 (seed "
        f"{options.seed})"
    )
    decades = np.floor(exact["year"] / 10.0) * 10
    by_decade = (
        f"{decade:.0f}s {exact['sky'][decades == decade].max():.6f}"
        for decade in np.unique(decades)
    )
    print("   largest error on the sky by decade [deg]: " + ", ".join(by_decade))
    print(f"   root mean square on the sky {np.sqrt(np.mean(exact['sky'] ** 2)):.6f} deg")
    print(f"2. {used['sky'].size} suns, 1972 to 2025, given UTC")
    print(f"   root mean square on the sky {np.sqrt(np.mean(used['sky'] ** 2)):.6f} deg")
    return verdict(
        [
            ("1. largest error of elevation", float(exact["elevation"].max()), 0.001, "deg"),
            (
                "1. largest error of azimuth below 70 deg",
                float(np.nanmax(exact["azimuth"])),
                0.001,
                "deg",
            ),
            ("1. largest error on the sky", float(exact["sky"].max()), 0.001, "deg"),
            (
                "2. largest error on the sky, UTC taken as UT1",
                float(used["sky"].max()),
                0.004,
                "deg",
            ),
            ("3. largest error on the sky, 1900-1949", float(early["sky"].max()), 0.001, "deg"),
            ("4. largest distance from SPA, 2050-2100", float(late["sky"].max()), 0.001, "deg"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
