"""Age files to a passphrase, at a work factor that does not depend on the machine.

The library measures the machine and chooses a factor that costs a second there: on a slow or busy
one that is little. Ours is that of the age program.

**Method** C2SP, age v1: the scrypt recipient, the header MAC, and STREAM for the payload.
**Authority** tests/evidence/test_sources.py opens what is written here with pyrage.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

WORK_FACTOR = 18
"""log2 of scrypt's cost: 256 MiB of memory."""
SCRYPT_BLOCK = 8
CHUNK_BYTES = 1 << 16
_LABEL = b"age-encryption.org/v1/scrypt"


def encrypt(data: bytes, passphrase: str) -> bytes:
    """An age file of ``data`` to a passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    file_key, salt = os.urandom(16), os.urandom(16)
    body = ChaCha20Poly1305(_wrapping_key(passphrase, salt)).encrypt(bytes(12), file_key, None)
    stanza = f"-> scrypt {_base64(salt)} {WORK_FACTOR}\n{_base64(body)}\n"
    header = f"age-encryption.org/v1\n{stanza}---".encode()
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    nonce = os.urandom(16)
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    made = [header + f" {_base64(mac)}\n".encode() + nonce]
    starts = range(0, len(data), CHUNK_BYTES) or range(1)
    for number, start in enumerate(starts):
        last = number == len(starts) - 1
        counter = number.to_bytes(11, "big") + bytes((last,))
        made.append(payload.encrypt(counter, data[start : start + CHUNK_BYTES], None))
    return b"".join(made)


def _wrapping_key(passphrase: str, salt: bytes) -> bytes:
    """The key that scrypt makes of a passphrase [32 bytes]."""
    cost = 1 << WORK_FACTOR
    room = 128 * SCRYPT_BLOCK * (cost + 2) + (1 << 20)
    salted = _LABEL + salt
    return hashlib.scrypt(
        passphrase.encode(), salt=salted, n=cost, r=SCRYPT_BLOCK, p=1, maxmem=room, dklen=32
    )


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    """A key for one purpose [32 bytes]."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def _base64(data: bytes) -> str:
    """Base64 without padding, as age writes it."""
    return base64.b64encode(data).decode().rstrip("=")
