"""The lettering of a regional map: towns that never overlap, a scale bar, degrees along the edge."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noonmark.report import ink, palette
from noonmark.report.view import View
from noonmark.world.places import places_within

Floats = NDArray[np.float64]


def write_names(page: ink.Sheet, view: View, corner_px: tuple[int, int], taken: list[ink.Box]) -> None:
    """Towns by population, each where it fits beside its dot without touching another name."""
    reach = math.degrees(view.half_km * 1.5 / 6371.0)
    lat0, lon0 = view.centre
    high = min(90.0, abs(lat0) + reach)
    wide = 180.0 if high > 85.0 else min(180.0, reach / math.cos(math.radians(high)))
    bounds = (max(-90.0, lat0 - reach), lon0 - wide, min(90.0, lat0 + reach), lon0 + wide)
    towns = places_within(bounds, 3000)
    at_px = view.to_pixels(np.array([t.lat_deg for t in towns]), np.array([t.lon_deg for t in towns]))
    with np.errstate(invalid="ignore"):
        seen = np.all((at_px >= 8.0) & (at_px <= (view.width_px - 8.0, view.height_px - 8.0)), axis=1)
    shown = 0
    for k in np.flatnonzero(seen)[:200].tolist():
        town, (x, y) = towns[k], at_px[k].tolist()
        if shown >= 22:
            break
        size = 17.0 if shown < 3 or town.capital else 15.0
        text = ink.drawable(town.name)
        width = ink.width_of(text, size_px=size)
        for left, base in ((x + 8, y + 5), (x - 8 - width, y + 5), (x - width / 2, y - 9), (x - width / 2, y + 20)):
            box = (left - 3, base - size, left + width + 3, base + 5)
            fits = box[0] > 2 and box[2] < view.width_px - 2 and box[1] > 2 and box[3] < view.height_px - 2
            if fits and not any(_overlap(box, other) for other in taken):
                taken += [box, (x - 5, y - 5, x + 5, y + 5)]
                at = (corner_px[0] + left, corner_px[1] + base)
                _dot(page, corner_px[0] + x, corner_px[1] + y, capital=town.capital)
                ink.write(page.pen, at, text, size_px=size, colour=palette.INK, halo=palette.HALO)
                shown += 1
                break


def _overlap(a: ink.Box, b: ink.Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _dot(page: ink.Sheet, x: float, y: float, *, capital: bool) -> None:
    r = 4 if capital else 3
    page.pen.ellipse((x - r - 1, y - r - 1, x + r + 1, y + r + 1), fill=palette.HALO)
    page.pen.ellipse((x - r, y - r, x + r, y + r), fill=palette.INK)
    if capital:
        page.pen.ellipse((x - 1, y - 1, x + 1, y + 1), fill=palette.HALO)


def write_scale(page: ink.Sheet, view: View, corner_px: tuple[int, int]) -> None:
    """A bar of a round number of kilometres, at most a quarter of the width."""
    most = view.half_km / 2.0
    power = 10.0 ** math.floor(math.log10(most))
    length = max(f * power for f in (1.0, 2.0, 5.0) if f * power <= most)
    text = f"{length:g} km" if length >= 1.0 else f"{length * 1000:g} m"
    x0, y = corner_px[0] + 18, corner_px[1] + view.height_px - 18
    x1 = x0 + round(length * view.px_per_km)
    for grow, colour in ((2, palette.HALO), (0, palette.INK)):
        page.pen.rectangle((x0 - grow, y - 2 - grow, x1 + grow, y + 1 + grow), fill=colour)
    middle = x0 + (x1 - x0) // 2
    page.pen.rectangle((middle, y - 1, x1 - 2, y), fill=palette.HALO)
    ink.write(page.pen, (x0, y - 9), text, size_px=15, colour=palette.INK, halo=palette.HALO)


def write_degrees(
    page: ink.Sheet,
    view: View,
    lines: Sequence[tuple[float, Floats, bool]],
    step: float,
    corner_px: tuple[int, int],
) -> None:
    """Degrees where the graticule meets the left and lower edge of the map: lines of value, points, parallel or not."""
    meridians = [value for value, _, parallel in lines if not parallel]
    lon_step = meridians[1] - meridians[0] if len(meridians) > 1 else step
    high_deg = math.degrees(view.half_km * view.height_px / view.width_px / 6371.0)
    # Round a pole the meridians meet the edges at every angle, and numbers there would mislead.
    polar = abs(view.centre[0]) + high_deg > 85.0
    for value, points, parallel in () if polar else lines:
        across = points[:, 0] if parallel else points[:, 1] - view.height_px
        k = np.flatnonzero(np.sign(across[:-1]) != np.sign(across[1:]))
        if not k.size:
            continue
        a, b = points[k[0]], points[k[0] + 1]
        x, y = (a + (b - a) * (across[k[0]] / (across[k[0]] - across[k[0] + 1]))).tolist()
        if parallel and 12 < y < view.height_px - 12:
            at, text, anchor = (-7.0, y), degrees_text(value, "N", "S", step), "rm"
        elif not parallel and 24 < x < view.width_px - 24:
            wrapped = (value + 180.0) % 360.0 - 180.0
            at, text, anchor = (x, view.height_px + 6.0), degrees_text(wrapped, "E", "W", lon_step), "ma"
        else:
            continue
        spot = (corner_px[0] + at[0], corner_px[1] + at[1])
        ink.write(page.pen, spot, text, size_px=13, colour=palette.SOFT, anchor=anchor)


def degrees_text(value: float, positive: str, negative: str, step: float) -> str:
    """A latitude or longitude as an atlas prints it: 41.8° N."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    size = f"{abs(value):.{digits}f}°"
    if abs(value) < step / 2.0 or abs(abs(value) - 180.0) < step / 2.0:
        return size
    return f"{size} {positive if value > 0 else negative}"
