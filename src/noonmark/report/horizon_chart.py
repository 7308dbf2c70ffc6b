"""A horizon drawn from north round to north, with its error, and the sun's path on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.report.drawing import DARK, GREY, ORANGE, VERMILION, WHITE, Drawing

WIDTH_PX, HEIGHT_PX = 1200, 420
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 48, 1180, 372
_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW", "N")
_LEAST_SPAN_DEG = 5.0
_STEPS_DEG = (1.0, 2.0, 5.0, 10.0, 20.0)
_BAND = (150, 138, 120)
_LAND = (104, 112, 96)


@dataclass(frozen=True)
class HorizonLine:
    """What is drawn: directions, elevations and errors [deg], (n,) each, from north on."""

    azimuth_deg: Floats
    elevation_deg: Floats
    sigma_deg: Floats


@dataclass(frozen=True)
class SunPath:
    """The sun on a day: azimuth and elevation [deg] (m,), and hours written beside points."""

    azimuth_deg: Floats
    elevation_deg: Floats
    hours: Sequence[tuple[float, float, str]] = ()


def horizon_chart(title: str, line: HorizonLine, path: SunPath | None = None) -> Drawing:
    """The drawing; elevations are to a scale of their own, told on the left."""
    drawing = Drawing(WIDTH_PX, HEIGHT_PX, None, (_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP))
    scale = _Scale(*_range_deg(line, path))
    if path is not None:
        _draw_path(drawing, scale, path)
    _draw_land(drawing, scale, line)
    _draw_axes(drawing, scale)
    drawing.text((_LEFT, 28.0), title, 15.0, bold=True)
    return drawing


@dataclass(frozen=True)
class _Scale:
    """The lowest and highest elevation [deg] that are drawn."""

    low: float
    high: float

    def at(self, azimuth: Floats, elevation: Floats) -> Floats:
        """Where directions are drawn [px], (n, 2)."""
        x = _LEFT + (_RIGHT - _LEFT) * azimuth / 360.0
        share = (np.clip(elevation, self.low, self.high) - self.low) / (self.high - self.low)
        return np.column_stack([x, _BOTTOM - (_BOTTOM - _TOP) * share])

    def point(self, azimuth_deg: float, elevation_deg: float) -> tuple[float, float]:
        """Where one direction is drawn [px]."""
        x, y = self.at(np.array([azimuth_deg]), np.array([elevation_deg]))[0]
        return float(x), float(y)


def _draw_land(drawing: Drawing, scale: _Scale, line: HorizonLine) -> None:
    """The land, its edge, and the band of its error."""
    azimuth = np.append(line.azimuth_deg, 360.0)
    elevation = np.append(line.elevation_deg, line.elevation_deg[0])
    sigma = np.append(line.sigma_deg, line.sigma_deg[0])
    edge = scale.at(azimuth, elevation)
    upper = scale.at(azimuth, elevation + sigma)
    lower = scale.at(azimuth, elevation - sigma)
    floor = [scale.point(360.0, scale.low), scale.point(0.0, scale.low)]
    band = np.vstack([upper, lower[::-1]])
    drawing.area(
        band,
        _BAND,
        fill=0.45,
        width_px=0.0,
        halo=None,
    )
    drawing.area(
        np.vstack([edge, floor]),
        _LAND,
        fill=1.0,
        width_px=0.0,
        halo=None,
    )
    drawing.line(
        edge,
        DARK,
        width_px=1.5,
        halo=None,
    )


def _range_deg(line: HorizonLine, path: SunPath | None) -> tuple[float, float]:
    """The lowest and highest elevation of the scale, in whole degrees."""
    low = min(float(np.floor(line.elevation_deg.min())) - 1.0, 0.0)
    high = float(np.ceil((line.elevation_deg + line.sigma_deg).max())) + 1.0
    if path is not None:
        high = max(high, min(float(path.elevation_deg.max()) + 3.0, high + 30.0))
    return low, max(high, low + _LEAST_SPAN_DEG)


def _draw_path(drawing: Drawing, scale: _Scale, path: SunPath) -> None:
    """The sun's path above the scale's foot, cut where it passes north, and hours along it."""
    seen = path.elevation_deg > scale.low
    azimuth, elevation = path.azimuth_deg[seen], path.elevation_deg[seen]
    cuts = np.flatnonzero(np.abs(np.diff(azimuth)) > 90.0) + 1
    for part in np.split(scale.at(azimuth, elevation), cuts):
        if len(part) > 1:
            drawing.line(
                part,
                ORANGE,
                width_px=2.5,
                halo=None,
            )
    for hour_azimuth, hour_elevation, hour in path.hours:
        x, y = scale.point(hour_azimuth, hour_elevation)
        if _TOP < y < _BOTTOM:
            drawing.circle(
                (x, y),
                3.0,
                VERMILION,
                fill=1.0,
                width_px=0.0,
                halo=WHITE,
            )
            drawing.text((x, y - 7.0), hour, 11.0, anchor="m")


def _draw_axes(drawing: Drawing, scale: _Scale) -> None:
    """The winds below, and degrees of elevation on the left."""
    for k, wind in enumerate(_WINDS):
        x, y = scale.point(45.0 * k, scale.low)
        drawing.line(
            [(x, y), (x, y + 6.0)],
            GREY,
            width_px=1.0,
            halo=None,
        )
        drawing.text((x, y + 22.0), wind, 13.0, anchor="m")
    span = scale.high - scale.low
    step = next(s for s in _STEPS_DEG if span / s <= 9.0)
    first = float(np.ceil(scale.low / step)) * step + 0.0  # never -0
    for value in np.arange(first, scale.high, step).tolist():
        left = scale.point(0.0, value)
        right = scale.point(360.0, value)
        drawing.line(
            [left, right],
            GREY,
            width_px=0.5,
            dash=(3.0, 4.0),
            halo=None,
        )
        label_px = (left[0] - 8.0, left[1] + 4.0)
        drawing.text(label_px, f"{value:g}°", 12.0, anchor="r")
    foot_px = (_RIGHT, _BOTTOM + 42.0)
    drawing.text(
        foot_px,
        "direction from true north; pale: by how much the land may stand higher",
        11.0,
        GREY,
        anchor="r",
    )
