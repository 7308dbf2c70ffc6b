"""OCFL: objects of version 1.1 with one version, written around content that is in its place.

**Method** Oxford Common File Layout 1.1 (2022). **Authority** tests/evidence/test_ocfl.py judges
what is written with ocfl-py, where that is installed, and always with our own reader.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.packages import tree


def finish(
    root: Path,
    known: Mapping[str, str],
    *,
    identifier: str,
    created: str,
    message: str,
    user: str,
) -> int:
    """Make ``root``, whose ``v1/content`` holds these files, an object; the number of files.

    ``known`` gives the SHA-256 that each file must have; it goes into the inventory as a second
    digest, beside the SHA-512 that OCFL advises.
    """
    manifest: dict[str, list[str]] = {}
    state: dict[str, list[str]] = {}
    second: dict[str, list[str]] = {}
    for name, digest in sorted(known.items()):
        path = f"v1/content/{name}"
        sha512 = _checked_sha512(root / path, name, digest)
        manifest.setdefault(sha512, []).append(path)
        second.setdefault(digest, []).append(path)
        state.setdefault(sha512, []).append(name)
    version = {
        "created": created,
        "message": message,
        "user": {
            "name": user,
            "address": f"urn:noonmark:alias:{user.encode().hex()}",
        },
        "state": state,
    }
    inventory: dict[str, Any] = {
        "id": identifier,
        "type": "https://ocfl.io/1.1/spec/#inventory",
        "digestAlgorithm": "sha512",
        "head": "v1",
        "manifest": manifest,
        "versions": {"v1": version},
        "fixity": {"sha256": second},
    }
    for folder in (root / "v1", root):
        _write_inventory(folder, inventory)
    declaration = root / "0=ocfl_object_1.1"
    declaration.write_text("ocfl_object_1.1\n", encoding="ascii", newline="\n")
    return len(known)


def _checked_sha512(path: Path, name: str, sha256: str) -> str:
    """The SHA-512 of a file that must have that SHA-256, in one pass."""
    if not tree.inside(name):
        raise InputError(f"{name!r} can not be a name in an OCFL object", code="ocfl-path")
    found = tree.digests(path, ["sha512", "sha256"])
    if found["sha256"] != sha256:
        raise EvidenceError(
            f"{name} is not what was sealed: expected {sha256}",
            code="object-differs",
        )
    return found["sha512"]


def _write_inventory(folder: Path, inventory: Mapping[str, Any]) -> None:
    """Write an inventory and, beside it, its digest."""
    text = json.dumps(inventory, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    path = folder / "inventory.json"
    path.write_text(text, encoding="utf-8", newline="\n")
    digest = tree.digests(path, ["sha512"])["sha512"]
    beside = folder / "inventory.json.sha512"
    beside.write_text(f"{digest}  inventory.json\n", encoding="ascii", newline="\n")
