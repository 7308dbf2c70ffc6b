"""What the clocks and places of one file say about each other: agreements, contradictions, and what they imply.

Nothing here is a verdict. A contradiction names both values and the readings that would explain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from noonmark.media.clocks import Clock, offset_text
from noonmark.values import rfc3339

TOLERANCE_S = 120.0
"""Clocks of one moment may differ by this much: a GPS fix is older than the picture, a clock drifts."""
_ZONE_STEP_S = 900.0
_ZONE_LEAST_S, _ZONE_MOST_S = -12 * 3600.0, 14 * 3600.0
_MOMENT = ("gps", "taken", "container", "subtitle", "name")
_UNSET = (1904, 1970, 1980, 2000)


@dataclass(frozen=True)
class Finding:
    """One sentence about two (or one) of the file's claims. ``kind``: contradiction, agreement, implies, warning."""

    kind: str
    code: str
    message: str
    about: tuple[str, ...]


def of_clocks(clocks: Sequence[Clock], *, now: datetime, duration_s: float = 0.0) -> list[Finding]:
    """Every finding about the clocks; ``now`` bounds what can have been, the duration what one recording spans."""
    found = [finding for clock in clocks for finding in _alone(clock, now)]
    usable = [c for c in clocks if c.wall is not None and not _is_unset(c)]
    moments = [c for role in _MOMENT for c in usable if c.role == role]
    slack_s = TOLERANCE_S + duration_s
    found += [finding for a, b in combinations(moments, 2) if (finding := _pair(a, b, slack_s)) is not None]
    found += _later(usable)
    return found


def _alone(clock: Clock, now: datetime) -> list[Finding]:
    if clock.wall is None:
        return [
            _finding("warning", "clock-unreadable", f"{clock.source} states {clock.text!r}, which is no time", clock)
        ]
    if _is_unset(clock):
        text = f"{clock.source} states {clock.text}, the day on which a clock starts that was never set"
        return [_finding("warning", "clock-unset", text, clock)]
    latest = now.replace(tzinfo=None) + timedelta(days=1)
    if clock.wall > latest:
        text = f"{clock.source} states {clock.text}, which is later than today, {rfc3339(now)[:10]}"
        return [_finding("contradiction", "clock-in-the-future", text, clock)]
    return []


def _is_unset(clock: Clock) -> bool:
    wall = clock.wall
    return wall is not None and not clock.time_of_day_only and wall.year in _UNSET and (wall.month, wall.day) == (1, 1)


def _pair(a: Clock, b: Clock, slack_s: float) -> Finding | None:
    """Two clocks of the same moment. ``a`` stands before ``b`` in the order of trust."""
    assert a.wall is not None and b.wall is not None
    if a.whole_day or b.whole_day:
        return _days(a, b)
    if a.time_of_day_only or b.time_of_day_only:
        return _time_of_day(a, b)
    if a.utc is not None and b.utc is not None:
        return _two_instants(a, b, slack_s)
    if a.utc is None and b.utc is None:
        gap_s = abs((a.wall - b.wall).total_seconds())
        if gap_s <= slack_s:
            return _finding("agreement", "clocks-agree", f"{_named(a)} and {_named(b)} agree to {gap_s:.0f} s", a, b)
        text = f"{_named(a)} and {_named(b)} differ by {_length(gap_s)}; both are stated as local time"
        return _finding("contradiction", "clocks-differ", text, a, b)
    instant, wall = (a, b) if a.utc is not None else (b, a)
    return _instant_and_wall(instant, wall)


def _two_instants(a: Clock, b: Clock, slack_s: float) -> Finding | None:
    assert a.utc is not None and b.utc is not None
    lead_s = (b.utc - a.utc).total_seconds()
    unclear = b if b.frame == "unclear" else a if a.frame == "unclear" else None
    if abs(lead_s) <= slack_s:
        text = f"{_named(a)} and {_named(b)} agree to {abs(lead_s):.0f} s"
        if unclear is not None and (a.role == "gps" or "offset" in (a.frame, b.frame)):
            text += f": in this file the container's time is UTC, as the standard says, to {abs(lead_s):.0f} s"
        return _finding("agreement", "clocks-agree", text, a, b)
    text = f"{_named(b)} is {_length(lead_s)} {'after' if lead_s > 0 else 'before'} {_named(a)}"
    zone = _zone(lead_s if unclear is b else -lead_s)
    if unclear is not None and zone is not None:
        steps, rest_s = zone
        text += (
            f"; a clock that wrote local time at {offset_text(steps)} would differ by {_length(60 * steps)},"
            f" which leaves {rest_s:.0f} s: the container probably holds local time, not UTC"
        )
        return _finding("contradiction", "container-is-local", text, a, b)
    return _finding("contradiction", "clocks-differ", text, a, b)


def _instant_and_wall(instant: Clock, wall: Clock) -> Finding | None:
    """A clock on the wall against an instant: their difference is an offset from UTC, if one is in use that size."""
    assert instant.utc is not None and wall.wall is not None
    lead_s = (wall.wall - instant.utc.replace(tzinfo=None)).total_seconds()
    zone = _zone(lead_s)
    both = f"{_named(wall)} (local, zone unknown) and {_named(instant)}"
    if instant.frame == "unclear":
        if zone is None:
            text = f"{both} differ by {_length(lead_s)}, which is no offset from UTC"
            return _finding("contradiction", "clocks-differ", text, instant, wall)
        if abs(lead_s) <= TOLERANCE_S:
            text = f"{both} show the same time: the container holds local time, or the place is at UTC"
            return _finding("implies", "container-is-local", text, instant, wall)
    if zone is not None:
        text = (
            f"{both} differ by {_length(lead_s)}: the local clock stood at {offset_text(zone[0])}, to {zone[1]:.0f} s"
        )
        return _finding("implies", "offset-implied", text, instant, wall)
    text = f"{both} differ by {_length(lead_s)}, which no time zone explains"
    for days in (-2, -1, 1, 2):
        shifted = _zone(lead_s + 86_400 * days)
        if shifted is not None:
            word = "later" if days > 0 else "earlier"
            name = wall.source
            text += (
                f"; were the date of {name} {abs(days)} day{'s' if abs(days) > 1 else ''} {word}, the clock would stand"
                f" at {offset_text(shifted[0])}, to {shifted[1]:.0f} s"
            )
            return _finding("contradiction", "date-differs", text, instant, wall)
    return _finding("contradiction", "clocks-differ", text, instant, wall)


def _time_of_day(a: Clock, b: Clock) -> Finding | None:
    clock, other = (a, b) if a.time_of_day_only else (b, a)
    if clock.wall is None or other.wall is None or other.time_of_day_only:
        return None
    lead_s = (other.wall - clock.wall).total_seconds() % 86_400
    if other.utc is not None:
        lead_s = (other.utc.replace(tzinfo=None) - clock.wall).total_seconds() % 86_400
        gap_s = min(lead_s, 86_400 - lead_s)
        if gap_s <= TOLERANCE_S:
            return _finding("agreement", "clocks-agree", f"{_named(a)} and {_named(b)} agree to {gap_s:.0f} s", a, b)
        text = f"{_named(a)} and {_named(b)} differ by {_length(gap_s)} in the time of day"
        return _finding("contradiction", "clocks-differ", text, a, b)
    readings = [z for shift in (0, -86_400) if (z := _zone(lead_s + shift)) is not None]
    if readings:
        zones = " or ".join(offset_text(minutes) for minutes, _ in readings)
        text = (
            f"{clock.source} states no date; its time of day puts {_named(other)} at {zones}, to {readings[0][1]:.0f} s"
        )
        return _finding("implies", "offset-implied", text, clock, other)
    text = f"{clock.source} states {clock.text} with no date, and no time zone brings it to {_named(other)}"
    return _finding("contradiction", "clocks-differ", text, clock, other)


def _days(a: Clock, b: Clock) -> Finding | None:
    if a.time_of_day_only or b.time_of_day_only or a.wall is None or b.wall is None:
        return None
    gap = abs((a.wall.date() - b.wall.date()).days)
    if gap <= 1:
        return None
    text = f"{_named(a)} and {_named(b)} are {gap} days apart"
    return _finding("contradiction", "date-differs", text, a, b)


def _later(clocks: Sequence[Clock]) -> list[Finding]:
    """What was written after, or before, the moment that the file claims."""
    taken = next((c for role in ("gps", "taken", "subtitle", "container") for c in clocks if c.role == role), None)
    if taken is None or taken.wall is None or taken.time_of_day_only:
        return []
    found = []
    for clock in clocks:
        if clock.role not in ("modified", "edited", "copy") or clock.wall is None:
            continue
        same = clock.frame == taken.frame
        margin_s = TOLERANCE_S if same else 86_400.0
        lead_s = (clock.wall - taken.wall).total_seconds()
        if lead_s < -margin_s:
            text = f"{_named(clock)} is {_length(lead_s)} before {_named(taken)}: saved before it was taken"
            found.append(_finding("contradiction", "saved-before-taken", text, clock, taken))
        elif lead_s > margin_s and clock.role != "copy":
            text = f"{_named(clock)}: written again {_length(lead_s)} after {_named(taken)}"
            found.append(_finding("implies", "saved-again", text, clock, taken))
    return found


def _zone(lead_s: float) -> tuple[int, float] | None:
    """The offset from UTC in minutes that is nearest to a lead, and what is left over; None where none is near."""
    steps = round(lead_s / _ZONE_STEP_S)
    rest_s = abs(lead_s - steps * _ZONE_STEP_S)
    if rest_s > TOLERANCE_S or not _ZONE_LEAST_S - TOLERANCE_S <= lead_s <= _ZONE_MOST_S + TOLERANCE_S:
        return None
    return steps * 15, rest_s


def _named(clock: Clock) -> str:
    suffix = {"utc": " UTC", "offset": ""}.get(clock.frame, "")
    offset = (
        f"{clock.offset_min // 60:+03d}:{abs(clock.offset_min) % 60:02d}"
        if clock.frame == "offset" and clock.offset_min is not None
        else ""
    )
    text = clock.text if not offset or offset in clock.text or clock.text.endswith("Z") else f"{clock.text} {offset}"
    return f"{clock.source} ({text}{suffix})"


def _length(seconds: float) -> str:
    """A length of time in the two largest units that matter."""
    left = round(abs(seconds))
    days, left = divmod(left, 86_400)
    hours, left = divmod(left, 3600)
    minutes, left = divmod(left, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:3] if days == 0 else said[:2]) or "0 s"


def _finding(kind: str, code: str, message: str, *clocks: Clock) -> Finding:
    return Finding(kind, code, message, tuple(clock.source for clock in clocks))
