"""Two promises over every command: a source's identity is nowhere but in its age file, and nothing
calls out.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from noonmark.cli.main import main
from noonmark.evidence import age
from tests.evidence.test_autoarchiver import archived
from tests.evidence.test_c2pa import trap
from tests.evidence.test_sources import CANARIES, IDENTITY, RECIPIENT, SECRET, found_in
from tests.evidence.test_wacz import INDEX, RECORD, built, parts

pytest.importorskip("pyrage", reason="pyrage is not installed")

SHARED = Path(__file__).parents[3] / "shared/data/custody"
REMOTE = (
    b'<html><img src="http://127.0.0.1:38147/pixel"><link rel=stylesheet '
    b'href="http://127.0.0.1:38147/css">'
    b'<script src="http://127.0.0.1:38147/js"></script><meta http-equiv=refresh '
    b'content="0;url=http://127.0.0.1:38147">'
)
calls: list[tuple[str, Any]] = []
listening = False


def hook(event: str, arguments: Any) -> None:
    if listening and event in (
        "socket.connect",
        "socket.getaddrinfo",
        "socket.sendto",
        "urllib.Request",
    ):
        calls.append((event, arguments))


sys.addaudithook(hook)


class Desk:
    """Someone at the prompt, with a home and a temporary folder of their own, whose every output is
    kept.
    """

    def __init__(
        self, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.root, self.capsys, self.monkeypatch = root, capsys, monkeypatch
        self.said = ""
        for name in ("tmp", "home"):
            (root / name).mkdir()
        for name, value in (
            ("TMPDIR", "tmp"),
            ("HOME", "home"),
            ("XDG_CACHE_HOME", "home"),
            ("XDG_STATE_HOME", "home"),
        ):
            monkeypatch.setenv(name, str(root / value))
        monkeypatch.setattr("tempfile.tempdir", None)

    def __call__(
        self, *words: object, stdin: str = "", codes: tuple[int, ...] = (0,)
    ) -> dict[str, Any]:
        global listening
        self.monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        listening = True
        try:
            code = main([*map(str, words), "--json"])
        finally:
            listening = False
        out, err = self.capsys.readouterr()
        if words[:3] != ("case", "source", "reveal") or code:
            self.said += out + err
        assert code in codes, (words, out, err)
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


def hostile_files(folder: Path) -> Path:
    """Files that would call home if anything opened them carelessly."""
    folder.mkdir()
    for name in (
        "beacon.jpg",
        "c2pa-python-fixtures/tests/fixtures/files-for-reading-tests/cloud.jpg",
    ):
        if (SHARED / name).is_file():
            (folder / Path(name).name).write_bytes((SHARED / name).read_bytes())
    (folder / "page.html").write_bytes(REMOTE)
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:38147/svg"/></svg>'
    )
    (folder / "drawing.svg").write_bytes(svg)
    return folder


def web_archive(path: Path) -> Path:
    page = RECORD.replace(b"hello", REMOTE).replace(
        b"Content-Length: 5", b"Content-Length: %d" % len(REMOTE)
    )
    members = {"archive/a.warc": page, "indexes/index.cdx.gz": gzip.compress(INDEX % len(page))}
    return built(path, parts() | members)


def whole_working_day(desk: Desk) -> None:
    """Every command of a case once, in the order of a real inquiry."""
    root = desk.root
    case, key = root / "case", root / "key"
    (root / "identity").write_text(f"# made for the test\n{SECRET}\n")
    sealing, opening = ("--recipient", RECIPIENT), ("--identity", root / "identity")
    desk("case", "new", case, "--by", "quiet-desk")
    alias = desk(
        "case",
        "source",
        "add",
        case,
        "--consent",
        "no face, no voice",
        *sealing,
        stdin=IDENTITY + "\n",
    )["alias"]
    files = hostile_files(root / "files")
    added = desk(
        "case", "add", case, files, "--source", alias, "--source-note", "handed over in the open"
    )
    desk("case", "import", case, archived(root / "aa", form="html"), "--source", alias)
    desk("case", "import", case, web_archive(root / "web.wacz"), "--even-so")
    desk("case", "import", case, root / "web.wacz", "--check", codes=(0, 1))
    desk("case", "claims", case)
    digest = added["added"][0]["sha256"]
    desk("case", "get", case, digest, root / "copy", "--purpose", "to look at it")
    desk(
        "case", "transfer", case, "--giver", alias, "--taker", "quiet-desk", "--means", "in person"
    )
    desk("case", "source", "list", case)
    desk("case", "source", "reveal", case, alias, "--purpose", "to call back", *opening)
    (root / "wrong").write_text(age.new_identity()[0])
    desk(
        "case",
        "source",
        "reveal",
        case,
        alias,
        "--purpose",
        "x",
        "--identity",
        root / "wrong",
        codes=(1,),
    )
    desk(
        "case",
        "source",
        "add",
        case,
        "--note",
        "a friend of Farida",
        *sealing,
        stdin=IDENTITY,
        codes=(2,),
    )
    desk("case", "key", "new", key)
    desk("case", "seal", case, "--key", key)
    desk("case", "stamp", case, "--query-out", root / "query.tsq")
    desk("case", "stamp", case)
    for form in ("bundle", "bagit", "ocfl", "ro-crate"):
        desk("case", "export", case, root / f"out-{form}", "--as", form)
    desk("case", "export", case, root / "out-part", "--only", digest, "--key", key)
    desk("verify", root / "out-bundle")
    desk("verify", root / "out-part")
    for words in (("audit", case), ("log", case), ("show", case), ("prove", case, 0)):
        desk("case", *words)
    for path in sorted(files.iterdir()):
        desk("probe", path, codes=(0, 2, 3))
    desk("case", "lock", case, root / "locked", *sealing)
    desk("case", "unlock", root / "locked", case, *opening)
    assert desk("case", "source", "withdraw", case, alias, "--reason", "asked to")["items"]
    desk("case", "audit", case)
    desk("case", "seal", case, "--key", key)
    desk("case", "export", case, root / "out-after")


def test_after_every_command_an_identity_is_nowhere_and_nothing_was_called(desk: Desk) -> None:
    calls.clear()
    with trap(38147) as hits:
        whole_working_day(desk)
    assert (calls, hits) == ([], [])
    low = desk.said.lower()
    assert not [c for c in CANARIES if c.lower() in low]
    assert found_in(desk.root) == set()
    log = [
        e["facts"] for e in desk("case", "log", desk.root / "case", "--kind", "claim")["entries"]
    ]
    remote = {f["parameters"]["remote"] for f in log if f["verdict"] == "remote"}
    if (SHARED / "beacon.jpg").is_file():
        assert "http://127.0.0.1:38147/i-was-opened-by-you" in remote and len(remote) == 2


def test_the_age_file_does_hold_the_identity_and_the_log_stands_without_it(desk: Desk) -> None:
    case, key = desk.root / "case", desk.root / "identity"
    key.write_text(SECRET)
    desk("case", "new", case)
    alias = desk("case", "source", "add", case, "--recipient", RECIPIENT, stdin=IDENTITY)["alias"]
    opened = desk("case", "source", "reveal", case, alias, "--purpose", "x", "--identity", key)
    assert opened["identity"] == IDENTITY
    (case / "sources" / f"{alias}.age").unlink()  # withdrawn by hand, even so
    assert desk("case", "audit", case)["ok"]


def test_the_audit_hook_would_have_heard_a_call() -> None:
    global listening
    import socket

    calls.clear()
    listening = True
    try:
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", 1), timeout=1)
    finally:
        listening = False
    assert any(event == "socket.connect" for event, _ in calls)
    calls.clear()
