"""Signing keys: made and read outside of every case; public keys given as text or as a file."""

from __future__ import annotations

from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.entry_schema import MARKER
from noonmark.evidence.note import PublicKey, SigningKey, new_key, public_key, read_key


def new_case_key(path: Path, *, name: str = "noonmark") -> PublicKey:
    """Make a signing key outside of every case; its public half, to be published."""
    _refuse_key_in_case(path)
    return new_key(path, name=name)


def case_key(path: Path) -> SigningKey:
    """A signing key from its file, which must not lie in a case."""
    _refuse_key_in_case(path)
    return read_key(path)


def key_text(given: str | None) -> str | None:
    """A verifier key given as text or as a file that holds it; a seal's text of it, checked."""
    if given is None:
        return None
    path = Path(given)
    text = small_file(path).decode("ascii", "replace").rstrip("\n") if path.is_file() else given
    if text.startswith("PRIVATE+KEY+"):
        raise InputError(
            "that is the secret key: nobody but its owner needs it",
            code="key-secret",
            hint="checking takes the public key, which noonmark case key show FILE prints",
        )
    return str(public_key(text))


def small_file(path: Path) -> bytes:
    """The first mebibyte of a file."""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError as error:
        raise InputError(
            f"{str(path)!r} can't be read: {error.strerror}", code="file-unreadable"
        ) from None


def _refuse_key_in_case(path: Path) -> None:
    for folder in path.absolute().parents:
        if (folder / MARKER).is_file():
            raise InputError(
                f"the key {str(path)!r} lies in the case {folder.name!r}: who takes the case "
                "takes the key",
                code="key-in-case",
                hint="keep it elsewhere, best on another disk",
            )
