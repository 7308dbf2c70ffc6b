"""The box of a calendar: dates across, UTC seconds of the day up, with its axes and legend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.answer import Calendar
from noonmark.report.calendar_fold import rows_inside
from noonmark.report.canvas import (
    Sheet,
    TextStyle,
    draw_contour_sample,
    drawable,
    write,
)
from noonmark.report.local_clocks import local_clocks, offset_changes_s
from noonmark.report.palette import CONTOURS, FAINT, INK, SOFT, SUN
from noonmark.report.report_data import ReportData
from noonmark.report.ticks import clock_step_s, clock_text, clock_ticks, date_ticks
from noonmark.report.wording import is_broad, place_words
from noonmark.values import from_unix_s

CORNER_PX = (110, 110)
LOCAL_CLOCK_PX = 116
_TICK = TextStyle(15, INK)
_AXIS_NAME = TextStyle(15, SOFT)
_YEAR = TextStyle(14, SOFT)
_YEAR_BAR = (44, 113, 142)
_YEAR_BAR_PX = 90
_TICK_PX = 6
_SAMPLE_PX = 44.0
_MOST_CHANGES = 4
_LABEL_PX = 60
_MOST_CLOCK_TICKS = 9
_MOST_DATE_TICKS = 14
_WIDE_DAYS = 60
# A 90 % region shorter than this share of the 99 % region is shown alone.
_THIN_BAND = 0.12
# A region longer than this share of the day shows the whole day.
_MOST_OF_DAY = 0.6


@dataclass(frozen=True, eq=False)
class Plot:
    """A box of pixels on the sheet: dates (POSIX s) across, UTC seconds of the day up.

    The day of a date begins at its tick; the clock begins at the lower edge.
    """

    start_s: float
    end_s: float
    lo_s: float
    hi_s: float
    width_px: int
    height_px: int
    corner_px: tuple[int, int] = CORNER_PX

    @property
    def left(self) -> int:
        """The left edge on the sheet [px]."""
        return self.corner_px[0]

    @property
    def top(self) -> int:
        """The top edge on the sheet [px]."""
        return self.corner_px[1]

    @property
    def right(self) -> int:
        """The right edge on the sheet [px]."""
        return self.left + self.width_px

    @property
    def bottom(self) -> int:
        """The bottom edge on the sheet [px]."""
        return self.top + self.height_px

    def x(self, unix: Floats | float) -> Floats:
        """Dates (n,) as pixels from the left edge of the box."""
        share = (np.asarray(unix) - self.start_s) / (self.end_s - self.start_s)
        return np.asarray(share * self.width_px)

    def y(self, tod: Floats | float) -> Floats:
        """Times of day (n,) as pixels from the top edge of the box."""
        share = (self.hi_s - np.asarray(tod)) / (self.hi_s - self.lo_s)
        return np.asarray(share * self.height_px)

    def sheet_x(self, unix: float) -> float:
        """A date as pixels from the left edge of the sheet."""
        return self.left + float(self.x(unix))

    def sheet_y(self, tod: float) -> float:
        """A time of day as pixels from the top edge of the sheet."""
        return self.top + float(self.y(tod))

    def holds(
        self,
        unix: float,
        tod: float,
    ) -> bool:
        """Whether a date and a time of day lie in the box.

        ``unix`` in POSIX seconds, ``tod`` in seconds of the UTC day.
        """
        on_dates = self.start_s <= unix <= self.end_s
        return on_dates and self.lo_s <= tod <= self.hi_s

    def clock_step_s(self) -> int:
        """The distance between ticks of the clock."""
        return clock_step_s(self.hi_s - self.lo_s, _MOST_CLOCK_TICKS)


def plot_of(
    calendar: Calendar,
    size_px: tuple[int, int],
    *,
    folded: bool,
) -> Plot:
    """The box that shows the 99 % region with a margin; all of the year when ``folded``.

    ``size_px`` is the width and height of the box. The times of day are those of the region on any
    date.
    """
    start_s, end_s = _whole_year(calendar) if folded else _date_range(calendar)
    lo_s, hi_s = _clock_range(calendar)
    return Plot(start_s, end_s, lo_s, hi_s, *size_px)


def _whole_year(calendar: Calendar) -> tuple[float, float]:
    """The leap year that a folded calendar stands on (POSIX s)."""
    first = float(calendar.days[0])
    return first, first + 366.0 * DAY_S


def _date_range(calendar: Calendar) -> tuple[float, float]:
    """The dates of the 99 % region with a margin, within those of the calendar (POSIX s).

    The margin is 8 % of its length, and at least one row of the calendar.
    """
    rows = rows_inside(calendar)
    row_s = calendar.days_per_row * DAY_S
    first = float(calendar.days[rows[0]])
    last = float(calendar.days[rows[-1]]) + row_s
    margin = max(row_s, 0.08 * (last - first))
    known_from = float(calendar.days[0])
    known_to = float(calendar.days[-1]) + row_s
    return max(known_from, first - margin), min(known_to, last + margin)


def _clock_range(calendar: Calendar) -> tuple[float, float]:
    """The times of day to show [s]: the whole day unless the region is a short part of it.

    The margin is 40 % of its length, and at least five minutes.
    """
    lo, hi = _region_clock(calendar, 0.99)
    core_lo, core_hi = _region_clock(calendar, 0.9)
    if core_hi - core_lo < _THIN_BAND * (hi - lo):
        # A thin band in a wide, faint tail would be a line: show the band.
        half = (core_hi - core_lo) / 2.0
        lo, hi = core_lo - half, core_hi + half
    margin = max(0.4 * (hi - lo), 300.0)
    lo, hi = lo - margin, hi + margin
    if hi - lo > _MOST_OF_DAY * DAY_S:
        return 0.0, DAY_S
    # The marginal may not cover the whole day: what it leaves out has no probability.
    return max(lo, 0.0), min(hi, DAY_S)


def _region_clock(
    calendar: Calendar,
    level: float,
) -> tuple[float, float]:
    """First and last second of the day of a credible region; of the 99 % region if it is empty."""
    columns = np.flatnonzero((calendar.level <= level).any(axis=0))
    if not columns.size:
        return _region_clock(calendar, 0.99)
    edges = calendar.tod_edges_s
    return float(edges[columns[0]]), float(edges[columns[-1] + 1])


def draw_axes(
    page: Sheet,
    plot: Plot,
    data: ReportData,
    *,
    folded: bool,
) -> None:
    """Draws the border, UTC on the left, the clocks of the place on the right, dates below.

    Clocks of the place stand beside one another, each with its own ticks at round times.
    """
    border = (plot.left, plot.top, plot.right - 1, plot.bottom - 1)
    page.pen.rectangle(border, outline=FAINT)
    _draw_utc(page, plot)
    for k, (name, offset_s) in enumerate(local_clocks(data)):
        left = plot.right + LOCAL_CLOCK_PX * k
        _draw_local_clock(page, plot, left, name, offset_s)
    _draw_dates(page, plot, folded=folded)
    if not folded:
        _draw_clock_changes(page, plot, data)


def _draw_clock_changes(
    page: Sheet,
    plot: Plot,
    data: ReportData,
) -> None:
    """Draws a line at each date from which on the clocks of the place have another offset.

    Of many changes none is drawn: each year has two.
    """
    if not data.modes or not data.modes[0].local or is_broad(data.modes[0]):
        return
    zone, _ = data.modes[0].local[0]
    changes_s = offset_changes_s(zone, plot.start_s, plot.end_s)
    if changes_s.size > _MOST_CHANGES:
        return
    for change_s in changes_s.tolist():
        x = plot.sheet_x(change_s)
        page.pen.line((x, plot.top, x, plot.bottom), fill=FAINT)
        if min(x - plot.left, plot.right - x) > _LABEL_PX:
            write(page, (x, plot.top - 4), "clocks change", _AXIS_NAME, "ms")


def _draw_utc(
    page: Sheet,
    plot: Plot,
) -> None:
    """Draws ticks of UTC left of the box."""
    step = plot.clock_step_s()
    left = plot.left
    for tod in clock_ticks(plot.lo_s, plot.hi_s, step):
        y = plot.sheet_y(tod)
        page.pen.line((left - _TICK_PX, y, left, y), fill=FAINT)
        write(page, (left - 11, y), clock_text(tod, step), _TICK, "rm")
    write(page, (left - 11, plot.top - 14), "UTC", _AXIS_NAME, "rs")


def _draw_local_clock(
    page: Sheet,
    plot: Plot,
    left: int,
    name: str,
    offset_s: float,
) -> None:
    """Draws ticks of a clock that is ``offset_s`` ahead of UTC, right of the box.

    ``left`` is where its ticks begin [px of the sheet].
    """
    step = plot.clock_step_s()
    for local in clock_ticks(plot.lo_s + offset_s, plot.hi_s + offset_s, step):
        y = plot.sheet_y(local - offset_s)
        page.pen.line((left, y, left + _TICK_PX, y), fill=FAINT)
        write(page, (left + 11, y), clock_text(local % DAY_S, step), _TICK, "lm")
    write(page, (left + 4, plot.top - 14), drawable(name), _AXIS_NAME)


def _draw_dates(
    page: Sheet,
    plot: Plot,
    *,
    folded: bool,
) -> None:
    """Draws ticks of dates below the box, in the middle of a day while days are wide.

    A tick stands at the beginning of its day when days are narrow; larger units have longer ticks.
    """
    days = (plot.end_s - plot.start_s) / DAY_S
    is_wide = days < _WIDE_DAYS
    middle_s = DAY_S / 2.0 if is_wide else 0.0
    for tick in date_ticks(plot.start_s, plot.end_s, _MOST_DATE_TICKS):
        x = plot.sheet_x(tick.unix_s + middle_s)
        if not plot.left <= x <= plot.right:
            continue
        length = 9 if tick.strong else 5
        page.pen.line((x, plot.bottom, x, plot.bottom + length), fill=FAINT)
        # The leap year of a folded calendar stands for every year.
        label = tick.text.replace(" 2020", "") if folded else tick.text
        write(page, (x, plot.bottom + 13), label, _TICK, "ma")


def draw_years(
    page: Sheet,
    plot: Plot,
    calendar: Calendar,
) -> None:
    """Draws the share of each year as bars under the folded calendar.

    Bars are scaled to the likeliest year. A bar is at least one pixel wide.
    """
    first, share = _year_shares(calendar)
    base = plot.bottom + 160
    pitch = plot.width_px / share.size
    highest = max(float(share.max()), 1e-300)
    label_every = _label_every(share.size)
    for k, value in enumerate(share.tolist()):
        year = first + k
        left = plot.left + k * pitch + 1
        right = plot.left + (k + 1) * pitch - 2
        top = base - _YEAR_BAR_PX * value / highest
        bar = (left, top, max(right, left + 1), base)
        page.pen.rectangle(bar, fill=_YEAR_BAR)
        if year % label_every == 0:
            middle = (left + right) / 2
            write(page, (middle, base + 6), str(year), _YEAR, "ma")
    page.pen.line((plot.left, base, plot.right, base), fill=FAINT)
    beside = plot.left - 11
    write(page, (beside, base - 36), "share of", _YEAR, "rs")
    write(page, (beside, base - 18), "each year", _YEAR, "rs")


def _label_every(years: int) -> int:
    """The distance between years that are labelled.

    Few years are all labelled; of many every fifth or every twentieth is.
    """
    if years <= 15:
        return 1
    return 5 if years <= 75 else 20


def _year_shares(calendar: Calendar) -> tuple[int, Floats]:
    """The first year that has any probability, and the probability of each from it to the last.

    Years before the first and after the last with at least 1e-9 of the probability are left out.
    """
    years = np.array([from_unix_s(day).year for day in calendar.days.tolist()])
    mass = calendar.mass.sum(axis=1)
    likely = years[mass > 1e-9]
    first, last = int(likely.min()), int(likely.max())
    kept = (years >= first) & (years <= last)
    number = years[kept] - first
    share = np.bincount(number, weights=mass[kept], minlength=last - first + 1)
    return first, share.astype(float)


def draw_legend(
    page: Sheet,
    data: ReportData,
    y: float,
) -> None:
    """Draws what the lines mean, and for which place the sun is drawn.

    Samples of the contours come first, the innermost leading; then the colour of the sun.
    """
    left = float(CORNER_PX[0])
    for contour in reversed(CONTOURS):
        start, end = (left, y), (left + _SAMPLE_PX, y)
        draw_contour_sample(page, start, end, contour)
        text = f"{contour.level * 100:.0f} %"
        write(page, (left + 52, y + 6), text, _TICK)
        left += 112
    if is_broad(data.modes[0]):
        text = "no place stands out, so no sun and no local clock is drawn"
        write(page, (left, y + 6), text, _TICK)
        return
    sample = (left, y, left + _SAMPLE_PX, y)
    page.pen.line(sample, fill=SUN, width=2)
    place = place_words(data.modes[0])
    text = f"sunrise and sunset, dotted: noon, at the first mode's best fit, {place}"
    write(page, (left + 52, y + 6), drawable(text), _TICK)
