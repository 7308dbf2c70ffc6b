"""From the weights of a thing's objects to the probability of each, and of none of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.clause_scores import WeighedObjects
from noonmark.world.landmarks.missing_shares import MissingShare
from noonmark.world.landmarks.ragged import Ints

SAYS_LITTLE_SHARE = 0.25
"""A 90 % set of more than this share of the objects says almost nothing."""


@dataclass(frozen=True)
class RankedObjects:
    """The objects, the most probable first; ties by their OSM number.

    ``none_of_these``: that the thing is not on the map, by its missing share. ``in_90`` counts the
    objects of the smallest 90 % set, which may hold "none of these" as well.
    """

    features: Ints
    probability: Floats
    log_weight: Floats
    none_of_these: float
    in_90: int
    none_in_90: bool

    @property
    def says_little(self) -> bool:
        """Whether the clauses leave so much that they help little."""
        n = len(self.features)
        return n == 0 or (n > 3 and self.in_90 > SAYS_LITTLE_SHARE * n) or self.none_of_these > 0.9


def ranked(
    objects: WeighedObjects,
    identity: Ints,
    missing: MissingShare,
) -> RankedObjects:
    """The objects by probability.

    An object that the map misses has the weight 1, which is the mean of all. The thing is one of
    them with the probability m, so that they count as N m / (1 - m) objects.
    """
    n = len(objects.features)
    unmapped = n * missing.beside_one
    weight = np.exp(objects.log_weight)
    total = float(weight.sum()) + unmapped
    if n == 0 or total <= 0.0:
        return RankedObjects(
            objects.features,
            weight,
            objects.log_weight,
            1.0,
            0,
            True,
        )
    order = np.lexsort((identity, -weight))
    probability = weight[order] / total
    none = unmapped / total
    # An unmapped object is one among its likes: the block ranks by the weight of one, which is 1.
    before = int(np.searchsorted(-weight[order], -1.0, side="left"))
    held = float(probability[:before].sum())
    goal = 0.9
    if held >= goal:
        in_90 = int(np.searchsorted(np.cumsum(probability), goal)) + 1
        has_none = False
    else:
        later = np.cumsum(probability[before:]) + held + none
        has_none = True
        in_90 = before if held + none >= goal else before + int(np.searchsorted(later, goal)) + 1
    return RankedObjects(
        features=objects.features[order],
        probability=probability,
        log_weight=objects.log_weight[order],
        none_of_these=none,
        in_90=min(in_90, n),
        none_in_90=has_none,
    )
