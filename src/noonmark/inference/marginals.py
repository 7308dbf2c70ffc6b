"""The marginals of a posterior: of the place alone and of the time alone.

The leaves of the search, boxes of place and time, become densities over places and over times.
Maps, calendars, areas and spans of time are read off these.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.area_mask import AreaMask, fraction, stated_share
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.credible_rank import smoothed_ranks
from noonmark.inference.merged_boxes import AlikeBoxes
from noonmark.inference.rect_density import GridDensity, Measure, cell_areas, density_of_rectangles
from noonmark.inference.search.branch_and_bound import Leaves
from noonmark.inference.search.domain import (
    LON,
    TOD,
    Boxes,
    Domain,
    Z,
    latitude_deg,
    sine_authalic,
)
from noonmark.inference.utc_rectangles import utc_rectangles

MOST_PLACES = (600, 800)
MOST_TIMES = (1200, 540)
MOST_SHORT_TIMES = (1, 4000)
"""Rows and columns of a density at most: of places, of times, of times in less than a day."""

_PRIOR_ROWS = 180
"""Rows and columns on which the area of a prior is added up."""

_ONE_INSTANT = GridDensity(
    mass=np.ones((1, 1)),
    measure=np.ones((1, 1)),
    rank=np.zeros((1, 1)),
    rows=np.array([0.0, 1.0]),
    columns=np.array([0.0, 1.0]),
)
"""The time marginal of a known instant."""

_TRIFLE = 1e-7
"""Leaves that together hold less are left out of marginals (they are in the outcome's error)."""


def _weighty(mass: Floats) -> NDArray[np.bool_]:
    """The leaves that hold all but a trifle of the probability, as a mask (n,).

    Most leaves are coarse boxes of hardly any probability, and each would cost as much as any.
    """
    may_go = np.flatnonzero(mass < _TRIFLE)
    order = may_go[np.argsort(mass[may_go])]
    light = np.cumsum(mass[order]) < _TRIFLE
    keep = np.ones(mass.size, dtype=bool)
    keep[order[light]] = False
    return keep


def _told_boxes(
    alike: AlikeBoxes,
    mass: Floats,
) -> tuple[Boxes, Floats]:
    """What a marginal is added up from: boxes, each once, and their mass."""
    mass = alike.added(mass)
    keep = _weighty(mass)
    return alike.boxes.take(keep), mass[keep]


def place_density(
    leaves: Leaves,
    mass: Floats,
) -> GridDensity:
    """The place marginal.

    Rows are sines of authalic latitude, columns longitudes [deg]; the measure is km2.
    """
    boxes, mass = _told_boxes(leaves.by_scatter, mass)
    mask = leaves.domain.mask

    def area_km2(
        rows: Floats,
        columns: Floats,
    ) -> Floats:
        height = np.diff(rows)[:, None]
        width = np.radians(np.diff(columns))[None, :]
        cells = AUTHALIC_RADIUS_KM**2 * height * width
        if mask is None:
            return cells
        inside = masked_share(mask, latitude_deg(rows), columns)
        return np.asarray(cells * inside * stated_share(mask))

    axes = [Z, LON]
    return density_of_rectangles(
        boxes.low()[axes],
        boxes.high()[axes],
        mass,
        area_km2,
        most=MOST_PLACES,
    )


def prior_area_km2(domain: Domain) -> float:
    """The area of the domain: as stated for its mask, else of its rectangle or its raster."""
    if domain.mask is not None and domain.mask.stated_km2 is not None:
        return domain.mask.stated_km2
    if domain.mask is None:
        south, north = sine_authalic(np.array([domain.south_deg, domain.north_deg])).tolist()
        width = np.radians(domain.width_deg)
        return float(AUTHALIC_RADIUS_KM**2 * (north - south) * width)
    rows = sine_authalic(np.linspace(domain.south_deg, domain.north_deg, _PRIOR_ROWS + 1))
    columns = np.linspace(domain.west_deg, domain.east_deg, _PRIOR_ROWS + 1)
    height = np.diff(rows)[:, None]
    width = np.radians(np.diff(columns))[None, :]
    cells = AUTHALIC_RADIUS_KM**2 * height * width
    return float((cells * masked_share(domain.mask, latitude_deg(rows), columns)).sum())


def masked_share(
    mask: AreaMask,
    lat_edges_deg: Floats,
    lon_edges_deg: Floats,
) -> Floats:
    """The share of each cell of a grid that lies inside a mask, in [0, 1], (n, m).

    ``lat_edges_deg`` (n + 1,) and ``lon_edges_deg`` (m + 1,) are the edges of the cells.
    """
    return fraction(
        mask,
        lat_edges_deg[:-1, None],
        lat_edges_deg[1:, None],
        lon_edges_deg[None, :-1],
        lon_edges_deg[None, 1:],
    )


def time_density(
    leaves: Leaves,
    mass: Floats,
) -> GridDensity:
    """The time marginal.

    Rows are UTC days after the domain's first UTC day, columns seconds of the day; the measure is
    day-seconds. For a window shorter than a day there is one row and the columns are seconds after
    its start; one second stands for a known instant.
    """
    domain = leaves.domain
    if domain.length_s == 0.0:
        return _ONE_INSTANT
    boxes, mass = _told_boxes(leaves.by_time, mass)
    if domain.daily:
        times = _daily_time_density(domain, boxes, mass)
    else:
        times = _short_time_density(boxes.low()[TOD], boxes.high()[TOD], mass)
    return replace(times, rank=smoothed_ranks(times.rank))


def _daily_time_density(domain: Domain, boxes: Boxes, mass: Floats) -> GridDensity:
    """The time marginal of a window of a day or more."""
    rectangles = utc_rectangles(domain, boxes, mass)
    start, end = _window_s(domain)
    return density_of_rectangles(
        rectangles.low,
        rectangles.high,
        rectangles.mass,
        _time_in_window(domain),
        most=MOST_TIMES,
        row_edges=np.array([np.floor(start / DAY_S), np.ceil(end / DAY_S)]),
    )


def _window_s(domain: Domain) -> tuple[float, float]:
    """The start and the end of the window, in seconds after the domain's first day began."""
    start = domain.start_s - domain.first_s
    return start, domain.start_s + domain.length_s - domain.first_s


def _time_in_window(domain: Domain) -> Measure:
    """The measure of cells of UTC days x seconds of the day: what of each lies in the window."""
    start, end = _window_s(domain)

    def time_inside(
        rows: Floats,
        columns: Floats,
    ) -> Floats:
        cells = cell_areas(rows, columns)
        outside = (rows[:-1] * DAY_S < start) | (rows[1:] * DAY_S > end)
        for k in np.flatnonzero(outside):
            days = np.arange(np.floor(rows[k]), np.ceil(rows[k + 1]))[:, None] * DAY_S
            starts = np.clip(days + columns[None, :-1], start, end)
            ends = np.clip(days + columns[None, 1:], start, end)
            cells[k] = (ends - starts).sum(0)
        return cells

    return time_inside


def _short_time_density(
    low: Floats,
    high: Floats,
    mass: Floats,
) -> GridDensity:
    """The time marginal of a window shorter than a day."""
    return density_of_rectangles(
        np.stack([np.zeros(mass.size), low]),
        np.stack([np.ones(mass.size), high]),
        mass,
        cell_areas,
        most=MOST_SHORT_TIMES,
    )
