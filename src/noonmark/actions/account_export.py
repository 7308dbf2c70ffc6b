"""What was said in an account: shown with its translations, and written to a file as far as consent
and restriction allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark import values
from noonmark.actions.finished_files import finished
from noonmark.actions.redaction import refuse_existing
from noonmark.documents.fold import fold, folded_map
from noonmark.documents.transcript_files import written
from noonmark.documents.transcripts import SpokenSegment
from noonmark.errors import InputError
from noonmark.evidence.entry_schema import DEFAULT_ACTOR, fact
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.drafts import full_id
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.inquiry.state import read

HIDDEN, WITHHELD = "■■■", "[withheld]"
LEFT_TO_RIGHT = "ltr"
_RIGHT_TO_LEFT = ("ar", "ug", "fa", "ur", "he", "yi", "ps", "sd", "ckb", "dv")


@dataclass(frozen=True)
class AccountExport:
    """Options of an export: the format, in which language, what to hide.

    ``withhold`` counts segments from 1. ``hide`` are words, found under every spelling.
    """

    form: str
    redacted: bool = False
    language: str = ""
    withhold: frozenset[int] = frozenset()
    hide: Sequence[str] = ()
    despite: str = ""


def account_segments(case: Path, name: str) -> dict[str, Any]:
    """List what was said in an account, in the order of time, translations beside the words.

    Nothing is counted by voice. Raises InputError ``not-an-account``.
    """
    inquiry = read(case)
    account = _account(inquiry, name)
    return {
        "ok": True,
        "account": account.id,
        "told": {k: v for k, v in account.data.items() if k not in ("form", "id", "salt", "over")},
        "consent": consent_of(inquiry, account),
        "restriction": restriction_of(inquiry, account),
        "segments": [
            _segment(inquiry, number, one)
            for number, one in enumerate(_ordered(inquiry, account), 1)
        ],
    }


def export_account(
    case: Path, name: str, out: Path, wish: AccountExport, *, by: str = DEFAULT_ACTOR
) -> dict[str, Any]:
    """Write the segments of an account to a new file; the log says that it was done.

    Redacted: voices are numbered, code words and the given words are hidden, given segments
    withheld. Raises InputError ``account-restricted``, ``no-such-segment``, ``not-translated`` and
    those of the format.
    """
    refuse_existing(out)
    inquiry = read(case)
    account = _account(inquiry, name)
    stops = _stops(inquiry, account, wish)
    if stops and not wish.despite.strip():
        raise InputError(
            f"what was agreed stops this export: {stops}",
            code="account-restricted",
            hint="--redacted may be allowed; --despite-restriction REASON exports, and is logged",
        )
    told = [_segment(inquiry, n, one) for n, one in enumerate(_ordered(inquiry, account), 1)]
    _refuse_strange_numbers(wish, len(told))
    segments, hidden = _wished(told, wish)
    with finished(out) as part:
        part.write_text(written(segments, wish.form), encoding="utf-8")
    _log_export(case, account, wish, stops, by)
    return {
        "ok": True,
        "account": account.id,
        "output": out.name,
        "form": wish.form,
        "redacted": wish.redacted,
        "segments": len(segments),
        "withheld": len(wish.withhold),
        "places_hidden": hidden,
        "despite": stops if stops else None,
    }


def _refuse_strange_numbers(wish: AccountExport, count: int) -> None:
    """Refuse to withhold a segment that the account does not have."""
    strange = sorted(wish.withhold - set(range(1, count + 1)))
    if strange:
        raise InputError(
            f"the account has no segment {strange[0]}",
            code="no-such-segment",
            hint=f"segments are counted from 1 to {count}",
        )


def _log_export(
    case: Path,
    account: SaidForm,
    wish: AccountExport,
    stops: str,
    by: str,
) -> None:
    """Log that an account was written, how, and against which agreement."""
    despite = f", despite {stops}: {wish.despite.strip()}" if stops else ""
    manner = "redacted" if wish.redacted else "in full"
    said = f"account {account.id} was written as {wish.form}, {manner}{despite}"
    with open_vault(case, write=True, by=by) as vault:
        present = vault.present()
        items = [sha256 for sha256 in account.data.get("items", ()) if sha256 in present]
        named = {"items": items} if items else {}
        vault.append(fact("note", text=said, **named))


def _account(inquiry: Inquiry, name: str) -> SaidForm:
    found = inquiry.current(full_id(inquiry, name))
    if found is None or found.form != "account":
        raise InputError(
            f"{name[:40]!r} is no account of the case, or was withdrawn",
            code="not-an-account",
            hint="noonmark account add CASE FILE answers with the account's id",
        )
    return found


def _ordered(inquiry: Inquiry, account: SaidForm) -> list[SaidForm]:
    """The segments of an account by time."""
    found = inquiry.about("segment", "account", account.id)
    return sorted(found, key=lambda one: (one.data["start_ms"], one.data["end_ms"]))


def _segment(inquiry: Inquiry, number: int, one: SaidForm) -> dict[str, Any]:
    """One segment as JSON; words that were withdrawn are null."""
    data = one.data
    told: dict[str, Any] = {"number": number, "id": one.id}
    told |= {key: data[key] for key in ("start_ms", "end_ms", "speaker", "language", "voice")}
    told["dir"] = "rtl" if data["language"].split("-")[0] in _RIGHT_TO_LEFT else LEFT_TO_RIGHT
    told["text"] = inquiry.text(data["text"])
    told["translations"] = [
        {key: each.data[key] for key in ("language", "by", "kind", "tool", "checked_by")
         if key in each.data} | {"text": inquiry.text(each.data["text"])}
        for each in inquiry.about("translation", "of", one.id)
    ]  # fmt: skip
    told |= {key: data[key] for key in ("spoken_as_code", "note") if key in data}
    return told


def consent_of(inquiry: Inquiry, account: SaidForm) -> dict[str, Any] | None:
    """What was agreed about an account, as it stands now; None where it is not there any more."""
    found = inquiry.current(account.data["consent"])
    if found is None:
        return None
    return {k: v for k, v in found.data.items() if k not in ("form", "id", "salt", "over", "of")}


def restriction_of(inquiry: Inquiry, account: SaidForm) -> dict[str, Any] | None:
    """The strictest restriction of the account or of one of its items."""
    about = {account.id, *account.data.get("items", ())}
    found = [one for one in inquiry.of("restriction") if one.data["of"] in about]
    order = ("open", "team", "sealed")
    if not found:
        return None
    strictest = max(found, key=lambda one: order.index(one.data["level"]))
    return {"level": strictest.data["level"], "why": strictest.data["why"]}


def _stops(inquiry: Inquiry, account: SaidForm, wish: AccountExport) -> str:
    """Why an account may not be written so; "" where it may."""
    restriction, consent = restriction_of(inquiry, account), consent_of(inquiry, account)
    if restriction is not None and restriction["level"] != "open":
        return f"restriction {restriction['level']} ({restriction['why']})"
    if consent is None or "withdrawn" in consent:
        return "the consent was withdrawn"
    if "until" in consent and values.utc(consent["until"]) < values.now():
        return f"the consent ended at {consent['until']}"
    if consent["publish"] == "no":
        return "consent to publish: no"
    if consent["publish"] != "full" and not wish.redacted:
        return f"consent to publish: {consent['publish']}, not in full"
    return ""


def _wished(
    told: Sequence[Mapping[str, Any]], wish: AccountExport
) -> tuple[list[SpokenSegment], int]:
    """The segments to write, and how many places were hidden."""
    numbers: dict[str, str] = {}
    found, hidden = [], 0
    for one in told:
        text = _words(one, wish.language)
        voice = one["speaker"]
        if wish.redacted or wish.hide or wish.withhold:
            code = one.get("spoken_as_code", {}).get("word", "") if wish.redacted else ""
            text, places = hide_words(text, [*wish.hide, *([code] if code else [])])
            hidden += places
        if one["number"] in wish.withhold:
            text = WITHHELD
        if wish.redacted:
            voice = numbers.setdefault(voice, f"voice {len(numbers) + 1}")
        found.append(SpokenSegment(one["start_ms"], one["end_ms"], voice, text))
    return found, hidden


def _words(one: Mapping[str, Any], language: str) -> str:
    """The words of a segment, in its own language or in that of a translation."""
    text = one["text"]
    if language and language != one["language"]:
        text = next((t["text"] for t in one["translations"] if t["language"] == language), None)
        if text is None:
            raise InputError(
                f"segment {one['number']} has no translation into {language[:20]!r}",
                code="not-translated",
                hint="noonmark account segments CASE ID shows what there is",
            )
    return WITHHELD if text is None else str(text)


def hide_words(text: str, words: Sequence[str]) -> tuple[str, int]:
    """The text with every place of some words painted over, whatever their spelling; the number."""
    mapped = folded_map(text)
    spans: set[tuple[int, int]] = set()
    for word in words:
        needle = fold(word).strip()
        at = mapped.text.find(needle) if needle else -1
        while at >= 0:
            spans.add(mapped.span(at, at + len(needle)))
            at = mapped.text.find(needle, at + 1)
    out, last = "", 0
    for start, end in sorted(spans):
        if start >= last:
            out += text[last:start] + HIDDEN
        last = max(last, end)
    return out + text[last:], len(spans)
