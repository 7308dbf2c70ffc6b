"""The commands of time stamps, packages, statements and sources, as a user types them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from noonmark.cli.main import main
from noonmark.evidence.timestamps import ots, token
from tests.evidence import sealed_case
from tests.evidence.test_anchor import Authority, authority
from tests.evidence.test_autoarchiver import archived
from tests.evidence.test_bagit import small_bag
from tests.evidence.test_wacz import built, parts

__all__ = ["authority"]  # a fixture
Say = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run one command line with ``--json``: exit code and the object that was printed."""

    def run(*words: object, stdin: str = "") -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main([*map(str, words), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def case(tmp_path: Path) -> Path:
    sealed_case.make(tmp_path / "case").close()
    return tmp_path / "case"


def do_nothing(*_: object) -> None:
    """Be quiet."""


@contextmanager
def server(answer: Callable[[str, bytes], tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        log_message = do_nothing

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            code, headers, data = answer(self.path, body)
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()
    thread.join(2)


def test_a_named_server_stamps_the_seal_and_the_stamp_holds_offline_ever_after(
    case: Path, say: Say, authority: Authority
) -> None:
    root = authority.folder / "root.pem"
    with server(lambda _, body: (200, {}, authority.stamp(body))) as url:
        code, stamped = say("case", "stamp", case, "--tsa", url, "--root", root)
    assert (code, stamped["verdict"], stamped["form"]) == (0, "holds", "rfc3161")
    code, again = say("case", "stamp", case, "--root", root)
    assert code == 0 and [s["verdict"] for s in again["stamps"]] == ["holds"]
    code, bare = say("case", "stamp", case)
    assert code == 0 and [s["verdict"] for s in bare["stamps"]] == ["not trusted"]
    assert say("case", "audit", case)[0] == 0


def test_a_stranger_checks_the_stamp_of_a_bundle_with_openssl_alone(
    case: Path, tmp_path: Path, say: Say, authority: Authority
) -> None:
    with server(lambda _, body: (200, {}, authority.stamp(body))) as url:
        stamped = say("case", "stamp", case, "--tsa", url, "--root", authority.folder / "root.pem")[
            1
        ]
    assert say("case", "seal", case, "--key", tmp_path / "key")[0] == 0
    assert say("case", "export", case, tmp_path / "out")[0] == 0
    token_path = tmp_path / "out/objects" / stamped["token"][:2] / stamped["token"]
    checkpoint = tmp_path / "out/log/seals" / str(stamped["size"])
    words = [
        "ts",
        "-verify",
        "-data",
        str(checkpoint),
        "-in",
        str(token_path),
        "-CAfile",
        "root.pem",
    ]
    assert (
        subprocess.run(["openssl", *words], cwd=authority.folder, capture_output=True).returncode
        == 0
    )
    checkpoint.write_bytes(checkpoint.read_bytes() + b" ")
    assert (
        subprocess.run(["openssl", *words], cwd=authority.folder, capture_output=True).returncode
        == 1
    )


def test_a_question_is_carried_by_hand_and_its_answer_taken_in(
    case: Path, tmp_path: Path, say: Say, authority: Authority
) -> None:
    query, reply, root = tmp_path / "q.tsq", tmp_path / "r.tsr", authority.folder / "root.pem"
    assert say("case", "stamp", case, "--query-out", query)[0] == 0
    reply.write_bytes(authority.stamp(query.read_bytes()))
    code, taken = say("case", "stamp", case, "--reply", reply, "--query", query, "--root", root)
    assert (code, taken["verdict"]) == (0, "holds")
    (tmp_path / "other.tsr").write_bytes(authority.stamp(token.query_der(bytes(32), nonce=1)))
    code, refused = say("case", "stamp", case, "--reply", tmp_path / "other.tsr")
    assert (code, refused["code"]) == (1, "stamp-other-case")


def test_a_stamp_by_another_hash_of_the_same_seal_is_taken_in(
    case: Path, tmp_path: Path, say: Say, authority: Authority
) -> None:
    seal = next(p for p in (case / "seals").iterdir())
    authority.run(
        "ts", "-query", "-data", str(seal / "checkpoint"), "-sha512", "-cert", "-out", "other.tsq"
    )
    reply = tmp_path / "r.tsr"
    reply.write_bytes(authority.stamp((authority.folder / "other.tsq").read_bytes()))
    code, taken = say(
        "case", "stamp", case, "--reply", reply, "--root", authority.folder / "root.pem"
    )
    assert (code, taken["verdict"]) == (0, "holds")


def test_a_stamp_by_a_weak_hash_is_not_taken_in(case: Path, tmp_path: Path, say: Say) -> None:
    seal = next(p for p in (case / "seals").iterdir())
    digest = hashlib.sha1((seal / "checkpoint").read_bytes()).digest()
    tail = b"\x00" + bytes.fromhex("0588960d73d71901") + b"\x01\x07"
    (tmp_path / "weak.ots").write_bytes(ots.MAGIC + b"\x01\x02" + digest + tail)
    code, refused = say("case", "stamp", case, "--reply", tmp_path / "weak.ots")
    assert (code, refused["code"]) == (2, "stamp-weak-hash")


def test_an_import_names_only_a_source_that_the_case_knows(
    case: Path, tmp_path: Path, say: Say
) -> None:
    code, refused = say("case", "import", case, small_bag(tmp_path), "--source", "Farida")
    assert (code, refused["code"]) == (2, "no-such-source") and "Farida" not in refused["message"]


def test_a_calendar_is_asked_and_later_asked_again(case: Path, say: Say) -> None:
    asked: list[tuple[str, bytes]] = []
    anchored: list[bytes] = []
    home: list[str] = []

    def calendar(path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        asked.append((path, body))
        if path == "/digest":
            uri = home[0].encode()
            return (
                200,
                {},
                b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + bytes((len(uri) + 1, len(uri))) + uri,
            )
        return (200, {}, anchored[0]) if anchored else (404, {}, b"not yet")

    with server(calendar) as url:
        home.append(url)
        code, stamped = say("case", "stamp", case, "--ots", url)
        assert (code, stamped["verdict"]) == (
            0,
            "pending",
        ) and "nothing can be verified yet" in stamped["says"]
        early = say("case", "stamp", case, "--ots-upgrade", url)
        assert (early[0], early[1]["code"]) == (3, "stamp-not-yet")
        anchored.append(b"\xf0\x01z\x08\x00" + bytes.fromhex("0588960d73d71901") + b"\x01\x07")
        code, later = say("case", "stamp", case, "--ots-upgrade", url)
        assert code == 0 and [s["verdict"] for s in later["stamps"]] == ["attested"]
        assert (
            say("case", "stamp", case, "--ots-upgrade", "http://127.0.0.1:9/")[1]["code"]
            == "stamp-none-pending"
        )
    seal = next(p for p in (case / "seals").iterdir())
    digest = hashlib.sha256((seal / "checkpoint").read_bytes()).digest()
    assert asked[0][0] == "/digest" and len(asked[0][1]) == 32 and asked[0][1] != digest
    assert asked[1][0] == f"/timestamp/{asked[0][1].hex()}"
    assert (
        ots.read((case / "objects" / stamped["token"][:2] / stamped["token"]).read_bytes()).digest
        == digest
    )
    assert say("case", "audit", case)[0] == 0


@pytest.mark.parametrize(
    ("status", "headers", "data", "code"),
    [
        (302, {"Location": "http://127.0.0.1:1/elsewhere"}, b"", "stamp-redirect"),
        (500, {}, b"no", "stamp-no-answer"),
        (200, {}, b"", "stamp-no-answer"),
        (200, {}, b"<html>hello</html>", "token-unreadable"),
        (200, {}, b"x" * ((1 << 20) + 5), "stamp-no-answer"),
    ],
)
def test_a_server_that_misbehaves_changes_nothing(
    case: Path, say: Say, status: int, headers: dict[str, str], data: bytes, code: str
) -> None:
    before = (case / "log/entries").read_bytes()
    with server(lambda *_: (status, headers, data)) as url:
        exit_code, said = say("case", "stamp", case, "--tsa", url)
    assert (exit_code, said["code"]) == (2 if code == "token-unreadable" else 3, code)
    assert (case / "log/entries").read_bytes() == before


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/y", "http://", "http://user:word@h/", "nonsense"]
)
def test_an_address_that_is_none_is_refused(case: Path, say: Say, url: str) -> None:
    code, said = say("case", "stamp", case, "--tsa", url)
    assert (code, said["code"]) == (2, "stamp-address")


def test_packages_come_in_with_what_they_state(case: Path, tmp_path: Path, say: Say) -> None:
    code, bag = say("case", "import", case, small_bag(tmp_path))
    assert (code, bag["form"]) == (0, "bagit") and all(
        i["stated"] == ["sha256", "sha512"] for i in bag["items"]
    )
    code, folder = say(
        "case",
        "import",
        case,
        archived(tmp_path / "aa", form="json"),
        "--legal-basis",
        "public post",
    )
    assert (code, folder["form"], len(folder["items"])) == (0, "auto-archiver", 3)
    code, web = say("case", "import", case, built(tmp_path / "x.wacz", parts()))
    assert (code, web["form"], web["problems"]) == (0, "wacz", [])
    code, log = say("case", "log", case)
    facts = [e["facts"] for e in log["entries"]]
    assert "https://t.me/x/1" in {f.get("url") for f in facts}
    assert [f["verdict"] for f in facts if f.get("form") == "wacz"] == ["sound"]
    video = next(f for f in facts if f.get("claims", {}).get("name") == "post/video.mp4")
    assert video["claims"]["stated"]["sha256"] == video["sha256"]
    assert say("case", "audit", case)[0] == 0


def test_a_package_with_problems_is_refused_whole_or_taken_in_and_told(
    case: Path, tmp_path: Path, say: Say
) -> None:
    folder = archived(tmp_path / "aa", form="json")
    (folder / "post/video.mp4").write_bytes(b"changed")
    before = (case / "log/entries").read_bytes()
    code, refused = say("case", "import", case, folder)
    assert (code, refused["code"]) == (1, "import-refused") and (
        case / "log/entries"
    ).read_bytes() == before
    code, checked = say("case", "import", case, folder, "--check")
    assert code == 1 and [p["code"] for p in checked["problems"]] == ["archive-differs"]
    code, taken = say("case", "import", case, folder, "--even-so")
    assert code == 0 and len(taken["items"]) == 3
    log = say("case", "log", case, "--kind", "item")[1]["entries"]
    video = next(
        e["facts"]["claims"] for e in log if e["facts"]["claims"]["name"] == "post/video.mp4"
    )
    assert "stated" not in video and "sha256" in video["stated_otherwise"]
    notes = [
        e["facts"]["note"]
        for e in say("case", "log", case, "--kind", "collection")[1]["entries"][1:]
    ]
    assert notes and notes[0].startswith("1 problem: post/video.mp4")


def test_a_folder_with_a_list_of_hashes_and_an_ocfl_object_come_in(
    case: Path, tmp_path: Path, say: Say
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a").write_bytes(b"1")
    (folder / "SUMS").write_text(f"{hashlib.md5(b'1').hexdigest()}  a\n")
    code, plain = say("case", "import", case, folder, "--hashes", folder / "SUMS")
    assert code == 0 and plain["items"] == [
        {"name": "a", "sha256": hashlib.sha256(b"1").hexdigest(), "stated": ["md5"]}
    ]
    assert say("case", "export", case, tmp_path / "out", "--as", "ocfl")[0] == 0
    second = tmp_path / "n" / "case"
    sealed_case.make(second).close()
    code, thing = say("case", "import", second, tmp_path / "out")
    assert (code, thing["form"]) == (0, "ocfl") and all(
        i["stated"] == ["sha256", "sha512"] for i in thing["items"]
    )


def test_a_name_that_is_not_utf8_comes_in_with_its_bytes(
    case: Path, tmp_path: Path, say: Say
) -> None:
    folder, name = tmp_path / "f", b"\xff\xfe.jpg"
    folder.mkdir()
    (folder / os.fsdecode(name)).write_bytes(b"1")
    (tmp_path / "SUMS").write_bytes(
        hashlib.sha256(b"1").hexdigest().encode() + b"  " + name + b"\n"
    )
    assert say("case", "import", case, folder, "--hashes", tmp_path / "SUMS")[0] == 0
    claims = [
        e["facts"]["claims"] for e in say("case", "log", case, "--kind", "item")[1]["entries"]
    ]
    assert name.hex() in {c.get("name_hex") for c in claims}
    assert say("case", "audit", case)[0] == 0


def test_hostile_text_of_a_package_fits_the_log(case: Path, tmp_path: Path, say: Say) -> None:
    folder = archived(tmp_path / "aa", form="json")
    report = json.loads((folder / "result.json").read_text())
    report["metadata"] |= {"url": "x\ud800\x00\u202e", "title": "t" * 100_000, "_processed_at": 1.5}
    (folder / "result.json").write_text(json.dumps(report))
    assert say("case", "import", case, folder)[0] == 0
    assert say("case", "audit", case)[0] == 0


def test_statements_are_read_logged_once_and_again_when_they_differ(
    case: Path, tmp_path: Path, say: Say, authority: Authority
) -> None:
    pytest.importorskip("c2pa")
    code, first = say("case", "claims", case)
    assert code == 0 and [i["verdict"] for i in first["items"]] == ["none"]
    say("case", "claims", case)
    assert len(say("case", "log", case, "--kind", "claim")[1]["entries"]) == 1
    say("case", "claims", case, "--trust", authority.folder / "root.pem")
    assert len(say("case", "log", case, "--kind", "claim")[1]["entries"]) == 2
    assert say("case", "audit", case)[0] == 0


def test_a_source_is_added_listed_opened_and_withdrawn(
    case: Path, tmp_path: Path, say: Say
) -> None:
    pytest.importorskip("pyrage")
    from tests.evidence.test_sources import RECIPIENT, SECRET

    (tmp_path / "identity").write_text(SECRET)
    seal = ("--recipient", RECIPIENT)
    code, added = say(
        "case", "source", "add", case, "--consent", "not by name", *seal, stdin="Farida Q.\n"
    )
    alias = added["alias"]
    (tmp_path / "clip").write_bytes(b"their clip")
    assert code == 0 and say("case", "add", case, tmp_path / "clip", "--source", alias)[0] == 0
    assert say("case", "source", "list", case)[1]["sources"] == [
        {
            "alias": alias,
            "consent": "not by name",
            "restriction": "unknown",
            "sealed": True,
            "items": 1,
        }
    ]
    opened = say(
        "case",
        "source",
        "reveal",
        case,
        alias,
        "--purpose",
        "to ask again",
        "--identity",
        tmp_path / "identity",
    )
    assert opened == (0, {"ok": True, "alias": alias, "identity": "Farida Q."})
    code, gone = say("case", "source", "withdraw", case, alias, "--reason", "asked to")
    assert code == 0 and gone["items"] == [hashlib.sha256(b"their clip").hexdigest()]
    assert say("case", "audit", case)[0] == 0


@pytest.mark.usefixtures("cheap_passphrases")
def test_a_case_is_locked_and_unlocked_at_the_prompt(case: Path, tmp_path: Path, say: Say) -> None:
    pytest.importorskip("pyrage")
    (tmp_path / "word").write_text("correct horse\n")
    word = ("--passphrase-file", tmp_path / "word")
    assert say("case", "lock", case, tmp_path / "locked", *word)[0] == 0 and not case.exists()
    (tmp_path / "bad").write_text("wrong\n")
    code, refused = say(
        "case", "unlock", tmp_path / "locked", case, "--passphrase-file", tmp_path / "bad"
    )
    assert (code, refused["code"]) == (1, "age-refused")
    assert say("case", "unlock", tmp_path / "locked", case, *word)[0] == 0
    assert say("case", "audit", case)[0] == 0


def test_a_passphrase_is_never_taken_from_a_pipe_by_accident(case: Path, say: Say) -> None:
    code, refused = say("case", "source", "add", case, stdin="Farida Q.\n")
    assert (code, refused["code"]) == (2, "age-key")
