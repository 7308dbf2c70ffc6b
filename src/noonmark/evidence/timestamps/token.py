"""RFC 3161 requests and responses as validated fields. Nothing is judged here.

asn1crypto reads BER as well as DER. That matters: DigiCert's and OpenSSL's time-stamp tokens keep
their set of certificates in another order than DER asks, so they are read, and ``strict_der`` says
that the bytes were not DER.

**Method** RFC 3161 (2001), section 2.4; RFC 5652 (2009), section 5; RFC 5816 (2010), ESSCertIDv2;
ITU-T X.690 (2021), clauses 8, 10 and 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import cms, core, parser, tsp

from noonmark.errors import InputError

LONGEST_BYTES = 1 << 20
"""A response holds a few certificates; beyond a mebibyte it is something else."""
_DEEPEST = 40
"""Levels of nesting; real tokens have about 12."""
_MOST_VALUES = 10_000
"""ASN.1 values in one token; real ones have some hundreds. The walk over them is quadratic."""
_LONGEST_OID_BYTES = 64
"""The library takes quadratic time to read an object identifier; real ones have about 10 bytes."""

_SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_OID, _SEQUENCE, _SET = (0, 6), (0, 16), (0, 17)
"""Universal tags: class and number."""

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
class CertificateReference:
    """The digest by which a token names its signer's certificate: ESSCertID or ESSCertIDv2."""

    hash_name: str
    digest: bytes


@dataclass(frozen=True)
class Signer:
    """The one SignerInfo of a token: who is named, and what was signed."""

    issuer: bytes | None
    serial: int | None
    key_id: bytes | None
    hash_name: str
    algorithm: str
    """OID of the signature algorithm."""
    signed: bytes
    """The signed attributes as the signature covers them: a SET, [RFC 5652 5.4]."""
    content_type: str | None
    message_digest: bytes | None
    certificate: CertificateReference | None
    signature: bytes


@dataclass(frozen=True)
class Token:
    """A time-stamp token: which digest was stamped, when, and the signature over it."""

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
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    asked = {
        "version": 1,
        "message_imprint": imprint,
        "nonce": nonce,
        "cert_req": True,
    }
    made: bytes = tsp.TimeStampReq(asked).dump()
    return made


def read_query(data: bytes) -> Query:
    """The fields of a time-stamp request."""
    _structure(data)
    with _library_errors("query"):
        asked = tsp.TimeStampReq.load(data, strict=True)
        imprint = asked["message_imprint"]
        policy = _present(asked["req_policy"])
        return Query(
            _hash_name(imprint["hash_algorithm"]),
            imprint["hashed_message"].native,
            None if policy is None else policy.dotted,
            asked["nonce"].native,
            bool(asked["cert_req"].native),
        )


def read_token(data: bytes) -> Token:
    """The fields of a TimeStampResp, or of a bare token as some tools keep it."""
    if len(data) > LONGEST_BYTES:
        raise _unreadable(f"expected at most {LONGEST_BYTES} bytes, got {len(data)}")
    strict = _structure(data)
    with _library_errors("response"):
        status, token = _response(data)
    with _library_errors("token"):
        info = cms.ContentInfo.load(token, strict=True)
        kind = info["content_type"].dotted
        if kind != _SIGNED_DATA:
            raise _unreadable(f"token: expected signed data, got object {kind}")
        return _signed_data(info["content"], status, strict)


def _response(data: bytes) -> tuple[int | None, bytes]:
    """PKIStatus and the bytes of the token; a bare token has no status.

    The library's TimeStampResp is not used: it takes the token to be always there.
    """
    class_, _, tag, _, contents, _ = parser.parse(data, strict=True)
    if (class_, tag) != _SEQUENCE:
        raise _unreadable(f"response: expected a sequence, got tag {data[0]:#04x}")
    parts = _parts(contents)
    if not parts:
        raise _unreadable("response: expected a status or a token, got nothing")
    class_, _, tag, *_ = parser.parse(parts[0])
    if (class_, tag) != _SEQUENCE:
        return None, data
    status = int(tsp.PKIStatusInfo.load(parts[0])["status"])
    if len(parts) < 2:
        raise _unreadable(f"the server refused: status {status}, and no token follows")
    return status, parts[1]


def _signed_data(signed: Any, status: int | None, strict: bool) -> Token:
    """The fields of a token's signed data; a time stamp has exactly one signer."""
    # The library takes the content of version 1 for PKCS #7; in a time stamp it is always CMS.
    wrapped = cms.EncapsulatedContentInfo.load(signed["encap_content_info"].dump())
    kind = wrapped["content_type"].dotted
    if kind != TST_INFO:
        raise _unreadable(f"content: expected a time-stamp, got object {kind}")
    content = bytes(wrapped["content"])
    certificates = tuple(
        one.chosen.dump() for one in signed["certificates"] if one.name == "certificate"
    )
    signers = list(signed["signer_infos"])
    if len(signers) != 1:
        raise _unreadable(f"token: expected one signer, got {len(signers)}")
    _structure(content)
    info = tsp.TSTInfo.load(content, strict=True)
    imprint = info["message_imprint"]
    return Token(
        status=status,
        policy=info["policy"].dotted,
        hash_name=_hash_name(imprint["hash_algorithm"]),
        imprint=imprint["hashed_message"].native,
        serial=int(info["serial_number"]),
        gen_time=_instant(str(info["gen_time"])),
        accuracy_s=_accuracy_s(info["accuracy"]),
        nonce=info["nonce"].native,
        content=content,
        certificates=certificates,
        signer=_signer(signers[0]),
        # The set of certificates is tagged [0] in place of SET; DER orders it all the same.
        strict_der=strict and list(certificates) == sorted(certificates),
    )


def _signer(info: Any) -> Signer:
    """The fields of a SignerInfo [RFC 5652 5.3]."""
    issuer = serial = key_id = None
    if info["sid"].name == "subject_key_identifier":
        key_id = info["sid"].native
    else:
        issuer = info["sid"].chosen["issuer"].dump()
        serial = int(info["sid"].chosen["serial_number"])
    attributes = _attributes(_present(info["signed_attrs"]))
    content_type = attributes.get(_CONTENT_TYPE)
    message_digest = attributes.get(_MESSAGE_DIGEST)
    return Signer(
        issuer=issuer,
        serial=serial,
        key_id=key_id,
        hash_name=_hash_name(info["digest_algorithm"]),
        algorithm=info["signature_algorithm"]["algorithm"].dotted,
        signed=_signed_set(_present(info["signed_attrs"])),
        content_type=None if content_type is None else content_type.dotted,
        message_digest=None if message_digest is None else message_digest.native,
        certificate=_certificate_reference(attributes),
        signature=info["signature"].native,
    )


def _attributes(signed: Any) -> dict[str, Any]:
    """The one value of each signed attribute, by the attribute's OID."""
    found: dict[str, Any] = {}
    for attribute in signed or ():
        kind = attribute["type"].dotted
        if kind in found or len(attribute["values"]) != 1:
            raise _unreadable(f"signed attribute {kind}: expected once, with one value")
        found[kind] = attribute["values"][0]
    return found


def _signed_set(signed: Any) -> bytes:
    """What the signature covers: the attributes as a SET in place of the [0] of the token."""
    if signed is None:
        return b""
    made: bytes = parser.emit(_SET[0], 1, _SET[1], signed.contents)
    return made


def _certificate_reference(
    attributes: dict[str, Any],
) -> CertificateReference | None:
    """The signed reference to the signer's certificate; None without one that can be checked."""
    newer, older = (attributes.get(n) for n in (_SIGNING_CERTIFICATE_V2, _SIGNING_CERTIFICATE))
    if newer is not None and len(newer["certs"]):
        first = newer["certs"][0]
        name = HASHES.get(first["hash_algorithm"]["algorithm"].dotted)
        return None if name is None else CertificateReference(name, first["cert_hash"].native)
    if older is not None and len(older["certs"]):
        return CertificateReference("sha1", older["certs"][0]["cert_hash"].native)
    return None


def _hash_name(algorithm: Any) -> str:
    """hashlib's name for the hash of an AlgorithmIdentifier."""
    oid = algorithm["algorithm"].dotted
    if oid not in HASHES:
        known = ", ".join(sorted(HASHES.values()))
        raise _unreadable(f"hash: expected one of {known}, got object {oid}")
    return HASHES[oid]


def _accuracy_s(accuracy: Any) -> float | None:
    """The stated accuracy [s]; None where the token states none."""
    if _present(accuracy) is None:
        return None
    scales = (("seconds", 1.0), ("millis", 1e-3), ("micros", 1e-6))
    return sum(int(accuracy[name].native or 0) * scale for name, scale in scales)


def _instant(text: str) -> datetime:
    """The aware UTC instant of a GeneralizedTime that ends in Z, as RFC 3161 asks."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    digits = whole + (fraction or "0")
    plain = digits.isascii() and digits.isdigit()
    if not text.endswith("Z") or len(whole) != 14 or not plain:
        raise _unreadable(f"time: expected YYYYMMDDHHMMSS[.f]Z, got {text[:80]!r}")
    try:
        moment = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise _unreadable(f"time: expected a date that exists, got {text[:80]!r}") from None
    return moment + timedelta(microseconds=int((fraction + "000000")[:6]))


def _present(value: Any) -> Any:
    """The value of an optional field; None where it is absent."""
    return None if isinstance(value, core.Void) else value


def _structure(data: bytes) -> bool:
    """Walk through every value of BER data; say whether lengths and sets are written as in DER.

    The typed reading above is lazy: this walk refuses cut and hostile data before it.
    """
    with _library_errors("value"):
        strict = True
        counted = 1
        waiting = [(data, 0)]
        while waiting:
            raw, depth = waiting.pop()
            class_, constructed, tag, header, contents, trailer = parser.parse(raw, strict=True)
            _refuse_unusual(class_, tag, contents, depth)
            parts = _parts(contents) if constructed else []
            counted += len(parts)
            if counted > _MOST_VALUES:
                raise _unreadable(f"expected at most {_MOST_VALUES} values, got more")
            ordered = (class_, tag) != _SET or parts == sorted(parts)
            shortest = parser.emit(class_, constructed, tag, contents).startswith(header)
            strict = strict and ordered and shortest and not trailer
            waiting.extend((part, depth + 1) for part in parts)
        return strict


def _refuse_unusual(class_: int, tag: int, contents: bytes, depth: int) -> None:
    """Refuse what no time stamp has and what would exhaust the library."""
    if depth > _DEEPEST:
        raise _unreadable(f"nested deeper than {_DEEPEST}")
    if tag > 30:
        raise _unreadable("tags above 30 do not occur in a time-stamp")
    if (class_, tag) == _OID and len(contents) > _LONGEST_OID_BYTES:
        raise _unreadable(f"object identifier: expected at most {_LONGEST_OID_BYTES} bytes")


def _parts(contents: bytes) -> list[bytes]:
    """The encoded values inside a constructed value, as they are written."""
    found: list[bytes] = []
    at = 0
    while at < len(contents):
        if len(found) == _MOST_VALUES:
            raise _unreadable(f"expected at most {_MOST_VALUES} values, got more")
        size = parser.peek(contents[at:])
        found.append(contents[at : at + size])
        at += size
    return found


@contextmanager
def _library_errors(what: str) -> Iterator[None]:
    """Turn what the library raises on malformed bytes into the one deliberate error."""
    try:
        yield
    except (ValueError, TypeError, LookupError) as error:
        said = str(error).partition("\n")[0][:160]
        raise _unreadable(f"{what}: {said or type(error).__name__}") from None


def _unreadable(message: str) -> InputError:
    """The one error of this module: the bytes are not what they should be."""
    return InputError(
        message,
        code="token-unreadable",
        hint="the file may be cut, or not a time-stamp at all",
    )
