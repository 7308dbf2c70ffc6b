"""Made sites: a folder with images in which one feature was built on a known day, or none was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from noonmark.sites import chips, images, site_folder
from noonmark.sites.outline import SiteFeature

START = datetime(2019, 1, 3, 5, 30, tzinfo=UTC)
HALL = ((12.0, 12.0), (15.0, 12.0), (15.0, 15.0), (12.0, 15.0))
GREEN = np.array([0.03, 0.05, 0.04, 0.28])
ROOF = np.array([0.14, 0.155, 0.165, 0.205])
OUTLINE = (((86.0, 41.8), (86.01, 41.8), (86.01, 41.81), (86.0, 41.81)),)


def write_site(
    folder: Path,
    *,
    seed: int,
    built_on_day: float | None,
    dates: int = 60,
    side: int = 27,
    stacks: tuple[str, ...] = ("sentinel-2",),
) -> Path:
    """A site with a hall of 3 x 3 pixels; images on days of ``seed``'s own, some of them cloudy.

    ``built_on_day`` counts from START; None for a site at which nothing happened. Every name in
    ``stacks`` makes a series of its own, a day apart.
    """
    rng = np.random.default_rng(seed)
    site_folder.create(folder, f"made-{seed}", [SiteFeature("hall", "roof", OUTLINE, 6.0, 30.0)])
    days = np.sort(rng.choice(np.arange(0, 1500), dates, replace=False)).astype(float)
    ground = GREEN[:, None, None] * (1 + 0.06 * rng.standard_normal((1, side, side)))
    rows = []
    for number, stack in enumerate(stacks):
        for day in days + number:
            rows.append(_image(folder, rng, ground, float(day), stack, built_on_day))
    images.write(folder, rows)
    return folder


def _image(
    folder: Path,
    rng: np.random.Generator,
    ground: np.ndarray,
    day: float,
    stack: str,
    built_on_day: float | None,
) -> images.SiteImage:
    """Write one image's chip; its row."""
    season = 1 + 0.3 * np.cos(2 * np.pi * day / 365.2425)
    values = ground * season + 0.008 * rng.standard_normal()
    if built_on_day is not None and day >= built_on_day:
        values = values.copy()
        values[:, 12:15, 12:15] = ROOF[:, None, None]
    values = (values + 0.004 * rng.standard_normal(values.shape)).astype(np.float32)
    clear = np.ones(values.shape[1:], dtype=bool)
    if rng.random() < 0.25:
        clear[:, : int(rng.integers(1, values.shape[2]))] = False
    chip = chips.Chip(values, clear)
    when = START + timedelta(days=day)
    name = f"{stack}-{when:%Y%m%d}"
    (folder / "chips" / f"{name}.npz").write_bytes(chips.packed(chip))
    grid = {
        "bands": ["blue", "green", "red", "nir"],
        "pixel_m": 10.0,
        "transform": [10, 0, 0, 0, -10, 0],
        "crs": "EPSG:32646",
        "outlines": {"hall": [[list(point) for point in HALL]]},
        "sha256": chips.digest(chip),
    }
    taken = images.Taken(when, when, "metadata")
    row = images.SiteImage(name, "0" * 64, (), "made", name, taken, 10.0, stack=stack)
    return replace(row, chip=grid)
