"""Clues in, an answer out: the posterior over place and instant, and what can be read off it.

A posterior is a pure function of (clues, prior, version): no file, no network, no clock. The prior is
uniform per km2 and per second inside the domain. See docs/reading-an-answer.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.answer import LEVELS, Calendar, Mode, PlaceMap, Region, Sample, Truth
from noonmark.inference.clues.common import Sounding
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.domain import DAY, DAY_S, LON, TOD, Boxes, Domain, Z, latitude_deg, point_view
from noonmark.inference.grid import Effort, Leaves, refine
from noonmark.inference.marginals import calendar, place_map, place_plane, spans, time_plane
from noonmark.inference.pieces import connected_pieces
from noonmark.inference.plane import Plane
from noonmark.masks import contains
from noonmark.values import Place, Span, from_unix_s

Floats = NDArray[np.float64]

_EDGE = np.array([[1e-9], [1e-7], [1e-3], [1e-9]])
"""Rounding on the edge of a box: sine of latitude, degrees, seconds, days."""

FINE = Effort(variation_nat=0.5, stake=3e-5, polish=24_000)
MOST_MODES = 40
_CLIMB_ROUNDS, _CLIMB_CLOUD = 16, 80
LEAST_MODE = 0.002
"""Pieces of the 90 % region with less than this share of the probability are not listed."""


@dataclass(frozen=True)
class Posterior:
    """The leaves of the search with everything that is asked of them."""

    leaves: Leaves
    clues: tuple[Sounding, ...]

    @property
    def domain(self) -> Domain:
        """Where and when the answer could lie."""
        return self.leaves.domain

    @cached_property
    def mass(self) -> Floats:
        """Probability of each leaf."""
        return self.leaves.mass()

    @cached_property
    def places(self) -> Plane:
        """The place marginal."""
        return place_plane(self.leaves, self.mass)

    @cached_property
    def times(self) -> Plane:
        """The time marginal."""
        return time_plane(self.leaves, self.mass)

    @cached_property
    def _falling(self) -> tuple[NDArray[np.intp], Floats]:
        """Leaves by falling likelihood, and the mass gathered up to each."""
        order = np.argsort(-self.leaves.log_likelihood, kind="stable")
        return order, np.cumsum(self.mass[order])

    def regions(self) -> tuple[Region, ...]:
        """The 50, 90 and 99 % credible regions."""
        return tuple(self.region(level) for level in LEVELS)

    def region(self, level: float) -> Region:
        """A credible region: see :class:`noonmark.inference.answer.Region`."""
        cells = int(np.searchsorted(self._falling[1], level)) + 1
        area = self.places.measure_of(level)
        return Region(level, area, spans(self.domain, self.times, level), min(cells, self.mass.size))

    @cached_property
    def _pieces(self) -> list[tuple[NDArray[np.intp], float]]:
        """The connected pieces of the joint 90 % region worth listing: (leaves, mass), largest first."""
        order, gathered = self._falling
        inside = order[: int(np.searchsorted(gathered, 0.9)) + 1]
        piece = connected_pieces(self.domain, self.leaves.boxes.take(inside), self.mass[inside])
        masses = np.bincount(piece, weights=self.mass[inside])
        ranked = np.argsort(-masses, kind="stable")[:MOST_MODES]
        kept = [k for k in ranked if masses[k] >= LEAST_MODE] or [ranked[0]]
        return [(inside[piece == k], float(masses[k])) for k in kept]

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        """The connected pieces of the joint 90 % region, by mass, largest first."""
        return tuple(self._mode(members, mass) for members, mass in self._pieces)

    def mode_box(self, k: int) -> tuple[float, float, float, float]:
        """South, west, north and east [deg] of mode ``k``; east may pass 180, and west lie below -180."""
        boxes = self.leaves.boxes.take(self._pieces[k][0])
        south, north = latitude_deg(np.array([boxes.low()[Z].min(), boxes.high()[Z].max()]))
        low, high = boxes.low()[LON], boxes.high()[LON]
        # The widest gap of longitude is what lies outside.
        order = np.argsort(low)
        reach = np.maximum.accumulate(high[order])
        gaps = np.append(low[order][1:], low[order][0] + 360.0) - reach
        widest = int(np.argmax(gaps))
        if gaps[widest] <= 0.0 or self.domain.east_deg - self.domain.west_deg < 360.0:
            return float(south), float(low.min()), float(north), float(high.max())
        west = float(np.append(low[order][1:], low[order][0] + 360.0)[widest])
        east = float(reach[widest]) + (360.0 if widest < order.size - 1 else 0.0)
        if widest == order.size - 1:
            west -= 360.0
        return float(south), west, float(north), east

    def _mode(self, members: NDArray[np.intp], mass: float) -> Mode:
        boxes = self.leaves.boxes.take(members)
        best = members[np.argmax(self.leaves.log_likelihood[members])]
        lat, lon, unix = self.climbed(best)
        view = point_view(self.domain, np.array([lat]), np.array([lon]), np.array([unix]))
        pulls = tuple(float(c.pull_sigma(view)[0]) for c in self.clues)
        sub = Leaves(
            self.domain,
            boxes,
            self.leaves.log_likelihood[members],
            self.leaves.log_mass[members],
            self.leaves.log_volume[members],
            self.leaves.log_prior,
            0.0,
            0,
        )
        area = place_plane(sub, self.mass[members] / self.mass[members].sum())
        covered = float(area.measure[area.mass > 0.0].sum())
        place = Place(float(np.clip(lat, -90.0, 90.0)), float((lon + 180.0) % 360.0 - 180.0))
        return Mode(mass, place, from_unix_s(unix), covered, self._span(boxes), pulls)

    def _span(self, boxes: Boxes) -> Span:
        """From the earliest to the latest instant of some boxes, inside the window."""
        domain = self.domain
        low, high = boxes.low(), boxes.high()
        day_low, day_high = (np.floor(low[DAY]), np.ceil(high[DAY]) - 1.0) if domain.daily else (0.0, 0.0)
        shear = domain.shear_s_per_deg
        first = (domain.first_s + day_low * DAY_S + low[TOD] - shear * high[LON]).min()
        last = (domain.first_s + day_high * DAY_S + high[TOD] - shear * low[LON]).max()
        first, last = np.clip([first, last], domain.start_s, domain.start_s + domain.length_s)
        return Span(from_unix_s(first), from_unix_s(last))

    def log_likelihood_at(self, lat_deg: Floats, lon_deg: Floats, unix_s: Floats) -> Floats:
        """ln of the likelihood of all clues at exact places and instants; -inf outside the domain."""
        view = point_view(self.domain, lat_deg, lon_deg, unix_s)
        total = np.sum([c.log_likelihood(view) for c in self.clues], axis=0) + np.zeros(lat_deg.size)
        return np.where(self.admits(lat_deg, lon_deg, unix_s), total, -np.inf)

    def admits(self, lat_deg: Floats, lon_deg: Floats, unix_s: Floats) -> NDArray[np.bool_]:
        """Whether each place and instant lies in the domain."""
        domain = self.domain
        turned = self._turned(lon_deg)
        inside = (lat_deg >= domain.south_deg) & (lat_deg <= domain.north_deg)
        inside &= (turned <= domain.east_deg) | (domain.east_deg - domain.west_deg >= 360.0)
        inside &= (unix_s >= domain.start_s - 1e-3) & (unix_s <= domain.start_s + domain.length_s + 1e-3)
        if domain.mask is not None:
            inside &= contains(domain.mask, lat_deg, lon_deg)
        return np.asarray(inside)

    def climbed(self, leaf: np.intp) -> tuple[float, float, float]:
        """The best latitude, longitude [deg] and instant [s] near a leaf.

        **Method**: cross-entropy search (Rubinstein 1999), seeded, so repeatable: a normal cloud about the
        leaf is drawn towards its best quarter, and takes its shape, which follows valleys that lie aslant.
        """
        rng = np.random.default_rng(20)
        domain, box = self.domain, self.leaves.boxes.take(np.array([leaf]))
        start = np.array([v[0] for v in _points(domain, box.centre)])
        half = box.half[:, 0]
        reach = np.array([np.degrees(half[Z]), half[LON], half[TOD] + domain.shear_s_per_deg * half[LON]])
        reach[2] += DAY_S * half[DAY] if half[DAY] > 0.5 else 0.0
        spread = np.diag(np.square(1.5 * np.maximum(reach, [1e-7, 1e-7, 1e-3])))
        if domain.length_s == 0.0:
            spread[2] = spread[:, 2] = 0.0
        best, middle = start, start.copy()
        value = float(self.log_likelihood_at(*best[:, None])[0])
        for _ in range(_CLIMB_ROUNDS):
            cloud = rng.multivariate_normal(middle, spread, _CLIMB_CLOUD, method="eigh", check_valid="ignore")
            cloud[:, 0] = np.clip(cloud[:, 0], domain.south_deg, domain.north_deg)
            values = self.log_likelihood_at(*cloud.T)
            order = np.argsort(-values)[: _CLIMB_CLOUD // 5]
            if values[order[0]] > value:
                best, value = cloud[order[0]], float(values[order[0]])
            chosen = cloud[order[np.isfinite(values[order])]]
            if chosen.shape[0] > 3:
                middle = chosen.mean(axis=0)
                spread = np.cov(chosen.T) + 1e-4 * np.diag(np.diag(np.cov(chosen.T)))
            else:
                spread = spread * 0.25
        return float(best[0]), float(best[1]), float(best[2])

    def responsibilities(self, draws: Sample) -> Floats:
        """For each clue the posterior probability that it is mismeasured, (k,), over a sample."""
        view = point_view(self.domain, draws.lat_deg, self._turned(draws.lon_deg), draws.unix_s)
        gaps = [c.log_outlier(view) - c.log_likelihood(view) for c in self.clues]
        return np.array([float(np.exp(np.minimum(g, 0.0)).mean()) for g in gaps])

    def _turned(self, lon_deg: Floats) -> Floats:
        """Longitudes by whole turns into the domain's own range."""
        return np.asarray(self.domain.west_deg + (lon_deg - self.domain.west_deg) % 360.0)

    def place_map(self, lat_edges_deg: Floats, lon_edges_deg: Floats) -> PlaceMap:
        """The place marginal on a grid of the caller's choice."""
        return place_map(self.leaves, self.places, lat_edges_deg, lon_edges_deg)

    def calendar(self, *, rows: int = 400, columns: int = 288) -> Calendar:
        """The time marginal as date x time of day (UTC)."""
        return calendar(self.leaves, self.times, rows=rows, columns=columns)

    def sample(self, n: int, *, rng: np.random.Generator) -> Sample:
        """``n`` draws of place and instant: leaves by mass, points inside a leaf by likelihood."""
        many = 4 * n
        edges = (np.arange(many) + rng.random()) / many
        leaf = np.minimum(np.searchsorted(np.cumsum(self.mass), edges), self.mass.size - 1)
        inside = rng.uniform(-1.0, 1.0, (4, many))
        centre = self.leaves.boxes.centre[:, leaf] + inside * self.leaves.boxes.half[:, leaf]
        lat, lon, unix = _points(self.domain, centre)
        weight = self.log_likelihood_at(lat, lon, unix) - (self.leaves.log_mass - self.leaves.log_volume)[leaf]
        share = np.exp(np.minimum(weight, 30.0))
        if not share.sum() > 0.0:
            share = np.ones(many)
        draws = (np.arange(n) + rng.random()) / n
        pick = rng.permutation(np.minimum(np.searchsorted(np.cumsum(share) / share.sum(), draws), many - 1))
        return Sample(lat[pick], (lon[pick] + 180.0) % 360.0 - 180.0, unix[pick])

    def truth(self, lat_deg: float, lon_deg: float, unix_s: float) -> Truth:
        """The smallest credible levels that hold a known truth; 1 outside the domain."""
        lon = float(self._turned(np.array([lon_deg]))[0])
        view = point_view(self.domain, np.array([lat_deg]), np.array([lon]), np.array([unix_s]))
        joint = self._joint_level(view.boxes.centre)
        place = self.places.level_at(float(view.boxes.centre[Z, 0]), lon)
        if self.domain.length_s == 0.0:
            return Truth(joint, place, 0.0 if abs(unix_s - self.domain.start_s) < 1.0 else 1.0)
        base = self.domain.first_s if self.domain.daily else self.domain.start_s
        after = unix_s - base
        row, column = (after // DAY_S, after % DAY_S) if self.domain.daily else (0.0, after)
        return Truth(joint, place, self.times.level_at(float(row), float(column)))

    def _joint_level(self, point: Floats) -> float:
        """The mass of the leaves that enter a credible region before the one that holds a point (4, 1)."""
        away = np.abs(self.leaves.boxes.centre - point)
        held = (away <= self.leaves.boxes.half + _EDGE).all(axis=0)
        order, gathered = self._falling
        first = np.flatnonzero(held[order])
        if first.size == 0:
            return 1.0
        return float(gathered[first[0] - 1]) if first[0] else 0.0


def _points(domain: Domain, centre: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude [deg], longitude [deg] and POSIX seconds of points given on the axes of a box."""
    day = np.floor(centre[DAY]) * DAY_S if domain.daily else 0.0
    unix = domain.first_s + day + centre[TOD] - domain.shear_s_per_deg * centre[LON]
    return latitude_deg(np.clip(centre[Z], -1.0, 1.0)), centre[LON].copy(), np.asarray(unix)


def posterior(domain: Domain, clues: Sequence[Sounding], effort: Effort | None = None) -> Posterior:
    """The posterior of compiled clues over a domain."""
    # A track tells local solar time more finely than any clock tells UTC.
    tracked = any(c.kind == "shadow_track" for c in clues)
    if not tracked and any(isinstance(c, DirectClue) and c.in_utc for c in clues):
        domain = replace(domain, solar=False)
    if effort is None and domain.length_s == 0.0:
        effort = FINE  # two axes only: a map without steps costs little
    return Posterior(refine(domain, clues, effort), tuple(clues))
