"""Members of a zip of a stranger, each bounded, whatever its header claims."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO

from noonmark.errors import InputError

MOST_MEMBERS = 20_000
LARGEST_MEMBER, LARGEST_SUM = 64 << 20, 256 << 20
_MOST_GROWTH = 250
"""Office XML packs to a tenth, rarely to a hundredth; a bomb to a thousandth."""
_SMALL = 4 << 20
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
"""What Python's zipfile raises of a zip or a member that is broken, locked or packed otherwise."""


@dataclass
class ZipMembers:
    """An open zip, and how many bytes have been unpacked from it."""

    archive: zipfile.ZipFile
    names: dict[str, zipfile.ZipInfo]
    unpacked: int = field(default=0)

    def read(self, name: str) -> bytes:
        """A member whole. Raises InputError "document-bomb" and "document-damaged"."""
        info = self.names[name]
        limit = min(LARGEST_MEMBER, LARGEST_SUM - self.unpacked)
        if info.flag_bits & 1:
            raise InputError(
                "the document is locked with a password",
                code="document-password",
                hint="unlock a copy with the password and add that",
            )
        try:
            with self.archive.open(info) as member:
                data = member.read(limit + 1)
        except BROKEN_ZIP as error:
            raise damaged(f"{name[:100]}: {type(error).__name__}") from None
        grown = len(data) > _SMALL and len(data) > _MOST_GROWTH * max(1, info.compress_size)
        if len(data) > limit or grown:
            raise InputError(
                f"a part of the document unpacks to more than it may ({info.compress_size} bytes "
                f"to {len(data)} or more)",
                code="document-bomb",
                hint="it was made to exhaust a reader; treat it as hostile",
            )
        self.unpacked += len(data)
        return data


def opened(fd: int) -> ZipMembers:
    """The zip in a descriptor."""
    data = os.pread(fd, os.fstat(fd).st_size, 0)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except BROKEN_ZIP as error:
        raise damaged(type(error).__name__) from None
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise InputError(
            f"the zip holds {len(infos)} members, at most {MOST_MEMBERS} are read",
            code="document-bomb",
        )
    return ZipMembers(archive, {info.filename: info for info in infos})


def damaged(why: str) -> InputError:
    """The error about a zip that is not whole."""
    return InputError(
        f"the document's zip is damaged ({why})",
        code="document-damaged",
        hint="ask for another copy; the file itself is kept as it is",
    )
