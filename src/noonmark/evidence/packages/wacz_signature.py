"""Signatures of web archives, judged offline: whose key signed the list of resources, and when.

A signature is by a bare key, or by a domain with its certificate.

**Method** Webrecorder, WACZ signing and verification 0.1.0 (2022).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from noonmark.errors import InputError
from noonmark.evidence.packages.tree import PackageFindings
from noonmark.evidence.timestamps import chain, tsa
from noonmark.values import rfc3339, utc

WHERE = "datapackage-digest.json signedData"


@dataclass(frozen=True)
class Signature:
    """Who signed and when; ``none`` and ``unknown`` where nobody did or it can't be told."""

    signer: str
    at: str


NONE = Signature("none", "unknown")


def judge(
    signed: Any,
    digest: str,
    *,
    roots: Sequence[x509.Certificate],
    findings: PackageFindings,
) -> Signature:
    """Who signed the digest.

    A signature that does not fit is a problem; so is a signer who leads to no root.
    """
    if not isinstance(signed, dict) or signed.get("hash") != digest:
        findings.problem("wacz-signature", WHERE, f"a signature of {digest}", "of something else")
        return NONE
    try:
        signature = base64.b64decode(str(signed.get("signature")), validate=True)
        if "publicKey" in signed:
            return _anonymous(signed, signature, digest, findings)
        return _by_domain(signed, signature, digest, roots, findings)
    except (ValueError, InputError, UnsupportedAlgorithm) as error:
        findings.problem(
            "wacz-signature",
            WHERE,
            "a signature that can be read",
            str(error)[:160],
        )
        return NONE


def _anonymous(
    signed: Mapping[str, Any],
    signature: bytes,
    digest: str,
    findings: PackageFindings,
) -> Signature:
    """A bare key: the signature shows that the list is of one piece, not who made it."""
    raw = base64.b64decode(str(signed["publicKey"]), validate=True)
    key = serialization.load_der_public_key(raw)
    name = f"a key of nobody known, sha256 {hashlib.sha256(raw).hexdigest()}"
    if not _fits(key, _as_der(signature, key), digest):
        findings.problem("wacz-signature", WHERE, f"made by {name}", "another key or text")
    findings.warning("wacz-anonymous", WHERE, "a signer with a certificate", name)
    return Signature(name, str(signed.get("created", "unknown"))[:40])


def _by_domain(
    signed: Mapping[str, Any],
    signature: bytes,
    digest: str,
    roots: Sequence[x509.Certificate],
    findings: PackageFindings,
) -> Signature:
    """A domain's key, whose certificate names the domain and leads to a root at that time."""
    domain = str(signed.get("domain"))[:253]
    certificates = chain.certificates_of(str(signed.get("domainCert")).encode())
    leaf = certificates[0]
    at = _time(signed, findings)
    key = leaf.public_key()
    if not _fits(key, signature, digest):
        findings.problem(
            "wacz-signature",
            WHERE,
            f"made by the key of {domain}",
            "another key or text",
        )
    if domain not in _domains(leaf):
        found = ", ".join(_domains(leaf))[:120] or "none"
        findings.problem("wacz-signature", WHERE, f"a certificate of {domain}", found)
    path, problems = chain.path(leaf, roots=roots, others=certificates[1:], at=at)
    if roots and not path:
        findings.problems.extend(problems)
    elif not path:
        findings.warning("wacz-untrusted", WHERE, "a list of trusted roots", "none was given")
    return Signature(domain, rfc3339(at))


def _time(signed: Mapping[str, Any], findings: PackageFindings) -> datetime:
    """The time of signing: that of the time stamp inside, else as the signer claims."""
    claimed = utc(str(signed.get("created")))
    if "timeSignature" not in signed:
        findings.warning(
            "wacz-time",
            WHERE,
            "a time stamp",
            "only the signer's own word for the time",
        )
        return claimed
    reply = base64.b64decode(str(signed["timeSignature"]), validate=True)
    certificates = chain.certificates_of(str(signed.get("timestampCert")).encode())
    # The stamp is over the text of the signature. Its own root is taken from the archive: it shows
    # that the parts fit.
    digest = hashlib.sha256(str(signed.get("signature")).encode()).digest()
    verdict = tsa.judge(reply, digest=digest, roots=certificates[-1:], others=certificates)
    for problem in verdict.problems:
        findings.problem(problem.code, f"{WHERE} timeSignature", problem.expected, problem.found)
    if verdict.ok:
        found = f"one named inside: {verdict.root}"
        findings.warning("wacz-time", WHERE, "a time-stamping authority you trust", found)
    return verdict.gen_time


def _fits(key: object, signature: bytes, text: str) -> bool:
    """Whether the signature over a text is by the key, which has to be on an elliptic curve."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _as_der(signature: bytes, key: object) -> bytes:
    """A signature in DER; browsers write r and s side by side."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if not isinstance(key, ec.EllipticCurvePublicKey):
        return signature
    half = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * half:
        return signature
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    return encode_dss_signature(r, s)


def _domains(certificate: x509.Certificate) -> list[str]:
    """The domains that a certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.DNSName)
