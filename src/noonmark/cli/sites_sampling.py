"""Many sites: a sample to read, and what it says of all of them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import site_sampling
from noonmark.cli.tell import Result


def add_sample(parser: argparse.ArgumentParser) -> None:
    """``sites sample LIST.csv --size N --seed S --out SAMPLE.csv``"""
    parser.add_argument("list", metavar="CSV", type=Path, help="all sites: columns site, stratum")
    parser.add_argument("--size", metavar="N", type=int, required=True, help="how many to draw")
    parser.add_argument("--seed", metavar="N", type=int, required=True, help="of the drawing")
    parser.add_argument("--out", metavar="CSV", type=Path, required=True, help="a new file")


def add_estimate(parser: argparse.ArgumentParser) -> None:
    """``sites estimate SAMPLE.csv --seed S``"""
    parser.add_argument("sample", metavar="CSV", type=Path, help="a sample with its readings")
    parser.add_argument("--seed", metavar="N", type=int, required=True, help="of its draws")


def run_sample(args: argparse.Namespace) -> Result:
    """Draw."""
    done = site_sampling.sample_sites(args.list, args.out, size=args.size, seed=args.seed)
    lines = [
        f"{name}: {count} of {done['sites'][name]} sites" for name, count in done["drawn"].items()
    ]
    said = "fill in reading (yes, no, unseen), and reference (yes, no) of those read twice"
    return Result(done, [*lines, f"wrote {args.out}", said])


def run_estimate(args: argparse.Namespace) -> Result:
    """Estimate, with what bounds it first."""
    found = site_sampling.estimate_sample(args.sample, seed=args.seed)
    lines = [
        f"{found['drawn']} of {found['sites']} sites drawn, {found['unseen']} could not be seen",
        _line("at least, if every unseen one is no", found["all_no"]),
        _line("at most, if every unseen one is yes", found["all_yes"]),
        _line("of those seen, as read", found["seen"]),
    ]
    if found["corrected"] is None:
        lines.append("not corrected for errors of reading: too few were read twice to tell")
    else:
        rates = f"{found['sensitivity']:.2f} of yes and {found['specificity']:.2f} of no read right"
        lines.append(_line("corrected for errors of reading", found["corrected"]))
        lines.append(f"  by {found['read_twice']} read twice: {rates}")
    return Result(found, lines)


def _line(name: str, held: Mapping[str, Any]) -> str:
    """A share in words."""
    share, lo, hi = (100 * held[key] for key in ("share", "lo", "hi"))
    count, least, most = held["sites"]
    return (
        f"{name}: {share:.1f} %, 95 % from {lo:.1f} to {hi:.1f}; {count} sites, {least} to {most}"
    )
