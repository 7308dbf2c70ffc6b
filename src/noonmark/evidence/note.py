"""Signed notes and verifier keys (c2sp.org/signed-note) with Ed25519: what seals are made of."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noonmark.errors import InputError
from noonmark.evidence.disk import named_failure, sync_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_NAME = re.compile(r"[!-*,-~]{1,128}")
_KEY_ID = re.compile("[0-9a-f]{8}")
_ED25519 = b"\x01"
"""The byte before a key that says which algorithm it is for."""
_SECRET = "PRIVATE+KEY+"  # noqa: S105 - the label of a secret, not one


@dataclass(frozen=True)
class PublicKey:
    """A verifier key: a name and an Ed25519 public key. Its text form is what to publish."""

    name: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that signature lines carry."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"


@dataclass(frozen=True)
class SigningKey:
    """A secret key to sign with. Its text shows only the public half."""

    public: PublicKey
    _secret: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.public})"

    def sign(self, text: str) -> str:
        """The signed note over a text that ends in a newline."""
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends in a newline")
        signature = base64.b64encode(self.public.key_id + self._secret.sign(text.encode())).decode()
        return f"{text}\n— {self.public.name} {signature}\n"


def new_key(path: Path, *, name: str = "noonmark") -> PublicKey:
    """Write a new secret key to a file that only its owner can read; never over another file."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} can't name a key",
            code="bad-key-name",
            hint="1 to 128 ASCII characters without space or +",
        )
    seed = os.urandom(32)
    key = _signing(name, seed)
    encoded = base64.b64encode(_ED25519 + seed).decode()
    text = f"{_SECRET}{name}+{key.public.key_id.hex()}+{encoded}\n"
    with named_failure():
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise InputError(
                f"{str(path)!r} exists already, and a key is never written over",
                code="file-exists",
                hint="choose another file",
            ) from None
        with open(handle, "wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        sync_folder(path.absolute().parent)
    return key.public


def read_key(path: Path) -> SigningKey:
    """The secret key in a file made by :func:`new_key` (or by any tool of the same form)."""
    try:
        text = path.read_bytes()[:4096].decode("ascii").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text"
        raise InputError(
            f"the key file {str(path)!r} can't be read: {why}",
            code="key-unreadable",
            hint="make one with: noonmark case key new FILE",
        ) from None
    if not text.startswith(_SECRET):
        raise InputError(
            f"{str(path)!r} holds no secret key",
            code="key-malformed",
            hint="expected one line that starts with PRIVATE+KEY+; "
            "make one with: noonmark case key new FILE",
        )
    name, key_id, seed = _parts(text.removeprefix(_SECRET))
    key = _signing(name, seed)
    if key.public.key_id != key_id:
        raise _malformed("the key ID is not that of the name and key")
    return key


def public_key(text: str) -> PublicKey:
    """A verifier key from its text."""
    name, key_id, raw = _parts(text)
    key = PublicKey(name, raw)
    if key.key_id != key_id:
        raise _malformed("the key ID is not that of the name and key")
    return key


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The body of a tlog-checkpoint."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def _signing(name: str, seed: bytes) -> SigningKey:
    """The signing key of that name from its seed [32 bytes]."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.from_private_bytes(seed)
    return SigningKey(PublicKey(name, secret.public_key().public_bytes_raw()), secret)


def _parts(text: str) -> tuple[str, bytes, bytes]:
    """Name, key ID and 32 bytes of a key in the text form name+id+base64."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]) or not _KEY_ID.fullmatch(parts[1]):
        raise _malformed("expected name+id+key")
    try:
        raw = base64.b64decode(parts[2], validate=True)
    except binascii.Error:
        raise _malformed("the key is not base64") from None
    if base64.b64encode(raw).decode() != parts[2] or len(raw) != 33 or raw[:1] != _ED25519:
        raise _malformed("expected an Ed25519 key of 32 bytes")
    return parts[0], bytes.fromhex(parts[1]), raw[1:]


def _malformed(why: str) -> InputError:
    """The error about a text that is no key."""
    return InputError(
        f"this is not a key: {why}",
        code="key-malformed",
        hint="see docs/spec/evidence.md, Keys",
    )
