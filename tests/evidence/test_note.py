"""Keys and signed notes: the example of the specification, the edge cases of Ed25519, and keys that
must stay put.
"""

import json
import stat
from pathlib import Path

import pytest

from noonmark.errors import InputError
from noonmark.evidence import verify
from noonmark.evidence.audit import notes
from noonmark.evidence.note import new_key, public_key, read_key

CCTV = (
    Path(__file__).parents[3]
    / "shared"
    / "data"
    / "custody"
    / "cctv"
    / "ed25519"
    / "ed25519vectors.json"
)
# c2sp.org/signed-note, Example
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()


def both_hold(key, data):
    alone = verify.signed_by(verify.parse_note(data), [verify.parse_key(key)])
    assert notes.note_of(data).signed_by([notes.key_of(key)]) == alone
    return alone


def test_the_example_of_the_specification_verifies_by_both():
    assert both_hold(VKEY, NOTE)
    assert str(public_key(VKEY)) == VKEY


def test_no_changed_byte_of_the_example_verifies():
    for place in range(len(NOTE)):
        changed = bytearray(NOTE)
        changed[place] ^= 4
        try:
            assert not both_hold(VKEY, bytes(changed))
        except ValueError:
            with pytest.raises(ValueError, match=r"."):
                notes.note_of(bytes(changed))


def test_signatures_by_unknown_keys_are_ignored(tmp_path):
    new_key(tmp_path / "k", name="other")
    other = read_key(tmp_path / "k").sign("This is an example message.\n").split("\n\n")[1]
    assert both_hold(VKEY, NOTE + other.encode())


def test_what_a_key_signs_verifies_by_both(tmp_path):
    public = new_key(tmp_path / "k", name="example.org/desk")
    note = read_key(tmp_path / "k").sign("näme\n2\n").encode()
    assert both_hold(str(public), note)
    assert not both_hold(VKEY, note)


def test_a_secret_key_is_readable_by_its_owner_alone_and_never_written_over(tmp_path):
    new_key(tmp_path / "k")
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(InputError, match="exists already"):
        new_key(tmp_path / "k")
    assert (tmp_path / "k").read_bytes() == before


def test_a_signing_key_does_not_show_its_secret(tmp_path):
    new_key(tmp_path / "k")
    secret = (
        (tmp_path / "k").read_text().strip().split("+", 4)[4]
    )  # base 64 has "+" among its digits
    assert len(secret) == 44
    assert secret not in repr(read_key(tmp_path / "k"))


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+AAAA", VKEY + "=", VKEY.replace("530d", "530e"), " " + VKEY]
)
def test_what_is_no_key_is_refused_by_all_three_readers(text):
    with pytest.raises(InputError):
        public_key(text)
    for read in (notes.key_of, verify.parse_key):
        with pytest.raises(ValueError, match=r"."):
            read(text)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not CCTV.is_file(), reason="../shared/data is not here")
def test_edge_cases_of_ed25519_get_the_same_verdict_from_openssl_and_from_the_one_file():
    # Ours: canonical A not of low order, s below the order, R compared by bytes, no cofactor
    # (docs/spec/evidence.md).
    accepted = 0
    for vector in json.loads(CCTV.read_text()):
        key, signature, message = (
            bytes.fromhex(vector["key"]),
            bytes.fromhex(vector["sig"]),
            vector["msg"].encode(),
        )
        flags = set(vector.get("flags") or ())
        alone = verify.signature_holds(key, message, signature)
        assert notes.VerifierKey("k", b"", key, "").holds(message, signature) == alone
        strict = {"low_order_A", "non_canonical_A", "non_canonical_R", "low_order_residue"}
        assert alone == (not flags & strict), vector["number"]
        accepted += alone
    assert accepted > 0
