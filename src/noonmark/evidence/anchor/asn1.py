"""Values of ASN.1 as nested tags and bytes: a small reader of BER and a small writer of DER.

Time-stamp tokens found in the wild are not always strict DER (DigiCert's and OpenSSL's keep a set of certificates
in another order than DER asks), so the reader takes BER and says afterwards whether the bytes were strict.

**Method** ITU-T X.690 (2021), clauses 8 (BER) and 10 to 11 (DER).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from noonmark.errors import InputError

DEEPEST = 40
"""Nesting beyond this is an attack, not a token: real ones go about 12 deep."""

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
GENERALIZED_TIME, SEQUENCE, SET = 0x18, 0x30, 0x31


@dataclass(frozen=True)
class Node:
    """One tagged value: its tag byte, its bytes with and without the header, its children if constructed."""

    tag: int
    raw: bytes
    body: bytes
    children: tuple[Node, ...] = ()
    strict: bool = field(default=True, compare=False)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.children)

    def want(self, tag: int, what: str) -> Node:
        """This node, if it has that tag."""
        if self.tag != tag:
            raise bad(f"{what}: expected tag {tag:#04x}, got {self.tag:#04x}")
        return self

    def integer(self) -> int:
        return int.from_bytes(self.want(INTEGER, "integer").body, "big", signed=True)

    def octets(self) -> bytes:
        """The bytes of an OCTET STRING, joined if BER cut it into pieces."""
        if self.tag == OCTET_STRING | 0x20:
            return b"".join(child.octets() for child in self.children)
        return self.want(OCTET_STRING, "octet string").body

    def oid(self) -> str:
        """The dotted form of an OBJECT IDENTIFIER."""
        numbers: list[int] = []
        value = 0
        for byte in self.want(OID, "object identifier").body:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        if not numbers:
            raise bad("object identifier: expected at least one number, got none")
        first = min(numbers[0] // 40, 2)
        return ".".join(str(n) for n in (first, numbers[0] - 40 * first, *numbers[1:]))

    def time(self) -> datetime:
        """The aware UTC instant of a GeneralizedTime that ends in Z, as RFC 3161 asks."""
        text = self.want(GENERALIZED_TIME, "time").body.decode("ascii", "replace")
        whole, _, fraction = text.removesuffix("Z").partition(".")
        digits = whole + (fraction or "0")
        if not text.endswith("Z") or len(whole) != 14 or not (digits.isascii() and digits.isdigit()):
            raise bad(f"time: expected YYYYMMDDHHMMSS[.f]Z, got {text!r}")
        try:
            moment = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            raise bad(f"time: expected a date that exists, got {text!r}") from None
        return moment + timedelta(microseconds=int((fraction + "000000")[:6]))


def bad(message: str) -> InputError:
    """The one error of this room: the bytes are not what they should be."""
    return InputError(message, code="token-unreadable", hint="the file may be cut, or not a time-stamp at all")


def read(data: bytes) -> Node:
    """The one value that `data` holds; anything after it is an error."""
    node, end = _read(data, 0, 0)
    if end != len(data):
        raise bad(f"the value ends at byte {end}, but {len(data)} bytes were given")
    return node


def _header(data: bytes, at: int) -> tuple[int, int, int | None, bool]:
    """Tag, start of the body, length (None: until the end mark), whether the length was written strictly."""
    if at + 2 > len(data):
        raise bad(f"the value is cut at byte {at}")
    tag, first = data[at], data[at + 1]
    if tag & 0x1F == 0x1F:
        raise bad(f"byte {at}: tags above 30 do not occur in a time-stamp")
    if first < 0x80:
        return tag, at + 2, first, True
    if first == 0x80:
        return tag, at + 2, None, False
    size = first & 0x7F
    digits = data[at + 2 : at + 2 + size]
    if size > 4 or len(digits) < size:
        raise bad(f"byte {at}: the length is cut or too long")
    length = int.from_bytes(digits, "big")
    return tag, at + 2 + size, length, length >= 0x80 and digits[0] != 0


def _read(data: bytes, at: int, depth: int) -> tuple[Node, int]:
    if depth > DEEPEST:
        raise bad(f"byte {at}: nested deeper than {DEEPEST}")
    tag, start, length, strict = _header(data, at)
    end = None if length is None else start + length
    if end is not None and end > len(data):
        raise bad(f"byte {at}: {length} bytes announced, {len(data) - start} there")
    if not tag & 0x20:
        if end is None:
            raise bad(f"byte {at}: a plain value without a length")
        return Node(tag, data[at:end], data[start:end], (), strict), end
    children: list[Node] = []
    here = start
    while (here < end) if end is not None else data[here : here + 2] != b"\0\0":
        child, here = _read(data, here, depth + 1)
        children.append(child)
    if end is not None and here != end:
        raise bad(f"byte {at}: the parts end at {here}, the whole at {end}")
    after = here if end is not None else here + 2
    strict = strict and all(c.strict for c in children) and (tag != SET or _sorted(children))
    return Node(tag, data[at:after], data[start:here], tuple(children), strict), after


def _sorted(children: list[Node]) -> bool:
    raws = [child.raw for child in children]
    return raws == sorted(raws)


def value(tag: int, *parts: bytes) -> bytes:
    """DER of one value."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + len(body).to_bytes(size, "big") + body


def integer(number: int) -> bytes:
    """DER of a non-negative INTEGER."""
    return value(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """DER of an OBJECT IDENTIFIER."""
    first, second, *rest = (int(n) for n in dotted.split("."))
    body = b""
    for number in (40 * first + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        body += bytes(reversed(groups))
    return value(OID, body)
