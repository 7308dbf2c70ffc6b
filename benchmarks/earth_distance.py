"""Noonmark's distances against the geodesics of geographiclib (Karney): random pairs of places on
WGS84.

python benchmarks/earth_distance.py [--n 20000]
"""

from __future__ import annotations

import argparse

from sun_peers import rerun_among_peers, verdict


def main() -> int:
    rerun_among_peers(__file__)
    import numpy as np
    from geographiclib.geodesic import Geodesic

    from noonmark.geometry.earth import distance_km

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--n", type=int, default=20_000)
    options = arguments.parse_args()
    rng = np.random.default_rng(1)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, (2, options.n))))
    lon = rng.uniform(-180, 180, (2, options.n))
    # A third are neighbours (1 m to 100 km), a third lie within a degree of each other's antipodes.
    third = options.n // 3
    step = 10.0 ** rng.uniform(-5, 0, third)
    turn = rng.uniform(0, 2 * np.pi, third)
    lat[1, :third] = np.clip(lat[0, :third] + step * np.cos(turn), -90, 90)
    lon[1, :third] = lon[0, :third] + step * np.sin(turn)
    lat[1, third : 2 * third] = np.clip(
        -lat[0, third : 2 * third] + rng.uniform(-1, 1, third), -90, 90
    )
    lon[1, third : 2 * third] = lon[0, third : 2 * third] + 180 + rng.uniform(-1, 1, third)
    ours = distance_km(lat[0], lon[0], lat[1], lon[1])
    true = np.array(
        [
            Geodesic.WGS84.Inverse(*row, outmask=Geodesic.DISTANCE)["s12"] / 1000.0
            for row in zip(lat[0], lon[0], lat[1], lon[1], strict=True)
        ]
    )
    percent = 100.0 * np.abs(ours - true) / np.maximum(true, 1e-6)
    near, far = true < 10_000, true > 19_000
    print(f"{options.n} pairs of places, against geographiclib")
    return verdict(
        [
            ("largest error up to 10,000 km", float(percent[near].max()), 0.001, "%"),
            (
                "largest error from 10,000 to 19,000 km",
                float(percent[~near & ~far].max()),
                0.01,
                "%",
            ),
            ("largest error beyond 19,000 km", float(percent[far].max()), 0.2, "%"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
