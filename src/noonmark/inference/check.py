"""The check of a claimed place and time against the clues.

The claim may be a region and a span. It is given every benefit of the doubt: its best place and
instant count. Two probabilities are told, each the chance that a true claim fits as badly or worse
(:mod:`noonmark.inference.discrepancy`):

- ``p_measured``, if every clue was measured as said;
- ``p_model``, allowing for the shares of mismeasurement that the clues declare.

The four words, and how often a true claim gets each at most (:meth:`ClaimCheck.rate`):

1. consistent: ``p_measured`` is 0.05 or more;
2. strained: it is 0.001 or more;
3. inconsistent unless mismeasured: it is less, but ``p_model`` is 0.001 or more;
4. inconsistent: ``p_model`` is less.

It never says "true". Where the clues fit nowhere in the prior there is no verdict. The rates as
measured are in docs/accuracy.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from noonmark.inference.angle_table import FLOOR
from noonmark.inference.best_case import (
    BestCase,
    Tried,
    best_case,
    explored,
    tried_leaves,
)
from noonmark.inference.claims import Claim
from noonmark.inference.clues.common import Comparison, CompiledClue, SkyClue
from noonmark.inference.discrepancy import EVEN
from noonmark.inference.posterior import Posterior
from noonmark.inference.search.branch_and_bound import Leaves, refine
from noonmark.inference.search.domain import Domain
from noonmark.inference.search.effort import Effort
from noonmark.inference.significance import pull_sigma
from noonmark.values import Place

STRAINED_P = 0.05
INCONSISTENT_P = 0.001

CONSISTENT = "consistent"
STRAINED = "strained"
UNLESS = "inconsistent unless mismeasured"
INCONSISTENT = "inconsistent"

CLAIM = Effort(variation_nat=0.5, stake=1e-4, max_boxes=40_000)
FITTED = replace(CLAIM, polish=0, scatter=0)
"""The effort where a claim's best instance is looked for from the middles of the likeliest leaves:
what the leaves weigh is of no use."""

OTHERS = Effort(variation_nat=2.0, stake=1e-3, max_boxes=10_000, patience=1, polish=0, scatter=0)
"""The same for the clues that remain when some are taken for mismeasured."""

LARGEST_EXCUSE = 3
MOST_EXCUSES = 120
"""Sets of clues that may have been mismeasured: of how many clues, and how many are tried."""

REGION_LEVEL = 0.99
"""What the answer holds in its region of this level is not called inconsistent."""


@dataclass(frozen=True)
class ClueFit:
    """One clue against the best instance of a claim.

    - ``pull_sigma``: how far off the numbers are, as that of one number of the same tail; None for
      something seen or not seen.
    - ``at_least``: the pull is a lower bound, because tables of likelihood end there.
    - ``chance``: the chance of seeing what was seen, if it is not a number; for a shadow, the
      chance that the sun shone. None where neither applies.
    """

    index: int
    kind: str
    pull_sigma: float | None
    at_least: bool
    chance: float | None
    readings: tuple[Comparison, ...]


@dataclass(frozen=True)
class ClaimCheck:
    """The outcome of a check.

    - ``word``: one of the four words; None where the clues fit nowhere in the prior.
    - ``unless``: the smallest sets of clues (by index) any of which, taken for mismeasured, makes
      the claim consistent.
    - ``mismeasured_share``: the chance that any clue at all is mismeasured, as declared.
    - ``log_ratio``: ln of the mean likelihood over the claim against that over the prior.
    - ``place`` and ``unix_s``: the best instance of the claim.
    """

    word: str | None
    p_measured: float
    p_model: float
    unless: tuple[tuple[int, ...], ...]
    mismeasured_share: float
    inside_prior: bool
    log_ratio: float
    place: Place
    unix_s: float
    clues: tuple[ClueFit, ...]

    @property
    def rate(self) -> float | None:
        """How often a true claim gets this word or a worse one, at most; None for "consistent"."""
        if self.word == STRAINED:
            return STRAINED_P
        if self.word == UNLESS:
            return min(INCONSISTENT_P + self.mismeasured_share, 1.0)
        return INCONSISTENT_P if self.word == INCONSISTENT else None


@dataclass(frozen=True)
class Judgement:
    """The two probabilities of a claim, at which of the points tried, and what would excuse it."""

    measured: BestCase
    model: BestCase
    unless: tuple[tuple[int, ...], ...]
    tried: Tried

    @property
    def word(self) -> str:
        """The word for the two probabilities."""
        if self.measured.p >= STRAINED_P:
            return CONSISTENT
        if self.measured.p >= INCONSISTENT_P:
            return STRAINED
        return UNLESS if self.model.p >= INCONSISTENT_P else INCONSISTENT

    @property
    def best(self) -> BestCase:
        """The best instance: as measured, or where an excuse is needed, with that excuse."""
        return self.model if self.word == UNLESS else self.measured


def check(
    whole: Posterior,
    claim: Claim,
    clues: Sequence[CompiledClue],
    sound: Sequence[CompiledClue],
) -> ClaimCheck:
    """The check of a claim against the answer ``whole`` of the same clues.

    ``clues`` carry their outlier shares; ``sound`` are the same without.
    """
    # 1. The mean likelihood over the claim, against that over the prior.
    allowing = refine(claim.domain, clues, CLAIM)
    log_ratio = allowing.log_evidence - whole.leaves.log_evidence
    # 2. The two probabilities, each at the claim's best place and instant.
    judged = judge(claim.domain, clues, sound, allowing)
    best = judged.tried.point(judged.best.column)
    # 3. What the answer itself holds cannot be called inconsistent.
    word: str | None = judged.word
    if word == INCONSISTENT and claim.inside_prior:
        level = whole.truth(best.lat_deg, best.lon_deg, best.unix_s).level
        word = None if level <= REGION_LEVEL else word
    return ClaimCheck(
        word=word,
        p_measured=judged.measured.p,
        p_model=judged.model.p,
        unless=judged.unless if word == UNLESS else (),
        mismeasured_share=1.0 - math.prod(1.0 - clue.outlier for clue in clues),
        inside_prior=claim.inside_prior,
        log_ratio=log_ratio,
        place=best.place(),
        unix_s=best.unix_s,
        clues=_clue_fits(claim.domain, sound, judged),
    )


def _clue_fits(
    domain: Domain, sound: Sequence[CompiledClue], judged: Judgement
) -> tuple[ClueFit, ...]:
    """Each clue of the question at the best instance of the claim."""
    column = judged.best.column
    view = judged.tried.point(column).view(domain)
    told = judged.tried.told.take([column])
    fits = []
    for k, clue in enumerate(sound):
        if clue.index >= 0:
            pull = pull_sigma(float(told.squared[k, 0]), clue.freedom)
            chance = _chance(clue, float(told.chance[k, 0]), float(told.clue_light[k, 0]))
            tabulated = isinstance(clue, SkyClue)
            at_least = tabulated and bool(clue.log_likelihood(view)[0] <= FLOOR + 0.01)
            compared = clue.comparisons(view)
            fits.append(ClueFit(clue.index, clue.kind, pull, at_least, chance, compared))
    return tuple(fits)


def judge(
    domain: Domain,
    clues: Sequence[CompiledClue],
    sound: Sequence[CompiledClue],
    allowing: Leaves | None = None,
) -> Judgement:
    """The two probabilities of a claim, given as a domain.

    ``clues`` carry their outlier shares; ``sound`` are the same without. ``allowing`` is the search
    of ``clues`` over the domain, if it has been made.
    """
    nothing = [0.0] * len(sound)
    shares = [clue.outlier for clue in clues]
    tried = tried_leaves(domain, sound, allowing or refine(domain, clues, FITTED))
    # 1. As measured: from the leaves of the clues without outlier share.
    fitted = tried_leaves(domain, sound, refine(domain, sound, FITTED))
    tried = explored(domain, sound, tried.beside(fitted), nothing)
    # 2. Allowing for what is declared.
    tried = explored(domain, sound, tried, shares)
    measured, model = best_case(tried, nothing), best_case(tried, shares)
    if model.p < measured.p:
        model = measured
    unless: tuple[tuple[int, ...], ...] = ()
    if measured.p < INCONSISTENT_P <= model.p:
        unless = _excuses(domain, sound, shares, tried)
    return Judgement(measured, model, unless, tried)


def _excuses(
    domain: Domain,
    sound: Sequence[CompiledClue],
    shares: Sequence[float],
    tried: Tried,
) -> tuple[tuple[int, ...], ...]:
    """The least sets of clues without which the others make the claim consistent.

    Only clues that declare a share of mismeasurement can excuse it, and of things seen or not seen
    only those that were unlikely at some point that was tried: to forgive another one makes nothing
    less surprising. Where no small set does, all of them together are named.
    """
    told = tried.told
    shared = [k for k, share in enumerate(shares) if share > 0.0]
    could = [k for k in shared if told.freedom[k] > 0 or (told.chance[k] < EVEN).any()]
    found: list[tuple[int, ...]] = []
    for members in islice(_sets_of(could), MOST_EXCUSES):
        if found and len(members) > len(found[0]):
            break
        if _without(domain, sound, members, tried) >= STRAINED_P:
            found.append(members)
    sets = found or [tuple(could or shared)]
    return tuple(tuple(sound[k].index for k in members) for members in sets)


def _sets_of(could: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Sets of clues, the smaller first."""
    for size in range(1, min(len(could), LARGEST_EXCUSE) + 1):
        yield from combinations(could, size)


def _without(
    domain: Domain,
    sound: Sequence[CompiledClue],
    members: tuple[int, ...],
    tried: Tried,
) -> float:
    """The greatest probability of the claim when some clues are taken for mismeasured.

    If the points tried so far are not enough, the best ones for the other clues are looked for.
    """
    forgiven = [1.0 if k in members else 0.0 for k in range(len(sound))]
    p = best_case(tried, forgiven).p
    if p >= STRAINED_P or _is_point(domain):
        return p
    others = [clue for k, clue in enumerate(sound) if k not in members]
    more = tried
    if others:
        more = tried.beside(tried_leaves(domain, sound, refine(domain, others, OTHERS)))
    return best_case(explored(domain, sound, more, forgiven), forgiven).p


def _is_point(domain: Domain) -> bool:
    """Whether a domain holds one place and one instant."""
    return (
        domain.mask is None
        and domain.length_s == 0.0
        and domain.north_deg - domain.south_deg < 1e-3
    )


def _chance(clue: CompiledClue, chance: float, light: float) -> float | None:
    """The chance of seeing what a clue saw: see :class:`ClueFit`."""
    if clue.freedom == 0:
        return chance * light
    return light if clue.sunlit else None
