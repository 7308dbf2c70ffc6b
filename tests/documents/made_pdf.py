"""PDF files written by hand: what a test needs of the format, and nothing of a library."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


@dataclass
class MadePdf:
    """Objects in order; the first two are the catalog and the tree of pages."""

    kids: list[int] = field(default_factory=list)
    objects: dict[int, bytes] = field(default_factory=dict)
    catalog: bytes = b""
    media: str = "0 0 600 800"

    def add(self, body: bytes) -> int:
        """Add an object; its number."""
        number = len(self.objects) + 3
        self.objects[number] = body
        return number

    def stream(self, data: bytes, more: bytes = b"") -> int:
        """Add a stream."""
        head = b"<<%s/Length %d>>stream\n" % (more, len(data))
        return self.add(head + data + b"\nendstream")

    def page(self, content: bytes, *, more: bytes = b"", font: bytes | None = None) -> None:
        """Add a page that paints ``content`` with the font /F1."""
        named = font or b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
        text = self.stream(content)
        body = b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R/Resources<</Font<</F1 %s>>>>>>"
        self.kids.append(self.add(body % (more, text, named)))

    def text(self, words: str, *, x: int = 120, y: int = 300, more: bytes = b"") -> None:
        """Add a page with one line of Latin text."""
        self.page(f"BT /F1 20 Tf {x} {y} Td ({words}) Tj ET".encode("ascii"), more=more)

    def bytes(self, *, trailer: bytes = b"") -> bytes:
        """The file."""
        kids = b" ".join(b"%d 0 R" % kid for kid in self.kids)
        tree = b"<</Type/Pages/Count %d/Kids[%s]/MediaBox[%s]>>"
        objects = {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % self.catalog,
            2: tree % (len(self.kids), kids, self.media.encode()),
            **self.objects,
        }
        out = bytearray(b"%PDF-1.5\n")
        table = [b"0000000000 65535 f \n"]
        for number, body in sorted(objects.items()):
            table.append(b"%010d 00000 n \n" % len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start, count = len(out), len(objects) + 1
        out += b"xref\n0 %d\n" % count + b"".join(table)
        out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"[:] % (
            count,
            trailer,
            start,
        )
        return bytes(out)


def locked() -> bytes:
    """A PDF that needs a password to be opened (the standard handler, revision 2, 40 bits)."""
    made = MadePdf()
    made.text("secret")
    mark, access = bytes(range(16)), -4
    owner = _rc4(hashlib.md5(_padded(b"owner")).digest()[:5], _padded(b"user"))
    key = hashlib.md5(
        _padded(b"user") + owner + access.to_bytes(4, "little", signed=True) + mark
    ).digest()[:5]
    user = _rc4(key, _PAD)
    body = b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>"
    number = made.add(body % (owner.hex().encode(), user.hex().encode(), access))
    hexed = mark.hex().encode()
    return made.bytes(trailer=b"/Encrypt %d 0 R/ID[<%s><%s>]" % (number, hexed, hexed))


def _padded(password: bytes) -> bytes:
    return (password + _PAD)[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
