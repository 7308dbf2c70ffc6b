"""What chance gives a feature's template in the ground around it, and what the feature would give.

A reader who compares an image with and without a feature looks for its shape. The template's score
at a place is the sum of the picture under it, the best within two pixels. Its scores at other
places of the same image say what the ground's own pattern reaches; a feature is beyond chance where
its score exceeds that of 99 % of them.

**Method** the matched filter with an empirical noise: Barrett and Myers, Foundations of Image
Science (2004), chapter 13.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter, maximum_filter, shift

from noonmark.arrays import Bools, Floats
from noonmark.sites.feature_template import FeatureTemplate

FEWEST_PLACES = 100
_REACH_PX = 2
_HALF_PIXEL = 0.5
_LIMIT = 0.99
_BLUR_GSD = 0.5
_SHADE_WEIGHT = 0.5


@dataclass(frozen=True)
class RingScores:
    """A template's scores at other places of an image, in the picture's unit: their mean, standard
    deviation, and what 99 % of them stay under; ``places`` are how many there are.
    """

    mean: float
    spread: float
    limit: float
    places: int

    def margin(
        self,
        expected: float,
    ) -> float:
        """By how many standard deviations a score that a feature adds leads beyond the limit."""
        return (expected + self.mean - self.limit) / max(self.spread, 1e-12)


def weights_of(
    template: FeatureTemplate,
    tone: float,
) -> Floats:
    """The template that a reader has in mind: the feature by the sign of its tone, its shadow dark
    and of half the weight, because its shape is less sure; (rows, cols).
    """
    weights: Floats = math.copysign(1.0, tone) * template.filled - _SHADE_WEIGHT * template.shaded
    return weights


def ring_scores(
    picture: Floats,
    usable: Bools,
    weights: Floats,
) -> RingScores | None:
    """The scores of weights at all other places of a picture; arrays (rows, cols).

    ``usable`` is where the ground can be seen and no feature stands. None where fewer than 100
    places lie in it whole.
    """
    rows, cols = np.nonzero(weights)
    if rows.size == 0 or not usable.any():
        return None
    inner = weights[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1]
    held = _place_scores(
        picture,
        usable,
        np.pad(inner, _REACH_PX),
    )
    if held.size < FEWEST_PLACES:
        return None
    limit = float(np.quantile(held, _LIMIT))
    return RingScores(float(held.mean()), float(held.std()), limit, int(held.size))


def _place_scores(
    picture: Floats,
    usable: Bools,
    weights: Floats,
) -> Floats:
    """The scores (n,) at the places where all that the weights cover is usable."""
    size = (
        next_fast_len(picture.shape[0] + weights.shape[0], real=True),
        next_fast_len(picture.shape[1] + weights.shape[1], real=True),
    )
    # Outside the image nothing can be seen: the padding is hidden.
    hidden = np.ones(size)
    hidden[: usable.shape[0], : usable.shape[1]] = ~usable
    covered = _correlated(hidden, np.ones_like(weights), size)
    level = float(np.median(picture[usable]))
    flat = np.where(usable, picture - level, 0.0)
    scores = maximum_filter(
        _correlated(flat, weights, size),
        2 * _REACH_PX + 1,
        mode="wrap",
    )
    held: Floats = scores[covered < _HALF_PIXEL]
    return held


def _correlated(
    picture: Floats,
    weights: Floats,
    size: tuple[int, int],
) -> Floats:
    """Sums of the picture under weights whose top left lies at each place."""
    product = rfft2(picture, s=size) * np.conj(rfft2(weights, s=size))
    found: Floats = irfft2(product, s=size)
    return found


def expected_score(
    template: FeatureTemplate,
    weights: Floats,
    tones: tuple[float, float],
    *,
    blur_gsd: float = 1.0,
    lean_px: float = 0.0,
) -> float:
    """What a feature adds to the template's score at its own place.

    ``tones`` are how much brighter than the ground the feature and its shadow are. ``blur_gsd`` is
    the ground sampling distance in pixels. A lean moves the feature in a direction that is not
    known; the worst of four counts.
    """
    tone, shade = tones
    moves = [(0.0, 0.0)]
    if lean_px > 0:
        moves = [(lean_px, 0.0), (-lean_px, 0.0), (0.0, lean_px), (0.0, -lean_px)]
    found = []
    for move in moves:
        filled = shift(template.filled, move, order=1) if lean_px > 0 else template.filled
        added = tone * filled + shade * template.shaded * (1.0 - filled)
        blurred = gaussian_filter(added, _BLUR_GSD * max(blur_gsd, 1.0))
        found.append(float((weights * blurred).sum()))
    return min(found)
