"""Tables of the marginals for figures and files: maps of places and calendars of times."""

from __future__ import annotations

import math

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.earth import cell_area_km2
from noonmark.inference.answer import Calendar, PlaceMap
from noonmark.inference.credible_rank import hpd_levels, ranks, smoothed_ranks
from noonmark.inference.marginals import masked_share
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.search.branch_and_bound import Leaves
from noonmark.inference.search.domain import Domain, sine_authalic

MOST_COLUMNS = 288
"""Columns of a calendar of one row at most: five minutes each for a whole day."""


def place_map(
    leaves: Leaves, places: GridDensity, lat_edges_deg: Floats, lon_edges_deg: Floats
) -> PlaceMap:
    """The place marginal on a grid of latitudes and longitudes.

    ``lat_edges_deg`` (n + 1,) and ``lon_edges_deg`` (m + 1,) are ascending; longitudes may pass
    180. The grid may be smaller than the domain. See :class:`noonmark.inference.answer.PlaceMap`.
    """
    rows = sine_authalic(lat_edges_deg)
    mass = _mass_in_any_turn(places, rows, lon_edges_deg)
    mask = leaves.domain.mask
    if mask is not None:
        # Cells of the marginal may be coarser than the mask: what lies outside is spread inside.
        total = mass.sum()
        mass = mass * masked_share(mask, lat_edges_deg, lon_edges_deg)
        mass *= total / max(float(mass.sum()), 1e-300)
    south_deg = lat_edges_deg[:-1, None]
    north_deg = lat_edges_deg[1:, None]
    width_deg = np.diff(lon_edges_deg)[None, :]
    density = mass / np.asarray(cell_area_km2(south_deg, north_deg, width_deg))
    rank = ranks(density, mass, rows, lon_edges_deg)
    return PlaceMap(lat_edges_deg, lon_edges_deg, mass, density, _levels(rank, mass))


def _mass_in_any_turn(
    places: GridDensity,
    rows: Floats,
    lon_edges_deg: Floats,
) -> Floats:
    """The mass in the cells of a grid whose longitudes may be a turn away from the marginal's."""
    mass = places.resampled(rows, lon_edges_deg)
    first_deg = places.columns[0]
    last_deg = places.columns[-1]
    for turn_deg in (-360.0, 360.0):
        turned_deg = lon_edges_deg + turn_deg
        if turned_deg[-1] > first_deg and turned_deg[0] < last_deg:
            mass = mass + places.resampled(rows, turned_deg)
    return mass


def _levels(
    rank: Floats,
    mass: Floats,
) -> Floats:
    """Credible levels (n, m) of cells that may hold only a part of the probability.

    What the grid does not hold is taken to rank last; a cell without mass is in no region.
    """
    levels = hpd_levels(rank, mass) * min(float(mass.sum()), 1.0)
    return np.where(mass > 0.0, levels, 1.0)


def calendar(
    leaves: Leaves, times: GridDensity, *, rows: int = 400, columns: int = 288
) -> Calendar:
    """The time marginal on even cells, at most ``rows`` x ``columns`` of them.

    Cells are date x time of day (UTC), or times after midnight in one row for a window shorter
    than a day. See :class:`noonmark.inference.answer.Calendar`.
    """
    domain = leaves.domain
    if not domain.daily:
        return _short_calendar(domain, times, min(columns, MOST_COLUMNS))
    first_day = np.floor(times.rows[0])
    n_days = int(np.ceil(times.rows[-1]) - first_day)
    days_per_row = max(1, math.ceil(n_days / rows))
    days = np.arange(0, n_days + days_per_row, days_per_row, dtype=np.float64)
    row_edges = first_day + days
    tod_edges_s = np.linspace(0.0, DAY_S, columns + 1)
    mass = times.resampled(row_edges, tod_edges_s)
    rank = smoothed_ranks(ranks(mass, mass, row_edges, tod_edges_s))
    levels = hpd_levels(rank, mass)
    days_s = domain.first_s + row_edges[:-1] * DAY_S
    return Calendar(days_s, days_per_row, tod_edges_s, mass, levels)


def _short_calendar(
    domain: Domain,
    times: GridDensity,
    columns: int,
) -> Calendar:
    """The time marginal of a window shorter than a day, in one row."""
    edges_s = np.linspace(times.columns[0], times.columns[-1], columns + 1)
    mass = times.resampled(times.rows, edges_s)
    density = mass / np.diff(edges_s)
    rank = smoothed_ranks(ranks(density, mass, times.rows, edges_s))
    levels = hpd_levels(rank, mass)
    midnight_s = np.floor(domain.start_s / DAY_S) * DAY_S
    tod_edges_s = edges_s + (domain.start_s - midnight_s)
    return Calendar(np.array([midnight_s]), 1, tod_edges_s, mass, levels)
