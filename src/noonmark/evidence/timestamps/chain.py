"""Certification paths: whether a certificate leads to a trusted root at the time of the stamp.

The time of the stamp counts, not today: authorities retire.

**Method** RFC 5280 (2008) section 6.1, the parts that a time-stamping chain uses; RFC 3161 section
2.3 for the purpose. Revocation is not judged: the list of the day is kept beside the token where
the authority gave one.
"""

from __future__ import annotations

import contextlib
import hashlib
import warnings
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from noonmark.errors import InputError, Problem
from noonmark.values import rfc3339

_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_Kind = TypeVar("_Kind", bound=x509.ExtensionType)

LONGEST = 8
"""Certificates in one chain; real ones have two to four."""


def certificates_of(data: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM or DER file."""
    try:
        if b"-----BEGIN" in data:
            return tuple(_sound(c) for c in x509.load_pem_x509_certificates(data))
        return (_sound(x509.load_der_x509_certificate(data)),)
    except _UNREADABLE as error:
        raise InputError(
            f"the file of certificates can not be read: {error}",
            code="certificate-unreadable",
            hint="give PEM or DER certificates of the time-stamping authority",
        ) from None


def system_roots() -> tuple[x509.Certificate, ...]:
    """The roots that this machine trusts for web servers; none where the system keeps no list."""
    import ssl

    raws = ssl.create_default_context().get_ca_certs(binary_form=True)
    return tuple(embedded(raws))


def embedded(raws: Iterable[bytes]) -> list[x509.Certificate]:
    """The certificates of a token that can be read; an unreadable one can't be the signer's."""
    found = []
    for raw in raws:
        with contextlib.suppress(*_UNREADABLE), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a root of the system with a serial number of 0
            found.append(_sound(x509.load_der_x509_certificate(raw)))
    return found


def _sound(certificate: x509.Certificate) -> x509.Certificate:
    """The same certificate, with every field decoded that is judged later.

    The library decodes when a field is first used; an error has to come up here, not there.
    """
    _ = (certificate.issuer, certificate.subject, certificate.serial_number)
    _ = (certificate.extensions, certificate.public_key())
    _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    return certificate


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, hex."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def list_fingerprint(certificates: Iterable[x509.Certificate]) -> str:
    """SHA-256 over the sorted fingerprints of a list of roots, hex: one number names the list."""
    lines = "".join(f"{one}\n" for one in sorted(fingerprint(c) for c in certificates))
    return hashlib.sha256(lines.encode()).hexdigest()


def purpose_problems(leaf: x509.Certificate) -> list[Problem]:
    """What keeps a certificate from stamping time: RFC 3161 wants that purpose alone, critical."""
    where = "signer's certificate"
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        return [
            Problem(
                "tsa-purpose",
                where,
                "the purpose time stamping",
                "no purpose at all",
            )
        ]
    found = [purpose.dotted_string for purpose in usage.value]
    if found != [ExtendedKeyUsageOID.TIME_STAMPING.dotted_string]:
        expected = "time stamping and nothing else"
        return [Problem("tsa-purpose", where, expected, ", ".join(found))]
    if not usage.critical:
        return [Problem("tsa-purpose", where, "a purpose marked critical", "not critical")]
    return []


def path(
    leaf: x509.Certificate,
    *,
    roots: Sequence[x509.Certificate],
    others: Iterable[x509.Certificate],
    at: datetime,
) -> tuple[tuple[x509.Certificate, ...], list[Problem]]:
    """The path from the leaf to one of the roots, valid at that instant; or none, and why.

    A certificate that is itself among the roots is trusted as it is, but must be valid at the time.
    """
    pool = [*roots, *others]
    best: list[Problem] = []
    todo: list[tuple[x509.Certificate, ...]] = [(leaf,)]
    tried = 0
    while todo:
        chain = todo.pop()
        tried += 1
        problems = [p for i, c in enumerate(chain) for p in _faults(c, i, at)]
        if chain[-1] in roots:
            if not problems:
                return chain, []
            best = best or problems
            continue
        if len(chain) < LONGEST and tried < 200:
            todo.extend((*chain, c) for c in pool if c not in chain and _issued(chain[-1], c))
    end = Problem("tsa-untrusted", "chain", "a trusted root", f"none above {name(leaf)}")
    return (), best or [end]


def _faults(certificate: x509.Certificate, height: int, at: datetime) -> list[Problem]:
    """What is wrong with one certificate of a path; ``height`` 0 is the leaf."""
    where = f"certificate of {name(certificate)}"
    problems = []
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not start <= at <= end:
        valid = f"valid {rfc3339(start)} to {rfc3339(end)}"
        problems.append(Problem("tsa-expired", where, f"valid at {rfc3339(at)}", valid))
    if height > 0:
        problems += _issuer_faults(certificate, height, where)
    return problems


def _issuer_faults(certificate: x509.Certificate, height: int, where: str) -> list[Problem]:
    """What keeps a certificate from issuing the one below it in the path."""
    problems = []
    basic = _extension(certificate, x509.BasicConstraints)
    # A root of X.509 version 1 has no extensions: the user's trust in it stands in for them.
    if certificate.version is x509.Version.v3 and (basic is None or not basic.ca):
        expected = "an authority that may issue"
        problems.append(Problem("tsa-not-ca", where, expected, "not an authority"))
    elif basic is not None and basic.path_length is not None and basic.path_length < height - 1:
        expected = f"at most {basic.path_length} below"
        problems.append(Problem("tsa-not-ca", where, expected, f"{height - 1}"))
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        expected = "a key that signs certificates"
        problems.append(Problem("tsa-not-ca", where, expected, "another use"))
    return problems


def _extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    """An extension of a certificate; None where it has none that can be read."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _issued(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """Whether the parent's key signed the child."""
    try:
        child.verify_directly_issued_by(parent)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def name(certificate: x509.Certificate) -> str:
    """The subject as RFC 4514 text."""
    return certificate.subject.rfc4514_string()
