"""Where and when, and can it be: asked from the page, answered by the same code as the command line's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from threading import Thread
from typing import Any

from noonmark.bench import desk_record
from noonmark.bench.answer import Answer, locate
from noonmark.bench.answer import check as held
from noonmark.bench.contract import modes_json, verdict_json
from noonmark.bench.desk import CLUES, Desk, json_file
from noonmark.bench.desk_map import calendar_json, close_map, half_degrees, map_json
from noonmark.bench.report import findings_of, regional_maps, with_outlines
from noonmark.case import inquiry as inquiries
from noonmark.case.clue_file import question_of
from noonmark.errors import InputError, NoonmarkError
from noonmark.inference.answer import LEVELS
from noonmark.report import words
from noonmark.report.findings import Findings
from noonmark.report.regions import Maps, harmonised, harmonised_maps
from noonmark.values import Place, Span, rfc3339

KEPT_ANSWERS = 12
VERDICTS = {
    "consistent": "The claim can stand: nothing that is known here speaks against it",
    "strained": "The claim is strained: it needs readings that are off by more than usual",
    "inconsistent": "The claim can't be reconciled with what is known here",
}


Tell = Callable[[float, str], None]


def _silent(share: float, words: str = "") -> None:
    """For whom nobody waits."""


@dataclass(frozen=True)
class Asked:
    """A question that was answered: its document and the answer; what is exported of it is made when asked for."""

    document: dict[str, Any]
    answer: Answer

    @cached_property
    def findings(self) -> Findings:
        """Everything a report is made from."""
        return findings_of(self.answer, command="noonmark locate clues.json")

    @cached_property
    def maps(self) -> Maps:
        """The maps of the findings, with levels that mean the same on all of them."""
        return harmonised(self.findings)


def region(answer: Answer) -> dict[str, Any]:
    """What is known first: how large each credible region is, and a map of it."""
    places = answer.posterior.places
    close = close_map(answer.posterior)
    maps = harmonised_maps(half_degrees(answer.posterior), () if close is None else (close,))
    credible = {f"{level:g}": {"area_km2": float(f"{places.measure_of(level):.6g}")} for level in LEVELS}
    return {"credible": credible, "map": map_json(maps, [])}


def shown(answer: Answer, *, tell: Tell = _silent) -> dict[str, Any]:
    """An answer with everything that the page draws of it."""
    ahead = _work_ahead(answer)
    _ = answer.posterior.modes
    tell(0.6, "what each clue says")
    findings = findings_of(answer, command="", world=half_degrees(answer.posterior))
    ahead.join()
    tell(0.9, "drawing")
    found = with_outlines(findings)
    return {
        "answer": found,
        "map": map_json(harmonised(findings), found["modes"]),
        "calendar": calendar_json(findings.calendar, answer.posterior.domain, _middle(findings)),
        "words": f"{words.title(findings)}. {words.subtitle(findings)}",
    }


def _work_ahead(answer: Answer) -> Thread:
    """Begin on the other core with what does not wait for the modes: the times, the draws, what to measure next."""

    def work() -> None:
        with suppress(Exception):  # it is asked for again where it can be told
            _ = answer.posterior.times, answer.advice

    thread = Thread(target=work, name="times", daemon=True)
    thread.start()
    return thread


def ask(desk: Desk, document: Mapping[str, Any], *, first: bool = False, tell: Tell = _silent) -> dict[str, Any]:
    """The reply to a clue document; the first time one is asked, the log says so.

    ``first``: only the region and its map, which are ready in half the time; the answer is held, so that asking for all
    of it goes on from there.
    """
    asked = _begun(desk, dict(document))
    name, answer = _name(document), asked.answer
    tell(0.3, "where")
    if first:
        return {"id": name, "first": True, **region(answer)}
    reply, act = shown(answer, tell=tell), None
    if desk.logged != answer.question.digest:
        command = _command(desk, "locate")
        act = _log(desk, asked.document, f"asked where and when: {reply['words']}", command)
        desk.logged = answer.question.digest if act else desk.logged
    return {"id": name, **reply, "act": act}


def _begun(desk: Desk, document: dict[str, Any]) -> Asked:
    """The answer to a document, from memory or searched for now."""
    name = _name(document)
    with desk.lock:
        held_already = desk.answers.get(name)
    asked = held_already or Asked(document, locate(question_of(document)))
    _keep(desk, name, asked)
    return asked


def calendar_at(desk: Desk, name: str, place: Place, radius_km: float) -> dict[str, Any]:
    """The calendar that the same clues give, had it been at a place."""
    asked = _asked(desk, name)
    area = {"lat_deg": place.lat_deg, "lon_deg": place.lon_deg, "radius_km": min(max(radius_km, 0.05), 20_038.0)}
    narrowed = {**asked.document, "prior": {**asked.document.get("prior", {}), "area": area}}
    answer = locate(question_of(narrowed))
    return {"calendar": calendar_json(answer.posterior.calendar(), answer.posterior.domain, place)}


def map_at(desk: Desk, name: str, span: Span) -> dict[str, Any]:
    """The map that the same clues give, had it been in a span of time."""
    from datetime import timedelta

    asked = _asked(desk, name)
    # A moment is given a minute, the finest step of the calendar that was clicked.
    end = max(span.end, span.start + timedelta(minutes=1))
    window = {"not_before": rfc3339(span.start), "not_after": rfc3339(end)}
    narrowed = {**asked.document, "prior": {**asked.document.get("prior", {}), **window}}
    answer = locate(question_of(narrowed))
    maps = harmonised_maps(half_degrees(answer.posterior), regional_maps(answer.posterior))
    return {"map": map_json(maps, modes_json(answer.posterior.modes))}


def check(
    desk: Desk, document: Mapping[str, Any], where: tuple[Place, float] | None, when: Span | None
) -> dict[str, Any]:
    """The verdict on a claim, in the contract's form and in words."""
    text = json.dumps(document)
    place, radius_km = where or (None, 0.0)
    verdict = verdict_json(held(text.encode(), place, radius_km, when))
    more = []
    if place is not None:
        more += ["--place", f"{place.lat_deg:g},{place.lon_deg:g}" + (f",{radius_km:g}" if radius_km else "")]
    if when is not None:
        more += ["--time", rfc3339(when.start) + ("" if when.start == when.end else f"/{rfc3339(when.end)}")]
    said = f"{VERDICTS[verdict['verdict']]} (p = {verdict['p_value']:.2g})."
    command = _command(desk, "check", *more)
    return {**verdict, "words": said, "act": _log(desk, dict(document), f"checked a claim: {said}", command)}


def answered(desk: Desk, document: Mapping[str, Any]) -> Asked:
    """The answer to a document, from memory or asked anew."""
    name = _name(document)
    if name not in desk.answers:
        ask(desk, document)
    return desk.answers[name]


def _asked(desk: Desk, name: str) -> Asked:
    with desk.lock:
        if name not in desk.answers:
            raise InputError("that answer is no longer held", code="no-such-answer", hint="ask again")
        return desk.answers[name]


def _keep(desk: Desk, name: str, asked: Asked) -> None:
    with desk.lock:
        desk.answers.pop(name, None)
        desk.answers[name] = asked
        while len(desk.answers) > KEPT_ANSWERS:
            del desk.answers[next(iter(desk.answers))]


def _name(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def _command(desk: Desk, verb: str, *more: str) -> str:
    return desk_record.command(desk.folder, verb, desk.work / CLUES, *more)


def _log(desk: Desk, document: dict[str, Any], said: str, command: str) -> dict[str, Any] | None:
    """Log what was asked, and keep the clues where the command reads them; None where the case takes nothing."""
    act = desk.act_if_possible(said.replace("\xa0", " ").replace("\u202f", " "), command)
    if act is not None:
        try:
            inquiries.write(desk.work, CLUES, json_file(document))
        except NoonmarkError:
            return act
    return act


def _middle(findings: Findings) -> Place:
    return findings.modes[0].mode.place if findings.modes else Place(0.0, 0.0)
