"""ZIP archives of unknown origin, read without unpacking anything to disk.

Refused or reported: names that leave the folder or stand twice, links, encryption, members that
overlap, bytes that belong to no member, and expansion beyond reason (Fifield, A better zip bomb,
2019).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from noonmark.errors import InputError
from noonmark.evidence.packages import tree
from noonmark.evidence.packages.tree import PackageFindings, ReportedPart

MOST_MEMBERS = 200_000
LARGEST_RATIO = 1200
"""Deflate can't reach more than 1032 to 1; anything that claims more is a lie."""
BOMB_RATIO, BOMB_BYTES = 100, 1 << 28
"""Refused unread: a member that expands more than a hundredfold to more than 256 MiB."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
)


@dataclass(frozen=True)
class ZipArchive:
    """An open archive that has been checked; only the sound members are in ``members``."""

    zip: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]

    def read(self, name: str, *, longest: int) -> bytes:
        """The bytes of a member, at most ``longest``."""
        info = self.members[name]
        if info.file_size > longest:
            raise InputError(
                f"{name} expands to {info.file_size} bytes; at most {longest} are read",
                code="zip-bomb",
            )
        try:
            with self.zip.open(info) as stream:
                data = stream.read(longest + 1)
        except _BROKEN as error:
            raise _broken(name, error) from None
        return data

    def piece(self, name: str, offset: int, length: int) -> bytes:
        """Some bytes from within a member."""
        try:
            with self.zip.open(self.members[name]) as stream:
                stream.seek(offset)
                return stream.read(length)
        except _BROKEN as error:
            raise _broken(name, error) from None

    def digest(self, name: str, kind: str) -> tuple[str, int]:
        """A member's digest, hex, and how many bytes it really has, in one pass."""
        info = self.members[name]
        hasher, count = hashlib.new(kind, usedforsecurity=False), 0
        try:
            with self.zip.open(info) as stream:
                while chunk := stream.read(tree.CHUNK_BYTES):
                    hasher.update(chunk)
                    count += len(chunk)
        except _BROKEN as error:
            raise _broken(name, error) from None
        return hasher.hexdigest(), count


def _broken(name: str, error: Exception) -> InputError:
    """The error about a member that can't be read."""
    return InputError(f"{name} can not be read: {str(error)[:160]}", code="zip-broken")


@contextmanager
def opened(path: Path, findings: PackageFindings) -> Iterator[ZipArchive | None]:
    """The archive at ``path``, with its problems among the findings; None if it is no archive."""
    try:
        fd = os.open(path, tree.SAFE_OPEN)
    except OSError as error:
        raise InputError(f"{path.name}: {error.strerror}", code="package-file") from None
    with os.fdopen(fd, "rb") as stream:
        if not tree.is_plain(os.fstat(fd)):
            raise InputError(f"{path.name} is not a plain file", code="package-file")
        with _opened(stream, path.name, findings) as archive:
            yield archive


@contextmanager
def nested(outer: ZipArchive, name: str, findings: PackageFindings) -> Iterator[ZipArchive | None]:
    """The archive that is a member of another, read from a nameless copy; None if it is none."""
    with tempfile.TemporaryFile() as copy:
        try:
            with outer.zip.open(outer.members[name]) as stream:
                shutil.copyfileobj(stream, copy, tree.CHUNK_BYTES)
        except _BROKEN as error:
            raise _broken(name, error) from None
        copy.seek(0)
        with _opened(copy, name, findings) as archive:
            yield archive


@contextmanager
def _opened(stream: IO[bytes], name: str, findings: PackageFindings) -> Iterator[ZipArchive | None]:
    """The archive in an open file, with its problems among the findings; None if it is none."""
    try:
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        findings.problem("zip-broken", name, "a ZIP archive", str(error)[:120])
        yield None
        return
    with archive:
        members = _sound_members(archive, os.fstat(stream.fileno()).st_size, findings)
        yield ZipArchive(archive, members)


def _sound_members(
    archive: zipfile.ZipFile, size: int, findings: PackageFindings
) -> dict[str, zipfile.ZipInfo]:
    """The members that can be read safely, by name; a name that stands twice is none of them."""
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        findings.problem(
            "zip-bomb",
            "archive",
            f"at most {MOST_MEMBERS} members",
            f"{len(infos)}",
        )
        return {}
    sound: dict[str, zipfile.ZipInfo] = {}
    twice = set()
    for info in infos:
        name = info.orig_filename
        if name in sound or name in twice:
            findings.problem("zip-twice", repr(name[:120]), "a name once", "twice")
            twice.add(name)
            sound.pop(name, None)
        elif _is_sound(info, findings):
            sound[name] = info
    _check_layout(archive, infos, size, findings)
    return sound


def _is_sound(info: zipfile.ZipInfo, findings: PackageFindings) -> bool:
    """Whether a member is a file that can be read safely; its first problem is reported."""
    name = info.orig_filename
    mode = info.external_attr >> 16
    place = ReportedPart(findings, name[:120])
    if not tree.inside(name.removesuffix("/")) or "\\" in name:
        leaves = "one that leaves it"
        findings.problem("zip-path", repr(name[:120]), "a name inside the archive", leaves)
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        place.problem("zip-link", "a plain member", "a link or a device")
    elif info.flag_bits & 0x1:
        place.problem("zip-encrypted", "bytes that can be read", "encrypted bytes")
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        place.problem("zip-method", "stored or deflated", f"method {info.compress_type}")
    elif _is_bomb(info):
        ratio = info.file_size // max(info.compress_size, 1)
        found = f"{info.file_size} bytes, {ratio} times its place"
        place.problem("zip-bomb", "a reasonable size", found)
    else:
        return not name.endswith("/")
    return False


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    """Whether a member claims to expand more than is possible, or more than is reasonable."""
    ratio = info.file_size / max(info.compress_size, 1)
    if info.compress_type == zipfile.ZIP_STORED:
        return info.file_size != info.compress_size
    return (ratio > LARGEST_RATIO and info.file_size > 4096) or (
        ratio > BOMB_RATIO and info.file_size > BOMB_BYTES
    )


def _check_layout(
    archive: zipfile.ZipFile,
    infos: list[zipfile.ZipInfo],
    size: int,
    findings: PackageFindings,
) -> None:
    """Judge the layout of the file: members one after another from the first byte, the directory.

    Overlapping members expand the same bytes twice; bytes between them belong to no member.
    """
    end = loose = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        place = ReportedPart(findings, info.orig_filename[:120])
        if info.header_offset < end:
            place.problem("zip-overlap", f"a start at byte {end} or later", "bytes of another")
            return
        if info.header_offset > end + loose:
            place.warning("zip-gap", f"a start at byte {end}", f"{info.header_offset}")
        name_length = len(info.orig_filename.encode("utf-8", "replace"))
        end = info.header_offset + 30 + name_length + info.compress_size
        end += _extra_length(archive, info)
        # Written as a stream, a member is followed by its sizes: 12 to 24 bytes [APPNOTE 4.3.9].
        loose = 24 if info.flag_bits & 0x08 else 0
    start = getattr(archive, "start_dir", end)
    if start < end:
        expected = f"a start at byte {end} or later"
        findings.problem("zip-overlap", "directory", expected, f"byte {start}")
    if size < start:
        findings.problem("zip-broken", "archive", f"at least {start} bytes", f"{size}")


def _extra_length(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Bytes of the local header's extra field, and of its name beyond that of the directory."""
    stream = archive.fp
    if stream is None:
        return 0
    try:
        stream.seek(info.header_offset)
        header = stream.read(30)
        name, extra = struct.unpack("<HH", header[26:30])
    except (OSError, struct.error, ValueError):
        return 0
    return int(name) - len(info.orig_filename.encode("utf-8", "replace")) + int(extra)
