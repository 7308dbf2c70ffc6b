"""The strip below a frame: what was found, what the forms mean, the sky seen from the camera."""

from __future__ import annotations

import numpy as np

from noonmark.geometry.camera.answer import FrameAnswer, Sun
from noonmark.report.drawing import (
    BLUE,
    DARK,
    GREEN,
    ORANGE,
    VERMILION,
    WHITE,
    YELLOW,
    Dash,
    Drawing,
)
from noonmark.report.frame_marks import BASE, RESIDUAL_GROWTH, TIP, TOP, draw_symbol
from noonmark.report.frame_plot import STRIP_PX, FramePlot
from noonmark.report.palette import Colour
from noonmark.report.sky_dome import draw_sky

_ROW_PX = 25.0
_LINE_PX = 28


def draw_legend(plot: FramePlot) -> None:
    """Draws the strip below the picture.

    Findings stand on the left, forms in the middle, the sky on the right.
    """
    drawing, top = plot.drawing, plot.height_px
    right, bottom = drawing.width_px, top + STRIP_PX
    strip = [(0, top), (right, top), (right, bottom), (0, bottom)]
    drawing.area(strip, WHITE, fill=1.0, width_px=0, halo=None)
    _write_findings(drawing, plot.prediction.answer, top)
    _draw_forms(drawing, 0.37 * drawing.width_px, top + 28.0)
    sun = plot.prediction.sun
    if sun is not None:
        draw_sky(plot, sun, (drawing.width_px - 96.0, top + 96.0), 78.0)


def _write_findings(
    drawing: Drawing,
    answer: FrameAnswer,
    top: int,
) -> None:
    """Writes the sun, the tilt and the focal length; the first line is large.

    A frame without a sun has no lines about it: the first is then the tilt.
    """
    lines = _sun_lines(answer.suns[0]) if answer.suns else []
    pitch = answer.holds[0].pitch_deg
    focal = answer.focal_px
    lines.append(f"Camera looks {-pitch.value:.1f} ± {pitch.sigma:.1f}° down")
    lines.append(f"Focal length {focal.value:.0f} ± {focal.sigma:.0f} px")
    for k, line in enumerate(lines):
        at = (18, top + 34 + _LINE_PX * k)
        is_first = k == 0
        size_px = 18 if is_first else 16
        drawing.text(at, line, size_px, bold=is_first, halo=None)


def _sun_lines(sun: Sun) -> list[str]:
    """The elevation and the azimuth of the sun with their errors, in words.

    The azimuth is relative to the optical axis, or to image-up where the camera looks steeply; the
    true one follows if the heading is known.
    """
    spot = sun.relative
    elevation, sigma = spot.elevation_deg, spot.elevation_sigma_deg
    lines = [f"Sun {elevation:.1f} ± {sigma:.1f}° above the horizon"]
    azimuth, sigma = spot.azimuth_deg, spot.azimuth_sigma_deg
    side = _side(steep=sun.steep, right=azimuth > 0)
    lines.append(f"{abs(azimuth):.0f} ± {sigma:.0f}° {side}")
    if sun.true is not None:
        azimuth, sigma = sun.true.azimuth_deg % 360, sun.true.azimuth_sigma_deg
        lines.append(f"true azimuth {azimuth:.1f} ± {sigma:.1f}°")
    return lines


def _side(*, steep: bool, right: bool) -> str:
    """On which side of the camera's reference the sun is."""
    if steep:
        return f"from image-up, {'clockwise' if right else 'anticlockwise'}"
    return f"{'right' if right else 'left'} of the optical axis"


def _draw_forms(
    drawing: Drawing,
    x: float,
    top: float,
) -> None:
    """Draws a sample of each form and what it means, one below the other.

    ``top`` is the baseline of the first row.
    """
    rows = (
        ("marked: base, top, shadow's tip", _draw_symbols),
        ("shadow that the solved sun would cast", _draw_shadow),
        ("horizon, as solved; dotted: 1 sigma", _draw_horizon),
        ("plumb line, as solved", _draw_plumb_line),
        (f"residual, {RESIDUAL_GROWTH:.0f} times enlarged", _draw_residual),
        ("sun, and where it is to 95 %", _draw_sun),
    )
    for k, (meaning, draw_sample) in enumerate(rows):
        baseline = top + _ROW_PX * k
        # Samples stand in the middle of the letters.
        draw_sample(drawing, x, baseline - 5)
        drawing.text((x + 58, baseline), meaning, 15, halo=None)


def _draw_symbols(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws the symbols of the marked points."""
    for part, right in ((BASE, 0), (TOP, 18), (TIP, 36)):
        draw_symbol(drawing, part, np.array([x + right, y]), ORANGE)


def _draw_shadow(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws a sample of an expected shadow."""
    drawing.line([(x - 6, y), (x + 30, y)], DARK, width_px=2.6, dash=(9, 5))
    drawing.circle((x + 38, y), 6, DARK)


def _draw_horizon(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws a sample of the horizon."""
    _draw_line(drawing, x, y, BLUE)


def _draw_plumb_line(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws a sample of a plumb line."""
    _draw_line(drawing, x, y, GREEN, (3.0, 4.0))


def _draw_residual(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws a sample of a residual."""
    _draw_line(drawing, x, y, VERMILION)


def _draw_line(
    drawing: Drawing,
    x: float,
    y: float,
    colour: Colour,
    dash: Dash | None = None,
) -> None:
    """Draws a sample of a line."""
    ends = [(x - 6, y), (x + 42, y)]
    drawing.line(ends, colour, width_px=2.2, dash=dash, halo=None)


def _draw_sun(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws a sample of the sun and its region."""
    middle = x + 18
    turn = np.linspace(0, 6.28, 40)
    ellipse = np.column_stack([middle + 22 * np.cos(turn), y + 8 * np.sin(turn)])
    drawing.area(ellipse, YELLOW, fill=0.35, width_px=1.5)
    drawing.circle((middle, y), 5, ORANGE, fill=0.9, width_px=1.5, halo=DARK)
