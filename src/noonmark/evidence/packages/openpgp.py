"""Detached OpenPGP signatures, judged by the keys that came with them.

Read are version 4 signatures of bytes (type 0x00) by RSA or Ed25519 keys of version 4: what phones
and GnuPG write. Whatever else there is has a sentence that says why it was not checked. No key ring
is used, no program run, no server asked, and names on keys are not read.

**Method** RFC 4880, Sections 3.2, 4.2, 5.2, 5.5.2, 6 and 12.2; RFC 9580, Section 5.5.5.5 (Ed25519).
**Authority** tests/evidence/test_proofmode.py: signatures of GnuPG, where it is installed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils

LONGEST_BYTES = 1 << 20
MOST_PACKETS = 200
_ARMOR = re.compile(
    rb"-----BEGIN PGP [A-Z ]{1,40}-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([A-Za-z0-9+/=\s]+)"
)
_SIGNATURE, _KEY, _SUBKEY = 2, 6, 14
_RSA, _RSA_SIGN, _EDDSA = 1, 3, 22
_ED25519_CURVE = bytes.fromhex("2b06010401da470f01")
_HASHES: dict[int, hashes.HashAlgorithm] = {
    2: hashes.SHA1(),  # noqa: S303 - judged, and named as weak
    8: hashes.SHA256(),
    9: hashes.SHA384(),
    10: hashes.SHA512(),
    11: hashes.SHA224(),
}
_FINGERPRINT, _ISSUER, _CREATED = 33, 16, 2
Key = rsa.RSAPublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True)
class SignatureVerdict:
    """What came of one signature. ``state``: holds, differs, or not checked, with the reason.

    ``fingerprint`` is that of the key that was used, ``unknown`` without one; ``made_at_s`` the
    signer's own clock [s since 1970], a claim.
    """

    state: str
    reason: str = ""
    fingerprint: str = "unknown"
    made_at_s: int | None = None
    hash_name: str = "unknown"


class _Unread(Exception):
    """Why something of OpenPGP could not be read."""


@dataclass(frozen=True)
class _Signature:
    """The fields of a signature packet; ``trailer`` is what is hashed after the bytes signed."""

    algorithm: int
    digest: hashes.HashAlgorithm
    trailer: bytes
    numbers: tuple[bytes, ...]
    issuer: bytes
    made_at_s: int | None


def judge(data: Sequence[bytes], signature: bytes, keys: bytes) -> SignatureVerdict:
    """Whether a detached signature is of the ``data`` (in pieces), by one of the ``keys``."""
    try:
        found = [_signature(body) for tag, body in _packets(signature) if tag == _SIGNATURE]
        if not found:
            raise _Unread("no signature in it")
        signed = found[0]
        known = dict(_keys(keys))
    except (_Unread, IndexError, ValueError) as error:
        return SignatureVerdict("not checked", str(error)[:160] or "damaged")
    match = [(print_, key) for print_, key in known.items() if print_.endswith(signed.issuer)]
    if not match:
        return SignatureVerdict("not checked", "the key that made it is not there")
    fingerprint, key = match[0]
    holds = _holds(key, signed, data)
    return SignatureVerdict(
        "holds" if holds else "differs",
        fingerprint=fingerprint.hex(),
        made_at_s=signed.made_at_s,
        hash_name=signed.digest.name,
    )


def _holds(key: Key, signed: _Signature, data: Sequence[bytes]) -> bool:
    """Whether the numbers of a signature are right for the bytes."""
    state = hashlib.new(signed.digest.name, usedforsecurity=False)
    for piece in (*data, signed.trailer):
        state.update(piece)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            (number,) = signed.numbers
            whole = number.rjust((key.key_size + 7) // 8, b"\0")
            key.verify(whole, state.digest(), padding.PKCS1v15(), utils.Prehashed(signed.digest))
        else:
            r, s = (number.rjust(32, b"\0") for number in signed.numbers)
            key.verify(r + s, state.digest())
    except (InvalidSignature, ValueError):
        return False
    return True


def _signature(body: bytes) -> _Signature:
    """A signature packet of version 4 over bytes."""
    if body[0] != 4 or body[1] != 0:
        raise _Unread(f"a signature of version {body[0]}, type {body[1]}")
    algorithm, digest = body[2], _HASHES.get(body[3])
    if digest is None or algorithm not in (_RSA, _RSA_SIGN, _EDDSA):
        raise _Unread(f"a signature by algorithm {algorithm} with hash {body[3]}")
    end = 6 + int.from_bytes(body[4:6], "big")
    more = end + 2 + int.from_bytes(body[end : end + 2], "big")
    hashed, unhashed = dict(_subpackets(body[6:end])), dict(_subpackets(body[end + 2 : more]))
    issuer = hashed.get(_FINGERPRINT, b"")[1:] or hashed.get(_ISSUER) or unhashed.get(_ISSUER)
    if not issuer:
        raise _Unread("a signature that does not say by which key")
    made = hashed.get(_CREATED)
    return _Signature(
        algorithm,
        digest,
        body[:end] + b"\x04\xff" + end.to_bytes(4, "big"),
        tuple(_numbers(body[more + 2 :])),
        issuer,
        int.from_bytes(made, "big") if made else None,
    )


def _subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of each subpacket of a signature."""
    place = 0
    while place < len(area):
        length = area[place]
        place += 1
        if 192 <= length < 255:
            length = ((length - 192) << 8) + area[place] + 192
            place += 1
        elif length == 255:
            length = int.from_bytes(area[place : place + 4], "big")
            place += 4
        if not length or place + length > len(area):
            raise _Unread("a damaged signature")
        yield area[place] & 0x7F, area[place + 1 : place + length]
        place += length


def _keys(data: bytes) -> Iterator[tuple[bytes, Key]]:
    """Fingerprint and key of each public key and subkey that can be used."""
    for tag, body in _packets(data):
        if tag not in (_KEY, _SUBKEY) or body[0] != 4:
            continue
        fingerprint = hashlib.sha1(
            b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False
        ).digest()
        if body[5] in (_RSA, _RSA_SIGN):
            modulus, exponent = (int.from_bytes(n, "big") for n in _numbers(body[6:]))
            yield fingerprint, rsa.RSAPublicNumbers(exponent, modulus).public_key()
        elif body[5] == _EDDSA and body[7 : 7 + body[6]] == _ED25519_CURVE:
            (point,) = _numbers(body[7 + body[6] :])
            yield fingerprint, ed25519.Ed25519PublicKey.from_public_bytes(point[1:])


def _numbers(data: bytes) -> Iterator[bytes]:
    """The big numbers that follow one another, as bytes."""
    place = 0
    while place < len(data):
        size = (int.from_bytes(data[place : place + 2], "big") + 7) // 8
        number = data[place + 2 : place + 2 + size]
        if len(number) < size or not size:
            raise _Unread("a damaged number")
        yield number
        place += 2 + size


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and body of each packet, armored or not."""
    if len(data) > LONGEST_BYTES:
        raise _Unread(f"more than {LONGEST_BYTES} bytes")
    armored = _ARMOR.search(data)
    if armored is not None:
        text = re.sub(rb"\s|(?m:^=[A-Za-z0-9+/]{4}\s*\Z)", b"", armored[1])
        try:
            data = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise _Unread("damaged armor") from None
    place = 0
    for _ in range(MOST_PACKETS):
        if place >= len(data):
            return
        tag, length, place = _header(data, place)
        if place + length > len(data):
            raise _Unread("a packet that is cut short")
        yield tag, data[place : place + length]
        place += length
    raise _Unread(f"more than {MOST_PACKETS} packets")


def _header(data: bytes, place: int) -> tuple[int, int, int]:
    """Tag and length of a packet, and where its body begins."""
    first = data[place]
    if not first & 0x80:
        raise _Unread("no OpenPGP")
    if not first & 0x40:  # the old form
        size = 1 << (first & 3)
        if size == 8:
            raise _Unread("a packet without a length")
        return (
            (first >> 2) & 15,
            int.from_bytes(data[place + 1 : place + 1 + size], "big"),
            (place + 1 + size),
        )
    length = data[place + 1]
    if length < 192:
        return first & 63, length, place + 2
    if length < 224:
        return first & 63, ((length - 192) << 8) + data[place + 2] + 192, place + 3
    if length < 255:
        raise _Unread("a packet in pieces")
    return first & 63, int.from_bytes(data[place + 2 : place + 6], "big"), place + 6
