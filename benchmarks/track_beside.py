"""Shadow tracks beside other clues: does the answer hold what points of the exact likelihood say?

python benchmarks/track_beside.py [--beside CASE ...] [--sigma-m S] [--seed N] [--points K]

CASE is a clock good to a minute in UTC, in any time in use at the place, or in mean solar time
(utc, local, solar); a window of so many minutes (window10, window60, window180, without limit on
the number); or a second track of two tips (tips2). The points are even in the pieces of the answer
to the track alone, as many in each as it has probability there, and weighed by the exact likelihood of all clues. Printed: what the answer cost,
how far ln of its evidence is from that of the points, and what its 50, 90 and 99 % sets of places
and of times hold of them. Exit 1 if a set is off by more than 4, 3 or 1 points, or the evidence by
more than .05, or if an answer took more than 15 CPU s.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import replace

import numpy as np
from track_modes import OFFSETS_S, START_S, YEAR_S

from noonmark.constants import DAY_S
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.clock import ClockClue
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.shadow_track import ShadowTrack, compile_clue
from noonmark.inference.clues.table import World, compile_one
from noonmark.inference.clues.zone_table import ZoneTable
from noonmark.inference.footprint import cells_of
from noonmark.inference.leaf_draws import systematic
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.search.domain import Domain, latitude_deg, point_view
from noonmark.inference.search.likelihood import BoundedLikelihood
from noonmark.inference.tracks.piece_boxes import points_inside
from noonmark.values import unix_s, utc
from noonmark.world.offsets import transitions
from noonmark.world.zones import zone_map

TRUTH = (48.0, 11.0, unix_s(utc("2015-04-20T08:00:00Z")))
CASES = ("utc", "local", "solar", "window10", "window60", "window180", "tips2")
MOST_S, EVIDENCE_OFF = 15.0, 0.05
LEVELS = ((0.5, 0.04), (0.9, 0.03), (0.99, 0.01))
"""Levels of sets, and by how much what they hold may differ."""
AT_ONCE = 500_000


def track(sigma_m: float, offsets_s: np.ndarray, seed: int, index: int) -> DirectClue:
    """A 2 m pole's track at the truth, of unknown handedness."""
    rng = np.random.default_rng(seed + index)
    seen = sun_topocentric(TRUTH[0], TRUTH[1], TRUTH[2] + offsets_s)
    tips = 2.0 / np.tan(np.radians(seen.elevation_deg))
    tips = tips * np.exp(1j * np.radians(310.0 - seen.azimuth_deg))
    noise = rng.standard_normal((2, offsets_s.size))
    tips = tips + sigma_m * (noise[0] + 1j * noise[1])
    clue = ShadowTrack(
        tuple(tips.real), tuple(tips.imag), sigma_m, offsets_s=tuple(offsets_s), mirror="unknown"
    )
    return compile_clue(clue, index, tuple(Moment(None, float(o)) for o in offsets_s))


def clock(zone: str) -> BoundedLikelihood:
    """A clock at the truth's start, good to a minute."""
    offset_s = {"UTC": 0.0, "local": 7200.0, "mean_solar": 240.0 * TRUTH[1]}[zone]
    world = None
    if zone == "local":
        shipped = zone_map()
        world = World(zones=ZoneTable(shipped.index, shipped.zone_sets, transitions))
    return compile_one(ClockClue((TRUTH[2] + offset_s) % DAY_S, 60.0, zone), 1, Moment(), world)


def question(case: str, sigma_m: float, seed: int) -> tuple[Domain, list[BoundedLikelihood]]:
    """The window, and the clues beside the track."""
    year = Domain(-90.0, -180.0, 90.0, 180.0, START_S, YEAR_S)
    if case.startswith("window"):
        length_s = 60.0 * float(case.removeprefix("window"))
        return replace(year, start_s=TRUTH[2] - 0.4 * length_s, length_s=length_s), []
    if case == "tips2":
        return year, [track(sigma_m, OFFSETS_S[[0, 15]] + 5400.0, seed, 1)]
    return year, [clock({"utc": "UTC", "local": "local", "solar": "mean_solar"}[case])]


def weighed_points(alone: Posterior, answer: Posterior, count: int) -> tuple[np.ndarray, ...]:
    """Points (z, longitude, instant) in the answer's domain, and ln of the weight of each.

    The weights are the volume that a point stands for times the likelihood of all clues.
    """
    leaves, rng = alone.leaves, np.random.default_rng(5)
    within = leaves.within
    mass = np.bincount(within.piece, weights=alone.mass, minlength=within.pieces.size)
    owner = systematic(np.cumsum(mass / mass.sum()), count, rng)
    drawn = np.log(np.bincount(owner, minlength=mass.size).clip(1))
    lots = []
    for first in range(0, count, AT_ONCE):
        piece = owner[first : first + AT_ONCE]
        some = within.pieces.take(piece)
        away = rng.uniform(-1.0, 1.0, (3, some.size))
        z, lon_deg, at_s = points_inside(some, away, answer.domain, within.mid_s)
        view = point_view(answer.domain, latitude_deg(z), lon_deg, at_s)
        weight = answer.log_likelihood_of(view) + within.pieces.log_volume[piece] - drawn[piece]
        near = np.flatnonzero(weight > -np.inf)
        lots.append((z[near], lon_deg[near], at_s[near], weight[near]))
    return tuple(np.concatenate(lot) for lot in zip(*lots, strict=True))


def held(answer: Posterior, points: tuple[np.ndarray, ...], mass: np.ndarray) -> list[list[float]]:
    """What the sets of places and of times hold of the points, in the order of ``LEVELS``."""
    z, lon_deg, at_s, _ = points
    after_s = at_s - answer.domain.first_s
    found = []
    for density, row, column in (
        (answer.place_cells.ranked, z, lon_deg),
        (answer.times, after_s // DAY_S, after_s % DAY_S),
    ):
        levels = density.levels()[cells_of(density, row, column)]
        found.append([float(mass[levels <= level].sum()) for level, _ in LEVELS])
    return found


def main() -> None:
    """All cases asked for, three lines each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", nargs="*", default=list(CASES))
    parser.add_argument("--sigma-m", type=float, default=1e-2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--points", type=int, default=6_000_000, help="points of the track alone")
    asked = parser.parse_args()
    failed = False
    clue = track(asked.sigma_m, OFFSETS_S, asked.seed, 0)
    for case in asked.beside:
        domain, others = question(case, asked.sigma_m, asked.seed)
        began = time.process_time()
        answer = posterior(domain, [clue, *others])
        answer.truth(*TRUTH)
        cpu_s = time.process_time() - began
        memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        leaves = answer.leaves
        print(f"{case}: {cpu_s:.1f} CPU s, {memory_mb:.0f} MB, {leaves.boxes.size} leaves, "
              f"{len(answer.modes)} modes, unresolved at most {leaves.unresolved:.2g}"
              f"{'' if leaves.within is not None else ', searched over boxes'}"
              f"{', rough' if leaves.sampled else ''}", flush=True)  # fmt: skip
        wide = domain
        if domain.length_s < DAY_S:
            wide = replace(domain, start_s=domain.start_s - DAY_S, length_s=2.0 * DAY_S)
        alone = posterior(wide, [clue])
        points = weighed_points(alone, answer, asked.points)
        weight = np.exp(points[3] - points[3].max())
        evidence = np.log(weight.sum()) + points[3].max() - leaves.log_prior
        off = leaves.log_evidence - evidence
        worth = weight.sum() ** 2 / np.square(weight).sum()
        print(f"  ln evidence {off:+.3f} from that of {weight.size} points, worth {worth:.0f}")
        failed |= cpu_s > MOST_S or abs(off) > EVIDENCE_OFF
        told = held(answer, points, weight / weight.sum())
        for name, shares in zip(("places", "times"), told, strict=True):
            good = all(abs(s - p) <= most for s, (p, most) in zip(shares, LEVELS, strict=True))
            failed |= not good
            print(f"  {name}: " + ", ".join(f"{s:.1%}" for s in shares) +
                  f" within 50, 90 and 99 %{'' if good else '  DIFFERS'}", flush=True)  # fmt: skip
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
