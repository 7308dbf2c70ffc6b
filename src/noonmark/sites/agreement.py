"""How far two readers agree: kappa and AC1, each with an interval.

**Method** Cohen, A coefficient of agreement for nominal scales, Educational and Psychological
Measurement 20 (1960); Gwet, Computing inter-rater reliability and its variance in the presence of
high agreement, BJMSP 61 (2008). Intervals by the jackknife over images, because what two people
say of the features of one image stands or falls together; Student's t by Cornish and Fisher.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Pair: TypeAlias = tuple[str, str]
_Z = 1.959964
"""The normal quantile of a 95 % interval."""
_ALPHA = 0.025


@dataclass(frozen=True)
class AgreementMeasure:
    """A measure and its 95 % interval; None where it can't be worked out."""

    value: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True)
class Agreement:
    """Pairs of readings, how many are equal, kappa and AC1."""

    pairs: int
    images: int
    equal: int
    kappa: AgreementMeasure
    ac1: AgreementMeasure


def agreement(pairs: Mapping[str, Sequence[Pair]]) -> Agreement:
    """The agreement of pairs (first state, second state) of readings, by image."""
    together = [pair for held in pairs.values() for pair in held]
    return Agreement(
        pairs=len(together),
        images=len(pairs),
        equal=sum(first == second for first, second in together),
        kappa=_measured(pairs, kappa),
        ac1=_measured(pairs, ac1),
    )


def kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa; None where both say one and the same of all."""
    if not pairs:
        return None
    count = len(pairs)
    first = Counter(pair[0] for pair in pairs)
    second = Counter(pair[1] for pair in pairs)
    by_chance = sum(first[state] * second[state] for state in first) / count**2
    return _above_chance(pairs, by_chance)


def ac1(pairs: Sequence[Pair]) -> float | None:
    """Gwet's AC1 over the states that occur; it holds up where one state is rare."""
    if not pairs:
        return None
    said = Counter(state for pair in pairs for state in pair)
    if len(said) < 2:
        return 1.0
    total = 2 * len(pairs)
    shares = [count / total for count in said.values()]
    by_chance = sum(share * (1 - share) for share in shares) / (len(said) - 1)
    return _above_chance(pairs, by_chance)


def _above_chance(
    pairs: Sequence[Pair],
    by_chance: float,
) -> float | None:
    """How much of what chance leaves is agreement."""
    if by_chance >= 1.0:
        return None
    equal = sum(first == second for first, second in pairs) / len(pairs)
    return (equal - by_chance) / (1.0 - by_chance)


def _measured(
    pairs: Mapping[str, Sequence[Pair]],
    measure: Callable[[Sequence[Pair]], float | None],
) -> AgreementMeasure:
    """A measure with its jackknife interval, which needs three images."""
    value = measure([pair for held in pairs.values() for pair in held])
    if value is None or len(pairs) < 3:
        return AgreementMeasure(value, None, None)
    left_out = []
    for name in pairs:
        rest = [pair for other, held in pairs.items() if other != name for pair in held]
        without = measure(rest)
        left_out.append(value if without is None else without)
    count = len(left_out)
    middle = sum(left_out) / count
    squares = sum((each - middle) ** 2 for each in left_out)
    sigma = math.sqrt((count - 1) / count * squares)
    if sigma == 0.0:
        # Where every image says the same, so little can still be true of others: the exact bound.
        least = _ALPHA ** (1 / count) if value == 1.0 else -1.0
        return AgreementMeasure(value, least, 1.0)
    wide = student_quantile(count - 1) * sigma
    return AgreementMeasure(value, max(-1.0, value - wide), min(1.0, value + wide))


def student_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, to 1 % from 3 degrees of freedom on."""
    z = _Z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
