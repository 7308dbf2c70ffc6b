"""check at the prompt: four words, never "true"."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from noonmark import actions
from noonmark.cli.main import main
from noonmark.examples import __file__ as _examples_init
from noonmark.report.verdict_words import verdict_lines

SCENE = str(Path(_examples_init).parent / "scene.toml")
SHEBOYGAN = str(Path(_examples_init).parent / "sheboygan.toml")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ([SCENE, "--place", "38.7075,-9.1365", "--time", "2022-10-07T09:40:00Z"], "consistent"),
        ([SCENE, "--place", "38.7075,-9.1365"], "consistent"),
        ([SCENE, "--place", "48.85,2.35,20"], "inconsistent unless mismeasured"),
        ([SCENE, "--place", "48.85,2.35,2000"], "consistent"),
        ([SHEBOYGAN, "--time", "1900-08-11T22:00:00Z/1900-08-11T23:00:00Z"], "consistent"),
        ([SHEBOYGAN, "--time", "1900-09-24T22:00:00Z/1900-09-24T23:00:00Z"], "inconsistent"),
    ],
)
def test_a_claim_gets_its_verdict(words, verdict, capsys):
    assert main(["check", *words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, actions.schema("check"))
    assert answer["verdict"] == verdict


def test_a_claimed_time_alone_keeps_the_area_of_the_prior(capsys):
    main(["check", SHEBOYGAN, "--time", "1900-09-24T22:00:00Z/1900-09-24T23:00:00Z", "--json"])
    best = json.loads(capsys.readouterr().out)["best"]
    assert abs(best["lat_deg"] - 43.75) < 0.2 and abs(best["lon_deg"] + 87.71) < 0.2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([SCENE], "usage"),
        ([SCENE, "--place", "91,0"], "latitude-range"),
        ([SCENE, "--place", "38,-9,-5"], "bad-place"),
        ([SCENE, "--time", "2022-10-07T09:40:00"], "naive-time"),
        ([SCENE, "--time", "2022-10-08T00:00:00Z/2022-10-07T00:00:00Z"], "span-backwards"),
        ([SCENE, "--time", "2021-10-07T09:40:00Z"], "claim-outside-window"),
        (["no.toml", "--place", "38,-9"], "file-unusable"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(words, code, capsys):
    assert main(["check", *words, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == code


def test_consistent_is_never_called_true(capsys):
    main(["check", SCENE, "--place", "38.7075,-9.1365"])
    out = capsys.readouterr().out
    assert out.startswith("Consistent\n") and "Consistent is not true" in out


def test_a_claimed_day_is_that_of_the_place_in_the_file(capsys, tmp_path):
    """It was a day on any clock on Earth: the best of 29 March was on the 28th."""
    clues = tmp_path / "bucha.toml"
    clues.write_text(
        "[prior]\nnot_before = 2022-02-24\nnot_after = 2022-04-04\n"
        "area = { lat_deg = 50.54, lon_deg = 30.23, radius_km = 1 }\n"
        "[[clue]]\nkind = 'sun_azimuth'\nazimuth_deg = 161.0\nsigma_deg = 1.0\n"
    )
    assert main(["check", str(clues), "--time", "2022-03-29"]) == 0
    told = capsys.readouterr().out
    assert "claimed time: 2022-03-28T21:00:00Z to 2022-03-29T21:00:00Z" in told
    assert re.search(r"best of the claim: .* at 2022-03-29T09:0\d:\d\dZ\n", told)


@pytest.mark.parametrize(
    ("log_ratio", "said"),
    [
        (0.0, "as well as anywhere"),
        (1.0, "2.7 times better than"),
        (-5.2, "180 times worse than"),
        (-200.0, "over a million times worse than"),
    ],
)
def test_a_claim_is_weighed_against_the_rest_in_plain_words(log_ratio, said, capsys):
    main(["check", SCENE, "--place", "48.85,2.35,20", "--json"])
    verdict = json.loads(capsys.readouterr().out) | {"log_ratio": log_ratio}
    told = "\n".join(verdict_lines(verdict))
    assert f"The claim explains the clues {said}" in told
    assert "measured wrong" in told and "ln(" not in told and "mismeasur" not in told
