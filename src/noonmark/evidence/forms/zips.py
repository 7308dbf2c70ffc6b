"""A ZIP archive from a stranger, opened without trusting a word of it: nothing is unpacked to disk.

Refused or named: names that leave the folder or stand twice, links, encryption, members that overlap, bytes that
belong to no member, and expansion beyond reason (Fifield, A better zip bomb, 2019).
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.forms import tree
from noonmark.evidence.forms.tree import Findings

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
class Archive:
    """An open archive whose members have been looked over; only the sound ones are in ``members``."""

    zip: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]

    def read(self, name: str, *, longest: int) -> bytes:
        """The bytes of a member, at most ``longest``."""
        info = self.members[name]
        if info.file_size > longest:
            raise InputError(f"{name} expands to {info.file_size} bytes; at most {longest} are read", code="zip-bomb")
        try:
            with self.zip.open(info) as stream:
                data = stream.read(longest + 1)
        except _BROKEN as error:
            raise InputError(f"{name} can not be read: {str(error)[:160]}", code="zip-broken") from None
        return data

    def piece(self, name: str, offset: int, length: int) -> bytes:
        """Some bytes from within a member."""
        try:
            with self.zip.open(self.members[name]) as stream:
                stream.seek(offset)
                return stream.read(length)
        except _BROKEN as error:
            raise InputError(f"{name} can not be read: {str(error)[:160]}", code="zip-broken") from None

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
            raise InputError(f"{name} can not be read: {str(error)[:160]}", code="zip-broken") from None
        return hasher.hexdigest(), count


@contextmanager
def opened(path: Path, findings: Findings) -> Iterator[Archive | None]:
    """The archive at ``path``, its faults already among the findings; None if it is none."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise InputError(f"{path.name}: {error.strerror}", code="package-file") from None
    with os.fdopen(fd, "rb") as stream:
        if not tree.is_plain(os.fstat(fd)):
            raise InputError(f"{path.name} is not a plain file", code="package-file")
        try:
            archive = zipfile.ZipFile(stream)
        except _BROKEN as error:
            findings.bad("zip-broken", path.name, "a ZIP archive", str(error)[:120])
            yield None
            return
        with archive:
            yield Archive(archive, _look_over(archive, os.fstat(fd).st_size, findings))


def _look_over(archive: zipfile.ZipFile, size: int, findings: Findings) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        findings.bad("zip-bomb", "archive", f"at most {MOST_MEMBERS} members", f"{len(infos)}")
        return {}
    sound: dict[str, zipfile.ZipInfo] = {}
    twice = set()
    for info in infos:
        name = info.orig_filename
        if name in sound or name in twice:
            findings.bad("zip-twice", repr(name[:120]), "a name once", "twice")
            twice.add(name)
            sound.pop(name, None)
        elif _is_sound(info, findings):
            sound[name] = info
    _check_layout(archive, infos, size, findings)
    return sound


def _is_sound(info: zipfile.ZipInfo, findings: Findings) -> bool:
    name = info.orig_filename
    mode = info.external_attr >> 16
    if not tree.inside(name.removesuffix("/")) or "\\" in name:
        findings.bad("zip-path", repr(name[:120]), "a name inside the archive", "one that leaves it")
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        findings.bad("zip-link", name[:120], "a plain member", "a link or a device")
    elif info.flag_bits & 0x1:
        findings.bad("zip-encrypted", name[:120], "bytes that can be read", "encrypted bytes")
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        findings.bad("zip-method", name[:120], "stored or deflated", f"method {info.compress_type}")
    elif _is_bomb(info):
        ratio = info.file_size // max(info.compress_size, 1)
        findings.bad("zip-bomb", name[:120], "a reasonable size", f"{info.file_size} bytes, {ratio} times its place")
    else:
        return not name.endswith("/")
    return False


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    ratio = info.file_size / max(info.compress_size, 1)
    if info.compress_type == zipfile.ZIP_STORED:
        return info.file_size != info.compress_size
    return (ratio > LARGEST_RATIO and info.file_size > 4096) or (ratio > BOMB_RATIO and info.file_size > BOMB_BYTES)


def _check_layout(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], size: int, findings: Findings) -> None:
    """Members stand one after another from the first byte on, then the directory: no overlap, no stowaway."""
    end = loose = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < end:
            findings.bad("zip-overlap", info.orig_filename[:120], f"a start at byte {end} or later", "bytes of another")
            return
        if info.header_offset > end + loose:
            findings.odd("zip-gap", info.orig_filename[:120], f"a start at byte {end}", f"{info.header_offset}")
        end = info.header_offset + 30 + len(info.orig_filename.encode("utf-8", "replace")) + info.compress_size
        end += _extra_length(archive, info)
        # Written as a stream, a member is followed by its sizes: 12 to 24 bytes [APPNOTE 4.3.9].
        loose = 24 if info.flag_bits & 0x08 else 0
    start = getattr(archive, "start_dir", end)
    if start < end:
        findings.bad("zip-overlap", "directory", f"a start at byte {end} or later", f"byte {start}")
    if size < start:
        findings.bad("zip-broken", "archive", f"at least {start} bytes", f"{size}")


def _extra_length(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Length of the local header's own extra field and of what its name takes beyond the directory's."""
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
