"""Place known, elevation and azimuth known to 1 deg, the time unknown in ten years: CPU seconds of
the whole answer.

With ``--many``: places by the thousand, 5 m sharp, beside the sun in a year, in CPU seconds of
``locate``; the cost of 10,000 against that of 10.

python benchmarks/places_known.py [--many]
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from noonmark import actions
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.sun_direction import SunDirection, compile_clue
from noonmark.inference.posterior import posterior
from noonmark.inference.search.domain import Domain
from noonmark.values import unix_s, utc

LAT, LON = 41.7636, 86.1353
TRUTH = unix_s(utc("2018-08-20T01:20:00Z"))


def many_places(count: int) -> dict[str, Any]:
    """A document of so many places in Andorra, and the sun's direction."""
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(42.44, 42.65, count), rng.uniform(1.43, 1.77, count)
    share = rng.uniform(0.2, 1.0, count)
    rows = zip(lat.tolist(), lon.tolist(), (share / share.sum()).tolist(), strict=True)
    area = {"south": 42.435, "west": 1.422, "north": 42.657, "east": 1.78}
    window = {"not_before": "2024-01-01T00:00:00Z", "not_after": "2025-01-01T00:00:00Z"}
    places = [{"lat_deg": y, "lon_deg": x, "sigma_m": 5.0, "probability": p} for y, x, p in rows]
    sun = {"azimuth_deg": 150.0, "elevation_deg": 40.0}
    sigmas = {"azimuth_sigma_deg": 2.0, "elevation_sigma_deg": 1.0}
    return {
        "prior": {"area": area, **window},
        "clue": [
            {"kind": "places", "places": places, "none_of_these": 0.03},
            {"kind": "sun_direction", **sun, **sigmas},
        ],
    }


def cost_of_many() -> None:
    """CPU seconds of the answer for more and more places."""
    actions.locate(many_places(3))
    spent = {}
    for count in (10, 100, 1000, 10_000):
        document = many_places(count)
        begun = time.process_time()
        answer = actions.locate(document).posterior
        spent[count] = time.process_time() - begun
        print(f"{count:6,} places: {spent[count]:.2f} CPU s, {answer.leaves.boxes.size:,} leaves")
    print(f"10,000 cost {spent[10_000] / spent[10]:.1f} times what 10 do; wanted about 1")


def main() -> None:
    start, end = unix_s(utc("2012-01-01T00:00:00Z")), unix_s(utc("2022-01-01T00:00:00Z"))
    domain = Domain(LAT - 0.01, LON - 0.01, LAT + 0.01, LON + 0.01, start, end - start)
    sun = sun_topocentric(LAT, LON, TRUTH)
    stated = SunDirection(float(sun.azimuth_deg), float(sun.elevation_deg), 1.0, 1.0)
    begun = time.process_time()
    answer = posterior(domain, [compile_clue(stated, 0, Moment())])
    regions, modes = answer.regions(), answer.modes
    spent = time.process_time() - begun
    hours = sum((s.end - s.start).total_seconds() for s in regions[1].spans) / 3600.0
    level = answer.truth(LAT, LON, TRUTH).level
    print(
        f"{answer.leaves.boxes.size} cells, {len(modes)} modes, 90 % in {hours:.0f} hours of ten "
        "years"
    )
    print(f"the truth stands at the {level:.0%} level; {spent:.2f} CPU s, at most 1")
    sys.exit(0 if spent <= 1.0 and level <= 0.99 else 1)


if __name__ == "__main__":
    cost_of_many() if "--many" in sys.argv[1:] else main()
