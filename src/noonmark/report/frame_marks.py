"""The marks drawn onto a frame: lines, posts with their shadows, points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.questions.frame_result import name_of
from noonmark.report.drawing import (
    BLUE,
    DARK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    Drawing,
)
from noonmark.report.frame_plot import FramePlot
from noonmark.report.palette import Colour

RESIDUAL_GROWTH: Final = 20.0
BASE, TOP, TIP = 0, 1, 2
_LABEL_PX: Final = 14


def draw_lines(plot: FramePlot) -> None:
    """Draws the lines of known direction, and the known lengths.

    Lengths are dashed, so that they are not taken for parallel lines.
    """
    view = plot.prediction.view
    for ends_px in view.lines.ends_px:
        ends = plot.put(ends_px.reshape(2, 2))
        plot.drawing.line(ends, PURPLE, width_px=2.4)
    for ends_px in view.lengths.ends_px:
        ends = plot.put(ends_px.reshape(2, 2))
        plot.drawing.line(ends, SKY, width_px=2.4, dash=(8, 4))


def draw_posts(plot: FramePlot) -> None:
    """Draws each post as marked, its shadow as expected, and its residuals.

    The shadow is drawn as expected where its tip was marked, or where the mark is left out.
    """
    for k in range(len(plot.prediction.posts)):
        post = _post(plot, k)
        if post.seen[TIP] or not post.used:
            _draw_expected_shadow(plot.drawing, post.expected)
        _draw_post(plot.drawing, post)
        _draw_ends(plot.drawing, post)
        if not post.used:
            _write_left_out(plot.drawing, post)


@dataclass(frozen=True, eq=False)
class _Post:
    """A post on the drawing: its base, top and shadow's tip (3, 2) as marked and as expected.

    ``seen`` (3,) says which of them were marked, ``used`` whether the solution uses the mark.
    """

    name: str
    marked: Floats
    seen: Floats
    expected: Floats
    used: bool

    @property
    def colour(self) -> Colour:
        """The colour of what was marked."""
        return ORANGE if self.used else VERMILION


def _post(plot: FramePlot, number: int) -> _Post:
    """A post of a frame on its drawing."""
    prediction = plot.prediction
    posts = prediction.view.posts
    mark = int(posts.mark[number])
    ends_px = [posts.base_px[number], posts.top_px[number], posts.tip_px[number]]
    return _Post(
        name=name_of(prediction.frame, mark),
        marked=plot.put(np.array(ends_px)),
        seen=posts.seen[number],
        expected=plot.put(prediction.posts[number]),
        used=bool(prediction.used[mark]),
    )


def _write_left_out(drawing: Drawing, post: _Post) -> None:
    """Writes the name of a mark that the solution does not use."""
    at = post.marked[TIP] if post.seen[TIP] else post.marked[BASE]
    label_at = at + np.array([10, 20])
    drawing.text(label_at, f"left out: {post.name}", _LABEL_PX, VERMILION, bold=True)


def _draw_expected_shadow(drawing: Drawing, expected: Floats) -> None:
    """Draws the shadow that the solved sun would cast.

    ``expected`` (3, 2) [px of the drawing]: base, top, tip.
    """
    shadow = expected[[BASE, TIP]]
    if np.isfinite(shadow).all():
        drawing.line(shadow, DARK, width_px=2.6, dash=(9, 5))
        drawing.circle(expected[TIP], 8, DARK)


def _draw_post(drawing: Drawing, post: _Post) -> None:
    """Draws a post and its shadow as they were marked."""
    base, top, tip = post.marked
    base_seen, top_seen, tip_seen = post.seen
    if base_seen and top_seen:
        drawing.line([base, top], post.colour, width_px=2.6)
    if base_seen and tip_seen:
        drawing.line([base, tip], post.colour, width_px=1.6)


def _draw_ends(drawing: Drawing, post: _Post) -> None:
    """Draws the symbols of base, top and tip, each over its enlarged residual.

    A residual is the way from the marked point to the expected one; marks that are left out have
    none.
    """
    for part in (BASE, TOP, TIP):
        if not post.seen[part]:
            continue
        at = post.marked[part]
        expected = post.expected[part]
        if post.used and np.isfinite(expected).all():
            end = at + RESIDUAL_GROWTH * (expected - at)
            drawing.line([at, end], VERMILION, width_px=3.0)
        draw_symbol(drawing, part, at, post.colour)


def draw_symbol(
    drawing: Drawing,
    part: int,
    at: Floats,
    colour: Colour,
) -> None:
    """Draws a square for a base, a triangle for a top, a disc for a shadow's tip.

    ``part`` is ``BASE``, ``TOP`` or ``TIP``; ``at`` (2,) [px of the drawing].
    """
    x, y = at
    if part == BASE:
        square = [(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)]
        drawing.area(square, colour, fill=1.0, width_px=1)
    elif part == TOP:
        triangle = [(x, y - 7), (x + 6, y + 5), (x - 6, y + 5)]
        drawing.area(triangle, colour, fill=1.0, width_px=1)
    else:
        drawing.circle(at, 4.5, colour, fill=1.0, width_px=1)


def draw_points(plot: FramePlot) -> None:
    """Draws points of the horizon, landmarks, and the sun's disc where it was seen.

    Each kind has a form of its own, as colours alone are not enough.
    """
    view = plot.prediction.view
    for px in view.horizon.px:
        _draw_diagonal_cross(plot.drawing, *plot.put(px))
    for px in view.landmarks.px:
        _draw_ringed_cross(plot.drawing, *plot.put(px))
    for px in view.discs.px:
        plot.drawing.circle(plot.put(px), 9, YELLOW, width_px=2.5, halo=DARK)


def _draw_diagonal_cross(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws a point of the horizon."""
    drawing.line([(x - 6, y - 6), (x + 6, y + 6)], BLUE)
    drawing.line([(x - 6, y + 6), (x + 6, y - 6)], BLUE)


def _draw_ringed_cross(
    drawing: Drawing,
    x: float,
    y: float,
) -> None:
    """Draws a landmark."""
    drawing.circle((x, y), 6, PURPLE)
    drawing.line([(x - 10, y), (x + 10, y)], PURPLE, width_px=1.6)
    drawing.line([(x, y - 10), (x, y + 10)], PURPLE, width_px=1.6)
