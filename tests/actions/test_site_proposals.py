"""Proposals of a site: dated by its images, calibrated on its ring, kept in one file."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest

from noonmark.actions import site_batches, site_proposal_warnings, site_proposals
from noonmark.actions.site_proposals import ProposalOptions
from noonmark.errors import InputError
from noonmark.inference.changes import boxes
from noonmark.sites import chips
from testkit.kept_schemas import keeps
from testkit.made_sites import START, write_site

FEW = ProposalOptions(each=40)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sites") / "built"
    write_site(folder, seed=1, built_on_day=700.0, dates=60)
    return folder, site_proposals.propose(folder, options=FEW)


@pytest.mark.slow
def test_a_hall_is_dated_between_the_images_that_hold_its_day(built):
    sensor = built[1]["features"][0]["sensors"][0]
    day = (START + timedelta(days=700)).date().isoformat()
    keeps(built[1], "site-proposals")
    modes = sensor["events"][0]["modes"]
    assert sensor["detected"] and sensor["log_bayes_factor"] > sensor["threshold"]
    assert any(mode["from"]["taken"] < day <= mode["to"]["taken"] for mode in modes)
    counts = sensor["events"][0]["injected"]
    assert counts["n"] == counts["found"] + counts["missed"] >= 100
    assert counts["held"] <= counts["found"]


@pytest.mark.slow
def test_what_is_there_is_kept_until_an_image_changes(built):
    folder, first = built
    held = (folder / "proposals.json").read_bytes()
    again = site_proposals.propose(folder, options=FEW)
    assert again["kept_before"] and again["features"] == first["features"]
    assert (folder / "proposals.json").read_bytes() == held
    other = site_proposals.propose(folder, options=ProposalOptions(each=40, seed=2))
    assert not other["kept_before"] and other["inputs_sha256"] != first["inputs_sha256"]


@pytest.mark.slow
def test_a_half_written_file_of_proposals_is_done_anew(built):
    folder, first = built
    (folder / "proposals.json").write_bytes(b'{"form": "noonmark-prop')
    done = site_proposals.propose(folder, options=FEW)
    assert not done["kept_before"] and done["features"] == first["features"]


def test_too_few_images_give_no_proposal_and_say_why(tmp_path):
    site = write_site(tmp_path / "few", seed=3, built_on_day=None, dates=8)
    done = site_proposals.propose(site, options=FEW)
    keeps(done, "site-proposals")
    sensor = done["features"][0]["sensors"][0]
    assert sensor["events"] == [] and sensor["detected"] is None
    keeps(site_proposals.calibration_table(site, options=FEW), "site-calibration")
    assert "a proposal needs 12" in sensor["why_not"]


def test_a_calibration_that_is_too_small_is_said(tmp_path):
    site = write_site(tmp_path / "few", seed=3, built_on_day=None, dates=8)
    (said,) = site_proposals.propose(site, options=FEW)["warnings"]
    assert "--each 40 is a trial run" in said and "100 or more" in said
    assert "warnings" not in json.loads((site / "proposals.json").read_text())
    assert site_proposals.propose(site, options=ProposalOptions(each=100))["warnings"] == []
    assert site_proposals.calibration_table(site, options=FEW)["warnings"] == [said]


def _sensor(*, boxes=400, found=300, until="2020-02-10"):
    """A stack with one event, of which 320 were injected and the images lie 50 days apart."""
    kind = {"order": 1, "injected": 0, "found": 0, "gap_days": 50.0}
    odd = kind | {"injected": 320, "found": found, "gap_days": 363.0}
    mode = {"from": {"taken": "2020-01-01"}, "to": {"taken": until}}
    counts = {"ring_boxes": boxes, "kinds": [odd, kind, kind, kind | {"gap_days": None}]}
    events = [{"order": 1, "modes": [mode]}]
    return {"stack": "s2", "why_not": None, "events": events, "calibration": counts}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"boxes": 49}, "49 boxes of its ring are too few"),
        ({"found": 159}, "only 159 of 320 injected events were found"),
        ({"until": "2022-02-19"}, "spans 780 days, where images lie 50 apart"),
    ],
)
def test_a_small_ring_a_short_series_and_a_wide_bracket_are_said(given, word):
    (said,) = site_proposal_warnings.feature_warnings("hall", [_sensor(**given)])
    assert said.startswith("hall, s2: ") and word in said


def test_a_calibration_that_is_large_enough_is_not_warned_of():
    unjudged = {"stack": "x", "why_not": "8 images show it clearly"}
    held = [_sensor(boxes=50, found=160), unjudged]
    assert site_proposal_warnings.feature_warnings("hall", held) == []


def test_too_small_a_ring_gives_no_proposal_and_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(boxes, "FEWEST_BOXES", 30)
    site = write_site(tmp_path / "near", seed=3, built_on_day=None, side=16)
    sensor = site_proposals.propose(site, options=FEW)["features"][0]["sensors"][0]
    assert sensor["detected"] is None and "a proposal needs 30" in sensor["why_not"]


def test_a_feature_that_is_not_there_is_refused(tmp_path):
    site = write_site(tmp_path / "few", seed=3, built_on_day=None, dates=2)
    with pytest.raises(InputError) as error:
        site_proposals.propose(site, features=["tower"], options=FEW)
    assert error.value.code == "no-such-feature"


@pytest.mark.parametrize(
    ("given", "code"), [({"level": 1.5}, "proposal-level"), ({"each": 3}, "proposal-count")]
)
def test_settings_out_of_range_are_refused(given, code):
    with pytest.raises(InputError) as error:
        ProposalOptions(**given)
    assert error.value.code == code


def test_of_many_sites_a_broken_one_costs_only_itself(tmp_path):
    good = write_site(tmp_path / "good", seed=3, built_on_day=None, dates=8)
    broken = write_site(tmp_path / "broken", seed=4, built_on_day=None, dates=8)
    chip = next((broken / "chips").iterdir())
    other = chips.Chip(np.zeros((4, 27, 27), np.float32), np.ones((27, 27), dtype=bool))
    chip.write_bytes(chips.packed(other))
    nowhere = tmp_path / "nowhere"
    done = site_batches.propose_many([good, broken, nowhere], options=FEW, jobs=1)
    codes = {row["site"]: row.get("code") for row in done["sites"]}
    assert codes == {str(good): None, str(broken): "chip-changed", str(nowhere): "not-a-site"}
    assert (done["ok"], done["proposed"], done["refused"]) == (False, 1, 2)
    keeps(done, "site-batch")
    again = site_batches.propose_many([good], options=FEW, jobs=1)
    assert (again["kept_before"], again["proposed"]) == (1, 0)


def test_two_stacks_that_share_no_day_are_a_conflict_and_are_not_averaged(tmp_path):
    from noonmark.actions import site_proposal_files as files

    def sensor(name: str, start: str, end: str) -> dict:
        mode = {"from": {"taken": start}, "to": {"taken": end}}
        return {"stack": name, "events": [{"modes": [mode]}]}

    radar = sensor("radar", "2015-12-30", "2016-01-05")
    early, same = sensor("optical", "2015-02-24", "2015-03-20"), None
    same = sensor("optical", "2016-01-02", "2016-02-01")
    assert files.disagreements([radar, early])[0]["between"] == ["radar", "optical"]
    assert files.disagreements([radar, same]) == files.agreements([radar, early]) == []
    shared = files.agreements([radar, same])[0]
    assert (shared["from"], shared["to"]) == ("2016-01-02", "2016-01-05")


@pytest.mark.slow
def test_a_cluster_of_this_machine_gives_the_same_digest(tmp_path):
    pytest.importorskip("distributed", reason="the extra scale is missing")
    sites = [write_site(tmp_path / str(n), seed=n, built_on_day=None, dates=8) for n in range(3)]
    here = site_batches.propose_many(sites, options=FEW, jobs=1)
    there = site_batches.propose_many(sites, options=FEW, again=True, local_workers=1)
    assert there["ok"] and there["proposed"] == 3
    assert there["digest"] == here["digest"]


def test_proposals_hold_no_number_that_json_lacks(tmp_path):
    site = write_site(tmp_path / "few", seed=3, built_on_day=None, dates=8)
    site_proposals.propose(site, options=FEW)
    text = (site / "proposals.json").read_text()
    assert "NaN" not in text and json.loads(text)["form"] == "noonmark-proposals-1"
    keeps(json.loads(text), "site-proposals")
