"""A sample of many sites, and what it says of all of them.

Sites are drawn by stratum, each read by a person as yes, no or unseen, and some of them a second
time against a reference. The share of yes among all sites has an interval for the drawing, a
correction for reading errors, and bounds for what was not seen.

**Method** Wilson, Probable inference, JASA 22 (1927), with the effective size of a stratified
sample (Korn and Graubard, Survey Methodology 24, 1998); Rogan and Gladen, American Journal of
Epidemiology 107 (1978).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError

READINGS = ("yes", "no", "unseen")
_Z = 1.959964
_REPEATS = 2000
_LEAST_OF_STRATUM = 2
_LEAST_YOUDEN = 0.1
"""Below this, sensitivity plus specificity less 1, readings say next to nothing of the truth."""


@dataclass(frozen=True)
class SampledSite:
    """A drawn site: its stratum, how many sites the stratum has, and how it was read.

    ``reference`` is the reading that counts as true, of the part that was read twice; else None.
    """

    site: str
    stratum: str
    stratum_size: int
    reading: str
    reference: str | None = None


@dataclass(frozen=True)
class ShareEstimate:
    """A share with its 95 % interval."""

    share: float
    lo: float
    hi: float


@dataclass(frozen=True)
class SampleEstimate:
    """What a sample says of all sites.

    ``seen`` leaves unseen sites out; ``all_no`` and ``all_yes`` count every unseen one as no or
    yes, and bound the answer. ``corrected`` is ``seen`` less the errors of reading, None where no
    part was read twice or the two readings tell too little.
    """

    sites: int
    drawn: int
    unseen: int
    seen: ShareEstimate
    all_no: ShareEstimate
    all_yes: ShareEstimate
    sensitivity: float | None
    specificity: float | None
    read_twice: int
    corrected: ShareEstimate | None


def allocation(
    sizes: Mapping[str, int],
    total: int,
) -> dict[str, int]:
    """How many to draw of each stratum, in proportion to its size, at least two where it has them.

    The largest remainders are rounded up. Raises InputError "bad-sample".
    """
    everything = sum(sizes.values())
    least = {name: min(_LEAST_OF_STRATUM, size) for name, size in sizes.items()}
    if not sum(least.values()) <= total <= everything:
        raise InputError(
            f"expected a sample of {sum(least.values())} to {everything}, got {total}",
            code="bad-sample",
            hint="each stratum needs two, and no site is drawn twice",
        )
    wanted = {name: total * size / everything for name, size in sizes.items()}
    drawn = {name: max(least[name], math.floor(wanted[name])) for name in sizes}
    by_need = sorted(sizes, key=lambda name: (drawn[name] - wanted[name], name))
    while sum(drawn.values()) != total:
        if sum(drawn.values()) < total:
            name = min(by_need, key=lambda each: drawn[each] - wanted[each])
            drawn[name] += 1
        else:
            spare = [each for each in by_need if drawn[each] > least[each]]
            name = max(spare, key=lambda each: drawn[each] - wanted[each])
            drawn[name] -= 1
    return drawn


def draw(
    sites: Mapping[str, Sequence[str]],
    total: int,
    *,
    rng: np.random.Generator,
) -> list[tuple[str, str]]:
    """A sample of sites by stratum, without replacement: (site, stratum), by stratum and name."""
    counts = allocation({name: len(held) for name, held in sites.items()}, total)
    chosen = []
    for stratum in sorted(sites):
        names = sorted(sites[stratum])
        picked = rng.choice(len(names), size=counts[stratum], replace=False)
        chosen += [(names[number], stratum) for number in sorted(picked)]
    return chosen


def estimate(
    drawn: Sequence[SampledSite],
    *,
    rng: np.random.Generator,
) -> SampleEstimate:
    """What the sample says of all sites. Raises InputError "bad-sample"."""
    _refuse_unusable(drawn)
    seen = [site for site in drawn if site.reading != "unseen"]
    twice = [site for site in drawn if site.reference is not None]
    sensitivity, specificity = _reading_rates(twice)
    return SampleEstimate(
        sites=sum({site.stratum: site.stratum_size for site in drawn}.values()),
        drawn=len(drawn),
        unseen=len(drawn) - len(seen),
        seen=_stratified(seen, "no"),
        all_no=_stratified(drawn, "no"),
        all_yes=_stratified(drawn, "yes"),
        sensitivity=sensitivity,
        specificity=specificity,
        read_twice=len(twice),
        corrected=_corrected(seen, twice, rng),
    )


def _refuse_unusable(drawn: Sequence[SampledSite]) -> None:
    """Each stratum needs two sites that could be seen."""
    counts: dict[str, int] = {}
    for site in drawn:
        counts.setdefault(site.stratum, 0)
        counts[site.stratum] += site.reading != "unseen"
    few = sorted(name for name, count in counts.items() if count < _LEAST_OF_STRATUM)
    if few or not counts:
        raise InputError(
            f"fewer than two sites could be seen in: {', '.join(few) or 'the sample'}",
            code="bad-sample",
            hint="draw more of them, or join the stratum with another",
        )


def _weights(drawn: Sequence[SampledSite]) -> dict[str, float]:
    """The share of all sites that each stratum has."""
    sizes = {site.stratum: site.stratum_size for site in drawn}
    total = sum(sizes.values())
    return {name: size / total for name, size in sizes.items()}


def _stratified(
    drawn: Sequence[SampledSite],
    unseen_as: str,
) -> ShareEstimate:
    """The weighted share of yes with Wilson's interval at the sample's effective size."""
    share, variance = 0.0, 0.0
    for stratum, weight in _weights(drawn).items():
        members = [site for site in drawn if site.stratum == stratum]
        yes = [site.reading.replace("unseen", unseen_as) == "yes" for site in members]
        count, size = len(yes), members[0].stratum_size
        part = sum(yes) / count
        share += weight * part
        left_over = 1.0 - count / size
        variance += weight**2 * left_over * part * (1 - part) / max(count - 1, 1)
    effective = float(len(drawn))
    if 0.0 < share < 1.0 and variance > 0.0:
        effective = share * (1 - share) / variance
    return wilson(share, effective)


def wilson(
    share: float,
    count: float,
) -> ShareEstimate:
    """Wilson's 95 % interval of a share of ``count`` draws."""
    spread = _Z**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return ShareEstimate(share, max(0.0, middle - half), min(1.0, middle + half))


def _right_of(
    twice: Sequence[SampledSite],
    truth: str,
) -> tuple[int, int]:
    """How many of those whose reference is ``truth`` were read so, and how many there are."""
    true = [site for site in twice if site.reference == truth and site.reading != "unseen"]
    return sum(site.reading == truth for site in true), len(true)


def _reading_rates(twice: Sequence[SampledSite]) -> tuple[float | None, float | None]:
    """How often a true yes was read as yes, and a true no as no."""
    rates: list[float | None] = []
    for truth in ("yes", "no"):
        right, count = _right_of(twice, truth)
        rates.append(right / count if count else None)
    return rates[0], rates[1]


def rogan_gladen(
    share: float,
    sensitivity: float,
    specificity: float,
) -> float | None:
    """The share that is true, from the one that was read; None where readings tell too little."""
    youden = sensitivity + specificity - 1.0
    if youden < _LEAST_YOUDEN:
        return None
    return min(1.0, max(0.0, (share + specificity - 1.0) / youden))


def _corrected(
    seen: Sequence[SampledSite],
    twice: Sequence[SampledSite],
    rng: np.random.Generator,
) -> ShareEstimate | None:
    """The corrected share. Its interval is that of draws from what the counts leave open.

    Jeffreys' posterior of each stratum's share, of sensitivity and of specificity, so that ten
    right readings of ten do not count as never wrong.
    """
    sensitivity, specificity = _reading_rates(twice)
    if sensitivity is None or specificity is None:
        return None
    value = rogan_gladen(_stratified(seen, "no").share, sensitivity, specificity)
    if value is None:
        return None
    shares = np.zeros(_REPEATS)
    for stratum, weight in _weights(seen).items():
        members = [site for site in seen if site.stratum == stratum]
        yes = sum(site.reading == "yes" for site in members)
        shares += weight * _jeffreys(yes, len(members), rng)
    rates = [_jeffreys(*_right_of(twice, truth), rng) for truth in ("yes", "no")]
    draws = zip(shares, *rates, strict=True)
    found = [rogan_gladen(*map(float, draw_of)) for draw_of in draws]
    kept = [each for each in found if each is not None]
    if len(kept) < _REPEATS // 2:
        return None
    lo, hi = np.percentile(kept, [2.5, 97.5])
    return ShareEstimate(value, float(lo), float(hi))


def _jeffreys(
    right: int,
    count: int,
    rng: np.random.Generator,
) -> Floats:
    """Draws of a rate of which ``right`` of ``count`` were seen."""
    return rng.beta(right + 0.5, count - right + 0.5, size=_REPEATS)
