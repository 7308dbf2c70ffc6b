"""Places and spans on the command line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.actions import span_of_text as span
from noonmark.cli.commands import COMMANDS
from noonmark.cli.main import main
from noonmark.cli.parser import Parser, place, place_within, truth
from noonmark.errors import InputError
from noonmark.values import Place, utc


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_comes_back_as_written(lat_deg, lon_deg):
    assert place(f"{lat_deg!r},{lon_deg!r}") == Place(lat_deg, lon_deg)


@pytest.mark.parametrize(
    "text", ["", "1", "1,2,3", "a,b", "1:2", "nan,0", "91,0", "0,181", "1,2,", "1e999,0"]
)
def test_what_is_no_place_is_refused(text):
    with pytest.raises(InputError):
        place(text)


@pytest.mark.parametrize("text", ["1,2,-1", "1,2,nan", "1,2,30000", "1,2,3,4"])
def test_what_is_no_circle_is_refused(text):
    with pytest.raises(InputError):
        place_within(text)


def test_a_circle_has_its_radius_and_a_point_has_none():
    assert place_within("-1.5,2,30") == (Place(-1.5, 2.0), 30.0)
    assert place_within(" 1, 2") == (Place(1.0, 2.0), 0.0)


def test_a_span_has_two_ends_and_an_instant_one():
    assert span("2020-01-01T00:00:00Z/2020-01-02T00:00:00+01:00").end == utc("2020-01-01T23:00:00Z")
    assert span("2020-01-01T00:00:00Z").start == span("2020-01-01T00:00:00Z").end


@pytest.mark.parametrize(
    "text", ["", "/", "2020-01-02T00:00:00Z/2020-01-01T00:00:00Z", "2020-01-01T00:00:00"]
)
def test_what_is_no_span_is_refused(text):
    with pytest.raises(InputError):
        span(text)


def test_a_truth_is_a_place_and_a_time_there():
    oslo = Place(59.91, 10.75)
    expected = (oslo, utc("2014-07-16T13:04:00Z"))
    assert truth("59.91,10.75,2014-07-16T13:04:00Z") == expected
    assert truth("59.91 N, 10.75 E, July 16, 2014 3:04 pm") == expected


@pytest.mark.parametrize("words", [["-33.9,151.2"], ["-.5,1"], ["--at", "-33.9,151.2", "x"]])
def test_a_southern_place_is_not_taken_for_an_option(words):
    parser = Parser(prog="p")
    parser.add_argument("place")
    parser.add_argument("--at")
    assert parser.parse_args(words).place in ("-33.9,151.2", "-.5,1", "x")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_completion_script_knows_every_command_and_option(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for command in COMMANDS:
        assert command.name in script
    for option in ("--out-jsonl", "--threshold", "--despite-problems"):
        assert option.lstrip("-") in script, option


def test_the_completion_script_of_bash_completes(tmp_path, capsys):
    bash = shutil.which("bash") or ("/bin/bash" if Path("/bin/bash").exists() else None)
    if bash is None:
        pytest.skip("no bash here")
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "noonmark.bash"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    asked = f"source {script}; COMP_WORDS=(noonmark loc); COMP_CWORD=1; _shtab_noonmark"
    asked += "; echo ${COMPREPLY[@]}"
    done = subprocess.run([bash, "-c", asked], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "locate", done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["48.9,2.3", "2026-12-02", "--day"],
        ["48.9,2.3", "--day", "2026-12-02"],
        ["--day", "48.9,2.3", "2026-12-02"],
        ["--altitude-m", "35", "48.9,2.3", "--day", "2026-12-02"],
        ["48.9,2.3", "--altitude-m", "35", "2026-12-02", "--day"],
    ],
)
def test_an_option_may_stand_between_a_place_and_its_time(capsys, words):
    """The date behind --day was an unrecognized argument before Python 3.13."""
    assert main(["sun", *words]) == 0
    assert capsys.readouterr().out.startswith("2026-12-02 on the clocks of Europe/Paris")


@pytest.mark.parametrize(
    ("words", "said", "helped"),
    [
        (["case", "add", "c", "x", "--note", "y"], "--note y", "noonmark case add --help"),
        (["case", "add", "c", "x", "--sourc", "y"], "--sourc y (--source?)", "noonmark case add"),
        (["sun", "1,2", "--altitude", "3"], "--altitude (--altitude-m?)", "noonmark sun --help"),
        (["sun", "1,2", "2020-01-01", "44"], "44", "noonmark sun --help"),
    ],
)
def test_what_nothing_takes_is_named_with_the_help_of_its_own_command(capsys, words, said, helped):
    """The hint for an option of "case add" was the help of "case"."""
    assert main(words) == 2
    told = capsys.readouterr().err
    assert f"unrecognized arguments: {said}\n" in told
    assert helped in told
