"""Could a feature have been seen in an image at all? Yes, no because, or doubtful.

Two rules. Where the image shows enough ground around the feature, the feature's template is held
against its scores at other places (ring_scores.py). Where it does not, limits on the signal over
the scatter of single pixels. benchmarks/site_visibility.py measures both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from noonmark.sites.feature_template import FeatureTemplate
from noonmark.sites.ring_scores import RingScores, expected_score, weights_of

SURE_SIGNAL, NO_SIGNAL = 15.0, 1.2
CLEAR_ENOUGH, LEAST_SHOWN = 0.9, 0.02
SURE_LEAN_GSD = 2.0
SURE_MARGIN, NO_MARGIN = 1.5, -0.5
"""Standard deviations of the ring's scores beyond what 99 % of other places reach."""
HALF_SHOWN = 0.5


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
    """``answer`` is yes, no or doubtful; ``reasons`` are those that a reading can name.

    ``rule`` is "ring" or "pixels"; ``signal`` what the rule looks at: a margin in standard
    deviations of the ring's scores, or contrast over scatter.
    """

    answer: str
    reasons: tuple[str, ...]
    signal: float
    rule: str = "pixels"


@dataclass(frozen=True)
class FeatureTones:
    """How much brighter a feature and its shadow are than the ground, in the picture's unit."""

    feature: float
    shadow: float = 0.0


def could_be_seen(
    feature: ViewedFeature,
    view: ViewingConditions,
) -> FeatureVisibility:
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


def could_stand_out(
    template: FeatureTemplate,
    tones: FeatureTones,
    scores: RingScores,
    view: ViewingConditions,
    *,
    pixel_m: float,
    lean_m: float = 0.0,
) -> FeatureVisibility:
    """Judge one feature by the scores of its template at other places of the image.

    Of ``view`` counts what is shown and the ground sampling distance; ``scores`` are those of
    `weights_of` the same template and tone. Yes asks that the feature stands out although it leans
    in the worst direction, no that it does not although it stands upright.

    **Accuracy** python benchmarks/site_visibility.py
    """
    shown = max(view.clear_share, 0.0) * max(view.inside_share, 0.0)
    weights = weights_of(template, tones.feature)
    pair, blur = (tones.feature, tones.shadow), view.gsd_m / pixel_m
    upright = expected_score(template, weights, pair, blur_gsd=blur)
    leaning = upright
    if lean_m > 0:
        lean_px = lean_m / pixel_m
        leaning = expected_score(template, weights, pair, blur_gsd=blur, lean_px=lean_px)
    best, worst = scores.margin(upright * shown), scores.margin(leaning * shown)
    if best < NO_MARGIN or shown < LEAST_SHOWN:
        is_covered = scores.margin(upright) >= NO_MARGIN
        reasons = _covers(view, HALF_SHOWN) if is_covered else ()
        return FeatureVisibility("no", reasons or (_too_small(template),), best, "ring")
    reasons = _covers(view, HALF_SHOWN)
    if worst < SURE_MARGIN and scores.margin(leaning) >= SURE_MARGIN:
        reasons = reasons or _covers(view, 1.0)
    elif worst < SURE_MARGIN:
        is_angle = best >= SURE_MARGIN
        reasons = (*reasons, "angle" if is_angle else _too_small(template))
    return FeatureVisibility("doubtful" if reasons else "yes", reasons, worst, "ring")


def within(
    least: FeatureVisibility,
    most: FeatureVisibility,
) -> FeatureVisibility:
    """The answer where the tones are known only as a range: yes if it is yes for the least that
    they can be, no if it is no for the most.
    """
    if least.answer == "yes":
        return least
    if most.answer == "no":
        return most
    why = least if most.answer == "yes" else most
    return replace(least, answer="doubtful", reasons=why.reasons)


def _covers(
    view: ViewingConditions,
    enough: float,
) -> tuple[str, ...]:
    """What covers the feature, where less than enough of it is shown."""
    found = ("cloud",) if view.clear_share < enough else ()
    return (*found, "edge") if view.inside_share < enough else found


def _too_small(template: FeatureTemplate) -> str:
    """Whether it is the size or the tone: does the feature fill a pixel anywhere?"""
    return "contrast" if template.filled.max(initial=0.0) > 0.95 else "resolution"


def signal(
    length_m: float,
    width_m: float,
    gsd_m: float,
    sigma: float,
) -> float:
    """Contrast over scatter of all pixels that a rectangle touches, each by the share it fills."""
    filled = min(width_m / gsd_m, 1.0) * min(length_m / gsd_m, 1.0)
    pixels = max(width_m / gsd_m, 1.0) * max(length_m / gsd_m, 1.0)
    return abs(sigma) * filled * math.sqrt(pixels)


def shadow_length_m(
    feature: ViewedFeature,
    view: ViewingConditions,
) -> float:
    """Length of the shadow on flat ground, 0 where the sun's elevation is unknown."""
    elevation = view.sun_elevation_deg
    if elevation is None or elevation <= 0 or feature.height_m <= 0:
        return 0.0
    return feature.height_m / math.tan(math.radians(elevation))


def lean_m(
    feature: ViewedFeature,
    view: ViewingConditions,
) -> float:
    """How far the top stands from the foot in the image, because the view is not from above."""
    return feature.height_m * math.tan(math.radians(view.off_nadir_deg or 0.0))


def _why_not(
    feature: ViewedFeature,
    view: ViewingConditions,
    whole: float,
) -> tuple[str, ...]:
    """What keeps the signal down: cover first, then size, then tone."""
    if view.clear_share < CLEAR_ENOUGH and whole >= NO_SIGNAL:
        return ("cloud",)
    if view.inside_share < CLEAR_ENOUGH and whole >= NO_SIGNAL:
        return ("edge",)
    return ("resolution",) if feature.width_m < view.gsd_m else ("contrast",)


def _doubts(
    feature: ViewedFeature,
    view: ViewingConditions,
    left: float,
) -> tuple[str, ...]:
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
