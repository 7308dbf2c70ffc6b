"""CPU time per evaluation of the sun for many (latitude, longitude, instant), beside pvlib and
suncalc-py, in one run.

    python benchmarks/sun_speed.py [--n 1000000] [--rounds 3]

Every triple is different, years 1950 to 2050. Each engine is warmed up (Noonmark's ladder is
filled: its cost is a row of its own), rounds alternate, and the fastest round of each counts (ten
tries a round where one takes milliseconds). pvlib is given fewer triples, as it is slow.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable

from sun_peers import rerun_among_peers, verdict

SUBSOLAR = "noonmark subsolar, 1e5 instants"
TOPOCENTRIC = "noonmark sun_topocentric"
PAIRS = "noonmark, 1000 places x 1000 instants"
SUNCALC = "suncalc-py get_position"
PVLIB = "pvlib spa_python, numpy"
FIRST = "first instant asked of a fresh ladder"
DECADE = "filling the ladder for ten years"


def cpu_ns(work: Callable[[], object], evaluations: int) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) / evaluations * 1e9


def measured(n: int, rounds: int) -> dict[str, float]:
    """CPU nanoseconds per evaluation of each engine; of the ladder, CPU seconds in all."""
    import numpy as np
    import pandas as pd
    import pvlib
    import suncalc

    from noonmark.geometry.directions import sin_cos_deg
    from noonmark.geometry.sun import subsolar, sun_topocentric

    few = max(n // 10, 1)
    rng = np.random.default_rng(1)
    lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, n)))
    lon = rng.uniform(-180.0, 180.0, n)
    unix = np.floor(rng.uniform(-631152000.0, 2524608000.0, n))

    one = cpu_ns(lambda: subsolar(1.6e9), 1)
    decade = cpu_ns(lambda: subsolar(np.arange(0.0, 3652.0) * 86400.0), 1)
    subsolar(unix)
    stamps = pd.to_datetime(unix, unit="s", utc=True).as_unit("ns")
    naive = stamps.tz_localize(None)

    def pvlib_spa() -> object:
        return pvlib.solarposition.spa_python(
            stamps[:few], lat[:few], lon[:few], how="numpy", delta_t=67.0
        )

    work: dict[str, tuple[Callable[[], object], int]] = {
        SUBSOLAR: (lambda: subsolar(unix[:100_000]), min(n, 100_000)),
        TOPOCENTRIC: (lambda: sun_topocentric(lat, lon, unix), n),
        PAIRS: (
            lambda: sun_topocentric(lat[:1000, None], lon[:1000, None], unix[None, :1000]),
            min(n, 1000) ** 2,
        ),
        "sin_cos_deg, a pair": (lambda: sin_cos_deg(lon[:8192]), min(n, 8192)),
        "numpy sin and cos, a pair": (
            lambda: (np.sin(lon[:8192] * (np.pi / 180)), np.cos(lon[:8192] * (np.pi / 180))),
            min(n, 8192),
        ),
        SUNCALC: (lambda: suncalc.get_position(naive, lon, lat), n),
        PVLIB: (pvlib_spa, few),
    }
    best = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for name, (run, evaluations) in work.items():
            for _ in range(10 if evaluations <= 100_000 and run is not pvlib_spa else 1):
                best[name] = min(best[name], cpu_ns(run, evaluations))

    # The peers must compute the sun at all: their own errors are known (suncalc-py 0.75 deg, pvlib
    # 0.0006).
    ours = sun_topocentric(lat[:few], lon[:few], unix[:few], refraction=False).airless_elevation_deg
    theirs = pvlib_spa()["elevation"].to_numpy()
    popular = np.degrees(
        np.asarray(suncalc.get_position(naive[:few], lon[:few], lat[:few])["altitude"])
    )
    assert np.abs(ours - theirs).max() < 0.01, "pvlib disagrees"
    assert np.abs(ours - popular).max() < 1.0, "suncalc-py disagrees"

    return {**best, FIRST: one / 1e9, DECADE: decade / 1e9}


def main() -> int:
    rerun_among_peers(__file__)
    warnings.filterwarnings("ignore")
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--n", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    best = measured(options.n, options.rounds)
    print(f"{options.n} triples, CPU nanoseconds per evaluation, best of {options.rounds} rounds")
    for name, value in best.items():
        print(
            f"  {name:<40} "
            + (f"{value * 1e3:>9.1f} ms" if name in (FIRST, DECADE) else f"{value:>9.1f} ns")
        )
    mine = best[TOPOCENTRIC]
    return verdict(
        [
            ("sun_topocentric over pvlib spa_python", mine / best[PVLIB], 0.1, "x"),
            ("sun_topocentric over suncalc-py", mine / best[SUNCALC], 1.0, "x"),
            ("sun_topocentric", mine, 400.0, "ns"),
            ("subsolar", best[SUBSOLAR], 80.0, "ns"),
            ("ten years of ladder", best[DECADE], 0.2, "s"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
