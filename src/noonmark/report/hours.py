"""The calendar of a single day: probability over the clock, coloured by credible level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.answer import Calendar
from noonmark.report import ink, palette, words
from noonmark.report.findings import Findings
from noonmark.report.ticks import clock_step_s, clock_text, clock_ticks
from noonmark.values import from_unix_s, unix_s
from noonmark.world.offsets import offsets_s

Floats = NDArray[np.float64]
_WIDTH_PX, _TOP, _HEIGHT = 1600, 130, 330
_LEFT, _ROOM = 170, 1360


def draw_hours(found: Findings, calendar: Calendar, row: int) -> bytes:
    """The PNG of one day's clock."""
    edges, mass, level = calendar.tod_edges_s, calendar.mass[row], calendar.level[row]
    inside = np.flatnonzero(level <= 0.99)
    lo, hi = float(edges[inside[0]]), float(edges[inside[-1] + 1])
    air = max(0.6 * (hi - lo), 30.0)
    lo, hi = max(0.0, lo - air), min(86400.0, hi + air)
    zones = clocks(found)
    page = ink.sheet(_WIDTH_PX, _TOP + _HEIGHT + 70 + 46 * len(zones), palette.PAPER)
    day = from_unix_s(float(calendar.days[row]))
    ink.write(page.pen, (60, 46), f"When: {words.date_words(day)}", size_px=28, colour=palette.INK, face="serif")
    region = found.region(0.9)
    text = f"90 % credible: {words.spans_words(region.spans)}" if region else ""
    ink.write(page.pen, (60, 74), ink.drawable(text), size_px=17, colour=palette.SOFT)
    _curve(page, edges, mass, level, (lo, hi))
    _clock(page, (lo, hi), 0.0, "UTC", _TOP + _HEIGHT)
    for k, (zone, offset) in enumerate(zones):
        _clock(page, (lo, hi), offset, zone, _TOP + _HEIGHT + 46 * (k + 1))
    return ink.png(page.image)


def draw_instant(found: Findings) -> bytes:
    """The PNG of a given instant: the sun's day at the likeliest place, with the instant on it and every clock."""
    mode = found.modes[0].mode
    at = unix_s(mode.instant)
    midnight = at - at % 86400.0
    tod = np.linspace(0.0, 86400.0, _ROOM)
    seen = sun_topocentric(mode.place.lat_deg, mode.place.lon_deg, midnight + tod)
    elevation = np.asarray(seen.elevation_deg)
    zones = clocks(found)
    page = ink.sheet(_WIDTH_PX, _TOP + _HEIGHT + 100 + 46 * len(zones), palette.PAPER)
    title = f"When: {words.date_words(mode.instant)}, {words.clock_words(mode.instant, seconds=True)} UTC, as given"
    ink.write(page.pen, (60, 46), title, size_px=28, colour=palette.INK, face="serif")
    where = f"The sun's height over the day at the likeliest place, {words.place_words(found.modes[0])}"
    ink.write(page.pen, (60, 74), ink.drawable(where), size_px=17, colour=palette.SOFT)
    low, high = min(-20.0, float(elevation.min()) - 5.0), max(20.0, float(elevation.max()) + 8.0)

    def y(value: Floats | float) -> Floats:
        return np.asarray((high - np.asarray(value)) / (high - low) * _HEIGHT)

    ground = np.broadcast_to(palette.sky(elevation)[None], (_HEIGHT, _ROOM, 3))
    drawn = ink.frame(np.ascontiguousarray(ground), (_LEFT, _TOP))
    x = np.arange(_ROOM) + 0.5
    now = (at % 86400.0) / 86400.0 * _ROOM
    ink.stroke(drawn, [np.column_stack([x, np.full(_ROOM, float(y(0.0)))])], colour=palette.FAINT, width_px=1.0)
    ink.stroke(drawn, [np.column_stack([x, y(elevation)])], colour=palette.SUN, width_px=2.2, smooth=True)
    ink.stroke(drawn, [np.array([(now, 0.0), (now, float(_HEIGHT))])], colour=palette.MARK, width_px=1.6)
    ink.settle(page, drawn)
    page.pen.rectangle((_LEFT, _TOP, _LEFT + _ROOM - 1, _TOP + _HEIGHT - 1), outline=palette.FAINT)
    for value in range(-60, 91, 20 if high - low < 90 else 30):
        if low < value < high:
            spot = (_LEFT - 10.0, _TOP + float(y(float(value))))
            ink.write(page.pen, spot, f"{value}°".replace("-", "\u2013"), size_px=14, colour=palette.SOFT, anchor="rm")
    here = float(np.interp(at % 86400.0, tod, elevation))
    spot = (_LEFT + now + (10 if now < _ROOM - 220 else -10), _TOP + 22)
    text = f"{here:.1f}° above the horizon" if here >= 0 else f"{-here:.1f}° below the horizon"
    ink.write(page.pen, spot, text, size_px=16, colour=palette.INK, anchor="ls" if now < _ROOM - 220 else "rs")
    _clock(page, (0.0, 86400.0), 0.0, "UTC", _TOP + _HEIGHT + 10)
    for k, (zone, offset) in enumerate(zones):
        _clock(page, (0.0, 86400.0), offset, zone, _TOP + _HEIGHT + 10 + 46 * (k + 1))
    return ink.png(page.image)


def clocks(found: Findings) -> list[tuple[str, float]]:
    """Clocks in use at the likeliest place, in words, and their seconds ahead of UTC at its instant: two at most."""
    best = found.modes[0]
    out: dict[float, str] = {}
    for zone, _ in best.local:
        out.setdefault(float(offsets_s(zone, unix_s(best.mode.instant))), words.zone_words(zone))
    return [(zone, offset) for offset, zone in list(out.items())[:2]]


def _curve(
    page: ink.Sheet,
    edges: Floats,
    mass: Floats,
    level: Floats,
    span: tuple[float, float],
) -> None:
    """Bars of density, side by side, each in the colour of its level; contour levels as lines at their heights."""
    lo, hi = span
    density = mass / np.diff(edges)
    top = float(density.max()) or 1.0
    picture = np.full((_HEIGHT, _ROOM, 3), palette.PAPER, np.uint8)
    at = lo + (np.arange(_ROOM) + 0.5) / _ROOM * (hi - lo)
    k = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, mass.size - 1)
    known = (at >= edges[0]) & (at <= edges[-1])
    height = np.where(known, density[k] / top * (_HEIGHT - 24), 0.0)
    colour = np.rint(palette.heat(np.minimum(level[k], 0.99))).astype(np.uint8)
    below = (_HEIGHT - np.arange(_HEIGHT) - 0.5)[:, None] < height[None, :]
    picture[below] = np.broadcast_to(colour[None], picture.shape)[below]
    drawn = ink.frame(picture, (_LEFT, _TOP))
    line = np.column_stack([np.arange(_ROOM) + 0.5, _HEIGHT - height])
    ink.stroke(drawn, [line], colour=palette.INK, width_px=1.2)
    ink.settle(page, drawn)
    written: list[float] = []
    for share, weight, dash in reversed(palette.CONTOURS):
        inside = np.flatnonzero(level <= share)
        if not inside.size:
            continue
        for edge in (float(edges[inside[0]]), float(edges[inside[-1] + 1])):
            x = _LEFT + (edge - lo) / (hi - lo) * _ROOM
            line = np.array([(x, float(_TOP)), (x, float(_TOP + _HEIGHT))])
            for part in [line] if dash is None else ink.dashes([line], on_px=dash[0], off_px=dash[1]):
                page.pen.line(part.ravel().tolist(), fill=palette.INK, width=max(1, round(weight)))
            if all(abs(x - other) > 42.0 for other in written):
                written.append(x)
                ink.write(page.pen, (x, _TOP - 8), f"{share * 100:.0f} %", size_px=14, colour=palette.INK, anchor="ms")


def _clock(page: ink.Sheet, span: tuple[float, float], offset: float, name: str, y: int) -> None:
    """A line of clock times; ``offset`` seconds ahead of UTC."""
    lo, hi = span
    step = clock_step_s(hi - lo, 12)
    page.pen.line((_LEFT, y, _LEFT + _ROOM, y), fill=palette.FAINT)
    ink.write(page.pen, (_LEFT - 46, y + 23), ink.drawable(name), size_px=15, colour=palette.SOFT, anchor="rs")
    for local in clock_ticks(lo + offset, hi + offset, step):
        x = _LEFT + (local - offset - lo) / (hi - lo) * _ROOM
        page.pen.line((x, y, x, y + 6), fill=palette.FAINT)
        ink.write(page.pen, (x, y + 11), clock_text(local % 86400.0, step), size_px=15, colour=palette.INK, anchor="ma")
