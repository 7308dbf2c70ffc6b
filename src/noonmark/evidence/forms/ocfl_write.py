"""OCFL: an object of version 1.1 with one version, written.

**Method** Oxford Common File Layout 1.1 (2022). **Authority** tests/evidence/test_ocfl.py holds what is written against
ocfl-py, where that is installed, and always against our own judge.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, OutsideError
from noonmark.evidence.forms import tree


def write(
    root: Path,
    members: Iterable[tuple[str, Path]],
    *,
    identifier: str,
    created: str,
    message: str,
    user: str,
    address: str,
    fixity: Sequence[str] = ("sha256",),
) -> int:
    """Write an object of OCFL 1.1 with one version into the new folder ``root``; the number of files."""
    content = root / "v1" / "content"
    try:
        content.mkdir(parents=True)
    except OSError as error:
        raise OutsideError(f"{root}: {error.strerror}", code="package-unwritable") from None
    manifest: dict[str, list[str]] = {}
    state: dict[str, list[str]] = {}
    extra: dict[str, dict[str, list[str]]] = {kind: {} for kind in fixity}
    count = 0
    for name, source in members:
        if not tree.inside(name):
            raise InputError(f"{name!r} can not be a name in an OCFL object", code="ocfl-path")
        target = content / name
        target.parent.mkdir(parents=True, exist_ok=True)
        found = tree.digests(source, ["sha512", *fixity], into=target)
        if found["sha512"] in manifest:
            target.unlink()  # the same bytes are kept once
        else:
            manifest[found["sha512"]] = [f"v1/content/{name}"]
            for kind in fixity:
                extra[kind].setdefault(found[kind], []).append(f"v1/content/{name}")
        state.setdefault(found["sha512"], []).append(name)
        count += 1
    inventory: dict[str, Any] = {
        "id": identifier,
        "type": "https://ocfl.io/1.1/spec/#inventory",
        "digestAlgorithm": "sha512",
        "head": "v1",
        "manifest": manifest,
        "versions": {
            "v1": {
                "created": created,
                "message": message,
                "user": {"name": user, "address": address},
                "state": state,
            }
        },
        "fixity": extra,
    }
    _finish(root, inventory)
    return count


def _finish(root: Path, inventory: Mapping[str, Any]) -> None:
    """The inventory in its two places with its sidecars, no empty folders, and the declaration last."""
    content = root / "v1" / "content"
    for name in sorted(tree.folders(content), key=len, reverse=True):
        if not any((content / name).iterdir()):
            (content / name).rmdir()
    text = json.dumps(inventory, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    for folder in (root / "v1", root):
        path = folder / "inventory.json"
        path.write_text(text, encoding="utf-8", newline="\n")
        line = f"{tree.digests(path, ['sha512'])['sha512']}  inventory.json\n"
        (folder / "inventory.json.sha512").write_text(line, encoding="ascii", newline="\n")
    (root / "0=ocfl_object_1.1").write_text("ocfl_object_1.1\n", encoding="ascii", newline="\n")
