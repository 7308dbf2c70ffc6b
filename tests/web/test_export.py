"""What leaves beside a release: the report of the answer and its files, redacted pictures."""

from __future__ import annotations

import io
import json
import shlex
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.web.conftest import CLUES, items


@pytest.fixture(autouse=True)
def _settings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))


def _export(page, what, out, **more):
    return page.ask("/api/export", {"what": what, "out": str(out), "document": CLUES, **more})


def test_each_file_is_written_as_the_command_line_writes_it(opened, tmp_path):
    done = [
        _export(opened, what, tmp_path)["written"][0]
        for what in ("report", "kmz", "geojson", "geotiff")
    ]
    assert [path.rsplit("/", 1)[1] for path in done] == [
        "report.html",
        "answer.kmz",
        "regions.geojson",
        "posterior.tif",
    ]
    assert json.loads((tmp_path / "regions.geojson").read_text())["type"] == "FeatureCollection"
    assert zipfile.ZipFile(tmp_path / "answer.kmz").namelist()
    assert (tmp_path / "posterior.tif").read_bytes()[:4] == b"II*\0"
    report = (tmp_path / "report.html").read_text()
    # No path of this machine leaves with the report.
    assert str(tmp_path) not in report and "noonmark locate clues.json" in report


def test_nothing_is_written_over_unless_told(opened, tmp_path):
    target = tmp_path / "mine.kmz"
    target.write_bytes(b"mine")
    body = {"what": "kmz", "out": str(target), "document": CLUES}
    assert opened.refused("/api/export", body) == "output-exists"
    assert target.read_bytes() == b"mine"
    assert opened.ask("/api/export", {**body, "force": True})["written"] == [str(target)]


@pytest.mark.slow
def test_all_files_come_in_a_new_folder(opened, tmp_path):
    reply = _export(opened, "all", tmp_path / "answer")
    assert len(reply["written"]) == 8 and reply["act"]["said"] == "exported all: answer"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"what": "exe"}, "bad-request"),
        ({"what": "kmz", "document": None}, "bad-request"),
        ({"out": "\0"}, "file-unusable"),
        ({"out": "/tmp/a.key", "force": True}, "bad-output-name"),
    ],
)
def test_what_can_not_be_exported_is_refused(opened, tmp_path, body, code):
    assert (
        opened.refused(
            "/api/export", {"what": "kmz", "out": str(tmp_path), "document": CLUES, **body}
        )
        == code
    )


def test_a_bundle_leaves_by_the_release_alone(opened, tmp_path):
    body = {"what": "bundle", "out": str(tmp_path / "bundle"), "document": CLUES}
    before = opened.ask("/api/state")["state"]["record"]
    assert opened.refused("/api/export", body) == "bad-request"
    assert not (tmp_path / "bundle").exists()
    assert opened.ask("/api/state")["state"]["record"] == before


@pytest.mark.slow
def test_redaction_is_planned_edited_and_carried_out(opened, case, tmp_path):
    sha256 = items(opened)["roof.jpg"]
    plan = opened.ask("/api/redaction/plan", {"item": sha256})["plan"]
    wide, high = plan["width_px"], plan["height_px"]
    plan["boxes"]["0"] = [[2.0, 2.0, wide / 2, high / 2]]
    kept = opened.ask("/api/redaction/save", {"item": sha256, "plan": plan})["plan"]
    assert kept["boxes"]["0"] and kept["reviewed"] is None
    assert opened.ask("/api/redaction/plan", {"item": sha256})["plan"] == kept
    shown = opened.get(f"/api/redaction/{sha256}/frame/0")
    assert np.asarray(Image.open(io.BytesIO(shown.content))).shape[:2] == (high, wide)
    out = tmp_path / "hidden.png"
    body = {"item": sha256, "plan": kept, "reviewed_by": "AB", "out": str(out)}
    reply = opened.ask("/api/redaction/export", body)
    hidden = np.asarray(Image.open(out).convert("RGB"))
    assert hidden[5:10, 5:10].max() == 0 and reply["record"]["reviewed_by"] == "AB"
    record = opened.ask("/api/state")["state"]["record"]
    assert any("redaction made from" in act["said"] for act in record)
    words = shlex.split(record[-1]["command"])
    assert words[:2] == ["noonmark", "redact"] and words[words.index("--plan") + 1].startswith(
        str(case)
    )


def test_a_plan_of_another_file_is_refused(opened):
    named = items(opened)
    plan = opened.ask("/api/redaction/plan", {"item": named["roof.jpg"]})["plan"]
    body = {"item": named["clip.mp4"], "plan": plan}
    assert opened.refused("/api/redaction/save", body) == "plan-of-another-file"


def test_the_command_of_an_export_is_not_stopped_by_what_was_just_written(tmp_path):
    """It writes into a folder of its own, or over the folder that holds all files."""
    from noonmark.session.exports import _again

    assert _again("kmz", tmp_path / "answer.kmz") == ("--out", tmp_path / "answer-files")
    assert _again("kmz", tmp_path) == ("--out", tmp_path / "answer-files")
    assert _again("all", tmp_path) == ("--out", tmp_path, "--force")


def test_the_command_in_the_record_of_a_kmz_works_as_it_is_printed(opened, tmp_path, monkeypatch):
    from noonmark.cli.main import main

    done = _export(opened, "kmz", tmp_path / "answer.kmz")
    line = opened.server.session.state()["record"][-1]["command"]
    assert line == done["act"]["command"]
    program, *words = shlex.split(line)
    monkeypatch.chdir(tmp_path)
    assert program == "noonmark" and main(words) == 0
    again = tmp_path / "answer-files" / "answer.kmz"
    written = [zipfile.ZipFile(path).read("doc.kml") for path in (tmp_path / "answer.kmz", again)]
    assert written[0] == written[1]
