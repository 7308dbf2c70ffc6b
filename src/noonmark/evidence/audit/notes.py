"""The auditor's reading of what is signed: verifier keys, signed notes, checkpoints, manifests.

Whatever is malformed raises ``ValueError``.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256

_PRIME = 2**255 - 19
# The y of the points whose order divides 8 (C2SP/CCTV, ed25519): a key there would sign for
# everybody.
_ORDER_8 = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
_LOW_ORDER_Y = frozenset(
    (
        0,
        1,
        _PRIME - 1,
        *(int.from_bytes(bytes.fromhex(y), "little") for y in _ORDER_8),
    )
)
CRLF = "line ends of Windows: something copied this as text, copy it again as it is"
"""The likely cause of carriage returns in a note."""
_MANIFEST = "noonmark-bundle/v1"
_HEAD_WORDS = ("origin", "disclosure", "sealed", "log", "members")
_NUMBER = re.compile("0|[1-9][0-9]{0,17}")
_KEY_NAME = re.compile(r"[^\s+]+")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_HEX64 = re.compile(r"[0-9a-f]{64}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)


@dataclass(frozen=True)
class VerifierKey:
    """A public key, its name and ID."""

    name: str
    key_id: bytes
    raw: bytes
    text: str

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature on the message is by this key [RFC 8032].

        A key of low order never counts: everybody can sign in its name.
        """
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (
            Ed25519PublicKey,
        )

        y = int.from_bytes(self.raw, "little") & (1 << 255) - 1
        if y >= _PRIME or y in _LOW_ORDER_Y:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SignedNote:
    """A text and the signature lines below it: name, key ID, signature."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def signed_by(self, keys: list[VerifierKey]) -> bool:
        """Whether a known key signed, and no signature by a known key is bad."""
        results = [
            key.holds(self.text.encode(), signature)
            for name, key_id, signature in self.signatures
            for key in dict.fromkeys(keys)
            if key.name == name and key.key_id == key_id
        ]
        return any(results) and all(results)


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint states."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Manifest:
    """What a manifest states: the log's checkpoint, the disclosure, when it was sealed, and digest
    and size by member.
    """

    head: Checkpoint
    disclosure: str
    sealed: str
    members: dict[str, tuple[str, int]]


def key_of(text: str) -> VerifierKey:
    """A verifier key from its text."""
    name, plus, rest = text.partition("+")
    key_id, plus2, encoded = rest.partition("+")
    typed = _base64(encoded)
    printable = 1 <= len(name) <= 128 and all("!" <= c <= "~" for c in name)
    if not (plus and plus2 and printable):
        raise ValueError("a key is written name+id+base64")
    if len(typed) != 33 or typed[0] != 1:
        raise ValueError("expected the 32 bytes of an Ed25519 key after a byte of value one")
    if sha256(name.encode() + b"\n" + typed).digest()[:4].hex() != key_id:
        raise ValueError("the key's ID does not belong to it")
    return VerifierKey(name, bytes.fromhex(key_id), typed[1:], text)


def note_of(data: bytes) -> SignedNote:
    """A signed note from its bytes."""
    whole = data.decode("utf-8")
    if b"\r\n" in data:
        raise ValueError(CRLF)
    if any(byte < 32 and byte != 10 for byte in set(data)):
        raise ValueError("a note holds no control characters")
    cut = whole.rfind("\n\n")
    if cut < 0 or not whole.endswith("\n"):
        raise ValueError("a note is a text, an empty line, and signatures")
    lines = whole[cut + 2 : -1].split("\n")
    if not whole[cut + 2 :] or len(lines) > 16:
        raise ValueError("a note carries 1 to 16 signatures")
    return SignedNote(whole[: cut + 1], tuple(_signature(line) for line in lines))


def checkpoint_of(text: str) -> Checkpoint:
    """The checkpoint in the text of a note: origin, size and root, a line each."""
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or lines[3]:
        raise ValueError("a checkpoint has three lines")
    root = _base64(lines[2])
    if len(root) != 32:
        raise ValueError("a root has 32 bytes")
    return Checkpoint(lines[0], number_of(lines[1]), root)


def manifest_of(note: SignedNote) -> Manifest:
    """The manifest that a note's text states."""
    lines = note.text.split("\n")
    if len(note.signatures) != 1 or len(lines) < 7 or lines.pop() or lines[0] != _MANIFEST:
        raise ValueError("not a noonmark-bundle/v1 with one signature")
    origin, disclosure, sealed, log, count = (
        _after(word, line) for word, line in zip(_HEAD_WORDS, lines[1:6], strict=True)
    )
    size, space, root = log.partition(" ")
    if disclosure not in ("full", "partial") or not INSTANT.fullmatch(sealed):
        raise ValueError("a line of the head is not as specified")
    if not origin or not space:
        raise ValueError("a line of the head is not as specified")
    members = _members(lines[6:])
    if len(members) != number_of(count):
        raise ValueError("the number of members is another than it says")
    return Manifest(checkpoint_of(f"{origin}\n{size}\n{root}\n"), disclosure, sealed, members)


def _members(lines: list[str]) -> dict[str, tuple[str, int]]:
    """Digest and size [bytes] by path, from lines in the order of their paths."""
    members: dict[str, tuple[str, int]] = {}
    before = ""
    for line in lines:
        digest, length, path = _three(line)
        if not _HEX64.fullmatch(digest) or path <= before or path == "MANIFEST" or len(path) > 200:
            raise ValueError("a member is not as specified, or out of order")
        if not all(_SEGMENT.fullmatch(segment) for segment in path.split("/")):
            raise ValueError("a path holds what no path of a bundle may")
        members[path] = (digest, number_of(length))
        before = path
    return members


def number_of(text: str) -> int:
    """A decimal number as the format writes it: no sign, no leading zero, at most 18 digits."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a number as this format writes it")
    return int(text)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Key name, key ID and signature on a line below a note."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _KEY_NAME.fullmatch(parts[1]):
        raise ValueError("a signature line is a long dash, a name, and base64")
    data = _base64(parts[2])
    if len(data) < 5:
        raise ValueError("a signature is too short")
    return parts[1], data[:4], data[4:]


def _three(line: str) -> tuple[str, str, str]:
    """Digest, size and path on a line of a manifest."""
    parts = line.split(" ")
    if len(parts) != 3:
        raise ValueError("a member is a digest, a size and a path")
    return parts[0], parts[1], parts[2]


def _after(word: str, line: str) -> str:
    """The rest of a line that starts with a word and a space."""
    if not line.startswith(word + " "):
        raise ValueError(f"expected a line that starts with {word!r}")
    return line[len(word) + 1 :]


def _base64(text: str) -> bytes:
    """The bytes of canonical base64; other spellings of the same bytes are refused."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text or not text:
        raise ValueError("not canonical base64")
    return data
