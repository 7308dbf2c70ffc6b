"""Could a feature have been seen in an image at all? Yes, no because, or doubtful.

The rules are limits on one number, the signal that the feature leaves in the image over the ring's
scatter, and on what covers or moves it. benchmarks/site_visibility.py measures them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SURE_SIGNAL, NO_SIGNAL = 15.0, 1.2
CLEAR_ENOUGH, LEAST_SHOWN = 0.9, 0.02
SURE_LEAN_GSD = 2.0


@dataclass(frozen=True)
class ViewedFeature:
    """A feature as it would stand on the ground: sides and height [m]."""

    length_m: float
    width_m: float
    height_m: float = 0.0


@dataclass(frozen=True)
class ViewingConditions:
    """What an image says of itself and of the ground around the feature.

    ``contrast_sigma`` is how far the feature's tone would lie from the ring's, in standard
    deviations of the ring's pixels; ``shadow_sigma`` the same for its shadow; angles [deg], None
    where unknown; ``clear_share`` and ``inside_share`` of the feature's outline.
    """

    gsd_m: float
    contrast_sigma: float
    shadow_sigma: float = 0.0
    sun_elevation_deg: float | None = None
    off_nadir_deg: float | None = None
    clear_share: float = 1.0
    inside_share: float = 1.0


@dataclass(frozen=True)
class FeatureVisibility:
    """``answer`` is yes, no or doubtful; ``reasons`` are those that a reading can name."""

    answer: str
    reasons: tuple[str, ...]
    signal: float


def could_be_seen(feature: ViewedFeature, view: ViewingConditions) -> FeatureVisibility:
    """Judge one feature in one image; an unknown angle counts as no help and no harm."""
    tone = signal(feature.length_m, feature.width_m, view.gsd_m, view.contrast_sigma)
    shadow_m = shadow_length_m(feature, view)
    shade = signal(feature.length_m, shadow_m, view.gsd_m, view.shadow_sigma)
    whole = math.hypot(tone, shade)
    shown = max(view.clear_share, 0.0) * max(view.inside_share, 0.0)
    left = whole * math.sqrt(shown)
    if left < NO_SIGNAL or shown < LEAST_SHOWN:
        return FeatureVisibility("no", _why_not(feature, view, whole), left)
    doubts = _doubts(feature, view, left)
    return FeatureVisibility("doubtful" if doubts else "yes", doubts, left)


def signal(length_m: float, width_m: float, gsd_m: float, sigma: float) -> float:
    """Contrast over scatter of all pixels that a rectangle touches, each by the share it fills."""
    filled = min(width_m / gsd_m, 1.0) * min(length_m / gsd_m, 1.0)
    pixels = max(width_m / gsd_m, 1.0) * max(length_m / gsd_m, 1.0)
    return abs(sigma) * filled * math.sqrt(pixels)


def shadow_length_m(feature: ViewedFeature, view: ViewingConditions) -> float:
    """Length of the shadow on flat ground, 0 where the sun's elevation is unknown."""
    elevation = view.sun_elevation_deg
    if elevation is None or elevation <= 0 or feature.height_m <= 0:
        return 0.0
    return feature.height_m / math.tan(math.radians(elevation))


def lean_m(feature: ViewedFeature, view: ViewingConditions) -> float:
    """How far the top stands from the foot in the image, because the view is not from above."""
    return feature.height_m * math.tan(math.radians(view.off_nadir_deg or 0.0))


def _why_not(feature: ViewedFeature, view: ViewingConditions, whole: float) -> tuple[str, ...]:
    """What keeps the signal down: cover first, then size, then tone."""
    if view.clear_share < CLEAR_ENOUGH and whole >= NO_SIGNAL:
        return ("cloud",)
    if view.inside_share < CLEAR_ENOUGH and whole >= NO_SIGNAL:
        return ("edge",)
    return ("resolution",) if feature.width_m < view.gsd_m else ("contrast",)


def _doubts(feature: ViewedFeature, view: ViewingConditions, left: float) -> tuple[str, ...]:
    found = []
    if view.clear_share < CLEAR_ENOUGH:
        found.append("cloud")
    if view.inside_share < CLEAR_ENOUGH:
        found.append("edge")
    if left < SURE_SIGNAL:
        found.append("resolution" if feature.width_m < view.gsd_m else "contrast")
    if lean_m(feature, view) > SURE_LEAN_GSD * view.gsd_m:
        found.append("angle")
    return tuple(found)
