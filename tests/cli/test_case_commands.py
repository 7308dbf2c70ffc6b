"""The commands of a case: exit codes, and the JSON that outsiders rely on."""

import json

import jsonschema
import pytest

from noonmark.actions import schema
from noonmark.cli.main import main


@pytest.fixture
def say(capsys, tmp_path, monkeypatch):
    """Runs a command line in a folder with one file; gives (exit code, JSON)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clip.mp4").write_bytes(b"clip")

    def run(*words):
        code = main([*words, "--json"])
        out = capsys.readouterr().out.strip().split("\n")
        assert len(out) == 1
        return code, json.loads(out[0])

    return run


@pytest.fixture
def sealed(say):
    for words in (
        "case new c",
        "case add c clip.mp4",
        "case key new k",
        "case seal c --key k",
        "case export c b",
    ):
        code, told = say(*words.split())
        assert (code, told["ok"]) == (0, True), told
    return say


def test_audit_and_verify_answer_in_the_shape_of_the_contract(sealed, tmp_path):
    for words in (
        ["case", "audit", "c"],
        ["verify", "b"],
        ["verify", "b", "--key", sealed("case", "key", "show", "k")[1]["key"]],
    ):
        code, told = sealed(*words)
        jsonschema.validate(told, schema("audit"))
        assert (code, told["ok"], told["problems"]) == (0, True, [])
    (item,) = (path for path in (tmp_path / "b" / "objects").rglob("*") if path.is_file())
    item.chmod(0o644)
    item.write_bytes(b"clap")
    code, told = sealed("verify", "b")
    jsonschema.validate(told, schema("audit"))
    assert (code, told["ok"], [problem["code"] for problem in told["problems"]]) == (
        1,
        False,
        ["member-differs"],
    )


def test_the_log_lists_entries_in_the_shape_of_their_schema(sealed):
    _, told = sealed("case", "log", "c")
    for entry in told["entries"]:
        jsonschema.validate(entry, schema("entry"))
    kinds = [entry["kind"] for entry in told["entries"]]
    assert kinds == ["case", "collection", "item", "recheck", "seal", "export"]
    assert len(sealed("case", "log", "c", "--kind", "item")[1]["entries"]) == 1


def test_a_refused_file_gives_exit_2_and_its_reason(say, tmp_path):
    say("case", "new", "c")
    (tmp_path / "link").symlink_to("clip.mp4")
    code, told = say("case", "add", "c", "link", "clip.mp4")
    assert (code, told["ok"], told["files"]) == (2, False, 1)
    assert [one["code"] for one in told["refused"]] == ["not-a-file"]
    code, told = say("case", "add", "c", "nothing here")
    assert (code, told["code"]) == (2, "file-missing")


def test_a_key_within_a_case_and_a_secret_key_to_check_with_are_refused(sealed):
    code, told = sealed("case", "key", "new", "c/k")
    assert (code, told["code"]) == (2, "key-in-case")
    code, told = sealed("verify", "b", "--key", "k")
    assert (code, told["code"]) == (2, "key-secret")


def test_a_checkpoint_given_out_earlier_is_held_against_the_bundle(sealed, tmp_path):
    checkpoint = sealed("case", "seal", "c", "--key", "k")[1]["checkpoint"]
    (tmp_path / "earlier").write_text(checkpoint, encoding="utf-8")
    code, told = sealed("verify", "b", "--checkpoint", "earlier")
    assert (code, [problem["code"] for problem in told["problems"]]) == (1, ["checkpoint-newer"])
    sealed("case", "export", "c", "b2")
    assert sealed("verify", "b2", "--checkpoint", "earlier")[0] == 0


def test_the_rest_of_the_acts_answer_too(sealed, tmp_path):
    sha256 = sealed("case", "log", "c", "--kind", "item")[1]["entries"][0]["facts"]["sha256"]
    assert sealed("case", "get", "c", sha256, "out.mp4", "--purpose", "to look")[0] == 0
    assert (tmp_path / "out.mp4").read_bytes() == b"clip"
    assert (
        sealed("case", "transfer", "c", "--giver", "a", "--taker", "b", "--means", "by hand")[0]
        == 0
    )
    assert sealed("case", "prove", "c", "2")[1]["proof"].startswith("c2sp.org/tlog-proof@v1\n")
    assert sealed("case", "show", "c")[1]["items"] == 1
    assert (
        sealed("case", "export", "c", "part", "--only", sha256, "--key", "k")[1]["disclosure"]
        == "partial"
    )
    assert sealed("verify", "part")[0] == 0
    assert sealed("case", "withdraw", "c", sha256, "--reason", "asked")[1]["deleted"] is True
    assert sealed("case", "audit", "c")[0] == 0
    assert sealed("case", "demo", "shown")[1]["ok"] is True
