"""calendar.png: date against time of day, with the sun's day at the likeliest place behind it.

Short windows zoom in; spans of more than about two years are folded to one year, with the years
below; a single day becomes a curve of probability over the clock (day_chart.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.answer import Calendar
from noonmark.report.calendar_fold import cell_levels, fold, leap_years_s, rows_inside
from noonmark.report.calendar_plot import (
    CORNER_PX,
    LOCAL_CLOCK_PX,
    Plot,
    draw_axes,
    draw_legend,
    draw_years,
    plot_of,
)
from noonmark.report.calendar_spans import span_field
from noonmark.report.canvas import (
    FineLayer,
    Sheet,
    dashes,
    fine_layer,
    in_dashes,
    merge,
    png,
    sheet,
    stroke,
    write,
)
from noonmark.report.day_chart import TITLE, draw_day, draw_instant, write_heading
from noonmark.report.grids import between, centres
from noonmark.report.local_clocks import local_clocks
from noonmark.report.map_marks import draw_numbered
from noonmark.report.palette import CONTOURS, HALO, INK, PAPER, SUN, ContourStyle, sky, tint_picture
from noonmark.report.report_data import ReportData
from noonmark.report.sun_day import SUNRISE_DEG, vertex_step
from noonmark.report.wording import credible_times, is_broad
from noonmark.values import unix_s

WIDTH_PX = 1600
_PLOT_HEIGHT_PX = 560
_YEARS_HEIGHT_PX = 150
# What the question itself gave to the second needs no curve.
_INSTANT_S = 5.0
# Noon that moves by more than this from one date to the next has passed midnight.
_NOON_JUMP_S = 40_000.0
# Rows at least so wide are drawn as blocks.
_WIDE_ROW_PX = 12
# The level of pixels that the calendar has no cell for.
_OUTSIDE = 2.0
_ALL_YEARS = "When: day of the year and time of day, all years together"


def draw_calendar(data: ReportData) -> bytes:
    """The PNG of the calendar.

    Levels are ranked again before drawing, so that equal masses have equal colours. One of four
    forms follows: an empty sheet, an instant, one day, or many dates; decades are folded to one
    year.
    """
    given = data.calendar
    if given.mass.any():
        given = replace(given, level=cell_levels(given.mass))
    calendar, folded = fold(given)
    rows = rows_inside(calendar)
    if not rows.size or not data.modes:
        return _empty_calendar()
    if rows.size > 1 or calendar.days_per_row > 1 or folded:
        return _draw_dates(data, calendar, folded=folded)
    row = int(rows[0])
    if _length_s(calendar, row) <= _INSTANT_S:
        return draw_instant(data)
    return draw_day(data, calendar, row)


def _length_s(calendar: Calendar, row: int) -> float:
    """From the first to the last second of the 99 % region on one day.

    It is 0 for no region: the caller has made sure that the row holds one.
    """
    inside = np.flatnonzero(calendar.level[row] <= 0.99)
    edges = calendar.tod_edges_s
    return float(edges[inside[-1] + 1] - edges[inside[0]])


def _empty_calendar() -> bytes:
    """The PNG for an answer that fits at no time."""
    page = sheet(WIDTH_PX, 160, PAPER)
    write(page, (60, 70), "When: no time fits these clues", TITLE)
    return png(page.image)


def _draw_dates(
    data: ReportData,
    calendar: Calendar,
    *,
    folded: bool,
) -> bytes:
    """The PNG of dates against time of day."""
    local_clocks_px = LOCAL_CLOCK_PX * max(1, len(local_clocks(data)))
    width_px = WIDTH_PX - CORNER_PX[0] - 60 - local_clocks_px
    plot = plot_of(calendar, (width_px, _PLOT_HEIGHT_PX), folded=folded)
    below = 150 + _PLOT_HEIGHT_PX + (_YEARS_HEIGHT_PX if folded else 0)
    page = sheet(WIDTH_PX, below + 120, PAPER)
    title = _ALL_YEARS if folded else "When: date and time of day"
    write_heading(page, title, credible_times(data))
    _draw_field(page, plot, calendar, data, folded=folded)
    draw_axes(page, plot, data, folded=folded)
    if folded:
        draw_years(page, plot, data.calendar)
    draw_legend(page, data, below + 88)
    return png(page.image)


def _draw_field(
    page: Sheet,
    plot: Plot,
    calendar: Calendar,
    data: ReportData,
    *,
    folded: bool,
) -> None:
    """Draws night and day, the probability, its contours, the sun's curves and the modes.

    The background, the tint of the levels and all lines are drawn on one layer twice as large; the
    numbers of the modes are written on the sheet itself.
    """
    sun = None if is_broad(data.modes[0]) else _sun_over_dates(plot, data)
    picture = _plain_picture(plot) if sun is None else _sky_picture(plot, sun)
    level = _pixel_levels(plot, calendar)
    tint_picture(picture, level)
    layer = fine_layer(picture, plot.corner_px)
    if sun is not None:
        _draw_sun(layer, plot, sun)
    _draw_contours(layer, plot, data, folded=folded)
    merge(page, layer)
    _draw_modes(page, plot, data, folded=folded)


def _draw_contours(
    layer: FineLayer,
    plot: Plot,
    data: ReportData,
    *,
    folded: bool,
) -> None:
    """Draws the edges of the credible regions, as their spans are told.

    On a folded calendar they are around what the region holds in any year.
    """
    columns = np.arange(plot.width_px) + 0.5
    rows = np.arange(plot.height_px) + 0.5
    unix_s, tod_s = _dates_s(plot), _clock_s(plot)
    regions = {region.level: region for region in data.regions}
    for contour in CONTOURS:
        if contour.level in regions:
            instants = regions[contour.level].instants
            field = span_field(instants, unix_s, tod_s, folded=folded)
            lines = contour_generator(columns, rows, field).lines(0.5)
            _draw_contour(layer, contour, lines)


def _draw_contour(layer: FineLayer, contour: ContourStyle, found: Any) -> None:
    """Draws the lines of one level."""
    lines = [np.asarray(line) for line in found]
    stroke(layer, lines, colour=HALO, width_px=contour.width_px + 1.2)
    stroke(layer, in_dashes(lines, contour), colour=INK, width_px=contour.width_px)


def _draw_modes(
    page: Sheet,
    plot: Plot,
    data: ReportData,
    *,
    folded: bool,
) -> None:
    """Draws the number of each of the first modes at its date and time.

    On a folded calendar a mode stands at its date in any year. One outside the box is left out.
    """
    marks = []
    for k, placed in enumerate(data.modes[:3]):
        at = unix_s(placed.mode.instant)
        second = at % DAY_S
        midnight_s = at - second
        if folded:
            (midnight_s,) = leap_years_s(np.array([midnight_s])).tolist()
        noon = midnight_s + DAY_S / 2.0
        if plot.holds(noon, second):
            at_px = (plot.sheet_x(noon), plot.sheet_y(second))
            marks.append((k + 1, at_px))
    draw_numbered(page, marks)


def _pixel_levels(plot: Plot, calendar: Calendar) -> Floats:
    """Levels (h, w) at pixels: smooth along the clock, blocks while a day is wide; 2 outside.

    ``calendar.level`` is (rows, cells); the result has one row for each pixel down the box.
    """
    unix, tod = _dates_s(plot), _clock_s(plot)
    row = (unix - calendar.days[0]) / (calendar.days_per_row * DAY_S)
    level = _along_dates(_along_clock(calendar, tod), row)
    known_row = (row >= 0) & (row < calendar.days.size)
    level = np.where(known_row, level, _OUTSIDE)
    edges = calendar.tod_edges_s
    level[(tod < edges[0]) | (tod > edges[-1])] = _OUTSIDE
    return level


def _dates_s(plot: Plot) -> Floats:
    """The date (POSIX s) of each pixel across the box, (w,)."""
    return np.asarray(plot.start_s + _pixel_shares(plot.width_px) * (plot.end_s - plot.start_s))


def _clock_s(plot: Plot) -> Floats:
    """The second of the day of each pixel down the box, (h,)."""
    return np.asarray(plot.hi_s - _pixel_shares(plot.height_px) * (plot.hi_s - plot.lo_s))


def _pixel_shares(pixels: int) -> Floats:
    """The middles (n,) of so many pixels, as shares of their whole length."""
    return np.asarray((np.arange(pixels) + 0.5) / pixels)


def _along_clock(calendar: Calendar, tod: Floats) -> Floats:
    """Levels (times of day, rows), linear between the middles of the cells.

    ``tod`` (h,) are seconds of the day; below the middle of the first cell and above that of the
    last, their levels are continued.
    """
    middle = centres(calendar.tod_edges_s)
    level = np.where(np.isnan(calendar.level), 1.0, calendar.level)
    last = middle.size - 1
    cell = np.interp(tod, middle, np.arange(middle.size))
    at = np.clip(cell, 0, last)
    below = np.minimum(at.astype(np.intp), max(last - 1, 0))
    above = np.minimum(below + 1, last)
    share = (at - below)[:, None]
    low = level[:, below].T
    high = level[:, above].T
    return np.asarray(low * (1.0 - share) + high * share)


def _along_dates(by_row: Floats, row: Floats) -> Floats:
    """Levels (times, dates) at fractional rows: the row's own while wide, else linear between.

    ``by_row`` (h, rows) holds levels by row of the calendar, ``row`` (w,) the fractional row of
    each pixel; the result is (h, w). Blocks say that a date is one row; a smooth picture would show
    dates that the calendar does not have.
    """
    count = by_row.shape[1]
    rows = np.clip(row, 0, count - 1).astype(np.intp)
    is_wide = row.size > _WIDE_ROW_PX * np.ptp(rows) + _WIDE_ROW_PX
    if is_wide or count < 2:
        return np.asarray(by_row[:, rows])
    at = np.clip(row - 0.5, 0, count - 1)
    before = np.minimum(at.astype(np.intp), count - 2)
    share = at - before
    left = by_row[:, before]
    right = by_row[:, before + 1]
    return np.asarray(left * (1.0 - share) + right * share)


@dataclass(frozen=True, eq=False)
class _SunOverDates:
    """The sun at the likeliest place: elevation [deg] (dates, clock) and the UTC second of noon."""

    dates_s: Floats
    clock_s: Floats
    elevation_deg: Floats
    noon_s: Floats


def _sun_over_dates(plot: Plot, data: ReportData) -> _SunOverDates:
    """The sun on a grid of 161 dates and 97 times of day.

    Elevations are airless: the level of sunrise holds the mean refraction already.
    """
    place = data.modes[0].mode.place
    dates = np.linspace(plot.start_s, plot.end_s, 161)
    clock = np.linspace(plot.lo_s, plot.hi_s, 97)
    # From midnight to midnight about each date: the sun barely changes from one day to the next.
    midnight = dates[:, None] - dates[:, None] % DAY_S
    shown = sun_topocentric(place.lat_deg, place.lon_deg, midnight + clock[None, :])
    whole_day = np.linspace(0.0, DAY_S, 145)
    day = sun_topocentric(place.lat_deg, place.lon_deg, midnight + whole_day[None, :])
    return _SunOverDates(
        dates_s=dates,
        clock_s=clock,
        elevation_deg=np.asarray(shown.airless_elevation_deg),
        noon_s=_noon_s(day.airless_elevation_deg, whole_day),
    )


def _noon_s(elevation_deg: Floats, tod: Floats) -> Floats:
    """The second at which the sun is highest on each date: the vertex of a parabola.

    ``elevation_deg`` (dates, n) at the seconds ``tod`` (n,); the result is (dates,).
    """
    top = np.clip(np.argmax(elevation_deg, axis=1), 1, tod.size - 2)
    rows = np.arange(top.size)
    before = elevation_deg[rows, top - 1]
    highest = elevation_deg[rows, top]
    after = elevation_deg[rows, top + 1]
    step_s = tod[1] - tod[0]
    return np.asarray(tod[top] + vertex_step(before, highest, after) * step_s)


def _plain_picture(plot: Plot) -> NDArray[np.uint8]:
    """The background (h, w, 3) where no place is known, whose sun could be drawn: daylight."""
    return sky(np.full((plot.height_px, plot.width_px), 30.0))


def _sky_picture(plot: Plot, sun: _SunOverDates) -> NDArray[np.uint8]:
    """The background (h, w, 3): night, dusk, day."""
    rows_per_px = (sun.clock_s.size - 1) / plot.height_px
    columns_per_px = (sun.dates_s.size - 1) / plot.width_px
    rows = np.asarray((np.arange(plot.height_px) + 0.5) * rows_per_px)
    columns = np.asarray((np.arange(plot.width_px) + 0.5) * columns_per_px)
    # The clock runs upward, the rows of a picture downward.
    elevation = sun.elevation_deg.T[::-1]
    return sky(between(elevation, rows, columns))


def _draw_sun(
    layer: FineLayer,
    plot: Plot,
    sun: _SunOverDates,
) -> None:
    """Draws sunrise and sunset as solid lines, noon as a dotted one.

    The curve of noon is cut where it passes midnight, so that no line runs down the whole box.
    """
    generator = contour_generator(
        sun.dates_s,
        sun.clock_s,
        sun.elevation_deg.T,
        line_type=LineType.Separate,
    )
    curves = []
    for line in generator.lines(SUNRISE_DEG):
        dates, clock = np.asarray(line).T
        curves.append(np.column_stack([plot.x(dates), plot.y(clock)]))
    stroke(layer, curves, colour=SUN, width_px=1.6)
    noon = np.column_stack([plot.x(sun.dates_s), plot.y(sun.noon_s)])
    moves_s = np.abs(np.diff(sun.noon_s))
    jumps = np.flatnonzero(moves_s > _NOON_JUMP_S) + 1
    pieces = np.split(noon, jumps)
    dots = dashes(pieces, on_px=3, off_px=6)
    stroke(layer, dots, colour=SUN, width_px=1.2)
