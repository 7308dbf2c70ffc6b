"""Place known, elevation and azimuth known to 1 deg, the time unknown in ten years: CPU seconds of
the whole answer.

python benchmarks/places_known.py
"""

from __future__ import annotations

import sys
import time

from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.sun_direction import SunDirection, compile_clue
from noonmark.inference.posterior import posterior
from noonmark.inference.search.domain import Domain
from noonmark.values import unix_s, utc

LAT, LON = 41.7636, 86.1353
TRUTH = unix_s(utc("2018-08-20T01:20:00Z"))


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
    main()
