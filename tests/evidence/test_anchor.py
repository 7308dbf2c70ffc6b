"""RFC 3161 stamps: examples by others, and a local authority made with ``openssl ts``."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from asn1crypto import parser
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.timestamps import chain, token, tsa

SHARED = Path(__file__).parents[3] / "shared/data/custody"
VECTORS = SHARED / "rfc3161-vectors/test/fixtures"
ARCHIVER = SHARED / "auto-archiver-tsr/tests/data/timestamping"
needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason="third-party data is not there")

# file, trusted as root, does it hold, codes if not. What the makers' own tests and `openssl ts
# -verify` say of each.
EXPECTED = [
    ("test_tsa/response.tsr", "chain", True, ()),
    ("test_tsa/response-injected-certs.tsr", "chain", True, ()),
    ("test_tsa/other_response.tsr", "chain", False, ("tsa-untrusted",)),
    ("sigstage/response-sha256.tsr", "chain", True, ()),
    ("sigstage/response-sha384.tsr", "chain", True, ()),
    ("sigstage/response-sha512.tsr", "chain", True, ()),
    ("sigstage/response-no-embedded-cert.tsr", "chain", True, ()),
    ("sigstage/response-invalid-signature.tsr", "chain", False, ("tsa-signature",)),
    (
        "sigstore.mock/response-expired.tsr",
        "chain",
        True,
        (),
    ),  # expired today, valid at the time it names
    ("identrust/issue-104.tsr", "chain", True, ()),
]
ARCHIVED = {  # whose certificates are inside; the roots are not, but for DigiCert's
    "digicert.tsr": (False, "CN=DigiCert Timestamp 2024,O=DigiCert,C=US"),
    "valid_timestamp.tsr": (True, "CN=TrustID Timestamp Authority,O=IdenTrust,C=US"),
    "rfc3161-client-issue-104.tsr": (True, "CN=TrustID Timestamp Authority,O=IdenTrust,C=US"),
    "timestamp_token_http-timestamp-identrust-com": (
        True,
        "CN=TrustID Timestamp Authority,O=IdenTrust,C=US",
    ),
    "self_signed.tsr": (True, "CN=TSA SINPE v3"),
}


def judged(
    reply: Path, roots: tuple[x509.Certificate, ...], others: tuple[x509.Certificate, ...]
) -> tsa.StampVerdict:
    read = token.read_token(reply.read_bytes())
    return tsa.judge(reply.read_bytes(), digest=read.imprint, roots=roots, others=others)


@pytest.mark.shared
@needs_vectors
@pytest.mark.parametrize(
    ("name", "trust", "holds", "codes"), EXPECTED, ids=[e[0] for e in EXPECTED]
)
def test_the_examples_of_rfc3161_client_are_judged_as_labelled(
    name: str, trust: str, holds: bool, codes: tuple[str, ...]
) -> None:
    certificates = chain.certificates_of((VECTORS / name).with_name("ts_chain.pem").read_bytes())
    verdict = judged(VECTORS / name, certificates[-1:], certificates)
    assert (verdict.ok, tuple(p.code for p in verdict.problems)) == (holds, codes)
    assert verdict.second_opinion.startswith(
        "agrees" if holds else "disagrees"
    ) or "not installed" in str(verdict)


@pytest.mark.shared
@needs_vectors
def test_a_reply_to_another_query_is_found_by_its_nonce() -> None:
    folder = VECTORS / "test_tsa"
    certificates = chain.certificates_of((folder / "ts_chain.pem").read_bytes())
    reply, hello = (folder / "response.tsr").read_bytes(), hashlib.sha512(b"hello").digest()
    ours = (folder / "request.der").read_bytes()
    other = (folder / "other_request.der").read_bytes()
    assert tsa.judge(
        reply, digest=hello, roots=certificates[-1:], others=certificates, query=ours
    ).ok
    wrong = tsa.judge(
        reply, digest=hello, roots=certificates[-1:], others=certificates, query=other
    )
    assert [p.code for p in wrong.problems] == ["tsa-other-query"]


@pytest.mark.shared
@needs_vectors
@pytest.mark.parametrize("name", ARCHIVED)
def test_the_tokens_of_auto_archiver_are_read_and_their_signature_checked(name: str) -> None:
    strict, signer = ARCHIVED[name]
    certificates = tuple(
        x509.load_der_x509_certificate(c)
        for c in token.read_token((ARCHIVER / name).read_bytes()).certificates
    )
    trusted = judged(ARCHIVER / name, certificates, ())
    assert trusted.ok and trusted.strict_der is strict
    assert trusted.signer is not None and trusted.signer.startswith(signer)
    alone = judged(ARCHIVER / name, (), ())
    assert [p.code for p in alone.problems] == ["tsa-untrusted"]


@pytest.mark.shared
@needs_vectors
def test_a_token_that_the_strict_library_refuses_still_gets_a_verdict_and_says_so() -> None:
    pytest.importorskip("rfc3161_client")
    verdict = judged(ARCHIVER / "digicert.tsr", (), ())
    assert verdict.second_opinion.startswith("could not read it") and not verdict.strict_der


@dataclass(frozen=True)
class Authority:
    """A time-stamping authority of our own in a folder, served by ``openssl ts``."""

    folder: Path

    def run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def certificates(self, name: str = "root.pem") -> tuple[x509.Certificate, ...]:
        return chain.certificates_of((self.folder / name).read_bytes())

    def stamp(self, query: bytes, signer: str = "tsa") -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        self.run(
            "ts",
            "-reply",
            "-config",
            "ca.cnf",
            "-section",
            signer,
            "-queryfile",
            "query.tsq",
            "-out",
            "r.tsr",
        )
        return (self.folder / "r.tsr").read_bytes()

    def openssl_accepts(self, reply: bytes, digest: bytes) -> bool:
        (self.folder / "check.tsr").write_bytes(reply)
        words = [
            "ts",
            "-verify",
            "-digest",
            digest.hex(),
            "-in",
            "check.tsr",
            "-CAfile",
            "root.pem",
        ]
        return (
            subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True).returncode
            == 0
        )


CONFIG = """
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[stamper]
extendedKeyUsage = critical, timeStamping
[server]
extendedKeyUsage = critical, serverAuth
[mixed]
extendedKeyUsage = critical, timeStamping, codeSigning
""" + "".join(
    f"""
[{name}]
serial = serial
crypto_device = builtin
signer_cert = {name}.pem
signer_key = {name}.key
certs = root.pem
signer_digest = sha256
digests = sha1, sha256, sha512
default_policy = 1.2.3.4.1
accuracy = secs:1, millisecs:500
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = {alg}
"""
    for name, alg in (("tsa", "sha256"), ("old", "sha1"), ("rsa", "sha256"))
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    ours = Authority(tmp_path_factory.mktemp("tsa"))
    (ours.folder / "ca.cnf").write_text(CONFIG)
    (ours.folder / "serial").write_text("01\n")
    subject = ("-subj", "/O=Test/CN={}", "-config", "ca.cnf")

    def named(name: str) -> tuple[str, ...]:
        return tuple(word.format(name) for word in subject)

    keys = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    ours.run("req", "-x509", *keys, "-keyout", "root.key", "-out", "root.pem", "-days", "3650",
    "-extensions", "ca",
             *named("Root"))  # fmt: skip
    for name, kind in (("tsa", "stamper"), ("old", "stamper"), ("rsa", "stamper")):
        own = ("-newkey", "rsa:2048", "-nodes") if name == "rsa" else keys
        ours.run("req", "-new", *own, "-keyout", f"{name}.key", "-out", f"{name}.csr", *named(name))
        ours.run("x509", "-req", "-in", f"{name}.csr", "-CA", "root.pem", "-CAkey", "root.key",
        "-days", "3650",
                 "-set_serial", str(len(name) + ord(name[0])), "-extfile", "ca.cnf", "-extensions",
                 kind,
                 "-out", f"{name}.pem")  # fmt: skip
    return ours


DIGEST = hashlib.sha256(b"checkpoint").digest()


@pytest.mark.parametrize("signer", ["tsa", "old", "rsa"])
def test_a_stamp_of_a_local_authority_holds_and_openssl_agrees(
    authority: Authority, signer: str
) -> None:
    query = token.query_der(DIGEST, nonce=0x8123456789ABCDEF)
    reply = authority.stamp(query, signer)
    verdict = tsa.judge(reply, digest=DIGEST, roots=authority.certificates(), query=query)
    assert verdict.ok, verdict.problems
    assert authority.openssl_accepts(reply, DIGEST)
    assert verdict.accuracy_s == 1.5 and verdict.root == "CN=Root,O=Test"


def test_without_the_second_library_the_verdict_says_that_nobody_else_was_asked(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    verdict = tsa.judge(
        authority.stamp(token.query_der(DIGEST, nonce=1)),
        digest=DIGEST,
        roots=authority.certificates(),
    )
    assert verdict.ok and verdict.second_opinion == "not installed"


def test_our_query_reads_back(authority: Authority) -> None:
    asked = token.read_query(token.query_der(DIGEST, nonce=7))
    assert asked == token.Query("sha256", DIGEST, None, 7, True)


def test_a_stamp_over_sha1_does_not_hold(authority: Authority) -> None:
    authority.run("ts", "-query", "-data", "ca.cnf", "-sha1", "-cert", "-out", "weak.tsq")
    reply = authority.stamp((authority.folder / "weak.tsq").read_bytes())
    digest = hashlib.sha1((authority.folder / "ca.cnf").read_bytes()).digest()
    verdict = tsa.judge(reply, digest=digest, roots=authority.certificates())
    assert [p.code for p in verdict.problems] == ["stamp-weak-hash"]


def test_another_digest_is_found(authority: Authority) -> None:
    reply = authority.stamp(token.query_der(DIGEST, nonce=1))
    other = hashlib.sha256(b"another").digest()
    verdict = tsa.judge(reply, digest=other, roots=authority.certificates())
    assert [p.code for p in verdict.problems] == ["tsa-other-bytes"]
    assert not authority.openssl_accepts(reply, other)


@pytest.mark.slow
def test_a_flipped_byte_anywhere_in_a_reply_never_makes_another_stamp_that_holds(
    authority: Authority,
) -> None:
    reply = authority.stamp(token.query_der(DIGEST, nonce=1))
    roots = authority.certificates()
    good = tsa.judge(reply, digest=DIGEST, roots=roots)
    assert good.ok
    survived = []
    for at in range(len(reply)):
        mutant = reply[:at] + bytes((reply[at] ^ 0x01,)) + reply[at + 1 :]
        try:
            verdict = tsa.judge(mutant, digest=DIGEST, roots=roots)
        except InputError as error:
            assert error.code == "token-unreadable"
            continue
        if verdict.ok:
            survived.append((at, verdict.gen_time, verdict.signer))
    # What no signature covers: the status line, spare certificates, version numbers. Never the time
    # or the signer.
    assert all(found[1:] == (good.gen_time, good.signer) for found in survived)


def test_a_certificate_for_web_servers_stamps_no_time(authority: Authority) -> None:
    for purpose in ("server", "mixed"):
        authority.run(
            "req",
            "-new",
            "-key",
            "tsa.key",
            "-out",
            "web.csr",
            "-subj",
            "/CN=web",
            "-config",
            "ca.cnf",
        )
        authority.run("x509", "-req", "-in", "web.csr", "-CA", "root.pem", "-CAkey", "root.key",
        "-days", "3650",
                      "-set_serial", "99", "-extfile", "ca.cnf", "-extensions", purpose, "-out",
                      "web.pem")  # fmt: skip
        found = chain.purpose_problems(authority.certificates("web.pem")[0])
        assert [p.code for p in found] == ["tsa-purpose"]


def test_a_chain_is_judged_at_the_time_of_the_stamp_not_now(authority: Authority) -> None:
    leaf, root = authority.certificates("tsa.pem")[0], authority.certificates()[0]
    path, problems = chain.path(leaf, roots=[root], others=[], at=leaf.not_valid_before_utc)
    assert [chain.name(c) for c in path] == ["CN=tsa,O=Test", "CN=Root,O=Test"] and not problems
    late = leaf.not_valid_after_utc.replace(year=leaf.not_valid_after_utc.year + 1)
    assert [p.code for p in chain.path(leaf, roots=[root], others=[], at=late)[1]][:1] == [
        "tsa-expired"
    ]


def test_a_leaf_that_issues_is_no_authority(authority: Authority) -> None:
    leaf, root = authority.certificates("tsa.pem")[0], authority.certificates()[0]
    authority.run(
        "req", "-new", "-key", "old.key", "-out", "sub.csr", "-subj", "/CN=sub", "-config", "ca.cnf"
    )
    authority.run("x509", "-req", "-in", "sub.csr", "-CA", "tsa.pem", "-CAkey", "tsa.key", "-days",
    "3000",
                  "-set_serial", "5", "-extfile", "ca.cnf", "-extensions", "stamper", "-out",
                  "sub.pem")  # fmt: skip
    sub = authority.certificates("sub.pem")[0]
    path, problems = chain.path(sub, roots=[root], others=[leaf], at=sub.not_valid_before_utc)
    assert path == () and "tsa-not-ca" in {p.code for p in problems}


def nested(levels: int) -> bytes:
    data = b""
    for _ in range(levels):
        data = parser.emit(0, 1, 16, data)
    return data


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused_with_one_sentence(data: bytes) -> None:
    for reader in (token.read_token, token.read_query):
        try:
            reader(data)
        except NoonmarkError as error:
            assert error.code == "token-unreadable" and "\n" not in error.message


def test_nesting_ten_thousand_deep_is_refused() -> None:
    with pytest.raises(InputError, match="nested deeper"):
        token.read_token(nested(10_000))


HOSTILE = {
    "nothing": b"",
    "length without end, again and again": b"\x30\x80" * 400_000,
    "length of 127 bytes": b"\x30\xff" + b"\xff" * 127,
    "many values": parser.emit(0, 1, 16, b"\x05\x00" * 400_000),
    "an object identifier of a mebibyte": parser.emit(
        0, 1, 16, parser.emit(0, 0, 6, b"\x2a" + b"\xff" * 1_000_000 + b"\x01")
    ),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_bytes_made_to_exhaust_a_reader_are_refused(data: bytes) -> None:
    for reader in (token.read_token, token.read_query):
        with pytest.raises(InputError) as refused:
            reader(data)
        assert refused.value.code == "token-unreadable" and "\n" not in refused.value.message


CHANGED = ("test_tsa/response.tsr", "sigstage/response-sha512.tsr", "digicert.tsr")


@pytest.mark.slow
@pytest.mark.shared
@needs_vectors
@pytest.mark.parametrize("name", CHANGED)
def test_a_token_with_changed_bytes_is_read_or_refused_deliberately(name: str) -> None:
    sound = (VECTORS / name if "/" in name else ARCHIVER / name).read_bytes()
    chance = Random(name)  # the same changes on every run
    refused = 0
    for _ in range(300):
        changed = bytearray(sound)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(changed))] = chance.choice((0, 0x30, 0x80, 0xFF, 0x24))
        try:
            token.read_token(bytes(changed))
        except InputError as error:
            assert error.code == "token-unreadable" and "\n" not in error.message
            refused += 1
    assert 0 < refused < 300


@given(st.integers(min_value=0, max_value=2**70))
def test_the_nonce_of_a_query_survives_the_way_out_and_back(nonce: int) -> None:
    asked = token.read_query(token.query_der(DIGEST, nonce=nonce))
    assert asked == token.Query("sha256", DIGEST, None, nonce, True)


def test_a_query_is_the_der_that_rfc_3161_defines() -> None:
    imprint = "3031300d060960864801650304020105000420" + DIGEST.hex()
    expected = "303f020101" + imprint + "0204" + "01020304" + "0101ff"
    assert token.query_der(DIGEST, nonce=0x01020304).hex() == expected
