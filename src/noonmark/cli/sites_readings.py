"""What people saw: a reading, what is left to read, agreement, events, a window for footage."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import site_readings
from noonmark.cli.tell import Result
from noonmark.errors import InputError

_STATES = ("seen", "not-seen", "could-not")
_STAGES = ("visible", "cleared", "complete", "stripped")
_WHY = ("cloud", "shadow", "snow", "resolution", "angle", "contrast", "edge", "position")


def add_read(parser: argparse.ArgumentParser) -> None:
    """``sites read SITE IMAGE FEATURE STATE --by WHO``"""
    parser.add_argument("site", metavar="SITE", type=Path, help="the folder of a site")
    parser.add_argument("image", metavar="IMAGE", nargs="?", help="an image, or its name's start")
    parser.add_argument("feature", metavar="FEATURE", nargs="?", help="a feature of the outline")
    parser.add_argument("state", metavar="STATE", nargs="?", choices=_STATES, help="what was seen")
    parser.add_argument("--by", metavar="WHO", required=True, help="who read it: an alias does")
    parser.add_argument("--stage", choices=_STAGES, default="visible", help="what was looked for")
    parser.add_argument("--why", choices=_WHY, help="why it could not be seen")
    parser.add_argument(
        "--could",
        choices=("yes", "doubtful", "no"),
        help="of not-seen: whether it could have been seen, had it been there",
    )
    parser.add_argument(
        "--blind", action="store_true", help="a second reading, made without sight of the first"
    )
    parser.add_argument(
        "--settles", action="store_true", help="this reading answers a conflict; it counts alone"
    )
    parser.add_argument("--area-m2", metavar="V,LO,HI", help="its area and bounds, where seen")
    parser.add_argument("--note", metavar="TEXT", default="", help="what else is to be said")


def add_site(parser: argparse.ArgumentParser) -> None:
    """``sites agree SITE``, ``sites events SITE``"""
    parser.add_argument("site", metavar="SITE", type=Path, help="the folder of a site")


def add_window(parser: argparse.ArgumentParser) -> None:
    """``sites window SITE FEATURE EVENT``"""
    parser.add_argument("site", metavar="SITE", type=Path, help="the folder of a site")
    parser.add_argument("feature", metavar="FEATURE", help="a feature of the outline")
    parser.add_argument("event", metavar="EVENT", help="visible, removed, cleared ...")
    parser.add_argument(
        "--before", action="store_true", help="the footage shows the state before the event"
    )


def run_read(args: argparse.Namespace) -> Result:
    """Keep a reading; without an image, list what is left to read."""
    if args.image is None:
        left = site_readings.unread(args.site, by=args.by, stage=args.stage)
        lines = [f"{row['image']}  {row['feature']}" for row in left["left"]]
        return Result(left, [*lines, f"{len(lines)} left to read"])
    if args.feature is None or args.state is None:
        raise InputError(
            "a reading needs an image, a feature and a state",
            code="bad-reading",
            hint="noonmark sites read SITE IMAGE FEATURE seen|not-seen|could-not --by WHO",
        )
    done = site_readings.read_site(
        args.site,
        args.image,
        args.feature,
        args.state,
        by=args.by,
        stage=args.stage,
        why=args.why,
        could=args.could,
        blind=args.blind,
        settles=args.settles,
        area_m2=_numbers(args.area_m2),
        note=args.note,
    )
    kept = [f"kept: {done['feature']} {done['state']} in {done['image']}"]
    needs_could = args.state == "not-seen" and args.could is None
    return Result(done, kept, _suggested(args, done) if needs_could else ())


def _suggested(args: argparse.Namespace, done: Mapping[str, Any]) -> list[str]:
    """What the rules say of a not-seen that does not say if it could have been seen."""
    from noonmark.actions import site_visibility
    from noonmark.errors import NoonmarkError

    try:
        row = site_visibility.suggestion(
            args.site, done["image"], done["feature"], blind=args.blind
        )
    except NoonmarkError:
        return []
    why = f" because of {', '.join(row['reasons'])}" if row["reasons"] else ""
    return [
        f"whether it could have been seen is not said; the rules suggest {row['answer']}{why}."
        " Look, and read it again with --could yes, doubtful or no"
    ]


def _numbers(text: str | None) -> list[float] | None:
    """Numbers with commas between them."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"expected an area as VALUE,LO,HI, got {text!r}",
            code="bad-reading",
            hint="for example --area-m2 4200,3900,4500",
        ) from None


def run_agree(args: argparse.Namespace) -> Result:
    """Agreement of first and blind readings, and what is open."""
    found = site_readings.site_agreement(args.site)
    lines = [
        f"{found['equal']} of {found['pairs']} pairs of readings are equal, in {found['images']}"
        " images",
        _measure_line("kappa", found["kappa"]),
        _measure_line("AC1", found["ac1"]),
    ]
    return Result(found, lines + _conflict_lines(found))


def _measure_line(name: str, measure: Mapping[str, Any]) -> str:
    """A measure and its interval in words."""
    if measure["value"] is None:
        return f"{name:<6} can't be worked out from these readings"
    if measure["lo"] is None:
        return f"{name:<6} {measure['value']:.2f}; too few images for an interval"
    return f"{name:<6} {measure['value']:.2f}, 95 % from {measure['lo']:.2f} to {measure['hi']:.2f}"


def run_events(args: argparse.Namespace) -> Result:
    """The events by the readings."""
    found = site_readings.site_events(args.site)
    lines = [_event_line(row) for row in found["events"]]
    for held in found["timelines"]:
        if not held["changes"] and held["there_at_first"] is not None:
            state = "there" if held["there_at_first"] else "not there"
            lines.append(f"{held['feature']} {held['stage']}: {state} in every image that shows it")
    lines += [_step_line(row) for row in found["steps"]]
    return Result(found, lines + _conflict_lines(found))


def _step_line(row: Mapping[str, Any]) -> str:
    """A step between two areas as a sentence."""
    change, least, most = row["change_m2"]
    unsure = "" if row["is_sure"] else "; within the bounds of the two areas"
    return (
        f"{row['feature']} area: {change:+,.0f} m2 ({least:+,.0f} to {most:+,.0f}) after"
        f" {row['from']}, by {row['to']}{unsure}"
    )


def _event_line(row: Mapping[str, Any]) -> str:
    """One event as a sentence."""
    after, until = row["after"] or "an unknown time", row["until"] or "an unknown time"
    hidden = len(row["between_could_not"])
    more = f"; {hidden} between could not show it" if hidden else ""
    unread = f"; {len(row['between_unread'])} between not read" if row["between_unread"] else ""
    return f"{row['feature']} {row['event']}: after {after}, by {until}{more}{unread}"


def _conflict_lines(found: Mapping[str, Any]) -> list[str]:
    return [f"!! open: {row['feature']}: {row['conflict']}" for row in found["conflicts"]]


def run_window(args: argparse.Namespace) -> Result:
    """The clue of an event."""
    found = site_readings.site_window(args.site, args.feature, args.event, shown=not args.before)
    return Result(found, found["toml"])
