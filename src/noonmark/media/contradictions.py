"""What the clocks and places of one file say about each other.

They agree, contradict, or imply something. Nothing here is a verdict. A contradiction names both
values and the readings that would explain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import TypeAlias

from noonmark.constants import DAY_S
from noonmark.media.stated_times import StatedTime, offset_text
from noonmark.values import rfc3339

TOLERANCE_S = 120.0
"""Clocks of one moment may differ by this: a GPS fix is older than the picture, a clock drifts."""
_ZONE_STEP_S = 900.0
_ZONE_LEAST_S, _ZONE_MOST_S = -12 * 3600.0, 14 * 3600.0
_MOMENT = ("gps", "taken", "container", "subtitle", "name")
_TAKEN = ("gps", "taken", "subtitle", "container")
_WRITTEN = ("modified", "edited", "copy")
_UNSET = (1904, 1970, 1980, 2000)

Clocks: TypeAlias = Sequence[StatedTime]


@dataclass(frozen=True)
class Finding:
    """One sentence about two (or one) of the file's claims.

    ``kind`` is contradiction, agreement, implies or warning.
    """

    kind: str
    code: str
    """What is found, for programs."""
    message: str
    """The same for people, with the values that are compared."""
    about: tuple[str, ...]
    """The sources of the statements compared."""


def of_clocks(clocks: Clocks, *, now: datetime, duration_s: float = 0.0) -> list[Finding]:
    """Every finding about the clocks: each alone, each pair of one moment, then what came later.

    ``now`` (aware UTC) bounds what can have been, ``duration_s`` what one recording spans.
    """
    found = []
    for clock in clocks:
        alone = _alone(clock, now)
        if alone is not None:
            found.append(alone)
    usable = [c for c in clocks if c.wall is not None and not _is_unset(c)]
    moments = [c for role in _MOMENT for c in usable if c.role == role]
    slack_s = TOLERANCE_S + duration_s
    for a, b in combinations(moments, 2):
        together = _pair(a, b, slack_s)
        if together is not None:
            found.append(together)
    return found + _later(usable)


def _alone(clock: StatedTime, now: datetime) -> Finding | None:
    """What is wrong with one clock, whatever the others say."""
    stated = f"{clock.source} states {clock.text}"
    if clock.wall is None:
        text = f"{clock.source} states {clock.text!r}, which is no time"
        return _finding("warning", "clock-unreadable", text, clock)
    if _is_unset(clock):
        text = f"{stated}, the day on which a clock starts that was never set"
        return _finding("warning", "clock-unset", text, clock)
    latest = now.replace(tzinfo=None) + timedelta(days=1)
    if clock.wall > latest:
        text = f"{stated}, which is later than today, {rfc3339(now)[:10]}"
        return _finding("contradiction", "clock-in-the-future", text, clock)
    return None


def _is_unset(clock: StatedTime) -> bool:
    """Whether it shows the first day of a year at which devices begin to count."""
    wall = clock.wall
    if wall is None or clock.time_of_day_only:
        return False
    return wall.year in _UNSET and (wall.month, wall.day) == (1, 1)


@dataclass(frozen=True)
class _ClockPair:
    """Two clocks of the same moment; ``a`` stands before ``b`` in the order of trust."""

    a: StatedTime
    b: StatedTime

    @property
    def names(self) -> str:
        """Both clocks, with what they show."""
        return f"{_named(self.a)} and {_named(self.b)}"

    def agree(self, gap_s: float, more: str = "") -> Finding:
        """That they agree to so many seconds."""
        text = f"{self.names} agree to {gap_s:.0f} s{more}"
        return _finding("agreement", "clocks-agree", text, self.a, self.b)

    def differ(self, text: str, code: str = "clocks-differ") -> Finding:
        """That they can't both be right."""
        return _finding("contradiction", code, text, self.a, self.b)

    def imply(self, text: str, code: str) -> Finding:
        """What must be so if both are right."""
        return _finding("implies", code, text, self.a, self.b)


def _pair(a: StatedTime, b: StatedTime, slack_s: float) -> Finding | None:
    """What two clocks of the same moment say about each other."""
    pair = _ClockPair(a, b)
    if a.whole_day or b.whole_day:
        return _days(pair)
    if a.time_of_day_only or b.time_of_day_only:
        return _time_of_day(a, b)
    if a.utc is not None and b.utc is not None:
        return _two_instants(pair, slack_s)
    if a.utc is None and b.utc is None:
        return _two_walls(pair, slack_s)
    if a.utc is not None:
        return _instant_and_wall(a, b)
    return _instant_and_wall(b, a)


def _two_walls(pair: _ClockPair, slack_s: float) -> Finding:
    """Two clocks whose zone nobody states."""
    gap_s = abs(_lead_s(pair.b.wall, pair.a.wall))
    if gap_s <= slack_s:
        return pair.agree(gap_s)
    length = _length(gap_s)
    return pair.differ(f"{pair.names} differ by {length}; both are stated as local time")


def _two_instants(pair: _ClockPair, slack_s: float) -> Finding:
    """Two clocks that both state an instant, the container's only by its standard."""
    a, b = pair.a, pair.b
    lead_s = _lead_s(b.utc, a.utc)
    gap_s = abs(lead_s)
    frames = (a.frame, b.frame)
    if gap_s <= slack_s:
        more = ""
        if "unclear" in frames and (a.role == "gps" or "offset" in frames):
            more = (
                ": in this file the container's time is UTC, as the standard says,"
                f" to {gap_s:.0f} s"
            )
        return pair.agree(gap_s, more)
    order = "after" if lead_s > 0 else "before"
    text = f"{_named(b)} is {_length(lead_s)} {order} {_named(a)}"
    # how far the container, if it is one of them, is ahead of the other
    zone = _zone(lead_s if b.frame == "unclear" else -lead_s)
    if "unclear" not in frames or zone is None:
        return pair.differ(text)
    text += (
        f"; a clock that wrote local time at {zone.text}"
        f" would differ by {_length(60 * zone.offset_min)}, which leaves {zone.rest_s:.0f} s:"
        " the container probably holds local time, not UTC"
    )
    return pair.differ(text, "container-is-local")


def _instant_and_wall(instant: StatedTime, wall: StatedTime) -> Finding:
    """A clock on the wall against an instant: their difference may be an offset from UTC in use."""
    pair = _ClockPair(instant, wall)
    lead_s = _wall_lead_s(wall, instant)
    zone = _zone(lead_s)
    both = f"{_named(wall)} (local, zone unknown) and {_named(instant)}"
    text = f"{both} differ by {_length(lead_s)}"
    if instant.frame == "unclear":
        if zone is None:
            return pair.differ(f"{text}, which is no offset from UTC")
        if abs(lead_s) <= TOLERANCE_S:
            same = "show the same time: the container holds local time, or the place is at UTC"
            return pair.imply(f"{both} {same}", "container-is-local")
    if zone is not None:
        stood = f"the local clock stood at {zone.text}, to {zone.rest_s:.0f} s"
        return pair.imply(f"{text}: {stood}", "offset-implied")
    text += ", which no time zone explains"
    shifted = _other_date(wall.source, lead_s)
    if shifted is None:
        return pair.differ(text)
    return pair.differ(text + shifted, "date-differs")


def _other_date(source: str, lead_s: float) -> str | None:
    """By how many days the date of a clock must be off for a time zone to explain its lead."""
    for days in (-2, -1, 1, 2):
        zone = _zone(lead_s + DAY_S * days)
        if zone is None:
            continue
        plural = "s" if abs(days) > 1 else ""
        word = "later" if days > 0 else "earlier"
        return (
            f"; were the date of {source} {abs(days)} day{plural} {word},"
            f" the clock would stand at {zone.text}, to {zone.rest_s:.0f} s"
        )
    return None


def _time_of_day(a: StatedTime, b: StatedTime) -> Finding | None:
    """Two clocks of which one at least states no date."""
    clock, other = (a, b) if a.time_of_day_only else (b, a)
    if clock.wall is None or other.wall is None or other.time_of_day_only:
        return None
    if other.utc is None:
        return _zone_of_day(_ClockPair(clock, other))
    pair = _ClockPair(a, b)
    lead_s = -_wall_lead_s(clock, other) % DAY_S
    gap_s = min(lead_s, DAY_S - lead_s)
    if gap_s <= TOLERANCE_S:
        return pair.agree(gap_s)
    return pair.differ(f"{pair.names} differ by {_length(gap_s)} in the time of day")


def _zone_of_day(pair: _ClockPair) -> Finding:
    """A time of day in UTC against a clock on the wall: the offsets that would join them."""
    clock, other = pair.a, pair.b
    lead_s = _lead_s(other.wall, clock.wall) % DAY_S
    zones = [_zone(lead_s), _zone(lead_s - DAY_S)]
    fits = [zone for zone in zones if zone is not None]
    name = _named(other)
    if not fits:
        text = f"{clock.source} states {clock.text} with no date"
        return pair.differ(f"{text}, and no time zone brings it to {name}")
    offsets = " or ".join(zone.text for zone in fits)
    text = f"{clock.source} states no date; its time of day puts {name} at {offsets}"
    return pair.imply(f"{text}, to {fits[0].rest_s:.0f} s", "offset-implied")


def _days(pair: _ClockPair) -> Finding | None:
    """Two clocks of which one states a day only; a day apart may be a matter of zones."""
    a, b = pair.a, pair.b
    if a.time_of_day_only or b.time_of_day_only or a.wall is None or b.wall is None:
        return None
    gap = abs((a.wall.date() - b.wall.date()).days)
    if gap <= 1:
        return None
    return pair.differ(f"{pair.names} are {gap} days apart", "date-differs")


def _lead_s(later: datetime | None, earlier: datetime | None) -> float:
    """By how many seconds one of two times that are known is after the other."""
    assert later is not None and earlier is not None
    return (later - earlier).total_seconds()


def _wall_lead_s(wall: StatedTime, instant: StatedTime) -> float:
    """By how many seconds a clock without a zone is ahead of UTC."""
    assert instant.utc is not None
    return _lead_s(wall.wall, instant.utc.replace(tzinfo=None))


def _later(clocks: Clocks) -> list[Finding]:
    """What was written after, or before, the moment that the file claims."""
    taken = next((c for role in _TAKEN for c in clocks if c.role == role), None)
    if taken is None or taken.wall is None or taken.time_of_day_only:
        return []
    found = []
    for clock in clocks:
        if clock.role not in _WRITTEN or clock.wall is None:
            continue
        margin_s = TOLERANCE_S if clock.frame == taken.frame else DAY_S
        lead_s = _lead_s(clock.wall, taken.wall)
        if lead_s < -margin_s:
            text = f"{_named(clock)} is {_length(lead_s)} before {_named(taken)}"
            pair = _ClockPair(clock, taken)
            found.append(pair.differ(f"{text}: saved before it was taken", "saved-before-taken"))
        elif lead_s > margin_s and clock.role != "copy":
            text = f"{_named(clock)}: written again {_length(lead_s)} after {_named(taken)}"
            found.append(_ClockPair(clock, taken).imply(text, "saved-again"))
    return found


@dataclass(frozen=True)
class _OffsetFit:
    """An offset from UTC, and how far from it a difference of two clocks lies."""

    offset_min: int
    rest_s: float

    @property
    def text(self) -> str:
        """``UTC+02:00``."""
        return offset_text(self.offset_min)


def _zone(lead_s: float) -> _OffsetFit | None:
    """The offset from UTC that is nearest to a lead, or None where none in use is near.

    Offsets in use are multiples of 15 minutes from UTC-12:00 to UTC+14:00 (tz database).
    """
    steps = round(lead_s / _ZONE_STEP_S)
    rest_s = abs(lead_s - steps * _ZONE_STEP_S)
    least_s, most_s = _ZONE_LEAST_S - TOLERANCE_S, _ZONE_MOST_S + TOLERANCE_S
    if rest_s > TOLERANCE_S or not least_s <= lead_s <= most_s:
        return None
    return _OffsetFit(steps * 15, rest_s)


def _named(clock: StatedTime) -> str:
    """A clock with what it shows, and its frame where the text does not say it."""
    if clock.frame == "offset" and clock.offset_min is not None:
        hours, minutes = clock.offset_min // 60, abs(clock.offset_min) % 60
        offset = f"{hours:+03d}:{minutes:02d}"
        if offset not in clock.text and not clock.text.endswith("Z"):
            return f"{clock.source} ({clock.text} {offset})"
    suffix = " UTC" if clock.frame == "utc" else ""
    return f"{clock.source} ({clock.text}{suffix})"


def _length(seconds: float) -> str:
    """A length of time in the two largest units that matter."""
    left = round(abs(seconds))
    days, left = divmod(left, 86_400)
    hours, left = divmod(left, 3600)
    minutes, left = divmod(left, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:3] if days == 0 else said[:2]) or "0 s"


def _finding(kind: str, code: str, message: str, *clocks: StatedTime) -> Finding:
    """A finding about these clocks, by their sources."""
    return Finding(kind, code, message, tuple(clock.source for clock in clocks))
