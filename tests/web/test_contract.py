"""docs/spec/page.md and the server say the same; looking changes nothing; the page's JSON is the
command line's.
"""

from __future__ import annotations

import json
import re

import pytest

from noonmark.cli.main import main
from noonmark.web.app import CALLS
from tests.architecture.checks import ROOT
from tests.web.conftest import CLUES, EXAMPLES, digest_of, items

SPEC = (ROOT / "docs/spec/page.md").read_text(encoding="utf-8")
_NAMES = {"sha256": "SHA", "number": "NUMBER", "id": "ID", "scale": "SCALE", "name": "NAME"}


def _listed() -> set[tuple[str, str]]:
    """Every call that the page's contract lists: method and path."""
    found = set()
    for row in re.findall(r"^\| (`(?:GET|POST) [^|]*?) \|", SPEC, re.M):
        method = re.match(r"`(GET|POST)", row)
        for path in re.findall(r"/api/[A-Za-z0-9/-]*", row):
            found.add((method.group(1), path))
    return found


def _served() -> set[tuple[str, str]]:
    return {(m, re.sub(r"\{(\w+)\}", lambda k: _NAMES[k.group(1)], path)) for m, path, _ in CALLS}


def test_every_call_of_the_contract_is_served_and_every_one_served_is_in_it():
    assert _listed() == _served()


def _every_get(page) -> list[str]:
    """One path for each GET, with real names where there are some."""
    named = items(page)
    name = page.ask("/api/locate", {"document": CLUES})["id"]
    paths = []
    for method, path, _ in CALLS:
        if method != "GET":
            continue
        for sha256 in named.values() if "{sha256}" in path else [""]:
            for k in ("3", "-1") if "{number}" in path else [""]:
                parts = {
                    "sha256": sha256,
                    "number": k,
                    "id": name,
                    "scale": "world",
                    "name": "clues",
                }
                paths.append(path.format(**parts))
    return paths


_QUERY = (
    "?lat=38.7&lon=-9.1&km=50&time=2022-10-07T14:40:00Z&date=2022-10-07&from=2022-10-07T14:40:00Z"
    "&south=30&west=-10&north=45&east=5&limit=5&x=0&y=0&w=10&h=10&max_px=64"
)


@pytest.mark.slow
def test_looking_changes_nothing_in_the_case(opened, case):
    paths = _every_get(opened)
    before = digest_of(case)
    asked = [path + _QUERY for path in paths] + [path for path in paths if "/items/" not in path]
    answers = [opened.get(path).status_code for path in asked]
    assert digest_of(case) == before
    assert 200 in answers and not [status for status in answers if status >= 500]
    # What was looked at is logged by the next act instead.
    record = opened.ask("/api/case/open", {"path": str(case)})["state"]["record"]
    assert any(act["said"].startswith("opened ") for act in record)


def _cli(capsys, *words: str) -> dict:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def _alike(page: dict, line: dict, *, but: tuple[str, ...] = ()) -> None:
    for key, value in line.items():
        if key not in ("seconds", *but):
            assert page[key] == value, key


def test_the_answer_is_that_of_locate(opened, tmp_path, capsys):
    (tmp_path / "clues.json").write_text(json.dumps(CLUES))
    reply = opened.ask("/api/locate", {"document": CLUES})
    _alike(reply["answer"], _cli(capsys, "locate", str(tmp_path / "clues.json"), "--geojson"))
    assert reply["act"]["command"].startswith("noonmark locate ")
    assert (opened.server.session.work / "clues.json").is_file()


def test_the_verdict_is_that_of_check(opened, tmp_path, capsys):
    (tmp_path / "clues.json").write_text(json.dumps(CLUES))
    claim = {
        "place": [38.7075, -9.1365],
        "km": 5.0,
        "from": "2022-10-07T14:30:00Z",
        "to": "2022-10-07T14:50:00Z",
    }
    reply = opened.ask("/api/check", {"document": CLUES, **claim})
    words = ["check", str(tmp_path / "clues.json"), "--place", "38.7075,-9.1365,5"]
    _alike(reply, _cli(capsys, *words, "--time", "2022-10-07T14:30:00Z/2022-10-07T14:50:00Z"))
    assert reply["verdict"] == "consistent" and reply["words"].endswith(".")


@pytest.mark.slow
def test_the_frame_is_that_of_frame(opened, capsys):
    import tomllib

    marks = tomllib.loads((EXAMPLES / "street.toml").read_text(encoding="utf-8"))
    reply = opened.ask("/api/frame", {"marks": marks})
    _alike(reply, _cli(capsys, "frame", str(EXAMPLES / "street.toml")))
    overlay = reply["overlay"]
    assert {shadow["mark"] for shadow in overlay["shadows"]} == {0, 1, 2, 3}
    for shadow, mark in zip(overlay["shadows"], marks["mark"], strict=False):
        assert shadow["tip_px"] == pytest.approx(mark["tip_px"], abs=3.0)
        assert len(shadow["ellipse"]) > 20
    assert overlay["horizon"] and overlay["camera"]["up"][1] < -0.9 and overlay["zenith_px"] is None


def test_the_sun_is_that_of_sun(page, capsys):
    reply = page.ask("/api/sun?lat=38.7&lon=-9.1&time=2022-10-07T14:40:00Z")
    assert reply == _cli(capsys, "sun", "38.7,-9.1", "2022-10-07T14:40:00Z")


def test_a_schema_is_that_of_schema(page, capsys):
    for name in ("clues", "marks"):
        assert page.get(f"/api/schema/{name}").json() == _cli(capsys, "schema", name)


def test_the_probe_is_that_of_probe(opened, case, capsys):
    sha256 = items(opened)["clip.mp4"]
    reply = opened.ask(f"/api/items/{sha256}/probe")
    _alike(reply, _cli(capsys, "probe", str(case / "objects" / sha256[:2] / sha256)), but=("case",))


def test_an_error_is_that_of_the_command_line(opened, tmp_path, capsys):
    bad = {"prior": {}, "clue": [{"kind": "shadow_length", "lenght": 3}]}
    (tmp_path / "bad.json").write_text(json.dumps(bad))
    assert main(["locate", str(tmp_path / "bad.json"), "--json"]) == 2
    reply = opened.post("/api/locate", {"document": bad})
    assert reply.status_code == 400 and reply.json() == json.loads(capsys.readouterr().out)
