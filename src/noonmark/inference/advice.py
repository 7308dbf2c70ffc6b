"""What to measure next: for each thing that could still be learnt, how much it is expected to tell.

**Method**: mutual information between the new measurement and the place and instant, estimated from
the posterior's own sample (Lindley, "On a measure of the information provided by an experiment",
1956). The expected area averages the 90 % area over measurements drawn from the same sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.earth import authalic_from_geodetic_deg
from noonmark.inference.answer import Advice, Sample
from noonmark.inference.domain import DAY_S, Domain, View, point_view
from noonmark.inference.sky import Sky, seen_elevation_deg

Floats = NDArray[np.float64]

DRAWS = 24
CENTRES = 200
_BINS = 24


@dataclass(frozen=True)
class Option:
    """A measurement that could be made: its value [any unit] over a sample, its sigma, its period if it turns."""

    measure: str
    value: Floats
    sigma: float
    period: float | None = None
    sigma_deg: float | None = None


def advice(domain: Domain, draws: Sample, area_km2: float, *, rng: np.random.Generator) -> tuple[Advice, ...]:
    """The options worth their trouble, most information first. ``area_km2`` is the 90 % area as it stands."""
    bins = _place_bins(draws)
    base = _area(bins, np.full(draws.lat_deg.size, 1.0 / draws.lat_deg.size))
    out = []
    for option in _options(domain, draws):
        bits, share = _worth(option, bins, base, rng)
        if bits > 0.05:
            out.append(Advice(option.measure, option.sigma_deg, area_km2 * min(share, 1.0), bits))
    return tuple(sorted(out, key=lambda a: -a.information_bits))


def _options(domain: Domain, draws: Sample) -> list[Option]:
    """What an analyst could still look for, given what is unknown."""
    lon = domain.west_deg + (draws.lon_deg - domain.west_deg) % 360.0
    view = point_view(domain, draws.lat_deg, lon, draws.unix_s)
    sky = view.sky() if domain.length_s > 0.0 else view.sky(at_s=domain.start_s)
    later = view.sky(offset_s=3600.0) if domain.length_s > 0.0 else view.sky(at_s=domain.start_s + 3600.0)
    azimuth, elevation = sky.azimuth_deg(), seen_elevation_deg(sky.elevation_deg())
    turn = (later.azimuth_deg() - azimuth + 180.0) % 360.0 - 180.0
    options = [
        Option("sun_azimuth", azimuth, 2.0, 360.0, 2.0),
        Option("sun_elevation", elevation, 1.0, None, 1.0),
        Option("shadow_turn in one hour", turn, 1.0, None, 1.0),
        Option("lit_face of a wall facing south", _lit(view, sky, 180.0), 0.25),
        Option("lit_face of a wall facing east", _lit(view, sky, 90.0), 0.25),
    ]
    if domain.length_s > 900.0:
        minutes = draws.unix_s % DAY_S / 60.0
        options.append(Option("time of day (UTC) within 5 minutes", minutes, 5.0, 1440.0))
    if domain.length_s > 3.0 * DAY_S:
        options.append(Option("date within a day", np.floor(draws.unix_s / DAY_S), 1.0))
    return options


def _lit(view: View, sky: Sky, facing_deg: float) -> Floats:
    """1 where a wall facing this way is in the sun, else 0."""
    facing = np.radians(facing_deg)
    return np.asarray((np.sin(facing) * sky.east + np.cos(facing) * sky.north > 0.0).astype(np.float64))


def _worth(
    option: Option, bins: tuple[NDArray[np.intp], Floats], base: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Expected information [bit] and expected share of the area that remains."""
    count = option.value.size
    chosen = rng.integers(0, count, CENTRES)
    seen = option.value[chosen] + option.sigma * rng.standard_normal(CENTRES)
    away = seen[:, None] - option.value[None, :]
    if option.period is not None:
        away = (away + option.period / 2.0) % option.period - option.period / 2.0
    fit = np.exp(-0.5 * np.square(away / option.sigma))
    mean = fit.mean(axis=1)
    # I = H(y) - H(y | x), both up to the same normalising constant of the normal density.
    bits = float((-np.log(np.maximum(mean, 1e-300))).mean() - 0.5) / np.log(2.0)
    areas = [_area(bins, fit[k] / (count * mean[k])) for k in range(DRAWS)]
    return max(bits, 0.0), float(np.mean(areas)) / max(base, 1e-300)


def _place_bins(draws: Sample) -> tuple[NDArray[np.intp], Floats]:
    """Bins that each hold the same share of the sample, (bin of each draw, area of each bin)."""
    z = np.sin(np.radians(authalic_from_geodetic_deg(draws.lat_deg)))
    row_edges = np.quantile(z, np.linspace(0.0, 1.0, _BINS + 1))
    row = np.clip(np.searchsorted(row_edges, z, side="right") - 1, 0, _BINS - 1)
    bin_of, areas = np.zeros(z.size, dtype=np.intp), np.zeros(_BINS * _BINS)
    for k in range(_BINS):
        inside = np.flatnonzero(row == k)
        if inside.size == 0:
            continue
        lon = draws.lon_deg[inside]
        edges = np.quantile(lon, np.linspace(0.0, 1.0, _BINS + 1))
        column = np.clip(np.searchsorted(edges, lon, side="right") - 1, 0, _BINS - 1)
        bin_of[inside] = k * _BINS + column
        areas[k * _BINS : (k + 1) * _BINS] = (row_edges[k + 1] - row_edges[k]) * np.diff(edges)
    return bin_of, np.maximum(areas, 1e-18)


def _area(bins: tuple[NDArray[np.intp], Floats], weight: Floats) -> float:
    """The area, in the bins' unit, of the smallest set of bins that holds 90 % of the weight."""
    bin_of, areas = bins
    mass = np.bincount(bin_of, weights=weight, minlength=areas.size)
    order = np.argsort(-mass / areas)
    gathered = np.cumsum(mass[order])
    return float(np.interp(0.9 * gathered[-1], gathered, np.cumsum(areas[order])))
