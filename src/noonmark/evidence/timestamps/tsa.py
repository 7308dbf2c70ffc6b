"""Verification of RFC 3161 time stamps, offline, from the bytes that were kept.

Every token is judged here; where the library ``rfc3161-client`` is installed and can read
the token (it takes strict DER only), its answer is asked too. A stamp holds only if nobody who
could read it disagrees.

**Authority** tests/evidence/test_anchor.py: the token examples of rfc3161-client and auto-archiver,
and a local authority made with ``openssl ts``, whose own verdict each of ours is compared with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from noonmark.errors import Problem
from noonmark.evidence.timestamps import chain as chains
from noonmark.evidence.timestamps import token as tokens
from noonmark.evidence.timestamps.token import Query, Token
from noonmark.values import rfc3339

METHOD = "rfc3161/1"
"""Goes into the log with each verdict; the number changes when a verdict could."""

_PSS = "1.2.840.113549.1.1.10"
_WEAK = ("sha1",)
"""Hashes for which two files with one digest can be made: whoever stamps both shows nothing about
either.
"""
_HASH_OF_SIGNATURE = {
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.10045.4.1": "sha1",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
"""Signature algorithms that name their own hash; the others use that of the message digest [RFC
5754].
"""
_HASH_CLASS: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sha3_256": hashes.SHA3_256,
    "sha3_384": hashes.SHA3_384,
    "sha3_512": hashes.SHA3_512,
}


@dataclass(frozen=True)
class StampVerdict:
    """What a time stamp shows: these bytes existed by ``gen_time``, if the named authority is
    trusted.
    """

    ok: bool
    gen_time: datetime
    accuracy_s: float | None
    hash_name: str
    imprint: bytes
    signer: str | None
    signer_sha256: str | None
    root: str | None
    root_sha256: str | None
    strict_der: bool
    second_opinion: str
    """What rfc3161-client said: "agrees", "disagrees: ...", "could not read it: ..." or "not
    installed".
    """
    problems: tuple[Problem, ...]

    def parameters(self) -> dict[str, Any]:
        """The verdict's fields for the log's ``parameters``; unknown ones are left out."""
        said = {
            "method": METHOD,
            "hash": self.hash_name,
            "imprint": self.imprint.hex(),
            "accuracy_us": None if self.accuracy_s is None else round(self.accuracy_s * 1e6),
            "signer": self.signer,
            "signer_sha256": self.signer_sha256,
            "root": self.root,
            "root_sha256": self.root_sha256,
            "strict_der": self.strict_der,
            "second_opinion": self.second_opinion[:200],
            "problems": sorted({p.code for p in self.problems}),
        }
        return {key: value for key, value in said.items() if value is not None}

    def sentence(self) -> str:
        """The verdict in words that claim no more than was checked."""
        if self.ok:
            time = rfc3339(self.gen_time)
            return f"existed by {time}, as {self.signer} signed under the root {self.root}"
        return f"does not hold: {self.problems[0]}"


def judge(
    reply: bytes,
    *,
    digest: bytes,
    roots: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate] = (),
    query: bytes | None = None,
) -> StampVerdict:
    """Verify the time stamp in ``reply`` for bytes with that digest, trusting ``roots`` only.

    ``digest`` is by the token's own hash; ``others`` are certificates that may complete the chain.
    """
    token = tokens.read_token(reply)
    problems = _status_problems(token) + _imprint_problems(token, digest)
    if query is not None:
        problems += _query_problems(token, tokens.read_query(query))
    known = [*chains.embedded(token.certificates), *others, *roots]
    signer = next((c for c in known if _is_signer(c, token)), None)
    path, found = _chain(token, signer, roots=roots, known=known)
    problems += found
    second = _second_opinion(reply, digest=digest, roots=roots, signer=signer, others=known)
    if second.startswith("disagrees") and not problems:
        problems.append(Problem("tsa-disputed", "token", "two readers that agree", second))
    root = path[-1] if path else None
    return StampVerdict(
        ok=not problems,
        gen_time=token.gen_time,
        accuracy_s=token.accuracy_s,
        hash_name=token.hash_name,
        imprint=token.imprint,
        signer=None if signer is None else chains.name(signer),
        signer_sha256=None if signer is None else chains.fingerprint(signer),
        root=None if root is None else chains.name(root),
        root_sha256=None if root is None else chains.fingerprint(root),
        strict_der=token.strict_der,
        second_opinion=second,
        problems=tuple(problems),
    )


def _chain(
    token: Token,
    signer: x509.Certificate | None,
    *,
    roots: Sequence[x509.Certificate],
    known: Sequence[x509.Certificate],
) -> tuple[tuple[x509.Certificate, ...], list[Problem]]:
    """The certification path of the signer, and what is wrong with it or with the signature."""
    if signer is None:
        missing = Problem(
            "tsa-no-certificate",
            "token",
            "the signer's certificate",
            "none that fits",
        )
        return (), [missing]
    problems = _signature_problems(token, signer) + chains.purpose_problems(signer)
    path, broken = chains.path(signer, roots=roots, others=known, at=token.gen_time)
    return path, problems + broken


def _status_problems(token: Token) -> list[Problem]:
    """A status other than granted, or granted with modifications."""
    if token.status in (None, 0, 1):
        return []
    return [
        Problem(
            "tsa-refused",
            "response",
            "status 0 (granted)",
            f"status {token.status}",
        )
    ]


def _imprint_problems(token: Token, digest: bytes) -> list[Problem]:
    """Another digest, or a hash that shows nothing."""
    if token.imprint != digest:
        return [Problem("tsa-other-bytes", "imprint", digest.hex(), token.imprint.hex())]
    if token.hash_name in _WEAK:
        return [
            Problem(
                "stamp-weak-hash",
                "imprint",
                "a hash without known collisions",
                token.hash_name,
            )
        ]
    return []


def _query_problems(token: Token, query: Query) -> list[Problem]:
    """Where the token differs from what was asked for."""
    pairs = (
        ("hash", query.hash_name, token.hash_name),
        ("imprint", query.imprint.hex(), token.imprint.hex()),
        ("nonce", query.nonce, token.nonce),
        ("policy", query.policy or token.policy, token.policy),
    )
    return [
        Problem("tsa-other-query", where, str(asked), str(got))
        for where, asked, got in pairs
        if asked != got
    ]


def _is_signer(certificate: x509.Certificate, token: Token) -> bool:
    """Whether the token names this certificate, also by the signed reference where it has one."""
    signer = token.signer
    if signer.issuer is not None:
        issuer = certificate.issuer.public_bytes()
        if (certificate.serial_number, issuer) != (signer.serial, signer.issuer):
            return False
    elif signer.key_id is not None and _key_id(certificate) != signer.key_id:
        return False
    reference = signer.certificate
    if reference is None:
        return True
    return _digest(reference.hash_name, certificate.public_bytes(Encoding.DER)) == reference.digest


def _key_id(certificate: x509.Certificate) -> bytes | None:
    """The subject key identifier of a certificate; None without one."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except (x509.ExtensionNotFound, ValueError):
        return None
    return found.value.digest


def _signature_problems(token: Token, certificate: x509.Certificate) -> list[Problem]:
    """What is wrong with the signed attributes or with the signature over them."""
    signer = token.signer
    if signer.message_digest is None or signer.content_type != tokens.TST_INFO:
        expected = "content type and digest of a time stamp"
        return [Problem("tsa-signature", "signed attributes", expected, "not there")]
    if signer.certificate is None:
        expected = "a reference to the certificate"
        return [Problem("tsa-signature", "signed attributes", expected, "not there")]
    own, stated = _digest(signer.hash_name, token.content), signer.message_digest
    if stated != own:
        return [Problem("tsa-signature", "message digest", own.hex(), stated.hex())]
    try:
        _verify(certificate, token)
    except InvalidSignature:
        expected = f"made by {chains.name(certificate)}"
        return [Problem("tsa-signature", "signature", expected, "another key or bytes")]
    except (UnsupportedAlgorithm, ValueError, TypeError) as error:
        found = str(error) or "unknown"
        return [Problem("tsa-signature", "signature", "an algorithm in use", found)]
    return []


def _verify(certificate: x509.Certificate, token: Token) -> None:
    """Check the signature over the signed attributes; raise ``InvalidSignature`` otherwise."""
    signer = token.signer
    key = certificate.public_key()
    algorithm = _HASH_CLASS[_HASH_OF_SIGNATURE.get(signer.algorithm, signer.hash_name)]()
    if isinstance(key, rsa.RSAPublicKey):
        scheme: padding.AsymmetricPadding = padding.PKCS1v15()
        if signer.algorithm == _PSS:
            scheme = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
        key.verify(signer.signature, signer.signed, scheme, algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signer.signature, signer.signed, ec.ECDSA(algorithm))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signer.signature, signer.signed)
    else:
        raise UnsupportedAlgorithm(f"keys of kind {type(key).__name__}")


def _second_opinion(
    reply: bytes,
    *,
    digest: bytes,
    roots: Sequence[x509.Certificate],
    signer: x509.Certificate | None,
    others: Sequence[x509.Certificate],
) -> str:
    """The answer of rfc3161-client, as ``StampVerdict.second_opinion`` states it."""
    try:
        import rfc3161_client as other
    except ImportError:
        return "not installed"
    try:
        response = other.decode_timestamp_response(reply)
    except ValueError as error:
        return f"could not read it: {error}"
    whole = [c for c in roots if c.issuer == c.subject]
    if not whole:  # OpenSSL, below that library, ends chains only at self-signed roots
        return "not asked: no self-signed root"
    try:
        verifier = other.VerifierBuilder(
            roots=whole,
            tsa_certificate=signer,
            intermediates=[c for c in dict.fromkeys(others) if c not in whole and c != signer],
        ).build()
        verifier.verify(response, digest)
    except (other.VerificationError, ValueError) as error:
        return f"disagrees: {error}"
    return "agrees"


def _digest(name: str, data: bytes) -> bytes:
    """The digest of some bytes by a hash of the table."""
    return hashlib.new(name, data, usedforsecurity=False).digest()
