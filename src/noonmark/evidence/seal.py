"""Sealing: a signed checkpoint and a signed manifest of one state of a case.

A seal's folder holds ``checkpoint``, ``manifest``, ``key``, ``README.txt`` and ``verify.py``: all
that a full bundle needs beside the log's first lines and the objects, so that exporting needs no
key.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from secrets import token_hex

from noonmark import values
from noonmark.errors import EvidenceError
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.disk import (
    FOLDER_MODE,
    OBJECT_MODE,
    named_failure,
    sync_folder,
    write_synced,
)
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.log import instant
from noonmark.evidence.note import SigningKey, checkpoint_text
from noonmark.evidence.recovery import SEALING
from noonmark.evidence.vault import Vault

_STEP_BYTES = 1 << 20


@dataclass(frozen=True)
class Member:
    """A file of a bundle: digest, size, path."""

    sha256: str
    size_bytes: int
    path: str


@dataclass(frozen=True)
class Seal:
    """A seal that is on disk: the log's size, its root, and the folder with the signed notes."""

    size: int
    root: bytes
    folder: Path
    key: str

    @property
    def checkpoint(self) -> str:
        """The signed checkpoint: the text to send away."""
        return (self.folder / "checkpoint").read_text("utf-8")


def seal(
    vault: Vault,
    key: SigningKey,
    *,
    note: str | None = None,
    now: Callable[[], datetime] = values.now,
) -> Seal:
    """Log the sealing, sign the state of the case, and keep the seal under ``seals/``."""
    _refuse_another_history(vault)
    kept = vault.present()
    noted = {"note": note} if note else {}
    total = sum(kept.values())
    act = vault.begin(SEALING, size=vault.log.size + 1)
    vault.append(fact("seal", key=str(key.public), items=len(kept), bytes=total, **noted))
    size, root = vault.log.size, vault.log.root()
    files = {
        "README.txt": packaged("README_bundle.txt"),
        "verify.py": packaged("verify.py"),
        "key": f"{key.public}\n".encode(),
        "checkpoint": key.sign(checkpoint_text(vault.origin, size, root)).encode(),
    }
    members = _members(vault, size, files, kept)
    text = manifest_text(vault.origin, "full", instant(now()), size, root, members)
    files["manifest"] = key.sign(text).encode()
    folder = _keep(vault, size, files)
    act.end()
    return Seal(size, root, folder, str(key.public))


def _members(
    vault: Vault, size: int, files: dict[str, bytes], kept: dict[str, int]
) -> list[Member]:
    """The members of the full bundle that a seal allows.

    They are the seal's own files, the checkpoints of earlier seals, the objects kept, and the
    log's first ``size`` entries.
    """
    members = []
    for name, data in files.items():
        path = "log/checkpoint" if name == "checkpoint" else name
        members.append(Member(sha256_hex(data), len(data), path))
    for at, earlier in earlier_seals(vault, size):
        members.append(_member_of(earlier / "checkpoint", f"log/seals/{at}"))
    for digest, length in kept.items():
        members.append(Member(digest, length, object_path(digest)))
    length = vault.log.length_bytes(size)
    members.append(_first_bytes(vault.log.folder / "entries", length, "log/entries"))
    return members


def latest_seal(vault: Vault) -> Seal | None:
    """The newest seal of a case, or ``None``."""
    found = earlier_seals(vault, vault.log.size + 1)
    if not found:
        return None
    size, folder = found[-1]
    key = (folder / "key").read_text("ascii").rstrip("\n")
    return Seal(size, vault.log.root(size), folder, key)


def earlier_seals(vault: Vault, size: int) -> list[tuple[int, Path]]:
    """The seals of a case at sizes below one, the oldest first."""
    folder = vault.folder / "seals"
    if not folder.is_dir():
        return []
    sizes = sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal())
    return [(at, folder / str(at)) for at in sizes if at < size]


def manifest_text(
    origin: str,
    disclosure: str,
    sealed: str,
    size: int,
    root: bytes,
    members: Iterable[Member],
) -> str:
    """The body of a manifest, its members in the order of their paths."""
    rows = sorted(members, key=lambda member: member.path)
    head = f"noonmark-bundle/v1\norigin {origin}\ndisclosure {disclosure}\nsealed {sealed}\n"
    head += f"log {size} {base64.b64encode(root).decode()}\nmembers {len(rows)}\n"
    return head + "".join(f"{row.sha256} {row.size_bytes} {row.path}\n" for row in rows)


def object_path(sha256: str) -> str:
    """Where an object stands in a bundle."""
    return f"objects/{sha256[:2]}/{sha256}"


def packaged(name: str) -> bytes:
    """A file that is shipped beside this module: the checker, or the readme of a bundle."""
    return resources.files("noonmark.evidence").joinpath(name).read_bytes()


def _member_of(path: Path, name: str) -> Member:
    """A small file as a member of that name."""
    data = path.read_bytes()
    return Member(sha256_hex(data), len(data), name)


def _first_bytes(path: Path, length: int, name: str) -> Member:
    """The digest of a file's first bytes."""
    state = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        left = length
        while left:
            chunk = file.read(min(left, _STEP_BYTES))
            if not chunk:
                raise EvidenceError(f"{name} ends {left} bytes early", code="log-cut")
            state.update(chunk)
            left -= len(chunk)
    return Member(state.hexdigest(), length, name)


def _refuse_another_history(vault: Vault) -> None:
    """Refuse to sign a checkpoint that contradicts one signed before [tlog-checkpoint, Signatures].

    Two such checkpoints would show that the log was rewritten.
    """
    for at, folder in earlier_seals(vault, 1 << 62):
        lines = (folder / "checkpoint").read_text("utf-8", "replace").split("\n")
        root = "a longer log"
        if at <= vault.log.size:
            root = base64.b64encode(vault.log.root(at)).decode()
        if lines[:3] != [vault.origin, str(at), root]:
            raise EvidenceError(
                f"the log is not the one that was sealed at {at} entries",
                code="history-differs",
                hint="noonmark case audit names what differs; nothing was signed",
            )


def _keep(vault: Vault, size: int, files: dict[str, bytes]) -> Path:
    """Write a seal's files to ``stage/``, synchronise them, and give the folder its name."""
    staged = vault.folder / "stage" / f"seal-{token_hex(8)}"
    folder = vault.folder / "seals" / str(size)
    with named_failure():
        staged.mkdir(mode=FOLDER_MODE)
        for name, data in files.items():
            write_synced(staged / name, data, mode=OBJECT_MODE)
        sync_folder(staged)
        os.rename(staged, folder)
        sync_folder(folder.parent)
    return folder
