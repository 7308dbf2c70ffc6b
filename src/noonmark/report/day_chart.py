"""calendar.png for a single day.

Probability over the clock; for an instant that was given, the sun's day with the instant on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.answer import Calendar
from noonmark.report.canvas import (
    Sheet,
    TextStyle,
    draw_contour_sample,
    drawable,
    fine_layer,
    merge,
    png,
    sheet,
    stroke,
    write,
)
from noonmark.report.local_clocks import local_clocks
from noonmark.report.map_marks import draw_numbered
from noonmark.report.palette import CONTOURS, FAINT, INK, MARK, PAPER, SOFT, SUN, heat, sky
from noonmark.report.report_data import ReportData
from noonmark.report.ticks import clock_step_s, clock_text, clock_ticks
from noonmark.report.time_words import clock_words, date_words, rounded
from noonmark.report.wording import credible_times, is_broad, place_words
from noonmark.values import from_unix_s, unix_s

_WIDTH_PX = 1600
_LEFT, _TOP, _CHART_WIDTH, _CHART_HEIGHT = 170, 130, 1360, 330
_BOTTOM = _TOP + _CHART_HEIGHT
_RIGHT = _LEFT + _CHART_WIDTH
_CLOCK_HEIGHT = 46
# Between the highest bar and the top of the chart.
_AIR_PX = 24
_LABEL_WIDTH_PX = 42.0
_ELEVATION_WIDTH_PX = 220
_MOST_TICKS = 12
_MOST_NUMBERED = 3
_CORNER = (_LEFT, _TOP)

TITLE = TextStyle(28, INK, "serif")
SUBTITLE = TextStyle(17, SOFT)
_DEGREES = TextStyle(14, SOFT)
_SHARE = TextStyle(14, INK)
_ELEVATION = TextStyle(16, INK)
_CLOCK_NAME = TextStyle(15, SOFT)
_CLOCK_TIME = TextStyle(15, INK)


def write_heading(
    page: Sheet,
    title: str,
    subtitle: str,
) -> None:
    """Writes the title and the line under it, as on every calendar."""
    write(page, (60, 46), title, TITLE)
    write(page, (60, 74), drawable(subtitle), SUBTITLE)


@dataclass(frozen=True)
class _ClockRange:
    """The part of a UTC day [s] that lies across the chart."""

    lo_s: float
    hi_s: float

    def sheet_x(self, second: float) -> float:
        """A second of the day as pixels from the left of the sheet."""
        share = (second - self.lo_s) / (self.hi_s - self.lo_s)
        return _LEFT + share * _CHART_WIDTH


_WHOLE_DAY = _ClockRange(0.0, DAY_S)


def draw_day(
    data: ReportData,
    calendar: Calendar,
    row: int,
) -> bytes:
    """The PNG of one day's clock: density of probability, coloured by credible level.

    ``row`` is the row of the calendar that the day is. Every clock in use at the likeliest place
    has a line of ticks below the chart.
    """
    shown = _clock_range(calendar, row)
    zones = local_clocks(data)
    page = sheet(_WIDTH_PX, _BOTTOM + 70 + _CLOCK_HEIGHT * len(zones), PAPER)
    midnight_s = float(calendar.days[row])
    write_heading(page, f"When: {date_words(from_unix_s(midnight_s))}", credible_times(data))
    _draw_bars(page, calendar, row, shown)
    _draw_limits(page, data, midnight_s, shown)
    _draw_modes(page, data, midnight_s, shown)
    _draw_clocks(page, shown, zones, _BOTTOM)
    return png(page.image)


def _clock_range(
    calendar: Calendar,
    row: int,
) -> _ClockRange:
    """The 99 % region of a day with a margin on both sides.

    The margin is 60 % of its length, and at least half a minute.
    """
    inside = np.flatnonzero(calendar.level[row] <= 0.99)
    edges = calendar.tod_edges_s
    lo = float(edges[inside[0]])
    hi = float(edges[inside[-1] + 1])
    margin = max(0.6 * (hi - lo), 30.0)
    return _ClockRange(max(0.0, lo - margin), min(DAY_S, hi + margin))


def _draw_bars(
    page: Sheet,
    calendar: Calendar,
    row: int,
    shown: _ClockRange,
) -> None:
    """Draws bars of density side by side, each in the colour of its level, and their outline.

    Without gaps between them, they are the area under a curve of density.
    """
    bars = _bars(calendar, row, shown)
    layer = fine_layer(_bar_picture(bars), _CORNER)
    outline = np.column_stack([_columns_px(), _CHART_HEIGHT - bars.height_px])
    stroke(layer, [outline], colour=INK, width_px=1.2)
    merge(page, layer)


@dataclass(frozen=True, eq=False)
class _Bars:
    """For each column of the chart: the height of its bar [px] and its colour (n, 3)."""

    height_px: Floats
    colour: NDArray[np.uint8]


def _columns_px() -> Floats:
    """The middle of each column [px from the left of the chart]."""
    return np.asarray(np.arange(_CHART_WIDTH) + 0.5)


def _bars(
    calendar: Calendar,
    row: int,
    shown: _ClockRange,
) -> _Bars:
    """The bars of one day: density, scaled so that the highest nearly fills the chart.

    Cells of the calendar may be of unequal length: the height is density, not mass. Outside the
    calendar the height is 0.
    """
    edges = calendar.tod_edges_s
    density = calendar.mass[row] / np.diff(edges)
    highest = float(density.max()) or 1.0
    second = shown.lo_s + _columns_px() / _CHART_WIDTH * (shown.hi_s - shown.lo_s)
    cell = np.searchsorted(edges, second, side="right") - 1
    cell = np.clip(cell, 0, density.size - 1)
    known = (second >= edges[0]) & (second <= edges[-1])
    height = density[cell] / highest * (_CHART_HEIGHT - _AIR_PX)
    level = np.minimum(calendar.level[row][cell], 0.99)
    colour = np.rint(heat(level)).astype(np.uint8)
    return _Bars(np.where(known, height, 0.0), colour)


def _bar_picture(bars: _Bars) -> NDArray[np.uint8]:
    """The bars on paper (h, w, 3)."""
    picture = np.full((_CHART_HEIGHT, _CHART_WIDTH, 3), PAPER, np.uint8)
    above_foot = _CHART_HEIGHT - np.arange(_CHART_HEIGHT) - 0.5
    inside = above_foot[:, None] < bars.height_px[None, :]
    colours = np.broadcast_to(bars.colour[None], picture.shape)
    picture[inside] = colours[inside]
    return picture


def _draw_limits(
    page: Sheet,
    data: ReportData,
    midnight_s: float,
    shown: _ClockRange,
) -> None:
    """Draws where each span of each credible region begins and ends, labelled where there is space.

    Lines are drawn for the innermost region first, and a label is left out where it would overlap
    one that stands already. The spans are those of the answer: a gap between them stays a gap.
    """
    labelled: list[float] = []
    for contour in reversed(CONTOURS):
        times = data.told(contour.level)
        ends_s = [] if times is None else (times.instants.ravel() - midnight_s).tolist()
        for end_s in ends_s:
            if not shown.lo_s <= end_s <= shown.hi_s:
                continue
            x = shown.sheet_x(end_s)
            top, bottom = (x, float(_TOP)), (x, float(_BOTTOM))
            draw_contour_sample(page, top, bottom, contour)
            if all(abs(x - other) > _LABEL_WIDTH_PX for other in labelled):
                labelled.append(x)
                text = f"{contour.level * 100:.0f} %"
                write(page, (x, _TOP - 8), text, _SHARE, "ms")


def _draw_modes(
    page: Sheet,
    data: ReportData,
    midnight_s: float,
    shown: _ClockRange,
) -> None:
    """Draws the number of each of the first modes at its best instant."""
    marks = []
    for k, placed in enumerate(data.modes[:_MOST_NUMBERED]):
        second = unix_s(placed.mode.instant) - midnight_s
        if shown.lo_s <= second <= shown.hi_s:
            marks.append((k + 1, (shown.sheet_x(second), float(_BOTTOM - _AIR_PX))))
    draw_numbered(page, marks)


def draw_instant(data: ReportData) -> bytes:
    """The PNG of a given instant: the sun's day at the best fit, and every clock there.

    Nothing is uncertain about the time; the chart shows how high the sun stood, refraction
    included.
    """
    mode = data.modes[0].mode
    zones = local_clocks(data)
    page = sheet(_WIDTH_PX, _BOTTOM + 100 + _CLOCK_HEIGHT * len(zones), PAPER)
    instant = rounded(mode.instant, seconds=True)
    clock = clock_words(instant, seconds=True)
    heading = f"When: {date_words(instant)}, {clock} UTC, as given"
    if is_broad(data.modes[0]):
        write_heading(page, heading, "No place stands out, so no sun is drawn")
        return png(page.image)
    where = place_words(data.modes[0])
    write_heading(page, heading, f"The sun's height over the day at the best fit, {where}")
    chart = _elevation_chart(data)
    _draw_elevation(page, chart)
    _write_elevation_scale(page, chart)
    _write_elevation_now(page, chart)
    _draw_clocks(page, _WHOLE_DAY, zones, _BOTTOM + 10)
    return png(page.image)


@dataclass(frozen=True, eq=False)
class _ElevationChart:
    """The sun over one UTC day: elevation [deg] of each column, and the second of the instant."""

    elevation_deg: Floats
    second: float
    low_deg: float
    high_deg: float

    def y(self, elevation_deg: Floats | float) -> Floats:
        """Pixels from the top of the chart."""
        below_top = self.high_deg - np.asarray(elevation_deg)
        return np.asarray(below_top / (self.high_deg - self.low_deg) * _CHART_HEIGHT)

    @property
    def now_px(self) -> float:
        """Pixels from the left of the chart to the instant."""
        return self.second / DAY_S * _CHART_WIDTH


def _seconds() -> Floats:
    """The second of the day of each column of the chart."""
    return np.linspace(0.0, DAY_S, _CHART_WIDTH)


def _elevation_chart(data: ReportData) -> _ElevationChart:
    """The sun's day at the likeliest place about its instant.

    The range of elevations has some space above and below the curve, and always holds 20 deg on
    both sides of the horizon.
    """
    mode = data.modes[0].mode
    at = unix_s(mode.instant)
    midnight = at - at % DAY_S
    sun = sun_topocentric(mode.place.lat_deg, mode.place.lon_deg, midnight + _seconds())
    elevation = np.asarray(sun.elevation_deg)
    low = min(-20.0, float(elevation.min()) - 5.0)
    high = max(20.0, float(elevation.max()) + 8.0)
    return _ElevationChart(elevation, at % DAY_S, low, high)


def _draw_elevation(
    page: Sheet,
    chart: _ElevationChart,
) -> None:
    """Draws the sky's colours, the horizon, the sun's elevation and the instant.

    The background has the colour of the sky in each column.
    """
    shape = (_CHART_HEIGHT, _CHART_WIDTH, 3)
    background = np.broadcast_to(sky(chart.elevation_deg)[None], shape)
    layer = fine_layer(np.ascontiguousarray(background), _CORNER)
    x = _columns_px()
    horizon_y = np.full(_CHART_WIDTH, float(chart.y(0.0)))
    horizon = np.column_stack([x, horizon_y])
    stroke(layer, [horizon], colour=FAINT, width_px=1.0)
    curve = np.column_stack([x, chart.y(chart.elevation_deg)])
    stroke(layer, [curve], colour=SUN, width_px=2.2, smooth=True)
    top, bottom = (chart.now_px, 0.0), (chart.now_px, float(_CHART_HEIGHT))
    stroke(layer, [np.array([top, bottom])], colour=MARK, width_px=1.6)
    merge(page, layer)
    border = (_LEFT, _TOP, _RIGHT - 1, _BOTTOM - 1)
    page.pen.rectangle(border, outline=FAINT)


def _write_elevation_scale(
    page: Sheet,
    chart: _ElevationChart,
) -> None:
    """Writes degrees of elevation on the left.

    Every 20 deg, or every 30 where the range is large.
    """
    step = 20 if chart.high_deg - chart.low_deg < 90 else 30
    for value in range(-60, 91, step):
        if chart.low_deg < value < chart.high_deg:
            y = _TOP + float(chart.y(float(value)))
            # The shipped fonts have no minus sign.
            text = f"{value}°".replace("-", "\u2013")
            write(page, (_LEFT - 10.0, y), text, _DEGREES, "rm")


def _write_elevation_now(
    page: Sheet,
    chart: _ElevationChart,
) -> None:
    """Writes the sun's elevation beside the line of the instant.

    It stands on the right of the line, or on the left near the end of the day.
    """
    elevation_deg = float(np.interp(chart.second, _seconds(), chart.elevation_deg))
    side = "above" if elevation_deg >= 0 else "below"
    text = f"{abs(elevation_deg):.1f}° {side} the horizon"
    x, y = _LEFT + chart.now_px, _TOP + 22
    fits_right = chart.now_px < _CHART_WIDTH - _ELEVATION_WIDTH_PX
    if fits_right:
        write(page, (x + 10, y), text, _ELEVATION)
    else:
        write(page, (x - 10, y), text, _ELEVATION, "rs")


def _draw_clocks(
    page: Sheet,
    shown: _ClockRange,
    zones: list[tuple[str, float]],
    top_px: int,
) -> None:
    """Draws a line of clock times for UTC and below it one for each clock of the place."""
    for k, (name, offset_s) in enumerate([("UTC", 0.0), *zones]):
        _draw_clock(page, shown, offset_s, name, top_px + _CLOCK_HEIGHT * k)


def _draw_clock(
    page: Sheet,
    shown: _ClockRange,
    offset_s: float,
    name: str,
    y: int,
) -> None:
    """Draws a line of clock times that are ``offset_s`` ahead of UTC.

    ``y`` is where the line stands; its name stands left of it, the times below.
    """
    step = clock_step_s(shown.hi_s - shown.lo_s, _MOST_TICKS)
    page.pen.line((_LEFT, y, _RIGHT, y), fill=FAINT)
    write(page, (_LEFT - 46, y + 23), drawable(name), _CLOCK_NAME, "rs")
    first_s = shown.lo_s + offset_s
    last_s = shown.hi_s + offset_s
    for local in clock_ticks(first_s, last_s, step):
        x = shown.sheet_x(local - offset_s)
        page.pen.line((x, y, x, y + 6), fill=FAINT)
        text = clock_text(local % DAY_S, step)
        write(page, (x, y + 11), text, _CLOCK_TIME, "ma")
