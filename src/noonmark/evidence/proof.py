"""Inclusion proofs of single entries under a seal, as tlog-proofs (c2sp.org/tlog-proof).

One entry can be shown alone that way, and checked without the case.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.bundle import sealed
from noonmark.evidence.log import Entry, parse_line
from noonmark.evidence.merkle import check_inclusion, leaf_hash
from noonmark.evidence.note import PublicKey
from noonmark.evidence.vault import Vault

HEAD = "c2sp.org/tlog-proof@v1"


def proof_of(vault: Vault, number: int) -> str:
    """The inclusion proof of an entry under the newest seal; ``extra`` is its salted line."""
    seal = sealed(vault)
    if not 0 <= number < seal.size:
        raise InputError(
            f"entry {number} is not under the newest seal, which covers {seal.size}",
            code="no-such-entry",
            hint="numbers start at 0; seal the case again for newer entries",
        )
    line = base64.b64encode(vault.log.entry(number).line).decode()
    steps = vault.log.inclusion(number, seal.size)
    hashes = "".join(f"{base64.b64encode(step).decode()}\n" for step in steps)
    return f"{HEAD}\nextra {line}\nindex {number}\n{hashes}\n{seal.checkpoint}"


def check_proof(text: str, key: PublicKey) -> Entry:
    """The entry that an inclusion proof shows, if its path leads to a root that the key signed."""
    try:
        line, number, steps, checkpoint = _parts(text)
        size, root = _signed_root(checkpoint, key)
    except (ValueError, IndexError) as error:
        raise EvidenceError(f"the proof can't be read: {error}", code="proof-bad") from None
    check_inclusion(leaf_hash(line), number, size, steps, root)
    return parse_line(line, number)


def _parts(text: str) -> tuple[bytes, int, list[bytes], str]:
    """The entry's line, its number, the hashes of its path, and the checkpoint."""
    head, checkpoint = text.split("\n\n", 1)
    title, extra, index, *path = head.split("\n")
    known = title == HEAD and extra.startswith("extra ") and index.startswith("index ")
    if not known:
        raise ValueError("not a proof of an entry")
    line = base64.b64decode(extra.removeprefix("extra "), validate=True)
    number = int(index.removeprefix("index "))
    return (
        line,
        number,
        [base64.b64decode(step, validate=True) for step in path],
        checkpoint,
    )


def _signed_root(checkpoint: str, key: PublicKey) -> tuple[int, bytes]:
    """Size and root of a checkpoint that the key signed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    body, signatures = checkpoint.split("\n\n", 1)
    _, size, root = body.split("\n")
    for signature in _signatures(signatures.split("\n"), key):
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, f"{body}\n".encode())
            return int(size), base64.b64decode(root, validate=True)
        except InvalidSignature:
            break
    raise ValueError("its checkpoint is not signed by the key")


def _signatures(lines: Sequence[str], key: PublicKey) -> list[bytes]:
    """The signatures on lines that bear the key's name and ID."""
    mark = f"— {key.name} "
    found = []
    for line in lines:
        if line.startswith(mark):
            data = base64.b64decode(line.removeprefix(mark), validate=True)
            if data[:4] == key.key_id:
                found.append(data[4:])
    return found
