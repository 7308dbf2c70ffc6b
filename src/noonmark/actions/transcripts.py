"""Accounts with what was said in them: a transcript taken into a case under aliases, shown with its
translations, and written to a file as far as consent and restriction allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noonmark.actions.case_intake import Collection, add_to_case
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.documents.fold import fold
from noonmark.documents.transcripts import SpokenSegment, Transcript, form_of, read_transcript
from noonmark.errors import InputError
from noonmark.evidence.aliases import FIRST, SECOND, new_alias
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.questions.input_files import read_document

AT_ONCE = 900
"""Forms that are said together; a longer transcript takes several rounds."""


@dataclass(frozen=True)
class AccountGiven:
    """How an account was given, and what was agreed: what is not known is "unknown".

    ``voices`` gives an alias for each label that the file has for a voice; ``codes`` are
    {"segment", "word", "means", "basis"}, segments counted from 1 in the order of the file.
    """

    alias: str
    language: str
    how: str = "interview"
    given_at: str = "unknown"
    interviewer: str = ""
    interpreter: str = ""
    led: str = "unknown"
    paid: str = "unknown"
    heard_others: str = "unknown"
    publish: str = "no"
    court: str = "no"
    archive: str = "no"
    restriction: str = ""
    restriction_why: str = ""
    recorded_voice: str = "own"
    encoding: str = ""
    voices: Mapping[str, str] = field(default_factory=dict)
    codes: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class TranslationGiven:
    """A translation of a transcript, in a file with the same segments, and who made it."""

    path: Path
    language: str
    by: str
    kind: str = "human"
    tool: str = ""
    checked_by: str = ""
    encoding: str = ""


def add_account(
    case: Path,
    path: Path,
    given: AccountGiven,
    *,
    translation: TranslationGiven | None = None,
    by: str = DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Take a transcript into a case: the file as an item of its source, the account with consent,
    each segment and its translation as forms.

    Labels of voices in the file are replaced by aliases; which is which is told once and kept
    nowhere but in the file. Raises InputError of the transcript and of the forms,
    ``code-word-absent`` and ``translation-differs``.
    """
    form = form_of(path.name)
    read = read_transcript(path, form, encoding=given.encoding)
    codes = _codes(read.segments, given.codes)
    translated = _translated(read, translation)
    aliases = _aliases(read.segments, given)
    item = _taken_in(case, path, given.alias, by)
    items = [item]
    if translation is not None:
        items.append(_taken_in(case, translation.path, given.alias, by))
    said = say_in_case(case, _account_forms(given, items), by=by)
    account = next(one["id"] for one in said["said"] if one["form"] == "account")
    forms = [
        _segment_form(one, account, item, given, aliases[one.voice]) | codes.get(number, {})
        for number, one in enumerate(read.segments)
    ]
    forms = _with_translations(forms, translated, translation)
    for group in _groups(forms):
        say_in_case(case, group, by=by)
    return _added(account, item, read, aliases, forms)


def _with_translations(
    segments: Sequence[dict[str, Any]],
    translated: Sequence[str],
    translation: TranslationGiven | None,
) -> list[dict[str, Any]]:
    """The forms of segments, each followed by that of its translation."""
    forms = []
    for number, segment in enumerate(segments):
        forms.append({"as": f"s{number}"} | segment)
        if translation is not None and translated[number].strip():
            forms.append(_translation_form(f"s{number}", translated[number], translation))
    return forms


def _added(
    account: str,
    item: str,
    read: Transcript,
    aliases: Mapping[str, str],
    forms: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What was taken in, as JSON."""
    return {
        "ok": True,
        "account": account,
        "item": item,
        "segments": len(read.segments),
        "translated": sum(form["form"] == "translation" for form in forms),
        "voices": [{"label": label, "alias": alias} for label, alias in aliases.items()],
        "encoding": read.encoding,
        "remarks": list(read.remarks),
    }


def _taken_in(case: Path, path: Path, alias: str, by: str) -> str:
    """The digest of a file, kept in the case as an item of a source."""
    added = add_to_case(case, [str(path)], by=by, collection=Collection(source=alias))
    if added.refused:
        first = added.refused[0]
        raise InputError(first["message"], code=first["code"], hint=first["hint"])
    return str(added.added[0]["sha256"])


def _aliases(segments: Sequence[SpokenSegment], given: AccountGiven) -> dict[str, str]:
    """An alias for each label: the one given, itself where it is made up, the source's, or new."""
    labels = list(dict.fromkeys(one.voice for one in segments))
    unknown = sorted(set(given.voices) - set(labels))
    if unknown:
        raise InputError(
            f"no voice of the file is labelled {unknown[0][:40]!r}",
            code="no-such-voice",
            hint="labels are written as in the file: --voice LABEL=ALIAS",
        )
    found: dict[str, str] = {}
    for label in labels:
        first, _, second = label.partition("-")
        if label in given.voices:
            found[label] = given.voices[label]
        elif first in FIRST and second in SECOND:
            found[label] = label
        elif label == "" or len(labels) == 1:
            found[label] = given.alias
        else:
            found[label] = new_alias({given.alias, *found.values(), *given.voices.values()})
    return found


def _account_forms(given: AccountGiven, items: list[str]) -> list[dict[str, Any]]:
    """What was agreed, the account, and its restriction where there is one."""
    consent: dict[str, Any] = {
        "form": "consent", "as": "consent", "of": given.alias, "items": items,
        "publish": given.publish, "court": given.court, "archive": given.archive,
    }  # fmt: skip
    account: dict[str, Any] = {
        "form": "account", "as": "account", "source": given.alias, "items": items,
        "given_at": given.given_at, "how": given.how, "languages": [given.language],
        "led": given.led, "paid": given.paid, "heard_others": given.heard_others,
        "consent": "@consent",
    }  # fmt: skip
    named = {"interviewer": given.interviewer, "interpreter": given.interpreter}
    account |= {key: alias for key, alias in named.items() if alias}
    forms = [consent, account]
    if given.restriction:
        why = given.restriction_why or "as agreed with the source"
        restriction = {"form": "restriction", "of": "@account", "level": given.restriction}
        forms.append(restriction | {"why": why})
    return forms


def _segment_form(
    one: SpokenSegment, account: str, item: str, given: AccountGiven, speaker: str
) -> dict[str, Any]:
    """One segment; where the file's times have no length, that is noted and they are put right."""
    start_ms, end_ms = min(one.start_ms, one.end_ms), max(one.start_ms, one.end_ms)
    noted = {}
    if one.end_ms <= one.start_ms:
        noted = {"note": f"the file states {one.start_ms} to {one.end_ms} ms"}
    return {
        "form": "segment",
        "account": account,
        "item": item,
        "start_ms": start_ms,
        "end_ms": max(end_ms, start_ms + 1),
        "speaker": speaker,
        "language": given.language,
        "text": one.text or "[no words]",
        "voice": given.recorded_voice,
        **noted,
    }


def _translation_form(name: str, text: str, translation: TranslationGiven) -> dict[str, Any]:
    more = {"tool": translation.tool, "checked_by": translation.checked_by}
    return {
        "form": "translation",
        "of": f"@{name}",
        "language": translation.language,
        "text": text,
        "by": translation.by,
        "kind": translation.kind,
        **{key: value for key, value in more.items() if value},
    }


def _codes(
    segments: Sequence[SpokenSegment], codes: Sequence[Mapping[str, Any]]
) -> dict[int, dict[str, Any]]:
    """By segment, a word that stands for another, what it means, and how that is known."""
    found: dict[int, dict[str, Any]] = {}
    for code in codes:
        if set(code) != {"segment", "word", "means", "basis"}:
            raise InputError(
                "a code word has the keys segment, word, means and basis",
                code="bad-code-words",
                hint='[{"segment": 3, "word": "...", "means": "...", "basis": "..."}]',
            )
        number = code["segment"]
        word = str(code["word"])
        there = isinstance(number, int) and 1 <= number <= len(segments)
        if not there or not word or fold(word) not in fold(segments[number - 1].text):
            raise InputError(
                f"segment {str(number)[:20]} does not hold the word {word[:40]!r}",
                code="code-word-absent",
                hint="segments are counted from 1 in the order of the file",
            )
        said = {key: str(code[key]) for key in ("word", "means", "basis")}
        found[number - 1] = {"spoken_as_code": said}
    return found


def _translated(read: Transcript, translation: TranslationGiven | None) -> list[str]:
    """The words of a translation for each segment; its segments must be those of the original."""
    if translation is None:
        return []
    form = form_of(translation.path.name)
    other = read_transcript(translation.path, form, encoding=translation.encoding)
    times = [(one.start_ms, one.end_ms) for one in read.segments]
    if [(one.start_ms, one.end_ms) for one in other.segments] != times:
        raise InputError(
            f"the translation has {len(other.segments)} segments at times of its own, "
            f"and the original {len(read.segments)}",
            code="translation-differs",
            hint="translate a copy of the original and leave its times as they are",
        )
    return [one.text for one in other.segments]


def _groups(forms: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Forms in rounds; a translation stays with its segment."""
    groups: list[list[dict[str, Any]]] = [[]]
    for form in forms:
        if len(groups[-1]) >= AT_ONCE and form["form"] == "segment":
            groups.append([])
        groups[-1].append(form)
    return [group for group in groups if group]


def voice_pairs(typed: Sequence[str]) -> dict[str, str]:
    """Aliases by label, from ``LABEL=ALIAS``. Raises InputError ``no-such-voice``."""
    found = {}
    for one in typed:
        label, sign, alias = one.rpartition("=")
        if not sign or not label:
            raise InputError(
                f"{one[:40]!r} gives no alias for a voice",
                code="no-such-voice",
                hint="labels are written as in the file: --voice LABEL=ALIAS",
            )
        found[label] = alias
    return found


def code_words(path: Path | None) -> list[Mapping[str, Any]]:
    """The code words in a JSON or TOML file, under ``codes``; none without a file."""
    if path is None:
        return []
    found = read_document(path, kind="code-words").get("codes")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(
            f"{path.name} holds no list of code words under codes",
            code="bad-code-words",
            hint='{"codes": [{"segment": 3, "word": "...", "means": "...", "basis": "..."}]}',
        )
    return found
