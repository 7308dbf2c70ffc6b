"""Readings of a site: kept, compared, turned into events and into a window for footage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError
from noonmark.values import from_unix_s, now, rfc3339

if TYPE_CHECKING:
    from noonmark.sites.readings import SiteReading
    from noonmark.sites.timeline import Sight, SiteEvent, Timeline

EVENTS = "events.json"


def read_site(
    folder: Path,
    image: str,
    feature: str,
    state: str,
    *,
    by: str,
    stage: str = "visible",
    why: str | None = None,
    could: str | None = None,
    blind: bool = False,
    settles: bool = False,
    area_m2: Sequence[float] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Keep one reading. A blind one answers with nothing that another reader said."""
    from noonmark.sites import images, readings, site_folder

    site = site_folder.open_site(folder)
    site_folder.feature(site, feature)
    found = images.named(images.read(folder), image)
    if area_m2 is not None and len(area_m2) != 3:
        raise InputError(
            f"expected an area as VALUE,LO,HI, got {len(area_m2)} numbers",
            code="bad-reading",
            hint="for example --area-m2 4200,3900,4500",
        )
    area = None if area_m2 is None else (area_m2[0], area_m2[1], area_m2[2])
    reading = readings.SiteReading(
        image=found.id,
        feature=feature,
        stage=stage,
        state=state,
        by=by,
        at=rfc3339(now()),
        why=why,
        could=could,
        blind=blind,
        settles=settles,
        area_m2=area,
        note=note,
    )
    readings.add(folder, reading)
    return {"ok": True, "image": found.id, "feature": feature, "stage": stage, "state": state}


def unread(
    folder: Path,
    *,
    by: str,
    stage: str = "visible",
) -> dict[str, Any]:
    """What a reader has not read yet: images and features, and nothing of what others saw.

    The order is that of digests, not of time, so that one image does not tell of the next.
    """
    from noonmark.sites import images, readings, site_folder

    site = site_folder.open_site(folder)
    done = {
        (reading.image, reading.feature)
        for reading in readings.read(folder)
        if reading.by == by and reading.stage == stage
    }
    rows = [
        {"image": image.id, "feature": feature.name}
        for image in sorted(images.read(folder), key=lambda image: image.sha256)
        for feature in site.features
        if (image.id, feature.name) not in done
    ]
    return {"ok": True, "site": str(folder), "left": rows}


def site_agreement(folder: Path) -> dict[str, Any]:
    """How far first readings and blind second ones agree; what is in conflict.

    No figure is given for a reader or a pair of readers.
    """
    from noonmark.sites import agreement, readings, site_folder

    site_folder.open_site(folder)
    found = readings.read(folder)
    measured = agreement.agreement(_pairs(found))
    shown = {
        name: _measure(getattr(measured, name))
        for name in ("kappa", "ac1")
    }  # fmt: skip
    lines = [conflict for held in _timelines(folder) for conflict in _conflicts(held)]
    return {
        "ok": True,
        "pairs": measured.pairs,
        "images": measured.images,
        "equal": measured.equal,
        **shown,
        "conflicts": lines,
    }


def _measure(measure: Any) -> dict[str, float | None]:
    """A measure as JSON."""
    return {
        name: None if value is None else round(value, 4)
        for name, value in vars(measure).items()
    }  # fmt: skip


def _pairs(found: Sequence[SiteReading]) -> dict[str, list[tuple[str, str]]]:
    """The state of the first reader and of each blind one, by image.

    Of each reader the last reading counts; one that settles a conflict is no reading of this kind.
    """
    held: dict[tuple[str, str, str], dict[str, SiteReading]] = {}
    for reading in found:
        if not reading.settles:
            key = (reading.image, reading.feature, reading.stage)
            held.setdefault(key, {})[reading.by] = reading
    pairs: dict[str, list[tuple[str, str]]] = {}
    for (image, _, _), readers in held.items():
        first, *others = readers.values()
        seconds = [(first.state, other.state) for other in others if other.blind]
        if seconds:
            pairs.setdefault(image, []).extend(seconds)
    return pairs


def _timelines(folder: Path) -> list[Timeline]:
    """The timelines of a site."""
    from noonmark.sites import images, readings, timeline

    return timeline.timelines(images.read(folder), readings.read(folder))


def _conflicts(held: Timeline) -> list[dict[str, str]]:
    """What is open on a timeline, and how it is answered."""
    said = [*held.conflicts]
    for event in held.events:
        said += [f"{event.name}: {conflict}" for conflict in event.conflicts]
    return [{"feature": held.feature, "stage": held.stage, "conflict": text} for text in said]


def events_document(folder: Path) -> dict[str, Any]:
    """The events of a site by its readings, as events.json has them; nothing is written.

    Beside them the steps between areas that people drew; and, no part of either, the machine's
    proposals that people have read.
    """
    from noonmark.actions import site_growth, site_read_proposals
    from noonmark.sites import images, readings, site_folder

    site = site_folder.open_site(folder)
    found = _timelines(folder)
    return {
        "form": "noonmark-site-events-1",
        "site": site.name,
        "timelines": [_timeline_json(held) for held in found],
        "events": [_event_json(event) for held in found for event in held.events],
        "conflicts": [row for held in found for row in _conflicts(held)],
        "steps": site_growth.steps_json(images.read(folder), readings.read(folder)),
        "proposals": site_read_proposals.read_proposals(folder),
    }


def site_events(folder: Path) -> dict[str, Any]:
    """The events of a site by its readings, written to events.json too."""
    from noonmark.sites import site_folder

    document = events_document(folder)
    site_folder.write_atomic(folder / EVENTS, site_folder.as_bytes(document))
    return {"ok": True, **document}


def _timeline_json(held: Timeline) -> dict[str, Any]:
    """One feature and stage: how many sights of each state, and what was there at first."""
    counts: dict[str, int] = {}
    for sight in held.sights:
        counts[sight.state] = counts.get(sight.state, 0) + 1
    return {
        "feature": held.feature,
        "stage": held.stage,
        "there_at_first": held.first_there,
        "sights": counts,
        "changes": len(held.events),
    }


def _event_json(event: SiteEvent) -> dict[str, Any]:
    """One event as events.json has it."""
    return {
        "feature": event.feature,
        "stage": event.stage,
        "event": event.name,
        "after": _time(event.change.after_s),
        "until": _time(event.change.until_s),
        "last_before": _sight(event.before),
        "first_after": _sight(event.after),
        "between_could_not": [_could_not(sight) for sight in event.could_not],
        "between_unread": list(event.unread),
        "conflicts": list(event.conflicts),
    }


def _time(at_s: float) -> str | None:
    """A time, or None where an end is open."""
    return rfc3339(from_unix_s(at_s)) if math.isfinite(at_s) else None


def _sight(sight: Sight | None) -> dict[str, Any] | None:
    """The end of a bracket."""
    if sight is None:
        return None
    return {
        "images": list(sight.images),
        "state": sight.state,
        "from": _time(sight.start_s),
        "to": _time(sight.end_s),
        "readers": sight.readers,
    }


def _could_not(sight: Sight) -> dict[str, Any]:
    """An image between that could not have shown it."""
    return {"images": list(sight.images), "why": list(sight.why)}


def site_window(
    folder: Path,
    feature: str,
    event: str,
    *,
    shown: bool = True,
) -> dict[str, Any]:
    """The clue of kind ``window`` for footage that shows the state after an event.

    With ``shown`` false: for footage that shows the state before it. Raises InputError
    "no-such-event" and, where a conflict is open, "event-open".
    """
    document = site_events(folder)
    rows = [row for row in document["events"] if (row["feature"], row["event"]) == (feature, event)]
    if len(rows) != 1:
        known = ", ".join(f"{row['feature']} {row['event']}" for row in document["events"])
        raise InputError(
            f"{feature} has {len(rows)} events called {event}",
            code="no-such-event",
            hint=f"the events are: {known or 'none yet'}",
        )
    row = rows[0]
    open_points = [*row["conflicts"], *_open_points(document, row)]
    if open_points:
        raise InputError(
            f"the event is not settled: {open_points[0]}",
            code="event-open",
            hint="answer it with a reading: noonmark sites read ... --settles",
        )
    clue = _window(document, row, shown=shown)
    return {"ok": True, "clue": clue, "event": row, "toml": _toml(clue)}


def _open_points(
    document: Mapping[str, Any],
    row: Mapping[str, Any],
) -> list[str]:
    """The conflicts on the event's own timeline."""
    return [
        held["conflict"]
        for held in document["conflicts"]
        if (held["feature"], held["stage"]) == (row["feature"], row["stage"])
    ]


def _window(
    document: Mapping[str, Any],
    row: Mapping[str, Any],
    *,
    shown: bool,
) -> dict[str, Any]:
    """The window: from the last image before to the first image that shows the next state again.

    Footage of the new state is later than the bracket's start, and earlier than the end of the next
    event's bracket; of the old state, earlier than the bracket's end and later than the start of
    the one before.
    """
    same = [
        other
        for other in document["events"]
        if (other["feature"], other["stage"]) == (row["feature"], row["stage"])
    ]
    at = same.index(row)
    first = row if shown else (same[at - 1] if at else None)
    last = row if not shown else (same[at + 1] if at + 1 < len(same) else None)
    clue: dict[str, Any] = {"kind": "window"}
    if first is not None and first["after"]:
        clue["not_before"] = first["after"]
    if last is not None and last["until"]:
        clue["not_after"] = last["until"]
    if len(clue) == 1:
        raise InputError(
            "the event bounds footage on neither side",
            code="event-open",
            hint="read an earlier image in which the feature is not there",
        )
    state = "after" if shown else "before"
    clue["note"] = f"site: footage shows {row['feature']} {state} {row['event']}"
    return clue


def _toml(clue: Mapping[str, Any]) -> list[str]:
    """A clue as the lines of a clue file."""
    lines = ["[[clue]]"]
    for key, value in clue.items():
        is_time = key in ("not_before", "not_after")
        lines.append(f"{key} = {value}" if is_time else f'{key} = "{value}"')
    return lines
