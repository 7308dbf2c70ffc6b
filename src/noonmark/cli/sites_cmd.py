"""Sites: what was built, grown, stripped or demolished at a place, between which two images."""

from __future__ import annotations

import argparse
import importlib

from noonmark.cli.tell import Result

_ACTS = {
    "add": ("sites_add", "", "make a site of an outline with named features"),
    "images": ("sites_images", "", "take images in, or list them"),
    "look": ("sites_look", "", "the page on a site: its images by date, read one by one"),
    "read": ("sites_readings", "_read", "keep what one person saw of a feature in an image"),
    "visibility": (
        "sites_visibility",
        "",
        "whether a feature could have been seen in an image",
    ),
    "agree": ("sites_readings", "_agree", "how far two readers agree, and what is open"),
    "events": (
        "sites_readings",
        "_events",
        "what changed between which two images",
    ),
    "sample": ("sites_sampling", "_sample", "draw a stratified sample of a list of sites"),
    "estimate": ("sites_sampling", "_estimate", "what a sample that was read says of all sites"),
    "propose": (
        "sites_propose_cmd",
        "_propose",
        "dated events that the images suggest, for people to read",
    ),
    "calibrate": (
        "sites_propose_cmd",
        "_calibrate",
        "how often injected events would be found and held here",
    ),
    "report": ("sites_report", "", "strips, pairs, chart, tables, and what re-derives the dates"),
    "window": ("sites_readings", "_window", "the clue that an event gives for footage"),
}
"""Each act: its module, the ending of its functions add and run, and one line of help."""
_SITE_ONLY = ("agree", "events")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each act."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (module, ending, said) in _ACTS.items():
        act = acts.add_parser(name, help=said, description=said[0].upper() + said[1:] + ".")
        held = importlib.import_module(f"noonmark.cli.{module}")
        adds = "_site" if name in _SITE_ONLY else ending or "_arguments"
        getattr(held, f"add{adds}")(act)


def run(args: argparse.Namespace) -> Result | int:
    """Do the act, and tell what came of it."""
    module, ending, _ = _ACTS[args.action]
    held = importlib.import_module(f"noonmark.cli.{module}")
    result: Result | int = getattr(held, f"run{ending}")(args)
    return result


def kept(args: argparse.Namespace) -> str:
    """What Ctrl-C leaves behind."""
    if args.action == "images":
        return "every image that was read is kept; the same command goes on from there"
    if args.action == "propose":
        return "every site that was done keeps its proposals; the same command goes on from there"
    if args.action == "look":
        return "every reading that was kept is there"
    return "the site is as it was before; nothing half-done counts"
