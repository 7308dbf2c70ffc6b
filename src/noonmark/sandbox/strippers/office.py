"""An office file with what its pages show: text, tables, looks and pictures, nothing else.

The zip is written anew without times. Parts are known by a list (office_parts.py): of those that
stay, elements and attributes that tell who wrote what, when and in how many turns stay behind, and
pictures are stripped as photos are. Changes that were tracked are taken: deleted text goes, added
text stays. A part that is not known is refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

from noonmark.errors import InputError
from noonmark.sandbox.parsers import magic, office, safe_xml
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.parsers.zip_members import ZipMembers
from noonmark.sandbox.strippers import office_parts
from noonmark.sandbox.strippers.advice import OFFICE
from noonmark.sandbox.strippers.common import Removed, add_removed, refusal
from noonmark.sandbox.strippers.gif import gif
from noonmark.sandbox.strippers.jpeg import jpeg
from noonmark.sandbox.strippers.png import png
from noonmark.sandbox.strippers.tiff import tiff
from noonmark.sandbox.strippers.webp import webp

_PICTURES = {"JPEG": jpeg, "PNG": png, "GIF": gif, "TIFF": tiff, "WebP": webp}
_MARKUP = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<[^>]*>|[^<]+", re.DOTALL)
_TAG = re.compile(r"<(/?)([^\s/>]+)((?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>")
_ATTRIBUTE = re.compile(r"\s+([^\s=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_FIRST = (1980, 1, 1, 0, 0, 0)


def office_file(data: bytes, removed: Removed) -> bytes:
    """The file without properties, names, times and hidden parts; they are named in ``removed``."""
    try:
        members = office.members_of(of_bytes(data))
    except ValueError as error:
        raise InputError(str(error), code="not-decodable", hint="ask for another copy") from None
    names = _names(members, removed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            body = _part(name, members.read(name), set(names), removed)
            info = zipfile.ZipInfo(name, _FIRST)
            # By OpenDocument the type stands first and as it is.
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    return out.getvalue()


def _names(members: ZipMembers, removed: Removed) -> list[str]:
    """The parts that stay, in the order of the file. Raises InputError of one that is not known."""
    kept = []
    for name, info in members.names.items():
        if office_parts.KEPT.fullmatch(name):
            kept.append(name)
        elif office_parts.DROPPED.fullmatch(name):
            add_removed(removed, name[:100], info.file_size)
        else:
            raise refusal(f"its part {name[:100]!r} is not known here", OFFICE)
    if members.archive.comment:
        add_removed(removed, "comment of the zip", len(members.archive.comment))
    return kept


def _part(name: str, data: bytes, kept: set[str], removed: Removed) -> bytes:
    """A part as the copy has it."""
    if name == "mimetype":
        return data.strip()
    if name.endswith((".xml", ".rels")):
        return _xml(name, data, kept, removed)
    kind = magic.photo_format(data[:64]) or ""
    if kind not in _PICTURES:
        raise refusal(f"its picture {name[:100]!r} is of a kind that is not known here", OFFICE)
    found: Removed = {}
    clean = _PICTURES[kind](data, found)
    for what, size in found.items():
        add_removed(removed, f"{what} of a picture", size)
    return clean


def _xml(name: str, data: bytes, kept: set[str], removed: Removed) -> bytes:
    """An XML part without what stays behind, in UTF-8."""
    # Whatever is no XML, or declares entities, is refused there.
    safe_xml.read(data, lambda *_: None, lambda _: None, lambda _: None)
    walk = _Walk(name, kept)
    for piece in _MARKUP.findall(_decoded(data)):
        walk.take(piece)
    for what, count in walk.dropped.items():
        add_removed(removed, what, count)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + "".join(walk.out).encode()


def _decoded(data: bytes) -> str:
    """The text of a part; office programs write UTF-8, a few UTF-16."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise refusal("a part of it is in an encoding that is not known here", OFFICE) from None


class _Walk:
    """One part while it is copied, piece by piece."""

    def __init__(self, name: str, kept: set[str]) -> None:
        self.name = name
        self.kept = kept
        self.out: list[str] = []
        self.dropped: dict[str, int] = {}
        self.depth_in_gone = 0

    def take(self, piece: str) -> None:
        """Copy a piece of markup or of text, or leave it out."""
        if piece.startswith(("<!--", "<?")):
            self._drop("comments and instructions in XML", len(piece))
        elif not piece.startswith("<") or piece.startswith("<![CDATA["):
            if not self.depth_in_gone:
                self.out.append(piece)
        else:
            self._tag(piece)

    def _tag(self, piece: str) -> None:
        """Copy a tag, or leave it out with what it holds."""
        found = _TAG.fullmatch(piece)
        if found is None:
            raise refusal(f"markup of {self.name[:100]!r} is not known here", OFFICE)
        closes, name, attributes, is_empty = found.groups()
        local = name.rpartition(":")[2]
        if self.depth_in_gone:
            self.depth_in_gone += -1 if closes else 0 if is_empty else 1
        elif local in office_parts.GONE or self._is_lost(local, attributes):
            self._drop(f"element {local}", len(piece))
            self.depth_in_gone = 0 if is_empty else 1
        elif local not in office_parts.UNWRAPPED:
            kept = "" if closes else self._attributes(local, attributes)
            self.out.append(f"<{closes}{name}{kept}{is_empty}>")

    def _attributes(self, local: str, text: str) -> str:
        """The attributes of an element that stay."""
        out = ""
        for key, value in _ATTRIBUTE.findall(text):
            bare = key.rpartition(":")[2]
            is_title = bare == "title" and local in office_parts.EMPTIED
            if is_title or (office_parts.WITHOUT.fullmatch(bare) and not key.startswith("xmlns")):
                self._drop(f"attribute {bare}", len(value))
            elif office_parts.EMPTIED.get(local) == bare:
                out += f' {key}=""'
            else:
                out += f" {key}={value}"
        return out

    def _is_lost(self, local: str, text: str) -> bool:
        """Whether an element names a part that stays behind."""
        values = {key: value[1:-1] for key, value in _ATTRIBUTE.findall(text)}
        if local == "Override":
            return values.get("PartName", "").lstrip("/") not in self.kept
        if local == "file-entry":
            path = values.get("manifest:full-path", "")
            return path not in self.kept and path != "/"
        if local != "Relationship":
            return False
        if values.get("TargetMode") == "External":
            kind = values.get("Type", "")
            if kind.endswith(office_parts.EXTERNAL_KEPT):
                return False
            if kind.endswith(office_parts.EXTERNAL_DROPPED):
                return True
            raise refusal("it shows a part of another file", OFFICE)
        folder = posixpath.dirname(posixpath.dirname(self.name))
        target = posixpath.normpath(posixpath.join("/", folder, values.get("Target", "")))
        return target.lstrip("/") not in self.kept

    def _drop(self, what: str, size: int) -> None:
        self.dropped[what] = self.dropped.get(what, 0) + size
