"""Folders of auto-archiver and folders with a list of hashes, taken in with what they state."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.actions import cases
from noonmark.actions.case_import import check_package, import_package
from noonmark.errors import InputError
from noonmark.evidence.packages import autoarchiver, hashlist, tree
from noonmark.evidence.packages.tree import PackageFindings

SHARED = Path(__file__).parents[3] / "shared/data/custody/auto-archiver-tsr/tests/data/timestamping"
VIDEO, PAGE = b"a video", b"a screenshot"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def archived(root: Path, *, form: str, kind: str = "SHA-256") -> Path:
    """A folder as auto-archiver leaves it, with its statements in one of the three forms."""
    (root / "post").mkdir(parents=True)
    (root / "post/video.mp4").write_bytes(VIDEO)
    (root / "post/page.png").write_bytes(PAGE)
    hash_of = sha256 if kind == "SHA-256" else (lambda d: hashlib.sha3_512(d).hexdigest())
    media = [
        {
            "filename": "/tmp/x/video.mp4",
            "_key": "post/video.mp4",
            "properties": {"hash": f"{kind}:{hash_of(VIDEO)}"},
        },
        {
            "filename": "/tmp/x/page.png",
            "_key": "post/page.png",
            "properties": {"hash": f"{kind}:{hash_of(PAGE)}"},
        },
    ]
    if form == "json":
        document = {
            "status": "telegram: success",
            "metadata": {"url": "https://t.me/x/1", "_processed_at": "2026-11-01T10:00:00+00:00"},
            "media": media,
        }
        (root / "result.json").write_text(json.dumps(document))
    elif form == "csv":
        with open(root / "db.csv", "w", newline="") as out:
            writer = csv.DictWriter(out, ["status", "metadata", "media"])
            writer.writeheader()
            about = "{'url': 'https://t.me/x/1', '_processed_at': datetime.datetime(2026, 11, 1)}"
            writer.writerow({"status": "success", "metadata": about, "media": repr(media)})
    else:
        rows = "".join(
            f"<li><b>hash:</b> <span class='copy'>{m['properties']['hash']}</span></li>"
            for m in media
        )
        (root / "post/report.html").write_text(
            f"<h2>Archived media for <span class='copy'>https://t.me/x/1</span></h2>{rows}"
            "<p>Made with <a "
            'href="https://github.com/bellingcat/auto-archiver">bellingcat/auto-archiver</a> '
            "v1.2.9</p>"
        )
    return root


@pytest.mark.parametrize("form", ["json", "csv", "html"])
@pytest.mark.parametrize("kind", ["SHA-256", "SHA3-512"])
def test_stated_hashes_and_addresses_are_carried_over(tmp_path: Path, form: str, kind: str) -> None:
    folder = autoarchiver.read(archived(tmp_path / "a", form=form, kind=kind))
    assert folder.judged.ok and not folder.judged.warnings
    files = {f.name: f for f in folder.files}
    name = "sha256" if kind == "SHA-256" else "sha3_512"
    assert files["post/video.mp4"].stated == {name: hashlib.new(name, VIDEO).hexdigest()}
    assert files["post/page.png"].claims["url"] == "https://t.me/x/1"
    assert form != "html" or folder.tool == "auto-archiver v1.2.9"


@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_a_file_changed_since_is_found(tmp_path: Path, form: str) -> None:
    root = archived(tmp_path / "a", form=form)
    (root / "post/video.mp4").write_bytes(b"another video")
    codes = {p.code for p in autoarchiver.read(root).judged.problems}
    assert codes == ({"archive-missing"} if form == "html" else {"archive-differs"})


def test_a_folder_without_statements_says_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    folder = autoarchiver.read(tmp_path)
    assert folder.judged.ok and [w.code for w in folder.judged.warnings] == ["archive-unstated"]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="third-party data is not there")
def test_real_tokens_are_judged_and_one_without_its_list_says_so() -> None:
    folder = autoarchiver.read(SHARED)
    assert len(folder.stamps) == 5
    assert all(
        not s.covers and [p.code for p in s.verdict.problems] == ["tsa-untrusted"]
        for s in folder.stamps
    )
    assert sum(w.code == "archive-token" for w in folder.judged.warnings) == 5


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.json", b"[" * 10_000 + b"]" * 10_000),
        ("deep.csv", b'status,metadata,media\nx,y,"' + b"[" * 10_000 + b'"\n'),
        ("odd.csv", b"\0,\0\n\xff\xfe"),
        ("odd.html", b"<auto-archiver SHA-256:zz \xff"),
        (
            "odd.json",
            b'{"media": [[], {"properties": []}, {"properties": {"hash": 3}}], "metadata": []}',
        ),
        ("timestamp_token_x", b"\x30\x80\x00"),
    ],
)
def test_a_hostile_report_stops_nothing(tmp_path: Path, name: str, data: bytes) -> None:
    root = archived(tmp_path / "a", form="json")
    (root / name).write_bytes(data)
    folder = autoarchiver.read(root)
    assert folder.judged.ok and len(folder.files) == 4


def test_links_in_the_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    root = archived(tmp_path / "a", form="json")
    os.symlink("/etc/hostname", root / "post/link")
    folder = autoarchiver.read(root)
    assert [p.code for p in folder.judged.problems] == ["archive-link"]
    assert "post/link" not in {f.name for f in folder.files}


LISTS = {
    "gnu": lambda n, d: f"{sha256(d)}  {n}\n",
    "binary": lambda n, d: f"{hashlib.md5(d).hexdigest()} *{n}\n",
    "dot": lambda n, d: f"{hashlib.sha512(d).hexdigest()}  ./{n}\n",
    "bsd": lambda n, d: f"SHA256 ({n}) = {sha256(d)}\n",
    "openssl": lambda n, d: f"SHA3-512({n})= {hashlib.sha3_512(d).hexdigest()}\n",
}


@pytest.mark.parametrize("form", LISTS)
def test_lists_of_every_common_tool_are_read(tmp_path: Path, form: str) -> None:
    (tmp_path / "a b.jpg").write_bytes(b"1")
    (tmp_path / "名.mp4").write_bytes(b"2")
    text = "# made by hand\n" + LISTS[form]("a b.jpg", b"1") + "\n" + LISTS[form]("名.mp4", b"2")
    (tmp_path / "SUMS").write_text(text)
    judged, files = hashlist.carried(tmp_path, tmp_path / "SUMS")
    assert judged.ok and not judged.warnings and [len(f.stated) for f in files] == [1, 1]


def test_hashdeep_is_read_and_escaped_names_are_unescaped(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1")
    text = (
        "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /x\n"
        f"1,{hashlib.md5(b'1').hexdigest()},{sha256(b'1')},f\n"
    )
    (tmp_path / "SUMS").write_text(text)
    judged, files = hashlist.carried(tmp_path, tmp_path / "SUMS")
    assert judged.ok and sorted(files[0].stated) == ["md5", "sha256"]
    findings = PackageFindings()
    assert (
        hashlist.read(f"\\{sha256(b'1')}  a\\nb\\\\c\n", where="x", findings=findings)[0].name
        == "a\nb\\c"
    )


def test_differing_missing_unlisted_and_escaping_names_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "changed").write_bytes(b"1")
    (tmp_path / "extra").write_bytes(b"2")
    names = ["changed", "gone", "../up", "/abs"]
    (tmp_path / "SUMS").write_text("".join(LISTS["gnu"](n, b"0") for n in names) + "nonsense\n")
    judged, files = hashlist.carried(tmp_path, tmp_path / "SUMS")
    codes = sorted(p.code for p in judged.problems)
    assert codes == ["list-differs", "list-line", "list-missing", "list-path", "list-path"]
    assert [w.where for w in judged.warnings] == ["extra"] and {f.name for f in files} == {
        "changed",
        "extra",
    }


def test_a_list_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "SUMS").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a list of hashes"):
        hashlist.carried(tmp_path, tmp_path / "SUMS")


def test_names_that_are_not_utf8_find_their_files(tmp_path: Path) -> None:
    name = b"caf\xe9\xff.mp4"
    (tmp_path / os.fsdecode(name)).write_bytes(b"1")
    (tmp_path / "SUMS").write_bytes(sha256(b"1").encode() + b"  " + name + b"\n")
    judged, files = hashlist.carried(tmp_path, tmp_path / "SUMS")
    assert judged.ok and os.fsencode(files[0].name) == name and files[0].stated


def test_a_table_with_very_long_columns_is_read(tmp_path: Path) -> None:
    root = archived(tmp_path / "a", form="csv")
    with open(root / "db.csv", "a", newline="") as out:
        csv.writer(out).writerow(["success", "x" * 300_000, "[]"])
    assert not autoarchiver.read(root).judged.warnings


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_text_is_a_list_or_a_problem(text: str) -> None:
    findings = PackageFindings()
    stated = hashlist.read(text, where="x", findings=findings)
    assert all(tree.known_hash(s.hash) for s in stated)


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_json_or_one_sentence(data: bytes) -> None:
    try:
        tree.read_json(data, where="x")
    except InputError as error:
        assert error.code == "package-json"


def test_a_plain_folder_is_not_said_to_be_of_auto_archiver(tmp_path: Path) -> None:
    cases.new_case(tmp_path / "case")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x").write_bytes(b"x")
    done = import_package(tmp_path / "case", tmp_path / "in", by="dry-elm")
    assert done["form"] == done["means"] == "plain folder"
    (entry,) = cases.case_history(tmp_path / "case", kind="collection")
    assert entry.facts["method"] == "import of a plain folder"
    assert "sound" not in entry.facts["note"]


BROWSERTRIX = SHARED.parents[3] / "wacz-crawler" / "btrix.wacz"


@pytest.mark.shared
@pytest.mark.skipif(not BROWSERTRIX.is_file(), reason="third-party data is not there")
def test_a_web_archive_of_browsertrix_comes_in_with_a_warning() -> None:
    found = check_package(BROWSERTRIX)
    assert found["ok"]
    assert "wacz-version" in {warning["code"] for warning in found["warnings"]}
