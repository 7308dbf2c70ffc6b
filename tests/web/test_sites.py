"""Sites on the page: what a reader is shown, what is kept, and what a blind reader must not see."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from PIL import Image

from noonmark.actions import site_readings, site_view
from noonmark.errors import InputError
from noonmark.session import open_sites
from noonmark.sites import chips, images, site_folder
from noonmark.sites.outline import SiteFeature
from noonmark.values import utc
from testkit.made_sites import write_site
from tests.web.conftest import digest_of

_START = utc("2019-01-01T05:00:00Z")
_RING = ((86.0, 41.0), (86.001, 41.0), (86.001, 41.001))


@pytest.fixture
def site(tmp_path):
    """Four images, the last not to be handed on; a hall that first is not there."""
    folder = tmp_path / "market"
    site_folder.create(folder, "market", [SiteFeature("hall", "roof", (_RING,))])
    rng = np.random.default_rng(1)
    found = []
    for number in range(4):
        values = rng.normal(1000, 50, (3, 30, 40)).astype(np.float32)
        chip = chips.Chip(values, np.ones((30, 40), dtype=bool))
        start = _START + timedelta(days=30 * number)
        grid = {"bands": ["red", "green", "blue"], "rows": 30, "cols": 40, "pixel_m": 10.0}
        grid |= {"outlines": {"hall": [[[5, 5], [15, 5], [15, 12]]]}}
        image = images.SiteImage(
            f"i{number}",
            f"{9 - number}" * 64,
            (),
            "x",
            f"scene-{number}",
            images.Taken(start, start, "metadata"),
            10.0,
            redistribute=number < 3,
            stack="s",
        )
        found.append(replace(image, chip={"sha256": chips.digest(chip), **grid}))
        (folder / "chips" / f"i{number}.npz").write_bytes(chips.packed(chip))
    images.write(folder, found)
    site_readings.read_site(folder, "i0", "hall", "not-seen", by="one", could="yes")
    site_readings.read_site(folder, "i1", "hall", "could-not", by="one", why="cloud")
    site_readings.read_site(folder, "i2", "hall", "seen", by="one", area_m2=[4000, 3800, 4200])
    return folder


def _opened(page, site):
    return page.ask("/api/sites/open", {"path": str(site)})["site"]["id"]


def test_a_site_is_opened_without_a_case_and_shown_with_its_bracket(page, site):
    name = _opened(page, site)
    (row,) = page.ask("/api/sites")["sites"]
    assert (row["name"], row["images"], row["features"]) == ("market", 4, 1)
    view = page.ask(f"/api/sites/{name}?by=one")
    (event,) = view["events"]
    assert event["last_before"]["images"] == ["i0"] and event["first_after"]["images"] == ["i2"]
    assert event["between_could_not"] == [{"images": ["i1"], "why": ["cloud"]}]
    assert [one["state"] for one in view["readings"]] == ["not-seen", "could-not", "seen"]
    assert [(one["image"], one["state"]) for one in view["cells"]] == [
        ("i0", "not-seen"),
        ("i1", "could-not"),
        ("i2", "seen"),
    ]
    assert view["areas"][0]["area_m2"] == 4000


def test_looking_writes_nothing(opened, site):
    name = _opened(opened, site)
    before = digest_of(site)
    opened.ask(f"/api/sites/{name}?by=one")
    opened.get(f"/api/sites/{name}/image/i0")
    assert digest_of(site) == before


def test_a_blind_reader_is_shown_nothing_of_the_first(page, site):
    name = _opened(page, site)
    reply = page.get(f"/api/sites/{name}?by=two&blind=yes")
    view = reply.json()
    assert view["readings"] == [] and [row["id"] for row in view["images"]] == [
        "i3",
        "i2",
        "i1",
        "i0",
    ]
    for hidden in ("events", "conflicts", "proposals", "agreement", "timelines", "areas"):
        assert hidden not in view
    assert "2019" not in reply.text and "scene-" not in reply.text and "cloud" not in reply.text


def test_a_reading_on_the_page_is_that_of_the_command(page, site):
    name = _opened(page, site)
    typed = {"site": name, "image": "i3", "feature": "hall", "state": "seen", "by": "two"}
    done = page.ask("/api/sites/read", {**typed, "blind": True})
    assert set(done) == {"ok", "image", "feature", "stage", "state"}
    line = json.loads((site / "readings.jsonl").read_text().splitlines()[-1])
    assert (line["by"], line["blind"], line["state"], line["stage"]) == (
        "two",
        True,
        "seen",
        "visible",
    )
    (own,) = page.ask(f"/api/sites/{name}?by=two&blind=yes")["readings"]
    assert own["image"] == "i3"


def test_a_reading_that_does_not_go_together_keeps_nothing(page, site):
    name = _opened(page, site)
    before = digest_of(site)
    typed = {"site": name, "image": "i3", "feature": "hall", "state": "could-not"}
    assert page.refused("/api/sites/read", typed) == "bad-reading"
    assert (
        page.refused("/api/sites/read", {**typed, "state": "seen", "area_m2": ["a"]})
        == "bad-reading"
    )
    assert page.refused("/api/sites/read", {**typed, "image": "none"}) == "no-such-image"
    assert page.refused("/api/sites/read", {**typed, "site": "x"}) == "no-such-site"
    assert digest_of(site) == before


def test_the_log_of_a_case_says_that_a_reading_was_made_and_not_what_was_seen(opened, site):
    name = _opened(opened, site)
    typed = {"site": name, "image": "i3", "feature": "hall", "state": "seen", "by": "two"}
    opened.ask("/api/sites/read", typed)
    said = [act["said"] for act in opened.ask("/api/state")["state"]["record"]]
    assert "kept a reading of hall in i3" in said and "opened the site market" in said
    assert not any("seen" in line or str(site) in line for line in said)


def test_a_site_stays_on_the_list_of_its_case(opened, case, site):
    name = _opened(opened, site)
    opened.ask("/api/case/close", {})
    assert opened.ask("/api/sites")["sites"] == []
    opened.ask("/api/case/open", {"path": str(case)})
    assert [row["id"] for row in opened.ask("/api/sites")["sites"]] == [name]
    assert opened.ask(f"/api/sites/{name}")["name"] == "market"


def test_a_picture_says_whether_it_may_be_handed_on(page, site):
    name = _opened(page, site)
    first, last = (page.get(f"/api/sites/{name}/image/{image}") for image in ("i0", "i3"))
    assert Image.open(io.BytesIO(first.content)).size == (40, 30)
    assert (first.headers["x-redistribute"], last.headers["x-redistribute"]) == ("yes", "no")


def test_changed_pixels_are_not_shown(page, site):
    name = _opened(page, site)
    other = chips.Chip(np.zeros((3, 30, 40), np.float32), np.ones((30, 40), dtype=bool))
    (site / "chips" / "i0.npz").write_bytes(chips.packed(other))
    assert page.refused(f"/api/sites/{name}/image/i0") == "chip-changed"
    assert page.get(f"/api/sites/{name}/image/i1").status_code == 200


def test_an_image_without_pixels_says_so(page, site):
    rows = [replace(image, chip={}) for image in images.read(site)]
    images.write(site, rows)
    name = _opened(page, site)
    assert page.refused(f"/api/sites/{name}/image/i0") == "no-picture"


def test_a_proposal_is_unread_until_the_images_at_its_ends_were_read(page, site):
    ends = {
        "from": {"image": "i2", "taken": "2019-03-02"},
        "to": {"image": "i3", "taken": "2019-04-01"},
    }
    event = {"order": 1, "level": 0.9, "modes": [{**ends, "p": 0.9, "could_not": []}]}
    event["injected"] = {"n": 100, "found": 97, "missed": 3, "held": 90}
    sensors = [{"stack": "s", "events": [event]}]
    held = {"form": "noonmark-proposals-1", "features": [{"feature": "hall", "sensors": sensors}]}
    (site / "proposals.json").write_text(json.dumps(held))
    name = _opened(page, site)
    assert page.ask(f"/api/sites/{name}")["proposals"][0]["unread"] == ["i3"]
    typed = {"site": name, "image": "i3", "feature": "hall"}
    page.ask("/api/sites/read", typed | {"state": "could-not", "why": "cloud"})
    assert page.ask(f"/api/sites/{name}")["proposals"][0]["unread"] == ["i3"]
    page.ask("/api/sites/read", typed | {"state": "seen"})
    assert page.ask(f"/api/sites/{name}")["proposals"][0]["unread"] == []
    (site / "proposals.json").write_text(json.dumps({**held, "features": [3]}))
    assert page.ask(f"/api/sites/{name}")["proposals"] == []


def test_a_folder_that_is_no_site_is_refused(page, tmp_path):
    assert page.refused("/api/sites/open", {"path": str(tmp_path)}) == "not-a-site"
    assert page.refused("/api/sites/unknown") == "no-such-site"


def test_a_damaged_list_of_sites_counts_as_empty(opened, case):
    (case / "work").mkdir(exist_ok=True)
    for text in ("{", "[]", '{"sites": 3}', '{"sites": [3, ""]}'):
        (case / "work" / "sites.json").write_text(text)
        assert opened.ask("/api/sites")["sites"] == []


def test_a_large_picture_is_averaged_in_blocks():
    rgb = np.zeros((3300, 40, 3), np.uint8)
    rgb[::3] = 90
    made = site_view.reduced(rgb)
    assert made.shape == (1100, 13, 3) and (made == 30).all()


def test_look_takes_a_site_or_a_case(site, case, tmp_path):
    assert site_view.case_and_site(site, None) == (None, site)
    assert site_view.case_and_site(site, case) == (case, site)
    assert site_view.case_and_site(case, None) == (case, None)
    with pytest.raises(InputError, match="can't be read"):
        site_view.case_and_site(tmp_path, None)


@pytest.fixture
def series(tmp_path):
    """A series of eight images of a hall: too few to propose by."""
    return write_site(tmp_path / "few", seed=3, built_on_day=None, dates=8)


def _ended(page, asked):
    """The result of the job that a call began."""
    reply = page.post("/api/sites/propose", asked)
    assert reply.status_code == 202, reply.text
    job = page.server.jobs.find(reply.json()["job"])
    assert job.done.wait(60)
    return page.ask(f"/api/jobs/{job.id}")["result"]


def test_proposals_are_made_by_a_job_that_tells_no_finding(opened, series):
    name = _opened(opened, series)
    assert opened.ask(f"/api/sites/{name}")["looked_for"] == {"series": [], "current": False}
    result = _ended(opened, {"site": name})
    assert result == {"ok": True, "kept_before": False, "features": 1}
    looked = opened.ask(f"/api/sites/{name}")["looked_for"]
    (found,) = looked["series"]
    assert looked["current"] and found["events"] == found["injected"] == 0
    assert (found["feature"], found["stack"]) == ("hall", "sentinel-2")
    assert "a proposal needs 12" in found["why_not"]
    assert _ended(opened, {"site": name})["kept_before"] is True
    said = [act["said"] for act in opened.ask("/api/state")["state"]["record"]]
    assert said.count("looked for changes by computer in the site made-3") == 1
    assert "looked_for" not in opened.ask(f"/api/sites/{name}?blind=yes")


def test_one_job_proposes_for_a_site_and_one_that_is_stopped_is_waited_for(page, site, monkeypatch):
    name, turns, let_go = _opened(page, site), [], threading.Event()

    def slow(folder, *, progress):
        turns.append(folder)
        let_go.wait(30)
        progress(0.5, "calibrating")
        return {"kept_before": False, "features": []}

    monkeypatch.setattr(open_sites.site_proposals, "propose", slow)
    first, joined = (
        page.post("/api/sites/propose", {"site": name}).json()["job"] for _ in range(2)
    )
    assert first == joined and page.ask(f"/api/sites/{name}")["proposing"] is True
    page.ask(f"/api/jobs/{first}/cancel", {})
    assert page.ask(f"/api/sites/{name}")["proposing"] is False
    after = page.post("/api/sites/propose", {"site": name}).json()["job"]
    let_go.set()
    jobs = [page.server.jobs.find(each) for each in (first, after)]
    assert all(job.done.wait(30) for job in jobs) and len(turns) == 2
    assert page.ask(f"/api/jobs/{first}")["result"]["code"] == "cancelled"
    assert page.ask(f"/api/jobs/{after}")["result"]["ok"] is True
    assert page.ask(f"/api/sites/{name}")["proposing"] is False


def test_proposals_of_other_images_are_said_not_to_be_current(page, series):
    name = _opened(page, series)
    _ended(page, {"site": name})
    images.write(series, images.read(series)[:-1])
    looked = page.ask(f"/api/sites/{name}")["looked_for"]
    assert len(looked["series"]) == 1 and looked["current"] is False


def test_rules_suggest_what_could_be_seen_and_never_to_a_blind_reader(page, site):
    name = _opened(page, site)
    found = page.ask(f"/api/sites/{name}/could?feature=hall")
    assert found["claim"].startswith("suggested by rules")
    assert [row["image"] for row in found["rows"]] == ["i0", "i1", "i2", "i3"]
    assert all(row["answer"] in ("yes", "doubtful", "no") for row in found["rows"])
    assert page.ask(f"/api/sites/{name}/could?feature=hall&blind=yes")["rows"] == []
    assert page.refused(f"/api/sites/{name}/could?feature=shed") == "no-such-feature"
