"""Captions in place of the sound, read from SubRip, WebVTT or plain text.

They are words alone, one stretch after another.
They leave as a text track, which whoever plays the film shapes with fonts of its own. So every
script works, from right to left too, and nothing depends on the fonts of the machine that redacts.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from noonmark.errors import InputError, Problem
from noonmark.media import own_reader

_MOST_BYTES, _MOST_CUES, _MOST_TEXT = 2 << 20, 10_000, 2000
_ARROW = re.compile(r"^\s*(\S+)\s+-->\s+(\S+)(?:\s.*)?$")
_TIME = re.compile(r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})$")
_MARKUP = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_FORCED = set("\u202a\u202b\u202c\u202d\u202e")
"""Embeddings and overrides of direction, which can make a line read as it is not.

Isolates and marks stay.
"""
_UNPRINTED = ("Cc", "Cs", "Co", "Cn")
"""Unicode categories of controls, halves of pairs, private and unassigned characters."""


@dataclass(frozen=True)
class Cue:
    """Words on the screen from a time to a time, in s of the redacted film.

    Lines are parted by a line feed; there is no markup in them.
    """

    from_s: float
    to_s: float
    text: str


def read(path: Path, *, lasts_s: float) -> tuple[Cue, ...]:
    """The captions of a file, none overlapping another, within a film of ``lasts_s``.

    A file of telemetry (the subtitles of a drone) is refused: what it states would leave with the
    film. Raises InputError with all faults at once.
    """
    _refuse_telemetry(path)
    text = _text_of(path)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    problems: list[Problem] = []
    if any("-->" in line for line in lines):
        cues = _timed(lines, lasts_s, problems)
    else:
        cues = [Cue(0.0, lasts_s, words(text))]
    shown = [cue for cue in cues if cue.text]
    if not problems and not shown:
        problems = [Problem("bad-captions", path.name, "words to show", "none")]
    if problems:
        raise InputError.of(problems)
    return one_after_another(shown)


def _refuse_telemetry(path: Path) -> None:
    """Raise where the file states positions, or mostly times of a device."""
    found = own_reader.contents(path)
    facts = found.facts
    if found.tracks or facts.get("cues_with_data", 0) > 0.5 * facts.get("cues", 0):
        raise InputError(
            f"{path.name} carries the positions or times of a device,"
            " which would leave with the film",
            code="captions-with-positions",
            hint="write what is said in the film into a file of its own",
        )


def _text_of(path: Path) -> str:
    """The file as text in UTF-8, with or without a mark at its start."""
    with path.open("rb") as stream:
        raw = stream.read(_MOST_BYTES + 1)
    try:
        if len(raw) > _MOST_BYTES:
            raise ValueError
        return raw.decode("utf-8-sig")
    except ValueError:
        raise InputError(
            f"{path.name} is not text in UTF-8 of at most {_MOST_BYTES >> 20} MiB",
            code="bad-captions",
            hint="save it as UTF-8, in SRT or WebVTT",
        ) from None


def _timed(lines: Sequence[str], lasts_s: float, problems: list[Problem]) -> list[Cue]:
    """The cues of SubRip or WebVTT: a line with an arrow, then words up to an empty line."""
    cues: list[Cue] = []
    at = 0
    while at < len(lines) and len(cues) < _MOST_CUES:
        if "-->" not in lines[at]:
            at += 1
            continue
        first = at + 1
        at = first
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            at += 1
        stretch = _stretch(lines[first - 1], f"line {first}", lasts_s, problems)
        if stretch is not None:
            from_s, to_s = stretch
            cues.append(Cue(from_s, to_s, words("\n".join(lines[first:at]))))
    if at < len(lines):
        expected = f"at most {_MOST_CUES} captions"
        problems.append(Problem("bad-captions", f"line {at + 1}", expected, "more"))
    return cues


def _stretch(
    line: str, where: str, lasts_s: float, problems: list[Problem]
) -> tuple[float, float] | None:
    """From when to when a cue is shown, cut to the film; None where a problem was noted."""
    arrow = _ARROW.match(line)
    from_s = _seconds(arrow[1]) if arrow else None
    to_s = _seconds(arrow[2]) if arrow else None
    got = line[:80]
    if from_s is None or to_s is None:
        expected = "00:01:02,500 --> 00:01:04,000"
    elif to_s <= from_s:
        expected = "an end after its start"
    elif from_s >= lasts_s:
        expected, got = f"a start within the film of {lasts_s:.3f} s", f"{from_s:g} s"
    else:
        return from_s, min(to_s, lasts_s)
    problems.append(Problem("bad-captions", where, expected, got))
    return None


def _seconds(text: str) -> float | None:
    """``01:02:03,456`` or ``02:03.456`` in s; None where it is neither."""
    match = _TIME.match(text)
    if match is None or int(match[2]) > 59 or int(match[3]) > 59:
        return None
    hours = int(match[1] or 0)
    thousandths = int(match[4].ljust(3, "0"))
    return hours * 3600 + int(match[2]) * 60 + int(match[3]) + thousandths / 1000


def words(text: str) -> str:
    """The words alone: no markup, no control characters, no forced direction, no empty lines."""
    plain = html.unescape(_MARKUP.sub("", text)).replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(char for char in plain if _is_shown(char))
    lines = [line.strip() for line in kept.split("\n") if line.strip()]
    return "\n".join(lines)[:_MOST_TEXT]


def _is_shown(char: str) -> bool:
    """Whether a character is one that can be read and does not turn the direction of others."""
    if char == "\n":
        return True
    return char not in _FORCED and unicodedata.category(char) not in _UNPRINTED


def one_after_another(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The same words in stretches that do not overlap, as a text track needs.

    Where two cues overlap, both are shown.
    """
    # 1 every edge of a cue begins or ends a stretch
    ordered = sorted(cues, key=lambda cue: (cue.from_s, cue.to_s))
    edges = sorted({edge for cue in ordered for edge in (cue.from_s, cue.to_s)})
    found: list[Cue] = []
    shown: list[Cue] = []
    following = 0
    # 2 from edge to edge, what is shown: what was and has not ended, and what begins here
    for edge, until in pairwise(edges):
        shown = [cue for cue in shown if cue.to_s > edge]
        while following < len(ordered) and ordered[following].from_s <= edge:
            shown.append(ordered[following])
            following += 1
        text = "\n".join(dict.fromkeys(cue.text for cue in shown))
        if not text:
            continue
        # 3 the same words go on where nothing lies between
        if found and found[-1].text == text and found[-1].to_s == edge:
            found[-1] = Cue(found[-1].from_s, until, text)
        else:
            found.append(Cue(edge, until, text))
    return tuple(found)


def webvtt(cues: Sequence[Cue]) -> str:
    """The captions as a WebVTT file, with its three special characters escaped."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        safe = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts.append(f"{_clock(cue.from_s)} --> {_clock(cue.to_s)}\n{safe}\n")
    return "\n".join(parts)


def _clock(time_s: float) -> str:
    """A time as WebVTT writes it: hours, minutes, seconds and thousandths."""
    whole_ms = round(time_s * 1000)
    whole_s, ms = divmod(whole_ms, 1000)
    return f"{whole_s // 3600:02d}:{whole_s // 60 % 60:02d}:{whole_s % 60:02d}.{ms:03d}"
