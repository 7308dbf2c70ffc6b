"""What is said in a case: claims and what bears on them, origins, bounds, judgements, disputes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import inquiry_findings, inquiry_forms, inquiry_team
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result

_SHOWN = 20
_ACTS = {
    "say": "check forms and log them: claims, evidence, judgements; all of them, or nothing",
    "show": "one thing with all its versions, what it cites and what cites it",
    "claims": "every claim with what bears on it, contrary evidence first",
    "origins": "between how many independent origins support a claim",
    "bounds": "where and when a claim's evidence leaves room, or what contradicts what",
    "matrix": "hypotheses of a question against evidence: counts, no score",
    "withdraw": "delete what was said, in all its versions; the log keeps that it was said",
    "give": "seal the case and write a bundle of what was said, for colleagues",
    "take": "verify a colleague's bundle and take in what it says",
    "disputes": "versions, judgements, links and logs that contradict one another",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each act."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = {}
    for name, said in _ACTS.items():
        made[name] = acts.add_parser(name, help=said, description=said[0].upper() + said[1:] + ".")
        made[name].add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    made["say"].add_argument(
        "forms", metavar="FORM", nargs="+",
        help="JSON or TOML files, each of one form or of several; - is stdin",
    )  # fmt: skip
    for name, what in (("show", "ID"), ("origins", "CLAIM"), ("bounds", "CLAIM")):
        made[name].add_argument("id", metavar=what, help="an id, or its first characters")
    made["matrix"].add_argument("id", metavar="QUESTION", help="an id, or its first characters")
    for name in ("say", "withdraw", "give", "take"):
        add_actor(made[name])
    _add_team_arguments(made)


def _add_team_arguments(made: Mapping[str, Any]) -> None:
    """The arguments of giving, taking and withdrawing."""
    made["withdraw"].add_argument("id", metavar="ID", help="an id, or its first characters")
    made["withdraw"].add_argument(
        "--reason", metavar="TEXT", required=True, help="it goes into the log for good"
    )
    made["give"].add_argument("out", metavar="OUT", type=Path, help="a new folder")
    made["give"].add_argument(
        "--key", metavar="FILE", type=Path, required=True, help="the secret key: case key new FILE"
    )
    made["take"].add_argument("bundle", metavar="BUNDLE", type=Path, help="a colleague's bundle")
    made["take"].add_argument(
        "--key", metavar="PUB", help="the colleague's public key; needed the first time"
    )


def kept(args: argparse.Namespace) -> str:
    """What Ctrl-C leaves behind."""
    return "what was logged is kept; nothing half-said counts"


def run(args: argparse.Namespace) -> Result:
    """Do the act, and tell what came of it."""
    return {
        "say": _say,
        "show": _show,
        "claims": _claims,
        "origins": _origins,
        "bounds": _bounds,
        "matrix": _matrix,
        "disputes": _disputes,
        "withdraw": _withdraw,
        "give": _give,
        "take": _take,
    }[args.action](args)


def _say(args: argparse.Namespace) -> Result:
    forms = [one for path in args.forms for one in inquiry_forms.forms_in_file(path)]
    done = inquiry_forms.say_in_case(args.case, forms, by=args.by)
    return Result(done, [f"{one['id']}  {one['form']}" for one in done["said"]])


def _show(args: argparse.Namespace) -> Result:
    found = inquiry_forms.show_said(args.case, args.id)
    lines = [f"# {found['form']} {found['id']}"]
    if found["greyed"]:
        lines.append(f"!! not to be relied on: {found['greyed']}")
    if found["disputed"]:
        lines.append(f"!! disputed: {len(found['standing'])} versions stand side by side")
    for version in found["versions"]:
        stands = "stands" if version["body"] in found["standing"] else "superseded"
        said = version["said"][0]
        lines.append(f"{said['at']}  {said['by']}  {stands}, {version['state']}")
        for field, value in version["says"].items():
            lines.append(f"  {field}: {_shown(value, version['texts'])}")
    lines += [f"cited by {one['form']} {one['id']} ({one['field']})" for one in found["cited_by"]]
    return Result(found, lines)


def _shown(value: Any, texts: Mapping[str, str | None]) -> str:
    """A field's value as a line, texts in place of their digests."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(one, texts)}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(_shown(one, texts) for one in value)
    text = str(value)
    return (texts[text] or f"(withdrawn) {text[:16]}") if text in texts else text


def _claims(args: argparse.Namespace) -> Result:
    found = inquiry_forms.claims_of_case(args.case)
    lines = [line for claim in found["claims"] for line in claim_lines(claim)]
    if not found["claims"]:
        lines = ["no claim was made: noonmark inquiry say CASE FORM makes one"]
    notes = [f"not used: {one['where']}: expected {one['expected']}, got {one['found']}"
             for one in found["faults"]]  # fmt: skip
    return Result(found, lines, notes)


def _origins(args: argparse.Namespace) -> Result:
    found = inquiry_findings.claim_origins(args.case, args.id)
    lines = [f"# {found['said']}"]
    for number, group in enumerate(found["origins"], 1):
        lines.append(f"origin {number}")
        lines += [f"  {one['form']} {one['id']}  {one['said']}" for one in group]
    lines += [f"nobody examined: {a} and {b}" for a, b in found["unexamined"][:_SHOWN]]
    more = len(found["unexamined"]) - _SHOWN
    lines += [f"... and {more} pairs more"] if more > 0 else []
    if found["unexamined"]:
        lines.append('a link of relation "none" says that a pair was examined and is independent')
    lines += [f"!! joined and independent at once: {a} and {b}" for a, b in found["contested"]]
    return Result(found, lines)


def _bounds(args: argparse.Namespace) -> Result:
    found = inquiry_findings.claim_bounds(args.case, args.id)
    lines = [
        f"not before  {found['earliest'] or 'open'}",
        f"not after   {found['latest'] or 'open'}",
    ]
    if found["region"] is not None:
        lines.append(f"place       {len(found['region']['coordinates'])} pieces: --json has them")
    elif found["region_empty"]:
        lines.append("place       nothing is left")
    else:
        lines.append("place       open")
    for kind in ("time", "place"):
        for members in found[f"{kind}_conflicts"]:
            lines.append(f"!! {kind}: these leave nothing together: {', '.join(members)}")
    notes = [] if found["complete"] else ["too many outlines: not every conflict of place is named"]
    return Result(found, lines, notes)


def _matrix(args: argparse.Namespace) -> Result:
    found = inquiry_findings.question_matrix(args.case, args.id)
    lines = []
    for number, column in enumerate(found["hypotheses"], 1):
        count = column["inconsistent"]
        lines.append(f"# H{number} {column['text']}: {count} inconsistent")
    for row in found["evidence"]:
        stances = ", ".join(f"H{at} {stance}" for at, stance in enumerate(row["stances"], 1))
        same = "" if row["tells_apart"] else "  (the same of all: it decides nothing)"
        lines.append(f"{row['kind']} {row['cited']} {row['part']}: {stances}{same}")
    return Result(found, lines or ["no hypothesis answers this question yet"])


def _disputes(args: argparse.Namespace) -> Result:
    found = inquiry_findings.case_disputes(args.case)
    lines = [f"{one['kind']}: {one['about']}: {one['said']}" for one in found["disputes"]]
    notes = [
        f"not used: {one['where']}: expected {one['expected']}, got {one['found']}"
        for one in found["faults"]
    ]
    return Result(found, lines or ["nothing is in dispute"], notes)


def _withdraw(args: argparse.Namespace) -> Result:
    done = inquiry_team.withdraw_from_inquiry(args.case, args.id, reason=args.reason, by=args.by)
    lines = [f"deleted {done['deleted']} objects of {done['id']}; the log still verifies"]
    lines += [f"greyed: {name}" for name in done["greyed"]]
    return Result(done, lines, ["bundles given before still hold it: give again"])


def _give(args: argparse.Namespace) -> Result:
    done = inquiry_team.give_inquiry(args.case, args.out, args.key, by=args.by)
    lines = [
        f"wrote {args.out}: {done['objects']} objects, sealed at {done['size']} entries",
        f"key      {done['key']}",
    ]
    return Result(done, lines, ["who takes it needs your public key from you, not from the bundle"])


def _take(args: argparse.Namespace) -> Result:
    done = inquiry_team.take_inquiry(args.case, args.bundle, key=args.key, by=args.by)
    what = "known before" if done["known"] else f"{done['new']} things are new"
    lines = [f"{done['origin']} at {done['size']} entries: {what}"]
    if done["withdrawn"]:
        lines.append(f"{done['withdrawn']} objects were withdrawn by who said them, and deleted")
    lines += [f"!! {one['kind']}: {one['about']}: {one['said']}" for one in done["disputes"]]
    return Result(done, lines, exit_code=1 if done["forks"] else 0)


def claim_lines(claim: Mapping[str, Any]) -> list[str]:
    """A claim for a person: contrary evidence before the rest, likelihood apart from confidence."""
    texts = [f"{text or '(withdrawn)'} [{tag}]" for tag, text in claim["text"].items()]
    lines = [f"# {' / '.join(texts)}", f"  {claim['id']}  {claim['kind']}, by {claim['by']}"]
    lines += [f"  claimed {name}: {claim[name]}" for name in ("earliest", "latest") if claim[name]]
    if claim["place"] is not None:
        lines.append(f"  claimed place: an outline from {_corners(claim['place'])}")
    if claim["greyed"]:
        lines.append(f"  !! not to be relied on: {claim['greyed']}")
    for one in claim["evidence"]:
        lines += _evidence_lines(one)
    for one in claim["judgements"]:
        lines += _judgement_lines(one)
    for one in claim["replies"]:
        lines += reply_lines(one)
    return lines


def _corners(outline: Mapping[str, Any]) -> str:
    """The south-west and the north-east corner of the box around an outline, to some 10 m."""
    parts = outline["coordinates"]
    polygons = [parts] if outline["type"] == "Polygon" else parts
    points = [point for polygon in polygons for ring in polygon for point in ring]
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return f"{_degrees(min(lats), min(lons))} to {_degrees(max(lats), max(lons))}"


def _degrees(lat: float, lon: float) -> str:
    return f"{abs(lat):.4f} {'SN'[lat >= 0]} {abs(lon):.4f} {'WE'[lon >= 0]}"


def _evidence_lines(one: Mapping[str, Any]) -> list[str]:
    """What is cited, its stance and its credibility, and why."""
    cited = " ".join(f"{key} {value}" for key, value in one["on"].items())
    grey = "  !! withdrawn or missing" if one["greyed"] else ""
    head = f"  {one['stance']} ({one['credibility']}): {cited}{grey}"
    return [head, f"    {one['why']}"]


def _judgement_lines(one: Mapping[str, Any]) -> list[str]:
    """Likelihood and confidence on lines of their own, then the reviews."""
    share = f"{one['low_pct']}-{one['high_pct']} %"
    lines = [f"  judged by {one['by']}: {one['likelihood']} ({share})"]
    lines += [f"    confidence: {one['confidence']}", f"    why: {one['why']}"]
    for review in one["reviews"]:
        lines.append(f"    reviewed by {review['by']}: {review['verdict']}. {review['why']}")
    return lines if one["reviews"] else [*lines, "    not reviewed"]


def reply_lines(one: Mapping[str, Any]) -> list[str]:
    """What an organisation was asked, and what came of it."""
    asked = f"  {one['to']['name']} ({one['to']['kind']}) was asked at {one['asked_at']}"
    lines = [f"{asked} by {one['how']}, until {one['deadline']}: {one['outcome']}"]
    if one["answer_text"]:
        lines.append(f"    answered: {one['answer_text']}")
    return lines
