"""The answer to one question, and its forms: JSON, data of a report, a notebook's display."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from noonmark import __version__
from noonmark.actions.advice_form import advice_json
from noonmark.actions.installed_versions import versions
from noonmark.actions.place_maps import holds_nearly_all, regional_maps, world_map
from noonmark.actions.place_shares_json import places_json
from noonmark.arrays import Floats
from noonmark.constants import LARGEST_LOCAL_KM2
from noonmark.inference.advice import advice
from noonmark.inference.answer import (
    Advice,
    AnswerSummary,
    ClueFinding,
    Conflict,
    Mode,
    NowhereFit,
    PlaceMap,
    Region,
    Remainder,
    Sample,
    Truth,
)
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.diagnostics import conflicts, findings
from noonmark.inference.nowhere_fits import nowhere_fits
from noonmark.inference.place_shares import PlaceShares, place_shares
from noonmark.inference.posterior import Posterior, RoughReason
from noonmark.inference.search.setup import SearchSetup
from noonmark.questions.clue_file import Question
from noonmark.report.report_data import PlacedMode, ReportData
from noonmark.report.time_bands import TimeBand
from noonmark.report.told_times import ToldTimes, told_times
from noonmark.values import digits, rfc3339, unix_s
from noonmark.world.places import nearest_place
from noonmark.world.zones import local_times

DRAWS = 4000

_EPOCH = date(1970, 1, 1).toordinal()

ROUGH: dict[RoughReason, str] = {
    "unfinished": (
        "the search did not come to an end within its budget, and chance decided what it looked at "
        "more closely: regions and shares are rough, and a piece may be missing; a narrower area "
        "or window, or another clue, lets it end"
    ),
    "drawn": (
        "the area and the window are too large for a search to come to an end, so the answer was "
        "drawn at random: shares are right to about two points, regions and spans are smoothed; a "
        "narrower area or window, or another clue, makes them exact"
    ),
    "thin": (
        "what fits the clues is thinner than the cells of the search, and chance decided which of "
        "them it met: shares are rough, to about a tenth of themselves; a narrower area or window, "
        "or another clue, makes them exact"
    ),
}
"""What is said of an answer whose shares are rough, by the reason."""


@dataclass(frozen=True)
class Compiled:
    """A question ready to be answered: its search setup, its clues, and these without outlier
    share.
    """

    question: Question
    setup: SearchSetup
    clues: tuple[CompiledClue, ...]
    sound: tuple[CompiledClue, ...]


@dataclass(frozen=True)
class Answer:
    """The answer to one question: a posterior over place and instant, and what was made of it.

    What costs time is worked out when first asked for. In a notebook it shows itself as a map with
    the credible regions and a table of its modes.
    """

    compiled: Compiled
    posterior: Posterior
    seed: int
    started: tuple[float, float]

    @property
    def question(self) -> Question:
        """The question that this answers."""
        return self.compiled.question

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about the question, and about a search that did not come to its end.

        A clue that fits nowhere in the prior comes first.
        """
        nowhere = (clue.why for clue in self.fits_nowhere)
        first = (*nowhere, *self.question.warnings)
        if self.posterior.rough is None:
            return first
        return (*first, ROUGH[self.posterior.rough])

    @cached_property
    def draws(self) -> Sample:
        """Draws of place and instant, by the answer's seed."""
        return self.posterior.sample(DRAWS, rng=np.random.default_rng(self.seed))

    @cached_property
    def findings(self) -> tuple[ClueFinding, ...]:
        """Findings about each clue: evidence, pull, outlier share, the area without it."""
        responsibility = self._outlier_shares.mean(axis=1)
        return findings(self.posterior, responsibility, self.compiled.sound)

    @cached_property
    def _outlier_shares(self) -> Floats:
        """The probability that each clue is mismeasured at each draw, (k, n)."""
        return self.posterior.outlier_shares(self.draws)

    @cached_property
    def places(self) -> tuple[PlaceShares, ...]:
        """The probability of each place that a clue names, beside all clues."""
        return place_shares(self.posterior, self.draws)

    @cached_property
    def fits_nowhere(self) -> tuple[NowhereFit, ...]:
        """Clues that fit nowhere in the prior: the first thing to be said of an answer."""
        return nowhere_fits(self.posterior, self.compiled.sound)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Clues that cannot be reconciled."""
        return conflicts(self.posterior, self.compiled.sound)

    @cached_property
    def advice(self) -> tuple[Advice, ...]:
        """Advice on what to measure next, with the area and information to be expected."""
        rng = np.random.default_rng(self.seed + 1)
        return advice(self.posterior, rng=rng, draws=self.draws)

    @cached_property
    def summary(self) -> AnswerSummary:
        """The summary that every form of this answer is read from."""
        return self.posterior.summary

    @cached_property
    def modes(self) -> tuple[PlacedMode, ...]:
        """The modes with the town nearest to each, and their times on the clocks there."""
        return tuple(_placed(mode) for mode in self.summary.modes)

    @cached_property
    def times(self) -> tuple[ToldTimes, ...]:
        """The instants of the credible regions as they are told, in the order of the regions."""
        zone = _common_zone(self.modes)
        return tuple(told_times(region.instants, zone) for region in self.summary.regions)

    @cached_property
    def sound_level(self) -> float:
        """The probability of places and instants where all clues are right, likelier than not."""
        all_right = np.prod(1.0 - self._outlier_shares, axis=0)
        return float(np.mean(all_right >= 0.5))

    def truth(self) -> Truth | None:
        """Credible levels of the truth that came with the question; None where none did."""
        if self.question.truth is None:
            return None
        known = self.question.truth
        return self.posterior.truth(known.lat_deg, known.lon_deg, known.unix_s, self.draws)

    def _repr_html_(self) -> str:
        """The answer in a notebook: what it says, the map, and a table of the modes."""
        from noonmark.report.notebook import answer_html

        return answer_html(report_data_of(self, command="noonmark.locate"))


def answer_json(answer: Answer, *, geojson: bool = False) -> dict[str, Any]:
    """The answer as the contract writes it; ``geojson`` puts the outline of each region in."""
    summary = answer.summary
    outlines = _outlines(answer) if geojson else {}
    told = zip(summary.regions, answer.times, strict=True)
    out: dict[str, Any] = {
        "ok": True,
        "noonmark": __version__,
        "clues_sha256": answer.question.digest,
        "credible": {f"{r.level:g}": _region(r, t, outlines.get(r.level)) for r, t in told},
        "modes": modes_json(answer.modes),
        "elsewhere": _elsewhere(summary.elsewhere),
        **places_json(answer.places),
        "place_given": summary.place_given,
        "time_given": summary.time_given,
        "sound_level": digits(answer.sound_level, 4),
        "clues": [_finding(f) for f in answer.findings],
        "conflicts": [{"clues": list(c.clues), "why": c.why} for c in answer.conflicts],
        "advice": [advice_json(a) for a in answer.advice],
    }
    if answer.question.id is not None:
        out["id"] = answer.question.id
    if answer.posterior.rough is not None:
        out["rough"] = answer.posterior.rough
    out |= _alarms(answer)
    truth = answer.truth()
    if truth is not None:
        out["truth"] = _truth(truth, summary.regions)
    out["seconds"] = _seconds(answer)
    return out


def _seconds(answer: Answer) -> dict[str, float]:
    """The time that the answer has taken so far."""
    cpu, wall = answer.started
    return {
        "cpu": round(time.process_time() - cpu, 3),
        "wall": round(time.perf_counter() - wall, 3),
    }


def _alarms(answer: Answer) -> dict[str, Any]:
    """The warnings to read before the answer is used; empty where there is none."""
    out: dict[str, Any] = {}
    if answer.fits_nowhere:
        out["fits_nowhere"] = [
            {"clue": clue.index, "kind": clue.kind, "why": clue.why} for clue in answer.fits_nowhere
        ]
    if answer.warnings:
        out["warnings"] = list(answer.warnings)
    return out


def _truth(truth: Truth, regions: Sequence[Region]) -> dict[str, Any]:
    return {
        "level": digits(truth.level),
        "inside": {f"{r.level:g}": truth.level <= r.level for r in regions},
        "place_level": digits(truth.place_level),
        "time_level": digits(truth.time_level),
    }


def _region(region: Region, times: ToldTimes, outline: dict[str, Any] | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "area_km2": digits(region.area_km2),
        "utc": times.span_texts(),
        "cells": region.cells,
        **_told(times),
    }
    if outline is not None:
        out["geojson"] = outline
    return out


def _told(times: ToldTimes) -> dict[str, Any]:
    """A set of instants: how long it is, in words, and as bands where its spans are many."""
    out: dict[str, Any] = {"hours": digits(times.length_s / 3600.0), "when": times.words}
    if times.bands:
        out["bands"] = [_band(band, times) for band in times.bands]
    if times.counted_s:
        out["hours_counted"] = digits(times.counted_s / 3600.0)
    return out


def _band(band: TimeBand, times: ToldTimes) -> dict[str, Any]:
    """A band: its dates, and its local clock on the first and on the last of them."""
    dates = [date.fromordinal(_EPOCH + day) for day in (band.first_day, band.last_day)]
    out: dict[str, Any] = {
        "zone": times.zone or "UTC",
        "utc_offset_s": band.offset_s,
        "dates": [on.isoformat()[5:] if band.years else on.isoformat() for on in dates],
        "start_s": [digits(at, 7) for at in band.start_s],
        "end_s": [digits(at, 7) for at in band.end_s],
        "within": times.within,
    }
    if band.years:
        out["years"] = list(band.years)
    return out


def _elsewhere(rest: Remainder) -> dict[str, Any]:
    return {
        "mass": digits(rest.mass),
        "area_km2": digits(rest.area_km2),
        "hours": digits(rest.length_s / 3600.0),
    }


def modes_json(modes: tuple[PlacedMode, ...]) -> list[dict[str, Any]]:
    """Modes with the town nearest to each and what clocks showed there."""
    return [_mode(placed) for placed in modes]


def _mode(placed: PlacedMode) -> dict[str, Any]:
    mode, times = placed.mode, placed.times
    lat_deg, lon_deg = mode.place.lat_deg, mode.place.lon_deg
    return {
        "mass": digits(mode.mass),
        "lat_deg": round(lat_deg, 6),
        "lon_deg": round(lon_deg, 6),
        "utc": rfc3339(mode.instant),
        "best_when": placed.best_when,
        "area_km2": digits(mode.area_km2),
        "utc_from": rfc3339(times.outer.start),
        "utc_to": rfc3339(times.outer.end),
        "utc_spans": times.span_texts(),
        **_told(times),
        "nearest_place": str(placed.nearest),
        "local": [{"zone": zone, "time": text} for zone, text in placed.local],
    }


def _finding(finding: ClueFinding) -> dict[str, Any]:
    return {
        "index": finding.index,
        "kind": finding.kind,
        "log_evidence": digits(finding.log_evidence),
        "pull_sigma": None if finding.pull_sigma is None else digits(finding.pull_sigma, 4),
        "chance": None if finding.chance is None else digits(finding.chance, 4),
        "outlier": digits(finding.outlier, 4),
        "area_km2_without": digits(finding.area_km2_without),
    }


def _outlines(answer: Answer) -> Mapping[float, dict[str, Any]]:
    from noonmark.actions.place_maps import outlines  # draws contours: only where asked for

    return outlines(answer.posterior)


def with_outlines(found: ReportData) -> dict[str, Any]:
    """The JSON of ``noonmark locate --geojson``, its outlines from the maps that the findings hold
    already.
    """
    from noonmark.report.regions import region_geometries

    close = next(
        (made for made in found.place_maps_regional[:1] if holds_nearly_all(made)),
        found.place_map_world,
    )
    shapes = region_geometries(close)
    credible = {
        f"{r.level:g}": {**found.answer["credible"][f"{r.level:g}"], "geojson": shapes[r.level]}
        for r in found.regions
    }
    return {**found.answer, "credible": credible}


def report_data_of(answer: Answer, *, command: str, world: PlaceMap | None = None) -> ReportData:
    """The data of a report; ``world`` is a map to draw on instead of the whole Earth's."""
    post = answer.posterior
    return ReportData(
        question=answer.question.raw,
        clues_sha256=answer.question.digest,
        command=command,
        versions=versions(),
        place_map_world=world_map(post) if world is None else world,
        place_maps_regional=regional_maps(post),
        calendar=post.calendar(),
        summary=answer.summary,
        times=answer.times,
        modes=answer.modes,
        clues=answer.findings,
        conflicts=answer.conflicts,
        advice=answer.advice,
        answer=answer_json(answer),
        truth=answer.truth(),
    )


def _placed(mode: Mode) -> PlacedMode:
    lat_deg, lon_deg = mode.place.lat_deg, mode.place.lon_deg
    clocks = tuple(local_times(lat_deg, lon_deg, unix_s(mode.instant)))
    is_local = clocks and mode.area_km2 <= LARGEST_LOCAL_KM2
    times = told_times(mode.instants, clocks[0][0] if is_local else None)
    return PlacedMode(mode, nearest_place(lat_deg, lon_deg), clocks, times)


def _common_zone(modes: Sequence[PlacedMode]) -> str | None:
    """The zone on whose clocks all modes are told; None where there is no one zone."""
    zones = {placed.times.zone for placed in modes}
    return zones.pop() if len(zones) == 1 else None
