"""A 21-point shadow track, place unknown on Earth, date unknown in a year, handedness unknown: what
it costs, and whether brute force on a fine grid finds the same modes with the same shares.

python benchmarks/track_modes.py [--seed N | --cumcm FILE] [--sigma-m S]

The brute force shares nothing with the search but the sun: it scans latitude, hour angle and
declination at 1, 1 and 0.5 deg, goes downhill from every local minimum of the misfit, follows each
over every day and every 15 deg of longitude, and there adds up the likelihood on a lattice of half
a sigma. Exit 1 if a mode above 1 % of the mass is missing or its share differs by more than a
hundredth of it, or if the search and its modes took more than 15 CPU s or 600 MB.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from noonmark.constants import DAY_S
from noonmark.geometry.sun import subsolar, sun_topocentric
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.shadow_track import ShadowTrack, compile_clue
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.search.domain import TOD, BoxView, Domain, Z, latitude_deg, sine_authalic
from noonmark.values import from_unix_s, rfc3339, unix_s, utc

START_S, YEAR_S = unix_s(utc("2015-01-01T00:00:00Z")), 365 * DAY_S
OFFSETS_S = 180.0 * np.arange(21)
EARTH_DEG_PER_S = 360.0 / DAY_S
MOST_S, MOST_MB = 15.0, 600.0
OFF_BY = 0.01
"""What a share may differ from the brute force's, as a part of it, if the mode holds as much."""
SLICES = 24
"""Longitudes at which each day is looked at."""
FIRST_ROUNDS = 20
"""Steps downhill of each start: those that had not arrived were told apart, and counted twice."""
FAR_NAT, MODE_NAT, ROUGH_NAT = 20.0, 6.0, 2000.0
"""How far (ln) below the best a slice is of interest, tells modes apart, and a valley at longitude
0 worth following round the Earth.
"""


def track(
    rng: np.random.Generator, sigma_m: float
) -> tuple[ShadowTrack, tuple[float, float, float]]:
    """A 2 m pole's track, somewhere the sun is above 15 deg all the while; and the truth."""
    while True:
        lat, lon = (
            float(np.degrees(np.arcsin(rng.uniform(-0.9, 0.9)))),
            float(rng.uniform(-180.0, 180.0)),
        )
        start = START_S + float(rng.uniform(0.0, YEAR_S))
        seen = sun_topocentric(lat, lon, start + OFFSETS_S)
        if seen.elevation_deg.min() > 15.0 and seen.elevation_deg.max() < 75.0:
            break
    tip = (
        2.0
        / np.tan(np.radians(seen.elevation_deg))
        * np.exp(1j * np.radians(90.0 - seen.azimuth_deg - 180.0 + 40.0))
    )
    tip = tip + sigma_m * (rng.standard_normal(21) + 1j * rng.standard_normal(21))
    clue = ShadowTrack(
        tuple(tip.real), tuple(tip.imag), sigma_m, offsets_s=tuple(OFFSETS_S), mirror="unknown"
    )
    return clue, (lat, lon, start)


def cumcm(path: Path, sigma_m: float) -> ShadowTrack:
    """Annex 3 of the file: published without a date, without air."""
    rows = json.loads(path.read_text(encoding="utf-8"))["annex3"]["rows"]
    x, y = (tuple(float(row[name]) for row in rows) for name in ("x_m", "y_m"))
    return ShadowTrack(
        x, y, sigma_m, offsets_s=tuple(OFFSETS_S), mirror="unknown", refraction=False
    )


# --- Brute force -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slice:
    """What stands at one longitude and day, for one handedness: ln of the likelihood added up over
    latitude and time of day, and where the best is.
    """

    hand: int
    day: int
    lon_deg: float
    log_mass: float
    log_best: float
    lat_deg: float
    tod_s: float

    @property
    def after_s(self) -> float:
        """The instant, after the window's start."""
        return self.day * DAY_S + self.tod_s - 240.0 * self.lon_deg


def misfit(track_m: np.ndarray, tips: np.ndarray) -> np.ndarray:
    """The squared sine of the angle between complex vectors, over the last axis; 2 where a tip is
    missing (nan).
    """
    along = np.abs((tips * track_m.conj()).sum(-1)) ** 2
    sine2 = 1.0 - along / (np.sum(np.abs(tips) ** 2, axis=-1) * float(np.sum(np.abs(track_m) ** 2)))
    return np.where(np.isnan(sine2), 2.0, np.maximum(sine2, 0.0))


def tips_at(lat: np.ndarray, lon: float, unix: np.ndarray, *, refraction: bool) -> np.ndarray:
    """Tips (..., 21) of a unit pole; nan where the sun is down."""
    seen = sun_topocentric(lat[..., None], lon, unix[..., None] + OFFSETS_S, refraction=refraction)
    elevation = np.where(seen.airless_elevation_deg > 0.0, seen.elevation_deg, np.nan)
    return np.exp(1j * np.radians(270.0 - seen.azimuth_deg)) * (1.0 / np.tan(np.radians(elevation)))


def rough_tips(lat: np.ndarray, hour: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """The same from latitude, hour angle at the start and declination [deg], without air."""
    phi, delta = np.radians(lat)[..., None], np.radians(dec)[..., None]
    turn = np.radians(hour[..., None] + OFFSETS_S * EARTH_DEG_PER_S)
    across = np.cos(delta) * np.cos(turn)
    up = np.sin(phi) * np.sin(delta) + np.cos(phi) * across
    level = -np.cos(delta) * np.sin(turn) + 1j * (
        np.cos(phi) * np.sin(delta) - np.sin(phi) * across
    )
    return np.where(up > 0.0, -level / np.where(up > 0.0, up, 1.0), np.nan)


def valleys(track_m: np.ndarray) -> dict[float, np.ndarray]:
    """For each declination the local minima of the misfit: rows of latitude and hour angle [deg]."""
    lat, hour = np.arange(-89.5, 90.0, 1.0), np.arange(-180.0, 180.0, 1.0)
    grid = np.meshgrid(lat, hour, indexing="ij")
    found = {}
    for dec in np.arange(-23.5, 23.6, 0.5):
        flat = misfit(track_m, rough_tips(*grid, np.full(grid[0].shape, dec)))
        padded = np.pad(flat, ((1, 1), (1, 1)), mode="wrap")
        padded[0], padded[-1] = 3.0, 3.0
        around = [
            padded[i : i + lat.size, j : j + hour.size]
            for i in range(3)
            for j in range(3)
            if (i, j) != (1, 1)
        ]
        low = (flat <= np.min(around, axis=0)) & (flat < 0.01)
        found[float(dec)] = np.stack([grid[0][low], grid[1][low]], axis=1)
    return found


def along(tips: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """What of the tips (n, 21) comes nearest to a goal: a complex factor (n, 1), nan where the sun
    is down. (Division of a complex number by nan warns, multiplication does not.)
    """
    return ((tips.conj() * goal).sum(-1) * (1.0 / (np.abs(tips) ** 2).sum(-1)))[..., None]


def downhill(
    track_m: np.ndarray,
    lat: np.ndarray,
    unix: np.ndarray,
    lon: float,
    refraction: bool,
    rounds: int = 6,
) -> tuple:
    """Gauss-Newton in latitude and time at one longitude: where it ends, the misfit there, and its
    curvature. No step is longer than a degree.
    """
    unit = track_m / np.linalg.norm(track_m)
    for turn in range(rounds + 1):
        points = [(lat, unix), (lat + 0.01, unix), (lat, unix + 2.4)]
        ways = [tips_at(a, lon, b, refraction=refraction) for a, b in points]
        ways = [w * along(w, unit) for w in ways]
        slope = [(w - ways[0]) / 0.01 for w in ways[1:]]
        slope = [s - ways[0] * along(ways[0], s) for s in slope]
        curve = np.array([[(a.conj() * b).real.sum(-1) for a in slope] for b in slope]).transpose(
            2, 0, 1
        )
        push = np.stack([(s.conj() * (unit - ways[0])).real.sum(-1) for s in slope], axis=1)
        if turn == rounds:
            break
        curve_safe = np.where(np.isfinite(curve), curve, 1.0) + 1e-12 * np.eye(2)
        step = np.clip(
            np.linalg.solve(curve_safe, np.nan_to_num(push)[..., None])[..., 0], -1.0, 1.0
        )
        lat = np.clip(lat + step[:, 0], -89.9, 89.9)
        unix = unix + 240.0 * step[:, 1]
    return lat, unix, misfit(track_m, tips_at(lat, lon, unix, refraction=refraction)), curve


def brute(clue: ShadowTrack) -> list[Slice]:
    """Every slice within ``FAR_NAT`` of the best, for both handednesses."""
    z = np.array(clue.x_m) + 1j * np.array(clue.y_m)
    sharpness = float(np.sum(np.abs(z) ** 2)) / (2.0 * clue.sigma_m**2)
    found: list[Slice] = []
    for hand, goal in enumerate((z, z.conj())):
        # 1. Every valley of every day, at longitude 0.
        days, lat, tod = valleys_by_day(goal)
        lat, unix, s2, _ = downhill(
            goal, lat, START_S + DAY_S * days + tod, 0.0, clue.refraction, FIRST_ROUNDS
        )
        least = float(s2.min())
        good = np.flatnonzero(sharpness * (s2 - least) < ROUGH_NAT)
        days, lat, tod = days[good], lat[good], (unix - START_S)[good] - DAY_S * days[good]
        # 2. From there downhill at every longitude, and the likelihood added up.
        for lon in (np.arange(SLICES) + 0.5) * (360.0 / SLICES) - 180.0:
            unix = START_S + DAY_S * days + tod - 240.0 * lon
            ends = downhill(goal, lat, unix, float(lon), clue.refraction)
            best_first = np.argsort(ends[2])
            good = best_first[sharpness * (ends[2][best_first] - least) < 3.0 * FAR_NAT]
            ends = tuple(ends[k][good] for k in (0, 1, 3))
            found += added_up(goal, hand, float(lon), ends, sharpness, clue.refraction)
    top = max(s.log_best for s in found)
    return [s for s in found if s.log_best > top - FAR_NAT]


def valleys_by_day(goal: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day, latitude and solar time [s] of each start worth going downhill from."""
    starts = valleys(goal)
    decs = np.array(list(starts))
    gha, dec, _ = subsolar(START_S + DAY_S * (np.arange(-1, 367) + 0.5))
    found = [
        (day - 1.0, lat, (hour - gha[day] + 180.0) % 360.0 * 240.0)
        for day in range(dec.size)
        for k in np.flatnonzero(np.abs(decs - dec[day]) <= 0.5)
        for lat, hour in starts[float(decs[k])]
    ]
    day, lat, tod = np.array(found).T
    return day, lat, tod


def added_up(
    goal: np.ndarray, hand: int, lon: float, ends: tuple, sharpness: float, refraction: bool
) -> list[Slice]:
    """The likelihood added up round each different end, on a lattice that follows its curvature.

    The ends come best first. One that lies on the lattice of a better one is the same valley, where
    going downhill has not arrived: it was counted twice.
    """
    out: list[Slice] = []
    lattice = np.arange(-6.0, 6.01, 0.5)
    a, b = (g.ravel() for g in np.meshgrid(lattice, lattice, indexing="ij"))
    seen: list[tuple[float, float, np.ndarray]] = []
    for lat, unix, curve in zip(*ends, strict=True):
        if any(
            np.abs(to_lattice @ (lat - p, (unix - q) / 240.0)).max() < lattice[-1]
            for p, q, to_lattice in seen
        ):
            continue
        axes = np.linalg.cholesky(np.linalg.inv(2.0 * sharpness * curve))
        seen.append((lat, unix, np.linalg.inv(axes)))
        step = axes @ np.stack([a, b])
        lats, times = lat + step[0], unix + 240.0 * step[1]
        s2 = misfit(goal, tips_at(lats, lon, times, refraction=refraction))
        inside = (
            (s2 < 1.0) & (times >= START_S) & (times < START_S + YEAR_S) & (np.abs(lats) < 90.0)
        )
        if not inside.any():  # the valley of a day before the window, or after it
            continue
        value = np.where(inside, -sharpness * s2, -np.inf)
        value = value - np.log(np.maximum(1.0 - s2, 1e-9))
        best = float(value.max())
        area = float(np.linalg.det(axes)) * 240.0 * 0.5**2
        dz = np.gradient(sine_authalic(np.array([lat - 0.01, lat + 0.01])), 0.02)[0]
        total = best + np.log(np.exp(value - best).sum()) + np.log(area * dz)
        local = unix + 240.0 * lon - START_S
        out.append(
            Slice(hand, int(local // DAY_S), lon, total, best, float(lat), float(local % DAY_S))
        )
    return out


def grouped(slices: list[Slice]) -> list[list[int]]:
    """Slices that follow on one another (by longitude, and by day across 180 deg) are one mode.

    Far down in the tails two dates either side of a solstice meet; what is within ``MODE_NAT`` of
    the best tells modes apart, and the rest goes with the nearest of them.
    """
    top = max(s.log_best for s in slices)
    high = [k for k, s in enumerate(slices) if s.log_best > top - MODE_NAT]
    order = np.array(
        [s.day * SLICES - (s.lon_deg + 180.0) / (360.0 / SLICES) for s in slices]
    )  # instants, in slices
    groups: list[list[int]] = []
    for k in sorted(high, key=lambda k: order[k]):
        s = slices[k]
        for group in groups:
            last = slices[group[-1]]
            gap = order[k] - order[group[-1]]
            near = abs(s.lat_deg - last.lat_deg) < 0.2 and abs(s.tod_s - last.tod_s) < 60.0
            if s.hand == last.hand and 0.0 <= gap <= 2.0 and near:
                group.append(int(k))
                break
        else:
            groups.append([int(k)])
    owner = {k: number for number, group in enumerate(groups) for k in group}
    low = sorted(set(range(len(slices))) - set(high))
    at = [slices[k] for k in low]
    points = (
        np.array([f(s) for s in at])
        for f in (lambda s: s.lat_deg, lambda s: s.tod_s, lambda s: s.after_s)
    )
    for k, next_to in zip(low, nearest([slices[k] for k in high], *points), strict=True):
        groups[owner[high[next_to]]].append(k)
    return groups


# --- Side by side ------------------------------------------------------------------------------------------------


def nearest(
    slices: list[Slice], lat: np.ndarray, tod_s: np.ndarray, after_s: np.ndarray
) -> np.ndarray:
    """For each point the slice it lies next to."""
    from scipy.spatial import cKDTree

    at = np.array([(s.lat_deg, s.tod_s, s.after_s) for s in slices])
    scale = np.array([0.3, 120.0, 8640.0])
    points = np.stack([lat, tod_s, after_s], axis=1)
    return np.asarray(cKDTree(at / scale).query(points / scale)[1])


def compared(answer: Posterior, slices: list[Slice]) -> list[tuple[float, float, int, Slice]]:
    """For each mode of the brute force: its share, the share of the leaves next to it, how many
    modes the answer lists there, and its best slice; largest first.
    """
    groups = grouped(slices)
    owner = np.empty(len(slices), dtype=int)
    for number, group in enumerate(groups):
        owner[group] = number
    mass = np.exp(np.array([s.log_mass for s in slices]) - max(s.log_mass for s in slices))
    brute_share = np.bincount(owner, weights=mass, minlength=len(groups)) / mass.sum()
    boxes = answer.leaves.boxes
    unix = BoxView(answer.domain, boxes).unix_s
    local = (boxes.centre[TOD] + answer.domain.first_s - START_S) % DAY_S
    of_leaf = owner[nearest(slices, latitude_deg(boxes.centre[Z]), local, unix - START_S)]
    share = np.bincount(of_leaf, weights=answer.mass, minlength=len(groups))
    modes = np.array([(m.place.lat_deg, m.place.lon_deg, unix_s(m.instant)) for m in answer.modes])
    solar = (modes[:, 2] + 240.0 * modes[:, 1] - START_S) % DAY_S
    listed = np.bincount(
        owner[nearest(slices, modes[:, 0], solar, modes[:, 2] - START_S)], minlength=len(groups)
    )
    best = [max((slices[k] for k in group), key=lambda s: s.log_best) for group in groups]
    order = np.argsort(-brute_share)
    return [(float(brute_share[k]), float(share[k]), int(listed[k]), best[k]) for k in order]


def main() -> None:
    """One track: cost, modes, and the brute force beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cumcm", type=Path, help="shared/data/sun/cumcm_2015_a.json: its annex 3")
    parser.add_argument("--sigma-m", type=float, default=1e-3)
    asked = parser.parse_args()
    truth = None
    if asked.cumcm:
        clue = cumcm(asked.cumcm, asked.sigma_m)
    else:
        clue, truth = track(np.random.default_rng(asked.seed), asked.sigma_m)
    domain = Domain(-90.0, -180.0, 90.0, 180.0, START_S, YEAR_S)
    began = time.process_time()
    answer = posterior(
        domain, [compile_clue(clue, 0, tuple(Moment(None, float(o)) for o in OFFSETS_S))]
    )
    listed = len(answer.modes)
    seconds = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if truth:
        levels = answer.truth(*truth)
        print(
            f"truth {truth[0]:+.2f} {truth[1]:+.2f} {rfc3339(from_unix_s(truth[2]))}, at level "
            f"{levels.level:.2f}"
        )
    print(f"search {seconds:.1f} CPU s (aim {MOST_S:.0f}), {memory:.0f} MB (aim {MOST_MB:.0f}), {answer.leaves.boxes.size} leaves,"
          f" {listed} modes, unresolved at most {answer.leaves.unresolved:.2g}")  # fmt: skip
    began = time.process_time()
    slices = brute(clue)
    print(f"brute force {time.process_time() - began:.0f} CPU s, {len(slices)} slices")
    failed = seconds > MOST_S or memory > MOST_MB
    for share, ours, count, best in compared(answer, slices):
        if share >= 0.002 or ours >= 0.002:
            good = share < OFF_BY or (count >= 1 and abs(ours / share - 1.0) <= OFF_BY)
            failed |= not good
            print(f"  {share:7.2%} brute, {ours:7.2%} leaves, {count} listed: {best.lat_deg:+.2f}, "
                  f"{rfc3339(from_unix_s(START_S + best.after_s))[:16]} at {best.lon_deg:+.1f}, "
                  f"hand {best.hand}"
                  f"{'' if good else '  DIFFERS'}")  # fmt: skip
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
