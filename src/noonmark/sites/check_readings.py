"""Re-derive every bracket of a site's events from the readings: Python's standard library alone.

    python3 -I check_readings.py FOLDER

FOLDER holds images.json, readings.jsonl and events.json. This file lies in every report of a site.
It shares nothing with the program that wrote the events: it tries every place where a change can
lie, one by one, where that program argues about ends. It says what differs, and exits with 1.

The rules:

1  Of each reader the last reading of an image, feature and stage counts. Where a reading settles a
   conflict, the last that does counts alone.
2  A not-seen in an image in which it could not have been seen counts as could-not.
3  Images of one instant are one vote. A could-not says nothing. Seen and not-seen: no vote.
4  A vote says that at some instant of the images' span the thing was there, or was not.
5  Of all histories that fit the votes, those with the fewest changes are meant. A change is later
   than its bracket's first end, and no later than its second.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

Line = dict[str, Any]
VoteRow = tuple[float, float, bool]
Spot = tuple[float, int]
ChangeRow = tuple[bool, float, float]
FOREVER = float("inf")


def seconds(text: str | None) -> float:
    """A time as POSIX seconds; None, an open end, is infinite."""
    if text is None:
        return FOREVER
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def counting(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    """The readings that count, by feature and stage (rule 1)."""
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        key = line["feature"], line["stage"], line["image"]
        groups.setdefault(key, []).append(line)
    found: dict[tuple[str, str], list[Line]] = {}
    for (feature, stage, _), members in groups.items():
        settling = [line for line in members if line["settles"]]
        kept = settling[-1:] or list({line["by"]: line for line in members}.values())
        found.setdefault((feature, stage), []).extend(kept)
    return found


def votes_of(
    readings: Sequence[Line],
    images: dict[str, Line],
) -> list[VoteRow]:
    """Votes (start, end, there) of one feature and stage (rules 2 to 4)."""
    instants: dict[str, list[tuple[bool, Line]]] = {}
    for line in readings:
        image = images.get(line["image"])
        if image is None:
            continue
        state = line["state"]
        if state == "could-not" or (state == "not-seen" and line["could"] == "no"):
            continue
        name = image["same_instant_as"] or image["id"]
        instants.setdefault(name, []).append((state == "seen", image["taken"]))
    votes = []
    for members in instants.values():
        if len({there for there, _ in members}) > 1:
            continue
        starts = [seconds(taken["from"]) for _, taken in members]
        ends = [seconds(taken["to"]) for _, taken in members]
        votes.append((min(starts), max(ends), members[0][0]))
    return votes


def places_of(votes: Sequence[VoteRow]) -> list[Spot]:
    """Where a change can lie, in order: (time, step), where a step of 1 is the moment in which a
    span ends, 2 the time between that and the next end, and 0 the start of a span.
    """
    starts = {(start, 0) for start, _, _ in votes}
    ends = {(end, 1) for _, end, _ in votes if end != FOREVER}
    between = {(at, 2) for at, _ in starts | ends}
    return sorted({(-FOREVER, 2)} | starts | ends | between)


def is_possible(
    votes: Sequence[VoteRow],
    there: bool,
    first: Spot,
    last: Spot,
) -> bool:
    """Whether a stretch of a state from one place to before another swallows no other vote."""
    return not any(
        state != there and first <= (start, 0) and (end, 1) < last for start, end, state in votes
    )


def brackets_of(votes: Sequence[VoteRow]) -> list[tuple[bool, list[ChangeRow]]]:
    """The histories with the fewest changes (rule 5): first state, and (there, after, until)."""
    for count in range(len(votes) + 1):
        found = []
        for first in (False, True):
            state = [first ^ (number % 2 == 1) for number in range(count + 1)]
            changes = with_changes(votes, state)
            if changes is not None:
                found.append((first, changes))
        if found:
            return found
    return []


def with_changes(
    votes: Sequence[VoteRow],
    state: Sequence[bool],
) -> list[ChangeRow] | None:
    """The brackets of the changes between some states; None where no history has them."""
    places, count = places_of(votes), len(state) - 1
    past, future = (-FOREVER, -1), (FOREVER, 9)
    if count == 0:
        return [] if is_possible(votes, state[0], past, future) else None
    left = [{at for at in places if is_possible(votes, state[0], past, at)}]
    right = [{at for at in places if is_possible(votes, state[-1], at, future)}]
    for number in range(1, count):
        left.append(reached(votes, state[number], places, left[-1], forward=True))
        right.insert(0, reached(votes, state[count - number], places, right[0], forward=False))
    both = [one & other for one, other in zip(left, right, strict=True)]
    if not all(both):
        return None
    return [(there, *ends_of(places, held)) for there, held in zip(state[1:], both, strict=True)]


def reached(
    votes: Sequence[VoteRow],
    there: bool,
    places: Sequence[Spot],
    known: set[Spot],
    *,
    forward: bool,
) -> set[Spot]:
    """The places joined with a known one by a stretch of a state, going on or going back."""
    found: set[Spot] = set()
    for at in places:
        for other in known:
            first, last = (other, at) if forward else (at, other)
            if first < last and is_possible(votes, there, first, last):
                found.add(at)
                break
    return found


def ends_of(
    places: Sequence[Spot],
    held: set[Spot],
) -> tuple[float, float]:
    """(after, until) of the places that a change can have."""
    lowest, highest = min(held), max(held)
    at = places.index(lowest)
    after = places[at - 1][0] if at else -FOREVER
    until = FOREVER if highest == places[-1] else highest[0]
    return after, until


def derived(folder: Path) -> list[tuple[Any, ...]]:
    """The events by the readings: (feature, stage, there, after, until)."""
    images = json.loads((folder / "images.json").read_text("utf-8"))
    lines = (folder / "readings.jsonl").read_text("utf-8").split("\n")[:-1]
    by_id = {image["id"]: image for image in images}
    events: list[tuple[Any, ...]] = []
    for (feature, stage), readings in sorted(counting(map(json.loads, lines)).items()):
        votes = votes_of(readings, by_id)
        histories = brackets_of(votes) if votes else []
        if len(histories) == 1:
            events += [(feature, stage, *change) for change in histories[0][1]]
    return events


def stated(folder: Path) -> list[tuple[Any, ...]]:
    """The events as events.json has them, in the same form."""
    rows = json.loads((folder / "events.json").read_text("utf-8"))["events"]
    return [
        (
            row["feature"],
            row["stage"],
            row["event"] == row["stage"],
            -FOREVER if row["after"] is None else seconds(row["after"]),
            seconds(row["until"]),
        )
        for row in rows
    ]


def main(words: Sequence[str]) -> int:
    """Compare, and say what differs."""
    folder = Path(words[0]) if words else Path(__file__).resolve().parent
    expected, found = derived(folder), stated(folder)
    for row in sorted(set(expected) - set(found)):
        print("the readings give, events.json does not:", *row)
    for row in sorted(set(found) - set(expected)):
        print("events.json has, the readings do not give:", *row)
    same = sorted(expected) == sorted(found)
    print(f"{len(found)} events, {'all' if same else 'NOT'} as the readings give them")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
