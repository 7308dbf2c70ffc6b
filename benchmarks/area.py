"""Area and truth beside ShadowFinder 0.7.1: 100 simulated single shadows, the instant known.

    python benchmarks/area.py [--scenes 100] [--seed 3]

2 % sigmas of height and length, 1 deg of slope and of lean. Ours: the 90 % region over the whole
Earth. Theirs: the cells of its grid (60 S to 85 N) whose computed shadow is within 20 % of the
measured one, by its own ``find_shadows``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

THEIRS = """
import json, sys
from datetime import datetime, timezone
import numpy as np
from shadowfinder import ShadowFinder
finder = ShadowFinder(1.0, 1.0, datetime(2024, 1, 1), "utc")
lats = np.arange(finder.min_lat, finder.max_lat, finder.angular_resolution)
lons = np.arange(finder.min_lon, finder.max_lon, finder.angular_resolution)
finder.lons, finder.lats = np.meshgrid(lons, lats)
finder.timezones = np.array(["UTC"])
area = 6371.0072**2 * np.radians(0.5) * np.diff(np.sin(np.radians(np.append(lats, lats[-1] + 0.5))))[:, None]
for text in sys.stdin:
    ask = json.loads(text)
    when = datetime.fromtimestamp(ask["unix_s"], timezone.utc).replace(tzinfo=None)
    finder.set_details(when, ask["height"], ask["length"], "utc")
    finder.find_shadows()
    inside = np.abs(finder.location_likelihoods) <= 0.2
    i = int(np.floor((ask["lat_deg"] - lats[0]) / 0.5))
    j = int(np.floor((ask["lon_deg"] - lons[0]) / 0.5)) % lons.size
    holds = bool(0 <= i < lats.size and inside[i, j])
    print(json.dumps([float((area * inside).sum()), holds, bool(0 <= i < lats.size)]), flush=True)
"""


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from benchmarks.claims import one_shadow
    from benchmarks.shadowfinder import ONE_THREAD, peer_python
    from noonmark.inference.posterior import posterior
    from testkit.clue_scenes import Scene, compiled

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    scenes: list[Scene] = [one_shadow(rng) for _ in range(options.scenes)]
    lines = []
    for s in scenes:
        clue = s.document["clue"][0]
        ask = {"height": clue["height"], "length": clue["length"], "unix_s": s.unix_s}
        lines.append(json.dumps({**ask, "lat_deg": s.lat_deg, "lon_deg": s.lon_deg}))
    done = subprocess.run(
        [peer_python(), "-c", THEIRS],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        env={**os.environ, **ONE_THREAD},
        check=True,
    )
    theirs = [json.loads(text) for text in done.stdout.splitlines()]
    ours = []
    for s in scenes:
        domain, clues, _ = compiled(s.document)
        answer = posterior(domain, clues)
        ours.append(
            (
                answer.region(0.9).area_km2,
                answer.truth(s.lat_deg, s.lon_deg, s.unix_s).place_level <= 0.9,
            )
        )
    told = {
        "Noonmark, 90 % region": ([a for a, _ in ours], [h for _, h in ours]),
        "ShadowFinder, 20 % band": ([a for a, _, _ in theirs], [h for _, h, _ in theirs]),
    }
    print(
        f"{'':26} {'median':>8} {'mean':>8} {'5 %':>8} {'95 %':>8}  million km2   holds the truth"
    )
    for name, (areas, holds) in told.items():
        figures = [np.median(areas), np.mean(areas), *np.quantile(areas, [0.05, 0.95])]
        print(
            f"{name:26} "
            + " ".join(f"{v / 1e6:8.2f}" for v in figures)
            + f"{'':15}{np.mean(holds):.0%}"
        )
    ratio = np.median([t[0] / o[0] for t, o in zip(theirs, ours, strict=True)])
    outside = sum(not t[2] for t in theirs)
    print(
        f"their area over ours, scene by scene: median {ratio:.2f}; {outside} truths lie beyond "
        "their grid"
    )
    low = [k for k, s in enumerate(scenes) if s.seen_deg < 20.0]
    high = [k for k, s in enumerate(scenes) if s.seen_deg >= 20.0]
    for name, which in (("below 20 deg", low), ("above 20 deg", high)):
        hold = [np.mean([told[k][1][i] for i in which]) for k in told]
        size = [np.median([told[k][0][i] for i in which]) / 1e6 for k in told]
        print(
            f"sun {name} ({len(which)}): ours {size[0]:.2f}, {hold[0]:.0%}; theirs {size[1]:.2f}, "
            f"{hold[1]:.0%}"
        )


if __name__ == "__main__":
    main()
