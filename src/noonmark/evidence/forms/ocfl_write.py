"""OCFL: an object of version 1.1 with one version, written around content that is already in its place.

**Method** Oxford Common File Layout 1.1 (2022). **Authority** tests/evidence/test_ocfl.py holds what is written against
ocfl-py, where that is installed, and always against our own judge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.forms import tree


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

    ``known`` gives the SHA-256 that each file must have; it goes into the inventory as a second digest.
    """
    content = root / "v1" / "content"
    manifest: dict[str, list[str]] = {}
    state: dict[str, list[str]] = {}
    second: dict[str, list[str]] = {}
    for name, digest in sorted(known.items()):
        if not tree.inside(name):
            raise InputError(f"{name!r} can not be a name in an OCFL object", code="ocfl-path")
        found = tree.digests(content / name, ["sha512", "sha256"])
        if found["sha256"] != digest:
            raise EvidenceError(f"{name} is not what was sealed: expected {digest}", code="object-differs")
        manifest.setdefault(found["sha512"], []).append(f"v1/content/{name}")
        second.setdefault(digest, []).append(f"v1/content/{name}")
        state.setdefault(found["sha512"], []).append(name)
    version = {
        "created": created,
        "message": message,
        "user": {"name": user, "address": f"urn:noonmark:alias:{user.encode().hex()}"},
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
    text = json.dumps(inventory, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    for folder in (root / "v1", root):
        path = folder / "inventory.json"
        path.write_text(text, encoding="utf-8", newline="\n")
        line = f"{tree.digests(path, ['sha512'])['sha512']}  inventory.json\n"
        (folder / "inventory.json.sha512").write_text(line, encoding="ascii", newline="\n")
    (root / "0=ocfl_object_1.1").write_text("ocfl_object_1.1\n", encoding="ascii", newline="\n")
    return len(known)
