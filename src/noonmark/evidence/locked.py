"""A locked case: the whole folder in one age file, so that a seized disk shows neither names, counts nor aliases.

``CASE.locked/case.age`` holds a tar archive of the folder, encrypted to a key made for this one time;
``CASE.locked/key.age`` holds that key, to a passphrase or to recipients. Any age program opens both. The folder is
taken away only after the archive has been opened again and every file in it compared.

What this does not do: overwrite what a solid-state disk keeps, clear memory or swap, or help against a passphrase that
is given up. The size of the archive shows the size of the case.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_hex
from typing import IO

from noonmark.errors import EvidenceError, InputError, NoonmarkError
from noonmark.evidence import age
from noonmark.evidence.facts import fact
from noonmark.evidence.lock import hold, release
from noonmark.evidence.store import disk_failure, named_failure, sync_folder
from noonmark.evidence.vault import MARKER, open_vault

ARCHIVE, KEY, README = "case.age", "key.age", "README.txt"
_TOLD = """This folder is a locked Noonmark case.

To open it with Noonmark:   noonmark case unlock FOLDER CASE
To open it without:         age -d key.age > key.txt
                            age -d -i key.txt case.age | tar x
"""


def lock(case: Path, out: Path, *, by: str, passphrase: str | None = None, recipients: Sequence[str] = ()) -> int:
    """Lock the case folder into the new folder ``out`` and take the case away; the number of files within."""
    case = case.resolve()
    _refuse_place(out, apart_from=case)
    identity, recipient = age.new_identity()
    sealed_key = age.encrypt(f"{identity}\n".encode(), passphrase=passphrase, recipients=recipients)
    with open_vault(case, write=True, by=by) as vault:
        vault.append(fact("note", text="the case was locked"))
    handle = hold(case / "log" / "lock")
    part = out.absolute().with_name(f".{token_hex(8)}.part")
    try:
        with named_failure():
            part.mkdir(mode=0o700)
            with open(part / ARCHIVE, "xb") as target:
                _through_pipe(lambda pipe: _pack(case, pipe), lambda pipe: age.encrypt_stream(pipe, target, recipient))
                target.flush()
                os.fsync(target.fileno())
            for name, data in ((KEY, sealed_key), (README, _TOLD.encode())):
                with open(part / name, "xb") as small:
                    small.write(data)
                    small.flush()
                    os.fsync(small.fileno())
            count = _compare(case, part / ARCHIVE, identity)
            os.rename(part, out)
            sync_folder(out.absolute().parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    finally:
        release(handle)
    with named_failure():
        shutil.rmtree(case)
    return count


def unlock(locked: Path, case: Path, *, by: str, passphrase: str | None = None, identities: Sequence[str] = ()) -> int:
    """Open a locked case into the new folder ``case``; the number of files. The locked folder stays as it is."""
    _refuse_place(case, apart_from=locked.resolve())
    try:
        sealed_key = (locked / KEY).read_bytes()
    except OSError as error:
        raise InputError(
            f"{str(locked)!r} is not a locked case: {KEY}: {error.strerror}", code="not-locked", hint="name its folder"
        ) from None
    opened = age.decrypt(sealed_key, passphrase=passphrase, identities=identities)
    identity = age.identities_of(opened.decode("ascii", "replace"))[:1]
    part = case.absolute().with_name(f".{token_hex(8)}.part")
    try:
        with named_failure():
            part.mkdir(mode=0o700)
            counts: list[int] = []
            with open(locked / ARCHIVE, "rb") as source:
                _through_pipe(
                    lambda pipe: age.decrypt_stream(source, pipe, "".join(identity)),
                    lambda pipe: counts.append(_unpack(pipe, part)),
                )
            if not (part / MARKER).is_file():
                raise EvidenceError("the archive opens and holds no case", code="not-locked")
            os.rename(part, case)
            sync_folder(case.absolute().parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    with open_vault(case, write=True, by=by) as vault:
        vault.append(fact("note", text="the case was unlocked"))
    return counts[0]


def _refuse_place(folder: Path, *, apart_from: Path) -> None:
    """A new folder must not exist, nor lie in the folder that is packed and taken away."""
    if folder.exists() or folder.is_symlink():
        raise InputError(f"{str(folder)!r} exists already", code="file-exists", hint="give a new folder")
    if not folder.absolute().parent.is_dir():
        raise InputError(f"{str(folder.absolute().parent)!r} is no folder", code="file-unusable", hint="make it first")
    if folder.resolve().is_relative_to(apart_from):
        raise InputError(
            f"{str(folder)!r} lies inside {apart_from.name!r}", code="file-unusable", hint="give a folder beside it"
        )


def _through_pipe(write: Callable[[IO[bytes]], object], read: Callable[[IO[bytes]], object]) -> None:
    """Let one side write while the other reads; whichever fails first is told."""
    receiver, sender = os.pipe()
    troubles: list[BaseException] = []

    def writing() -> None:
        try:
            with open(sender, "wb", buffering=1 << 20) as pipe:
                write(pipe)
        except BaseException as error:  # told below, in the thread that asked
            troubles.append(error)

    thread = threading.Thread(target=writing)
    thread.start()
    try:
        with open(receiver, "rb", buffering=1 << 20) as pipe:
            read(pipe)
    except BaseException as error:
        troubles.append(error)
    thread.join()
    # A pipe that breaks is the other side's trouble: tell that one first.
    for trouble in sorted(troubles, key=lambda error: isinstance(error, BrokenPipeError)):
        if isinstance(trouble, NoonmarkError):
            raise trouble
        if isinstance(trouble, OSError):
            raise disk_failure(trouble)
        if isinstance(trouble, tarfile.TarError):
            raise EvidenceError(f"the archive is not whole: {trouble}", code="not-locked")
        raise trouble


def _pack(case: Path, pipe: IO[bytes]) -> None:
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.add(case, arcname="", filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without owner, group and times: they say who worked when, and carry no meaning in a case."""
    if not (member.isreg() or member.isdir()) or member.name == "log/lock":
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    return member


def _compare(case: Path, archive: Path, identity: str) -> int:
    """Open the archive again and hold every file against the folder; the number of files."""
    counts: list[int] = []
    with open(archive, "rb") as source:
        _through_pipe(
            lambda pipe: age.decrypt_stream(source, pipe, identity),
            lambda pipe: counts.append(_compare_stream(pipe, case)),
        )
    return counts[0]


def _compare_stream(pipe: IO[bytes], case: Path) -> int:
    seen = set()
    with tarfile.open(fileobj=pipe, mode="r|") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is None:
                continue
            with open(case / member.name, "rb") as original:
                same = _sha256(stream) == _sha256(original)
            if not same:
                raise EvidenceError(f"{member.name} changed while the case was locked", code="file-changed")
            seen.add(member.name)
    while pipe.read(1 << 16):
        pass  # to the end, so that the last step's seal is checked
    wanted = {p.relative_to(case).as_posix() for p in case.rglob("*") if p.is_file() and not p.is_symlink()}
    missing = sorted(wanted - seen - {"log/lock"})
    if missing:
        raise EvidenceError(f"{missing[0]} came while the case was locked", code="file-changed")
    return len(seen)


def _sha256(stream: IO[bytes]) -> bytes:
    state = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        state.update(chunk)
    return state.digest()


def _unpack(pipe: IO[bytes], part: Path) -> int:
    count = 0
    with tarfile.open(fileobj=pipe, mode="r|") as archive:
        for member in archive:
            if member.name in ("", "."):
                continue
            if not (member.isreg() or member.isdir()):
                raise EvidenceError(f"the archive holds a link or a device: {member.name[:120]}", code="not-locked")
            archive.extract(member, part, set_attrs=False, filter="data")
            count += member.isreg()
    while pipe.read(1 << 16):
        pass
    return count
