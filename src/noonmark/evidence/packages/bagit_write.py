"""BagIt: bags of version 1.0 written around a payload.

**Method** RFC 8493 (2018). **Authority** tests/evidence/test_bagit.py: what is written is judged by
bagit-python, where that is installed, and always by our own reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from noonmark.errors import InputError, OutsideError
from noonmark.evidence.packages import tree
from noonmark.evidence.packages.tree import Digests

Info = Sequence[tuple[str, str]]
"""Label and value of each line of bag-info.txt."""
_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write(
    root: Path,
    members: Iterable[tuple[str, Path]],
    *,
    info: Info,
    hashes: Sequence[str] = ("sha256",),
) -> int:
    """Write a bag into the new folder ``root`` by copying; the number of payload files.

    ``members`` are name and source of each payload file.
    """
    try:
        (root / "data").mkdir(parents=True)
    except OSError as error:
        raise OutsideError(f"{root}: {error.strerror}", code="package-unwritable") from None
    stated: dict[str, dict[str, str]] = {kind: {} for kind in hashes}
    total = 0
    for name, source in members:
        if not tree.inside(name):
            raise InputError(f"{name!r} can not be a name in a bag", code="bag-path")
        target = root / "data" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        for kind, digest in tree.digests(source, hashes, into=target).items():
            stated[kind][name] = digest
        total += target.stat().st_size
    return finish(root, stated, total, info)


def finish(root: Path, stated: Mapping[str, Digests], size: int, info: Info) -> int:
    """Write the tag files around the payload in ``root/data``; the number of payload files.

    ``stated`` gives, by hash, the digest of each name; ``size`` is the payload's [bytes].
    """
    count = len(next(iter(stated.values()), {}))
    tags = {
        "bagit.txt": _DECLARATION,
        "bag-info.txt": _info_text([*info, ("Payload-Oxum", f"{size}.{count}")]),
    }
    for kind, names in stated.items():
        lines = [f"{digest}  data/{_encoded(name)}\n" for name, digest in names.items()]
        tags[f"manifest-{kind}.txt"] = "".join(sorted(lines))
    for name, text in tags.items():
        (root / name).write_text(text, encoding="utf-8", newline="\n")
    for kind in stated:
        _write_tag_manifest(root, kind, sorted(tags))
    return count


def _info_text(pairs: Info) -> str:
    """The text of bag-info.txt; a value keeps to one line."""
    lines = []
    for label, value in pairs:
        one_line = " ".join(value.split())
        lines.append(f"{label}: {one_line}\n")
    return "".join(lines)


def _write_tag_manifest(root: Path, kind: str, names: Sequence[str]) -> None:
    """Write the list of the tag files' digests by one hash."""
    lines = []
    for name in names:
        digest = tree.digests(root / name, [kind])[kind]
        lines.append(f"{digest}  {name}\n")
    path = root / f"tagmanifest-{kind}.txt"
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _encoded(name: str) -> str:
    """A name as a manifest writes it, percent sign and line ends encoded [RFC 8493 2.1.3]."""
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
