"""A case: files kept as they came, a log of everything done to them, seals that a stranger can check."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark import bench
from noonmark.cli import tell
from noonmark.cli.tell import Result

_UNKNOWN = "unknown"
# Acts with a module of their own, each with add_arguments and run, and one line of help.
_APART = {
    "stamp": ("noonmark.cli.case_stamp", "have the newest seal time-stamped, or judge the stamps that are kept"),
    "import": ("noonmark.cli.case_import", "take in a BagIt bag, a WACZ, an auto-archiver folder, a list of hashes"),
    "claims": ("noonmark.cli.case_claims", "what items state of their own making (C2PA); nobody is asked"),
    "source": ("noonmark.cli.case_source", "identities of sources, each in an age file of its own"),
    "lock": ("noonmark.cli.case_lock", "put the whole case into one age file"),
    "unlock": ("noonmark.cli.case_unlock", "open a locked case"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each act."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _keeping(acts)
    _checking(acts)
    _leaving(acts)
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
    counts = f"{checked['files']} files, {checked['bytes']} bytes, {checked['log_entries']} log entries"
    lines = [f"!! {p.code}: {p.where}: expected {p.expected}, got {p.found}" for p in verdict.problems]
    lines += [f"key      {key}" for key in verdict.keys]
    lines += [f"{what}: {counts}: " + ("sound" if verdict.ok else f"NOT SOUND, {len(verdict.problems)} problems")]
    return Result(verdict.as_json(), lines, verdict.notes, 0 if verdict.ok else 1)


def _keeping(acts: Any) -> None:
    new = _act(acts, "new", "make a case in a new folder")
    _who(new)
    add = _act(acts, "add", "keep files, or all files below folders; the originals are not touched")
    add.add_argument("files", metavar="FILE", nargs="+", help="a file or a folder; links are refused")
    add.add_argument("--source-note", metavar="TEXT", help="how they came, in words; it goes into the log for good")
    add.add_argument("--url", default=_UNKNOWN, help="where they were published")
    add.add_argument("--source", metavar="ALIAS", default=_UNKNOWN, help="who gave them: an alias, never a name")
    add.add_argument("--collector", metavar="ALIAS", default=_UNKNOWN, help="who collected them: an alias")
    add.add_argument("--collected-at", metavar="TIME", default=_UNKNOWN, help="when; RFC 3339 with an offset or Z")
    add.add_argument("--time-basis", metavar="TEXT", default=_UNKNOWN, help="how that time is known")
    add.add_argument("--method", metavar="TEXT", default="added from a disk", help="how they were collected")
    add.add_argument("--legal-basis", metavar="TEXT", default=_UNKNOWN, help="on what ground they may be held")
    _who(add)
    log = _act(acts, "log", "print the log: who did what to which bytes, when")
    log.add_argument("--item", metavar="SHA256", help="only entries that name this item")
    log.add_argument("--kind", help="only entries of this kind: item, access, export, seal, ...")
    _act(acts, "show", "how much the case holds, and its newest seal")


def _checking(acts: Any) -> None:
    audit = _act(acts, "audit", "check every byte, the log, the seals, and what is derived from them")
    audit.add_argument("--key", metavar="PUB", help="the signer's public key, or a file with it, from elsewhere")
    audit.add_argument("--checkpoint", metavar="FILE", type=Path, help="a checkpoint given out earlier")
    audit.add_argument("--quick", action="store_true", help="do not read the objects; nothing is logged")
    audit.add_argument("--no-log", action="store_true", help="do not log that it was checked")
    _who(audit)
    seal = _act(acts, "seal", "check again, then sign the state of the case")
    seal.add_argument("--key", metavar="FILE", type=Path, required=True, help="the secret key: case key new FILE")
    seal.add_argument("--note", metavar="TEXT", help="for the log")
    seal.add_argument("--despite-problems", action="store_true", help="sign although the check found problems")
    _who(seal)
    demo = acts.add_parser(
        "demo", help="one made and sealed, one bit flipped, and found", description="A case in a minute."
    )
    demo.add_argument("out", metavar="DIR", type=Path, help="a new folder")
    key = acts.add_parser("key", help="make a signing key, or show its public half", description="Signing keys.")
    key.add_argument("key_action", choices=("new", "show"))
    key.add_argument("file", metavar="FILE", type=Path, help="outside of every case")
    key.add_argument("--name", default="noonmark", help="whose key it is, such as example.org/desk; it is published")


def _leaving(acts: Any) -> None:
    export = _act(acts, "export", "write the newest seal as a folder that a stranger can check")
    export.add_argument("out", metavar="OUT", type=Path, help="a new folder")
    export.add_argument("--as", dest="form", default="bundle", help="bundle, bagit, ocfl or ro-crate")
    export.add_argument("--only", metavar="SHA256", action="append", default=[], help="show this item and no other")
    export.add_argument("--key", metavar="FILE", type=Path, help="the secret key; needed with --only")
    _who(export)
    get = _act(acts, "get", "copy an item out; the access is logged")
    get.add_argument("sha256", metavar="SHA256")
    get.add_argument("out", metavar="OUT", type=Path, help="a new file")
    get.add_argument("--purpose", metavar="TEXT", required=True, help="what for; it goes into the log")
    _who(get)
    transfer = _act(acts, "transfer", "log that items went from one hand to another")
    transfer.add_argument("items", metavar="SHA256", nargs="*", help="left out: all")
    transfer.add_argument("--giver", metavar="ALIAS", required=True)
    transfer.add_argument("--taker", metavar="ALIAS", required=True)
    transfer.add_argument("--means", metavar="TEXT", required=True, help="how: on a sealed disk, by courier, ...")
    transfer.add_argument("--note", metavar="TEXT")
    _who(transfer)
    withdraw = _act(acts, "withdraw", "delete an item's bytes; the log keeps a tombstone and still verifies")
    withdraw.add_argument("sha256", metavar="SHA256")
    withdraw.add_argument("--reason", metavar="TEXT", required=True, help="it goes into the log")
    withdraw.add_argument("--authority", metavar="ALIAS", help="whose decision; left out: yours")
    _who(withdraw)
    prove = _act(acts, "prove", "a proof that one entry is under the newest seal")
    prove.add_argument("entry", metavar="NUMBER", type=int)


def _act(acts: Any, name: str, said: str) -> Any:
    act = acts.add_parser(name, help=said, description=said[0].upper() + said[1:] + ".")
    act.add_argument("case", metavar="DIR", type=Path, help="the case's folder")
    return act


def _who(act: Any) -> None:
    act.add_argument("--by", metavar="ALIAS", default="analyst-1", help="who acts: an alias, never a name")


def _new(args: argparse.Namespace) -> Result:
    origin = bench.new_case(args.case, by=args.by)
    lines = [f"made the case {args.case}", f"origin   {origin}"]
    return Result({"ok": True, "case": args.case, "origin": origin}, lines)


def _add(args: argparse.Namespace) -> Result:
    collection = bench.Collection(
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
        done = bench.add_to_case(args.case, args.files, by=args.by, collection=collection, share=progress.step)
    lines = [f"{one['sha256']}  {one['name']}{'' if one['new'] else '  (bytes already held)'}" for one in done.added]
    lines += [f"... and {done.files - len(done.added)} more"] if done.files > len(done.added) else []
    lines += [f"!! not kept: {one['message']}" for one in done.refused]
    lines += [f"kept {done.files} files ({done.new} new), {done.bytes} bytes; refused {done.refused_files}"]
    notes = [f"{name} is unknown: --{name.replace('_', '-')} says it" for name in _unsaid(args)]
    return Result({"ok": not done.refused_files, **vars(done)}, lines, notes, 2 if done.refused_files else 0)


def _unsaid(args: argparse.Namespace) -> list[str]:
    return [name for name in ("collected_at", "legal_basis", "source") if getattr(args, name) == _UNKNOWN]


def _log(args: argparse.Namespace) -> Result:
    found = bench.case_history(args.case, item=args.item, kind=args.kind)
    rows = ({"index": e.index, "at": e.at, "by": e.by, "kind": e.kind, "facts": e.facts, "tool": e.tool} for e in found)
    if args.json:
        return Result({"ok": True, "entries": list(rows)})
    return Result({}, [f"{row['index']:>6}  {row['at']}  {row['by']:<14} {_short(row)}" for row in rows])


def _short(row: Mapping[str, Any]) -> str:
    facts = row["facts"]
    told = {
        "item": lambda: f"{facts['sha256']} {facts['size']} bytes, claimed name {facts['claims'].get('name', '')}",
        "case": lambda: f"{facts['origin']}",
        "seal": lambda: f"{facts['items']} items, {facts['bytes']} bytes, by {facts['key']}",
    }
    text = told.get(row["kind"], lambda: ", ".join(f"{name} {value}" for name, value in facts.items()))()
    return f"{row['kind']:<10} {text}"


def _show(args: argparse.Namespace) -> Result:
    found = bench.case_summary(args.case)
    seal = found["seal"]
    newest = f"sealed   at {seal['size']} entries by {seal['key']}" if seal else "sealed   never"
    lines = [f"origin   {found['origin']}", f"log      {found['log_entries']} entries"]
    lines += [f"items    {found['items']}, {found['bytes']} bytes", newest]
    return Result({"ok": True, **found}, lines)


def _audit(args: argparse.Namespace) -> Result:
    with tell.Progress("checking") as progress:
        verdict = bench.audit_case(
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
        seal = bench.seal_case(
            args.case, args.key, by=args.by, note=args.note, despite=args.despite_problems, share=progress.step
        )
    checkpoint = seal.checkpoint
    data = {"ok": True, "size": seal.size, "root": seal.root.hex(), "key": seal.key, "checkpoint": checkpoint}
    lines = [f"sealed {seal.size} log entries by {seal.key}", *checkpoint.rstrip("\n").split("\n")]
    return Result(data, lines, ["send the checkpoint to someone else: what it covers can't be rewritten unseen"])


def _export(args: argparse.Namespace) -> Result:
    with tell.Progress("exporting") as progress:
        written, behind = bench.export_case(
            args.case, args.out, by=args.by, form=args.form, only=args.only, key=args.key, share=progress.step
        )
    lines = [f"wrote {args.out}: {written.items} items, {written.files} files, {written.bytes} bytes"]
    lines += [f"to check it: python3 {args.out}/verify.py"] if args.form == "bundle" else []
    notes = [f"{behind} entries are newer than the seal and were left out: seal again to include them"]
    data = {
        "ok": True,
        "form": args.form,
        **{k: v for k, v in vars(written).items() if k != "folder"},
        "behind": behind,
    }
    return Result({**data, "out": args.out}, lines, notes if behind else [])


def _get(args: argparse.Namespace) -> Result:
    size = bench.get_item(args.case, args.sha256, args.out, purpose=args.purpose, by=args.by)
    return Result({"ok": True, "out": args.out, "bytes": size}, [f"wrote {args.out}, {size} bytes"])


def _transfer(args: argparse.Namespace) -> Result:
    number = bench.hand_over(
        args.case, args.items, giver=args.giver, taker=args.taker, means=args.means, note=args.note, by=args.by
    )
    return Result({"ok": True, "entry": number}, [f"logged as entry {number}"])


def _withdraw(args: argparse.Namespace) -> Result:
    gone = bench.withdraw_from_case(args.case, args.sha256, reason=args.reason, authority=args.authority, by=args.by)
    said = "deleted its bytes; the log keeps the tombstone" if gone else "there were no bytes left to delete"
    notes = ["copies, backups and bundles made before still hold it; seal the case again before the next export"]
    return Result({"ok": True, "deleted": gone}, [said], notes)


def _prove(args: argparse.Namespace) -> Result:
    proof = bench.prove_entry(args.case, args.entry)
    return Result({"ok": True, "proof": proof}, proof.rstrip("\n").split("\n"))


def _key(args: argparse.Namespace) -> Result:
    if args.key_action == "new":
        public = bench.new_case_key(args.file, name=args.name)
        notes = [f"{args.file} is secret and not encrypted: keep it off this machine, and publish the line above"]
        return Result({"ok": True, "key": str(public), "file": args.file}, [str(public)], notes)
    public = bench.case_key(args.file).public
    return Result({"ok": True, "key": str(public)}, [str(public)])


def _demo(args: argparse.Namespace) -> Result:
    shown = bench.show_evidence(args.out)
    lines = ["# added, logged, sealed, exported", *shown.log]
    lines += verdict_result(shown.sound, what="bundle").lines
    lines += [f"# one bit of {shown.flipped} flipped", *verdict_result(shown.broken, what="bundle").lines]
    data = {
        "ok": shown.sound.ok and not shown.broken.ok,
        "sound": shown.sound.as_json(),
        "broken": shown.broken.as_json(),
    }
    return Result(data, lines, exit_code=0 if data["ok"] else 1)
