"""Accounts of a case as a reader sees them. Aliases and code words are hidden until they are asked
for, so that nobody who looks over a shoulder reads them. Nothing is counted by voice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from noonmark import values
from noonmark.actions.account_export import (
    HIDDEN,
    account_segments,
    consent_of,
    hide_words,
    restriction_of,
)
from noonmark.actions.document_views import claims_citing, items_of, translations_of
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.documents.fold import fold
from noonmark.errors import InputError
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.inquiry.state import read

_FACTS = ("how", "given_at", "languages", "led", "paid", "heard_others", "event")
_HOLDS_SOUND = (
    ".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac", ".aac", ".amr", ".3gp", ".mp4", ".mov",
    ".mkv", ".webm", ".avi", ".wma",
)  # fmt: skip


def accounts_of_case(case: Path, *, shown: bool = False) -> dict[str, Any]:
    """The accounts of a case in the order in which they were taken down.

    With ``shown`` each has the alias of its source; else only its number. ``quotable`` is "yes",
    "no" or "hidden voice": what was agreed about publishing, as it stands today.
    """
    inquiry = read(case)
    told = []
    for number, one in enumerate(inquiry.of("account"), 1):
        segments = inquiry.about("segment", "account", one.id)
        last_ms = max((int(each.data["end_ms"]) for each in segments), default=0)
        row = {key: one.data[key] for key in _FACTS if key in one.data}
        row |= {"id": one.id, "number": number, "segments": len(segments), "ends_ms": last_ms}
        row |= {"quotable": _quotable(inquiry, one), "restriction": restriction_of(inquiry, one)}
        told.append(row | ({"source": one.data["source"]} if shown else {}))
    return {"ok": True, "shown": shown, "accounts": told}


def _quotable(inquiry: Inquiry, account: SaidForm) -> str:
    """What may be published of an account today."""
    restriction, consent = restriction_of(inquiry, account), consent_of(inquiry, account)
    if restriction is not None and restriction["level"] != "open":
        return "no"
    if consent is None or "withdrawn" in consent or consent["publish"] == "no":
        return "no"
    if "until" in consent and values.utc(consent["until"]) < values.now():
        return "no"
    return {"text": "words", "voice_altered": "altered voice"}.get(consent["publish"], "yes")


def account_of_case(case: Path, name: str, *, shown: bool = False) -> dict[str, Any]:
    """One account: what was said, its consent, its recordings, and the claims that cite it.

    Without ``shown`` aliases are left out, voices are numbered, and code words are hidden.
    ``name`` may be the id of one of its segments. Raises InputError ``not-an-account``.
    """
    inquiry = read(case)
    segment = inquiry.current(name)
    if segment is not None and segment.form == "segment":
        name = str(segment.data["account"])
    told = account_segments(case, name)
    account = inquiry.current(told["account"])
    assert account is not None
    for one in told["segments"]:
        one["used_in"] = claims_citing(inquiry, one["id"])
    told |= {
        "number": [each.id for each in inquiry.of("account")].index(account.id) + 1,
        "quotable": _quotable(inquiry, account),
        "used_in": claims_citing(inquiry, account.id),
        "words": _written(inquiry, account),
        "recordings": _recordings(case, account),
        "shown": shown,
    }
    return told if shown else _hidden(told)


def _written(inquiry: Inquiry, account: SaidForm) -> list[dict[str, Any]]:
    """The passages quoted from the files of an account that was written down."""
    files = set(account.data.get("items", ()))
    return [
        {
            "id": one.id,
            "item": one.data["item"],
            "text": inquiry.text(one.data["quote"]),
            "language": one.data["language"],
            "translations": translations_of(inquiry, one.id),
            "used_in": claims_citing(inquiry, one.id),
        }
        for one in inquiry.of("passage")
        if one.data["item"] in files
    ]


def _recordings(case: Path, account: SaidForm) -> list[dict[str, Any]]:
    """The files of an account that may hold sound, by their names."""
    with open_vault(case) as vault:
        items = items_of(vault)
    found = [items[one] for one in account.data.get("items", ()) if one in items]
    return [
        {"sha256": one.sha256, "name": one.name}
        for one in found
        if one.name.lower().endswith(_HOLDS_SOUND)
    ]


def _hidden(told: Mapping[str, Any]) -> dict[str, Any]:
    """The account without aliases and code words; where it is sealed, without any words."""
    sealed = (told["restriction"] or {}).get("level") == "sealed"
    words = [
        {
            **one,
            "text": HIDDEN if sealed else one["text"],
            "translations": [_unnamed(each, (), sealed) for each in one["translations"]],
        }
        for one in told["words"]
    ]
    recordings = [
        {"sha256": one["sha256"], "name": f"recording {number}"}
        for number, one in enumerate(told["recordings"], 1)
        if not sealed
    ]
    return {
        **told,
        "told": {key: told["told"][key] for key in _FACTS if key in told["told"]},
        "segments": _hidden_segments(told["segments"], sealed),
        "words": words,
        "recordings": recordings,
    }


def _hidden_segments(segments: Sequence[Mapping[str, Any]], sealed: bool) -> list[dict[str, Any]]:
    """Segments with numbered voices, code words painted over, or all words where it is sealed."""
    voices: dict[str, str] = {}
    secret = [one["spoken_as_code"]["word"] for one in segments if "spoken_as_code" in one]
    found = []
    for one in segments:
        coded = "spoken_as_code" in one
        hidden = coded or sealed
        kept = {key: value for key, value in one.items() if key != "spoken_as_code"}
        kept["speaker"] = voices.setdefault(one["speaker"], str(len(voices) + 1))
        kept["has_code_word"] = coded
        kept["text"] = HIDDEN if sealed else _without(one["text"], secret)
        kept["translations"] = [_unnamed(each, secret, hidden) for each in one["translations"]]
        found.append(kept)
    return found


def _without(text: str | None, secret: Sequence[str]) -> str | None:
    """A text with code words painted over."""
    return text if text is None else hide_words(text, secret)[0]


def _unnamed(translation: Mapping[str, Any], secret: Sequence[str], hidden: bool) -> dict[str, Any]:
    """A translation without the aliases of who made and checked it, and ``hidden`` altogether.

    Where a code word stands in the words, nobody knows which word of the translation it became: all
    of it is hidden.
    """
    kept = {key: one for key, one in translation.items() if key not in ("by", "checked_by")}
    return kept | {"text": HIDDEN if hidden else _without(translation["text"], secret)}


Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def tie_recording(case: Path, name: str, item: str, *, by: str = DEFAULT_ACTOR) -> dict[str, Any]:
    """Say that an item of the case is a recording of an account: a new version of the account."""

    def tied(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"items": [*dict.fromkeys([*data.get("items", ()), item])]}

    return _new_version(case, name, "account", tied, by)


def withdraw_consent(case: Path, name: str, at: str, *, by: str = DEFAULT_ACTOR) -> dict[str, Any]:
    """Say that the consent to an account was taken back at a time: a new version of the consent.

    Raises InputError ``not-an-account`` and those of the form.
    """
    account = read(case).current(name)
    if account is None or account.form != "account":
        raise InputError(
            f"{name[:40]!r} is no account of the case",
            code="not-an-account",
            hint="noonmark account add CASE FILE answers with the account's id",
        )
    consent = str(account.data["consent"])
    return _new_version(case, consent, "consent", lambda _: {"withdrawn": at}, by)


def say_code_word(
    case: Path, name: str, code: Mapping[str, str], *, by: str = DEFAULT_ACTOR
) -> dict[str, Any]:
    """Say that a word of a segment stands for another: a new version of the segment.

    ``code`` has the keys word, means and basis. Raises InputError ``code-word-absent`` where the
    segment does not hold the word, ``form-reference`` where there is no such segment.
    """

    def coded(data: Mapping[str, Any]) -> Mapping[str, Any]:
        text = read(case).text(data["text"]) or ""
        if not fold(code["word"]).strip() or fold(code["word"]) not in fold(text):
            raise InputError(
                f"the sentence does not hold the word {code['word'][:40]!r}",
                code="code-word-absent",
                hint="give the word as it stands in the sentence",
            )
        return {"spoken_as_code": dict(code)}

    return _new_version(case, name, "segment", coded, by)


def _new_version(case: Path, name: str, form: str, change: Change, by: str) -> dict[str, Any]:
    """Say something anew with what a change gives, the rest as it was said last."""
    before = read(case).current(name)
    if before is None or before.form != form:
        raise InputError(
            f"{name[:40]!r} is no {form} of the case",
            code="form-reference",
            hint="look at the case again: it may have been withdrawn",
        )
    kept = {key: one for key, one in before.data.items() if key not in ("salt", "over")}
    return say_in_case(case, [{**kept, **change(before.data)}], by=by)
