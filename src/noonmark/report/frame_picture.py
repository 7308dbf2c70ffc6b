"""The frame with what was marked and what the solution makes of it, drawn back onto the photo.

Solid orange what was marked, dashed what the solution expects: where both lie on each other, the marks agree with one
sun. The horizon, the plumb lines, the sun's disc and its 95 % region are the solution's own. Outside the photo the
drawing goes on, because the sun and the horizon are often there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.case.framed import Frame, name_of, reference_word
from noonmark.geometry.camera.mixture import sky_density
from noonmark.geometry.camera.pose import State, level_axes, take
from noonmark.geometry.camera.predict import direction_px, horizon_px, local_for_show, plumb_px, posts_px
from noonmark.geometry.camera.sky import from_touching
from noonmark.report import overlay as o

Floats = NDArray[np.float64]
Put = Callable[..., Any]

WIDTH_PX: Final = 1200
STRIP_PX: Final = 190
LARGEST_GROWTH: Final = 0.45
DISC_DEG: Final = 0.267
RESIDUAL_GROWTH: Final = 20.0


def frame_drawing(frame: Frame, photo: NDArray[np.uint8] | None = None, *, width_px: int = WIDTH_PX) -> o.Drawing:
    """The drawing of a solved frame. ``photo`` (h, w, 3) is the upright picture that was marked, any size."""
    view, answer = frame.staged.view, frame.answer
    state = take(answer.solved.modes.state, slice(0, 1))
    used = np.array([r.weight > 0.5 for r in answer.residuals])
    local = local_for_show(view, state, answer.solved.modes.local[:1], used)
    window = _window(frame, state)
    scale = width_px / (window[2] - window[0])
    tall = round((window[3] - window[1]) * scale)
    corner = np.array(window[:2])
    box = (-corner[0] * scale, -corner[1] * scale, frame.staged.width_px * scale, frame.staged.height_px * scale)
    drawing = o.Drawing(width_px, tall + STRIP_PX, photo, box)

    def put(px: Floats) -> Floats:
        return np.asarray((np.asarray(px) - corner) * scale)

    expected = posts_px(view, state, local)
    sigma = answer.holds[0].pitch_deg.sigma
    if sigma > 0.5 and not answer.holds[0].steep:
        for side in (-sigma, sigma):
            _horizon(drawing, put(horizon_px(view, state, elevation_deg=side)), width_px, tall, label="")
    _horizon(drawing, put(horizon_px(view, state)), width_px, tall)
    _plumbs(drawing, frame, expected, plumb_px(view, state), put, tall)
    _sun(drawing, frame, state, put, (width_px, tall))
    _lines(drawing, frame, put)
    _posts(drawing, frame, expected, used, put)
    _points(drawing, frame, put)
    _strip(drawing, frame, tall)
    return drawing


def frame_svg(frame: Frame, photo: NDArray[np.uint8] | None = None) -> str:
    """The drawing as SVG text."""
    return o.svg(frame_drawing(frame, photo))


def frame_png(frame: Frame, photo: NDArray[np.uint8] | None = None) -> bytes:
    """The drawing as PNG bytes."""
    from noonmark.report.ink import png

    return png(o.picture(frame_drawing(frame, photo)))


def _window(frame: Frame, state: State) -> tuple[float, float, float, float]:
    """The part of the picture's plane that is shown: the photo, grown toward horizon and sun if they are near."""
    width, height = frame.staged.width_px, frame.staged.height_px
    view = frame.staged.view
    low, high = np.array([-0.015 * width, -0.015 * width]), np.array([1.015 * width, height + 0.015 * width])
    wanted = []
    line = horizon_px(view, state)
    inside = np.isfinite(line[:, 0]) & (line[:, 0] > 0) & (line[:, 0] < width)
    wanted += list(line[inside])
    for sun in frame.answer.suns[:1]:
        px = direction_px(view, state, state.dirs[0, view.poses + sun.frame][None])[0]
        if np.isfinite(px).all():
            wanted.append(px)
    room = LARGEST_GROWTH * np.array([width, height])
    for px in wanted:
        if np.all(px > -room) and np.all(px < np.array([width, height]) + room):
            edge = 0.05 * height
            low, high = np.minimum(low, px - edge), np.maximum(high, px + edge)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _horizon(drawing: o.Drawing, line: Floats, width: int, tall: int, *, label: str = "horizon") -> None:
    """The horizon, or without a label one sigma of the tilt beside it."""
    shown = np.isfinite(line).all(axis=1) & (line[:, 0] > -0.5 * width) & (line[:, 0] < 1.5 * width)
    shown &= (line[:, 1] > -tall) & (line[:, 1] < 2 * tall)
    piece = line[shown]
    piece = piece[np.argsort(piece[:, 0])] if len(piece) else piece
    within = piece[(piece[:, 0] > 0) & (piece[:, 0] < width) & (piece[:, 1] > 0) & (piece[:, 1] < tall)]
    if len(within) < 2:
        return
    if not label:
        drawing.line(_clipped(piece, width, tall), o.BLUE, width_px=1.2, dash=(2, 6))
        return
    drawing.line(_clipped(piece, width, tall), o.BLUE, width_px=2.2)
    x, y = within[int(0.02 * len(within))]
    drawing.text((x + 8, y - 7), label, 14, o.BLUE, bold=True)


def _clipped(line: Floats, width: int, tall: int) -> Floats:
    """The points of a smooth line inside the drawing, with new points where it leaves."""
    run = np.linspace(0, len(line) - 1, 40 * len(line))
    fine = np.column_stack([np.interp(run, np.arange(len(line)), line[:, k]) for k in (0, 1)])
    keep = (fine[:, 0] >= 0) & (fine[:, 0] <= width) & (fine[:, 1] >= 0) & (fine[:, 1] <= tall)
    return fine[keep][:: max(1, int(keep.sum() // 60))]


def _plumbs(drawing: o.Drawing, frame: Frame, expected: Floats, plumb: Floats | None, put: Put, tall: int) -> None:
    """Thin plumb lines through the posts, and the point where they meet if it is in the drawing."""
    for base, top, _ in expected:
        if not np.isfinite([base, top]).all():
            continue
        way = top - base
        ends = put(np.array([base - 0.25 * way, top + 0.35 * way]))
        drawing.line(ends, o.GREEN, width_px=1.2, dash=(3, 4), halo=None)
    if plumb is None:
        return
    x, y = put(plumb)
    if 12 < x < drawing.width_px - 12 and 12 < y < tall - 12:
        drawing.circle((x, y), 7, o.GREEN, width_px=2)
        drawing.line([(x - 12, y), (x + 12, y)], o.GREEN, width_px=2)
        drawing.line([(x, y - 12), (x, y + 12)], o.GREEN, width_px=2)
        label = "nadir" if frame.answer.holds[0].pitch_deg.value < 0 else "zenith"
        drawing.text((x + 14, y - 10), label, 14, o.GREEN, bold=True)


def _sun(drawing: o.Drawing, frame: Frame, state: State, put: Put, size: tuple[int, int]) -> None:
    """The sun's disc and its 95 % region where they are in the drawing, else an arrow at its edge."""
    view = frame.staged.view
    for sun in frame.answer.suns[:1]:
        direction = state.dirs[0, view.poses + sun.frame]
        px = direction_px(view, state, direction[None])[0]
        if not np.isfinite(px).all():
            return
        x, y = put(px)
        outline = put(sun_outline_px(frame, state, sun.frame))
        if np.isfinite(outline).all() and np.hypot(*(outline.max(0) - outline.min(0))) < 3 * size[0]:
            drawing.area(np.clip(outline, [-50, -50], [size[0] + 50, size[1] - 1]), o.YELLOW, fill=0.35, width_px=1.5)
        if 0 < x < size[0] and 0 < y < size[1]:
            scale = np.linalg.norm(put(px + np.array([1.0, 0.0])) - put(px))
            radius = max(
                4.0, np.radians(DISC_DEG) * float(np.exp(state.log_focal[0])) * float(scale) / direction[2] ** 2
            )
            drawing.circle((x, y), radius, o.ORANGE, fill=0.9, width_px=2, halo=o.DARK)
            drawing.text((x + radius + 8, y + 5), "the sun would be here", 14, o.VERMILION, bold=True)
        else:
            _arrow(drawing, (x, y), size)


def _arrow(drawing: o.Drawing, toward: tuple[float, float], size: tuple[int, int]) -> None:
    width, tall = size
    middle = np.array([0.5 * width, 0.5 * tall])
    way = np.array(toward) - middle
    share = min(abs((0.5 * width - 40) / way[0]) if way[0] else 9e9, abs((0.5 * tall - 40) / way[1]) if way[1] else 9e9)
    tip = middle + way * share
    unit = way / np.linalg.norm(way)
    side = np.array([-unit[1], unit[0]])
    drawing.line([tip - 46 * unit, tip], o.ORANGE, width_px=4, halo=o.DARK)
    drawing.area(
        [tip + 10 * unit, tip - 10 * unit + 9 * side, tip - 10 * unit - 9 * side], o.ORANGE, fill=1.0, halo=None
    )
    anchor = "r" if tip[0] > 0.7 * width else "l"
    drawing.text(tip - 46 * unit + np.array([0, -10]), "to the sun", 14, o.VERMILION, bold=True, anchor=anchor)


def sun_outline_px(frame: Frame, state: State, number: int) -> Floats:
    """The outline [px] of the sun's 95 % ellipse under the best pose."""
    view = frame.staged.view
    spot = next(s for s in frame.answer.suns if s.frame == number).relative
    level = from_touching(spot.vector, ellipse_95(spot.covariance_deg2))
    pose = 0 if view.tripod else number
    up = state.dirs[0, pose]
    forward, right = level_axes(up, state.reference[0, pose])
    return direction_px(view, state, level[:, :1] * right + level[:, 1:2] * forward + level[:, 2:] * up)


def ellipse_95(covariance_deg2: Floats) -> Floats:
    """The 95 % ellipse (73, 2) of a covariance; 5.991 is that point of chi squared with two degrees of freedom."""
    values, axes = np.linalg.eigh(covariance_deg2)
    turn = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return np.asarray(circle * np.sqrt(5.991 * np.maximum(values, 0.0)) @ axes.T)


def _lines(drawing: o.Drawing, frame: Frame, put: Put) -> None:
    for ends in frame.staged.view.lines.ends_px:
        drawing.line(put(ends.reshape(2, 2)), o.PURPLE, width_px=2.4)
    for ends in frame.staged.view.lengths.ends_px:
        drawing.line(put(ends.reshape(2, 2)), o.SKY, width_px=2.4, dash=(8, 4))


def _posts(drawing: o.Drawing, frame: Frame, expected: Floats, used: NDArray[np.bool_], put: Put) -> None:
    """Each thing as marked, its shadow as expected, and arrows of the residuals."""
    posts = frame.staged.view.posts
    for k, mark in enumerate(posts.mark):
        base, top, tip = (put(p) for p in (posts.base_px[k], posts.top_px[k], posts.tip_px[k]))
        seen, good = posts.seen[k], bool(used[mark])
        colour = o.ORANGE if good else o.VERMILION
        want = put(expected[k])
        if np.isfinite(want[[0, 2]]).all() and (seen[2] or not good):
            drawing.line(want[[0, 2]], o.DARK, width_px=2.6, dash=(9, 5))
            drawing.circle(want[2], 8, o.DARK, width_px=2)
        if seen[0] and seen[1]:
            drawing.line([base, top], colour, width_px=2.6)
        if seen[0] and seen[2]:
            drawing.line([base, tip], colour, width_px=1.6)
        for part, at in zip(range(3), (base, top, tip), strict=True):
            if seen[part]:
                if good and np.isfinite(want[part]).all():
                    drawing.line([at, at + RESIDUAL_GROWTH * (want[part] - at)], o.VERMILION, width_px=3.0)
                _symbol(drawing, part, at, colour)
        if not good:
            drawing.text(
                tip + np.array([10, 20]) if seen[2] else base + np.array([10, 20]),
                f"left out: {name_of(frame, int(mark))}",
                14,
                o.VERMILION,
                bold=True,
            )


def _symbol(drawing: o.Drawing, part: int, at: Floats, colour: o.Colour) -> None:
    """A square for a base, a triangle for a top, a disc for a shadow's tip."""
    x, y = at
    if part == 0:
        drawing.area([(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)], colour, fill=1.0, width_px=1)
    elif part == 1:
        drawing.area([(x, y - 7), (x + 6, y + 5), (x - 6, y + 5)], colour, fill=1.0, width_px=1)
    else:
        drawing.circle(at, 4.5, colour, fill=1.0, width_px=1)


def _points(drawing: o.Drawing, frame: Frame, put: Put) -> None:
    """Points of the horizon, landmarks, the disc where it was seen."""
    view = frame.staged.view
    for px in view.horizon.px:
        x, y = put(px)
        drawing.line([(x - 6, y - 6), (x + 6, y + 6)], o.BLUE, width_px=2)
        drawing.line([(x - 6, y + 6), (x + 6, y - 6)], o.BLUE, width_px=2)
    for px in view.landmarks.px:
        x, y = put(px)
        drawing.circle((x, y), 6, o.PURPLE, width_px=2)
        drawing.line([(x - 10, y), (x + 10, y)], o.PURPLE, width_px=1.6)
        drawing.line([(x, y - 10), (x, y + 10)], o.PURPLE, width_px=1.6)
    for px in view.discs.px:
        drawing.circle(put(px), 9, o.YELLOW, width_px=2.5, halo=o.DARK)


def _strip(drawing: o.Drawing, frame: Frame, tall: int) -> None:
    """Below the picture: what was found, in words, a legend of forms, and the sky as seen from the camera."""
    drawing.area(
        [(0, tall), (drawing.width_px, tall), (drawing.width_px, tall + STRIP_PX), (0, tall + STRIP_PX)],
        o.WHITE,
        fill=1.0,
        width_px=0,
        halo=None,
    )
    _words(drawing, frame, tall)
    _legend(drawing, tall)
    if frame.answer.suns:
        _dome(drawing, frame, (drawing.width_px - 96.0, tall + 96.0), 78.0)


def _words(drawing: o.Drawing, frame: Frame, tall: int) -> None:
    answer = frame.answer
    lines = []
    for sun in answer.suns[:1]:
        spot = sun.relative
        lines.append(f"Sun {spot.elevation_deg:.1f} ± {spot.elevation_sigma_deg:.1f}° above the horizon")
        side = "right of the optical axis" if spot.azimuth_deg > 0 else "left of the optical axis"
        side = "from image-up, " + ("clockwise" if spot.azimuth_deg > 0 else "anticlockwise") if sun.steep else side
        lines.append(f"{abs(spot.azimuth_deg):.0f} ± {spot.azimuth_sigma_deg:.0f}° {side}")
        if sun.true is not None:
            lines.append(f"true azimuth {sun.true.azimuth_deg % 360:.1f} ± {sun.true.azimuth_sigma_deg:.1f}°")
    hold = answer.holds[0]
    lines.append(f"Camera looks {-hold.pitch_deg.value:.1f} ± {hold.pitch_deg.sigma:.1f}° down")
    lines.append(f"Focal length {answer.focal_px.value:.0f} ± {answer.focal_px.sigma:.0f} px")
    for k, line in enumerate(lines):
        drawing.text((18, tall + 34 + 28 * k), line, 18 if k == 0 else 16, o.DARK, bold=k == 0, halo=None)


def _legend(drawing: o.Drawing, tall: int) -> None:
    x, y, step = 0.37 * drawing.width_px, tall + 28.0, 25.0
    rows = [
        "marked: base, top, shadow's tip",
        "shadow that the solved sun would cast",
        "horizon, as solved; dotted: 1 sigma",
        "plumb line, as solved",
        f"residual, {RESIDUAL_GROWTH:.0f} times enlarged",
        "sun, and where it is to 95 %",
    ]
    for k, text in enumerate(rows):
        at = y + step * k
        if k == 0:
            for part, dx in ((0, 0), (1, 18), (2, 36)):
                _symbol(drawing, part, np.array([x + dx, at - 5]), o.ORANGE)
        elif k == 1:
            drawing.line([(x - 6, at - 5), (x + 30, at - 5)], o.DARK, width_px=2.6, dash=(9, 5))
            drawing.circle((x + 38, at - 5), 6, o.DARK, width_px=2)
        elif k == 5:
            drawing.area(
                [(x + 18 + 22 * np.cos(t), at - 5 + 8 * np.sin(t)) for t in np.linspace(0, 6.28, 40)],
                o.YELLOW,
                fill=0.35,
                width_px=1.5,
            )
            drawing.circle((x + 18, at - 5), 5, o.ORANGE, fill=0.9, width_px=1.5, halo=o.DARK)
        else:
            colour, dash = ((o.BLUE, None), (o.GREEN, (3.0, 4.0)), (o.VERMILION, None))[k - 2]
            drawing.line([(x - 6, at - 5), (x + 42, at - 5)], colour, width_px=2.2, dash=dash, halo=None)
        drawing.text((x + 58, at), text, 15, o.DARK, halo=None)


def _dome(drawing: o.Drawing, frame: Frame, middle: tuple[float, float], radius: float) -> None:
    """The sky over the camera, its zenith in the middle: the view's direction and the sun's region."""
    sun = frame.answer.suns[0]
    cx, cy = middle

    def at(azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        reach = radius * (90.0 - elevation_deg) / 90.0
        turn = np.radians(azimuth_deg)
        return np.stack([cx + reach * np.sin(turn), cy - reach * np.cos(turn)], axis=-1)

    half = np.degrees(np.arctan(0.5 * frame.staged.width_px / frame.answer.focal_px.value))
    if not sun.steep:
        edge = np.linspace(-half, half, 25)
        wedge = np.concatenate([[[cx, cy]], at(edge, np.zeros_like(edge))])
        drawing.area(wedge, o.SKY, fill=0.25, width_px=0, halo=None)
    for elevation in (0.0, 30.0, 60.0):
        drawing.circle(
            (cx, cy), radius * (90 - elevation) / 90, o.GREY, width_px=1.4 if elevation == 0 else 0.7, halo=None
        )
    _region(drawing, frame, at)
    best = at(np.array([sun.relative.azimuth_deg]), np.array([sun.relative.elevation_deg]))[0]
    drawing.circle(best, 4, o.ORANGE, fill=0.9, width_px=1.5, halo=o.DARK)
    drawing.text((cx, cy - radius - 5), reference_word(sun.steep), 12, o.GREY, anchor="m", halo=None)
    drawing.text((cx, cy + radius + 13), "the sky from above", 12, o.GREY, anchor="m", halo=None)


def _region(drawing: o.Drawing, frame: Frame, at: Put) -> None:
    """The 95 % region of the sun on the dome, as dots of equal sky area (it may be bent or in pieces)."""
    sun = frame.answer.suns[0]
    if len(sun.parts) == 1:
        level = from_touching(sun.relative.vector, ellipse_95(sun.relative.covariance_deg2))
        edge = at(np.degrees(np.arctan2(level[:, 0], level[:, 1])), np.degrees(np.arcsin(np.clip(level[:, 2], -1, 1))))
        drawing.area(edge, o.YELLOW, fill=0.8, width_px=1.2, halo=None)
        return
    grid = [(a, e) for e in np.arange(1.0, 90.0, 2.0) for a in np.arange(-180.0, 180.0, 2.0 / np.cos(np.radians(e)))]
    azimuth, elevation = np.array(grid).T
    turn, climb = np.radians(azimuth), np.radians(elevation)
    vectors = np.stack([np.sin(turn) * np.cos(climb), np.cos(turn) * np.cos(climb), np.sin(climb)], axis=-1)
    density = sky_density(list(sun.parts), vectors)
    order = np.argsort(-density)
    mass = np.cumsum(density[order]) / max(density.sum(), 1e-300)
    for k in order[: int(np.searchsorted(mass, 0.95)) + 1]:
        drawing.circle(at(azimuth[k : k + 1], elevation[k : k + 1])[0], 1.6, o.YELLOW, fill=1.0, width_px=0, halo=None)


__all__ = ["frame_drawing", "frame_png", "frame_svg"]
