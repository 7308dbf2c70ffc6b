"""From readings to events: votes, brackets, what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noonmark.sites.brackets import Change, Vote, histories
from noonmark.sites.images import SiteImage
from noonmark.sites.readings import SiteReading, in_force
from noonmark.values import unix_s

_FOREVER = float("inf")
_REMOVED = {"visible": "removed"}


@dataclass(frozen=True)
class Sight:
    """What the readings of one instant come to: a state, or "open" where readers differ.

    ``images`` are those of the instant that the state comes from. ``could`` says of a not-seen
    whether it could have been seen; ``why`` of a could-not, why.
    """

    images: tuple[str, ...]
    start_s: float
    end_s: float
    state: str
    could: str
    why: tuple[str, ...]
    readers: int


@dataclass(frozen=True)
class SiteEvent:
    """A change of one feature, and the sights that bound it.

    ``name`` is visible, cleared, complete, stripped or removed, or "no longer" one of them.
    ``before`` and ``after`` are the sights that give the ends of the bracket, None where an end is
    open. ``conflicts`` are open questions; an event with one is not settled.
    """

    feature: str
    stage: str
    name: str
    change: Change
    before: Sight | None
    after: Sight | None
    could_not: tuple[Sight, ...]
    unread: tuple[str, ...]
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Timeline:
    """All that the readings say of one feature and stage."""

    feature: str
    stage: str
    sights: tuple[Sight, ...]
    first_there: bool | None
    events: tuple[SiteEvent, ...]
    conflicts: tuple[str, ...]


def timelines(
    images: Sequence[SiteImage],
    readings: Sequence[SiteReading],
) -> list[Timeline]:
    """The timeline of each feature and stage that was read, by name."""
    by_id = {image.id: image for image in images}
    held: dict[tuple[str, str], list[SiteReading]] = {}
    for reading in in_force(readings):
        if reading.image in by_id:
            held.setdefault((reading.feature, reading.stage), []).append(reading)
    return [_timeline(by_id, *key, held[key]) for key in sorted(held)]


def _timeline(
    by_id: Mapping[str, SiteImage],
    feature: str,
    stage: str,
    readings: Sequence[SiteReading],
) -> Timeline:
    """One timeline."""
    sights = _sights(by_id, readings)
    conflicts = [
        f"readers differ on {', '.join(sight.images)}" for sight in sights if sight.state == "open"
    ]
    found = histories([_vote(sight) for sight in sights if _is_vote(sight)])
    if len(found) > 1:
        conflicts.append("the spans of the images leave open what came first")
    events = []
    first_there = None
    if len(found) == 1:
        first_there = found[0].first_there
        for change in found[0].changes:
            events.append(_event(by_id, feature, stage, sights, change))
    return Timeline(
        feature,
        stage,
        tuple(sights),
        first_there,
        tuple(events),
        tuple(conflicts),
    )


def _sights(
    by_id: Mapping[str, SiteImage],
    readings: Sequence[SiteReading],
) -> list[Sight]:
    """The readings of each instant as one sight, in order of time."""
    instants: dict[str, list[SiteReading]] = {}
    for reading in readings:
        image = by_id[reading.image]
        instants.setdefault(image.same_instant_as or image.id, []).append(reading)
    found = [_sight(by_id, members) for members in instants.values()]
    return sorted(found, key=lambda sight: (sight.start_s, sight.end_s, sight.images))


def _sight(
    by_id: Mapping[str, SiteImage],
    members: Sequence[SiteReading],
) -> Sight:
    """The readings of one instant. A could-not says nothing where another could."""
    states = {effective_state(reading) for reading in members} - {"could-not"}
    counted = [reading for reading in members if effective_state(reading) in states]
    if len(states) > 1:
        state = "open"
    elif states:
        state = states.pop()
    else:
        state, counted = "could-not", list(members)
    names = sorted({reading.image for reading in counted})
    said = {reading.could for reading in counted}
    spans = [_span(by_id[name]) for name in names]
    return Sight(
        images=tuple(names),
        start_s=min(start for start, _ in spans),
        end_s=max(end for _, end in spans),
        state=state,
        could="yes" if said == {"yes"} else "doubtful",
        why=tuple(sorted({_why(reading) for reading in counted} - {""})),
        readers=len({reading.by for reading in counted}),
    )


def effective_state(reading: SiteReading) -> str:
    """The state that counts: what could not have been seen was not read as absent."""
    if reading.state == "not-seen" and reading.could == "no":
        return "could-not"
    return reading.state


def _why(reading: SiteReading) -> str:
    """Why it could not be seen, "" where it could."""
    if reading.why:
        return reading.why
    return "resolution" if reading.could == "no" else ""


def _span(image: SiteImage) -> tuple[float, float]:
    """When an image was taken [POSIX seconds], infinite where the end is open."""
    end = image.taken.end
    return unix_s(image.taken.start), _FOREVER if end is None else unix_s(end)


def _is_vote(sight: Sight) -> bool:
    return sight.state in ("seen", "not-seen")


def _vote(sight: Sight) -> Vote:
    return Vote(sight.start_s, sight.end_s, sight.state == "seen")


def _event(
    by_id: Mapping[str, SiteImage],
    feature: str,
    stage: str,
    sights: Sequence[Sight],
    change: Change,
) -> SiteEvent:
    """A change with the sights that bound it, and what is open about it."""
    before = _earlier_end(sights, change)
    after = _later_end(sights, change)
    conflicts: tuple[str, ...] = ()
    if change.there:
        name = stage
    else:
        name = _REMOVED.get(stage, f"no longer {stage}")
        conflicts = _doubts_of_removal(after)
    return SiteEvent(
        feature=feature,
        stage=stage,
        name=name,
        change=change,
        before=before,
        after=after,
        could_not=tuple(_could_not(sights, change)),
        unread=tuple(_unread(by_id, sights, change)),
        conflicts=conflicts,
    )


def _earlier_end(
    sights: Sequence[Sight],
    change: Change,
) -> Sight | None:
    """The last sight of the old state, which gives the bracket's first end."""
    old = "not-seen" if change.there else "seen"
    found = None
    for sight in sights:
        if sight.state == old and sight.start_s == change.after_s:
            found = sight
    return found


def _later_end(
    sights: Sequence[Sight],
    change: Change,
) -> Sight | None:
    """The first sight of the new state, which gives the bracket's second end."""
    new = "seen" if change.there else "not-seen"
    for sight in sights:
        if sight.state == new and sight.end_s == change.until_s:
            return sight
    return None


def _doubts_of_removal(absent: Sight | None) -> tuple[str, ...]:
    """Why a removal is not settled: what is gone must have been visible, had it been there."""
    if absent is not None and absent.could == "yes":
        return ()
    where = "any image" if absent is None else ", ".join(absent.images)
    return (f"nobody says that it could have been seen in {where}",)


def _could_not(
    sights: Sequence[Sight],
    change: Change,
) -> list[Sight]:
    """The sights between the ends that could not have shown it."""
    found = []
    for sight in sights:
        overlaps = change.after_s <= sight.end_s and sight.start_s <= change.until_s
        if overlaps and sight.state == "could-not":
            found.append(sight)
    return found


def _unread(
    by_id: Mapping[str, SiteImage],
    sights: Sequence[Sight],
    change: Change,
) -> list[str]:
    """The images between the ends that nobody has read; reading them could narrow the bracket."""
    read: set[str] = set()
    for sight in sights:
        read.update(sight.images)
    found = []
    for image in by_id.values():
        if image.id in read or image.same_instant_as in read:
            continue
        start_s, end_s = _span(image)
        if change.after_s < start_s and end_s < change.until_s:
            found.append(image.id)
    return sorted(found)
