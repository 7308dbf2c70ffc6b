"""What a time-stamp response says, as fields: nothing is judged here, only read.

**Method** RFC 3161 (2001) section 2.4.2; RFC 5652 (2009) section 5; RFC 5816 (2010) for ESSCertIDv2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from noonmark.evidence.anchor import asn1
from noonmark.evidence.anchor.asn1 import Node, bad

LONGEST_BYTES = 1 << 20
"""A response holds a few certificates; beyond a mebibyte it is something else."""

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"

HASHES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
}
"""hashlib's name by OID; a name outside this table is refused, MD5 on purpose."""


@dataclass(frozen=True)
class Signer:
    """The one SignerInfo of a token: who is named, and what was signed."""

    issuer: bytes | None
    serial: int | None
    key_id: bytes | None
    hash_name: str
    algorithm: Node
    signed: bytes
    """The signed attributes as the signature covers them: a SET, [RFC 5652 5.4]."""
    attributes: dict[str, Node]
    signature: bytes


@dataclass(frozen=True)
class Token:
    """A response or a bare token, read: what it says of which digest, when, and the signatures around it."""

    status: int | None
    """PKIStatus; None where only the token was kept, without the response around it."""
    policy: str
    hash_name: str
    imprint: bytes
    serial: int
    gen_time: datetime
    accuracy_s: float | None
    nonce: int | None
    content: bytes
    certificates: tuple[bytes, ...]
    signer: Signer
    strict_der: bool


@dataclass(frozen=True)
class Query:
    """What was asked: RFC 3161 section 2.4.1."""

    hash_name: str
    imprint: bytes
    policy: str | None
    nonce: int | None
    certificate_asked: bool


def query_der(digest: bytes, *, nonce: int) -> bytes:
    """DER of a request to stamp a SHA-256 digest, with the signer's certificate asked for."""
    name = next(o for o, h in HASHES.items() if h == "sha256")
    algorithm = asn1.value(asn1.SEQUENCE, asn1.oid(name), asn1.value(asn1.NULL))
    imprint = asn1.value(asn1.SEQUENCE, algorithm, asn1.value(asn1.OCTET_STRING, digest))
    wants = asn1.value(asn1.BOOLEAN, b"\xff")
    return asn1.value(asn1.SEQUENCE, asn1.integer(1), imprint, asn1.integer(nonce), wants)


def read_query(data: bytes) -> Query:
    """The fields of a time-stamp request."""
    _, imprint, *rest = _parts(asn1.read(data).want(asn1.SEQUENCE, "query"), 2, "query")
    name, digest = _imprint(imprint)
    by_tag = {node.tag: node for node in rest}
    return Query(
        name,
        digest,
        by_tag[asn1.OID].oid() if asn1.OID in by_tag else None,
        by_tag[asn1.INTEGER].integer() if asn1.INTEGER in by_tag else None,
        asn1.BOOLEAN in by_tag and by_tag[asn1.BOOLEAN].body != b"\0",
    )


def read_token(data: bytes) -> Token:
    """The fields of a TimeStampResp, or of a bare token as some tools keep it."""
    if len(data) > LONGEST_BYTES:
        raise bad(f"expected at most {LONGEST_BYTES} bytes, got {len(data)}")
    root = asn1.read(data).want(asn1.SEQUENCE, "response")
    first = _parts(root, 1, "response")[0]
    status: int | None = None
    content_info = root
    if first.tag == asn1.SEQUENCE:
        status = _parts(first, 1, "status")[0].integer()
        if len(root.children) < 2:
            raise bad(f"the server refused: status {status}, and no token follows")
        content_info = root.children[1]
    kind, wrapped = _parts(content_info, 2, "token")[:2]
    if kind.oid() != SIGNED_DATA:
        raise bad(f"token: expected signed data, got object {kind.oid()}")
    return _signed_data(_parts(wrapped, 1, "signed data")[0], status, root.strict)


def _signed_data(node: Node, status: int | None, strict: bool) -> Token:
    _, _, encap, *rest = _parts(node.want(asn1.SEQUENCE, "signed data"), 4, "signed data")
    kind, explicit = _parts(encap, 2, "content")[:2]
    if kind.oid() != TST_INFO:
        raise bad(f"content: expected a time-stamp, got object {kind.oid()}")
    content = _parts(explicit, 1, "content")[0].octets()
    certificates = tuple(c.raw for n in rest if n.tag == 0xA0 for c in n if c.tag == asn1.SEQUENCE)
    signers = [s for n in rest if n.tag == asn1.SET for s in n]
    if len(signers) != 1:
        raise bad(f"token: expected one signer, got {len(signers)}")
    info = asn1.read(content).want(asn1.SEQUENCE, "time-stamp")
    _, policy, imprint, serial, gen_time, *extra = _parts(info, 5, "time-stamp")
    name, digest = _imprint(imprint)
    nonces = [n.integer() for n in extra if n.tag == asn1.INTEGER]
    return Token(
        status=status,
        policy=policy.oid(),
        hash_name=name,
        imprint=digest,
        serial=serial.integer(),
        gen_time=gen_time.time(),
        accuracy_s=next((_accuracy_s(n) for n in extra if n.tag == asn1.SEQUENCE), None),
        nonce=nonces[0] if nonces else None,
        content=content,
        certificates=certificates,
        signer=_signer(signers[0]),
        # The set of certificates is tagged [0] in place of SET; DER orders it all the same.
        strict_der=strict and list(certificates) == sorted(certificates),
    )


def _signer(node: Node) -> Signer:
    _, sid, digest, *rest = _parts(node, 5, "signer")
    issuer = serial = key_id = None
    if sid.tag == asn1.SEQUENCE:
        issuer_node, serial_node = _parts(sid, 2, "signer's certificate")[:2]
        issuer, serial = issuer_node.raw, serial_node.integer()
    else:
        key_id = sid.body
    attributes: dict[str, Node] = {}
    signed = b""
    if rest[0].tag == 0xA0:
        signed = asn1.value(asn1.SET, rest[0].body)
        for attribute in rest[0]:
            kind, values = _parts(attribute, 2, "attribute")[:2]
            if kind.oid() in attributes or len(values.children) != 1:
                raise bad(f"signed attribute {kind.oid()}: expected once, with one value")
            attributes[kind.oid()] = values.children[0]
        rest = rest[1:]
    if len(rest) < 2:
        raise bad("signer: the signature is missing")
    return Signer(issuer, serial, key_id, _hash(digest), rest[0], signed, attributes, rest[1].octets())


def _imprint(node: Node) -> tuple[str, bytes]:
    algorithm, digest = _parts(node, 2, "imprint")[:2]
    return _hash(algorithm), digest.octets()


def _hash(node: Node) -> str:
    name = _parts(node, 1, "hash")[0].oid()
    if name not in HASHES:
        raise bad(f"hash: expected one of {', '.join(sorted(HASHES.values()))}, got object {name}")
    return HASHES[name]


def _accuracy_s(node: Node) -> float:
    scale = {asn1.INTEGER: 1.0, 0x80: 1e-3, 0x81: 1e-6}
    return sum(int.from_bytes(part.body[:8], "big") * scale[part.tag] for part in node if part.tag in scale)


def _parts(node: Node, least: int, what: str) -> tuple[Node, ...]:
    if len(node.children) < least:
        raise bad(f"{what}: expected {least} parts or more, got {len(node.children)}")
    return node.children
