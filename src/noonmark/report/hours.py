"""The calendar of a single day: probability over the clock, coloured by credible level."""

from __future__ import annotations

import numpy as np

from noonmark.inference.answer import Calendar
from noonmark.report import ink, palette, words
from noonmark.report.findings import Findings
from noonmark.report.ticks import clock_step_s, clock_text, clock_ticks
from noonmark.values import from_unix_s, unix_s
from noonmark.world.offsets import offsets_s

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


def clocks(found: Findings) -> list[tuple[str, float]]:
    """Clocks in use at the likeliest place, in words, and their seconds ahead of UTC at its instant: two at most."""
    best = found.modes[0]
    out: dict[float, str] = {}
    for zone, _ in best.local:
        out.setdefault(float(offsets_s(zone, unix_s(best.mode.instant))), words.zone_words(zone))
    return [(zone, offset) for offset, zone in list(out.items())[:2]]


def _curve(
    page: ink.Sheet,
    edges: np.ndarray[tuple[int], np.dtype[np.float64]],
    mass: np.ndarray[tuple[int], np.dtype[np.float64]],
    level: np.ndarray[tuple[int], np.dtype[np.float64]],
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
    for share, weight, dash in palette.CONTOURS:
        inside = np.flatnonzero(level <= share)
        if not inside.size:
            continue
        for edge in (float(edges[inside[0]]), float(edges[inside[-1] + 1])):
            x = _LEFT + (edge - lo) / (hi - lo) * _ROOM
            line = np.array([(x, float(_TOP)), (x, float(_TOP + _HEIGHT))])
            for part in [line] if dash is None else ink.dashes([line], on_px=dash[0], off_px=dash[1]):
                page.pen.line(part.ravel().tolist(), fill=palette.INK, width=max(1, round(weight)))
            ink.write(
                page.pen,
                (x, _TOP - 8),
                f"{share * 100:.0f} %",
                size_px=14,
                colour=palette.INK,
                anchor="ms",
                halo=palette.HALO,
            )


def _clock(page: ink.Sheet, span: tuple[float, float], offset: float, name: str, y: int) -> None:
    """A line of clock times; ``offset`` seconds ahead of UTC."""
    lo, hi = span
    step = clock_step_s(hi - lo, 12)
    page.pen.line((_LEFT, y, _LEFT + _ROOM, y), fill=palette.FAINT)
    ink.write(page.pen, (_LEFT - 30, y + 23), ink.drawable(name), size_px=15, colour=palette.SOFT, anchor="rs")
    for local in clock_ticks(lo + offset, hi + offset, step):
        x = _LEFT + (local - offset - lo) / (hi - lo) * _ROOM
        page.pen.line((x, y, x, y + 6), fill=palette.FAINT)
        ink.write(page.pen, (x, y + 11), clock_text(local % 86400.0, step), size_px=15, colour=palette.INK, anchor="ma")
