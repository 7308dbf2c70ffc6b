"""OpenTimestamps: the 17 examples of its own client, a real block header, and hostile proofs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import InputError
from noonmark.evidence.timestamps import ots

EXAMPLES = Path(__file__).parents[3] / "shared/data/custody/ots-examples/examples"
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="third-party data is not there")

# Block 358391 of Bitcoin and its first, as any node prints them.
HEADER_358391 = bytes.fromhex(
    "02000000b96394585a281b7e5f438fd1c9ed492645a1fd61cb3802040000000000000000"
    "007ee445d23ad061af4a36b809501fab1ac4f2d7e7a739817dd0cbb7ec661b8a1e376755f58616186272def6"
)
HEADER_0 = bytes.fromhex(
    "01000000"
    + "00" * 32
    + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)

# file: status with block 358391's header at hand, then kind, height and start of the attested
# message, as python-opentimestamps 0.4.5 prints them.
EXPECTED: dict[str, tuple[str, list[tuple[str, int | None, str]]]] = {
    "gdp2q25-2nd.pdf.ots": ("attested", [("bitcoin", 912095, "ae390025e12b85ac")]),
    "merkle1.txt.ots": (
        "pending",
        [("pending", None, "57d982df8b35bc0a"), ("pending", None, "57d982e0a2181eb7")],
    ),
    "merkle2.txt.ots": (
        "pending",
        [("pending", None, "57d982df8b35bc0a"), ("pending", None, "57d982e0a2181eb7")],
    ),
    "merkle3.txt.ots": (
        "pending",
        [("pending", None, "57d982df8b35bc0a"), ("pending", None, "57d982e0a2181eb7")],
    ),
    "unknown-notary.txt.ots": ("unknown", [("unknown", None, "57e89d286d747eb3")]),
    "empty.ots": ("attested", [("bitcoin", 129405, "715b7e36276a66d8")]),
    "different-blockchains.txt.ots": (
        "attested",
        [
            ("pending", None, "58b93f93416084d8"),
            ("ethereum", 3283713, ""),
            ("pending", None, "58b93f945ddc124a"),
            ("bitcoin", 455605, "9ae69a8ba5bb6ead"),
        ],
    ),
    "bitcoin.pdf.ots": ("attested", [("bitcoin", 465751, "76086b72bf393f2c")]),
    "bad-stamp.txt.ots": ("broken", [("bitcoin", 358391, "921f81b9147c9aeb")]),
    "two-calendars.txt.ots": (
        "pending",
        [("pending", None, "57d46515fdd8c233"), ("pending", None, "57d4651676e9ac3b")],
    ),
    "known-and-unknown-notary.txt.ots": (
        "pending",
        [("pending", None, "57e89f38173f127e"), ("unknown", None, "57e89f37c0b849c6")],
    ),
    "sha1/a-or-b.ots": (
        "attested",
        [
            ("pending", None, "591c5c79d5103f9a"),
            ("bitcoin", 466906, "267c8a43b9bf4968"),
            ("pending", None, "591c5c7a85830d62"),
            ("pending", None, "591c5c7935c1c5d0"),
        ],
    ),
    "incomplete.txt.ots": ("pending", [("pending", None, "57cfa5c46716df9b")]),
    "hello-world.txt.ots": ("verified", [("bitcoin", 358391, "007ee445d23ad061")]),
}
MALFORMED = {
    "exceeds-max-msg-length.ots": "grows to 4112 bytes",
    "invalid-file-digest-type.ots": "0xf3",
    "bad-major-version.ots": "version 1151",
}


@pytest.mark.shared
@needs_examples
@pytest.mark.parametrize("name", EXPECTED)
def test_each_example_has_its_verdict_and_its_attestations(name: str) -> None:
    path = EXAMPLES / name
    proof = ots.read(path.read_bytes())
    status, attested = EXPECTED[name]
    original = path.with_suffix("")
    digest = (
        hashlib.new(proof.hash_name, original.read_bytes()).digest()
        if original.is_file()
        else proof.digest
    )
    verdict = ots.judge(proof, digest=digest, headers={358391: ots.read_header(HEADER_358391)})
    assert verdict.status == status
    found = [
        (a.kind, a.height, "" if a.kind == "ethereum" else (a.message or b"")[:8].hex())
        for a in proof.attestations
    ]
    assert found == attested


@pytest.mark.shared
@needs_examples
@pytest.mark.parametrize("name", MALFORMED)
def test_each_malformed_example_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=MALFORMED[name]) as raised:
        ots.read((EXAMPLES / "invalid" / name).read_bytes())
    assert raised.value.code == "ots-unreadable"


@pytest.mark.shared
@needs_examples
def test_one_proof_serves_both_files_of_a_sha1_collision() -> None:
    proof = ots.read((EXAMPLES / "sha1/a-or-b.ots").read_bytes())
    assert proof.hash_name == "sha1"
    for name in ("a", "b"):
        digest = hashlib.sha1(
            (EXAMPLES / "sha1" / name).read_bytes(), usedforsecurity=False
        ).digest()
        assert ots.judge(proof, digest=digest).status == "attested"


@pytest.mark.shared
@needs_examples
def test_a_proof_is_verified_only_with_the_right_header_and_other_bytes_break_it() -> None:
    proof = ots.read((EXAMPLES / "hello-world.txt.ots").read_bytes())
    assert ots.judge(proof, digest=proof.digest).status == "attested"
    good = ots.judge(proof, digest=proof.digest, headers={358391: ots.read_header(HEADER_358391)})
    assert good.sentence().startswith("existed by 2015-05-28T15:41:18Z")
    wrong = ots.judge(proof, digest=proof.digest, headers={358391: ots.read_header(HEADER_0)})
    assert [p.code for p in wrong.problems] == ["ots-mismatch"]
    other = ots.judge(proof, digest=bytes(32))
    assert [p.code for p in other.problems] == ["ots-other-bytes"]


def small_proof(tail: bytes, digest: bytes = bytes(32)) -> bytes:
    return ots.MAGIC + b"\x01\x08" + digest + tail


def bitcoin(height: int) -> bytes:
    return b"\x00" + bytes.fromhex("0588960d73d71901") + bytes((1, height))


def test_the_first_block_of_bitcoin_verifies_what_it_commits_to() -> None:
    header = ots.read_header(HEADER_0)
    assert header.block == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    proof = ots.read(small_proof(bitcoin(0), header.merkle_root))
    assert ots.judge(proof, digest=header.merkle_root, headers={0: header}).status == "verified"


@pytest.mark.parametrize("change", [(72, b"\xff\xff\x7f\x20"), (4, b"\x01"), (68, b"\0\0\0\0")])
def test_a_header_that_shows_no_work_is_refused(change: tuple[int, bytes]) -> None:
    at, what = change
    forged = HEADER_0[:at] + what + HEADER_0[at + len(what) :]
    with pytest.raises(InputError, match="work") as raised:
        ots.read_header(forged)
    assert raised.value.code == "block-header"


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        (b"", "cut"),
        (b"\xf0\x00", "1 to 4096 bytes, got 0"),
        (b"\xaa", "not one of the format"),
        (bitcoin(3) + b"\x00", "follow the end"),
        (b"\xf2" * 400 + bitcoin(3), "nested deeper"),
        (b"\xf3" * 20 + bitcoin(3), "grows to"),
        (b"\x00" + bytes.fromhex("0588960d73d71901") + b"\x02\x01\x01", "longer than it says"),
        (b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + b"\x03\x02a?", "does not allow"),
        (b"\x00" + bytes.fromhex("0588960d73d71901") + b"\x0b" + b"\x80" * 10 + b"\x01", "64 bits"),
    ],
)
def test_a_crooked_proof_is_refused_with_one_sentence(tail: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        ots.read(small_proof(tail))


@given(st.binary(max_size=120))
@settings(max_examples=300)
def test_any_tail_is_read_or_refused(tail: bytes) -> None:
    try:
        ots.read(small_proof(tail))
    except InputError as error:
        assert error.code == "ots-unreadable"


def test_a_calendars_reply_becomes_a_proof_and_the_calendar_sees_another_hash() -> None:
    digest, nonce = hashlib.sha256(b"checkpoint").digest(), b"n" * 16
    asked = ots.commitment(digest, nonce=nonce)
    assert asked != digest
    proof = ots.read(ots.detached(digest, nonce=nonce, reply=bitcoin(9)))
    assert proof.digest == digest and proof.attestations[0].message == asked
    with pytest.raises(InputError, match="not one of the format"):
        ots.detached(digest, nonce=nonce, reply=b"<html>")


def test_a_promise_at_the_end_is_replaced_by_what_it_became() -> None:
    promise = b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + b"\x04\x03a.b"
    data = small_proof(b"\xf0\x01a\x08" + promise)
    made = ots.upgraded(data, reply=b"\xf1\x01b\x08" + bitcoin(5))
    assert [a.kind for a in ots.read(made).attestations] == ["bitcoin"]
    for reply in (b"", b"<html>", promise + b"x"):
        with pytest.raises(InputError):
            ots.upgraded(data, reply=reply)
    with pytest.raises(InputError, match="promise"):
        ots.upgraded(small_proof(bitcoin(5)), reply=promise)


@given(st.integers(0, 2**60))
def test_numbers_survive_the_way_out_and_back(value: int) -> None:
    assert ots._Reader(ots._number(value)).number() == value


def test_two_calendars_in_one_proof_are_not_upgraded_by_halves() -> None:
    promise = b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + b"\x04\x03a.b"
    data = small_proof(b"\xff\xf0\x01a" + promise + b"\xf0\x01b" + promise)
    made = ots.upgraded(data, reply=bitcoin(5))
    assert [a.kind for a in ots.read(made).attestations] == ["pending", "bitcoin"]
