"""The labels of a regional map: towns that never overlap, and a scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.report.canvas import (
    Box,
    Point,
    Sheet,
    TextStyle,
    drawable,
    text_width_px,
    write,
)
from noonmark.report.map_extent import MapExtent, lon_reach_deg
from noonmark.report.palette import HALO, INK, Colour
from noonmark.world.places import places_within

_MOST_NAMES = 22
_MOST_TRIED = 200
_LARGE_NAMES = 3
# Names keep so far from the edge of the map and from one another [px].
_EDGE_PX = 2
_PAD_PX = 3
_LARGE = TextStyle(17.0, INK, halo=HALO)
_SMALL = TextStyle(15.0, INK, halo=HALO)
_SCALE = TextStyle(15, INK, halo=HALO)


def write_names(
    page: Sheet,
    extent: MapExtent,
    corner_px: tuple[int, int],
    taken: list[Box],
) -> None:
    """Writes towns by population, each where its name fits beside its dot.

    ``taken`` are the boxes that no name may touch [px of the map]; those of the names are added.
    """
    towns = places_within(_bounds(extent), 3000)
    lat = np.array([town.lat_deg for town in towns])
    lon = np.array([town.lon_deg for town in towns])
    at_px = extent.to_pixels(lat, lon)
    left, top = corner_px
    shown = 0
    for k in _on_map(extent, at_px)[:_MOST_TRIED]:
        if shown >= _MOST_NAMES:
            break
        town = towns[k]
        style = _LARGE if shown < _LARGE_NAMES or town.capital else _SMALL
        text = drawable(town.name)
        label = _Label(text, style, text_width_px(text, style), *at_px[k].tolist())
        found = _free_position(extent, label, taken)
        if found is not None:
            name_left, baseline = found
            _draw_dot(page, left + label.x, top + label.y, capital=town.capital)
            write(page, (left + name_left, top + baseline), text, style)
            shown += 1


@dataclass(frozen=True)
class _Label:
    """A town's name and the point (x, y) of its dot [px of the map]."""

    text: str
    style: TextStyle
    width_px: float
    x: float
    y: float

    def positions(self) -> Iterator[Point]:
        """Where the name may begin, the best first: right, left, above, below the dot."""
        centred = self.x - self.width_px / 2
        yield self.x + 8, self.y + 5
        yield self.x - 8 - self.width_px, self.y + 5
        yield centred, self.y - 9
        yield centred, self.y + 20

    def box(self, left: float, baseline: float) -> Box:
        """The box of the name at a position, with a margin."""
        top = baseline - self.style.size_px
        right = left + self.width_px + _PAD_PX
        return left - _PAD_PX, top, right, baseline + 5

    def dot_box(self) -> Box:
        """The box of the dot."""
        return self.x - 5, self.y - 5, self.x + 5, self.y + 5


def _bounds(extent: MapExtent) -> tuple[float, float, float, float]:
    """South, west, north, east [deg] of an area somewhat larger than the map.

    Longitudes may run on past 180; near a pole they span the whole circle.
    """
    reach = extent.degrees(1.5)
    lat0, lon0 = extent.centre
    highest = min(90.0, abs(lat0) + reach)
    wide = lon_reach_deg(reach, highest, whole_above_deg=85.0)
    south = max(-90.0, lat0 - reach)
    north = min(90.0, lat0 + reach)
    return south, lon0 - wide, north, lon0 + wide


def _on_map(extent: MapExtent, at_px: Floats) -> list[int]:
    """Which points (n, 2) [px] lie on the map, away from its edge.

    Towns come by population, and the order stays.
    """
    far = (extent.width_px - 8.0, extent.height_px - 8.0)
    # What has no place on the map is NaN and compares false.
    with np.errstate(invalid="ignore"):
        inside = np.all((at_px >= 8.0) & (at_px <= far), axis=1)
    indices: list[int] = np.flatnonzero(inside).tolist()
    return indices


def _free_position(
    extent: MapExtent,
    label: _Label,
    taken: list[Box],
) -> Point | None:
    """Where a name fits beside its dot, and marks that as taken; None if it fits nowhere.

    ``taken`` gains the boxes of the name and of its dot.
    """
    for left, baseline in label.positions():
        box = label.box(left, baseline)
        if _fits(extent, box) and not any(_overlap(box, other) for other in taken):
            taken += [box, label.dot_box()]
            return left, baseline
    return None


def _fits(extent: MapExtent, box: Box) -> bool:
    """Whether a box lies on the map."""
    left, top, right, bottom = box
    fits_across = left > _EDGE_PX and right < extent.width_px - _EDGE_PX
    fits_down = top > _EDGE_PX and bottom < extent.height_px - _EDGE_PX
    return fits_across and fits_down


def _overlap(box: Box, other: Box) -> bool:
    """Whether two boxes overlap."""
    left, top, right, bottom = box
    other_left, other_top, other_right, other_bottom = other
    overlap_across = left < other_right and other_left < right
    overlap_down = top < other_bottom and other_top < bottom
    return overlap_across and overlap_down


def _draw_dot(
    page: Sheet,
    x: float,
    y: float,
    *,
    capital: bool,
) -> None:
    """Draws a town's dot; a capital's is a ring.

    Both have a halo of one pixel.
    """
    radius = 4 if capital else 3
    _fill_circle(page, x, y, radius + 1, HALO)
    _fill_circle(page, x, y, radius, INK)
    if capital:
        _fill_circle(page, x, y, 1, HALO)


def _fill_circle(
    page: Sheet,
    x: float,
    y: float,
    radius: float,
    colour: Colour,
) -> None:
    """Draws a filled circle."""
    box = (x - radius, y - radius, x + radius, y + radius)
    page.pen.ellipse(box, fill=colour)


def write_scale(
    page: Sheet,
    extent: MapExtent,
    corner_px: tuple[int, int],
) -> None:
    """Draws a bar of a round number of kilometres, at most a quarter of the width.

    The bar has two halves, one filled and one hollow, and a halo.
    """
    length_km = _round_length_km(extent.half_km / 2.0)
    left = corner_px[0] + 18
    y = corner_px[1] + extent.height_px - 18
    right = left + round(length_km * extent.px_per_km)
    page.pen.rectangle((left - 2, y - 4, right + 2, y + 3), fill=HALO)
    page.pen.rectangle((left, y - 2, right, y + 1), fill=INK)
    # The second half is hollow.
    middle = left + (right - left) // 2
    page.pen.rectangle((middle, y - 1, right - 2, y), fill=HALO)
    text = f"{length_km:g} km" if length_km >= 1.0 else f"{length_km * 1000:g} m"
    write(page, (left, y - 9), text, _SCALE)


def _round_length_km(most_km: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not longer.

    ``most_km`` is above 0.
    """
    power = 10.0 ** math.floor(math.log10(most_km))
    fitting = [power]
    for factor in (2.0, 5.0):
        if factor * power <= most_km:
            fitting.append(factor * power)
    return max(fitting)
