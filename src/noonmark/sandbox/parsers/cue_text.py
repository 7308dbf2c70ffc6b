"""Timed text as SubRip, WebVTT and Advanced SubStation Alpha have it: cues, voices, plain words.

Sources: the WebVTT recommendation (W3C, 2019); SubRip and ASS have no standard, and are read as the
common programs write them. Nothing is mended: a cue that ends before it starts, or overlaps
another, comes out as it stands.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

MOST_CUES = 200_000

_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?"
_ARROW = re.compile(rf"^[ \t]*{_CLOCK}[ \t]*-->[ \t]*{_CLOCK}(?:[ \t].*)?$")
_NUMBER = re.compile(r"^[ \t]*\d+[ \t]*$")
_VOICE = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]+([^>\n]{1,200})>")
_MARKUP = re.compile(
    r"</?(?:[a-z]+(?:\.[^>\n]{0,200})?|\d[\d:.]*)(?:[ \t=][^>\n]{0,200})?/?>", re.I
)
_OVERRIDE = re.compile(r"\{\\[^{}\n]{0,1000}\}")
_ENTITY = re.compile("&(?:amp|lt|gt|nbsp|#123);")
_ASS_TIME = re.compile(r"^\s*(\d{1,4}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})\s*$")
_ASS_FIELDS = "Layer,Start,End,Style,Name,MarginL,MarginR,MarginV,Effect,Text"


@dataclass
class TimedText:
    """What a file of timed text holds: segments, and what was left out or looks wrong.

    A segment is {"start_ms", "end_ms", "voice", "text"}; ``tier`` too where the format has tiers.
    """

    segments: list[dict[str, object]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(
        self,
        start_ms: int,
        end_ms: int,
        voice: str,
        text: str,
        **more: object,
    ) -> None:
        """Take up a segment."""
        self.segments.append(
            {"start_ms": start_ms, "end_ms": end_ms, "voice": voice, "text": text, **more}
        )


def read_subrip(text: str) -> TimedText:
    """The cues of a SubRip file. An empty line within a cue's words is kept."""
    found = TimedText()
    for times, body in _cues(_lines(text)):
        _take(found, times, _without_next_number(body), entities=False)
    return found


def read_webvtt(text: str) -> TimedText:
    """The cues of a WebVTT file; what voices say is parted, and entities are decoded."""
    lines = _lines(text)
    found = TimedText()
    left_out = sum(line.startswith(("NOTE", "STYLE", "REGION")) for line in lines)
    if left_out:
        found.remarks.append(f"{left_out} blocks of notes or styles are left out")
    if any(line.startswith("X-TIMESTAMP-MAP") for line in lines[:20]):
        found.remarks.append("the file maps its times to a stream: X-TIMESTAMP-MAP is not applied")
    at = 0
    while at < len(lines):
        match = _ARROW.match(lines[at])
        at += 1
        if match is None:
            continue
        end = at
        while end < len(lines) and not _is_empty(lines[end]) and "-->" not in lines[end]:
            end += 1
        _take(found, match, lines[at:end], entities=True)
        at = end
    return found


def read_substation(text: str) -> TimedText:
    """The dialogue lines of an ASS or SSA file; its times are hundredths of a second."""
    found = TimedText()
    columns = [name.strip().lower() for name in _ASS_FIELDS.split(",")]
    comments = in_events = 0
    for line in _lines(text):
        if line.startswith("["):
            in_events = line.strip().lower() == "[events]"
        key, _, rest = line.partition(":")
        if in_events and key.strip().lower() == "format":
            columns = [name.strip().lower() for name in rest.split(",")]
        elif in_events and key == "Dialogue":
            _take_dialogue(found, columns, rest)
        comments += bool(in_events) and key == "Comment"
    if comments:
        found.remarks.append(f"{comments} lines of comment are left out")
    return found


def _take_dialogue(
    found: TimedText,
    columns: list[str],
    rest: str,
) -> None:
    """Take up one dialogue line; its text is the last column and may hold commas."""
    values = dict(zip(columns, rest.split(",", len(columns) - 1), strict=False))
    times = [_ASS_TIME.match(values.get(name, "")) for name in ("start", "end")]
    if times[0] is None or times[1] is None or "text" not in values:
        found.remarks.append(f"a dialogue line can't be read: {rest.strip()[:60]!r}")
        return
    start_ms, end_ms = (
        ((int(at[1]) * 60 + int(at[2])) * 60 + int(at[3])) * 1000 + int(at[4].ljust(3, "0"))
        for at in times
        if at is not None
    )
    words = _OVERRIDE.sub("", values["text"])
    words = re.sub(r"\\[Nn]", "\n", words).replace("\\h", "\u00a0")
    found.add(start_ms, end_ms, values.get("name", values.get("actor", "")).strip(), words)


def _lines(text: str) -> list[str]:
    """The lines, whatever ends them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _is_empty(line: str) -> bool:
    """Whether a line parts cues: other kinds of space, such as an ideographic one, are words."""
    return not line.strip(" \t")


def _cues(lines: list[str]) -> list[tuple[re.Match[str], list[str]]]:
    """Each arrow line with the lines up to the next one."""
    arrows = [(at, match) for at, line in enumerate(lines) if (match := _ARROW.match(line))]
    ends = [at for at, _ in arrows][1:] + [len(lines)][: len(arrows)]
    return [(match, lines[at + 1 : end]) for (at, match), end in zip(arrows, ends, strict=True)]


def _without_next_number(body: list[str]) -> list[str]:
    """A cue's lines without the number of the next cue and the empty lines before it."""
    lines = list(body)
    if len(lines) > 1 and _NUMBER.match(lines[-1]) and _is_empty(lines[-2]):
        lines.pop()
    while lines and _is_empty(lines[-1]):
        lines.pop()
    return lines


def _take(
    found: TimedText,
    times: re.Match[str],
    body: list[str],
    *,
    entities: bool,
) -> None:
    """Take up one cue, parted where another voice begins."""
    start_ms, end_ms = _ms(times, 1), _ms(times, 5)
    raw = "\n".join(body)
    pieces = _VOICE.split(raw)
    if pieces[0].strip() or len(pieces) == 1:
        found.add(start_ms, end_ms, "", _words(pieces[0], entities))
    for voice, said in zip(pieces[1::2], pieces[2::2], strict=True):
        plain = html.unescape(voice) if entities else voice
        found.add(start_ms, end_ms, plain.strip(), _words(said, entities))


def _words(
    raw: str,
    entities: bool,
) -> str:
    """The words without markup."""
    plain = _OVERRIDE.sub("", _MARKUP.sub("", raw))
    return html.unescape(plain) if entities or _ENTITY.search(plain) else plain


def _ms(
    match: re.Match[str],
    first: int,
) -> int:
    """The time of four groups [ms]; a fraction is read as one, so that .5 is 500 ms."""
    hours, minutes, seconds, fraction = match.group(first, first + 1, first + 2, first + 3)
    whole_s = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole_s * 1000 + int((fraction or "0").ljust(3, "0")[:3])
