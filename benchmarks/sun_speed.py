"""CPU time per evaluation of the sun for many (latitude, longitude, instant), beside pvlib and suncalc-py, in one run.

    python benchmarks/sun_speed.py [--n 1000000] [--rounds 3]

Every triple is different, years 1950 to 2050. Each engine is warmed up (Noonmark's ladder is filled: its cost is a
row of its own), rounds alternate, and the fastest round of each counts. pvlib is given fewer triples, as it is slow.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable

from sun_peers import rerun_among_peers, verdict


def cpu_ns(work: Callable[[], object], evaluations: int) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) / evaluations * 1e9


def main() -> int:
    rerun_among_peers(__file__)
    warnings.filterwarnings("ignore")
    import numpy as np
    import pandas as pd
    import pvlib
    import suncalc

    from noonmark.geometry.sun import subsolar, sun_topocentric

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--n", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    n, few = options.n, max(options.n // 10, 1)
    rng = np.random.default_rng(1)
    lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, n)))
    lon = rng.uniform(-180.0, 180.0, n)
    unix = np.floor(rng.uniform(-631152000.0, 2524608000.0, n))

    one = cpu_ns(lambda: subsolar(1.6e9), 1)
    ten_years = cpu_ns(lambda: subsolar(np.arange(0.0, 3652.0) * 86400.0), 1)
    subsolar(unix)
    stamps = pd.to_datetime(unix, unit="s", utc=True).as_unit("ns")
    naive = stamps.tz_localize(None)

    def pvlib_spa() -> object:
        return pvlib.solarposition.spa_python(stamps[:few], lat[:few], lon[:few], how="numpy", delta_t=67.0)

    work: dict[str, tuple[Callable[[], object], int]] = {
        "noonmark subsolar, 1e5 instants": (lambda: subsolar(unix[:100_000]), min(n, 100_000)),
        "noonmark sun_topocentric": (lambda: sun_topocentric(lat, lon, unix), n),
        "noonmark, 1000 places x 1000 instants": (
            lambda: sun_topocentric(lat[:1000, None], lon[:1000, None], unix[None, :1000]),
            min(n, 1000) ** 2,
        ),
        "suncalc-py get_position": (lambda: suncalc.get_position(naive, lon, lat), n),
        "pvlib spa_python, numpy": (pvlib_spa, few),
    }
    best = dict.fromkeys(work, float("inf"))
    for _ in range(options.rounds):
        for name, (run, evaluations) in work.items():
            best[name] = min(best[name], cpu_ns(run, evaluations))

    # The peers must compute the sun at all: their own errors are known (suncalc-py 0.75 deg, pvlib 0.0006).
    ours = sun_topocentric(lat[:few], lon[:few], unix[:few], refraction=False).airless_elevation_deg
    theirs = pvlib_spa()["elevation"].to_numpy()
    popular = np.degrees(np.asarray(suncalc.get_position(naive[:few], lon[:few], lat[:few])["altitude"]))
    assert np.abs(ours - theirs).max() < 0.01, "pvlib disagrees"
    assert np.abs(ours - popular).max() < 1.0, "suncalc-py disagrees"

    print(f"{n} triples, CPU nanoseconds per evaluation, best of {options.rounds} rounds")
    for name, value in best.items():
        print(f"  {name:<40} {value:>10.1f}")
    print(f"  {'first instant asked of a fresh ladder':<40} {one / 1e6:>10.2f} ms")
    print(f"  {'filling the ladder for ten years':<40} {ten_years / 1e6:>10.1f} ms")
    mine = best["noonmark sun_topocentric"]
    return verdict(
        [
            ("sun_topocentric over pvlib spa_python", mine / best["pvlib spa_python, numpy"], 0.1, "x"),
            ("sun_topocentric over suncalc-py", mine / best["suncalc-py get_position"], 1.0, "x"),
            ("sun_topocentric", mine, 400.0, "ns"),
            ("subsolar", best["noonmark subsolar, 1e5 instants"], 80.0, "ns"),
            ("ten years of ladder", ten_years / 1e9, 0.2, "s"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
