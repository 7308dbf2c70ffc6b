"""Terminal, JSON, GeoJSON, KMZ, CSV and report say the same of random questions.

Each form is read back as its reader would, and compared with answer.json.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.self_consistency import question
from noonmark.cli.answer_text import area, place
from noonmark.cli.main import main
from noonmark.report.wording import area_number, share_words

KML = "{http://www.opengis.net/kml/2.2}"
FEW = [3]
MANY = [seed for seed in range(1, 13) if seed not in FEW]


@pytest.fixture
def told(request, tmp_path, capsys) -> tuple[dict[str, Any], str, Path]:
    """The answer to a random question: answer.json, what the terminal showed, and the folder."""
    document, _ = question(np.random.default_rng(request.param))
    (tmp_path / "clues.json").write_text(json.dumps(document))
    assert main(["locate", str(tmp_path / "clues.json"), "--out", str(tmp_path / "out")]) == 0
    answer = json.loads((tmp_path / "out/answer.json").read_text(encoding="utf-8"))
    return answer, capsys.readouterr().out, tmp_path / "out"


def agree(answer: dict[str, Any], shown: str, folder: Path) -> None:
    """Compare every form with the JSON."""
    terminal(answer, shown)
    features = json.loads((folder / "regions.geojson").read_text(encoding="utf-8"))["features"]
    geojson(answer, {feature["id"]: feature["properties"] for feature in features})
    with zipfile.ZipFile(folder / "answer.kmz") as archive:
        kml(answer, ElementTree.fromstring(archive.read("doc.kml")))
    table(answer, (folder / "times.csv").read_text(encoding="utf-8"))
    report(answer, (folder / "report.html").read_text(encoding="utf-8"))


def terminal(answer: dict[str, Any], shown: str) -> None:
    """Areas unless the place was given, times unless they were; each mode's share and times."""
    on_one_line = re.sub(r";\n +", "; ", shown)
    for level, region in answer["credible"].items():
        start = f"  {level_of(level)} "
        line = next(each for each in on_one_line.splitlines() if each.startswith(start))
        assert (area(region["area_km2"]) in line) is not answer["place_given"]
        assert (region["when"] in line) is not answer["time_given"]
    for mode in answer["modes"][:1]:
        assert mode["best_when"] in shown
        assert not (answer["place_given"] and place(mode) in shown)
        assert answer["time_given"] or mode["when"] in on_one_line


def level_of(name: str) -> str:
    """A level as a percentage."""
    return f"{100 * float(name):.0f} %"


def geojson(answer: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> None:
    """Every region and every mode, with their numbers and spans."""
    for level, region in answer["credible"].items():
        properties = by_id[f"region-{level}"]
        assert properties["area_km2"] == pytest.approx(region["area_km2"], rel=1e-5)
        assert properties["utc"] == region["utc"] and properties["when"] == region["when"]
    assert sum(name.startswith("mode-") for name in by_id) == len(answer["modes"])
    for k, mode in enumerate(answer["modes"]):
        properties = by_id[f"mode-{k + 1}"]
        for name in ("utc", "utc_from", "utc_to", "utc_spans", "when", "nearest_place"):
            assert properties[name] == mode[name]
        assert properties["mass"] == pytest.approx(mode["mass"], rel=1e-5)


def kml(answer: dict[str, Any], root: ElementTree.Element) -> None:
    """The regions' names and words; the spans of every mode, and none between them."""
    regions, modes = root.iter(f"{KML}Folder")
    for mark in regions.iter(f"{KML}Placemark"):
        name = str(mark.findtext(f"{KML}name"))
        region = next(
            r for level, r in answer["credible"].items() if name.startswith(level_of(level))
        )
        assert (area_number(region["area_km2"]) in name) is not answer["place_given"]
        words = mark.findtext(f"{KML}description")
        assert words == (None if answer["time_given"] else region["when"])
    marks = list(modes.iter(f"{KML}Placemark"))
    for k, mode in enumerate(answer["modes"]):
        own = [m for m in marks if str(m.findtext(f"{KML}name")).startswith(f"{k + 1}: ")]
        assert {m.findtext(f"{KML}description") for m in own} == {mode["when"]}
        assert all(share_words(mode["mass"]) in str(m.findtext(f"{KML}name")) for m in own)
        spans = [[m.findtext(f".//{KML}begin"), m.findtext(f".//{KML}end")] for m in own]
        assert spans == mode["utc_spans"] or spans == [[None, None]]


def table(answer: dict[str, Any], text: str) -> None:
    """The spans of each level, where answer.json lists them."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for level, region in answer["credible"].items():
        own = [[r["from_utc"], r["to_utc"]] for r in rows if r["credible_level"] == level]
        assert own == region["utc"] or (not region["utc"] and len(own) > 4000)


def report(answer: dict[str, Any], text: str) -> None:
    """The table of regions and the list of modes hold the words of the JSON."""
    said = plain(html.unescape(re.sub(r"<[^>]*>", " ", text)))
    for region in answer["credible"].values():
        assert answer["place_given"] or plain(area_number(region["area_km2"])) in said
        assert answer["time_given"] or plain(region["when"]) in said
    assert ("Best-fitting place" in said) is not answer["place_given"] or not answer["modes"]
    for mode in answer["modes"][:8]:
        assert plain(share_words(mode["mass"])) in said
        assert plain(mode["best_when"]) in said
        assert answer["time_given"] or plain(mode["when"]) in said


def plain(text: str) -> str:
    """With every kind of space as one."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("told", FEW, indirect=True)
def test_every_form_says_what_the_json_says(told):
    agree(*told)


@pytest.mark.slow
@pytest.mark.parametrize("told", MANY, indirect=True)
def test_every_form_says_what_the_json_says_of_more_questions(told):
    agree(*told)
