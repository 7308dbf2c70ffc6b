"""Web archives: the fixtures of py-wacz, and hostile archives."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.actions.case_import import check_package
from noonmark.errors import NoonmarkError
from noonmark.evidence.packages import wacz, warc, zips
from noonmark.evidence.packages.tree import PackageFindings
from noonmark.evidence.timestamps import chain

FIXTURES = Path(__file__).parents[3] / "shared/data/custody/wacz-fixtures/tests/fixtures"
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="third-party data is not there")
ISRG_ROOT_X1_BY_DST = "6d99fb265eb1c5b3744765fcbc648f3cd8e1bffafdc4c2f99b9d47cf7ff1c24f"


def isrg() -> tuple[x509.Certificate, ...]:
    """ISRG Root X1 as the good fixture carries it, known by its published fingerprint."""
    with zipfile.ZipFile(FIXTURES / "valid_signed_example_1.wacz") as archive:
        signed = json.loads(archive.read("datapackage-digest.json"))["signedData"]
    found = chain.certificates_of(signed["domainCert"].encode())
    return tuple(c for c in found if chain.fingerprint(c) == ISRG_ROOT_X1_BY_DST)


@pytest.mark.shared
@needs_fixtures
@pytest.mark.parametrize(
    ("name", "sound", "codes"),
    [
        ("valid_example_1.wacz", True, set()),
        ("valid_example_2.wacz", True, set()),
        ("valid_signed_example_1.wacz", True, set()),
        (
            "invalid_example_1.wacz",
            False,
            {"wacz-missing", "wacz-extra", "wacz-part", "wacz-version"},
        ),
        (
            "invalid_signed_example_1.wacz",
            False,
            {"tsa-untrusted"},
        ),  # signed under a root for rehearsals
    ],
)
def test_the_fixtures_of_py_wacz_are_judged_as_labelled(
    name: str, sound: bool, codes: set[str]
) -> None:
    verdict = wacz.judge(FIXTURES / name, roots=isrg())
    assert verdict.judged.ok is sound
    assert {p.code for p in verdict.judged.problems} == codes


@pytest.mark.shared
@needs_fixtures
def test_a_signature_names_its_domain_and_the_time_of_its_stamp() -> None:
    verdict = wacz.judge(FIXTURES / "valid_signed_example_1.wacz", roots=isrg())
    assert (verdict.signer, verdict.signed_at) == (
        "btrix-sign-test.webrecorder.net",
        "2022-01-18T19:00:12Z",
    )
    assert verdict.pages == (("https://example.com/", "2022-01-18T19:00:09Z"),)
    untrusted = wacz.judge(FIXTURES / "valid_signed_example_1.wacz")
    assert "wacz-untrusted" in {w.code for w in untrusted.judged.warnings}


RECORD = b"\r\n".join(
    (
        b"WARC/1.0",
        b"WARC-Type: response",
        b"WARC-Target-URI: https://example.org/",
        b"Content-Length: 5",
        b"",
        b"hello",
        b"",
        b"",
    )
)
INDEX = (
    b'org,example)/ 20261122050000 {"url": "https://example.org/", "filename": "a.warc", '
    b'"offset": "0", "length": "%d"}'
)


def parts() -> dict[str, bytes]:
    return {
        "archive/a.warc": RECORD,
        "indexes/index.cdx.gz": gzip.compress(INDEX % len(RECORD), mtime=0),
        "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages"}\n'
        b'{"url": "https://example.org/", "ts": "2026-11-22T05:00:00Z"}\n',
    }


def built(path: Path, members: dict[str, bytes], *, listed: dict[str, bytes] | None = None) -> Path:
    resources = [
        {"path": n, "hash": f"sha256:{hashlib.sha256(b).hexdigest()}", "bytes": len(b)}
        for n, b in (listed if listed is not None else members).items()
    ]
    package = json.dumps(
        {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    ).encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("datapackage.json", package)
        archive.writestr("datapackage-digest.json", json.dumps(digest))
    return path


def codes_of(path: Path) -> set[str]:
    return {p.code for p in wacz.judge(path).judged.problems}


def test_a_sound_archive_of_our_own_making_is_sound(tmp_path: Path) -> None:
    assert codes_of(built(tmp_path / "a.wacz", parts())) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"archive/a.warc": RECORD.replace(b"hello", b"hallo")}, "wacz-differs"),
        ({"archive/b.warc": RECORD}, "wacz-extra"),
        ({"../../etc/passwd": b"x"}, "zip-path"),
        ({"/etc/passwd": b"x"}, "zip-path"),
        ({"a\\..\\b": b"x"}, "zip-path"),
        ({"nested.wacz": b"PK"}, "wacz-extra"),
    ],
)
def test_a_member_changed_or_added_is_found(
    tmp_path: Path, change: dict[str, bytes], code: str
) -> None:
    assert code in codes_of(built(tmp_path / "a.wacz", parts() | change, listed=parts()))


@pytest.mark.parametrize("gone", list(parts()))
def test_a_member_taken_away_is_found(tmp_path: Path, gone: str) -> None:
    rest = {n: b for n, b in parts().items() if n != gone}
    assert "wacz-missing" in codes_of(built(tmp_path / "a.wacz", rest, listed=parts()))


def test_an_archive_without_index_or_pages_is_not_sound(tmp_path: Path) -> None:
    found = codes_of(built(tmp_path / "a.wacz", {"archive/a.warc": RECORD}))
    assert found == {"wacz-part"}


@pytest.mark.parametrize(
    "line",
    [
        INDEX % (len(RECORD) + 1),
        INDEX.replace(b'"0"', b'"7"') % (len(RECORD) - 7),
        INDEX.replace(b"https", b"http") % len(RECORD),
        INDEX.replace(b"a.warc", b"../a.warc") % len(RECORD),
        b'x 1 {"filename": 3}',
        b"x 1 " + b"[" * 10_000,
        INDEX.replace(b'"0"', b'"-5"') % len(RECORD),
        INDEX % 10**18,
    ],
)
def test_an_index_that_does_not_lead_to_its_record_is_found(tmp_path: Path, line: bytes) -> None:
    found = codes_of(
        built(tmp_path / "a.wacz", parts() | {"indexes/index.cdx.gz": gzip.compress(line)})
    )
    assert found and found <= {"wacz-index", "wacz-json"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_found(tmp_path: Path) -> None:
    path = built(tmp_path / "a.wacz", parts())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("pages/pages.jsonl", b"{}")
    assert "zip-twice" in codes_of(path)


def test_links_and_encrypted_members_are_found(tmp_path: Path) -> None:
    path = built(tmp_path / "a.wacz", parts())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("archive/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "zip-link" in codes_of(path)
    data = bytearray(built(tmp_path / "b.wacz", parts()).read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    (tmp_path / "b.wacz").write_bytes(data)
    assert "zip-encrypted" in codes_of(tmp_path / "b.wacz")


@pytest.mark.slow
def test_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.wacz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("archive/a.warc", "w") as out,
    ):
        for _ in range(300):
            out.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    assert "zip-bomb" in codes_of(path)


@pytest.mark.parametrize("form", ["der", "side by side"])
def test_a_bare_key_shows_one_piece_and_no_name(tmp_path: Path, form: str) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    path = built(tmp_path / "a.wacz", parts())
    with zipfile.ZipFile(path) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    stated = json.loads(members["datapackage-digest.json"])
    signature = key.sign(stated["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    if form != "der":
        signature = b"".join(n.to_bytes(48, "big") for n in decode_dss_signature(signature))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    codes = {}
    for crime in (b"", b"x"):
        stated["signedData"] = {
            "hash": stated["hash"],
            "signature": base64.b64encode(signature + crime).decode(),
            "publicKey": base64.b64encode(public).decode(),
            "created": "2026-11-22T05:00:00Z",
        }
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in (
                members | {"datapackage-digest.json": json.dumps(stated).encode()}
            ).items():
                archive.writestr(name, data)
        judged = wacz.judge(path).judged
        codes[crime] = {p.code for p in judged.problems}, {w.code for w in judged.warnings}
    assert codes == {
        b"": (set(), {"wacz-anonymous"}),
        b"x": ({"wacz-signature"}, {"wacz-anonymous"}),
    }


class Stream(io.RawIOBase):
    """A file that can only be written onwards, as to a pipe."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(bytes(data))


def test_an_archive_written_as_a_stream_is_sound_without_a_warning_of_gaps(tmp_path: Path) -> None:
    with zipfile.ZipFile(built(tmp_path / "a.wacz", parts())) as source:
        stream = Stream()
        with zipfile.ZipFile(stream, "w") as target:
            for name in source.namelist():
                target.writestr(name, source.read(name))
    (tmp_path / "b.wacz").write_bytes(stream.data)
    judged = wacz.judge(tmp_path / "b.wacz").judged
    assert judged.ok and [w.code for w in judged.warnings] == ["wacz-unsigned"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_record_too_large_to_look_into_is_held_to_its_headers(
    tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc, "LARGEST_RECORD_BYTES", 3000)
    large = RECORD.replace(b"hello", bytes(100_000)).replace(b"Length: 5", b"Length: 100000")
    stored = gzip.compress(large, mtime=0) if packed else large
    for address, sound in ((b"https://example.org/", True), (b"https://example.net/", False)):
        line = INDEX.replace(b"https://example.org/", address) % len(stored)
        members = {"archive/a.warc": stored, "indexes/index.cdx.gz": gzip.compress(line)}
        assert wacz.judge(built(tmp_path / "a.wacz", parts() | members)).judged.ok is sound


def test_a_member_that_lies_about_its_size_is_found(tmp_path: Path) -> None:
    path = built(tmp_path / "a.wacz", parts())
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (5).to_bytes(4, "little")
    path.write_bytes(data)
    assert not wacz.judge(path).judged.ok


def test_members_that_overlap_are_found(tmp_path: Path) -> None:
    path = built(tmp_path / "a.wacz", parts())
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = (0).to_bytes(4, "little")
    path.write_bytes(data)
    assert "zip-overlap" in codes_of(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"not an archive at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_one_clear_verdict(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.wacz").write_bytes(data)
    assert codes_of(tmp_path / "a.wacz")


def test_nothing_is_written_beside_the_archive(tmp_path: Path) -> None:
    path = built(tmp_path / "a.wacz", parts() | {"../out": b"x"})
    wacz.judge(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.wacz"]


@pytest.mark.slow
def test_every_byte_flipped_in_a_sound_archive_is_found_or_changes_nothing_that_is_read(
    tmp_path: Path,
) -> None:
    path = built(tmp_path / "a.wacz", parts())
    good = path.read_bytes()
    before = wacz.judge(path)
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes((good[at] ^ 0x55,)) + good[at + 1 :])
        try:
            after = wacz.judge(path)
        except NoonmarkError:
            continue
        # What may pass are fields of the container that carry no content: dates, versions,
        # attributes.
        if after.judged.ok:
            with zips.opened(path, PackageFindings()) as archive:
                assert archive is not None
                kept = {n: archive.read(n, longest=1 << 20) for n in archive.members}
            assert (after.pages, {n: kept[n] for n in parts()}) == (before.pages, parts())


@given(st.binary(max_size=60), st.integers(0, 900))
@settings(max_examples=100, deadline=None)
def test_any_bytes_anywhere_give_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, offset: int
) -> None:
    path = built(tmp_path_factory.mktemp("w") / "a.wacz", parts())
    data = path.read_bytes()
    path.write_bytes(data[:offset] + junk + data[offset + len(junk) :])
    try:
        assert isinstance(wacz.judge(path).judged.ok, bool)
    except NoonmarkError as error:
        assert "\n" not in error.message


def several(path: Path, files: dict[str, bytes], *, old: bool = False) -> Path:
    """An archive of archives as Browsertrix writes one, in its form of now or before."""
    resources = []
    for name, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        entry = {"name": name, "path": name}
        more = {"hash": digest, "size": len(data)}
        resources.append(
            entry | (more if old else {"hash": f"sha256:{digest}", "bytes": len(data)})
        )
    package = {"profile": "multi-wacz-package", "resources": resources}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("datapackage.json", json.dumps(package))
    return path


@pytest.mark.parametrize("old", [False, True])
def test_each_archive_of_a_multi_wacz_is_judged(tmp_path, old):
    whole = built(tmp_path / "one.wacz", parts()).read_bytes()
    both = {"one.wacz": whole, "two.wacz": whole.replace(b"WARC/1.", b"WARC/2.", 1)}
    found = check_package(several(tmp_path / "all.wacz", {"one.wacz": whole}, old=old))
    assert found["ok"], found["problems"]
    assert found["form"] == "multi-WACZ"
    assert found["claims"]["all.wacz"]["members"] == ["one.wacz: sound, signer none, 1 pages"]
    found = check_package(several(tmp_path / "both.wacz", both, old=old))
    assert {p["where"].split(":")[0] for p in found["problems"]} == {"two.wacz"}
    assert "not sound" in found["claims"]["both.wacz"]["members"][1]


def test_a_multi_wacz_is_not_opened_within_another_and_must_hold_what_it_lists(tmp_path):
    whole = built(tmp_path / "one.wacz", parts()).read_bytes()
    inner = several(tmp_path / "inner.wacz", {"one.wacz": whole}).read_bytes()
    outer = wacz.judge(several(tmp_path / "outer.wacz", {"inner.wacz": inner}))
    assert "wacz-version" in {p.code for p in outer.judged.problems}
    path = several(tmp_path / "some.wacz", {"one.wacz": whole, "far.wacz": whole})
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in ("one.wacz", "datapackage.json")}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
    assert {p.code for p in wacz.judge(path).judged.problems} == {"wacz-missing"}
    empty = wacz.judge(several(tmp_path / "empty.wacz", {}))
    assert "wacz-part" in {p.code for p in empty.judged.problems}
