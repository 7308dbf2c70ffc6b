"""What the leaves say of places alone and of times alone: densities, credible sets, maps, calendars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.earth import AUTHALIC_RADIUS_KM, cell_area_km2
from noonmark.inference.answer import Calendar, PlaceMap
from noonmark.inference.domain import DAY, DAY_S, LON, TOD, Domain, Z, latitude_deg, sine_authalic
from noonmark.inference.grid import Leaves
from noonmark.inference.plane import Plane, hpd_levels, plane, ranks
from noonmark.masks import fraction
from noonmark.values import Span, from_unix_s

Floats = NDArray[np.float64]

MOST_PLACES = (600, 800)
MOST_TIMES = (1200, 720)
MOST_SPANS = 400
_TRIFLE = 1e-7
"""Leaves that together hold less than this are left out of marginals (they are in the outcome's error)."""


def _weighty(mass: Floats) -> NDArray[np.bool_]:
    """The leaves that hold all but a trifle of the probability."""
    order = np.argsort(mass)
    light = np.cumsum(mass[order]) < _TRIFLE
    keep = np.ones(mass.size, dtype=bool)
    keep[order[light]] = False
    return keep


def place_plane(leaves: Leaves, mass: Floats) -> Plane:
    """The place marginal: rows are sines of authalic latitude, columns longitudes [deg], measure km2."""
    keep = _weighty(mass)
    low, high = leaves.boxes.low()[:, keep], leaves.boxes.high()[:, keep]
    mask = leaves.domain.mask

    def area(rows: Floats, columns: Floats) -> Floats:
        cells = AUTHALIC_RADIUS_KM**2 * np.diff(rows)[:, None] * np.radians(np.diff(columns))[None, :]
        if mask is None:
            return cells
        lat = latitude_deg(rows)
        inside = fraction(mask, lat[:-1, None], lat[1:, None], columns[None, :-1], columns[None, 1:])
        return np.asarray(cells * inside)

    return plane(low[[Z, LON]], high[[Z, LON]], mass[keep], area, most=MOST_PLACES)


def time_plane(leaves: Leaves, mass: Floats) -> Plane:
    """The time marginal: rows are UTC days after the domain's first UTC day, columns seconds of the day.

    For a window shorter than a day there is one row and the columns are seconds after its start.
    """
    domain = leaves.domain
    keep = _weighty(mass)
    boxes, mass = leaves.boxes.take(keep), mass[keep]
    if not domain.daily:
        low, high = boxes.low(), boxes.high()
        rows = np.stack([np.zeros(mass.size), low[TOD]]), np.stack([np.ones(mass.size), high[TOD]])
        if domain.length_s == 0.0:
            rows[1][1] = rows[0][1] + 1.0
        return plane(*rows, mass, _seconds, most=(1, 4000))
    low, high, mass = _utc_rectangles(domain, leaves, boxes.centre, boxes.half, mass)
    window = (domain.start_s - domain.first_s, domain.start_s + domain.length_s - domain.first_s)

    def inside(rows: Floats, columns: Floats) -> Floats:
        cells = _seconds(rows, columns)
        for k in np.flatnonzero((rows[:-1] * DAY_S < window[0]) | (rows[1:] * DAY_S > window[1])):
            days = np.arange(np.floor(rows[k]), np.ceil(rows[k + 1]))[:, None] * DAY_S
            starts = np.clip(days + columns[None, :-1], *window)
            ends = np.clip(days + columns[None, 1:], *window)
            cells[k] = (ends - starts).sum(0)
        return cells

    days = np.array([np.floor(window[0] / DAY_S), np.ceil(window[1] / DAY_S)])
    return plane(low, high, mass, inside, most=MOST_TIMES, include=np.stack([days, days]))


def _seconds(rows: Floats, columns: Floats) -> Floats:
    return np.asarray(np.diff(rows)[:, None] * np.diff(columns)[None, :])


def _utc_rectangles(
    domain: Domain, leaves: Leaves, centre: Floats, half: Floats, mass: Floats
) -> tuple[Floats, Floats, Floats]:
    """Boxes as rectangles of UTC day x second of the UTC day, cut at longitudes and at midnight."""
    shear = domain.shear_s_per_deg
    width_s = 2.0 * shear * half[LON]
    slices = np.clip(np.ceil(width_s / np.maximum(2.0 * half[TOD], 600.0)), 1, 12).astype(np.intp)
    of = np.repeat(np.arange(mass.size), slices)
    step = np.arange(of.size) - np.repeat(np.cumsum(slices) - slices, slices)
    lon_half = half[LON][of] / slices[of]
    lon = centre[LON][of] - half[LON][of] + lon_half * (2.0 * step + 1.0)
    start = centre[TOD][of] - half[TOD][of] - shear * (lon + lon_half)
    end = centre[TOD][of] + half[TOD][of] - shear * (lon - lon_half)
    share = mass[of] / slices[of]
    day_low, day_high = centre[DAY][of] - half[DAY][of], centre[DAY][of] + half[DAY][of]
    turn = np.floor(start / DAY_S)
    start, end = start - turn * DAY_S, end - turn * DAY_S
    day_low, day_high = day_low + turn, day_high + turn
    late = end > DAY_S + 1e-6
    before = np.where(late, (DAY_S - start) / (end - start), 1.0)
    low = np.stack([day_low, start])
    high = np.stack([day_high, np.minimum(end, DAY_S)])
    low = np.concatenate([low, np.stack([day_low + 1.0, np.zeros(of.size)])[:, late]], axis=1)
    high = np.concatenate([high, np.stack([day_high + 1.0, end - DAY_S])[:, late]], axis=1)
    return low, high, np.concatenate([share * before, (share * (1.0 - before))[late]])


def spans(domain: Domain, times: Plane, level: float) -> tuple[Span, ...]:
    """The spans of UTC in the smallest set of instants that holds ``level`` of the probability.

    More than ``MOST_SPANS`` are joined over the shortest gaps, which only widens the set.
    """
    if domain.length_s == 0.0:
        moment = from_unix_s(domain.start_s)
        return (Span(moment, moment),)
    order = np.argsort(-times.rank, axis=None)
    total = np.cumsum(times.mass.ravel()[order])
    count = int(np.searchsorted(total, level * total[-1])) + 1
    chosen = np.zeros(times.mass.size, dtype=bool)
    chosen[order[:count]] = True
    pieces = _intervals(times, chosen.reshape(times.mass.shape), daily=domain.daily)
    base = domain.first_s if domain.daily else domain.start_s
    window = (domain.start_s, domain.start_s + domain.length_s)
    edges = np.clip(_united(pieces) + base, *window)
    return tuple(Span(from_unix_s(a), from_unix_s(b)) for a, b in edges if b > a)


def _intervals(times: Plane, chosen: NDArray[np.bool_], *, daily: bool) -> Floats:
    """Start and end [s] of each run of chosen cells, (n, 2), day by day unless the run fills whole days."""
    found: list[Floats] = []
    for k in np.flatnonzero(chosen.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], chosen[k].astype(np.int8), [0]])))
        runs = times.columns[edges].reshape(-1, 2)
        if not daily:
            found.append(runs)
        elif runs.shape[0] == 1 and runs[0, 1] - runs[0, 0] >= DAY_S - 1.0:
            found.append(np.array([[times.rows[k], times.rows[k + 1]]]) * DAY_S)
        else:
            days = np.arange(round(times.rows[k]), max(round(times.rows[k + 1]), round(times.rows[k]) + 1)) * DAY_S
            found.append((days[:, None, None] + runs[None]).reshape(-1, 2))
    return np.concatenate(found)


def _united(pieces: Floats) -> Floats:
    """Touching intervals joined; gaps that are short beside what they part are closed, and then the
    shortest until there are few enough."""
    pieces = pieces[np.argsort(pieces[:, 0])]
    ends = np.maximum.accumulate(pieces[:, 1])
    gaps = pieces[1:, 0] - ends[:-1]
    around = np.maximum(np.diff(pieces, axis=1)[1:, 0], np.diff(pieces, axis=1)[:-1, 0])
    wide = gaps > np.maximum(1.0, 0.25 * around)
    if wide.sum() >= MOST_SPANS:
        wide &= gaps > np.sort(gaps)[-MOST_SPANS]
    cut = np.flatnonzero(wide)
    starts = pieces[np.concatenate([[0], cut + 1]), 0]
    return np.stack([starts, ends[np.concatenate([cut, [pieces.shape[0] - 1]])]], axis=1)


def place_map(leaves: Leaves, places: Plane, lat_edges_deg: Floats, lon_edges_deg: Floats) -> PlaceMap:
    """The place marginal on a grid of latitudes and longitudes (which may pass 180)."""
    mass = places.resampled(sine_authalic(lat_edges_deg), lon_edges_deg)
    for turn in (-360.0, 360.0):
        shifted = lon_edges_deg + turn
        if shifted[-1] > places.columns[0] and shifted[0] < places.columns[-1]:
            mass = mass + places.resampled(sine_authalic(lat_edges_deg), shifted)
    lat_lo, lat_hi = lat_edges_deg[:-1, None], lat_edges_deg[1:, None]
    area = np.asarray(cell_area_km2(lat_lo, lat_hi, np.diff(lon_edges_deg)[None, :]))
    mask = leaves.domain.mask
    if mask is not None:
        inside = fraction(mask, lat_lo, lat_hi, lon_edges_deg[None, :-1], lon_edges_deg[None, 1:])
        held, mass = mass.sum(), mass * inside
        mass *= held / max(float(mass.sum()), 1e-300)
    density = mass / area
    rank = ranks(density, mass, sine_authalic(lat_edges_deg), lon_edges_deg)
    return PlaceMap(lat_edges_deg, lon_edges_deg, mass, density, _levels(rank, mass))


def _levels(rank: Floats, mass: Floats) -> Floats:
    """Levels over a grid that may hold only a part of the mass: what is outside is taken as ranking last."""
    levels = hpd_levels(rank, mass) * min(float(mass.sum()), 1.0)
    return np.where(mass > 0.0, levels, 1.0)


def calendar(leaves: Leaves, times: Plane, *, rows: int = 400, columns: int = 288) -> Calendar:
    """The time marginal on even cells: date x time of day (UTC), or one row for a short window."""
    domain = leaves.domain
    if not domain.daily:
        edges = np.linspace(times.columns[0], times.columns[-1], min(columns, 288) + 1)
        mass = times.resampled(times.rows, edges)
        midnight = np.floor(domain.start_s / DAY_S) * DAY_S
        levels = hpd_levels(ranks(mass / np.diff(edges), mass, times.rows, edges), mass)
        return Calendar(np.array([midnight]), 1, edges + (domain.start_s - midnight), mass, levels)
    n_days = int(np.ceil(times.rows[-1]) - np.floor(times.rows[0]))
    per_row = max(1, -(-n_days // rows))
    first = np.floor(times.rows[0])
    day_edges = first + np.arange(0, n_days + per_row, per_row, dtype=np.float64)
    edges = np.linspace(0.0, DAY_S, columns + 1)
    mass = times.resampled(day_edges, edges)
    days = domain.first_s + day_edges[:-1] * DAY_S
    return Calendar(days, per_row, edges, mass, hpd_levels(ranks(mass, mass, day_edges, edges), mass))
