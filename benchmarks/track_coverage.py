"""How often the regions of simulated shadow tracks hold the truth, and what the answers cost.

python benchmarks/track_coverage.py [--tracks N] [--first-seed N] [--sigma-m S] [--drawn N]

Places are even over the Earth and starts over a year, kept if the sun stands above 2 deg all the
while: nearly the prior of the question, so that regions should hold as many truths as they say. Each
track has 21 tips, 3 min apart; place, date and handedness are unknown. Exit 1 if a share of truths
is farther from its level than chance makes likely (once in a thousand), if an answer took more than
15 CPU s, or all of them more than 600 MB. For the first ``--drawn`` tracks the levels of the truth
are told by 20,000 draws too: how many rank before it. Exit 1 if one is off by more than 3 points.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import dataclass

import numpy as np
from track_modes import OFFSETS_S, START_S, YEAR_S

from noonmark.constants import DAY_S
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.answer import Truth
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.shadow_track import ShadowTrack, compile_clue
from noonmark.inference.footprint import cells_of
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.search.domain import Domain, sine_authalic

LOWEST_DEG, POLE_M = 2.0, 2.0
MOST_S, MOST_MB = 15.0, 600.0
LEVELS = (0.5, 0.9, 0.99)
RARE = 1e-3
"""How often chance alone may fail a share."""


DRAWS, POINTS_OFF = 20_000, 0.03


@dataclass(frozen=True)
class Trial:
    """A simulated track: its levels, the sun at its start, what it cost, and how it was answered.

    ``off`` is how far the joint level, that of the place and that of the time are from what draws
    say, if they were asked.
    """

    truth: Truth
    off: tuple[float, ...]
    elevation_deg: float
    cpu_s: float
    leaves: int
    in_plane: bool


def levels_by_draws(answer: Posterior, lat_deg: float, lon_deg: float, at_s: float) -> list[float]:
    """The joint level of a truth, that of its place and that of its time, by the share of draws
    that rank before it.
    """
    draws = answer.sample(DRAWS, rng=np.random.default_rng(20_000))
    value = answer.log_likelihood_at(draws.lat_deg, draws.lon_deg, draws.unix_s)
    own = answer.log_likelihood_at(*np.array([[lat_deg], [lon_deg], [at_s]]))[0]
    levels = [float((value > own).mean())]
    first_s = answer.domain.first_s
    seen, true = draws.unix_s - first_s, np.array([at_s - first_s])
    for density, row, column, at in (
        (
            answer.place_cells.ranked,
            sine_authalic(draws.lat_deg),
            draws.lon_deg,
            (sine_authalic(np.array([lat_deg])), np.array([lon_deg])),
        ),
        (answer.times, seen // DAY_S, seen % DAY_S, (true // DAY_S, true % DAY_S)),
    ):
        rank = density.rank
        levels.append(
            float((rank[cells_of(density, row, column)] > rank[cells_of(density, *at)]).mean())
        )
    return levels


def trial(seed: int, sigma_m: float, *, drawn: bool) -> Trial:
    """One track, simulated and answered."""
    rng = np.random.default_rng(seed)
    while True:
        lat_deg = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0))))
        lon_deg, start_s = float(rng.uniform(-180.0, 180.0)), START_S + rng.uniform(0.0, YEAR_S)
        seen = sun_topocentric(lat_deg, lon_deg, start_s + OFFSETS_S)
        if seen.elevation_deg.min() > LOWEST_DEG:
            break
    turned = np.exp(1j * np.radians(rng.uniform(0.0, 360.0) - seen.azimuth_deg))
    noise = rng.standard_normal(21) + 1j * rng.standard_normal(21)
    tips = POLE_M / np.tan(np.radians(seen.elevation_deg)) * turned + sigma_m * noise
    clue = ShadowTrack(
        tuple(tips.real), tuple(tips.imag), sigma_m, offsets_s=tuple(OFFSETS_S), mirror="unknown"
    )
    compiled = compile_clue(clue, 0, tuple(Moment(None, float(o)) for o in OFFSETS_S))
    began = time.process_time()
    answer = posterior(Domain(-90.0, -180.0, 90.0, 180.0, START_S, YEAR_S), [compiled])
    truth = answer.truth(lat_deg, lon_deg, start_s)
    cpu_s = time.process_time() - began
    in_plane = answer.leaves.within is not None
    told = (truth.level, truth.place_level, truth.time_level)
    off = levels_by_draws(answer, lat_deg, lon_deg, start_s) if drawn else []
    off = tuple(abs(a - b) for a, b in zip(told, off, strict=bool(off)))
    return Trial(
        truth, off, float(seen.elevation_deg[0]), cpu_s, answer.leaves.boxes.size, in_plane
    )


def likely(held: int, of: int, level: float) -> bool:
    """Whether so many held truths are what chance gives at a level."""
    from scipy.stats import binomtest

    return bool(binomtest(held, of, level).pvalue > RARE)


def main() -> None:
    """All tracks, one line each, and their summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1001)
    parser.add_argument("--sigma-m", type=float, default=1e-3)
    parser.add_argument("--drawn", type=int, default=0)
    asked = parser.parse_args()
    trials = []
    for seed in range(asked.first_seed, asked.first_seed + asked.tracks):
        one = trial(seed, asked.sigma_m, drawn=len(trials) < asked.drawn)
        trials.append(one)
        levels = f"{one.truth.level:.3f} {one.truth.place_level:.3f} {one.truth.time_level:.3f}"
        print(f"seed {seed}: sun {one.elevation_deg:.1f} deg, level {levels}, {one.cpu_s:.1f} CPU s, "
              f"{one.leaves} leaves{'' if one.in_plane else ', searched over boxes'}", flush=True)  # fmt: skip
    cpu_s = np.array([one.cpu_s for one in trials])
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    failed = bool(cpu_s.max() > MOST_S or memory_mb > MOST_MB)
    print(f"{len(trials)} tracks: {np.median(cpu_s):.1f} CPU s in the median, {cpu_s.max():.1f} at most; "
          f"{memory_mb:.0f} MB; {sum(one.in_plane for one in trials)} worked out in the plane")  # fmt: skip
    drawn = [one.off for one in trials if one.off]
    if drawn:
        worst = np.max(drawn, axis=0)
        failed |= bool(worst.max() > POINTS_OFF)
        print(f"  {len(drawn)} by draws too: joint levels off by {worst[0]:.3f} at most, those of places "
              f"by {worst[1]:.3f}, of times by {worst[2]:.3f}")  # fmt: skip
    for name in ("level", "place_level", "time_level"):
        found = np.array([getattr(one.truth, name) for one in trials])
        held = [int(np.count_nonzero(found <= level)) for level in LEVELS]
        good = all(likely(n, len(trials), level) for n, level in zip(held, LEVELS, strict=True))
        failed |= not good
        shares = ", ".join(f"{n / len(trials):.1%}" for n in held)
        print(
            f"  {name}: {shares} of the truths within 50, 90 and 99 %{'' if good else '  DIFFERS'}"
        )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
