"""map.png: the answer as a title, the world, the legend, the modes in words, and regional maps when they help."""

from __future__ import annotations

import numpy as np

from noonmark.inference.answer import PlaceMap
from noonmark.report import ink, palette, words
from noonmark.report.findings import Findings
from noonmark.report.projections import WORLD_HALF_HEIGHT, WORLD_HALF_WIDTH
from noonmark.report.regionmap import draw_region
from noonmark.report.regions import Maps, harmonised
from noonmark.report.worldmap import disc, draw_world

WIDTH_PX = 1600
MARGIN_PX = 60
_MOST_MODES = 3
# A region larger than this is better seen on the world map alone.
_REGIONAL_KM2 = 3e6


def draw_map(found: Findings, maps: Maps | None = None) -> bytes:
    """The PNG of the map sheet; ``maps`` the findings' own with levels that agree, if they are at hand."""
    world, fines = harmonised(found) if maps is None else maps
    panels = _panels(found, fines)
    room = WIDTH_PX - 2 * MARGIN_PX
    world_h = round(room * WORLD_HALF_HEIGHT / WORLD_HALF_WIDTH)
    title = ink.wrapped(ink.drawable(words.title(found)), size_px=34, face="serif", room_px=room)
    top = 84 + 42 * (len(title) - 1)
    modes = found.modes[:_MOST_MODES]
    legend_y = top + 70 + world_h + 18
    panel_y = legend_y + 74 + 30 * len(modes) + (30 if len(found.modes) > _MOST_MODES else 0)
    sizes = _panel_sizes(len(panels), room)
    height = panel_y + (sizes[0][1] + 84 if panels else 0) + 46
    page = ink.sheet(WIDTH_PX, height, palette.PAPER)
    for k, line in enumerate(title):
        ink.write(page.pen, (MARGIN_PX, 72 + 42 * k), line, size_px=34, colour=palette.INK, face="serif")
    ink.write(page.pen, (MARGIN_PX, top + 24), words.subtitle(found), size_px=19, colour=palette.SOFT)
    marks = [(m.mode.place.lat_deg, m.mode.place.lon_deg) for m in modes]
    draw_world(page, world, (MARGIN_PX, top + 60), room, marks)
    _legend(page, legend_y)
    _mode_lines(page, found, legend_y + 66)
    x = MARGIN_PX + 34
    for (k, place_map), size in zip(panels, sizes, strict=True):
        heading = ink.drawable(words.place_words(found.modes[k]))
        disc(page, (x + 13, panel_y + 13), k + 1)
        ink.write(page.pen, (x + 36, panel_y + 19), heading, size_px=18, colour=palette.INK)
        crosses = [(i + 1, *marks[i]) for i in _modes_in(place_map, marks)]
        draw_region(page, (place_map, world), (x, panel_y + 38), size, crosses)
        x += size[0] + 60
    _foot(page, found, height)
    return ink.png(page.image)


def _panels(found: Findings, fines: tuple[PlaceMap, ...]) -> list[tuple[int, PlaceMap]]:
    """The regional maps worth drawing, each with the number of the likeliest mode on it."""
    region = found.region(0.9)
    if region is None or region.area_km2 > _REGIONAL_KM2:
        return []
    marks = [(m.mode.place.lat_deg, m.mode.place.lon_deg) for m in found.modes[:_MOST_MODES]]
    held = [(_modes_in(m, marks), m) for m in fines]
    return [(inside[0], place_map) for inside, place_map in held if inside][:_MOST_MODES]


def _modes_in(place_map: PlaceMap, marks: list[tuple[float, float]]) -> list[int]:
    """Which of the marked places lie on a map."""
    lat, lon = place_map.lat_edges_deg, place_map.lon_edges_deg
    return [
        k
        for k, (mark_lat, mark_lon) in enumerate(marks)
        if lat[0] <= mark_lat <= lat[-1] and (mark_lon - lon[0]) % 360.0 <= lon[-1] - lon[0]
    ]


def _panel_sizes(count: int, room: int) -> list[tuple[int, int]]:
    """Sizes of regional maps side by side."""
    if not count:
        return []
    width = (room - 34 - 60 * (count - 1)) // count
    return [(width, {1: 540, 2: 480, 3: 400}[count])] * count


def _legend(page: ink.Sheet, y: float) -> None:
    """The ramp of levels and the three contours."""
    x, width = MARGIN_PX, 300
    level = np.linspace(0.99, 0.0, width)
    base = np.broadcast_to(np.array(palette.LAND, np.uint8), (width, 3))
    ramp = np.repeat(palette.tint(base, level)[None], 16, axis=0)
    from PIL import Image

    page.image.paste(Image.fromarray(np.ascontiguousarray(ramp)), (x, round(y)))
    page.pen.rectangle((x - 1, y - 1, x + width, y + 16), outline=palette.FAINT)
    ink.write(page.pen, (x, y + 36), "least", size_px=14, colour=palette.SOFT)
    ink.write(page.pen, (x + width, y + 36), "most probable", size_px=14, colour=palette.SOFT, anchor="rs")
    left = x + width + 60.0
    for level_, weight, dash in reversed(palette.CONTOURS):
        line = [np.array([(left, y + 8.0), (left + 56.0, y + 8.0)])]
        for part in line if dash is None else ink.dashes(line, on_px=dash[0], off_px=dash[1]):
            page.pen.line(part.ravel().tolist(), fill=palette.INK, width=max(1, round(weight)))
        text = f"{level_ * 100:.0f} % credible region"
        ink.write(page.pen, (left + 66, y + 14), text, size_px=16, colour=palette.INK)
        left += 66 + ink.width_of(text, size_px=16) + 40


def _mode_lines(page: ink.Sheet, found: Findings, y: float) -> None:
    """One line for each mode: number, share, place, span."""
    for k, placed in enumerate(found.modes[:_MOST_MODES]):
        disc(page, (MARGIN_PX + 13, y + 30 * k + 5), k + 1)
        share = words.share_words(placed.mode.mass)
        ink.write(page.pen, (MARGIN_PX + 38, y + 30 * k + 11), share, size_px=17, colour=palette.INK, face="bold")
        mode = placed.mode
        facts = (words.place_words(placed), words.span_words(mode.span), words.area_number(mode.area_km2))
        text = "  ·  ".join(facts)
        ink.write(page.pen, (MARGIN_PX + 128, y + 30 * k + 11), ink.drawable(text), size_px=17, colour=palette.INK)
    rest = found.modes[_MOST_MODES:]
    if rest:
        share = words.share_words(sum(m.mode.mass for m in rest))
        text = f"and {len(rest)} more, together {share}, in the report"
        ink.write(page.pen, (MARGIN_PX + 38, y + 30 * _MOST_MODES + 11), text, size_px=17, colour=palette.SOFT)


def _foot(page: ink.Sheet, found: Findings, height: int) -> None:
    version = found.versions.get("noonmark", "")
    base = "Base map: Natural Earth, GeoNames (CC BY 4.0). Borders de facto, no judgement."
    text = f"Noonmark {version}. Clues SHA-256 {found.clues_sha256[:16]}… {base}"
    ink.write(page.pen, (MARGIN_PX, height - 22), ink.drawable(text), size_px=13, colour=palette.SOFT)
