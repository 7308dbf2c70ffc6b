"""Noonmark's sun against JPL DE421 (skyfield): places and instants at random, without air, given UT1.

    python benchmarks/sun_accuracy.py [--n 100000] [--seed 1]

Skyfield is fed the same UT1 (``ts.ut1_jd``) and its own Delta T, because before 1972 its UTC is not GMT.
Places are uniform on the sphere, heights -400 to 4000 m, years 1950 to 2050; suns above 5 deg count,
azimuths below 70 deg.
"""

from __future__ import annotations

import argparse
import warnings

from sun_peers import rerun_among_peers, verdict

CHUNK = 5000


def main() -> int:
    rerun_among_peers(__file__)
    warnings.filterwarnings("ignore")  # an expired table of UT1, which is not used: both engines are given UT1
    import numpy as np
    from skyfield.api import Loader, wgs84
    from skyfield_data import get_skyfield_data_path

    from noonmark.geometry.directions import azel_separation_deg, turn_deg
    from noonmark.geometry.sun import sun_topocentric

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--n", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    rng = np.random.default_rng(options.seed)

    load = Loader(get_skyfield_data_path(), expire=False, verbose=False)
    timescale = load.timescale(builtin=True)
    planets = load("de421.bsp")
    worst: dict[str, float] = {"elevation": 0.0, "azimuth": 0.0, "sky": 0.0}
    by_decade: dict[int, float] = {}
    squares, counted = 0.0, 0
    start, end = -631152000.0, 2556144000.0  # 1950-01-01, 2051-01-01
    while counted < options.n:
        lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, CHUNK)))
        lon = rng.uniform(-180.0, 180.0, CHUNK)
        height = rng.uniform(-400.0, 4000.0, CHUNK)
        unix = np.floor(rng.uniform(start, end, CHUNK))
        ours = sun_topocentric(lat, lon, unix, altitude_m=height, refraction=False)
        keep = ours.airless_elevation_deg > 5.0
        lat, lon, height, unix = lat[keep], lon[keep], height[keep], unix[keep]
        time = timescale.ut1_jd(unix / 86400.0 + 2440587.5)
        site = planets["earth"] + wgs84.latlon(lat, lon, elevation_m=height)
        altitude, azimuth, _ = site.at(time).observe(planets["sun"]).apparent().altaz()
        el, az = ours.airless_elevation_deg[keep], ours.azimuth_deg[keep]
        d_el = np.abs(el - altitude.degrees)
        d_az = np.abs(turn_deg(az, azimuth.degrees))[altitude.degrees < 70.0]
        sky = azel_separation_deg(az, el, azimuth.degrees, altitude.degrees)
        worst = {
            "elevation": max(worst["elevation"], float(d_el.max())),
            "azimuth": max(worst["azimuth"], float(d_az.max())),
            "sky": max(worst["sky"], float(sky.max())),
        }
        for decade in range(1950, 2060, 10):
            inside = np.floor((1970.0 + unix / 31556952.0) / 10.0) * 10 == decade
            if inside.any():
                by_decade[decade] = max(by_decade.get(decade, 0.0), float(sky[inside].max()))
        squares += float(np.sum(sky**2))
        counted += sky.size

    print(f"{counted} places and instants, 1950 to 2050, above 5 deg, against DE421 (seed {options.seed})")
    print("largest error on the sky by decade [deg]: " + ", ".join(f"{d}s {e:.6f}" for d, e in by_decade.items()))
    print(f"root mean square on the sky: {(squares / counted) ** 0.5:.6f} deg")
    return verdict(
        [
            ("largest error of elevation", worst["elevation"], 0.001, "deg"),
            ("largest error of azimuth below 70 deg", worst["azimuth"], 0.001, "deg"),
            ("largest error on the sky", worst["sky"], 0.001, "deg"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
