"""calendar.png: when. Date against time of day, with the sun's day at the likeliest place behind it.

Short windows zoom in; spans of more than about two years are folded to one year, with the years below; a single
day becomes a curve of probability over the clock (hours.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.answer import Calendar
from noonmark.report import ink, palette, words
from noonmark.report.findings import Findings
from noonmark.report.hours import clocks, draw_hours, draw_instant
from noonmark.report.regionmap import between
from noonmark.report.regions import shared_levels
from noonmark.report.ticks import clock_step_s, clock_text, clock_ticks, date_ticks
from noonmark.report.worldmap import numbered
from noonmark.values import from_unix_s, unix_s

Floats = NDArray[np.float64]
WIDTH_PX = 1600
_DAY_S = 86400.0
_FOLD_DAYS = 800.0
# What the question itself gave to the second needs no curve.
_INSTANT_S = 5.0
# The upper limb on the horizon with mean refraction: 34 + 16 arc minutes (Explanatory Supplement, 2013).
_SUNRISE_DEG = -0.833


@dataclass(frozen=True, eq=False)
class Plot:
    """What is drawn where: dates (POSIX s) across, UTC seconds of the day up, in a box of pixels on the sheet."""

    start_s: float
    end_s: float
    lo_s: float
    hi_s: float
    corner_px: tuple[int, int]
    width_px: int
    height_px: int

    def x(self, unix: Floats | float) -> Floats:
        """Pixels from the left edge of the box."""
        return np.asarray((np.asarray(unix) - self.start_s) / (self.end_s - self.start_s) * self.width_px)

    def y(self, tod: Floats | float) -> Floats:
        """Pixels from the top edge of the box."""
        return np.asarray((self.hi_s - np.asarray(tod)) / (self.hi_s - self.lo_s) * self.height_px)


def draw_calendar(found: Findings) -> bytes:
    """The PNG of the calendar."""
    given = found.calendar
    evened = replace(given, level=_levels(given.mass)) if given.mass.any() else given
    calendar, folded = fold(evened)
    rows = np.flatnonzero((calendar.level <= 0.99).any(axis=1))
    if not rows.size or not found.modes:
        return _empty(found)
    if rows.size == 1 and calendar.days_per_row == 1 and not folded:
        row = int(rows[0])
        inside = np.flatnonzero(calendar.level[row] <= 0.99)
        if float(calendar.tod_edges_s[inside[-1] + 1] - calendar.tod_edges_s[inside[0]]) <= _INSTANT_S:
            return draw_instant(found)
        return draw_hours(found, calendar, row)
    room = WIDTH_PX - 110 - 60 - 96 * max(1, len(clocks(found)))
    plot = _plot(calendar, rows, room, 560, whole=folded)
    years_h = 150 if folded else 0
    page = ink.sheet(WIDTH_PX, 150 + 560 + 120 + years_h, palette.PAPER)
    heading(
        page,
        found,
        "When: date and time of day" if not folded else "When: day of the year and time of day, all years together",
    )
    _field(page, plot, calendar, found)
    _axes(page, plot, found, folded=folded)
    if folded:
        _years(page, plot, found.calendar)
    legend(page, plot, found, 150 + 560 + 88 + years_h)
    return ink.png(page.image)


def fold(calendar: Calendar) -> tuple[Calendar, bool]:
    """The calendar, or, when its 99 % region spans more than about two years, its sum over years on one leap year."""
    rows = np.flatnonzero((calendar.level <= 0.99).any(axis=1))
    if not rows.size or calendar.days[rows[-1]] - calendar.days[rows[0]] < _FOLD_DAYS * _DAY_S:
        return calendar, False
    # Day numbers from 1 March on, so that the leap day is the last and no other day moves.
    months = (calendar.days / _DAY_S).astype("datetime64[D]")
    year = months.astype("datetime64[Y]")
    number = (months - year.astype("datetime64[D]")).astype(int)
    leap = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(int) == 366
    number = number + (~leap & (number >= 59))
    step = calendar.days_per_row
    mass = np.zeros((-(-366 // step), calendar.mass.shape[1]))
    np.add.at(mass, number // step, calendar.mass)
    first = np.datetime64("2020-01-01", "D").astype(float) * _DAY_S
    days = first + np.arange(mass.shape[0]) * step * _DAY_S
    return Calendar(days, step, calendar.tod_edges_s, mass, _levels(mass)), True


def _levels(mass: Floats) -> Floats:
    """Credible levels of cells; equal masses share the middle of their levels, because nothing tells them apart."""
    level = np.ones(mass.shape)
    warm = mass > 0.0
    # Rounding must not tell apart what is equal.
    level[warm] = shared_levels(np.asarray(np.round(np.log(mass[warm]), 9)), mass[warm])
    return level


def _plot(calendar: Calendar, rows: NDArray[np.intp], width: int, height: int, *, whole: bool) -> Plot:
    """The frame: the 99 % region with air round it, the whole day unless the region is a short part of it."""
    length = calendar.days_per_row * _DAY_S
    first, last = float(calendar.days[rows[0]]), float(calendar.days[rows[-1]]) + length
    pad = max(length, 0.08 * (last - first))
    start, end = max(float(calendar.days[0]), first - pad), min(float(calendar.days[-1]) + length, last + pad)
    if whole:
        start, end = float(calendar.days[0]), float(calendar.days[0]) + 366.0 * _DAY_S
    lo, hi = _clock_range(calendar, 0.99)
    core = _clock_range(calendar, 0.9)
    if core[1] - core[0] < 0.12 * (hi - lo):
        # A thin band in a wide, faint tail would be a line: show the band.
        half = (core[1] - core[0]) / 2.0
        lo, hi = core[0] - half, core[1] + half
    air = max(0.4 * (hi - lo), 300.0)
    lo, hi = lo - air, hi + air
    if hi - lo > 0.6 * _DAY_S:
        lo, hi = 0.0, _DAY_S
    # The marginal may not cover the whole day: what it leaves out has no probability.
    return Plot(start, end, max(lo, 0.0), min(hi, _DAY_S), (110, 110), width, height)


def _clock_range(calendar: Calendar, level: float) -> tuple[float, float]:
    """First and last second of the day at which the credible region is anywhere; that of the 99 % region if empty."""
    columns = np.flatnonzero((calendar.level <= level).any(axis=0))
    if not columns.size:
        return _clock_range(calendar, 0.99)
    return float(calendar.tod_edges_s[columns[0]]), float(calendar.tod_edges_s[columns[-1] + 1])


def _field(page: ink.Sheet, plot: Plot, calendar: Calendar, found: Findings) -> None:
    """Night, day, the probability, its contours, and the sun's curves."""
    w, h = plot.width_px, plot.height_px
    elevation, noon = _sun(plot, found)
    base = _sky(plot, elevation)
    unix = plot.start_s + (np.arange(w) + 0.5) / w * (plot.end_s - plot.start_s)
    tod = plot.hi_s - (np.arange(h) + 0.5) / h * (plot.hi_s - plot.lo_s)
    level = _level_pixels(calendar, unix, tod)
    flat, hot = base.reshape(-1, 3), np.flatnonzero(level < 0.995)
    flat[hot] = palette.tint(flat[hot], level.ravel()[hot])
    drawn = ink.frame(base, plot.corner_px)
    dates, clock = _nodes(plot)
    curves = contour_generator(dates, clock, elevation.T, line_type=LineType.Separate).lines(_SUNRISE_DEG)
    lines = [np.column_stack([plot.x(c[:, 0]), plot.y(c[:, 1])]) for c in map(np.asarray, curves)]
    ink.stroke(drawn, lines, colour=palette.SUN, width_px=1.6)
    jumps = np.flatnonzero(np.abs(np.diff(noon)) > 40_000.0) + 1
    line = np.column_stack([plot.x(dates), plot.y(noon)])
    ink.stroke(drawn, ink.dashes(np.split(line, jumps), on_px=3, off_px=6), colour=palette.SUN, width_px=1.2)
    thin = level[::3, ::3]
    for share, weight, dash in palette.CONTOURS:
        made = contour_generator(np.arange(thin.shape[1]) * 3.0 + 0.5, np.arange(thin.shape[0]) * 3.0 + 0.5, thin)
        lines = [np.asarray(c) for c in made.lines(share)]
        ink.stroke(drawn, lines, colour=palette.HALO, width_px=weight + 1.2)
        cut = lines if dash is None else ink.dashes(lines, on_px=dash[0], off_px=dash[1])
        ink.stroke(drawn, cut, colour=palette.INK, width_px=weight)
    ink.settle(page, drawn)
    marks = []
    for k, placed in enumerate(found.modes[:3]):
        at = unix_s(placed.mode.instant)
        day, second = at - at % _DAY_S + _DAY_S / 2.0, at % _DAY_S
        if plot.start_s <= day <= plot.end_s and plot.lo_s <= second <= plot.hi_s:
            marks.append((k + 1, (plot.corner_px[0] + float(plot.x(day)), plot.corner_px[1] + float(plot.y(second)))))
    numbered(page, marks)


def _level_pixels(calendar: Calendar, unix: Floats, tod: Floats) -> Floats:
    """Levels (h, w) at pixels: blocks while a day is wide, smooth along the clock; 2 outside the table."""
    row = (unix - calendar.days[0]) / (calendar.days_per_row * _DAY_S)
    inside = (row >= 0) & (row < calendar.days.size)
    rows = np.clip(row, 0, calendar.days.size - 1).astype(np.intp)
    edges = calendar.tod_edges_s
    middle = (edges[:-1] + edges[1:]) / 2.0
    level = np.where(np.isnan(calendar.level), 1.0, calendar.level)
    at = np.clip(np.interp(tod, middle, np.arange(middle.size)), 0, middle.size - 1)
    k = np.minimum(at.astype(np.intp), max(middle.size - 2, 0))
    t = (at - k)[:, None]
    low, high = level[:, k].T, level[:, np.minimum(k + 1, middle.size - 1)].T
    by_row = low * (1.0 - t) + high * t
    if unix.size > 12 * np.ptp(rows) + 12 or calendar.days.size < 2:
        out = by_row[:, rows]
    else:
        x = np.clip(row - 0.5, 0, calendar.days.size - 1)
        j = np.minimum(x.astype(np.intp), calendar.days.size - 2)
        s = x - j
        out = by_row[:, j] * (1.0 - s) + by_row[:, j + 1] * s
    out = np.where(inside, out, 2.0)
    out[(tod < edges[0]) | (tod > edges[-1])] = 2.0
    return np.asarray(out)


def _nodes(plot: Plot) -> tuple[Floats, Floats]:
    return np.linspace(plot.start_s, plot.end_s, 161), np.linspace(plot.lo_s, plot.hi_s, 97)


def _sun(plot: Plot, found: Findings) -> tuple[Floats, Floats]:
    """Elevation [deg] (dates, clock) at the likeliest place, and the UTC second of its highest stand on each date."""
    place = found.modes[0].mode.place
    dates, clock = _nodes(plot)
    # The middle of each date's midnight-to-midnight: the sun barely changes from one day to the next.
    seen = sun_topocentric(place.lat_deg, place.lon_deg, dates[:, None] - dates[:, None] % _DAY_S + clock[None, :])
    whole = np.linspace(0.0, _DAY_S, 145)
    high = sun_topocentric(place.lat_deg, place.lon_deg, dates[:, None] - dates[:, None] % _DAY_S + whole[None, :])
    k = np.clip(np.argmax(high.airless_elevation_deg, axis=1), 1, 143)
    rows = np.arange(dates.size)
    a, b, c = (high.airless_elevation_deg[rows, k + d] for d in (-1, 0, 1))
    curve = a - 2.0 * b + c
    noon = whole[k] + np.where(curve < 0.0, 0.5 * (a - c) / np.where(curve < 0.0, curve, 1.0), 0.0) * (
        whole[1] - whole[0]
    )
    return np.asarray(seen.airless_elevation_deg), np.asarray(noon)


def _sky(plot: Plot, elevation: Floats) -> NDArray[np.uint8]:
    """The background (h, w, 3): night, dusk, day."""
    dates, clock = _nodes(plot)
    rows = (np.arange(plot.height_px) + 0.5) * ((clock.size - 1) / plot.height_px)
    columns = (np.arange(plot.width_px) + 0.5) * ((dates.size - 1) / plot.width_px)
    return palette.sky(between(elevation.T[::-1], np.asarray(rows), np.asarray(columns)))


def _axes(page: ink.Sheet, plot: Plot, found: Findings, *, folded: bool) -> None:
    x0, y0 = plot.corner_px
    w, h = plot.width_px, plot.height_px
    page.pen.rectangle((x0, y0, x0 + w - 1, y0 + h - 1), outline=palette.FAINT)
    step = clock_step_s(plot.hi_s - plot.lo_s, 9)
    for tod in clock_ticks(plot.lo_s, plot.hi_s, step):
        y = y0 + float(plot.y(tod))
        page.pen.line((x0 - 6, y, x0, y), fill=palette.FAINT)
        ink.write(page.pen, (x0 - 11, y), clock_text(tod, step), size_px=15, colour=palette.INK, anchor="rm")
    ink.write(page.pen, (x0 - 11, y0 - 14), "UTC", size_px=15, colour=palette.SOFT, anchor="rs")
    for k, (zone, offset) in enumerate(clocks(found)):
        left = x0 + w + 96 * k
        for local in clock_ticks(plot.lo_s + offset, plot.hi_s + offset, step):
            y = y0 + float(plot.y(local - offset))
            page.pen.line((left, y, left + 6, y), fill=palette.FAINT)
            ink.write(
                page.pen, (left + 11, y), clock_text(local % _DAY_S, step), size_px=15, colour=palette.INK, anchor="lm"
            )
        ink.write(page.pen, (left + 4, y0 - 14), ink.drawable(zone), size_px=15, colour=palette.SOFT)
    days = (plot.end_s - plot.start_s) / _DAY_S
    half = _DAY_S / 2.0 if days < 60 else 0.0
    for at, text, strong in date_ticks(plot.start_s, plot.end_s, 14):
        x = x0 + float(plot.x(at + half))
        if not x0 <= x <= x0 + w:
            continue
        page.pen.line((x, y0 + h, x, y0 + h + (9 if strong else 5)), fill=palette.FAINT)
        label = text.replace(" 2020", "") if folded else text
        ink.write(page.pen, (x, y0 + h + 13), label, size_px=15, colour=palette.INK, anchor="ma")


def _years(page: ink.Sheet, plot: Plot, calendar: Calendar) -> None:
    """The share of each year, as bars under the folded calendar."""
    years = np.array([from_unix_s(d).year for d in calendar.days.tolist()])
    lived = years[calendar.mass.sum(axis=1) > 1e-9]
    first, last = int(lived.min()), int(lived.max())
    kept = (years >= first) & (years <= last)
    share = np.bincount(years[kept] - first, weights=calendar.mass.sum(axis=1)[kept], minlength=last - first + 1)
    x0, base, top = plot.corner_px[0], 110 + plot.height_px + 160, 110 + plot.height_px + 70
    pitch = plot.width_px / share.size
    for k, value in enumerate(share.tolist()):
        left, right = x0 + k * pitch + 1, x0 + (k + 1) * pitch - 2
        height = (base - top) * value / max(float(share.max()), 1e-300)
        page.pen.rectangle((left, base - height, max(right, left + 1), base), fill=(44, 113, 142))
        if share.size <= 15 or (first + k) % (5 if share.size <= 75 else 20) == 0:
            ink.write(
                page.pen, ((left + right) / 2, base + 6), str(first + k), size_px=14, colour=palette.SOFT, anchor="ma"
            )
    page.pen.line((x0, base, x0 + plot.width_px, base), fill=palette.FAINT)
    ink.write(page.pen, (x0 - 11, base - 36), "share of", size_px=14, colour=palette.SOFT, anchor="rs")
    ink.write(page.pen, (x0 - 11, base - 18), "each year", size_px=14, colour=palette.SOFT, anchor="rs")


def heading(page: ink.Sheet, found: Findings, text: str) -> None:
    """Title and, under it, the span in words."""
    ink.write(page.pen, (60, 46), text, size_px=28, colour=palette.INK, face="serif")
    region = found.region(0.9)
    spans = words.spans_words(region.spans) if region else ""
    ink.write(page.pen, (60, 74), ink.drawable(f"90 % credible: {spans}"), size_px=17, colour=palette.SOFT)


def legend(page: ink.Sheet, plot: Plot, found: Findings, y: float) -> None:
    """What the lines mean, and for which place the sun is drawn."""
    left = float(plot.corner_px[0])
    for level, weight, dash in reversed(palette.CONTOURS):
        line = [np.array([(left, y), (left + 44.0, y)])]
        for part in line if dash is None else ink.dashes(line, on_px=dash[0], off_px=dash[1]):
            page.pen.line(part.ravel().tolist(), fill=palette.INK, width=max(1, round(weight)))
        ink.write(page.pen, (left + 52, y + 6), f"{level * 100:.0f} %", size_px=15, colour=palette.INK)
        left += 112
    page.pen.line((left, y, left + 44, y), fill=palette.SUN, width=2)
    where = words.place_words(found.modes[0]) if found.modes else ""
    text = f"sunrise and sunset, dotted: noon, at {where}"
    ink.write(page.pen, (left + 52, y + 6), ink.drawable(text), size_px=15, colour=palette.INK)


def _empty(found: Findings) -> bytes:
    page = ink.sheet(WIDTH_PX, 160, palette.PAPER)
    ink.write(page.pen, (60, 70), "When: no time fits these clues", size_px=28, colour=palette.INK, face="serif")
    return ink.png(page.image)
