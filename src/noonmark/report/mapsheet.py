"""map.png: the answer as a title, the world, the legend, the modes in words, regional maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from noonmark.constants import LARGEST_WITH_POINT_KM2
from noonmark.inference.answer import PlaceMap
from noonmark.report.canvas import (
    Sheet,
    TextStyle,
    draw_contour_sample,
    drawable,
    png,
    sheet,
    text_width_px,
    wrapped,
    write,
)
from noonmark.report.map_marks import draw_disc
from noonmark.report.palette import CONTOURS, FAINT, INK, LAND, PAPER, SOFT, tint
from noonmark.report.projections import WORLD_HALF_HEIGHT, WORLD_HALF_WIDTH
from noonmark.report.regionmap import draw_region
from noonmark.report.regions import Maps, harmonised
from noonmark.report.report_data import PlacedMode, ReportData
from noonmark.report.wording import (
    is_broad,
    mode_words,
    place_words,
    share_words,
    subtitle,
    title,
)
from noonmark.report.worldmap import draw_world

WIDTH_PX = 1600
MARGIN_PX = 60
_INNER_PX = WIDTH_PX - 2 * MARGIN_PX
_WORLD_HEIGHT_PX = round(_INNER_PX * WORLD_HALF_HEIGHT / WORLD_HALF_WIDTH)
_RAMP_PX = 300
_TITLE_LINE_PX = 42
_MODE_LINE_PX = 30
_PANEL_GAP_PX = 60
_PANEL_INDENT_PX = 34
_PANEL_HEIGHTS_PX = {1: 540, 2: 480, 3: 400}
_MOST_MODES = 3

_TITLE = TextStyle(34, INK, "serif")
_SUBTITLE = TextStyle(19, SOFT)
_RAMP_END = TextStyle(14, SOFT)
_LEGEND = TextStyle(16, INK)
_SHARE = TextStyle(17, INK, "bold")
_MODE = TextStyle(17, INK)
_MORE_MODES = TextStyle(17, SOFT)
_PANEL_TITLE = TextStyle(18, INK)
_FOOT = TextStyle(13, SOFT)


@dataclass(frozen=True)
class _Panel:
    """A regional map that is worth drawing, and the number of the likeliest mode on it."""

    mode: int
    place_map: PlaceMap


@dataclass(frozen=True)
class _Layout:
    """What the sheet shows, and where its parts stand [px from the top].

    ``modes`` are the first few; ``has_more`` says whether the answer has others.
    """

    title: list[str]
    panels: list[_Panel]
    modes: tuple[PlacedMode, ...]
    has_more: bool

    @property
    def title_end(self) -> int:
        """The baseline of the last line of the title, and a margin."""
        return 84 + _TITLE_LINE_PX * (len(self.title) - 1)

    @property
    def legend(self) -> int:
        """The top of the legend."""
        return self.title_end + 70 + _WORLD_HEIGHT_PX + 18

    @property
    def panel(self) -> int:
        """The top of the regional maps."""
        lines = len(self.modes) + (1 if self.has_more else 0)
        return self.legend + 74 + _MODE_LINE_PX * lines

    @property
    def panel_size(self) -> tuple[int, int]:
        """The width and height of each regional map."""
        count = len(self.panels)
        gaps_px = _PANEL_GAP_PX * (count - 1)
        width = (_INNER_PX - _PANEL_INDENT_PX - gaps_px) // count
        return width, _PANEL_HEIGHTS_PX[count]

    @property
    def height(self) -> int:
        """The height of the sheet."""
        panels_px = self.panel_size[1] + 84 if self.panels else 0
        return self.panel + panels_px + 46


def draw_map(
    data: ReportData,
    maps: Maps | None = None,
) -> bytes:
    """The PNG of the map sheet.

    ``maps`` are the answer's own with levels that agree, if they were made already.
    """
    world, fines = harmonised(data) if maps is None else maps
    layout = _layout(data, fines)
    page = sheet(WIDTH_PX, layout.height, PAPER)
    for k, line in enumerate(layout.title):
        write(page, (MARGIN_PX, 72 + _TITLE_LINE_PX * k), line, _TITLE)
    write(page, (MARGIN_PX, layout.title_end + 24), subtitle(data), _SUBTITLE)
    corner_px = (MARGIN_PX, layout.title_end + 60)
    draw_world(page, world, corner_px, _INNER_PX, _marked(data, layout.modes))
    _draw_ramp(page, layout.legend)
    _draw_contour_legend(page, layout.legend)
    _write_modes(page, data, layout.legend + 66)
    _draw_panels(page, data, layout, world)
    _write_foot(page, data, layout.height)
    return png(page.image)


def _layout(
    data: ReportData,
    fines: Sequence[PlaceMap],
) -> _Layout:
    """What the sheet shows of an answer."""
    lines = wrapped(drawable(title(data)), _TITLE, width_px=_INNER_PX)
    modes = data.modes[:_MOST_MODES]
    return _Layout(lines, _panels(data, fines), modes, len(data.modes) > _MOST_MODES)


def _places(modes: Sequence[PlacedMode]) -> list[tuple[float, float]]:
    """The places (lat, lon) of modes."""
    return [(placed.mode.place.lat_deg, placed.mode.place.lon_deg) for placed in modes]


def _marked(
    data: ReportData,
    modes: Sequence[PlacedMode],
) -> list[tuple[int | None, float, float]]:
    """The number and the place (lat, lon) of each mode that is small enough to have one.

    A place that was given is one cross, without a number: its modes differ in time alone.
    """
    if data.summary.place_given:
        return [(None, *place) for place in _places(modes[:1])]
    found: list[tuple[int | None, float, float]] = []
    for k, placed in enumerate(modes):
        if not is_broad(placed):
            place = placed.mode.place
            found.append((k + 1, place.lat_deg, place.lon_deg))
    return found


def _panels(
    data: ReportData,
    fines: Sequence[PlaceMap],
) -> list[_Panel]:
    """The regional maps that show any of the first modes; none when the region is very large.

    At most three. A regional map without any of the first modes on it is left out.
    """
    region = data.region(0.9)
    if region is None or region.area_km2 > LARGEST_WITH_POINT_KM2:
        return []
    places = _places(data.modes[:_MOST_MODES])
    panels = []
    for place_map in fines:
        inside = _modes_on(place_map, places)
        if inside:
            panels.append(_Panel(inside[0], place_map))
    return panels[:_MOST_MODES]


def _modes_on(
    place_map: PlaceMap,
    places: Sequence[tuple[float, float]],
) -> list[int]:
    """Which of the places lie on a map.

    ``places`` are (lat, lon) [deg]; the result are their indices.
    """
    south, north = place_map.lat_edges_deg[[0, -1]]
    west, east = place_map.lon_edges_deg[[0, -1]]
    inside = []
    for k, (lat, lon) in enumerate(places):
        east_deg = (lon - west) % 360.0
        if south <= lat <= north and east_deg <= east - west:
            inside.append(k)
    return inside


def _draw_panels(
    page: Sheet,
    data: ReportData,
    layout: _Layout,
    world: PlaceMap,
) -> None:
    """Draws the regional maps side by side, each under the likeliest place on it.

    The crosses of other modes that lie on a map are drawn too; none where the place was given.
    """
    if data.summary.place_given:
        _draw_given(page, layout, world)
        return
    places = _places(layout.modes)
    left, top = MARGIN_PX + _PANEL_INDENT_PX, layout.panel
    for panel in layout.panels:
        heading = drawable(place_words(layout.modes[panel.mode]))
        draw_disc(page, (left + 13, top + 13), panel.mode + 1)
        write(page, (left + 36, top + 19), heading, _PANEL_TITLE)
        crosses = [(k + 1, *places[k]) for k in _modes_on(panel.place_map, places)]
        maps = (panel.place_map, world)
        draw_region(page, maps, (left, top + 38), layout.panel_size, crosses)
        left += layout.panel_size[0] + _PANEL_GAP_PX


def _draw_given(
    page: Sheet,
    layout: _Layout,
    world: PlaceMap,
) -> None:
    """Draws the map of a place that was given, without marks: no point of it was found."""
    for panel in layout.panels[:1]:
        corner = (MARGIN_PX + _PANEL_INDENT_PX, layout.panel + 38)
        write(page, (corner[0], layout.panel + 19), "The place that was given", _PANEL_TITLE)
        draw_region(page, (panel.place_map, world), corner, layout.panel_size, [])


def _draw_ramp(
    page: Sheet,
    y: int,
) -> None:
    """Draws the ramp of levels from the least to the most probable.

    The colours are those of land under each level, because that is what most of a map shows.
    """
    left, right = MARGIN_PX, MARGIN_PX + _RAMP_PX
    base = np.broadcast_to(np.array(LAND, np.uint8), (_RAMP_PX, 3))
    colours = tint(base, np.linspace(0.99, 0.0, _RAMP_PX))
    ramp = np.repeat(colours[None], 16, axis=0)
    page.image.paste(Image.fromarray(np.ascontiguousarray(ramp)), (left, y))
    page.pen.rectangle((left - 1, y - 1, right, y + 16), outline=FAINT)
    write(page, (left, y + 36), "least", _RAMP_END)
    write(page, (right, y + 36), "most probable", _RAMP_END, "rs")


def _draw_contour_legend(
    page: Sheet,
    y: int,
) -> None:
    """Draws a sample of each contour and what it means.

    The innermost region comes first.
    """
    left = MARGIN_PX + _RAMP_PX + 60.0
    for contour in reversed(CONTOURS):
        start, end = (left, y + 8.0), (left + 56.0, y + 8.0)
        draw_contour_sample(page, start, end, contour)
        text = f"{contour.level * 100:.0f} % credible region"
        write(page, (left + 66, y + 14), text, _LEGEND)
        left += 66 + text_width_px(text, _LEGEND) + 40


def _write_modes(
    page: Sheet,
    data: ReportData,
    top: int,
) -> None:
    """Writes one line for each mode: number, share, place, span, area.

    One more line says how many modes are left out and what they weigh together.
    """
    for k, placed in enumerate(data.modes[:_MOST_MODES]):
        mode = placed.mode
        y = top + _MODE_LINE_PX * k
        draw_disc(page, (MARGIN_PX + 13, y + 5), k + 1)
        share = share_words(mode.mass)
        write(page, (MARGIN_PX + 38, y + 11), share, _SHARE)
        text = "  ·  ".join(mode_words(data, placed))
        write(page, (MARGIN_PX + 128, y + 11), drawable(text), _MODE)
    rest = data.modes[_MOST_MODES:]
    if rest:
        share = share_words(sum(placed.mode.mass for placed in rest))
        text = f"and {len(rest)} more, together {share}, in the report"
        y = top + _MODE_LINE_PX * _MOST_MODES
        write(page, (MARGIN_PX + 38, y + 11), text, _MORE_MODES)


def _write_foot(
    page: Sheet,
    data: ReportData,
    height: int,
) -> None:
    """Writes the version, the digest of the clues and the sources of the base map.

    The digest says which clue file the map was made from.
    """
    version = data.versions.get("noonmark", "")
    base = "Base map: Natural Earth, GeoNames (CC BY 4.0). Borders de facto, no judgement."
    text = f"Noonmark {version}. Clues SHA-256 {data.clues_sha256[:16]}… {base}"
    write(page, (MARGIN_PX, height - 22), drawable(text), _FOOT)
