"""The chart of a site: what was seen when, the brackets, and areas as boxes over their brackets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from noonmark.report.page_html import text
from noonmark.report.site_data import SiteReportData
from noonmark.sites.growth import AreaStep, SiteArea
from noonmark.sites.timeline import Sight, SiteEvent, Timeline
from noonmark.values import from_unix_s, unix_s

_LEFT, _RIGHT, _ROW, _TOP = 150.0, 930.0, 34.0, 26.0
_AREA_HEIGHT = 130.0


class TimeScale:
    """Places on a line of time [POSIX seconds] as x."""

    def __init__(
        self,
        first_s: float,
        last_s: float,
    ) -> None:
        self.first_s = first_s
        self.last_s = max(last_s, first_s + 86_400.0)

    def x(
        self,
        at_s: float,
    ) -> float:
        """The place of a time; an open end is the edge of the chart."""
        share = (at_s - self.first_s) / (self.last_s - self.first_s)
        return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)

    def years(self) -> list[int]:
        """The years that begin on the line, at most ten of them."""
        first, last = from_unix_s(self.first_s).year + 1, from_unix_s(self.last_s).year
        step = max(1, math.ceil((last - first + 1) / 10))
        return list(range(first, last + 1, step))


def timeline_chart(data: SiteReportData) -> str:
    """The timelines as SVG; the table beside it says the same."""
    held = [line for line in data.timelines if line.sights]
    times = [image.taken.start for image in data.images]
    if not held or not times:
        return ""
    scale = TimeScale(unix_s(min(times)), unix_s(max(times)))
    height = _TOP + _ROW * len(held) + 20
    rows = "".join(_row(scale, line, number) for number, line in enumerate(held))
    return (
        f'<svg class="chart" viewBox="0 0 960 {height:.0f}" role="img" aria-label="What was seen'
        f' when">{_years(scale, height)}{rows}</svg>\n'
    )


def _years(
    scale: TimeScale,
    height: float,
) -> str:
    """Lines at the beginnings of years."""
    drawn = ""
    for year in scale.years():
        x = scale.x(unix_s(datetime(year, 1, 1, tzinfo=UTC)))
        drawn += f'<line class="year" x1="{x:.1f}" y1="{_TOP - 8:.0f}" x2="{x:.1f}"'
        drawn += f' y2="{height - 12:.0f}"/><text x="{x + 3:.1f}" y="14">{year}</text>'
    return drawn


def _row(
    scale: TimeScale,
    line: Timeline,
    number: int,
) -> str:
    """One feature: its brackets as bars, its sights as marks."""
    y = _TOP + _ROW * (number + 0.5)
    name = line.feature if line.stage == "visible" else f"{line.feature} {line.stage}"
    drawn = f'<text x="0" y="{y + 5:.1f}">{text(name)}</text>'
    drawn += f'<line class="base" x1="{_LEFT}" y1="{y:.1f}" x2="{_RIGHT}" y2="{y:.1f}"/>'
    drawn += "".join(_bracket(scale, event, y) for event in line.events)
    return drawn + "".join(_mark(scale, sight, y) for sight in line.sights)


def _bracket(
    scale: TimeScale,
    event: SiteEvent,
    y: float,
) -> str:
    """A bracket as a bar from the last without to the first with."""
    left, right = scale.x(event.change.after_s), scale.x(event.change.until_s)
    kind = "open" if event.conflicts else "bracket"
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{y - 11:.1f}" width="{max(right - left, 2):.1f}"'
        f' height="22"><title>{text(event.name)}</title></rect>'
    )


def _mark(
    scale: TimeScale,
    sight: Sight,
    y: float,
) -> str:
    """A sight: seen filled, not seen hollow, could not a cross, readers who differ a question."""
    x = scale.x(sight.start_s)
    if sight.state == "could-not":
        return (
            f'<path class="cross" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"><title>could not:'
            f" {text(', '.join(sight.why))}</title></path>"
        )
    if sight.state == "open":
        return f'<text class="ask" x="{x - 3:.1f}" y="{y + 5:.1f}">?</text>'
    return f'<circle class="{sight.state}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'


def area_chart(
    areas: Sequence[SiteArea],
    steps: Sequence[AreaStep],
) -> str:
    """Areas of one feature with bounds, and each change as a box over the time in which it lies."""
    if len(areas) < 2:
        return ""
    scale = TimeScale(areas[0].start_s, areas[-1].end_s)
    most = round_above(max(area.hi_m2 for area in areas))
    drawn = "".join(_area_parts(scale, areas, steps, most))
    zero = _y(0, most)
    return (
        f'<svg class="chart" viewBox="0 0 960 {_TOP + _AREA_HEIGHT + 14:.0f}" role="img"'
        f' aria-label="Area">{_years(scale, _TOP + _AREA_HEIGHT)}'
        f'<text x="0" y="{_TOP + 6:.0f}">{most:,.0f} m²</text>'
        f'<text x="0" y="{zero:.0f}">0</text>{drawn}</svg>\n'
    )


def round_above(value: float) -> float:
    """The next number that reads easily on an axis: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of 10.

    1 for 0 and less.
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if power * step >= value)


def _y(
    area_m2: float,
    most_m2: float,
) -> float:
    return _TOP + _AREA_HEIGHT * (1 - area_m2 / most_m2)


def _area_parts(
    scale: TimeScale,
    areas: Sequence[SiteArea],
    steps: Sequence[AreaStep],
    most: float,
) -> Iterator[str]:
    """The boxes of the steps, then the areas."""
    for step in steps:
        left, right = scale.x(step.before.start_s), scale.x(step.after.end_s)
        low = min(step.before.lo_m2, step.after.lo_m2)
        high = max(step.before.hi_m2, step.after.hi_m2)
        kind = "bracket" if step.is_sure else "open"
        top, bottom = _y(high, most), _y(low, most)
        yield f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}"'
        yield f' height="{max(bottom - top, 1):.1f}"/>'
    for area in areas:
        x = scale.x(area.start_s)
        yield f'<line class="bound" x1="{x:.1f}" y1="{_y(area.lo_m2, most):.1f}" x2="{x:.1f}"'
        yield f' y2="{_y(area.hi_m2, most):.1f}"/>'
        yield f'<circle class="seen" cx="{x:.1f}" cy="{_y(area.area_m2, most):.1f}" r="3.5"/>'
