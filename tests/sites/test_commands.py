"""The commands of sites, from an outline to a report, as a person types them."""

from __future__ import annotations

import json

import jsonschema
import pytest

from noonmark import actions
from noonmark.cli.main import main
from noonmark.sites import images
from noonmark.values import utc
from testkit.kept_schemas import keeps


@pytest.fixture
def site(tmp_path, capsys):
    ring = [[86.0, 41.0], [86.001, 41.0], [86.001, 41.001], [86.0, 41.0]]
    outline = tmp_path / "o.geojson"
    outline.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    words = ["sites", "add", str(tmp_path / "site"), "--outline", str(outline), "--json"]
    assert main(words) == 0
    keeps(json.loads(capsys.readouterr().out), "site-add")
    times = [utc(f"2020-0{month}-01T05:00:00Z") for month in range(1, 5)]
    taken = [images.Taken(at, at, "metadata") for at in times]
    rows = [
        images.SiteImage(f"i{n}", f"{n}" * 64, (), "x", "", at, 10.0) for n, at in enumerate(taken)
    ]
    images.write(tmp_path / "site", rows)
    capsys.readouterr()
    return tmp_path / "site"


def _said(capsys, *words):
    code = main(["sites", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_from_readings_to_a_clue_and_a_report(site, tmp_path, capsys):
    for image, *state in (("i0", "not-seen", "--could", "yes"), ("i1", "seen"), ("i2", "seen")):
        code, said = _said(capsys, "read", site, image, "area-1", *state, "--by", "a")
        assert code == 0 and said["ok"]
        keeps(said, "site-read")
    code, left = _said(capsys, "read", site, "--by", "a")
    assert left["left"] == [{"image": "i3", "feature": "area-1"}]
    keeps(left, "site-read")
    code, events = _said(capsys, "events", site)
    jsonschema.validate(events, actions.schema("site-events"))
    kept = json.loads((site / "events.json").read_text("utf-8"))
    jsonschema.validate(kept, actions.schema("site-events"))
    for line in (site / "readings.jsonl").read_text("utf-8").splitlines():
        jsonschema.validate(json.loads(line), actions.schema("site-reading"))
    code, window = _said(capsys, "window", site, "area-1", "visible")
    assert window["clue"]["not_before"] == "2020-01-01T05:00:00Z"
    keeps(window, "site-window")
    code, done = _said(capsys, "report", site, "--out", tmp_path / "out")
    assert code == 0 and "check_readings.py" in done["files"]
    keeps(done, "site-report")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["read", "SITE", "i9", "area-1", "seen", "--by", "a"], "no-such-image"),
        (["read", "SITE", "i0", "hall", "seen", "--by", "a"], "no-such-feature"),
        (["read", "SITE", "i0", "area-1", "--by", "a"], "bad-reading"),
        (["read", "SITE", "i0", "area-1", "seen", "--by", "a", "--area-m2", "x"], "bad-reading"),
        (["window", "SITE", "area-1", "visible"], "no-such-event"),
        (["events", "NOWHERE"], "not-a-site"),
        (["images", "SITE", "NOWHERE"], "no-images"),
        (["add", "SITE", "--outline", "OUTLINE"], "site-exists"),
    ],
)
def test_what_can_not_be_done_is_said_with_a_code_and_a_hint(site, tmp_path, capsys, words, code):
    places = {"SITE": site, "NOWHERE": tmp_path / "no", "OUTLINE": tmp_path / "o.geojson"}
    exit_code, said = _said(capsys, *[places.get(word, word) for word in words])
    assert (exit_code, said["code"]) == (2, code) and said["hint"]


def test_agreement_of_nothing_is_no_figure(site, capsys):
    code, found = _said(capsys, "agree", site)
    assert code == 0 and found["pairs"] == 0 and found["kappa"]["value"] is None
    keeps(found, "site-agreement")
