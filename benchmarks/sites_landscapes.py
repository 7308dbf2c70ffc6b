"""Two landscapes for the benchmarks of dated changes: real Sentinel-2 of Romania, a made desert."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from noonmark.inference.changes.model import SeriesSet
from noonmark.inference.changes.ring import masked_median

ROMANIA = (
    Path(__file__).resolve().parents[2]
    / "shared/data/satellite/nrt_romania/sentinel2_cube_subset_romania_10m.nc"
)
BANDS = ("blue", "green", "red", "nir")
CLEAR_CLASSES = (4, 5, 6, 7)  # of the scene classification: plants, soil, water, unclassified
SIDE = 3


def romania() -> tuple[SeriesSet, np.ndarray] | None:
    """Boxes of 3 x 3 pixels of 10 m, 140 dates; None where the shared data are absent.

    Contains modified Copernicus Sentinel data 2015-2021.
    """
    if not ROMANIA.exists():
        return None
    import rasterio

    warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
    layers = []
    for name in ("B2", "B3", "B4", "B8", "SCL"):
        with rasterio.open(f"netcdf:{ROMANIA}:{name}") as source:
            layers.append(source.read())
            stated = source.tags()["NETCDF_DIM_time_VALUES"]
    t = np.array([float(day) for day in stated.strip("{}").split(",")])
    values = np.stack(layers[:4], axis=1) / 1e4
    return boxes(t, values, np.isin(layers[4], CLEAR_CLASSES))


def desert(seed: int = 17, *, side: int = 99, dates: int = 110) -> tuple[SeriesSet, np.ndarray]:
    """A made desert: bright bare ground in patches, dust, a sun that changes its tone, few clouds.

    Works there replace bare ground with bare ground: the hard case.
    """
    rng = np.random.default_rng(seed)
    t = np.sort(rng.choice(np.arange(0, 1900, 5), dates, replace=False)).astype(float)
    base = np.array([0.13, 0.18, 0.25, 0.31])
    patches = rng.standard_normal((5, side // 9 + 1, side // 9 + 1))
    patches = np.kron(patches, np.ones((9, 9)))[:, :side, :side]
    grain = rng.standard_normal((side, side))
    ground = base[:, None, None] * (1 + 0.06 * patches[:1] + 0.015 * patches[1:] + 0.03 * grain)
    tone = 1 + 0.05 * np.cos(2 * np.pi * t / 365.2425 - 1.0) + 0.015 * rng.standard_normal(dates)
    dust = np.abs(0.012 * rng.standard_normal(dates)) * (rng.random(dates) < 0.4)
    storm = rng.random(dates) < 0.06
    dust[storm] += 0.05
    brown = np.array([0.6, 0.9, 1.1, 1.1])
    values = ground[None] * tone[:, None, None, None]
    values = values + dust[:, None, None, None] * brown[None, :, None, None]
    values += 0.004 * rng.standard_normal(values.shape)
    clear = np.ones((dates, side, side), dtype=bool)
    for day in np.flatnonzero(rng.random(dates) < 0.3):
        row, col, radius = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(10, 60)
        down, right = np.mgrid[:side, :side]
        far = np.hypot(down - row, right - col)
        clear[day] = far > radius
        thin = (far > radius) & (far < radius + 3)  # the edge that a mask misses
        values[day, :, thin] += 0.08
    return boxes(t, values, clear)


def boxes(t: np.ndarray, values: np.ndarray, clear: np.ndarray) -> tuple[SeriesSet, np.ndarray]:
    """Medians of 3 x 3 pixels where 7 of them are clear; and each box's row and column."""
    rows, cols = (size // SIDE for size in values.shape[2:])

    def split(array: np.ndarray) -> np.ndarray:
        cut = array[..., : rows * SIDE, : cols * SIDE]
        whole = cut.reshape(*array.shape[:-2], rows, SIDE, cols, SIDE).swapaxes(-3, -2)
        return whole.reshape(*array.shape[:-2], rows * cols, SIDE * SIDE)

    shown = split(clear)
    series = masked_median(np.where(shown[:, None], split(values), np.nan), axis=-1)
    series = series.transpose(2, 0, 1)
    seen = (shown.mean(axis=-1) >= 0.7).T & np.isfinite(series).all(axis=2)
    place = np.stack(np.divmod(np.arange(rows * cols), cols), axis=1)
    enough = seen.sum(axis=1) >= 30
    return SeriesSet(t, np.nan_to_num(series)[enough], seen[enough]), place[enough]
