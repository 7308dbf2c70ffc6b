"""Where and when, and can it be: a clue document in, an answer out.

The bench wires the reader of clue files, the Earth, the inference and the report together.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noonmark.case.clue_file import KnownTruth, Question, question_of, read_clues, read_document
from noonmark.errors import InputError
from noonmark.inference.advice import advice
from noonmark.inference.answer import Advice, ClueFinding, Conflict, Sample, Truth
from noonmark.inference.check import Verdict, claimed_domain
from noonmark.inference.check import check as held
from noonmark.inference.clues.clock import ZoneTable
from noonmark.inference.clues.common import Sounding
from noonmark.inference.clues.table import World, compile_all, moments
from noonmark.inference.domain import Domain, View
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.scene import Bounds, Scene, scene
from noonmark.inference.tension import conflicts, findings
from noonmark.masks import AreaMask
from noonmark.values import Place, Span, from_unix_s, rfc3339, unix_s

if TYPE_CHECKING:
    from datetime import datetime

TIMELESS = frozenset({"window", "area", "candidates"})
"""Kinds of clue that are seen at no instant."""

DRAWS = 4000
HALF_YEAR_S = 0.5 * 365.25 * 86400.0
_HOPELESS = -55.0


@dataclass(frozen=True)
class Compiled:
    """A question ready to be answered: its scene, its clues, and the same clues without outlier share."""

    question: Question
    scene: Scene
    clues: tuple[Sounding, ...]
    sound: tuple[Sounding, ...]


SAMPLED = (
    "the search did not come to an end within its budget, and chance decided what it looked at more closely: regions "
    "and shares are rough, and a piece may be missing; a narrower area or window, or another clue, lets it end"
)


@dataclass(frozen=True)
class Answer:
    """The answer to one question; what costs time is worked out when first asked for."""

    compiled: Compiled
    posterior: Posterior
    seed: int
    started: tuple[float, float]

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.compiled.question

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever asked ought to know of the question, and of how it was answered."""
        return (*self.question.warnings, *((SAMPLED,) if self.posterior.leaves.sampled else ()))

    @cached_property
    def draws(self) -> Sample:
        """Draws of place and instant, by the answer's seed."""
        return self.posterior.sample(DRAWS, rng=np.random.default_rng(self.seed))

    @cached_property
    def findings(self) -> tuple[ClueFinding, ...]:
        """What each clue contributed."""
        return findings(self.posterior, self.posterior.responsibilities(self.draws))

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Clues that cannot be reconciled."""
        return conflicts(self.posterior, self.compiled.sound)

    @cached_property
    def advice(self) -> tuple[Advice, ...]:
        """What to measure next."""
        area = self.posterior.region(0.9).area_km2
        return advice(self.posterior.domain, self.draws, area, rng=np.random.default_rng(self.seed + 1))

    def outlines(self) -> Mapping[float, dict[str, Any]]:
        """The outline of each credible region as a GeoJSON geometry, by level."""
        from noonmark.bench.report import outlines

        return outlines(self)

    def truth(self) -> Truth | None:
        """Where the truth that came with the question stands, if one did."""
        if self.question.truth is None:
            return None
        known = self.question.truth
        return self.posterior.truth(known.lat_deg, known.lon_deg, known.unix_s)


def locate(
    source: str | bytes | Path | Question, *, seed: int = 0, truth: tuple[Place, datetime] | None = None
) -> Answer:
    """The answer to the question in a clue file (or its text, or a question already read)."""
    started = (time.process_time(), time.perf_counter())
    question = source if isinstance(source, Question) else read_clues(source)
    if truth is not None:
        known = KnownTruth(truth[0].lat_deg, truth[0].lon_deg, unix_s(truth[1]))
        question = replace(question, truth=known)
    ready = compiled(question)
    answer = posterior(ready.scene.domain, [*ready.clues, *ready.scene.clock])
    _refuse_hopeless(ready, answer)
    return Answer(ready, answer, seed, started)


def compiled(question: Question) -> Compiled:
    """A question with its clues compiled over its domain."""
    groups = [() if clue.kind in TIMELESS else moments(clue) for clue in question.clues]
    not_before_s, not_after_s = _window(question)
    setting = scene(groups, not_before_s, not_after_s, bounds_of(question.area))
    world = World(zones=_zones(question), areas=_mask)
    clues = compile_all(question.clues, setting.moments, world)
    sound = compile_all(question.clues, setting.moments, world, outlier=0.0)
    return Compiled(question, setting, tuple(clues), (*sound, *setting.clock))


def _window(question: Question) -> tuple[float | None, float | None]:
    """The prior's window, narrowed by `window` clues that are held for certain."""
    early = [question.not_before_s] + [c.not_before for c in _hard_windows(question)]
    late = [question.not_after_s] + [c.not_after for c in _hard_windows(question)]
    first = max((v for v in early if v is not None), default=None)
    last = min((v for v in late if v is not None), default=None)
    if first is not None and last is not None and last < first:
        raise InputError(
            "prior.not_before and the window clues leave no time at all: the window ends before it starts",
            code="end-before-start",
            hint="correct not_before or not_after",
        )
    return first, last


def _hard_windows(question: Question) -> list[Any]:
    return [c for c in question.clues if c.kind == "window" and c.common.outlier == 0.0]


def bounds_of(area: str | Mapping[str, Any] | None) -> Bounds:
    """The prior's area as a rectangle with, unless it is the whole Earth, a mask."""
    if area is None or area == "world":
        return Bounds()
    mask = _mask(area)
    return Bounds(mask.south_deg, mask.west_deg, mask.north_deg, mask.east_deg, mask)


def _mask(area: str | Mapping[str, Any]) -> AreaMask:
    from noonmark.world.areas import area_mask

    return area_mask(area)


def _zones(question: Question) -> ZoneTable | None:
    """The map of time zones, if a clue asks for it."""
    if not any(clue.kind == "clock" for clue in question.clues):
        return None
    from noonmark.world.offsets import transitions
    from noonmark.world.zones import zone_map

    shipped = zone_map()
    return ZoneTable(shipped.index, shipped.zone_sets, transitions)


def _refuse_hopeless(ready: Compiled, answer: Posterior) -> None:
    """Raise if a clue is impossible everywhere in the prior: a shadow where it is certainly night."""
    limits = [_hopeless_below(clue) for clue in ready.clues]
    if answer.leaves.boxes.size and answer.leaves.log_likelihood.max() > min([_HOPELESS, *limits]):
        return
    if answer.leaves.boxes.size == 0:
        raise InputError(
            "the prior's area and window have no place and instant in common",
            code="empty-prior",
            hint="widen prior.area or the window",
        )
    view = View(answer.domain, answer.leaves.boxes)
    for clue, limit in zip(ready.clues, limits, strict=True):
        if clue.bounds(view)[1].max() <= limit:
            raise InputError(
                f"clue[{clue.index}] {clue.kind}: impossible everywhere in the prior; at that time the sun is "
                "below the horizon there, or what the clue says lies outside the window or the area",
                code="impossible-clue",
                hint="check the time and its offset from UTC, and the area",
            )


def zones_of(places: Sequence[tuple[Place, datetime]]) -> list[list[dict[str, str]]]:
    """For each place and instant the time on every clock in use there."""
    from noonmark.world.zones import local_times

    return [
        [{"zone": zone, "time": text} for zone, text in local_times(p.lat_deg, p.lon_deg, unix_s(t))] for p, t in places
    ]


def check(
    source: str | bytes | Path | Question, place: Place | None, radius_km: float, span: Span | None, *, seed: int = 0
) -> Verdict:
    """The verdict on a claimed place (a disc of ``radius_km``) and time. None: any that the prior admits."""
    question = source if isinstance(source, Question) else _read_claimed(source, span)
    ready = compiled(question)
    prior = ready.scene.domain
    start_s, end_s = prior.start_s, prior.start_s + prior.length_s
    if span is not None:
        start_s, end_s = _claimed_span(prior, unix_s(span.start), unix_s(span.end))
    clues = [*ready.clues, *ready.scene.clock]
    whole = posterior(prior, clues)
    _refuse_hopeless(ready, whole)
    if place is None:
        claim = replace(prior, start_s=start_s, length_s=end_s - start_s)
    else:
        claim = claimed_domain(prior, place, radius_km, start_s, end_s)
    return held(prior, claim, clues, ready.sound, log_prior=whole.leaves.log_evidence)


def _read_claimed(source: str | bytes | Path, span: Span | None) -> Question:
    """The question of a clue file; one that says nothing of time is "some other time within a year" of the claim."""
    document = read_document(source)
    try:
        return question_of(document)
    except InputError as trouble:
        if trouble.code != "no-time" or span is None:
            raise
    middle = (unix_s(span.start) + unix_s(span.end)) / 2.0
    half = max(HALF_YEAR_S, unix_s(span.end) - middle)
    ends = {"not_before": rfc3339(from_unix_s(middle - half)), "not_after": rfc3339(from_unix_s(middle + half))}
    return question_of({**document, "prior": {**document.get("prior", {}), **ends}})


def _claimed_span(prior: Domain, start_s: float, end_s: float) -> tuple[float, float]:
    """The part of a claimed span that the prior admits."""
    first, last = max(start_s, prior.start_s), min(end_s, prior.start_s + prior.length_s)
    if last < first:
        raise InputError(
            f"the claimed time {rfc3339(from_unix_s(start_s))} is outside what the clue file says of its time",
            code="claim-outside-window",
            hint="leave `at` out of the clues to test the time, or widen the window",
        )
    return first, last


def _hopeless_below(clue: Sounding) -> float:
    """ln of a likelihood below which a clue is impossible: a track's is a density of many numbers, so it lies lower."""
    return min(_HOPELESS, getattr(clue, "log_p_out", 0.0) + _HOPELESS)
