"""Transcripts: what was said from when to when and by whom, read in the sandbox from a file.

A segment's words are plain: markup of the file is left out (the file itself stays an item of the
case). Times are whole milliseconds, as the file states them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import InputError
from noonmark.sandbox.process import WorkerLimits, run

READ = ("srt", "vtt", "ass", "ssa", "eaf", "trs")
LONGEST_MS = 10**11


@dataclass(frozen=True)
class SpokenSegment:
    """Words of one voice from a time to a time [ms]. ``voice`` is the file's label, "" for none."""

    start_ms: int
    end_ms: int
    voice: str
    text: str
    tier: str = ""


@dataclass(frozen=True)
class Transcript:
    """The segments of a file in its order, the encoding it was read in, and what to know of it."""

    segments: tuple[SpokenSegment, ...]
    encoding: str
    remarks: tuple[str, ...]


def form_of(name: str) -> str:
    """The format of a file by its name. Raises InputError ``transcript-form``."""
    form = Path(name).suffix.lower().removeprefix(".")
    if form not in READ:
        raise InputError(
            f"{name[:80]!r} is not named as a transcript",
            code="transcript-form",
            hint="a transcript ends in ." + ", .".join(READ),
        )
    return form


def read_transcript(path: Path, form: str, *, encoding: str = "") -> Transcript:
    """The transcript in a file, read by a locked worker.

    Raises InputError (``transcript-encoding``, ``no-segments``, ``bad-transcript``, ``bad-xml``,
    ``xml-entity``, ``transcript-too-large``) and what the sandbox raises.
    """
    answer = run(
        "transcript",
        payload={"form": form, "encoding": encoding},
        files=[path],
        limits=WorkerLimits(cpu_s=60, wall_s=120.0),
    ).value
    segments = tuple(
        SpokenSegment(
            _time(one["start_ms"]),
            _time(one["end_ms"]),
            str(one["voice"])[:200],
            str(one["text"]),
            str(one.get("tier", ""))[:200],
        )
        for one in answer["segments"]
    )
    remarks = tuple(str(remark)[:300] for remark in answer["remarks"])
    return Transcript(segments, str(answer["encoding"])[:40], (*remarks, *findings(segments)))


def _time(value: object) -> int:
    """A time as it came from the worker [ms]."""
    if not isinstance(value, int) or not 0 <= value <= LONGEST_MS:
        raise InputError(
            f"a segment has the time {str(value)[:40]} ms",
            code="bad-transcript",
            hint="times are from 0 to 10^11 ms",
        )
    return value


def findings(segments: Sequence[SpokenSegment]) -> list[str]:
    """What looks wrong in the times: ends before starts, no length, overlaps of one voice."""
    found = []
    last: dict[str, tuple[int, int]] = {}
    for number, one in enumerate(segments, 1):
        times = f"{one.start_ms} to {one.end_ms} ms"
        if one.end_ms < one.start_ms:
            found.append(f"segment {number} ends before it starts: {times}")
        elif one.end_ms == one.start_ms:
            found.append(f"segment {number} has no length: {times}")
        before = last.get(one.voice + "\n" + one.tier)
        if before is not None and one.start_ms < before[1]:
            found.append(f"segment {number} overlaps segment {before[0]}")
        last[one.voice + "\n" + one.tier] = (number, max(one.start_ms, one.end_ms))
    return found[:200]
