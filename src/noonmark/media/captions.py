"""Captions in place of the sound: read from SubRip, WebVTT or plain text, as words alone, one stretch after another.

They leave as a text track, which whoever plays the film shapes with fonts of its own. So every script works, from
right to left too, and nothing depends on the fonts of the machine that redacts.
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
from noonmark.media import sandbox

_MOST_BYTES, _MOST_CUES, _MOST_TEXT = 2 << 20, 10_000, 2000
_ARROW = re.compile(r"^\s*(\S+)\s+-->\s+(\S+)(?:\s.*)?$")
_TIME = re.compile(r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})$")
_MARKUP = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_FORCED = set("\u202a\u202b\u202c\u202d\u202e")
"""Embeddings and overrides of direction, which can make a line read as it is not; isolates and marks stay."""


@dataclass(frozen=True)
class Cue:
    """Words on the screen from a time to a time, in s of the redacted film."""

    from_s: float
    to_s: float
    text: str


def read(path: Path, *, lasts_s: float) -> tuple[Cue, ...]:
    """The captions of a file, none overlapping another, within a film of ``lasts_s``; all faults are named at once.

    A file of telemetry (the subtitles of a drone) is refused: what it states would leave with the film.
    """
    found = sandbox.run("probe", payload={"thumbnails": False}, files=[path]).value
    facts = found["facts"]
    if found["tracks"] or facts.get("cues_with_data", 0) > 0.5 * facts.get("cues", 0):
        raise InputError(
            f"{path.name} carries the positions or times of a device, which would leave with the film",
            code="captions-with-positions",
            hint="write what is said in the film into a file of its own",
        )
    with path.open("rb") as stream:
        raw = stream.read(_MOST_BYTES + 1)
    try:
        if len(raw) > _MOST_BYTES:
            raise ValueError
        text = raw.decode("utf-8-sig")
    except ValueError:
        raise InputError(
            f"{path.name} is not text in UTF-8 of at most {_MOST_BYTES >> 20} MiB",
            code="bad-captions",
            hint="save it as UTF-8, in SRT or WebVTT",
        ) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if any("-->" in line for line in lines):
        cues, problems = _timed(lines, lasts_s)
    else:
        cues, problems = [Cue(0.0, lasts_s, words(text))], []
    if not problems and not any(cue.text for cue in cues):
        problems = [Problem("bad-captions", path.name, "words to show", "none")]
    if problems:
        raise InputError.of(problems)
    return one_after_another([cue for cue in cues if cue.text])


def _timed(lines: Sequence[str], lasts_s: float) -> tuple[list[Cue], list[Problem]]:
    """The cues of SubRip or WebVTT: a line with an arrow, then words up to an empty line."""
    cues: list[Cue] = []
    problems: list[Problem] = []
    at = 0
    while at < len(lines) and len(cues) < _MOST_CUES:
        if "-->" not in lines[at]:
            at += 1
            continue
        arrow, where = _ARROW.match(lines[at]), f"line {at + 1}"
        ends = [_seconds(arrow[1]), _seconds(arrow[2])] if arrow else [None, None]
        at += 1
        begin = at
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            at += 1
        from_s, to_s = ends
        if from_s is None or to_s is None:
            problems.append(Problem("bad-captions", where, "00:01:02,500 --> 00:01:04,000", lines[begin - 1][:80]))
        elif to_s <= from_s:
            problems.append(Problem("bad-captions", where, "an end after its start", lines[begin - 1][:80]))
        elif from_s >= lasts_s:
            problems.append(
                Problem("bad-captions", where, f"a start within the film of {lasts_s:.3f} s", f"{from_s:g} s")
            )
        else:
            cues.append(Cue(from_s, min(to_s, lasts_s), words("\n".join(lines[begin:at]))))
    if at < len(lines):
        problems.append(Problem("bad-captions", f"line {at + 1}", f"at most {_MOST_CUES} captions", "more"))
    return cues, problems


def _seconds(text: str) -> float | None:
    match = _TIME.match(text)
    if match is None or int(match[2]) > 59 or int(match[3]) > 59:
        return None
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]) + int(match[4].ljust(3, "0")) / 1000


def words(text: str) -> str:
    """The words alone: no markup, no control characters, no forced direction; empty lines fall away."""
    text = html.unescape(_MARKUP.sub("", text)).replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(
        c for c in text if c == "\n" or (c not in _FORCED and unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    )
    return "\n".join(line.strip() for line in kept.split("\n") if line.strip())[:_MOST_TEXT]


def one_after_another(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The same words in stretches that do not overlap, as a text track needs: where two cues do, both are shown."""
    ordered = sorted(cues, key=lambda cue: (cue.from_s, cue.to_s))
    edges = sorted({edge for cue in ordered for edge in (cue.from_s, cue.to_s)})
    found: list[Cue] = []
    shown: list[Cue] = []
    following = 0
    for edge, until in pairwise(edges):
        shown = [cue for cue in shown if cue.to_s > edge]
        while following < len(ordered) and ordered[following].from_s <= edge:
            shown.append(ordered[following])
            following += 1
        text = "\n".join(dict.fromkeys(cue.text for cue in shown))
        if not text:
            continue
        if found and found[-1].text == text and found[-1].to_s == edge:
            found[-1] = Cue(found[-1].from_s, until, text)
        else:
            found.append(Cue(edge, until, text))
    return tuple(found)


def webvtt(cues: Sequence[Cue]) -> str:
    """The captions as a WebVTT file."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        safe = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts.append(f"{_clock(cue.from_s)} --> {_clock(cue.to_s)}\n{safe}\n")
    return "\n".join(parts)


def _clock(time_s: float) -> str:
    whole = round(time_s * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"
