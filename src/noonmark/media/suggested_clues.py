"""Clues that what a file states could be: each rests on the file's own word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from noonmark.media.stated_times import StatedTime


def suggested_clues(clocks: Sequence[StatedTime]) -> list[dict[str, Any]]:
    """Clues that an analyst may choose to believe; every one rests on what the file states.

    A clue of 120 s is wide enough for a clock that was set by hand and drifts. The container's own
    time is left out, because many cameras write local time there.
    """
    clues = []
    for clock in clocks:
        if clock.role in ("taken", "gps", "subtitle"):
            clue = _clock_clue(clock)
            if clue is not None and clue not in clues:
                clues.append(clue)
    return clues


def _clock_clue(clock: StatedTime) -> dict[str, Any] | None:
    """A stated time as a clue of the kind ``clock``, or None where it states no time of day."""
    if clock.wall is None or clock.whole_day:
        return None
    clue: dict[str, Any] = {"kind": "clock", "sigma_s": 120.0}
    if clock.frame == "local":
        clue |= {"zone": "local", "time": clock.wall.strftime("%H:%M:%S")}
        clue["date"] = str(clock.wall.date())
    elif clock.utc is not None and clock.frame in ("utc", "offset"):
        clue |= {"zone": "UTC", "time": clock.utc.strftime("%H:%M:%S")}
        if not clock.time_of_day_only:
            clue["date"] = str(clock.utc.date())
    else:
        return None
    return dict(sorted(clue.items()))
