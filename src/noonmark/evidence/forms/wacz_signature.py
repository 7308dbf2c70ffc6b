"""The signature of a WACZ: whose key signed the digest of the list, for which domain, and when, judged offline.

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
from noonmark.evidence.anchor import chain, tsa
from noonmark.evidence.forms.tree import Findings
from noonmark.values import rfc3339, utc

WHERE = "datapackage-digest.json signedData"


@dataclass(frozen=True)
class Signature:
    """Who signed and when; ``none`` and ``unknown`` where nobody did or it can't be told."""

    signer: str
    at: str


NONE = Signature("none", "unknown")


def judge(signed: Any, digest: str, *, roots: Sequence[x509.Certificate], findings: Findings) -> Signature:
    """Who signed the digest. A signature that does not fit is a problem; so is a signer who leads to no root."""
    if not isinstance(signed, dict) or signed.get("hash") != digest:
        findings.bad("wacz-signature", WHERE, f"a signature of {digest}", "of something else")
        return NONE
    try:
        signature = base64.b64decode(str(signed.get("signature")), validate=True)
        if "publicKey" in signed:
            return _anonymous(signed, signature, digest, findings)
        return _by_domain(signed, signature, digest, roots, findings)
    except (ValueError, InputError, UnsupportedAlgorithm) as error:
        findings.bad("wacz-signature", WHERE, "a signature that can be read", str(error)[:160])
        return NONE


def _anonymous(signed: Mapping[str, Any], signature: bytes, digest: str, findings: Findings) -> Signature:
    """A bare key: the signature shows that the list is of one piece, not who made it."""
    raw = base64.b64decode(str(signed["publicKey"]), validate=True)
    key = serialization.load_der_public_key(raw)
    name = f"a key of nobody known, sha256 {hashlib.sha256(raw).hexdigest()}"
    if not isinstance(key, ec.EllipticCurvePublicKey) or not _fits(key, _as_der(signature, key), digest):
        findings.bad("wacz-signature", WHERE, f"made by {name}", "another key or text")
    findings.odd("wacz-anonymous", WHERE, "a signer with a certificate", name)
    return Signature(name, str(signed.get("created", "unknown"))[:40])


def _by_domain(
    signed: Mapping[str, Any], signature: bytes, digest: str, roots: Sequence[x509.Certificate], findings: Findings
) -> Signature:
    domain = str(signed.get("domain"))[:253]
    certificates = chain.certificates_of(str(signed.get("domainCert")).encode())
    leaf = certificates[0]
    at = _time(signed, findings)
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not _fits(key, signature, digest):
        findings.bad("wacz-signature", WHERE, f"made by the key of {domain}", "another key or text")
    if domain not in _domains(leaf):
        findings.bad("wacz-signature", WHERE, f"a certificate of {domain}", ", ".join(_domains(leaf))[:120] or "none")
    path, problems = chain.path(leaf, roots=roots, others=certificates[1:], at=at)
    if roots and not path:
        findings.problems.extend(problems)
    elif not path:
        findings.odd("wacz-untrusted", WHERE, "a list of trusted roots", "none was given")
    return Signature(domain, rfc3339(at))


def _time(signed: Mapping[str, Any], findings: Findings) -> datetime:
    """The time of signing: the time stamp's if there is one that fits, else as the signer claims."""
    claimed = utc(str(signed.get("created")))
    if "timeSignature" not in signed:
        findings.odd("wacz-time", WHERE, "a time stamp", "only the signer's own word for the time")
        return claimed
    reply = base64.b64decode(str(signed["timeSignature"]), validate=True)
    certificates = chain.certificates_of(str(signed.get("timestampCert")).encode())
    # The stamp is over the text of the signature. Its own root is taken from the archive: it shows that the parts fit.
    digest = hashlib.sha256(str(signed.get("signature")).encode()).digest()
    verdict = tsa.judge(reply, digest=digest, roots=certificates[-1:], others=certificates)
    for problem in verdict.problems:
        findings.bad(problem.code, f"{WHERE} timeSignature", problem.expected, problem.found)
    if verdict.ok:
        findings.odd("wacz-time", WHERE, "a time-stamping authority you trust", f"one named inside: {verdict.root}")
    return verdict.gen_time


def _fits(key: ec.EllipticCurvePublicKey, signature: bytes, text: str) -> bool:
    try:
        key.verify(signature, text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _as_der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """Browsers sign as r and s side by side; the DER form is needed to check."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    half = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * half:
        return signature
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))


def _domains(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.DNSName)
