"""The arguments of ``noonmark case``: one sub-command for each act."""

from __future__ import annotations

from pathlib import Path
from typing import Any

UNKNOWN = "unknown"


def keeping_acts(acts: Any) -> None:
    """The acts that make, fill and read a case."""
    new = _act(acts, "new", "make a case in a new folder")
    _who(new)
    add = _act(acts, "add", "keep files, or all files below folders; the originals are not touched")
    add.add_argument(
        "files", metavar="FILE", nargs="+", help="a file or a folder; links are refused"
    )
    add.add_argument(
        "--source-note",
        metavar="TEXT",
        help="how they came, in words; it goes into the log for good",
    )
    add.add_argument("--url", default=UNKNOWN, help="where they were published")
    add.add_argument(
        "--source", metavar="ALIAS", default=UNKNOWN, help="who gave them: an alias, never a name"
    )
    add.add_argument(
        "--collector", metavar="ALIAS", default=UNKNOWN, help="who collected them: an alias"
    )
    add.add_argument(
        "--collected-at",
        metavar="TIME",
        default=UNKNOWN,
        help="when; RFC 3339 with an offset or Z",
    )
    add.add_argument("--time-basis", metavar="TEXT", default=UNKNOWN, help="how that time is known")
    add.add_argument(
        "--method", metavar="TEXT", default="added from a disk", help="how they were collected"
    )
    add.add_argument(
        "--legal-basis", metavar="TEXT", default=UNKNOWN, help="on what ground they may be held"
    )
    _who(add)
    log = _act(acts, "log", "print the log: who did what to which bytes, when")
    log.add_argument("--item", metavar="SHA256", help="only entries that name this item")
    log.add_argument("--kind", help="only entries of this kind: item, access, export, seal, ...")
    _act(acts, "show", "how much the case holds, and its newest seal")


def checking_acts(acts: Any) -> None:
    """The acts that check, seal and prove."""
    audit = _act(
        acts, "audit", "check every byte, the log, the seals, and what is derived from them"
    )
    audit.add_argument(
        "--key", metavar="PUB", help="the signer's public key, or a file with it, from elsewhere"
    )
    audit.add_argument(
        "--checkpoint", metavar="FILE", type=Path, help="a checkpoint given out earlier"
    )
    audit.add_argument(
        "--quick", action="store_true", help="do not read the objects; nothing is logged"
    )
    audit.add_argument("--no-log", action="store_true", help="do not log that it was checked")
    _who(audit)
    seal = _act(acts, "seal", "check again, then sign the state of the case")
    seal.add_argument(
        "--key", metavar="FILE", type=Path, required=True, help="the secret key: case key new FILE"
    )
    seal.add_argument("--note", metavar="TEXT", help="for the log")
    seal.add_argument(
        "--despite-problems", action="store_true", help="sign although the check found problems"
    )
    _who(seal)
    demo = acts.add_parser(
        "demo",
        help="one made and sealed, one bit flipped, and found",
        description="A case in a minute.",
    )
    demo.add_argument("out", metavar="DIR", type=Path, help="a new folder")
    key = acts.add_parser(
        "key", help="make a signing key, or show its public half", description="Signing keys."
    )
    key.add_argument("key_action", choices=("new", "show"))
    key.add_argument("file", metavar="FILE", type=Path, help="outside of every case")
    key.add_argument(
        "--name",
        default="noonmark",
        help="whose key it is, such as example.org/desk; it is published",
    )


def leaving_acts(acts: Any) -> None:
    """The acts by which something leaves a case."""
    _export(acts)
    get = _act(acts, "get", "copy an item out; the access is logged")
    get.add_argument("sha256", metavar="SHA256")
    get.add_argument("out", metavar="OUT", type=Path, help="a new file")
    get.add_argument(
        "--purpose", metavar="TEXT", required=True, help="what for; it goes into the log"
    )
    _who(get)
    transfer = _act(acts, "transfer", "log that items went from one hand to another")
    transfer.add_argument("items", metavar="SHA256", nargs="*", help="left out: all")
    transfer.add_argument("--giver", metavar="ALIAS", required=True)
    transfer.add_argument("--taker", metavar="ALIAS", required=True)
    transfer.add_argument(
        "--means", metavar="TEXT", required=True, help="how: on a sealed disk, by courier, ..."
    )
    transfer.add_argument("--note", metavar="TEXT")
    _who(transfer)
    withdraw = _act(
        acts, "withdraw", "delete an item's bytes; the log keeps a tombstone and still verifies"
    )
    withdraw.add_argument("sha256", metavar="SHA256")
    withdraw.add_argument("--reason", metavar="TEXT", required=True, help="it goes into the log")
    withdraw.add_argument("--authority", metavar="ALIAS", help="whose decision; left out: yours")
    _who(withdraw)
    prove = _act(acts, "prove", "a proof that one entry is under the newest seal")
    prove.add_argument("entry", metavar="NUMBER", type=int)


def _export(acts: Any) -> None:
    export = _act(acts, "export", "write the newest seal as a folder that a stranger can check")
    export.add_argument("out", metavar="OUT", type=Path, help="a new folder")
    export.add_argument(
        "--as", dest="form", default="bundle", help="bundle, bagit, ocfl or ro-crate"
    )
    export.add_argument(
        "--only", metavar="SHA256", action="append", default=[], help="show this item and no other"
    )
    export.add_argument(
        "--key", metavar="FILE", type=Path, help="the secret key; needed with --only"
    )
    export.add_argument(
        "--despite-restriction",
        metavar="REASON",
        help="export what an agreement with a source stops; the reason is logged",
    )
    export.add_argument(
        "--despite",
        metavar=("CODE", "REASON"),
        nargs=2,
        action="append",
        default=[],
        help="export what a refusal of that code stops; the reason is logged; repeatable",
    )
    _who(export)


def _act(acts: Any, name: str, said: str) -> Any:
    act = acts.add_parser(name, help=said, description=said[0].upper() + said[1:] + ".")
    act.add_argument("case", metavar="DIR", type=Path, help="the case's folder")
    return act


def _who(act: Any) -> None:
    act.add_argument(
        "--by", metavar="ALIAS", default="analyst-1", help="who acts: an alias, never a name"
    )
