"""Transcripts of ELAN (.eaf) and Transcriber (.trs): tiers, turns, and who speaks.

Sources: the EAF 3.0 schema of the Max Planck Institute for Psycholinguistics; the document type
trans-14 of Transcriber. References to media and anything else outside the file are not followed.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from itertools import pairwise

from noonmark.errors import InputError
from noonmark.sandbox.parsers.cue_text import TimedText
from noonmark.sandbox.parsers.small_xml import SmallElement, tree

WITHOUT_VOICE = "words-of-nobody-named"
"""The linguistic type of a tier, written by Noonmark, whose words have no voice."""


def read_elan(data: bytes) -> TimedText:
    """Every annotation of every tier, with the times of what it refers to."""
    root = _rooted(data, "ANNOTATION_DOCUMENT", "ELAN")
    found = TimedText()
    slots = _slots(root, found)
    spans: dict[str, tuple[int, int]] = {}
    waiting: list[tuple[SmallElement, SmallElement]] = []
    for tier in root.all("TIER"):
        for annotation in tier.all("ALIGNABLE_ANNOTATION"):
            span = tuple(
                slots.get(annotation.attributes.get(f"TIME_SLOT_REF{n}", "")) for n in (1, 2)
            )
            if span[0] is None or span[1] is None:
                found.remarks.append("an annotation has no time and is left out")
                continue
            spans[annotation.attributes.get("ANNOTATION_ID", "")] = (span[0], span[1])
            _take(found, tier, annotation, (span[0], span[1]))
        waiting += [(tier, annotation) for annotation in tier.all("REF_ANNOTATION")]
    _take_references(found, waiting, spans)
    return found


def _slots(
    root: SmallElement,
    found: TimedText,
) -> dict[str, int]:
    """The time of each slot [ms]; one without is put between its neighbours, as ELAN does."""
    names, times = [], []
    for slot in root.all("TIME_SLOT"):
        names.append(slot.attributes.get("TIME_SLOT_ID", ""))
        value = slot.attributes.get("TIME_VALUE", "")
        times.append(int(value) if value.isdecimal() and len(value) < 15 else None)
    unset = sum(time is None for time in times)
    if unset:
        found.remarks.append(f"{unset} times are not set in the file, and put between others")
    return {
        name: time for name, time in zip(names, _filled(times), strict=True) if time is not None
    }


def _filled(times: list[int | None]) -> list[int | None]:
    """Times with those that are not set put evenly between their neighbours."""
    filled = list(times)
    known = [at for at, time in enumerate(times) if time is not None]
    for before, after in pairwise(known):
        first, last = times[before] or 0, times[after] or 0
        for at in range(before + 1, after):
            filled[at] = first + (last - first) * (at - before) // (after - before)
    return filled


def _take_references(
    found: TimedText,
    waiting: list[tuple[SmallElement, SmallElement]],
    spans: dict[str, tuple[int, int]],
) -> None:
    """Annotations that refer to others have their times; several rounds, for chains."""
    while waiting:
        left = []
        for tier, annotation in waiting:
            span = spans.get(annotation.attributes.get("ANNOTATION_REF", ""))
            if span is None:
                left.append((tier, annotation))
                continue
            spans[annotation.attributes.get("ANNOTATION_ID", "")] = span
            _take(found, tier, annotation, span)
        if len(left) == len(waiting):
            found.remarks.append(f"{len(left)} annotations refer to none and are left out")
            return
        waiting = left


def _take(
    found: TimedText, tier: SmallElement, annotation: SmallElement, span: tuple[int, int]
) -> None:
    """Take up one annotation of a tier."""
    text = "".join(value.text() for value in annotation.all("ANNOTATION_VALUE"))
    said = tier.attributes
    voice = said.get("PARTICIPANT", "").strip()
    if not voice and said.get("LINGUISTIC_TYPE_REF") != WITHOUT_VOICE:
        voice = said.get("TIER_ID", "").strip()
    found.add(*span, voice, text, tier=said.get("TIER_ID", ""), language=said.get("LANG_REF", ""))


def read_transcriber(data: bytes) -> TimedText:
    """The stretches between the sync marks of each turn."""
    root = _rooted(data, "Trans", "Transcriber")
    names = {
        speaker.attributes.get("id", ""): speaker.attributes.get("name", "").strip()
        for speaker in root.all("Speaker")
    }
    found = TimedText()
    left_out = sum(1 for name in ("Event", "Background", "Comment") for _ in root.all(name))
    if left_out:
        found.remarks.append(f"{left_out} marks of noises and comments are left out")
    for turn in root.all("Turn"):
        _take_turn(found, turn, names)
    return found


def _take_turn(
    found: TimedText,
    turn: SmallElement,
    names: dict[str, str],
) -> None:
    """One turn: a stretch from mark to mark, and for several voices at once one for each."""
    ids = turn.attributes.get("speaker", "").split()
    voices = [names.get(one, one) for one in ids] or [""]
    stretches = _stretches(turn, len(voices))
    ends = [start for start, _ in stretches[1:]] + [_ms(turn.attributes.get("endTime", "0"))]
    for (start, several), end in zip(stretches, ends, strict=True):
        for voice, parts in zip(voices, several, strict=True):
            text = "".join(parts).strip("\r\n\t ")
            if text:
                found.add(start, end, voice, text)


def _stretches(
    turn: SmallElement,
    voices: int,
) -> list[tuple[int, list[list[str]]]]:
    """From when on [ms], and the pieces of text of each voice, from mark to mark."""
    start_ms, who = _ms(turn.attributes.get("startTime", "0")), 0
    found: list[tuple[int, list[list[str]]]] = [(start_ms, [[] for _ in range(voices)])]
    for child in turn.children:
        if isinstance(child, str):
            found[-1][1][who].append(child)
        elif child.name == "Sync":
            who = 0
            found.append((_ms(child.attributes.get("time", "0")), [[] for _ in range(voices)]))
        elif child.name == "Who":
            number = child.attributes.get("nb", "1")
            who = min(max(int(number), 1), voices) - 1 if number.isdecimal() else 0
    return found


def _ms(text: str) -> int:
    """A time in seconds as text, in whole milliseconds."""
    try:
        value = Decimal(text.strip() or "0")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value < 10**9:
        raise InputError(
            f"the time {text[:40]!r} is no number of seconds",
            code="bad-transcript",
            hint="export the file again from Transcriber",
        )
    return int((value * 1000).to_integral_value())


def _rooted(
    data: bytes,
    name: str,
    program: str,
) -> SmallElement:
    """The tree of a file, whose root must be that of the format."""
    root = tree(data)
    if root.name != name:
        raise InputError(
            f"the file's root is {root.name[:40]!r}, and {program} writes {name!r}",
            code="bad-transcript",
            hint="name the file by its format: .srt, .vtt, .ass, .eaf or .trs",
        )
    return root
