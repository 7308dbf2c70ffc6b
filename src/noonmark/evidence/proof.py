"""One entry proved under a seal, as a tlog-proof (c2sp.org/tlog-proof): shown alone, checked without the case."""

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
    """The proof of an entry under the newest seal; its line, salt and all, is the ``extra``."""
    seal = sealed(vault)
    if not 0 <= number < seal.size:
        raise InputError(
            f"entry {number} is not under the newest seal, which covers {seal.size}",
            code="no-such-entry",
            hint="numbers start at 0; seal the case again for newer entries",
        )
    line = vault.log.entry(number).line
    hashes = "".join(f"{base64.b64encode(step).decode()}\n" for step in vault.log.inclusion(number, seal.size))
    return f"{HEAD}\nextra {base64.b64encode(line).decode()}\nindex {number}\n{hashes}\n{seal.checkpoint}"


def check_proof(text: str, key: PublicKey) -> Entry:
    """The entry that a proof shows, once its path leads to a root that the key signed."""
    try:
        head, checkpoint = text.split("\n\n", 1)
        lines = head.split("\n")
        if lines[0] != HEAD or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
            raise ValueError("not a proof of an entry")
        line, number = base64.b64decode(lines[1][6:], validate=True), int(lines[2][6:])
        steps = [base64.b64decode(step, validate=True) for step in lines[3:]]
        size, root = _head(checkpoint, key)
    except (ValueError, IndexError) as error:
        raise EvidenceError(f"the proof can't be read: {error}", code="proof-bad") from None
    check_inclusion(leaf_hash(line), number, size, steps, root)
    return parse_line(line, number)


def _head(checkpoint: str, key: PublicKey) -> tuple[int, bytes]:
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
    datas = [base64.b64decode(line.removeprefix(mark), validate=True) for line in lines if line.startswith(mark)]
    return [data[4:] for data in datas if data[:4] == key.key_id]
