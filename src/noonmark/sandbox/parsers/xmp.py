"""The fields of an XMP packet, found without an XML parser (ISO 16684-1).

Read are the values of attributes and of simple elements. Entities are never expanded, nothing is
fetched.
"""

from __future__ import annotations

import re

from noonmark.sandbox.parsers.output import ParserOutput

_MOST_BYTES = 1 << 20
_PREFIXES = (
    b"exif",
    b"exifEX",
    b"xmp",
    b"xap",
    b"photoshop",
    b"tiff",
    b"dc",
    b"xmpMM",
    b"stEvt",
    b"aux",
    b"GPano",
    b"drone-dji",
    b"GCamera",
    b"Container",
    b"pdf",
    b"Iptc4xmpCore",
)
_FIELD = re.compile(
    rb"(?P<name>(?:" + b"|".join(_PREFIXES) + rb"):[A-Za-z0-9_]{1,60})"
    rb"(?:"
    rb"\s*=\s*(?P<q>[\"'])(?P<attribute>[^\"'<>]{1,2000})(?P=q)"
    rb"|"
    rb"\s*>(?P<text>[^<]{1,2000})<"
    rb")"
)


def read(packet: bytes, output: ParserOutput) -> None:
    """Write the simple fields, each event of the history too, in their order."""
    for match in _FIELD.finditer(packet[:_MOST_BYTES]):
        attribute, text = match["attribute"], match["text"]
        value = text if attribute is None else attribute
        output.add_field("XMP", match["name"].decode(), value.strip())
