"""The world under the probability: Equal Earth, coast, graticule, credible contours, numbered modes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.answer import PlaceMap
from noonmark.report import ink, palette
from noonmark.report.contours import centres, goes_round, outlines
from noonmark.report.projections import WORLD_HALF_HEIGHT, WORLD_HALF_WIDTH, equal_earth, equal_earth_inverse
from noonmark.world import coast

Floats = NDArray[np.float64]


def central_meridian(place_map: PlaceMap) -> float:
    """0, unless the map's edge would cut the 90 % region there and cuts less of it at 150 E or 90 W."""
    lon = np.mod(centres(place_map.lon_edges_deg) + 180.0, 360.0) - 180.0
    inside = np.any(place_map.level <= 0.9, axis=0)
    step = float(np.ptp(place_map.lon_edges_deg)) / place_map.level.shape[1]

    def cut(lon0: float) -> int:
        seam = np.abs(np.mod(lon - lon0, 360.0) - 180.0) <= max(step, 8.0)
        return int((place_map.level[:, seam & inside] <= 0.9).sum()) if inside.any() else 0

    return min((0.0, 150.0, -90.0), key=lambda lon0: (cut(lon0) > 0, cut(lon0) if lon0 else -1))


def sampled(place_map: PlaceMap, lat: Floats, lon: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Where places lie in or near the 99 % region (indices into their ravelled arrays), and their levels there,
    bilinear between cell centres. All other places are far outside."""
    lat_edges, lon_edges = place_map.lat_edges_deg, place_map.lon_edges_deg
    level = np.where(np.isnan(place_map.level), 1.0, place_map.level)
    n, m = level.shape
    near = _grown(level < 0.995, wrap=goes_round(place_map))
    if not near.any():
        return np.zeros(0, np.intp), np.zeros(0)
    # 1. Only places between the southern- and northernmost warm rows are looked at.
    warm = np.flatnonzero(near.any(axis=1))
    lat, lon = lat.ravel(), lon.ravel()
    with np.errstate(invalid="ignore"):
        hot = np.flatnonzero((lat >= lat_edges[warm[0]]) & (lat <= lat_edges[warm[-1] + 1]))
    row = _position(lat_edges, lat[hot])
    turn = (lon[hot] - lon_edges[0]) / 360.0
    column = (turn - np.floor(turn)) * (360.0 * m / (lon_edges[-1] - lon_edges[0]))
    i, j = np.minimum(row, n - 1).astype(np.intp), np.minimum(column, m - 1).astype(np.intp)
    ok = np.flatnonzero((column < m) & near.ravel().take(i * m + j))
    # 2. Bilinear.
    hot, y, x = hot[ok], row[ok] - 0.5, column[ok] - 0.5
    i0, j0 = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    fy, fx = y - i0, x - j0
    i1, i0 = np.minimum(i0 + 1, n - 1), np.maximum(i0, 0)
    if goes_round(place_map):
        j1, j0 = (j0 + 1) % m, j0 % m
    else:
        j1, j0 = np.minimum(j0 + 1, m - 1), np.maximum(j0, 0)
    low = level[i0, j0] * (1 - fx) + level[i0, j1] * fx
    high = level[i1, j0] * (1 - fx) + level[i1, j1] * fx
    return hot, np.asarray(low * (1 - fy) + high * fy)


def _position(edges: Floats, value: Floats) -> Floats:
    """Fractional cell index of each value; negative or beyond the count outside."""
    regular = np.allclose(np.diff(edges), edges[1] - edges[0], rtol=1e-6)
    with np.errstate(invalid="ignore"):
        if regular:
            return np.asarray((value - edges[0]) / (edges[1] - edges[0]))
        return np.interp(value, edges, np.arange(edges.size), left=-1.0, right=float(edges.size))


def _grown(mask: NDArray[np.bool_], *, wrap: bool) -> NDArray[np.bool_]:
    """The mask with its eight neighbours."""
    out = mask.copy()
    out[1:] |= mask[:-1]
    out[:-1] |= mask[1:]
    sides = out.copy()
    out[:, 1:] |= sides[:, :-1]
    out[:, :-1] |= sides[:, 1:]
    if wrap:
        out[:, 0] |= sides[:, -1]
        out[:, -1] |= sides[:, 0]
    return out


def world_picture(place_map: PlaceMap, width_px: int, lon0: float) -> NDArray[np.uint8]:
    """Sea, land and probability (h, w, 3), without lines."""
    height_px = round(width_px * WORLD_HALF_HEIGHT / WORLD_HALF_WIDTH)
    y = (0.5 - (np.arange(height_px) + 0.5) / height_px) * 2.0 * WORLD_HALF_HEIGHT
    x = ((np.arange(width_px) + 0.5) / width_px - 0.5) * 2.0 * WORLD_HALF_WIDTH
    lat, lon = equal_earth_inverse(x[None, :], y[:, None])
    off = np.isnan(lon)
    # 0 sea, 1 land, 2 paper.
    row = np.clip((lat[:, width_px // 2] + 90.0) * 10.0, 0, 1799).astype(np.int32)
    column = ((np.where(off, 0.0, lon) + (lon0 + 360.0)) * 10.0 + 1800.0).astype(np.int32) % 3600
    what = coast.land_picture().ravel().take(row[:, None] * 3600 + column).astype(np.uint8)
    what[off] = 2
    picture = painted(
        np.array([palette.SEA, palette.LAND, palette.PAPER], np.uint8).take(what, axis=0), place_map, lat, lon + lon0
    )
    return picture


def painted(base: NDArray[np.uint8], place_map: PlaceMap, lat: Floats, lon: Floats) -> NDArray[np.uint8]:
    """The picture (h, w, 3) under the probability at each pixel's place."""
    hot, level = sampled(place_map, lat, lon)
    flat = base.reshape(-1, 3)
    flat[hot] = palette.tint(flat[hot], level)
    return base


def to_pixels(lat: Floats, lon: Floats, width_px: int, lon0: float) -> Floats:
    """Places as (k, 2) [px]."""
    rel = np.mod(np.asarray(lon) - lon0 + 180.0, 360.0) - 180.0
    x, y = equal_earth(np.asarray(lat, float), rel)
    scale = width_px / 2.0 / WORLD_HALF_WIDTH
    return np.column_stack([(x + WORLD_HALF_WIDTH) * scale, (WORLD_HALF_HEIGHT - y) * scale])


def _pieces(lat: Floats, lon: Floats, start: NDArray[np.int64], width_px: int, lon0: float) -> list[Floats]:
    """Lines end to end, projected and cut at the map's edge."""
    points = to_pixels(lat, lon, width_px, lon0)
    turn = np.floor((lon - lon0 + 180.0) / 360.0)
    breaks = np.flatnonzero(np.diff(turn) != 0) + 1
    return [p for p in np.split(points, np.unique(np.concatenate([start[1:-1], breaks]))) if len(p) > 1]


def graticule(drawn: ink.Frame, width_px: int, lon0: float) -> None:
    """Meridians and parallels every 30 deg, and the map's edge."""
    lat = np.linspace(-90.0, 90.0, 91)
    edge = 180.0 - 1e-9
    lines = [to_pixels(lat, np.full(91, lon0 + k), width_px, lon0) for k in range(-150, 180, 30)]
    rel = np.linspace(-edge, edge, 2)
    lines += [to_pixels(np.full(2, float(k)), lon0 + rel, width_px, lon0) for k in range(-60, 90, 30)]
    ink.stroke(drawn, lines, colour=palette.GRATICULE, width_px=0.7)


def outline(drawn: ink.Frame, width_px: int, lon0: float) -> None:
    """The edge of the world."""
    lat = np.linspace(-90.0, 90.0, 181)
    edge = 180.0 - 1e-9
    sides = [to_pixels(lat, np.full(181, lon0 + s * edge), width_px, lon0) for s in (-1, 1)]
    rim = np.concatenate([sides[0], sides[1][::-1], sides[0][:1]])
    ink.stroke(drawn, [np.clip(rim, 0.7, width_px - 0.9)], colour=palette.FAINT, width_px=1.2)


def draw_world(
    page: ink.Sheet,
    place_map: PlaceMap,
    corner_px: tuple[int, int],
    width_px: int,
    marks: Sequence[tuple[float, float]],
) -> None:
    """The whole world map at ``corner_px`` of the sheet; ``marks`` are the modes' (lat, lon), in order."""
    lon0 = central_meridian(place_map)
    drawn = ink.frame(world_picture(place_map, width_px, lon0), corner_px)
    graticule(drawn, width_px, lon0)
    shore = coast.lines("world")
    for border, colour, weight in ((True, palette.BORDER, 0.4), (False, palette.COAST, 0.7)):
        lat, lon, start = coast.chosen(shore, shore.border == border)
        ink.stroke(drawn, _pieces(lat, lon, start, width_px, lon0), colour=colour, width_px=weight)
    tags: list[tuple[float, float, str]] = []
    for level, weight, dash in palette.CONTOURS:
        found = outlines(place_map, level)
        if not found:
            continue
        start = np.concatenate([[0], np.cumsum([len(f) for f in found])])
        joined = np.concatenate(found)
        pieces = _pieces(joined[:, 0], joined[:, 1], start, width_px, lon0)
        tags += contour(drawn, pieces, level, weight, dash)
    outline(drawn, width_px, lon0)
    ink.settle(page, drawn)
    label_contours(page, tags, corner_px)
    if marks:
        points = to_pixels(np.array([m[0] for m in marks]), np.array([m[1] for m in marks]), width_px, lon0).tolist()
        numbered(page, [(k + 1, (corner_px[0] + x, corner_px[1] + y)) for k, (x, y) in enumerate(points)])


def contour(
    drawn: ink.Frame, pieces: list[Floats], level: float, weight: float, dash: tuple[float, float] | None
) -> list[tuple[float, float, str]]:
    """Draws one credible contour; returns where its label may stand: the top of its longest line.

    A line smaller than the mark beside it would only smudge it, and is left out.
    """
    pieces = [p for p in pieces if max(np.ptp(p, axis=0)) > 14.0]
    lines = pieces if dash is None else ink.dashes(pieces, on_px=dash[0], off_px=dash[1])
    ink.stroke(drawn, pieces, colour=palette.HALO, width_px=weight + 1.4)
    ink.stroke(drawn, lines, colour=palette.INK, width_px=weight)
    sizes = [float(np.hypot(*np.ptp(p, axis=0))) for p in pieces]
    if not sizes or max(sizes) < 110.0:
        return []
    longest = pieces[int(np.argmax(sizes))]
    top = longest[int(np.argmin(longest[:, 1]))]
    return [(float(top[0]), float(top[1]), f"{level * 100:.0f} %")]


def label_contours(page: ink.Sheet, tags: list[tuple[float, float, str]], corner_px: tuple[int, int]) -> list[ink.Box]:
    """Writes the labels of contours, the innermost first, leaving out those that would overlap; returns their boxes."""
    taken: list[ink.Box] = []
    for x, y, text in reversed(tags):
        if all(abs(x - (a + c) / 2.0) > 48 or abs(y - (b + d) / 2.0) > 18 for a, b, c, d in taken):
            taken.append((x - 24, y - 9, x + 24, y + 9))
            at = (corner_px[0] + x, corner_px[1] + y)
            ink.write(page.pen, at, text, size_px=15, colour=palette.INK, anchor="mm", halo=palette.HALO)
    return taken


def numbered(page: ink.Sheet, marks: Sequence[tuple[int, tuple[float, float]]]) -> None:
    """A small cross at each place and a numbered disc beside it, so that the place itself stays in sight."""
    taken: list[tuple[float, float]] = []
    for number, (x, y) in marks:
        for width, colour in ((5, palette.HALO), (2, palette.MARK)):
            page.pen.line((x - 7, y, x + 7, y), fill=colour, width=width)
            page.pen.line((x, y - 7, x, y + 7), fill=colour, width=width)
        spots = [(x + dx * k, y + dy * k) for k in (1, 2.6) for dx, dy in ((17, -17), (17, 17), (-17, 17), (-17, -17))]
        free = (s for s in spots if all(abs(s[0] - a) > 26 or abs(s[1] - b) > 26 for a, b in taken))
        spot = next(free, spots[0])
        taken.append(spot)
        disc(page, spot, number)


def disc(page: ink.Sheet, at_px: tuple[float, float], number: int) -> None:
    """A numbered disc, smooth at its edge."""
    from PIL import Image, ImageDraw

    size, fine = 26, 4
    cover = Image.new("L", (size * fine, size * fine), 0)
    ImageDraw.Draw(cover).ellipse((0, 0, size * fine - 1, size * fine - 1), fill=255)
    inner = Image.new("L", (size * fine, size * fine), 0)
    ImageDraw.Draw(inner).ellipse((2 * fine, 2 * fine, (size - 2) * fine - 1, (size - 2) * fine - 1), fill=255)
    corner = (round(at_px[0]) - size // 2, round(at_px[1]) - size // 2)
    page.image.paste(palette.HALO, corner, cover.reduce(fine))
    page.image.paste(palette.MARK, corner, inner.reduce(fine))
    ink.write(page.pen, at_px, str(number), size_px=16, colour=palette.HALO, face="bold", anchor="mm")
