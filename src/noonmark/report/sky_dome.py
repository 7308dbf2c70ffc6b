"""The sky over the camera, its zenith in the middle: the direction of view and the sun's region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.answer import Sun
from noonmark.geometry.camera.mixture import sky_density
from noonmark.questions.frame_result import reference_word
from noonmark.report.canvas import Point
from noonmark.report.drawing import DARK, GREY, ORANGE, SKY, YELLOW, Drawing
from noonmark.report.frame_plot import FramePlot
from noonmark.report.frame_prediction import sun_outline_level

_NAME_PX = 12


@dataclass(frozen=True)
class _Dome:
    """A circle on a drawing: the horizon is its edge, the zenith its middle."""

    drawing: Drawing
    middle: Point
    radius: float

    def at(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        """Directions (n,) as points (n, 2) [px]; azimuth 0 is up.

        The radius is linear in the elevation: equal steps of elevation are equal steps on the
        drawing.
        """
        reach = self.radius * (90.0 - elevation_deg) / 90.0
        turn = np.radians(azimuth_deg)
        middle_x, middle_y = self.middle
        x = middle_x + reach * np.sin(turn)
        y = middle_y - reach * np.cos(turn)
        return np.stack([x, y], axis=-1)


def draw_sky(
    plot: FramePlot,
    sun: Sun,
    middle: Point,
    radius: float,
) -> None:
    """Draws the sky over the camera with the sun's 95 % region.

    ``middle`` and ``radius`` [px] are those of the horizon. Rings stand at 30 and 60 deg of
    elevation.
    """
    drawing = plot.drawing
    dome = _Dome(drawing, middle, radius)
    if not sun.steep:
        _draw_field_of_view(dome, plot)
    for elevation in (0.0, 30.0, 60.0):
        width_px = 1.4 if elevation == 0 else 0.7
        ring = radius * (90 - elevation) / 90
        drawing.circle(middle, ring, GREY, width_px=width_px, halo=None)
    if len(sun.parts) == 1:
        _draw_ellipse(dome, sun)
    else:
        _draw_density(dome, sun)
    spot = sun.relative
    best = dome.at(np.array(spot.azimuth_deg), np.array(spot.elevation_deg))
    drawing.circle(best, 4, ORANGE, fill=0.9, width_px=1.5, halo=DARK)
    _write_names(dome, reference_word(sun.steep))


def _write_names(dome: _Dome, upward: str) -> None:
    """Writes what lies up, and what is drawn."""
    x, y = dome.middle
    top = y - dome.radius - 5
    bottom = y + dome.radius + 13
    _write_centred(dome.drawing, (x, top), upward)
    _write_centred(dome.drawing, (x, bottom), "the sky from above")


def _write_centred(
    drawing: Drawing,
    at: Point,
    text: str,
) -> None:
    """Writes a small line of text, its middle at a point."""
    drawing.text(at, text, _NAME_PX, GREY, anchor="m", halo=None)


def _draw_field_of_view(dome: _Dome, plot: FramePlot) -> None:
    """Draws the azimuths that the picture shows as a sector.

    A camera that looks steeply has no such sector.
    """
    width_px = plot.prediction.frame.staged.width_px
    focal_px = plot.prediction.answer.focal_px.value
    half_deg = np.degrees(np.arctan(0.5 * width_px / focal_px))
    azimuths = np.linspace(-half_deg, half_deg, 25)
    arc = dome.at(azimuths, np.zeros_like(azimuths))
    sector = np.concatenate([[dome.middle], arc])
    dome.drawing.area(sector, SKY, fill=0.25, width_px=0, halo=None)


def _draw_ellipse(dome: _Dome, sun: Sun) -> None:
    """Draws the 95 % region as the outline of one ellipse."""
    right, forward, up = sun_outline_level(sun).T
    azimuth = np.degrees(np.arctan2(right, forward))
    elevation = np.degrees(np.arcsin(np.clip(up, -1, 1)))
    edge = dome.at(azimuth, elevation)
    dome.drawing.area(edge, YELLOW, fill=0.8, width_px=1.2, halo=None)


def _draw_density(dome: _Dome, sun: Sun) -> None:
    """Draws the 95 % region as dots of equal sky area where it may be bent or in pieces.

    The densest dots that hold 95 % together are drawn.
    """
    azimuth, elevation = _equal_area_grid()
    density = sky_density(list(sun.parts), _unit_vectors(azimuth, elevation))
    order = np.argsort(-density)
    mass = np.cumsum(density[order]) / max(density.sum(), 1e-300)
    count = int(np.searchsorted(mass, 0.95)) + 1
    inside = order[:count]
    for dot in dome.at(azimuth[inside], elevation[inside]):
        dome.drawing.circle(dot, 1.6, YELLOW, fill=1.0, width_px=0, halo=None)


def _unit_vectors(azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
    """Directions (n,) as unit vectors (n, 3): right, forward and up of the camera."""
    turn = np.radians(azimuth_deg)
    climb = np.radians(elevation_deg)
    right = np.sin(turn) * np.cos(climb)
    forward = np.cos(turn) * np.cos(climb)
    return np.stack([right, forward, np.sin(climb)], axis=-1)


def _equal_area_grid() -> tuple[Floats, Floats]:
    """Azimuths and elevations (n,) [deg], two degrees of arc apart, over the sky.

    Rows of equal elevation have fewer dots the higher they are.
    """
    azimuths, elevations = [], []
    for elevation in np.arange(1.0, 90.0, 2.0):
        step = 2.0 / np.cos(np.radians(elevation))
        row = np.arange(-180.0, 180.0, step)
        azimuths.append(row)
        elevations.append(np.full(row.size, elevation))
    return np.concatenate(azimuths), np.concatenate(elevations)
