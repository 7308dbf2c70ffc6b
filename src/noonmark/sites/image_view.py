"""One image as a person looks at it, and whether a feature could have been seen in it.

What is not known of a feature is given as a range: yes is yes for the least that it can be, no is
no for the most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import binary_dilation

from noonmark.arrays import Bools, Floats
from noonmark.sites import visibility
from noonmark.sites.feature_template import FeatureTemplate, coverage, template_of
from noonmark.sites.images import SiteImage
from noonmark.sites.outline import SiteFeature
from noonmark.sites.ring_scores import ring_scores, weights_of
from noonmark.sites.rings import Rings, area, as_rings
from noonmark.sites.visibility import FeatureTones, FeatureVisibility, ViewedFeature

SUPPOSED_TONE = 0.6
"""The most by which a feature of unknown tone may differ from the ground, as a share."""
SUPPOSED_SHADE = (0.3, 0.7)
"""By what share a shadow is darker than the ground, least and most."""
SUPPOSED_HEIGHT_M = {"wall": 4.0, "tower": 15.0, "roof": 12.0, "gate": 6.0}
"""The most that a feature of unknown height can be, by kind; of other kinds it is 0."""
_LOW_SUN = (180.0, 25.0)
_APART_PX = 3
_HALF = 0.5


@dataclass(frozen=True)
class ToneRange:
    """How much brighter than the ground a feature is, as shares of the ground's brightness.

    ``least`` is the one nearer to nothing. ``basis`` is readings, stated, or supposed: then it may
    be as much darker.
    """

    least: float
    most: float
    basis: str


SUPPOSED = ToneRange(0.0, SUPPOSED_TONE, "supposed")


@dataclass(frozen=True)
class ImageView:
    """Brightness (rows, cols), where it can be seen, the ground's median, the features' rings [px].

    ``apart`` is where no feature stands.
    """

    image: SiteImage
    picture: Floats
    clear: Bools
    ground: float
    apart: Bools
    rings: dict[str, Rings]
    pixel_m: float

    @property
    def unit(self) -> float:
        """What tones are shares of, in the picture's unit."""
        return abs(self.ground) or float(self.picture.std()) or 1.0


def image_view(
    image: SiteImage,
    picture: Floats,
    clear: Bools,
) -> ImageView | None:
    """The view of a picture (rows, cols); None where the image has no coordinates, or shows nothing
    of the ground.
    """
    outlines = image.chip.get("outlines")
    clear = clear & np.isfinite(picture)
    if not outlines or not clear.any():
        return None
    rings = {name: as_rings(held) for name, held in outlines.items()}
    stands = np.zeros(clear.shape, dtype=np.bool_)
    for held in rings.values():
        stands |= coverage(held, clear.shape) > 0
    apart = ~binary_dilation(stands, iterations=_APART_PX)
    around = clear & apart if (clear & apart).any() else clear
    ground = float(np.median(picture[around]))
    filled = np.where(clear, picture, ground)
    return ImageView(image, filled, clear, ground, apart, rings, float(image.chip["pixel_m"]))


def seen_tone(
    view: ImageView,
    name: str,
) -> float | None:
    """How much brighter than the ground a feature is that somebody saw here, as a share.

    The amplitude that fits its pixels best, each by the share that it fills; None where less than
    half of it can be seen.
    """
    filled = coverage(view.rings[name], view.clear.shape)
    shown = filled * view.clear
    if filled.sum() == 0 or shown.sum() < _HALF * filled.sum():
        return None
    excess = view.picture - view.ground
    return float((shown * excess).sum() / (shown * filled).sum()) / view.unit


def feature_visibility(
    view: ImageView,
    feature: SiteFeature,
    tone: ToneRange,
) -> FeatureVisibility:
    """Whether a feature of some tone could have been seen: yes, no because, or doubtful."""
    outline = view.rings[feature.name]
    known = feature.height_m
    supposed = SUPPOSED_HEIGHT_M.get(feature.kind, 0.0) if known is None else known
    sun = _sun(view.image)
    least_shadow = (0.0, 0.0) if known is None or sun is None else _shadow_px(view, known, sun)
    most_shadow = _shadow_px(view, supposed, sun or _LOW_SUN)
    low, high = (share * view.unit for share in SUPPOSED_SHADE)
    ends = [tone.most, -tone.most] if tone.basis == "supposed" else [tone.most]
    least = _judged(
        view,
        feature,
        template_of(outline, view.clear.shape, shadow_px=least_shadow),
        FeatureTones(tone.least * view.unit, -low),
        supposed,
    )
    most_template = template_of(outline, view.clear.shape, shadow_px=most_shadow)
    most = [
        _judged(view, feature, most_template, FeatureTones(end * view.unit, -high), 0.0)
        for end in ends
    ]
    return visibility.within(least, max(most, key=lambda found: found.signal))


def _sun(image: SiteImage) -> tuple[float, float] | None:
    """Azimuth and elevation of the sun [deg], where both are known and it is up."""
    azimuth, elevation = image.sun_azimuth_deg, image.sun_elevation_deg
    if azimuth is None or elevation is None or elevation <= 0:
        return None
    return azimuth, elevation


def _shadow_px(
    view: ImageView,
    height_m: float,
    sun: tuple[float, float],
) -> tuple[float, float]:
    """Where the shadow of a height falls, on a grid whose rows run from west to east."""
    azimuth_deg, elevation_deg = sun
    length = height_m / math.tan(math.radians(elevation_deg)) / view.pixel_m
    towards = math.radians(azimuth_deg + 180.0)
    return length * math.sin(towards), -length * math.cos(towards)


def _judged(
    view: ImageView,
    feature: SiteFeature,
    template: FeatureTemplate,
    tones: FeatureTones,
    leaning_m: float,
) -> FeatureVisibility:
    """By the ring where the image shows enough of it, else by single pixels."""
    image = view.image
    whole = area(view.rings[feature.name])
    inside = min(float(template.filled.sum()) / whole, 1.0) if whole else 0.0
    if template.is_empty:
        return FeatureVisibility("no", ("edge",), 0.0)
    shown = float((template.filled * view.clear).sum() / template.filled.sum())
    usable = view.clear & view.apart
    scatter = float(view.picture[usable].std()) if usable.any() else 0.0
    conditions = visibility.ViewingConditions(
        gsd_m=image.gsd_m or view.pixel_m,
        contrast_sigma=tones.feature / max(scatter, 1e-9),
        shadow_sigma=tones.shadow / max(scatter, 1e-9) if template.shaded.any() else 0.0,
        sun_elevation_deg=image.sun_elevation_deg,
        off_nadir_deg=image.off_nadir_deg,
        clear_share=shown,
        inside_share=inside,
    )
    size = _size(feature, whole * view.pixel_m**2)
    scores = ring_scores(view.picture, usable, weights_of(template, tones.feature))
    if scores is None:
        return visibility.could_be_seen(size, conditions)
    lean_m = visibility.lean_m(replace(size, height_m=leaning_m), conditions)
    return visibility.could_stand_out(
        template, tones, scores, conditions, pixel_m=view.pixel_m, lean_m=lean_m
    )


def _size(
    feature: SiteFeature,
    area_m2: float,
) -> ViewedFeature:
    """A rectangle of the feature's area; square where nobody gave its width."""
    width = feature.width_m or math.sqrt(area_m2)
    return ViewedFeature(max(area_m2 / width, width), width, feature.height_m or 0.0)
