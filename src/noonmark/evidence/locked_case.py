"""Locked cases: the whole folder in one age file, so that a seized disk shows nothing of it.

Names, counts and aliases are all inside.
``CASE.locked/case.age`` holds a tar archive of the folder, encrypted to a key made for this one
time; ``CASE.locked/key.age`` holds that key, to a passphrase or to recipients. Any age program
opens both. The folder is taken away only after the archive has been opened again and every file in
it compared.

What this does not do: overwrite what a solid-state disk keeps, clear memory or swap, or help
against a passphrase that is given up. The size of the archive shows the size of the case.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import IO

from noonmark.errors import EvidenceError, InputError, NoonmarkError
from noonmark.evidence import age
from noonmark.evidence.disk import (
    FOLDER_MODE,
    delete,
    disk_failure,
    named_failure,
    sync_folder,
    write_synced,
)
from noonmark.evidence.entry_schema import MARKER, fact
from noonmark.evidence.pending import FOLDER
from noonmark.evidence.recovery import (
    LOCKING,
    UNLOCKING,
    clear_unlocking,
    part_of,
    place_text,
    take_away,
)
from noonmark.evidence.vault import open_vault
from noonmark.evidence.writer_lock import hold, release

ARCHIVE, KEY, README = "case.age", "key.age", "README.txt"
UNFINISHED = "unlocking"
"""A file beside the archive while it is being unlocked: where to."""
CONTENT = "case"
_TOLD = """This folder is a locked Noonmark case.

To open it with Noonmark:   noonmark case unlock FOLDER CASE
To open it without:         age -d key.age > key.txt
                            age -d -i key.txt case.age | tar x
"""


_LEFT_OUT = ("log/lock", FOLDER)


def lock(
    case: Path,
    out: Path,
    *,
    by: str,
    passphrase: str | None = None,
    recipients: Sequence[str] = (),
) -> int:
    """Lock the case into the new folder ``out`` and delete its folder; the number of files."""
    case = case.resolve()
    _refuse_place(out, apart_from=case)
    identity, recipient = age.new_identity()
    sealed_key = age.encrypt(f"{identity}\n".encode(), passphrase=passphrase, recipients=recipients)
    part = part_of(out, token_hex(6))
    with open_vault(case, write=True, by=by) as vault:
        vault.append(fact("note", text="the case was locked"))
        places = {"part": place_text(case, part), "out": place_text(case, out)}
        act = vault.begin(LOCKING, **places)
        vault.log.index.close()  # so that its file is whole in the archive
        try:
            with named_failure():
                part.mkdir(mode=FOLDER_MODE)
                _write_archive(case, part / ARCHIVE, recipient)
                write_synced(part / KEY, sealed_key)
                write_synced(part / README, _TOLD.encode())
                count = _compare(case, part / ARCHIVE, identity)
                os.rename(part, out)  # from here on the archive counts, and the folder goes
                sync_folder(out.absolute().parent)
        except BaseException:
            delete(part)
            act.end()
            raise
        take_away(case, lock=vault.log.held)
    return count


def _write_archive(case: Path, path: Path, recipient: str) -> None:
    """Write the folder as a tar archive, encrypted on the way, and synchronise it."""
    with open(path, "xb") as target:
        _through_pipe(
            lambda pipe: _pack(case, pipe),
            lambda pipe: age.encrypt_stream(pipe, target, recipient),
        )
        target.flush()
        os.fsync(target.fileno())


def unlock(
    locked: Path,
    case: Path,
    *,
    by: str,
    passphrase: str | None = None,
    identities: Sequence[str] = (),
) -> int:
    """Open a locked case into the new folder ``case``; the number of files.

    The locked folder stays as it is.
    """
    _refuse_place(case, apart_from=locked.resolve())
    identity = _identity_of(locked, passphrase, identities)
    clear_unlocking(case)
    _clear_named(locked)
    part = part_of(case, UNLOCKING)
    record = _name_part(locked, part)
    held = -1
    try:
        with named_failure():
            part.mkdir(mode=FOLDER_MODE)
            held = hold(part / "lock")
            count = _open_archive(locked / ARCHIVE, part / CONTENT, identity)
            with open_vault(part / CONTENT, write=True, by=by) as vault:
                vault.append(fact("note", text="the case was unlocked"))
            os.rename(part / CONTENT, case)
            sync_folder(case.absolute().parent)
            delete(part)
    except BaseException:
        delete(part)
        raise
    finally:
        release(held)
        if record is not None:
            record.unlink(missing_ok=True)
    return count


def _identity_of(locked: Path, passphrase: str | None, identities: Sequence[str]) -> str:
    """The key of an archive, which lies beside it in an age file."""
    try:
        sealed_key = (locked / KEY).read_bytes()
    except OSError as error:
        raise InputError(
            f"{str(locked)!r} is not a locked case: {KEY}: {error.strerror}",
            code="not-locked",
            hint="name its folder",
        ) from None
    opened = age.decrypt(sealed_key, passphrase=passphrase, identities=identities)
    return "".join(age.identities_of(opened.decode("ascii", "replace"))[:1])


def _open_archive(archive: Path, folder: Path, identity: str) -> int:
    """Unpack an archive into a new folder, which must be a case; the number of files."""
    counts: list[int] = []
    with open(archive, "rb") as source:
        _through_pipe(
            lambda pipe: age.decrypt_stream(source, pipe, identity),
            lambda pipe: counts.append(_unpack(pipe, folder)),
        )
    if not (folder / MARKER).is_file():
        raise EvidenceError("the archive opens and holds no case", code="not-locked")
    return counts[0]


def _name_part(locked: Path, part: Path) -> Path | None:
    """Write beside the archive where its content is put, so that a later unlocking to elsewhere
    finds what a crash left; ``None`` where the archive lies on a disk that takes nothing.
    """
    record = locked / UNFINISHED
    text = os.path.relpath(part, locked.absolute())
    try:
        record.unlink(missing_ok=True)
        write_synced(record, os.fsencode(text))
    except OSError:
        return None
    return record


def _clear_named(locked: Path) -> None:
    """Delete what an earlier unlocking of this archive, to whatever place, left in clear."""
    record = locked / UNFINISHED
    if not record.is_file() or record.is_symlink():
        return
    named = Path(os.path.normpath(locked.absolute() / os.fsdecode(record.read_bytes()[:4096])))
    ending = f".{UNLOCKING}.part"
    if named.name.startswith(".") and named.name.endswith(ending):
        clear_unlocking(named.with_name(named.name[1 : -len(ending)]))


def _refuse_place(folder: Path, *, apart_from: Path) -> None:
    """A new folder must not exist, nor lie in the folder that is packed and taken away."""
    if folder.exists() or folder.is_symlink():
        raise InputError(
            f"{str(folder)!r} exists already",
            code="file-exists",
            hint="give a new folder",
        )
    if not folder.absolute().parent.is_dir():
        raise InputError(
            f"{str(folder.absolute().parent)!r} is no folder",
            code="file-unusable",
            hint="make it first",
        )
    if folder.resolve().is_relative_to(apart_from):
        raise InputError(
            f"{str(folder)!r} lies inside {apart_from.name!r}",
            code="file-unusable",
            hint="give a folder beside it",
        )


def _through_pipe(
    write: Callable[[IO[bytes]], object], read: Callable[[IO[bytes]], object]
) -> None:
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
    """Write the folder to a pipe as a tar archive."""
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.add(case, arcname="", filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without owner, group and times: they say who worked when, and carry no meaning in a case."""
    if not (member.isreg() or member.isdir()) or member.name in _LEFT_OUT:
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    return member


def _left_out(name: str) -> bool:
    """Whether a file of the folder belongs to the process that works in it, and not to the case."""
    return name in _LEFT_OUT or name.partition("/")[0] in _LEFT_OUT


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
    """Compare every file of a tar archive with the folder, and the folder with the archive."""
    seen = set()
    with tarfile.open(fileobj=pipe, mode="r|") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is None:
                continue
            with open(case / member.name, "rb") as original:
                same = _sha256(stream) == _sha256(original)
            if not same:
                raise EvidenceError(
                    f"{member.name} changed while the case was locked",
                    code="file-changed",
                )
            seen.add(member.name)
    while pipe.read(1 << 16):
        pass  # to the end, so that the last step's seal is checked
    wanted = set()
    for path in case.rglob("*"):
        if path.is_file() and not path.is_symlink():
            wanted.add(path.relative_to(case).as_posix())
    missing = sorted(name for name in wanted - seen if not _left_out(name))
    if missing:
        raise EvidenceError(f"{missing[0]} came while the case was locked", code="file-changed")
    return len(seen)


def _sha256(stream: IO[bytes]) -> bytes:
    """The digest of what is left in a stream."""
    state = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        state.update(chunk)
    return state.digest()


def _unpack(pipe: IO[bytes], part: Path) -> int:
    """Unpack a tar archive of files and folders; the number of files.

    What only its owner could read and write is so again.
    """
    count = 0
    modes: dict[Path, int] = {}
    part.mkdir(mode=FOLDER_MODE)
    with tarfile.open(fileobj=pipe, mode="r|") as archive:
        for member in archive:
            if member.name in ("", "."):
                continue
            if not (member.isreg() or member.isdir()):
                raise EvidenceError(
                    f"the archive holds a link or a device: {member.name[:120]}",
                    code="not-locked",
                )
            path = _place_of(member, part)
            _unpack_one(archive, member, path)
            modes[path] = member.mode & 0o777
            count += member.isreg()
    while pipe.read(1 << 16):
        pass
    for path, mode in reversed(modes.items()):  # what is inside a folder before the folder
        path.chmod(mode if path.is_file() else mode | 0o700)
    return count


def _place_of(member: tarfile.TarInfo, part: Path) -> Path:
    """Path of a member below the folder; refused where its name leads out of it."""
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise EvidenceError(
            f"the archive names a file outside the case: {member.name[:120]}",
            code="not-locked",
        )
    return part / name


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    """Write one file or folder. Not by ``extract``: its filters came with Python 3.11.4."""
    if member.isdir():
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        return
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    content = archive.extractfile(member)
    assert content is not None, member.name
    with content, path.open("wb") as target:
        shutil.copyfileobj(content, target)
