"""ZIP files of ProofMode: digests, signatures and stamps are judged, and what can't be is named."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from noonmark.actions import cases
from noonmark.actions.case_import import check_package, import_package
from noonmark.errors import EvidenceError
from noonmark.evidence.packages import openpgp, proofmode
from noonmark.evidence.timestamps import ots

PHOTO = b"\xff\xd8 a photo of something \xff\xd9"
DIGEST = hashlib.sha256(PHOTO).hexdigest()
CSV = (
    f"File Path,File Hash SHA256,Proof Generated,DeviceID,Wifi MAC\r\n"
    f"/sdcard/IMG_1.jpg,{DIGEST},2024-05-02T08:00:00Z,SECRET-DEVICE,aa:bb:cc:dd:ee:ff\r\n"
).encode()
JSON = json.dumps({"File Hash SHA256": DIGEST, "DeviceID": "SECRET-DEVICE"}).encode()
RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw


def number(value: bytes) -> bytes:
    """A big number as OpenPGP writes it."""
    value = value.lstrip(b"\0")
    return int.from_bytes(value, "big").bit_length().to_bytes(2, "big") + value


def packet(tag: int, body: bytes) -> bytes:
    """A packet with a length of five bytes."""
    return bytes((0xC0 | tag, 255)) + len(body).to_bytes(4, "big") + body


def armor(kind: str, data: bytes) -> bytes:
    """Data between the lines that text needs."""
    text = base64.b64encode(data).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN PGP {kind}-----\nVersion: BCPG\n\n{lines}\n=abcd\n-----END".encode()


class Phone:
    """A key on a phone: RSA or Ed25519."""

    def __init__(self, kind: str) -> None:
        self.rsa = rsa.generate_private_key(65537, 2048) if kind == "rsa" else None
        self.ed25519 = None if self.rsa else ed25519.Ed25519PrivateKey.generate()
        head = b"\x04" + (1_700_000_000).to_bytes(4, "big")
        if self.rsa:
            public = self.rsa.public_key().public_numbers()
            body = head + b"\x01" + number(public.n.to_bytes(256, "big")) + number(b"\1\0\1")
        else:
            curve = bytes.fromhex("092b06010401da470f01")
            point = b"\x40" + self.ed25519.public_key().public_bytes(*RAW)
            body = head + b"\x16" + curve + number(point)
        self.key = armor("PUBLIC KEY BLOCK", packet(6, body) + packet(13, b"A Name <a@b>"))
        whole = b"\x99" + len(body).to_bytes(2, "big") + body
        self.fingerprint = hashlib.sha1(whole, usedforsecurity=False).digest()

    def sign(self, data: bytes) -> bytes:
        """A detached signature, armored."""
        algorithm = 1 if self.rsa else 22
        hashed = b"\x05\x02" + (1_714_636_800).to_bytes(4, "big")
        hashed += b"\x16\x21\x04" + self.fingerprint
        head = bytes((4, 0, algorithm, 8)) + len(hashed).to_bytes(2, "big") + hashed
        whole = data + head + b"\x04\xff" + len(head).to_bytes(4, "big")
        if self.rsa:
            numbers = number(self.rsa.sign(whole, padding.PKCS1v15(), hashes.SHA256()))
        else:
            made = self.ed25519.sign(hashlib.sha256(whole).digest())
            numbers = number(made[:32]) + number(made[32:])
        return armor("SIGNATURE", packet(2, head + b"\0\0" + b"\0\0" + numbers))


@pytest.fixture(scope="module")
def phone():
    return Phone("ed25519")


def members(phone: Phone) -> dict[str, bytes]:
    """The files of a whole ZIP."""
    return {
        "IMG_1.jpg": PHOTO,
        f"{DIGEST}.asc": phone.sign(PHOTO),
        f"{DIGEST}.proof.csv": CSV,
        f"{DIGEST}.proof.csv.asc": phone.sign(CSV),
        f"{DIGEST}.proof.json": JSON,
        f"{DIGEST}.proof.json.asc": phone.sign(JSON),
        f"{DIGEST}.ots": ots.MAGIC + b"\x01\x08" + bytes.fromhex(DIGEST) + _pending(),
        f"{DIGEST}.gst": b"e30.e30.e30",
        "HowToVerifyProofData.txt": b"how to",
        "pubkey.asc": phone.key,
    }


def _pending() -> bytes:
    """An attestation of a calendar that has not put it into a block yet."""
    uri = b"https://a.calendar.example"
    payload = bytes((len(uri),)) + uri
    return b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + bytes((len(payload),)) + payload


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def codes(found) -> set[str]:
    return {problem["code"] for problem in found["problems"]}


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_whole_zip_holds_together_and_says_what_was_not_checked(tmp_path, kind):
    phone = Phone(kind)
    found = check_package(packed(tmp_path / "a.zip", members(phone)))
    assert found["ok"] and found["form"] == "proofmode", found["problems"]
    about = found["claims"]["a.zip"]
    assert len(about["signatures"]) == 3
    assert all("c: holds, made 2024-05-02T08:00:00Z" in said for said in about["signatures"])
    assert about["keys_in_zip"] == [phone.fingerprint.hex()]
    assert "not in a block yet" in about["stamps"][0]
    assert "only Google can tell" in about["not_checked"][0]
    assert about["stated_times"] == {"generated": "2024-05-02T08:00:00Z"}
    assert {warning["code"] for warning in found["warnings"]} == {
        "proofmode-names",
        "proofmode-stamp",
        "proofmode-unchecked",
    }


def changed(files: dict[str, bytes], how: str, phone: Phone) -> dict[str, bytes]:
    """The files of a ZIP after something was done to them."""
    files = dict(files)
    if how == "photo":
        files["IMG_1.jpg"] = PHOTO + b"."
    elif how == "statement":
        files[f"{DIGEST}.proof.csv"] = CSV.replace(b"08:00", b"09:00")
    elif how == "digest":
        files[f"{DIGEST}.proof.json"] = JSON.replace(DIGEST.encode(), b"0" * 64)
    elif how == "stamp":
        files[f"{DIGEST}.ots"] = ots.MAGIC + b"\x01\x08" + bytes(32) + _pending()
    elif how == "damaged stamp":
        files[f"{DIGEST}.ots"] = b"not a stamp"
    elif how == "another key":
        files["pubkey.asc"] = Phone("ed25519").key
    elif how == "no key":
        del files["pubkey.asc"]
    elif how == "no footage":
        del files["IMG_1.jpg"]
    elif how == "two of a name":
        files["more/IMG_1.jpg"] = b"another"
    elif how == "key of rubbish":
        files["pubkey.asc"] = armor("PUBLIC KEY BLOCK", b"\xc6\xff\xff")
    return files


@pytest.mark.parametrize(
    ("how", "problems", "warnings"),
    [
        ("photo", {"proofmode-differs"}, {"proofmode-unstated"}),
        ("statement", {"proofmode-signature"}, set()),
        ("digest", {"proofmode-differs", "proofmode-signature"}, set()),
        ("stamp", {"proofmode-stamp"}, set()),
        ("damaged stamp", {"proofmode-stamp"}, set()),
        ("another key", set(), {"proofmode-unchecked"}),
        ("no key", set(), {"proofmode-unchecked"}),
        ("no footage", set(), {"proofmode-alone"}),
        ("two of a name", {"proofmode-twice"}, set()),
        ("key of rubbish", set(), {"proofmode-unchecked"}),
    ],
)
def test_what_was_changed_or_is_missing_is_named(tmp_path, phone, how, problems, warnings):
    files = changed(members(phone), how, phone)
    found = check_package(packed(tmp_path / "a.zip", files))
    assert problems <= codes(found), found["problems"]
    assert found["ok"] is not bool(problems)
    assert warnings <= {warning["code"] for warning in found["warnings"]}


def test_an_import_logs_no_word_on_the_phone_and_keeps_the_zip_as_it_came(tmp_path, phone):
    case = tmp_path / "case"
    cases.new_case(case)
    path = packed(tmp_path / "a.zip", members(phone))
    done = import_package(case, path, by="dry-elm")
    (item,) = done["items"]
    log = (case / "log" / "entries").read_bytes()
    assert b"SECRET-DEVICE" not in log and b"aa:bb:cc" not in log and b"A Name" not in log
    (claim,) = cases.case_history(case, kind="claim")
    assert claim.facts["verdict"] == "holds together"
    assert item["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    bad = packed(tmp_path / "b.zip", changed(members(phone), "photo", phone))
    with pytest.raises(EvidenceError):
        import_package(case, bad, by="dry-elm")


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_damaged_signature_never_holds_and_never_ends_the_reading(phone, cut):
    signature = phone.sign(PHOTO)
    flipped = bytearray(signature)
    flipped[cut % len(flipped)] ^= 1
    for damaged in (signature[:cut], bytes(flipped)):
        verdict = openpgp.judge([PHOTO], damaged, phone.key)
        assert verdict.state in ("holds", "differs", "not checked")
        assert openpgp.judge([PHOTO + b"."], damaged, phone.key).state != "holds"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("gpg") is None, reason="GnuPG is not installed")
@pytest.mark.parametrize("kind", ["rsa2048", "ed25519"])
def test_signatures_of_gnupg_hold_and_those_of_other_bytes_do_not(tmp_path, kind):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)

    def gpg(*words: str) -> bytes:
        start = ["gpg", "--homedir", str(home), "--batch", "--passphrase", "", "--armor"]
        return subprocess.run([*start, *words], check=True, capture_output=True).stdout

    gpg("--quick-generate-key", "a@b.example", kind, "sign", "never")
    (tmp_path / "photo").write_bytes(PHOTO)
    key = gpg("--export")
    signature = gpg("--detach-sign", "--output", "-", str(tmp_path / "photo"))
    assert openpgp.judge([PHOTO[:5], PHOTO[5:]], signature, key).state == "holds"
    assert openpgp.judge([PHOTO + b"."], signature, key).state == "differs"
    shown = gpg("--list-keys", "--with-colons").decode()
    assert openpgp.judge([PHOTO], signature, key).fingerprint.upper() in shown
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)


def test_the_statement_of_the_first_year_names_digest_and_times_in_its_own_words(tmp_path):
    said = f"CurrentDateTime0GMT,Modified,SHA256,\n1481718055,1481718054000,{DIGEST},\n".encode()
    files = {"a.jpg": PHOTO, "a.jpg.proof.csv": said}
    found = proofmode.judge(packed(tmp_path / "p.zip", files))
    warnings = {warning.code for warning in found.judged.warnings}
    assert not found.judged.problems and "proofmode-unstated" not in warnings
    assert found.stated_times == {"generated": "1481718055", "modified": "1481718054000"}
    files["a.jpg.proof.csv"] = said.replace(DIGEST[:8].encode(), b"00000000")
    found = proofmode.judge(packed(tmp_path / "q.zip", files))
    assert "proofmode-differs" in {problem.code for problem in found.judged.problems}


def test_an_archive_is_known_by_the_names_in_it():
    assert proofmode.is_proofmode(["x/ABC.PROOF.CSV"])
    assert not proofmode.is_proofmode(["datapackage.json", "archive/a.warc"])
