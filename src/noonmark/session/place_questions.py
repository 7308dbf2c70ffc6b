"""The question about places that a case holds: its text, its answer, what was ruled out by eye.

Question and rulings lie in the case's folder of work, where the commands of the record read them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import place_clue, place_rulings, place_search, world_maps
from noonmark.actions.place_rulings import PlaceRuling
from noonmark.errors import InputError, NoonmarkError
from noonmark.questions.input_files import parse_document
from noonmark.questions.place_question import read_place_question
from noonmark.session import page_document, record
from noonmark.session.requests import path_of
from noonmark.session.sentences import with_told
from noonmark.values import now, rfc3339

if TYPE_CHECKING:
    from noonmark.session.case_session import CaseSession

QUESTION, RULINGS = "place-question.toml", "place-rulings.jsonl"
LARGEST_TEXT = 200_000
SHOWN = 300
"""So many places are told clause by clause and sent; all are weighed, written and in the clue."""


def question(
    session: CaseSession,
) -> dict[str, Any]:
    """The text of the case's question, the maps of this machine, and where more come from."""
    maps = world_maps.world_list()
    kept = session.landmarks.get("answer")
    return {
        "text": _text(session),
        "maps": maps["maps"],
        "fetch": maps["fetch"],
        "answer": None if kept is None else _shown(session, kept),
        "asked": session.landmarks.get("asked"),
        "ruled_out": [asdict(each) for each in _rulings(session)],
    }


def things(
    word: str,
) -> dict[str, Any]:
    """The kinds of things that a question can name."""
    found = world_maps.world_things(word)["things"]
    return {"things": [{"is": row["is"], "also": row["also"]} for row in found]}


def keep(
    session: CaseSession,
    text: str,
) -> dict[str, Any]:
    """Keep the text as it is typed; it is no act yet."""
    if len(text) > LARGEST_TEXT:
        raise InputError(
            f"a question of {len(text)} letters", code="bad-request", hint="ask for less at once"
        )
    with session.lock:
        page_document.write(session.work, QUESTION, text.encode("utf-8", "replace"))
    return {"kept": len(text)}


def checked(
    text: str,
) -> dict[str, Any]:
    """What a question says, table by table. Raises InputError with every problem."""
    found = read_place_question(_document(text), expected=place_search.expected_thing)
    place_search.search_of(found)
    return {
        "things": [_said(row) for row in found.things],
        "clauses": [_said(row) for row in found.clauses],
        "eye": None if found.eye is None else _said(found.eye),
        "anchor": found.anchor,
        "regions": list(found.regions),
        "digest": found.digest,
    }


def _said(
    row: Mapping[str, Any],
) -> dict[str, Any]:
    """A table without what was left out."""
    return {key: value for key, value in row.items() if value not in (None, "", ())}


def _document(
    text: str,
) -> dict[str, Any]:
    """The text as a document: TOML, or JSON."""
    return parse_document(text.encode("utf-8", "replace"), name="the question")


def ask(
    session: CaseSession,
    text: str,
) -> dict[str, Any]:
    """Ask the maps; the answer is held, and asking is an act of the case."""
    keep(session, text)
    asked = checked(text)
    found = place_search.find_places(_document(text), detailed=SHOWN)
    session.landmarks.update(answer=found, asked=asked)
    said = f"asked the maps where things stand so: {found['anchors']} places weighed"
    act = session.act_if_possible(said, _command(session))
    return {"answer": _shown(session, found), "asked": asked, "act": act}


def rule(
    session: CaseSession,
    osm: str,
    why: str,
    *,
    back: bool = False,
) -> dict[str, Any]:
    """Rule a place out by eye, with the reason, or take that back; it is logged."""
    ruling = PlaceRuling(osm, why.strip(), session.by, rfc3339(now()), back)
    line = place_rulings.ruling_line(ruling)
    path = session.work / RULINGS
    with session.lock:
        held = path.read_bytes() if path.exists() else b""
        page_document.write(session.work, RULINGS, held[: held.rfind(b"\n") + 1] + line)
    did = "took back that the scene is not at" if back else "ruled out by eye"
    act = session.act(f"{did} {osm}" + ("" if back else f": {ruling.why}"))
    kept = session.landmarks.get("answer")
    return {"answer": None if kept is None else _shown(session, kept), "act": act}


def clue(
    session: CaseSession,
) -> dict[str, Any]:
    """The answer as a clue of kind ``places``."""
    return {"clue": place_clue.place_clue(_ruled(session, _held(session)))["clue"][0]}


def write(
    session: CaseSession,
    out: str,
    *,
    force: bool,
) -> dict[str, Any]:
    """Write the answer as the command does."""
    folder = path_of(out)
    written = place_search.write_places(_ruled(session, _held(session)), folder, force=force)
    line = _command(session, "--out", folder, "--force")
    act = session.act_if_possible("wrote the places", line)
    return {"written": [str(path) for path in written], "act": act}


def _command(
    session: CaseSession,
    *more: object,
) -> str:
    """The command line that asks the same, of all but what was ruled out."""
    words: list[object] = ["place", session.work / QUESTION]
    if _rulings(session):
        words += ["--ruled-out", session.work / RULINGS]
    return record.command(session.folder, *words, *more)


def _held(
    session: CaseSession,
) -> dict[str, Any]:
    if "answer" not in session.landmarks:
        raise InputError(
            "the question has no answer here yet", code="no-such-answer", hint="ask the maps first"
        )
    found: dict[str, Any] = session.landmarks["answer"]
    return found


def _ruled(
    session: CaseSession,
    answer: Mapping[str, Any],
) -> dict[str, Any]:
    """The answer without what was ruled out."""
    return place_rulings.without_ruled_out(answer, _rulings(session))


def _shown(
    session: CaseSession,
    answer: Mapping[str, Any],
) -> dict[str, Any]:
    """The answer for the page: the first places in full, the others as a number and their sum."""
    whole = _ruled(session, answer)
    rest = whole["places"][SHOWN:]
    told = {key: value for key, value in whole.items() if key not in ("ok", "overpass", "seconds")}
    sum_of_rest = sum(place["probability"] for place in rest)
    shown = told | {
        "places": whole["places"][:SHOWN],
        "rest": {"places": len(rest), "probability": round(sum_of_rest, 6)},
    }
    return {**with_told(shown, "place", "advice")}


def _rulings(
    session: CaseSession,
) -> tuple[PlaceRuling, ...]:
    """What was ruled out in the case."""
    path = session.work / RULINGS
    return place_rulings.read_rulings(path) if path.exists() else ()


def _text(
    session: CaseSession,
) -> str:
    try:
        return (session.work / QUESTION).read_bytes()[:LARGEST_TEXT].decode("utf-8", "replace")
    except OSError:
        return ""


def candidates_file(
    session: CaseSession,
) -> Path:
    """The places of the answer as a file that ``noonmark skyline --places`` reads."""
    document = place_clue.place_clue(_ruled(session, _held(session)))
    with session.lock:
        page_document.write(session.work, "place-clue.json", json.dumps(document).encode())
    return session.work / "place-clue.json"


def photo_of(
    session: CaseSession,
    sha256: str,
) -> Path:
    """Where an item's bytes are; that it is shown is remembered for the log."""
    from noonmark.evidence.store import Store

    path = Store(session.folder).get(sha256)
    session.show(sha256)
    return path


def skyline(
    session: CaseSession,
    path: Path,
) -> dict[str, Any]:
    """The skyline of a photo of the case, and, where the ground is known, how it fits each place.

    ``why_not`` says why places were not compared. Within ``near_m`` the elevation tiles don't know
    the shape of land in view.
    """
    from noonmark.actions import skyline as lines

    line = lines.skyline_of(path)
    found: dict[str, Any] = {"line": lines.skyline_json(line), "places": [], "why_not": None}
    if "answer" not in session.landmarks:
        return found
    try:
        matched = lines.match_skyline(line, candidates_file(session))
    except NoonmarkError as error:
        return {**with_told(found | {"why_not": error.message}, "skyline", "why_not")}
    return found | {
        "places": matched["places"][:SHOWN],
        "none_of_these": matched["none_of_these"],
        "near_m": lines.NEAR_CELLS * matched["cell_m"],
    }
