"""age files (https://age-encryption.org/v1) by pyrage, after a strict check of the header.

Names of sources and locked cases are kept in age files, and nothing else of ours is encrypted: any
age program opens them without us. The library takes three malformed headers of the 143 vectors of
C2SP/CCTV that it should refuse, so the header is checked here before it sees it; six sound files
(hybrid keys, white space around armour) it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import ModuleType
from typing import IO, Any

from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.evidence import age_passphrase

VERSION = b"age-encryption.org/v1\n"
LARGEST_WORK_FACTOR = 22
"""log2 of scrypt's cost: 22 is 4 GiB of memory and some ten seconds.

An attacker's file may not ask for more.
"""
_STANZA = re.compile(rb"-> [!-~]+(?: [!-~]+)*")
_BODY = re.compile(rb"[A-Za-z0-9+/]{0,64}")
_END = re.compile(rb"--- [A-Za-z0-9+/]{43}")
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"


def library() -> ModuleType:
    """The library pyrage; raises with what to install where it is missing."""
    try:
        import pyrage
    except ImportError:
        raise OutsideError(
            "encryption needs the Python package pyrage, which is not installed",
            code="age-missing",
            hint="pip install 'noonmark[sources]'",
        ) from None
    module: ModuleType = pyrage
    return module


def new_identity() -> tuple[str, str]:
    """A fresh key pair: the secret identity and the recipient to encrypt to, as age writes them."""
    identity = library().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def encrypt(data: bytes, *, passphrase: str | None = None, recipients: Sequence[str] = ()) -> bytes:
    """An age file of ``data``, to a passphrase or to recipients, not both."""
    pyrage = library()
    if (passphrase is None) is (not recipients):
        raise InputError("give a passphrase or recipients, one of the two", code="age-key")
    if passphrase is not None:
        if not passphrase:
            raise InputError(
                "the passphrase is empty",
                code="age-key",
                hint="several random words are good",
            )
        return age_passphrase.encrypt(data, passphrase)
    made: bytes = pyrage.encrypt(data, [_recipient(text) for text in recipients])
    return made


def decrypt(data: bytes, *, passphrase: str | None = None, identities: Sequence[str] = ()) -> bytes:
    """What an age file holds; a wrong key or an altered file raises what age says of it."""
    pyrage = library()
    check_header(data)
    try:
        if passphrase is not None:
            opened: bytes = pyrage.passphrase.decrypt(data, passphrase)
            return opened
        opened = pyrage.decrypt(data, [_identity(text) for text in identities])
    except pyrage.DecryptError as error:
        raise _refused(error) from None
    return opened


def encrypt_stream(source: IO[bytes], target: IO[bytes], recipient: str) -> None:
    """Write an age file of everything that ``source`` holds, in steps."""
    library().encrypt_io(source, target, [_recipient(recipient)])


def decrypt_stream(source: IO[bytes], target: IO[bytes], identity: str) -> None:
    """Write everything that an age file holds to ``target``, in steps.

    Each step is authentic; that nothing is missing at the end is known once this returns.
    """
    pyrage = library()
    try:
        pyrage.decrypt_io(source, target, [_identity(identity)])
    except pyrage.DecryptError as error:
        raise _refused(error) from None


def _refused(error: Exception) -> EvidenceError:
    """The library's refusal as a deliberate error, with its first line."""
    said = str(error).split("\n")[0][:160]
    return EvidenceError(
        f"the age file does not open: {said or 'wrong key, or altered bytes'}",
        code="age-refused",
        hint="another passphrase or key, or the file was altered",
    )


def _recipient(text: str) -> Any:
    """A recipient as the library takes it."""
    pyrage = library()
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise InputError(
            f"{text[:80]!r} is not an age recipient",
            code="age-key",
            hint="it begins with age1; age-keygen makes one",
        ) from None


def _identity(text: str) -> Any:
    """An identity as the library takes it."""
    pyrage = library()
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError:
        raise InputError(  # the text is a secret: it is not repeated
            "what was given is not an age identity",
            code="age-key",
            hint="it begins with AGE-SECRET-KEY-1",
        ) from None


def identities_of(text: str) -> list[str]:
    """The identities of a key file as age-keygen writes it: comments and empty lines aside."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def check_header(data: bytes) -> None:
    """Refuse a header that is not exactly as specified, or that asks for too much work."""
    if data.startswith(_ARMOR):
        return
    if not data.startswith(VERSION):
        raise _malformed("it does not begin like one")
    at, stanza = len(VERSION), b""
    while True:
        end = data.find(b"\n", at)
        if end < 0 or end - at > 1 << 16:
            raise _malformed("its header does not end")
        line, at = data[at:end], end + 1
        if _END.fullmatch(line) and not stanza:
            return
        if _STANZA.fullmatch(line) and not stanza:
            stanza = line
            _check_work(line)
        elif stanza and _BODY.fullmatch(line):
            stanza = stanza if len(line) == 64 else b""
        else:
            raise _malformed("a line of its header is not as specified")


def _check_work(line: bytes) -> None:
    """Refuse a stanza of scrypt whose work factor is too large, or can't be read."""
    parts = line.split(b" ")
    if parts[1] != b"scrypt":
        return
    if len(parts) != 4 or not parts[3].isdigit() or int(parts[3]) > LARGEST_WORK_FACTOR:
        raise _malformed("it asks for more work than is reasonable")


def _malformed(why: str) -> EvidenceError:
    """The error about a header that is not as specified."""
    return EvidenceError(f"this is not a sound age file: {why}", code="age-malformed")
