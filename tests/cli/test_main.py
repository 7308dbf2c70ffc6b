"""The command_line: exit codes, JSON errors, Ctrl-C, a broken pipe, faults of our own."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import types

import pytest

from noonmark.cli import main as command_line
from noonmark.cli.commands import COMMANDS, Command
from noonmark.cli.tell import Result
from noonmark.errors import EvidenceError, InputError, OutsideError


@pytest.fixture
def command(monkeypatch):
    """Plant a command ``x-test`` whose run does what the test says."""

    def plant(run, **more):
        module = types.ModuleType("noonmark_probe_cmd", "A probe.")
        module.add_arguments = lambda parser: parser.add_argument("word", nargs="?")
        module.run = run
        vars(module).update(more)
        monkeypatch.setitem(sys.modules, "noonmark_probe_cmd", module)
        monkeypatch.setattr(
            command_line,
            "COMMANDS",
            (*COMMANDS, Command("x-test", "noonmark_probe_cmd", "a probe", "x")),
        )

    return plant


def _raise(trouble):
    def run(args):
        raise trouble

    return run


@pytest.mark.parametrize(
    ("trouble", "exit_code", "code"),
    [
        (InputError("no", code="usage"), 2, "usage"),
        (EvidenceError("no", code="log-cut"), 1, "log-cut"),
        (OutsideError("no", code="system"), 3, "system"),
        (FileNotFoundError(errno.ENOENT, "No such file", "a.toml"), 2, "file-unusable"),
        (PermissionError(errno.EACCES, "Permission denied", "a.toml"), 2, "file-unusable"),
        (OSError(errno.EIO, "Input/output error", "a"), 3, "system"),
        (MemoryError(), 3, "out-of-memory"),
        (ModuleNotFoundError("no", name="numpy"), 3, "missing-package"),
        (ZeroDivisionError("division by zero"), 3, "internal"),
        (RecursionError("too deep"), 3, "internal"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_every_trouble_has_its_exit_code_and_its_json(command, capsys, trouble, exit_code, code):
    command(_raise(trouble))
    assert command_line.main(["x-test", "--json"]) == exit_code
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer["ok"] is False and answer["code"] == code and answer["message"]
    assert set(answer) == {"ok", "code", "message", "hint", "details"}
    assert err == ""
    command(_raise(trouble))
    assert command_line.main(["x-test"]) == exit_code
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("noonmark: ") and "Traceback" not in err


def test_debug_shows_where_a_fault_is(command, monkeypatch):
    command(_raise(ZeroDivisionError("division by zero")))
    monkeypatch.setenv("NOONMARK_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        command_line.main(["x-test"])


def test_after_ctrl_c_it_says_what_is_kept(command, capsys):
    command(_raise(KeyboardInterrupt()), kept=lambda args: "12 answers are in out.jsonl")
    assert command_line.main(["x-test"]) == 130
    assert "12 answers are in out.jsonl" in capsys.readouterr().err


def test_json_may_stand_anywhere_but_after_two_dashes(command, capsys):
    command(lambda args: Result({"ok": True, "word": args.word, "json": args.json}, ["told"]))
    assert command_line.main(["--json", "x-test", "x"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "word": "x", "json": True}
    assert command_line.main(["x-test", "--", "--json"]) == 0
    assert capsys.readouterr().out == "told\n"


def test_a_result_can_carry_its_own_exit_code(command, capsys):
    command(lambda args: Result({"ok": False}, ["broken"], notes=["look"], exit_code=1))
    assert command_line.main(["x-test", "--json"]) == 1
    assert capsys.readouterr() == ('{"ok": false}\n', "look\n")


@pytest.mark.parametrize(
    "words", [["no-such"], ["sun"], ["sun", "1,2"], ["sun", "1,2", "x", "y"], ["--no-such"]]
)
def test_a_command_line_that_makes_no_sense_is_refused_in_one_sentence(words, capsys):
    assert command_line.main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 2 and "hint:" in err


def test_a_near_miss_is_named(capsys):
    assert command_line.main(["doctr"]) == 2
    assert "noonmark doctor?" in capsys.readouterr().err


def test_without_a_command_the_help_is_shown_and_the_exit_is_two(capsys):
    assert command_line.main([]) == 2
    assert "usage: noonmark COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize("command_row", COMMANDS, ids=lambda row: row.name)
def test_every_command_helps(command_row, capsys):
    assert command_line.main([command_row.name, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"usage: noonmark {command_row.name}" in out and "--json" in out


def test_every_command_has_a_different_name_and_a_short_help():
    assert len({row.name for row in COMMANDS}) == len(COMMANDS)
    assert all(len(row.help) < 70 and not row.help.endswith(".") for row in COMMANDS)


def test_a_reader_that_goes_away_is_met_with_silence():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "noonmark", "--help"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write_end)
    assert done.returncode == command_line.PIPE_CLOSED
    assert done.stderr == ""


def test_a_closed_stdout_is_met_with_silence(command, monkeypatch):
    read_end, write_end = os.pipe()
    os.close(read_end)
    stream = open(write_end, "w", encoding="utf-8")  # noqa: SIM115
    command(lambda args: Result({}, ["x" * 100_000]))
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(command_line.tell, "hush", lambda: None)
    assert command_line.main(["x-test"]) == command_line.PIPE_CLOSED


def test_version_is_told_both_ways(capsys):
    assert command_line.main(["--version", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["noonmark"]
