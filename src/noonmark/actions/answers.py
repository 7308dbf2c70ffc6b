"""Locate and check: a clue document in, an answer or the verdict on a claim out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from noonmark.actions.answer_forms import Answer, Compiled, answer_json
from noonmark.actions.clock_readings import clock_instants
from noonmark.errors import InputError
from noonmark.geometry.area_mask import AreaMask
from noonmark.inference.check import ClaimCheck
from noonmark.inference.check import check as check_claim
from noonmark.inference.claims import claim_within
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.clues.spec import Instant
from noonmark.inference.clues.table import World, compile_all, kind_of
from noonmark.inference.clues.zone_table import ZoneTable
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.search.branch_and_bound import never_waits
from noonmark.inference.search.domain import BoxView
from noonmark.inference.search.setup import PriorArea, SearchSetup, search_setup
from noonmark.questions.clue_file import (
    KnownTruth,
    Question,
    question_of,
    read_clues,
    read_document,
)
from noonmark.values import Place, Span, from_unix_s, rfc3339, unix_s

if TYPE_CHECKING:
    from datetime import datetime

HALF_YEAR_S = 0.5 * 365.25 * 86400.0
_HOPELESS = -55.0


Source: TypeAlias = str | bytes | Path | Mapping[str, Any] | Question


def locate(
    source: Source,
    *,
    seed: int = 0,
    truth: tuple[Place, datetime] | None = None,
    pause: Callable[[], None] = never_waits,
) -> Answer:
    """Where and when the clues of a document can have been recorded.

    ``source`` is the path of a clue file (TOML or JSON; ``-`` reads standard input), its bytes, a
    clue document as a mapping, or a question already read. ``seed`` is that of the draws: the same
    seed gives the same answer. ``truth`` is a place and an aware instant, if known: the answer then
    says at which credible level they lie. ``pause`` is called often while the search runs, and may
    wait, or end it by raising.

    Returns an :class:`Answer`: ``answer.posterior`` holds credible regions (area in km2, spans of
    UTC), modes (latitude and longitude in degrees) and draws; a notebook shows its map.

    Raises ``InputError`` for a document that can't be read or that leaves no place and instant.

    **Accuracy**, **Method** (branch and bound over places x instants): docs/accuracy.md.
    """
    started = (time.process_time(), time.perf_counter())
    question = _question(source)
    if truth is not None:
        known = KnownTruth(truth[0].lat_deg, truth[0].lon_deg, unix_s(truth[1]))
        question = replace(question, truth=known)
    ready = compiled(question)
    answer = posterior(ready.setup.domain, [*ready.clues, *ready.setup.clock], pause=pause)
    _refuse_hopeless(ready, answer)
    return Answer(ready, answer, seed, started)


def locate_document(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON answer to a parsed clue document: one line of a batch."""
    return answer_json(locate(question_of(document, clocks=clock_instants)))


def compiled(question: Question) -> Compiled:
    """A question with its clues compiled over its domain."""
    groups = [_instants(clue) for clue in question.clues]
    not_before_s, not_after_s = _window(question)
    setting = search_setup(groups, not_before_s, not_after_s, bounds_of(question.area))
    world = World(zones=_zones(question), areas=_mask, domain=setting.domain)
    clues = compile_all(question.clues, setting.moments, world)
    sound = compile_all(question.clues, setting.moments, world, outlier=0.0)
    return Compiled(question, setting, tuple(clues), (*sound, *setting.clock))


def _instants(clue: Any) -> tuple[Instant, ...]:
    """The instants of a clue; none of a kind that is seen at no instant."""
    kind = kind_of(clue)
    return () if kind.timeless else kind.moments(clue)


def _window(question: Question) -> tuple[float | None, float | None]:
    """The prior's window, narrowed by `window` clues that are held for certain."""
    windows = _hard_windows(question)
    early = [question.not_before_s] + [first for first, _ in windows]
    late = [question.not_after_s] + [last for _, last in windows]
    first = max((v for v in early if v is not None), default=None)
    last = min((v for v in late if v is not None), default=None)
    if first is not None and last is not None and last < first:
        raise InputError(
            "prior.not_before and the window clues leave no time at all: the window ends before "
            "it starts",
            code="end-before-start",
            hint="correct not_before or not_after",
        )
    return first, last


def _hard_windows(question: Question) -> list[tuple[float | None, float | None]]:
    """The bounds [POSIX seconds] of clues that bound the time and are held for certain."""
    found = []
    for clue in question.clues:
        window_s = kind_of(clue).window_s
        if window_s is not None and clue.common.outlier == 0.0:
            found.append(window_s(clue))
    return found


def bounds_of(area: str | Mapping[str, Any] | None) -> PriorArea:
    """The prior's area as a rectangle with, unless the area is all of it, a mask."""
    if area is None or area == "world":
        return PriorArea()
    mask = _mask(area)
    bounds = mask.south_deg, mask.west_deg, mask.north_deg, mask.east_deg
    if mask.inside.all() and mask.stated_km2 is None:
        return PriorArea(*bounds)
    return PriorArea(*bounds, mask)


def _mask(area: str | Mapping[str, Any]) -> AreaMask:
    from noonmark.world.areas import area_mask

    return area_mask(area)


def _zones(question: Question) -> ZoneTable | None:
    """The map of time zones, if a clue asks for it."""
    if not any(kind_of(clue).needs == "zones" for clue in question.clues):
        return None
    from noonmark.world.offsets import transitions
    from noonmark.world.zones import zone_map

    shipped = zone_map()
    return ZoneTable(shipped.index, shipped.zone_sets, transitions)


def _refuse_hopeless(ready: Compiled, answer: Posterior) -> None:
    """Raise if a clue is impossible everywhere in the prior: a shadow where it is night."""
    limits = [_hopeless_below(clue) for clue in ready.clues]
    if answer.leaves.boxes.size and answer.leaves.log_likelihood.max() > min([_HOPELESS, *limits]):
        return
    if answer.leaves.boxes.size == 0:
        raise InputError(
            "the prior's area and window have no place and instant in common",
            code="empty-prior",
            hint="widen prior.area or the window",
        )
    view = BoxView(answer.domain, answer.leaves.boxes)
    for clue, limit in zip(ready.clues, limits, strict=True):
        if clue.bounds(view)[1].max() <= limit:
            raise InputError(
                f"clue[{clue.index}] {clue.kind}: impossible everywhere in the prior; at that "
                "time the sun is "
                "below the horizon there, or what the clue says lies outside the window or the "
                "area",
                code="impossible-clue",
                hint="check the time and its offset from UTC, and the area",
            )


def check(
    source: Source,
    place: Place | None = None,
    *,
    radius_km: float = 0.0,
    span: Span | None = None,
) -> ClaimCheck:
    """Whether the clues of a document can stand with a claimed place, a claimed time, or both.

    ``place`` is the middle of a disc of ``radius_km`` (0 to 20,038 km); ``span`` runs between two
    aware instants. What is None is not claimed: any place or time that the prior admits.

    Returns the verdict's word and its rate, the two probabilities behind it, the natural log of its
    likelihood ratio, whether the prior admits the claim, and each clue at the best instance of the
    claim. It never says "true".

    Raises ``InputError`` for a document that can't be read, and for a claimed time other than the
    one that the document's clues are tied to.

    **Accuracy**: rates in docs/accuracy.md. **Method**: docs/decisions/0018.
    """
    question = source if isinstance(source, Question) else _read_claimed(source, span)
    ready = compiled(question)
    prior = ready.setup.domain
    start_s, end_s = prior.start_s, prior.end_s
    if span is not None:
        start_s, end_s = unix_s(span.start), unix_s(span.end)
        _refuse_other_start(ready.setup, start_s, end_s)
    clues = [*ready.clues, *ready.setup.clock]
    whole = posterior(prior, clues)
    _refuse_hopeless(ready, whole)
    claim = claim_within(prior, place, radius_km, start_s, end_s)
    return check_claim(whole, claim, clues, ready.sound)


def _question(source: Source) -> Question:
    if isinstance(source, Question):
        return source
    if isinstance(source, Mapping):
        return question_of(dict(source), clocks=clock_instants)
    return read_clues(source, clocks=clock_instants)


def _read_claimed(
    source: str | bytes | Path | Mapping[str, Any],
    span: Span | None,
) -> Question:
    """The question of a clue file; one that says nothing of time is "some other time within a year"
    of the claim.
    """
    document = dict(source) if isinstance(source, Mapping) else read_document(source)
    try:
        return question_of(document, clocks=clock_instants)
    except InputError as trouble:
        if trouble.code != "no-time" or span is None:
            raise
    middle = (unix_s(span.start) + unix_s(span.end)) / 2.0
    half = max(HALF_YEAR_S, unix_s(span.end) - middle)
    ends = {
        "not_before": rfc3339(from_unix_s(middle - half)),
        "not_after": rfc3339(from_unix_s(middle + half)),
    }
    return question_of(
        {**document, "prior": {**document.get("prior", {}), **ends}}, clocks=clock_instants
    )


def _refuse_other_start(setup: SearchSetup, start_s: float, end_s: float) -> None:
    """Raise for a claimed span that misses the instant that the clues are tied to."""
    prior = setup.domain
    tied = bool(setup.clock) or prior.length_s == 0.0
    if tied and (end_s < prior.start_s or start_s > prior.end_s):
        claimed = rfc3339(from_unix_s(start_s))
        if end_s > start_s:
            claimed += f" to {rfc3339(from_unix_s(end_s))}"
        raise InputError(
            f"the claimed time {claimed} does not hold the time that the clues of the file carry, "
            f"{rfc3339(from_unix_s(prior.start_s))}",
            code="claim-outside-window",
            hint="leave `at` out of the clues to test the time",
        )


def _hopeless_below(clue: CompiledClue) -> float:
    """ln of a likelihood below which a clue is impossible: a track's is a density of many numbers,
    so it lies lower.
    """
    return min(_HOPELESS, getattr(clue, "log_p_out", 0.0) + _HOPELESS)
