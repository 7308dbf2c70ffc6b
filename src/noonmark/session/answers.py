"""Where and when, and can it be: asked from the page, answered by the same code as the command
line's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import Any

from noonmark.actions.answer_forms import Answer, modes_json, report_data_of, with_outlines
from noonmark.actions.answers import check as check_claim
from noonmark.actions.answers import locate
from noonmark.actions.clock_readings import clock_instants
from noonmark.actions.json_output import verdict_json
from noonmark.actions.place_maps import regional_maps
from noonmark.errors import InputError, NoonmarkError
from noonmark.inference.answer import LEVELS
from noonmark.questions.clue_file import question_of
from noonmark.report.regions import harmonised, harmonised_maps
from noonmark.report.report_data import ReportData
from noonmark.report.verdict_words import verdict_sentence
from noonmark.report.wording import subtitle, title
from noonmark.session import page_document as inquiries
from noonmark.session import record
from noonmark.session.case_session import CLUES, CaseSession, json_file
from noonmark.session.maps import calendar_json, close_map, half_degrees, map_json
from noonmark.session.memory import AnsweredQuestion
from noonmark.session.named_places import named_places
from noonmark.session.sentences import told
from noonmark.values import Place, Span, rfc3339

KEPT_ANSWERS = 12
LARGEST_PLACE_KM2 = 1e5
"""A larger region has no sun and no clock of its own."""

Tell = Callable[[float, str], None]


def _silent(share: float, words: str = "") -> None:
    """For whom nobody waits."""


def region(answer: Answer) -> dict[str, Any]:
    """What is known first: how large each credible region is, and a map of it."""
    places = answer.posterior.place_cells.ranked
    close = close_map(answer.posterior)
    maps = harmonised_maps(half_degrees(answer.posterior), () if close is None else (close,))
    credible = {
        f"{level:g}": {"area_km2": float(f"{places.measure_of(level):.6g}")} for level in LEVELS
    }
    return {"credible": credible, "map": map_json(maps, [])}


def shown(answer: Answer, *, tell: Tell = _silent) -> dict[str, Any]:
    """An answer with everything that the page draws of it."""
    ahead = _work_ahead(answer)
    _ = answer.posterior.modes
    tell(0.6, "what each clue says")
    findings = report_data_of(answer, command="", world=half_degrees(answer.posterior))
    ahead.join()
    tell(0.9, "drawing")
    found = with_outlines(findings)
    return {
        "answer": found,
        "map": map_json(harmonised(findings), found["modes"]),
        "calendar": calendar_json(findings.calendar, answer.posterior.domain, _middle(findings)),
        "words": f"{title(findings)}. {subtitle(findings)}",
        "warnings_told": [told(warning, "answer") for warning in found.get("warnings", ())],
        "near_told": [told(mode["nearest_place"] or "", "near") for mode in found["modes"]],
    }


def _work_ahead(answer: Answer) -> Thread:
    """Begin on the other core with what does not wait for the modes: the times, the draws, what to
    measure next.
    """

    def work() -> None:
        with suppress(Exception):  # it is asked for again where it can be told
            _ = answer.posterior.times, answer.advice

    thread = Thread(target=work, name="times", daemon=True)
    thread.start()
    return thread


def ask(
    session: CaseSession,
    document: Mapping[str, Any],
    *,
    first: bool = False,
    tell: Tell = _silent,
) -> dict[str, Any]:
    """The reply to a clue document; the first time one is asked, the log says so.

    ``first``: only the region and its map, which are ready in half the time; the answer is held, so
    that asking for all of it goes on from there.
    """
    asked = _begun(session, dict(document), tell)
    name, answer = _name(document), asked.answer
    tell(0.3, "where")
    if first:
        return {"id": name, "first": True, **region(answer)}
    reply, act = shown(answer, tell=tell), None
    reply["named"] = named_places(reply["answer"], session.landmarks.get("answer"))
    if session.logged != answer.question.digest:
        command = _command(session, "locate")
        act = _log(session, asked.document, f"asked where and when: {reply['words']}", command)
        session.logged = answer.question.digest if act else session.logged
    return {"id": name, **reply, "act": act}


def _begun(session: CaseSession, document: dict[str, Any], tell: Tell) -> AnsweredQuestion:
    """The answer to a document, from memory or searched for now, the newest question first.

    What a page has given up ends at its next word. Nothing is searched for twice.
    """
    name = _name(document)
    with session.turns.newest(name, lambda: tell(0.0, "where")) as pause:
        pause()
        with session.lock:
            asked = session.answers.get(name)
        if asked is None:
            question = question_of(document, clocks=clock_instants)
            asked = AnsweredQuestion(document, locate(question, pause=pause))
        _keep(session, name, asked)
    return asked


def calendar_at(
    session: CaseSession,
    name: str,
    place: Place,
    radius_km: float,
) -> dict[str, Any]:
    """The calendar that the same clues give, had it been at a place."""
    asked = _asked(session, name)
    area = {
        "lat_deg": place.lat_deg,
        "lon_deg": place.lon_deg,
        "radius_km": min(max(radius_km, 0.05), 20_038.0),
    }
    # Not from the document again: a local time was read by the clocks of the area it names.
    answer = locate(replace(asked.answer.question, area=area))
    return {"calendar": calendar_json(answer.posterior.calendar(), answer.posterior.domain, place)}


def map_at(
    session: CaseSession,
    name: str,
    span: Span,
) -> dict[str, Any]:
    """The map that the same clues give, had it been in a span of time."""
    from datetime import timedelta

    asked = _asked(session, name)
    # A moment is given a minute, the finest step of the calendar that was clicked.
    end = max(span.end, span.start + timedelta(minutes=1))
    window = {"not_before": rfc3339(span.start), "not_after": rfc3339(end)}
    narrowed = {**asked.document, "prior": {**asked.document.get("prior", {}), **window}}
    answer = locate(question_of(narrowed, clocks=clock_instants))
    maps = harmonised_maps(half_degrees(answer.posterior), regional_maps(answer.posterior))
    return {"map": map_json(maps, modes_json(answer.modes))}


def check(
    session: CaseSession,
    document: Mapping[str, Any],
    where: tuple[Place, float] | None,
    when: Span | None,
) -> dict[str, Any]:
    """The verdict on a claim, in the contract's form and in words."""
    text = json.dumps(document)
    place, radius_km = where or (None, 0.0)
    verdict = verdict_json(check_claim(text.encode(), place, radius_km=radius_km, span=when))
    more = []
    if place is not None:
        more += [
            "--place",
            f"{place.lat_deg:g},{place.lon_deg:g}" + (f",{radius_km:g}" if radius_km else ""),
        ]
    if when is not None:
        more += [
            "--time",
            rfc3339(when.start) + ("" if when.start == when.end else f"/{rfc3339(when.end)}"),
        ]
    said = f"{verdict_sentence(verdict)} (p = {verdict['p_value']:.2g})."
    command = _command(session, "check", *more)
    return {
        **verdict,
        "words": said,
        "act": _log(session, dict(document), f"checked a claim: {said}", command),
    }


def answered(session: CaseSession, document: Mapping[str, Any]) -> AnsweredQuestion:
    """The answer to a document, from memory or asked anew."""
    name = _name(document)
    if name not in session.answers:
        ask(session, document)
    return session.answers[name]


def _asked(session: CaseSession, name: str) -> AnsweredQuestion:
    """An answered question by its name, or the error that it is not there any more."""
    with session.lock:
        if name not in session.answers:
            raise InputError(
                "that answer is no longer held", code="no-such-answer", hint="ask again"
            )
        return session.answers[name]


def _keep(
    session: CaseSession,
    name: str,
    asked: AnsweredQuestion,
) -> None:
    """Keep an answered question; of many, the oldest are dropped."""
    with session.lock:
        session.answers.pop(name, None)
        session.answers[name] = asked
        while len(session.answers) > KEPT_ANSWERS:
            del session.answers[next(iter(session.answers))]


def _name(document: Mapping[str, Any]) -> str:
    """The name of a question: the first digits of its digest."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def _command(session: CaseSession, verb: str, *more: str) -> str:
    """The command line that asks the same."""
    return record.command(session.folder, verb, session.work / CLUES, *more)


def _log(
    session: CaseSession,
    document: dict[str, Any],
    said: str,
    command: str,
) -> dict[str, Any] | None:
    """Log what was asked, and keep the clues where the command reads them; None where the case
    takes nothing.
    """
    act = session.act_if_possible(said.replace("\xa0", " ").replace("\u202f", " "), command)
    if act is not None:
        try:
            inquiries.write(session.work, CLUES, json_file(document))
        except NoonmarkError:
            return act
    return act


def _middle(findings: ReportData) -> Place | None:
    """The place for whose sun the calendar is drawn: that of an answer that is one small place."""
    if len(findings.modes) != 1:
        return None
    mode = findings.modes[0].mode
    return mode.place if mode.area_km2 <= LARGEST_PLACE_KM2 else None
