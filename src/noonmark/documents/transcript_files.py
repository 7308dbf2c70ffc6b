"""Segments written as SubRip, WebVTT, ASS, ELAN or Transcriber files, so that they are read back
with the same words, times and voices.

ASS has hundredths of a second, so its times are rounded; all others keep the millisecond. Control
characters that XML can't hold are refused by name rather than dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from xml.sax.saxutils import escape, quoteattr

from noonmark.documents.transcripts import SpokenSegment
from noonmark.errors import InputError
from noonmark.sandbox.parsers.annotation_xml import WITHOUT_VOICE

WRITTEN = ("srt", "vtt", "ass", "eaf", "trs")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def written(
    segments: Sequence[SpokenSegment],
    form: str,
) -> str:
    """The text of a file that holds the segments. Raises InputError ``not-in-this-form``."""
    writers = {
        "srt": _subrip, "vtt": _webvtt, "ass": _substation, "eaf": _elan, "trs": _transcriber,
    }  # fmt: skip
    for number, one in enumerate(segments, 1):
        _refuse_unwritable(one, number, form)
    return writers[form](segments)


def _refuse_unwritable(
    one: SpokenSegment,
    number: int,
    form: str,
) -> None:
    """Words that the format would change on the way are refused."""
    whys = {
        "a carriage return": "\r" in one.text,
        "a control character": form in ("eaf", "trs") and _NOT_IN_XML.search(one.text + one.voice),
        "an empty line": _has_empty_line(one.text, form),
        "a space at its start or end": form == "trs" and one.text != one.text.strip("\r\n\t "),
        "no words": form == "trs" and not one.text,
        "a backslash that ASS reads": form == "ass" and re.search(r"\\[Nnh]|\{\\", one.text),
        "an arrow as between times": form in ("srt", "vtt") and "-->" in one.text,
    }
    why = next((name for name, found in whys.items() if found), "")
    if why:
        raise InputError(
            f"segment {number} holds {why}, which {form} can't keep",
            code="not-in-this-form",
            hint="--as eaf keeps it" if form != "eaf" else "--as srt keeps it",
        )


def _has_empty_line(
    text: str,
    form: str,
) -> bool:
    """Whether empty lines stand where a format would end a cue, or take them for another's."""
    if form == "vtt":
        return re.search(r"\n[ \t]*\n|^[ \t]*\n|\n[ \t]*$", text) is not None
    last = r"\n[ \t]*$|\n[ \t]*\n[ \t]*\d+[ \t]*$"
    return form == "srt" and re.search(last, text) is not None


def clock(
    time_ms: int,
    mark: str = ".",
) -> str:
    """A time as hours, minutes, seconds and thousandths."""
    whole_s, ms = divmod(time_ms, 1000)
    return f"{whole_s // 3600:02d}:{whole_s // 60 % 60:02d}:{whole_s % 60:02d}{mark}{ms:03d}"


def _subrip(segments: Sequence[SpokenSegment]) -> str:
    """SubRip; a voice is written as WebVTT does, for SubRip has none."""
    parts = []
    for number, one in enumerate(segments, 1):
        times = f"{clock(one.start_ms, ',')} --> {clock(one.end_ms, ',')}"
        voice = f"<v {one.voice}>" if one.voice else ""
        parts.append(f"{number}\n{times}\n{voice}{_guarded(one.text)}\n")
    return "\n".join(parts)


def _guarded(text: str) -> str:
    """Words in SubRip: where a sign looks like markup or an entity, all are escaped."""
    if re.search(r"[<>]|\{\\", text) or unescape(text) != text:
        return _escaped(text)
    return text


def _escaped(text: str) -> str:
    """Words with every sign of markup as an entity."""
    return re.sub(r"\{(?=\\)", "&#123;", escape(text))


def _webvtt(segments: Sequence[SpokenSegment]) -> str:
    """WebVTT; voices as its own tag has them."""
    parts = ["WEBVTT\n"]
    for one in segments:
        voice = f"<v {escape(one.voice)}>" if one.voice else ""
        times = f"{clock(one.start_ms)} --> {clock(one.end_ms)}"
        parts.append(f"{times}\n{voice}{_escaped(one.text)}\n")
    return "\n".join(parts)


def _substation(segments: Sequence[SpokenSegment]) -> str:
    """ASS, with one style."""
    head = (
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )
    lines = []
    for one in segments:
        times = ",".join(_hundredths(time) for time in (one.start_ms, one.end_ms))
        words = one.text.replace("\n", "\\N").replace("\u00a0", "\\h")
        lines.append(f"Dialogue: 0,{times},Default,{one.voice.replace(',', ' ')},0,0,0,,{words}\n")
    return head + "".join(lines)


def _hundredths(time_ms: int) -> str:
    """A time as ASS writes it, to the nearest hundredth of a second."""
    whole_s, cs = divmod((time_ms + 5) // 10, 100)
    return f"{whole_s // 3600}:{whole_s // 60 % 60:02d}:{whole_s % 60:02d}.{cs:02d}"


def _elan(segments: Sequence[SpokenSegment]) -> str:
    """An ELAN file with a tier for each voice; the order of segments is that of their ids."""
    slots: list[str] = []
    tiers: dict[str, list[str]] = {}
    for number, one in enumerate(segments, 1):
        for at, time in ((2 * number - 1, one.start_ms), (2 * number, one.end_ms)):
            slots.append(f'<TIME_SLOT TIME_SLOT_ID="ts{at}" TIME_VALUE="{time}"/>')
        tiers.setdefault(one.voice, []).append(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" '
            f'TIME_SLOT_REF1="ts{2 * number - 1}" TIME_SLOT_REF2="ts{2 * number}">'
            f"<ANNOTATION_VALUE>{escape(one.text)}</ANNOTATION_VALUE>"
            "</ALIGNABLE_ANNOTATION></ANNOTATION>"
        )
    body = []
    for at, (voice, several) in enumerate(tiers.items(), 1):
        named = quoteattr(voice or f"tier-{at}")
        participant = f" PARTICIPANT={quoteattr(voice)}" if voice else ""
        kind = "words" if voice else WITHOUT_VOICE
        body.append(f'<TIER LINGUISTIC_TYPE_REF="{kind}" TIER_ID={named}{participant}>')
        body += [*several, "</TIER>"]
    return "\n".join((
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<ANNOTATION_DOCUMENT AUTHOR="" DATE="1970-01-01T00:00:00Z" FORMAT="3.0" VERSION="3.0">',
        '<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>',
        "<TIME_ORDER>", *slots, "</TIME_ORDER>", *body,
        *(
            f'<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="{kind}" '
            'TIME_ALIGNABLE="true"/>'
            for kind in ("words", WITHOUT_VOICE)
        ),
        "</ANNOTATION_DOCUMENT>\n",
    ))  # fmt: skip


def _transcriber(segments: Sequence[SpokenSegment]) -> str:
    """A Transcriber file with a turn for each segment."""
    voices = {one.voice: f"s{at}" for at, one in enumerate(segments, 1) if one.voice}
    last = max((max(one.start_ms, one.end_ms) for one in segments), default=0)
    speakers = [f"<Speaker id={quoteattr(i)} name={quoteattr(v)}/>" for v, i in voices.items()]
    turns = []
    for one in segments:
        start, end = (f"{time / 1000:.3f}" for time in (one.start_ms, one.end_ms))
        speaker = f' speaker="{voices[one.voice]}"' if one.voice else ""
        turns.append(
            f'<Turn startTime="{start}" endTime="{end}"{speaker}>'
            f'<Sync time="{start}"/>{escape(one.text)}</Turn>'
        )
    return "\n".join((
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE Trans SYSTEM "trans-14.dtd">',
        '<Trans audio_filename="" version="1">',
        "<Speakers>", *speakers, "</Speakers>",
        f'<Episode><Section type="report" startTime="0.000" endTime="{last / 1000:.3f}">',
        *turns, "</Section></Episode>", "</Trans>\n",
    ))  # fmt: skip
