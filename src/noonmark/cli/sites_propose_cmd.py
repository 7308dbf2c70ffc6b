"""Dated events that images suggest, and how often injected ones would be found and held."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import site_batches, site_proposals
from noonmark.actions.site_proposal_warnings import settings_warnings
from noonmark.cli import tell
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_propose(parser: argparse.ArgumentParser) -> None:
    """``sites propose SITE...``"""
    parser.add_argument("sites", metavar="SITE", nargs="+", type=Path, help="folders of sites")
    parser.add_argument(
        "--feature", action="append", default=[], metavar="NAME", help="only this one; repeat it"
    )
    _add_settings(parser)
    parser.add_argument("--again", action="store_true", help="even where nothing has changed")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, metavar="N", help="processes; as many as cores")
    where.add_argument(
        "--local-cluster", type=int, metavar="N", help="N workers of a cluster on this machine"
    )
    where.add_argument(
        "--scheduler", metavar="ADDRESS", help="a cluster of your own, tcp://HOST:PORT"
    )


def add_calibrate(parser: argparse.ArgumentParser) -> None:
    """``sites calibrate SITE``"""
    parser.add_argument("site", metavar="SITE", type=Path, help="the folder of a site")
    parser.add_argument("--feature", metavar="NAME", help="the one to judge; the first")
    _add_settings(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="of the injected events; default 1")
    parser.add_argument("--level", type=float, default=0.9, help="of the brackets; default 0.9")
    parser.add_argument(
        "--each",
        type=int,
        default=160,
        metavar="N",
        help="injected of a stage; default 160, at least 100",
    )


def _options(args: argparse.Namespace) -> site_proposals.ProposalOptions:
    return site_proposals.ProposalOptions(args.seed, args.level, args.each)


def run_propose(args: argparse.Namespace) -> Result:
    """One site is told in full; of many, what became of each."""
    if len(args.sites) == 1 and args.local_cluster is None and args.scheduler is None:
        with tell.Progress("proposing") as progress:
            done = site_proposals.propose(
                args.sites[0],
                features=args.feature,
                options=_options(args),
                again=args.again,
                progress=progress.step,
            )
        return Result(done, list(_proposal_lines(done)), _notes(done))
    if args.feature:
        raise InputError(
            "--feature was given with many sites", code="usage", hint="give one site, or no feature"
        )
    with tell.Progress("proposing") as progress:
        done = site_batches.propose_many(
            args.sites,
            options=_options(args),
            again=args.again,
            jobs=args.jobs,
            local_workers=args.local_cluster,
            scheduler=args.scheduler,
            progress=progress.step,
        )
    notes = settings_warnings(args.each)
    return Result(done, list(_batch_lines(done)), notes, exit_code=0 if done["ok"] else 2)


def run_calibrate(args: argparse.Namespace) -> Result:
    """The table of what would be found and held."""
    with tell.Progress("calibrating") as progress:
        done = site_proposals.calibration_table(
            args.site, feature=args.feature, options=_options(args), progress=progress.step
        )
    lines = [f"# {done['feature']} of {done['site']}: brackets asked to hold {done['level']:.0%}"]
    for row in done["stacks"]:
        lines.append(f"# {row['stack']}")
        lines += [row["why_not"]] if row["why_not"] else _table(row)
    return Result(done, lines, done["warnings"])


def _proposal_lines(done: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {done['site']}: proposals for people to read, no findings"
    for row in done["features"]:
        yield f"# {row['feature']}"
        for sensor in row["sensors"]:
            yield from _sensor_lines(sensor)
        for conflict in row["conflicts"]:
            yield f"conflict {' and '.join(conflict['between'])}: {conflict['why']}"


def _sensor_lines(sensor: Mapping[str, Any]) -> Iterator[str]:
    if sensor["why_not"]:
        yield f"{sensor['stack']}: no proposal: {sensor['why_not']}"
        return
    kinds = [kind for kind in sensor["calibration"]["kinds"] if kind["order"] == 1]
    found, injected = (sum(kind[name] for kind in kinds) for name in ("found", "injected"))
    if not sensor["events"]:
        yield (
            f"{sensor['stack']}: no event that this series could show; of {injected} injected, "
            f"{found} were found"
        )
    for event in sensor["events"]:
        counts = event["injected"]
        yield (
            f"{sensor['stack']}: event {event['order']} visible; of {counts['n']} injected, "
            f"{counts['found']} found, {counts['held']} held at {event['level']:.0%}"
        )
        for mode in event["modes"]:
            yield (
                f"  after {mode['from']['taken']}, by {mode['to']['taken']}  p {mode['p']:.2f}"
                f"  {mode['from']['image']} | {mode['to']['image']}"
                + (
                    f", {len(mode['could_not'])} between could not show it"
                    * bool(mode["could_not"])
                )
            )


def _notes(done: Mapping[str, Any]) -> list[str]:
    sensors = [sensor for row in done["features"] for sensor in row["sensors"]]
    slow = any(sensor.get("loops") == "numpy" for sensor in sensors)
    notes = ["nothing had changed: these were kept before; --again does them anew"]
    notes = notes * bool(done["kept_before"])
    if slow:
        notes.append("numba is missing, numpy did it slowly: pip install 'noonmark[sites]'")
    return [*notes, *done["warnings"]]


def _batch_lines(done: Mapping[str, Any]) -> Iterator[str]:
    for row in done["sites"]:
        if row["ok"]:
            yield f"{row['site']}: {row['with_events']} of {row['features']} features with an event"
        else:
            yield f"{row['site']}: refused: {row['message']}"
    yield (
        f"{done['proposed']} done, {done['kept_before']} kept from before, "
        f"{done['refused']} refused"
    )
    yield f"digest   {done['digest']}"


def _table(row: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{row['ring_boxes']} boxes of the ring ({row['loud_boxes_left_out']} loud ones left out), "
        f"{row['false_alarms']} of them taken for events",
        f"{'event':<36}{'n':>5}{'found':>7}{'held':>6}{'width':>8}{'gap':>7}",
    ]
    for kind in row["kinds"]:
        name = f"{kind['stage']}, {kind['works']}" + ", second" * (kind["order"] == 2)
        spans = "".join(
            f"{'-' if kind[key] is None else f'{kind[key]:.0f} d':>{width}}"
            for key, width in (("width_days", 8), ("gap_days", 7))
        )
        lines.append(f"{name:<36}{kind['injected']:>5}{kind['found']:>7}{kind['held']:>6}{spans}")
    return lines
