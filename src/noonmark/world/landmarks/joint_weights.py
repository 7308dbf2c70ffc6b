"""The weight of each object from all that a question asks of it, taken together.

Let A be the things asked for that the map holds, the others missing. An object's weight is the sum
over every such A of

    P(A) x (product of the evidence of A at the object) / (mean of that product over all objects)

so that kinds which stand together by nature (restaurants and shops) don't count twice, and the mean
weight of all objects is 1. P(A) is not a product of missing shares: a map that lacks one kind more
than a share learnt elsewhere says lacks the others more, too. All shares move together on the scale
of log odds, and that common shift is integrated over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.density import BANDS
from noonmark.world.landmarks.missing_shares import MissingShare
from noonmark.world.landmarks.ragged import Ints

MOST_TOGETHER: Final = 8
"""So many parts of a question are taken together, those that say most; the others one by one."""
_NODES = 9
_ONE_OBJECT = 1.0
"""The joint mean is drawn toward independence as if by so many objects."""


@dataclass(frozen=True)
class AskedPart:
    """One thing asked for beside each object: ``evidence`` for it, if the map holds it, with a mean
    of about 1 over the objects; its missing share.
    """

    evidence: Floats
    missing: MissingShare


def joint_log_weights(
    parts: Sequence[AskedPart],
    band: Ints,
) -> Floats:
    """The logarithm of each object's weight; ``band`` of density by object."""
    ranked = sorted(parts, key=lambda p: -_spread(p.evidence))
    weight = _together(ranked[:MOST_TOGETHER], band)
    for part in ranked[MOST_TOGETHER:]:
        weight = weight * _together([part], band)
    return np.asarray(np.log(weight))


def _spread(evidence: Floats) -> float:
    return float(evidence.std()) if len(evidence) else 0.0


def _together(
    parts: Sequence[AskedPart],
    band: Ints,
) -> Floats:
    """The weights by the sum over which parts the map holds."""
    shift, chance = _common_shifts()
    weight = np.zeros(len(band))
    # Each entry: how probable the missing are at each shift, and the evidence of those held.
    held: list[tuple[Floats, Floats | None]] = [(chance, None)]
    for part in parts:
        missing = part.missing.shifted(shift)
        held = [
            *((p * missing, product) for p, product in held),
            *(
                (p * (1.0 - missing), part.evidence if product is None else product * part.evidence)
                for p, product in held
            ),
        ]
    for by_shift, product in held:
        share = float(by_shift.sum())
        weight += share if product is None else share * product / _mean_of_band(product, band)
    return weight


def _common_shifts() -> tuple[Floats, Floats]:
    """Standard normal shifts and their probabilities."""
    node, chance = np.polynomial.hermite_e.hermegauss(_NODES)
    return node, chance / chance.sum()


def _mean_of_band(
    evidence: Floats,
    band: Ints,
) -> Floats:
    total = np.bincount(band, evidence, minlength=BANDS)
    number = np.bincount(band, minlength=BANDS)
    mean: Floats = ((total + _ONE_OBJECT) / (number + _ONE_OBJECT))[band]
    return mean
