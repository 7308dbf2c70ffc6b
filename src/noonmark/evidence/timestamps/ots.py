"""An OpenTimestamps proof, read and judged offline.

A proof says: hash these bytes, add these, hash again ... and the result stands in block N of
Bitcoin. The sums are checked here. That the block exists can only be checked against its 80-byte
header, which the user brings (from a node or a block explorer of their own choice); without it the
proof is "attested, not verified against a header".

**Method** Todd, OpenTimestamps: scalable, trust-minimized, distributed timestamping with Bitcoin
(2016); the format as in python-opentimestamps 0.4.
**Authority** tests/evidence/test_ots.py: the 17 examples of opentimestamps-client.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.values import from_unix_s, rfc3339

METHOD = "opentimestamps/1"
MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
LONGEST_BYTES = 1 << 20
LONGEST_MESSAGE, LONGEST_PAYLOAD, LONGEST_URI = 4096, 8192, 1000
DEEPEST = 256

_DIGESTS = {
    0x02: ("sha1", 20),
    0x03: ("ripemd160", 20),
    0x08: ("sha256", 32),
    0x67: ("keccak256", 32),
}
_APPEND, _PREPEND, _REVERSE, _HEX = 0xF0, 0xF1, 0xF2, 0xF3
_ANCHORS = {
    bytes.fromhex("83dfe30d2ef90c8e"): "pending",
    bytes.fromhex("0588960d73d71901"): "bitcoin",
    bytes.fromhex("06869a0d73d71b45"): "litecoin",
    bytes.fromhex("30fe8087b5c7ead7"): "ethereum",
}
_URI_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:")


@dataclass(frozen=True)
class Attestation:
    """One leaf of a proof: who says what of which message."""

    kind: str
    """bitcoin, litecoin, ethereum, pending (a calendar's promise) or unknown."""
    message: bytes | None
    """What is attested; None where this Python lacks a hash of the path (ripemd160, keccak256)."""
    height: int | None = None
    calendar: str | None = None
    tag: str = ""


@dataclass(frozen=True)
class OtsProof:
    """A detached proof: the digest of a file, and the attestations that its hashes lead to."""

    hash_name: str
    digest: bytes
    attestations: tuple[Attestation, ...]
    """In the order of the file."""


@dataclass(frozen=True)
class OtsVerdict:
    """What a proof shows. ``status``: verified, attested, pending, unknown or broken."""

    status: str
    time: datetime | None
    """The block's own time, only with a matching header. Miners may set it two hours ahead."""
    height: int | None
    block: str | None
    calendars: tuple[str, ...]
    problems: tuple[Problem, ...]

    def sentence(self) -> str:
        """The verdict in words that claim no more than was checked."""
        if self.status == "verified" and self.time is not None:
            block = f"block {self.height} ({self.block})"
            return f"existed by {rfc3339(self.time)}: {block}, by the header you gave"
        if self.status == "attested":
            return f"attested in Bitcoin block {self.height}, not verified against a block header"
        if self.status == "pending":
            return f"pending at {', '.join(self.calendars)}: nothing can be verified yet"
        if self.status == "broken":
            return f"broken: {self.problems[0]}"
        return "attested by a notary this version does not know: nothing is verified"

    def parameters(self) -> dict[str, Any]:
        """The verdict's fields for the log's ``parameters``; unknown ones are left out."""
        said = {
            "method": METHOD,
            "height": self.height,
            "block": self.block,
            "calendars": list(self.calendars),
            "problems": sorted({p.code for p in self.problems}),
        }
        return {key: value for key, value in said.items() if value is not None}


class _Reader:
    """A position in the bytes; every read beyond the end is one clear error."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        """The next bytes, exactly so many."""
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise _bad(f"the proof is cut at byte {len(self.data)}")
        self.at += count
        return piece

    def number(self) -> int:
        """A number of at most 64 bits, 7 bits a byte, the lowest first."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return value
            shift += 7
            if shift > 63:
                raise _bad(f"byte {self.at}: a number longer than 64 bits")

    def text(self, longest: int, least: int = 0) -> bytes:
        """Bytes behind their own length, which has bounds."""
        count = self.number()
        if not least <= count <= longest:
            raise _bad(f"byte {self.at}: expected {least} to {longest} bytes, got {count}")
        return self.take(count)


def _bad(message: str) -> InputError:
    """The error about bytes that are no proof as the format defines it."""
    return InputError(
        message,
        code="ots-unreadable",
        hint="the file may be cut, or not an OpenTimestamps proof",
    )


def read(data: bytes) -> OtsProof:
    """The proof in the bytes of an .ots file."""
    if len(data) > LONGEST_BYTES:
        raise _bad(f"expected at most {LONGEST_BYTES} bytes, got {len(data)}")
    reader = _Reader(data)
    if data[: len(MAGIC)] != MAGIC:
        raise _bad("the file does not begin like an OpenTimestamps proof")
    reader.take(len(MAGIC))
    version = reader.number()
    if version != 1:
        raise _bad(f"expected a proof of version 1, got version {version}")
    tag = reader.take(1)[0]
    if tag not in _DIGESTS:
        known = sorted(name for name, _ in _DIGESTS.values())
        raise _bad(f"expected the file's hash to be one of {known}, got {tag:#04x}")
    name, size = _DIGESTS[tag]
    digest = reader.take(size)
    found: list[Attestation] = []
    _walk(reader, digest, found, 0)
    if reader.at != len(data):
        raise _bad(f"{len(data) - reader.at} bytes follow the end of the proof")
    return OtsProof(name, digest, tuple(found))


def detached(digest: bytes, *, nonce: bytes, reply: bytes) -> bytes:
    """The proof for a SHA-256 digest, from a calendar's reply to its :func:`commitment`."""
    data = MAGIC + b"\x01\x08" + digest + b"\xf0" + bytes((len(nonce),)) + nonce + b"\x08" + reply
    read(data)
    return data


def pending_at(data: bytes) -> tuple[Attestation, int] | None:
    """The calendar's promise that ends a proof, and the byte where it begins; None without one."""
    proof = read(data)
    last = proof.attestations[-1]
    if last.kind != "pending" or last.calendar is None or last.message is None:
        return None
    uri = last.calendar.encode()
    inner = _number(len(uri)) + uri
    tail = b"\x00" + bytes.fromhex(last.tag) + _number(len(inner)) + inner
    return (last, len(data) - len(tail)) if data.endswith(tail) else None


def _number(value: int) -> bytes:
    """A number as the format writes it: 7 bits a byte, the lowest first."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups[-1] |= 0x80
        groups.append(value & 0x7F)
    return bytes(groups)


def upgraded(data: bytes, *, reply: bytes) -> bytes:
    """The proof with the promise at its end replaced by what the calendar has for it now."""
    found = pending_at(data)
    if found is None:
        raise _bad("the proof does not end with a calendar's promise")
    made = data[: found[1]] + reply
    if read(made).digest != read(data).digest:
        raise _bad("the calendar's answer does not continue the proof")
    return made


def commitment(digest: bytes, *, nonce: bytes) -> bytes:
    """What a calendar is given: a hash that tells nothing, not even that a digest came twice."""
    return hashlib.sha256(digest + nonce).digest()


def _walk(reader: _Reader, message: bytes | None, found: list[Attestation], depth: int) -> None:
    """Follow every branch of operations below a message to its attestations."""
    if depth > DEEPEST:
        raise _bad(f"byte {reader.at}: nested deeper than {DEEPEST}")
    more = True
    while more:
        tag = reader.take(1)[0]
        more = tag == 0xFF
        if more:
            tag = reader.take(1)[0]
        if tag == 0x00:
            found.append(_attestation(reader, message))
        else:
            _walk(reader, _apply(reader, tag, message), found, depth + 1)


def _apply(reader: _Reader, tag: int, message: bytes | None) -> bytes | None:
    """The message after one operation; None once a hash of the path can not be computed here."""
    extra = reader.text(LONGEST_MESSAGE, 1) if tag in (_APPEND, _PREPEND) else b""
    if tag not in _DIGESTS and tag not in (_APPEND, _PREPEND, _REVERSE, _HEX):
        raise _bad(f"byte {reader.at}: operation {tag:#04x} is not one of the format")
    if message is None:
        return None
    result = _operation(tag, message, extra)
    if result is not None and len(result) > LONGEST_MESSAGE:
        grown = f"the message grows to {len(result)} bytes"
        raise _bad(f"byte {reader.at}: {grown}; at most {LONGEST_MESSAGE} are allowed")
    return result


def _operation(tag: int, message: bytes, extra: bytes) -> bytes | None:
    """The message after one operation of the format."""
    if tag == _APPEND:
        return message + extra
    if tag == _PREPEND:
        return extra + message
    if tag == _REVERSE:
        return message[::-1]
    if tag == _HEX:
        return message.hex().encode()
    return _hash(_DIGESTS[tag][0], message)


def _hash(name: str, message: bytes) -> bytes | None:
    """The digest of a message; None where this Python lacks the hash."""
    try:
        return hashlib.new(name, message, usedforsecurity=False).digest()
    except ValueError:
        return None


def _attestation(reader: _Reader, message: bytes | None) -> Attestation:
    """The leaf of a proof: an eight-byte tag, then what its kind carries."""
    tag = reader.take(8)
    payload = _Reader(reader.text(LONGEST_PAYLOAD))
    kind = _ANCHORS.get(tag, "unknown")
    if kind == "unknown":
        return Attestation(kind, message, tag=tag.hex())
    height = calendar = None
    if kind == "pending":
        uri = payload.text(LONGEST_URI)
        if not _URI_LETTERS.issuperset(uri):
            raise _bad("the address of a calendar holds a letter that the format does not allow")
        calendar = uri.decode("ascii")
    else:
        height = payload.number()
    if payload.at != len(payload.data):
        raise _bad(f"byte {reader.at}: an attestation is longer than it says")
    return Attestation(kind, message, height, calendar, tag.hex())


@dataclass(frozen=True)
class BlockHeader:
    """An 80-byte Bitcoin block header: Merkle root, time, and hash as block explorers show it."""

    merkle_root: bytes
    time: datetime
    block: str


def read_header(data: bytes) -> BlockHeader:
    """The header, if its hash meets the target it names, which is no easier than Bitcoin's easiest.

    That shows work (2^32 hashes at the very least), not that the block is in the chain: compare
    ``block`` with a source that you trust.
    """
    if len(data) != 80:
        raise InputError(
            f"a Bitcoin block header has 80 bytes, got {len(data)}",
            code="block-header",
            hint="give the header as 160 hex digits, from your own node: "
            "bitcoin-cli getblockheader HASH false",
        )
    twice = hashlib.sha256(hashlib.sha256(data).digest()).digest()[::-1]
    bits = int.from_bytes(data[72:76], "little")
    target = (bits & 0x7FFFFF) << 8 * max((bits >> 24) - 3, 0)
    easiest = 0xFFFF << 208
    if bits & 0x800000 or target > easiest or int.from_bytes(twice, "big") > target:
        raise InputError(
            f"the block header's hash {twice.hex()} does not show the work that it claims",
            code="block-header",
            hint="the header may be mistyped, or from another chain",
        )
    return BlockHeader(data[36:68], from_unix_s(int.from_bytes(data[68:72], "little")), twice.hex())


def judge(
    proof: OtsProof,
    *,
    digest: bytes,
    headers: Mapping[int, BlockHeader] | None = None,
) -> OtsVerdict:
    """The verdict on a proof for bytes with that digest, by the block headers given per height.

    ``digest`` is by the proof's own hash.
    """
    stated = [at.calendar for at in proof.attestations if at.calendar is not None]
    calendars = tuple(dict.fromkeys(stated))
    if proof.digest != digest:
        other = Problem("ots-other-bytes", "digest", digest.hex(), proof.digest.hex())
        return OtsVerdict("broken", None, None, None, calendars, (other,))
    blocks = _bitcoin_blocks(proof)
    known = headers or {}
    held = [(height, root, known[height]) for height, root in blocks if height in known]
    problems = tuple(
        Problem(
            "ots-mismatch",
            f"Bitcoin block {height}",
            header.merkle_root.hex(),
            root.hex(),
        )
        for height, root, header in held
        if root != header.merkle_root
    )
    if problems:
        return OtsVerdict("broken", None, None, None, calendars, problems)
    if held:
        height, _, earliest = min(held, key=lambda one: one[2].time)
        return OtsVerdict("verified", earliest.time, height, earliest.block, calendars, ())
    if blocks:
        lowest = min(height for height, _ in blocks)
        return OtsVerdict("attested", None, lowest, None, calendars, ())
    return OtsVerdict("pending" if calendars else "unknown", None, None, None, calendars, ())


def _bitcoin_blocks(proof: OtsProof) -> list[tuple[int, bytes]]:
    """Height and Merkle root of each Bitcoin attestation whose path could be computed."""
    found = []
    for at in proof.attestations:
        if at.kind == "bitcoin" and at.height is not None and at.message is not None:
            found.append((at.height, at.message))
    return found
