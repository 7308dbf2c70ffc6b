"""The report of a site: brackets with their images, no pixel that must stay, and its checker."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from noonmark.actions import site_proposal_files, site_readings, site_report
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.report import site_chart
from noonmark.sites import chips, images, site_folder
from noonmark.sites.outline import SiteFeature
from noonmark.values import utc
from testkit.kept_schemas import keeps

_START = utc("2019-01-01T05:00:00Z")


@pytest.fixture
def site(tmp_path):
    """Five images; the last may not be handed on. A hall that appears, grows, and is seen again."""
    folder = tmp_path / "site"
    ring = ((86.0, 41.0), (86.001, 41.0), (86.001, 41.001))
    site_folder.create(folder, "<market>", [SiteFeature("hall", "roof", (ring,))])
    rng = np.random.default_rng(1)
    found = []
    for number in range(5):
        values = rng.normal(1000, 50, (3, 30, 40)).astype(np.float32)
        chip = chips.Chip(values, np.ones((30, 40), dtype=bool))
        taken = _START + timedelta(days=30 * number)
        grid = {"bands": ["red", "green", "blue"], "rows": 30, "cols": 40, "pixel_m": 10.0}
        grid |= {"outlines": {"hall": [[[5, 5], [15, 5], [15, 12]]]}}
        image = images.SiteImage(
            f"i{number}",
            f"{number}" * 64,
            (),
            "x",
            f"scene-{number}",
            images.Taken(taken, taken, "metadata"),
            10.0,
            redistribute=number < 4,
            stack="s",
        )
        found.append(replace(image, chip={"sha256": chips.digest(chip), **grid}))
        (folder / "chips" / f"i{number}.npz").write_bytes(chips.packed(chip))
    images.write(folder, found)
    for number, area in ((1, 4000), (3, 4100), (4, 6000)):
        state = {"state": "seen", "area_m2": [area, area - 200, area + 200]}
        site_readings.read_site(folder, f"i{number}", "hall", by="a", **state)
    site_readings.read_site(folder, "i0", "hall", "not-seen", by="a", could="yes")
    site_readings.read_site(folder, "i2", "hall", "could-not", by="a", why="cloud")
    return folder


def test_the_page_names_the_images_of_every_bracket_and_runs_nothing(site, tmp_path):
    done = site_report.report_site(site, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "scene-0" in page and "scene-1" in page
    assert "<script" not in page and "&lt;market&gt;" in page and "<market>" not in page
    assert done["events"] == 1 and done["without_pixels"] == 1
    assert len(set(re.findall(r"data:image/png;base64,([\w+/=]+)", page))) == 4
    assert "pixels not handed on" in page and "4" * 64 in page
    assert "no image was read a second time" in page
    assert "+1,900 m²" in page and "within the bounds" in page


def test_a_stranger_derives_every_bracket_from_the_folder_alone(site, tmp_path):
    out = tmp_path / "out"
    site_report.report_site(site, out)
    ran = subprocess.run(
        [sys.executable, "-I", str(out / "check_readings.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "1 events, all as the readings give them\n")


def test_the_files_for_other_programs_hold_the_same_bracket(site, tmp_path):
    out = tmp_path / "out"
    site_report.report_site(site, out)
    feature = json.loads((out / "events.geojson").read_text("utf-8"))["features"][0]
    assert feature["properties"]["start"] == "2019-01-01T05:00:00Z"
    assert feature["properties"]["end"] == "2019-01-31T05:00:00Z"
    ring = feature["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] == [86.0, 41.0]
    with zipfile.ZipFile(out / "events.kmz") as archive:
        kml = archive.read("doc.kml").decode()
    assert "<begin>2019-01-01T05:00:00Z</begin><end>2019-01-31T05:00:00Z</end>" in kml
    assert "not a finding" not in kml
    row, *_ = csv.DictReader(io.StringIO((out / "events.csv").read_text("utf-8")))
    assert (row["image_before"], row["scene_after"], row["settled"]) == ("i0", "scene-1", "yes")


def test_growth_stands_beside_the_events_as_steps_between_two_images(site, tmp_path):
    out = tmp_path / "out"
    site_report.report_site(site, out)
    _, same, grown = csv.DictReader(io.StringIO((out / "events.csv").read_text("utf-8")))
    assert (same["event"], same["settled"]) == ("area within the bounds", "no")
    assert (grown["event"], grown["settled"]) == ("grown", "yes")
    assert (grown["image_before"], grown["image_after"]) == ("i3", "i4")
    changes = (grown["change_m2"], grown["change_least_m2"], grown["change_most_m2"])
    assert changes == ("1900", "1500", "2300")
    assert same["change_least_m2"] == "-300" and same["basis"] == "areas that people drew"
    features = json.loads((out / "events.geojson").read_text("utf-8"))["features"]
    times = [(each["properties"]["start"], each["properties"]["end"]) for each in features[1:]]
    assert times == [
        ("2019-01-31T05:00:00Z", "2019-04-01T05:00:00Z"),
        ("2019-04-01T05:00:00Z", "2019-05-01T05:00:00Z"),
    ]
    assert [each["properties"]["settled"] for each in features] == [True, False, True]
    with zipfile.ZipFile(out / "events.kmz") as archive:
        kml = archive.read("doc.kml").decode()
    (_, folder) = kml.split("<Folder><name>areas that people drew</name>")
    assert folder.count("<begin>2019-01-31T05:00:00Z</begin>") == folder.count("hall grown<") == 1


def test_the_events_of_a_site_name_the_steps_of_its_areas(site, capsys):
    held = site_readings.site_events(site)
    keeps(held, "site-events")
    assert [(row["before"], row["after"], row["is_sure"]) for row in held["steps"]] == [
        ("i1", "i3", False),
        ("i3", "i4", True),
    ]
    assert held["steps"][1]["change_m2"] == [1900, 1500, 2300]
    assert main(["sites", "events", str(site)]) == 0
    said = capsys.readouterr().out
    line = "hall area: +1,900 m2 (+1,500 to +2,300) after 2019-04-01T05:00:00Z, by 2019-05-01T05"
    assert line in said and "(-300 to +500)" in said and said.count("within the bounds") == 1


def test_a_cell_that_a_spreadsheet_would_compute_is_made_inert_and_a_number_stays(site, tmp_path):
    path = site / "site.json"
    path.write_text(path.read_text("utf-8").replace('"hall"', '"=hall"'), "utf-8")
    held = (site / "images.json").read_text("utf-8").replace('"hall"', '"=hall"')
    (site / "images.json").write_text(held, "utf-8")
    lines = (site / "readings.jsonl").read_text("utf-8").replace('"hall"', '"=hall"')
    (site / "readings.jsonl").write_text(lines, "utf-8")
    site_report.report_site(site, tmp_path / "out")
    text = (tmp_path / "out" / "events.csv").read_text("utf-8")
    assert "\n'=hall," in text and "\n=hall" not in text and ",-300," in text


def test_the_same_site_makes_the_same_report(site, tmp_path):
    for name in ("a", "b"):
        site_report.report_site(site, tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    with pytest.raises(InputError) as caught:
        site_report.report_site(site, tmp_path / "a")
    assert caught.value.code == "output-exists"


def _propose(site, *, settings=None):
    """Proposals as `sites propose` would write them: from i0 to i1, and from i2 to i3."""
    settings = settings or {"seed": 1, "level": 0.9, "each": 160}

    def event(order, start, end):
        ends = {"from": {"image": start, "taken": "2019-01-01"}}
        ends["to"] = {"image": end, "taken": "2019-01-31"}
        mode = {**ends, "p": 0.93, "could_not": []}
        injected = {"n": 320, "found": 311, "missed": 9, "held": 288}
        return {"order": order, "level": 0.9, "modes": [mode], "injected": injected}

    sensors = [{"stack": "s", "events": [event(1, "i0", "i1"), event(2, "i2", "i3")]}]
    features = [{"feature": "hall", "sensors": sensors}]
    inputs = site_proposal_files.inputs_digest(
        site_folder.open_site(site), settings | {"features": ["hall"]}
    )
    found = {"settings": settings, "features": features}
    site_proposal_files.write_proposals(site, inputs, found)


def test_a_proposal_stands_in_the_report_only_once_people_read_both_ends(site, tmp_path):
    _propose(site)
    site_report.report_site(site, tmp_path / "a")
    page = (tmp_path / "a" / "report.html").read_text("utf-8")
    held = json.loads((tmp_path / "a" / "events.json").read_text("utf-8"))
    keeps(held, "site-events")
    (row,) = held["proposals"]
    assert (row["order"], row["injected"]["held"]) == (1, 288)
    assert row["parts"][0]["from"]["read"] == ["visible: not-seen"]
    assert "not a finding" in row["claim"] and len(held["events"]) == 1
    assert "of 320 injected, 311 found, 288 held by a bracket of 90%" in page
    assert "What the machine proposes" in page and "event 2" not in page
    # i2 was read as could-not: nobody has looked at that end until somebody sees it.
    site_readings.read_site(site, "i2", "hall", "seen", by="a")
    assert [row["order"] for row in site_readings.events_document(site)["proposals"]] == [1, 2]


def test_the_files_for_other_programs_mark_a_proposal_and_hold_none_that_is_unread(site, tmp_path):
    _propose(site)
    out = tmp_path / "out"
    site_report.report_site(site, out)
    event, _, _, proposal = csv.DictReader(io.StringIO((out / "events.csv").read_text("utf-8")))
    assert (event["basis"], event["injected"]) == ("readings", "")
    assert proposal["basis"].endswith("not a finding") and proposal["settled"] == "no"
    assert (proposal["image_before"], proposal["scene_after"]) == ("i0", "scene-1")
    assert (proposal["injected"], proposal["found"], proposal["held"]) == ("320", "311", "288")
    assert proposal["read_before"] == "visible: not-seen"
    features = json.loads((out / "events.geojson").read_text("utf-8"))["features"]
    shown = [(each["properties"]["basis"], each["properties"]["start"]) for each in features]
    assert shown[0] == ("readings", "2019-01-01T05:00:00Z")
    assert shown[3:] == [(proposal["basis"], "2019-01-01T05:00:00Z")]
    with zipfile.ZipFile(out / "events.kmz") as archive:
        kml = archive.read("doc.kml").decode()
    events, _, proposed = kml.split("<Folder>")
    assert events.count("<Placemark>") == proposed.count("<TimeSpan><begin>2019-01-01") == 1
    assert "not a finding" in proposed.split("</name>")[0] and "event 2" not in kml


def test_proposals_of_other_images_or_a_broken_file_stand_in_no_report(site, tmp_path):
    _propose(site)
    images.write(site, images.read(site)[:-1])
    assert site_readings.events_document(site)["proposals"] == []
    _propose(site)
    path = site / site_proposal_files.PROPOSALS
    held = json.loads(path.read_text("utf-8"))
    held["features"][0]["sensors"][0]["events"] = [{"modes": 3}]
    path.write_text(json.dumps(held), "utf-8")
    assert site_readings.events_document(site)["proposals"] == []
    site_report.report_site(site, tmp_path / "out")
    assert "machine proposes" not in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("most", "top"), [(3700, 4000), (4000, 4000), (4001, 5000), (11, 15), (0, 1)]
)
def test_the_axis_of_areas_ends_at_a_round_number(most, top):
    assert site_chart.round_above(most) == pytest.approx(top)
