"""A 21-point shadow track, place unknown on Earth, date unknown in a year, handedness unknown: what it costs, and
whether a search that knows nothing of bounds finds a place and date that the answer has lost.

python benchmarks/track_modes.py [--seed N]

The other search is brute: a grid of latitude, time of day and date (one longitude: at one local time the sun hardly
depends on it), every local maximum climbed from; each peak within 6 nat of the best must lie in the answer.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from scipy.optimize import minimize

from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.shadow_track import ShadowTrack, compile_clue
from noonmark.inference.domain import DAY, DAY_S, LON, TOD, Domain, Z, latitude_deg, point_view
from noonmark.inference.posterior import posterior
from noonmark.values import from_unix_s, rfc3339, unix_s, utc

START_S, YEAR_S = unix_s(utc("2024-01-01T00:00:00Z")), 366 * DAY_S
OFFSETS_S = 180.0 * np.arange(21)
SIGMA_M = 1e-3


def track(rng: np.random.Generator) -> tuple[ShadowTrack, tuple[float, float, float]]:
    """A 2 m pole's track with 1 mm errors, somewhere the sun is above 15 deg all the while; and the truth."""
    while True:
        lat, lon = float(np.degrees(np.arcsin(rng.uniform(-0.9, 0.9)))), float(rng.uniform(-180.0, 180.0))
        start = START_S + float(rng.uniform(0.0, YEAR_S))
        seen = sun_topocentric(lat, lon, start + OFFSETS_S)
        if seen.elevation_deg.min() > 15.0 and seen.elevation_deg.max() < 75.0:
            break
    tip = 2.0 / np.tan(np.radians(seen.elevation_deg)) * np.exp(1j * np.radians(90.0 - seen.azimuth_deg - 180.0 + 40.0))
    tip = tip + SIGMA_M * (rng.standard_normal(21) + 1j * rng.standard_normal(21))
    clue = ShadowTrack(tuple(tip.real), tuple(tip.imag), SIGMA_M, offsets_s=tuple(OFFSETS_S), mirror="unknown")
    return clue, (lat, lon, start)


def peaks(clue, domain: Domain) -> list[tuple[float, float, float, float]]:
    """(ln likelihood, latitude, seconds of the day, day) of the local maxima, by brute force, at longitude 0."""

    def value(points: np.ndarray) -> np.ndarray:
        lat = np.clip(points[:, 0], -89.9, 89.9)
        unix = START_S + np.clip(points[:, 2], 0.0, 365.0) * DAY_S + points[:, 1]
        return clue.log_likelihood(point_view(domain, lat, np.zeros(len(lat)), unix))

    axes = np.arange(-88.5, 89.0, 3.0), np.arange(0.0, DAY_S, 720.0), np.arange(0.5, 366.0, 6.0)
    grid = np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=1)
    values = np.concatenate([value(part) for part in np.array_split(grid, 40)]).reshape([a.size for a in axes])
    padded = np.pad(values, 1, constant_values=-np.inf)
    around = [padded[i : i + values.shape[0], j : j + values.shape[1], k : k + values.shape[2]]
              for i in range(3) for j in range(3) for k in range(3)]  # fmt: skip
    starts = grid[(values >= np.max(around, axis=0)).ravel() & (values.ravel() > values.max() - 4000.0)]
    found = []
    scale = np.array([1.0, 240.0, 1.0])
    for start in starts:
        best = minimize(lambda p, s=start: -value((s + p * scale)[None])[0], np.zeros(3), method="Nelder-Mead",
                        options={"xatol": 1e-5, "fatol": 1e-3, "maxfev": 300})  # fmt: skip
        place = start + best.x * scale
        found.append((-float(best.fun), *(float(v) for v in place)))
    top = max(f[0] for f in found)
    return [f for f in found if f[0] > top - 6.0]


def main() -> None:
    """One track: cost, modes, and whether the brute search knows one that the answer does not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    clue, truth = track(np.random.default_rng(parser.parse_args().seed))
    domain = Domain(-90.0, -180.0, 90.0, 180.0, START_S, YEAR_S)
    began = time.process_time()
    compiled = compile_clue(clue, 0, tuple(Moment(None, float(o)) for o in OFFSETS_S))
    answer = posterior(domain, [compiled])
    seconds = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"truth {truth[0]:.2f} {truth[1]:.2f} {rfc3339(from_unix_s(truth[2]))}")
    print(f"search {seconds:.1f} CPU s (target 15), {memory:.0f} MB (target 1000), {answer.leaves.boxes.size} leaves")
    leaves = answer.leaves.boxes
    low, high = leaves.low(), leaves.high()
    best = answer.leaves.log_likelihood.max()
    lost = 0
    for value, lat, tod, day in peaks(compiled, domain):
        unix = START_S + day * DAY_S + tod
        local = unix - domain.first_s
        spot = {TOD: local % DAY_S, DAY: local // DAY_S + 0.5}
        inside = (low[LON] <= 0.0) & (high[LON] >= 0.0)
        inside &= (latitude_deg(low[Z]) <= lat + 0.02) & (latitude_deg(high[Z]) >= lat - 0.02)
        for axis, at in spot.items():
            inside &= (low[axis] <= at + 6.0 * (axis == TOD)) & (high[axis] >= at - 6.0 * (axis == TOD))
        held = answer.leaves.log_likelihood[inside].max(initial=-np.inf)
        kept = held > value - 8.0
        lost += not kept
        print(f"  peak {value - best:+.1f} nat at {lat:+.2f}, {rfc3339(from_unix_s(unix))} at longitude 0: "
              f"{'held' if kept else 'LOST'} ({held - best:+.1f})")  # fmt: skip
    print(f"{lost} peaks lost")


if __name__ == "__main__":
    main()
