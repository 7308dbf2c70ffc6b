"""A case: files as they came, a log of what was done to them, and seals that can be checked."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from typing import Any

from noonmark import actions
from noonmark.cli import tell
from noonmark.cli.case_arguments import UNKNOWN, checking_acts, keeping_acts, leaving_acts
from noonmark.cli.tell import Result

# Acts with a module of their own, each with add_arguments and run, and one line of help.
_APART = {
    "stamp": (
        "noonmark.cli.case_stamp",
        "have the newest seal time-stamped, or judge the stamps that are kept",
    ),
    "import": (
        "noonmark.cli.case_import",
        "take in a BagIt bag, WACZ, ProofMode ZIP, auto-archiver folder, list of hashes",
    ),
    "claims": (
        "noonmark.cli.case_claims",
        "what items state of their own making (C2PA); nobody is asked",
    ),
    "list": ("noonmark.cli.case_list", "the items with their sources, times and places"),
    "sheet": ("noonmark.cli.case_sheet", "a contact sheet as PDF: pictures, digests, stated times"),
    "source": ("noonmark.cli.case_source", "identities of sources, each in an age file of its own"),
    "lock": ("noonmark.cli.case_lock", "put the whole case into one age file"),
    "unlock": ("noonmark.cli.case_unlock", "open a locked case"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each act."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    keeping_acts(acts)
    checking_acts(acts)
    leaving_acts(acts)
    for name, (module, said) in _APART.items():
        act = acts.add_parser(name, help=said, description=said[0].upper() + said[1:] + ".")
        importlib.import_module(module).add_arguments(act)


def run(args: argparse.Namespace) -> Result | int:
    """Do the act, and tell what came of it."""
    if args.action in _APART:
        result: Result = importlib.import_module(_APART[args.action][0]).run(args)
        return result
    return {
        "new": _new,
        "add": _add,
        "log": _log,
        "show": _show,
        "audit": _audit,
        "seal": _seal,
        "export": _export,
        "get": _get,
        "transfer": _transfer,
        "withdraw": _withdraw,
        "prove": _prove,
        "key": _key,
        "demo": _demo,
    }[args.action](args)


def kept(args: argparse.Namespace) -> str:
    """What Ctrl-C leaves behind."""
    if args.action == "add":
        return "what was logged is kept; adding the same files again goes on where this stopped"
    return "the case is as it was before; nothing half-done counts"


def verdict_result(verdict: Any, *, what: str) -> Result:
    """An audit's verdict in the shape that outsiders rely on, and in words."""
    checked = verdict.as_json()["checked"]
    counts = (
        f"{checked['files']} files, {checked['bytes']} bytes, {checked['log_entries']} log entries"
    )
    lines = [
        f"!! {p.code}: {p.where}: expected {p.expected}, got {p.found}" for p in verdict.problems
    ]
    lines += _scope_lines(verdict.judged)
    wrong = f"NOT SOUND, {len(verdict.problems)} problems"
    lines += [f"{what}: {counts}: {verdict.word if verdict.ok else wrong}"]
    return Result(verdict.as_json(), lines, verdict.notes, 0 if verdict.ok else 1)


def _scope_lines(judged: Any) -> list[str]:
    """What a verdict is about: whole or partial, sealed when, by which key, from where."""
    shown = "whole" if judged.entries_shown == judged.entries else "PARTIAL"
    entries = f"{judged.entries_shown} of {judged.entries} log entries"
    came = {"given": "you gave it", "bundle": "only found in the bundle", "case": "only found here"}
    lines = [
        f"judged   the {judged.form} {judged.origin}, sealed {judged.sealed}",
        f"shown    {shown}: {entries}, {judged.objects} objects",
    ]
    return lines + [f"key      {key} ({came[judged.keys_from]})" for key in judged.keys]


def _new(args: argparse.Namespace) -> Result:
    origin = actions.new_case(args.case, by=args.by)
    lines = [f"made the case {args.case}", f"origin   {origin}"]
    return Result({"ok": True, "case": args.case, "origin": origin}, lines)


def _add(args: argparse.Namespace) -> Result:
    collection = actions.Collection(
        method=args.method,
        url=args.url,
        collected_at=args.collected_at,
        time_basis=args.time_basis,
        collector=args.collector,
        legal_basis=args.legal_basis,
        source=args.source,
        note=args.source_note,
    )
    with tell.Progress("adding") as progress:
        done = actions.add_to_case(
            args.case, args.files, by=args.by, collection=collection, share=progress.step
        )
    lines = [
        f"{one['sha256']}  {one['name']}{'' if one['new'] else '  (bytes already held)'}"
        for one in done.added
    ]
    lines += (
        [f"... and {done.files - len(done.added)} more"] if done.files > len(done.added) else []
    )
    lines += [f" ! {one['name']}: {one['message']}" for one in done.remarks]
    lines += [f"!! not kept: {one['name']}: {one['message']}" for one in done.refused]
    lines += [
        f"kept {done.files} files ({done.new} new), {done.bytes} bytes; refused "
        f"{done.refused_files}"
    ]
    notes = [f"{name} is unknown: --{name.replace('_', '-')} says it" for name in _unsaid(args)]
    return Result(
        {"ok": not done.refused_files, **vars(done)}, lines, notes, 2 if done.refused_files else 0
    )


def _unsaid(args: argparse.Namespace) -> list[str]:
    return [
        name for name in ("collected_at", "legal_basis", "source") if getattr(args, name) == UNKNOWN
    ]


def _log(args: argparse.Namespace) -> Result:
    found = actions.case_history(args.case, item=args.item, kind=args.kind)
    rows = (
        {"index": e.index, "at": e.at, "by": e.by, "kind": e.kind, "facts": e.facts, "tool": e.tool}
        for e in found
    )
    if args.json:
        return Result({"ok": True, "entries": list(rows)})
    return Result(
        {}, [f"{row['index']:>6}  {row['at']}  {row['by']:<14} {_short(row)}" for row in rows]
    )


def _short(row: Mapping[str, Any]) -> str:
    facts = row["facts"]
    told = {
        "item": lambda: (
            f"{facts['sha256']} {facts['size']} bytes, claimed name "
            f"{facts['claims'].get('name', '')}"
        ),
        "case": lambda: f"{facts['origin']}",
        "seal": lambda: f"{facts['items']} items, {facts['bytes']} bytes, by {facts['key']}",
    }
    text = told.get(
        row["kind"], lambda: ", ".join(f"{name} {value}" for name, value in facts.items())
    )()
    return f"{row['kind']:<10} {text}"


def _show(args: argparse.Namespace) -> Result:
    found = actions.case_summary(args.case)
    seal = found["seal"]
    newest = f"sealed   at {seal['size']} entries by {seal['key']}" if seal else "sealed   never"
    lines = [f"origin   {found['origin']}", f"log      {found['log_entries']} entries"]
    lines += [f"items    {found['items']}, {found['bytes']} bytes", newest]
    return Result({"ok": True, **found}, lines)


def _audit(args: argparse.Namespace) -> Result:
    with tell.Progress("checking") as progress:
        verdict = actions.audit_case(
            args.case,
            by=args.by,
            key=args.key,
            checkpoint=args.checkpoint,
            quick=args.quick,
            logged=not args.no_log,
            share=progress.step,
        )
    return verdict_result(verdict, what="case")


def _seal(args: argparse.Namespace) -> Result:
    with tell.Progress("checking before the seal") as progress:
        seal = actions.seal_case(
            args.case,
            args.key,
            by=args.by,
            note=args.note,
            despite=args.despite_problems,
            share=progress.step,
        )
    checkpoint = seal.checkpoint
    data = {
        "ok": True,
        "size": seal.size,
        "root": seal.root.hex(),
        "key": seal.key,
        "checkpoint": checkpoint,
    }
    lines = [f"sealed {seal.size} log entries by {seal.key}", *checkpoint.rstrip("\n").split("\n")]
    return Result(
        data,
        lines,
        ["send the checkpoint to someone else: what it covers can't be rewritten unseen"],
    )


def _export(args: argparse.Namespace) -> Result:
    with tell.Progress("exporting") as progress:
        written, behind = actions.export_case(
            args.case,
            args.out,
            by=args.by,
            form=args.form,
            only=args.only,
            key=args.key,
            despite=args.despite_restriction,
            overrides=[(code, why) for code, why in args.despite],
            share=progress.step,
        )
    lines = [
        f"wrote {args.out}: {written.items} items, {written.files} files, {written.bytes} bytes"
    ]
    lines += [f"to check it: python3 -I {args.out}/verify.py"] if args.form == "bundle" else []
    notes = [
        f"{behind} entries are newer than the seal and were left out: seal again to include them"
    ]
    data = {
        "ok": True,
        "form": args.form,
        **{k: v for k, v in vars(written).items() if k != "folder"},
        "behind": behind,
    }
    return Result({**data, "out": args.out}, lines, notes if behind else [])


def _get(args: argparse.Namespace) -> Result:
    size = actions.get_item(args.case, args.sha256, args.out, purpose=args.purpose, by=args.by)
    return Result({"ok": True, "out": args.out, "bytes": size}, [f"wrote {args.out}, {size} bytes"])


def _transfer(args: argparse.Namespace) -> Result:
    number = actions.hand_over(
        args.case,
        args.items,
        giver=args.giver,
        taker=args.taker,
        means=args.means,
        note=args.note,
        by=args.by,
    )
    return Result({"ok": True, "entry": number}, [f"logged as entry {number}"])


def _withdraw(args: argparse.Namespace) -> Result:
    gone = actions.withdraw_from_case(
        args.case, args.sha256, reason=args.reason, authority=args.authority, by=args.by
    )
    said = (
        "deleted its bytes; the log keeps the tombstone"
        if gone
        else "there were no bytes left to delete"
    )
    notes = [
        "copies, backups and bundles made before still hold it; seal the case again before the "
        "next export"
    ]
    return Result({"ok": True, "deleted": gone}, [said], notes)


def _prove(args: argparse.Namespace) -> Result:
    proof = actions.prove_entry(args.case, args.entry)
    return Result({"ok": True, "proof": proof}, proof.rstrip("\n").split("\n"))


def _key(args: argparse.Namespace) -> Result:
    if args.key_action == "new":
        public = actions.new_case_key(args.file, name=args.name)
        notes = [
            f"{args.file} is secret and not encrypted: keep it off this machine, and publish the "
            "line above"
        ]
        return Result({"ok": True, "key": str(public), "file": args.file}, [str(public)], notes)
    public = actions.case_key(args.file).public
    return Result({"ok": True, "key": str(public)}, [str(public)])


def _demo(args: argparse.Namespace) -> Result:
    shown = actions.show_evidence(args.out)
    lines = ["# added, logged, sealed, exported", *shown.log]
    lines += verdict_result(shown.sound, what="bundle").lines
    lines += [
        f"# one bit of {shown.flipped} flipped",
        *verdict_result(shown.broken, what="bundle").lines,
    ]
    data = {
        "ok": shown.sound.ok and not shown.broken.ok,
        "sound": shown.sound.as_json(),
        "broken": shown.broken.as_json(),
    }
    return Result(data, lines, exit_code=0 if data["ok"] else 1)
