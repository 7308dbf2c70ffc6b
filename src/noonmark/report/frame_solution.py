"""The solution drawn onto a frame: the horizon, plumb lines, the sun or the way to it."""

from __future__ import annotations

from typing import Final

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.geometry.camera.answer import Sun
from noonmark.geometry.camera.predict import horizon_px, plumb_px
from noonmark.report.canvas import Point
from noonmark.report.drawing import BLUE, DARK, GREEN, ORANGE, VERMILION, YELLOW, Drawing
from noonmark.report.frame_plot import FramePlot
from noonmark.report.frame_prediction import plumb_line, sun_outline_px

_SUN_RADIUS_DEG: Final = 0.267
_SMALLEST_SUN_PX: Final = 4.0
_LABEL_PX: Final = 14
_ARROW_PX: Final = 46
_EDGE_PX: Final = 40
_MEETING_PX: Final = 12
# The part of the horizon that is kept, in widths and heights of the picture.
_SHOWN_FROM: Final = np.array([-0.5, -1.0])
_SHOWN_TO: Final = np.array([1.5, 2.0])
# A smaller error of the tilt would be hidden under the line of the horizon.
_SMALLEST_TILT_SIGMA_DEG: Final = 0.5


def draw_horizons(plot: FramePlot) -> None:
    """Draws the horizon, and lines one sigma of the tilt above and below it if they differ.

    No sigma is drawn for a camera that looks steeply: its tilt is not that of the horizon.
    """
    hold = plot.prediction.answer.holds[0]
    sigma = hold.pitch_deg.sigma
    if sigma > _SMALLEST_TILT_SIGMA_DEG and not hold.steep:
        _draw_sigma_line(plot, -sigma)
        _draw_sigma_line(plot, sigma)
    line = _horizon_near(plot, 0.0)
    within = line[_is_within(plot, line)]
    if len(within) >= 2:
        plot.drawing.line(_clipped(plot, line), BLUE, width_px=2.2)
        # Near the left edge, where few marks are.
        x, y = within[int(0.02 * len(within))]
        plot.drawing.text((x + 8, y - 7), "horizon", _LABEL_PX, BLUE, bold=True)


def _draw_sigma_line(plot: FramePlot, elevation_deg: float) -> None:
    """Draws a dotted line at an elevation beside the horizon."""
    line = _horizon_near(plot, elevation_deg)
    if _is_within(plot, line).sum() >= 2:
        plot.drawing.line(_clipped(plot, line), BLUE, width_px=1.2, dash=(2, 6))


def _horizon_near(plot: FramePlot, elevation_deg: float) -> Floats:
    """The line (n, 2) [px] of an elevation, in and around the picture, from left to right.

    Around the picture means half a width on both sides and one height above and below.
    """
    prediction = plot.prediction
    line_px = horizon_px(prediction.view, prediction.state, elevation_deg=elevation_deg)
    line = plot.put(line_px)
    low = plot.size_px * _SHOWN_FROM
    high = plot.size_px * _SHOWN_TO
    # A point of the horizon that the lens cannot show is NaN and compares false.
    shown = (line > low) & (line < high)
    piece = line[shown.all(axis=1)]
    return np.asarray(piece[np.argsort(piece[:, 0])])


def _is_within(plot: FramePlot, line: Floats) -> Bools:
    """Which points of a line are in the picture."""
    inside = (line > 0) & (line < plot.size_px)
    return np.asarray(inside.all(axis=1))


def _clipped(plot: FramePlot, line: Floats) -> Floats:
    """The part of a smooth line in the picture, with new points where it leaves.

    About sixty of the points are kept.
    """
    knots = np.arange(len(line))
    run = np.linspace(0, len(line) - 1, 40 * len(line))
    x = np.interp(run, knots, line[:, 0])
    y = np.interp(run, knots, line[:, 1])
    points = np.column_stack([x, y])
    inside = (points >= 0) & (points <= plot.size_px)
    kept = points[inside.all(axis=1)]
    step = max(1, len(kept) // 60)
    return kept[::step]


def draw_plumb_lines(plot: FramePlot) -> None:
    """Draws thin plumb lines through the posts, and the point where they meet if it is shown.

    Each reaches a little below its base and above its top.
    """
    prediction = plot.prediction
    for base, top, _ in prediction.posts:
        if not np.isfinite([base, top]).all():
            continue
        ends = plot.put(plumb_line(base, top))
        plot.drawing.line(ends, GREEN, width_px=1.2, dash=(3, 4), halo=None)
    meeting = plumb_px(prediction.view, prediction.state)
    if meeting is not None:
        x, y = plot.put(meeting)
        _draw_meeting_point(plot, x, y)


def _draw_meeting_point(
    plot: FramePlot,
    x: float,
    y: float,
) -> None:
    """Draws the zenith or the nadir, where the plumb lines meet."""
    reach = _MEETING_PX
    if not plot.holds(x, y, margin_px=reach):
        return
    drawing = plot.drawing
    drawing.circle((x, y), 7, GREEN)
    drawing.line([(x - reach, y), (x + reach, y)], GREEN)
    drawing.line([(x, y - reach), (x, y + reach)], GREEN)
    looks_down = plot.prediction.answer.holds[0].pitch_deg.value < 0
    label = "nadir" if looks_down else "zenith"
    drawing.text((x + 14, y - 10), label, _LABEL_PX, GREEN, bold=True)


def draw_sun(plot: FramePlot) -> None:
    """Draws the sun's disc and its 95 % region where they are shown, else an arrow at the edge.

    Nothing is drawn of a sun behind the camera.
    """
    sun = plot.prediction.sun
    if sun is None:
        return
    px = plot.prediction.sun_px(sun)
    if not np.isfinite(px).all():
        return
    _draw_sun_region(plot, sun)
    x, y = plot.put(px)
    if plot.holds(x, y):
        _draw_sun_disc(plot, (x, y), _sun_radius(plot, sun, px))
    else:
        _draw_arrow(plot, np.array((x, y)))


def _draw_sun_disc(
    plot: FramePlot,
    centre: Point,
    radius: float,
) -> None:
    """Draws the disc of the sun and its label."""
    x, y = centre
    plot.drawing.circle(centre, radius, ORANGE, fill=0.9, halo=DARK)
    beside = (x + radius + 8, y + 5)
    plot.drawing.text(beside, "the sun would be here", _LABEL_PX, VERMILION, bold=True)


def _draw_sun_region(plot: FramePlot, sun: Sun) -> None:
    """Draws the outline of the sun's 95 % region, unless it is much larger than the picture."""
    outline = plot.put(sun_outline_px(plot.prediction, sun))
    if not np.isfinite(outline).all():
        return
    size = outline.max(0) - outline.min(0)
    if np.hypot(*size) < 3 * plot.width_px:
        # What lies far outside is cut, and nothing enters the strip below the picture.
        highest = [plot.width_px + 50, plot.height_px - 1]
        region = np.clip(outline, -50, highest)
        plot.drawing.area(region, YELLOW, fill=0.35, width_px=1.5)


def _sun_radius(
    plot: FramePlot,
    sun: Sun,
    px: Floats,
) -> float:
    """The radius of the sun's disc on the drawing, never smaller than can be seen [px].

    ``px`` (2,) is where it lies in the frame. Away from the optical axis a
    disc looks larger, by the inverse square of the cosine.
    """
    # How long a pixel of the frame is on the drawing, and the focal length in the frame's pixels.
    beside = px + np.array([1.0, 0.0])
    step = plot.put(beside) - plot.put(px)
    one_px = np.linalg.norm(step)
    focal_px = float(np.exp(plot.prediction.state.log_focal[0]))
    ahead = plot.prediction.sun_direction(sun)[2]
    radius = np.radians(_SUN_RADIUS_DEG) * focal_px * float(one_px) / ahead**2
    return float(max(_SMALLEST_SUN_PX, radius))


def _draw_arrow(plot: FramePlot, toward: Floats) -> None:
    """Draws an arrow at the edge of the picture, from its middle toward the sun.

    ``toward`` (2,) is the point outside the picture [px of the drawing].
    """
    middle = 0.5 * plot.size_px
    way = toward - middle
    tip = middle + way * _share_to_edge(middle, way)
    unit = way / np.linalg.norm(way)
    foot = tip - _ARROW_PX * unit
    plot.drawing.line([foot, tip], ORANGE, width_px=4, halo=DARK)
    _draw_arrow_head(plot.drawing, tip, unit)
    is_right = tip[0] > 0.7 * plot.width_px
    anchor = "r" if is_right else "l"
    label_at = foot + np.array([0, -10])
    plot.drawing.text(label_at, "to the sun", _LABEL_PX, VERMILION, bold=True, anchor=anchor)


def _share_to_edge(middle: Floats, way: Floats) -> float:
    """The share of a way from the middle of the picture that ends a little before its edge.

    ``middle`` and ``way`` are (2,) [px]; the nearer edge counts.
    """
    shares = []
    for half, step in zip(middle, way, strict=True):
        shares.append(abs((half - _EDGE_PX) / step) if step else 9e9)
    return float(min(shares))


def _draw_arrow_head(
    drawing: Drawing,
    tip: Floats,
    unit: Floats,
) -> None:
    """Draws the head of an arrow that points along a unit vector."""
    side = np.array([-unit[1], unit[0]])
    back = tip - 10 * unit
    head = [tip + 10 * unit, back + 9 * side, back - 9 * side]
    drawing.area(head, ORANGE, fill=1.0, halo=None)
