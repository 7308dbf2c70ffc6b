"""Readings become events by rules that a second program re-derives."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import timedelta

import pytest

from noonmark.actions import site_readings
from noonmark.errors import InputError
from noonmark.sites import check_readings, images, readings, site_folder
from noonmark.sites.outline import SiteFeature
from noonmark.values import utc

_START = utc("2019-01-01T00:00:00Z")


def _image(number, *, days=None, wide=0, twin=None):
    """Image a, b, c ... of day 10 x number; ``wide`` days long, None for an open end."""
    start = _START + timedelta(days=10 * number if days is None else days)
    end = None if wide is None else start + timedelta(days=wide)
    taken = images.Taken(start, end, "metadata")
    name = f"i{number:02}"
    return images.SiteImage(name, "0" * 64, (), "x", "", taken, 10.0, same_instant_as=twin)


@pytest.fixture
def site(tmp_path):
    ring = ((0.0, 0.0), (1e-3, 0.0), (0.0, 1e-3))
    features = [SiteFeature(name, "wall", (ring,)) for name in ("wall", "tower")]
    site_folder.create(tmp_path / "site", "market", features)
    images.write(tmp_path / "site", [_image(number) for number in range(8)])
    return tmp_path / "site"


def _read(site, *states, feature="wall", by="a", **more):
    """States by image: s seen, n not-seen (could be seen), x could-not, - unread."""
    kinds = {
        "s": {"state": "seen"},
        "n": {"state": "not-seen", "could": "yes"},
        "d": {"state": "not-seen"},
        "x": {"state": "could-not", "why": "cloud"},
    }
    for number, letter in enumerate("".join(states)):
        if letter != "-":
            site_readings.read_site(
                site, f"i{number:02}", feature, **{"by": by, **kinds[letter], **more}
            )


def _events(site):
    found = site_readings.site_events(site)
    assert check_readings.derived(site) == check_readings.stated(site)
    return found


def test_the_bracket_lies_between_the_last_without_and_the_first_with(site):
    _read(site, "nnx-ss--")
    found = _events(site)
    (row,) = found["events"]
    assert (row["event"], row["after"], row["until"]) == (
        "visible",
        "2019-01-11T00:00:00Z",
        "2019-02-10T00:00:00Z",
    )
    assert row["between_could_not"] == [{"images": ["i02"], "why": ["cloud"]}]
    assert row["between_unread"] == ["i03"] and found["conflicts"] == []


def test_a_removal_needs_that_it_could_have_been_seen(site):
    _read(site, "nssd")
    found = _events(site)
    assert [row["event"] for row in found["events"]] == ["visible", "removed"]
    assert "nobody says that it could have been seen in i03" in found["conflicts"][0]["conflict"]
    with pytest.raises(InputError) as caught:
        site_readings.site_window(site, "wall", "visible")
    assert caught.value.code == "event-open"
    _read(site, "---n", settles=True)
    assert _events(site)["conflicts"] == []


def test_what_could_not_be_seen_is_never_absent(site):
    _read(site, "n-ss")
    _read(site, "----d", could="no")
    found = _events(site)
    assert [row["event"] for row in found["events"]] == ["visible"]


def test_readers_who_differ_are_a_conflict_until_one_reading_settles_it(site):
    _read(site, "nns")
    _read(site, "nss", by="b", blind=True)
    found = _events(site)
    assert found["events"][0]["until"] == "2019-01-21T00:00:00Z"
    assert found["conflicts"][0]["conflict"] == "readers differ on i01"
    _read(site, "-s", by="c", settles=True)
    found = _events(site)
    assert found["conflicts"] == [] and found["events"][0]["until"] == "2019-01-11T00:00:00Z"


def test_two_scenes_of_one_instant_are_one_vote(site):
    images.write(site, [_image(0), _image(1), _image(2, days=10, twin="i01"), _image(3)])
    _read(site, "nxss")
    found = _events(site)
    assert found["timelines"][0]["sights"] == {"not-seen": 1, "seen": 2}
    assert found["events"][0]["until"] == "2019-01-11T00:00:00Z"


def test_a_printed_date_leaves_the_end_open(site):
    images.write(site, [_image(0), _image(1, wide=None)])
    _read(site, "ns")
    (row,) = _events(site)["events"]
    assert row["after"] == "2019-01-01T00:00:00Z" and row["until"] is None


def test_a_window_is_a_clue_that_locate_reads(site, tmp_path):
    _read(site, "nnss-n")
    found = site_readings.site_window(site, "wall", "visible")
    assert found["clue"]["not_before"] == "2019-01-11T00:00:00Z"
    assert found["clue"]["not_after"] == "2019-02-20T00:00:00Z"
    before = site_readings.site_window(site, "wall", "visible", shown=False)["clue"]
    assert "not_before" not in before and before["not_after"] == "2019-01-21T00:00:00Z"
    area = "[prior]\narea = {south = 40, west = 80, north = 42, east = 82}\n"
    clues = tmp_path / "c.toml"
    clues.write_text(area + "\n".join(found["toml"]), encoding="utf-8")
    from noonmark.questions.clue_file import read_clues

    (clue,) = read_clues(clues).clues
    assert clue.not_before == pytest.approx(1547164800.0)


def test_a_blind_reader_is_shown_neither_states_nor_who_read(site):
    _read(site, "nns")
    left = site_readings.unread(site, by="b")
    assert len(left["left"]) == 16
    assert {key for row in left["left"] for key in row} == {"image", "feature"}
    _read(site, "n", by="b", blind=True)
    assert len(site_readings.unread(site, by="b")["left"]) == 15


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "could-not"},
        {"state": "seen", "why": "cloud"},
        {"state": "seen", "could": "yes"},
        {"state": "not-seen", "area_m2": [4, 3, 5]},
        {"state": "seen", "area_m2": [4, 5, 3]},
        {"state": "seen", "by": " "},
    ],
)
def test_a_reading_that_does_not_go_together_is_refused_and_not_kept(site, wrong):
    with pytest.raises(InputError) as caught:
        site_readings.read_site(site, "i00", "wall", **{"by": "a", **wrong})
    assert caught.value.code == "bad-reading"
    assert readings.read(site) == ()


def test_a_half_line_of_a_crash_is_cut_off_and_the_rest_is_read(site):
    _read(site, "ns")
    path = site / "readings.jsonl"
    with open(path, "ab") as out:
        out.write(b'{"image": "i02", "feat')
    assert len(readings.read(site)) == 2
    _read(site, "--s")
    assert [reading.image for reading in readings.read(site)] == ["i00", "i01", "i02"]


def test_both_programs_agree_on_random_readings(site):
    rng = random.Random(20)
    for _ in range(25):
        some = []
        for number in range(7):
            wide = rng.choice([0, 0, 0, 12, 25, None])
            twin = "i00" if number and rng.random() < 0.1 else None
            some.append(_image(number, wide=wide, twin=twin))
        images.write(site, some)
        (site / "readings.jsonl").unlink(missing_ok=True)
        lines = []
        for _ in range(rng.randrange(1, 14)):
            state = rng.choice(["seen", "not-seen", "could-not"])
            lines.append(
                readings.SiteReading(
                    image=f"i{rng.randrange(7):02}",
                    feature=rng.choice(["wall", "tower"]),
                    stage="visible",
                    state=state,
                    by=rng.choice("ab"),
                    at="2024-01-01T00:00:00Z",
                    why="cloud" if state == "could-not" else None,
                    could=rng.choice([None, "yes", "no"]) if state == "not-seen" else None,
                    settles=rng.random() < 0.1,
                )
            )
        text = "".join(json.dumps(vars(line)) + "\n" for line in lines)
        (site / "readings.jsonl").write_text(text, encoding="utf-8")
        _events(site)


def test_the_checker_notices_a_date_that_was_changed(site):
    _read(site, "nnss")
    _events(site)
    path = site / "events.json"
    changed = path.read_text("utf-8").replace("2019-01-11", "2019-01-15", 1)
    path.write_text(changed, encoding="utf-8")
    checker = check_readings.__file__
    ran = subprocess.run(
        [sys.executable, "-I", checker, str(site)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1 and "NOT as the readings give them" in ran.stdout
    site_readings.site_events(site)
    assert check_readings.main([str(site)]) == 0


def test_agreement_is_counted_over_pairs_and_names_nobody(site):
    _read(site, "nnssssnn")
    _read(site, "nnsssxns", by="b", blind=True)
    found = site_readings.site_agreement(site)
    assert (found["pairs"], found["equal"], found["images"]) == (8, 6, 8)
    assert found["kappa"]["value"] == pytest.approx(5 / 9, abs=1e-3)
    assert found["ac1"]["lo"] < found["ac1"]["value"] < found["ac1"]["hi"]
    assert '"a"' not in json.dumps(found) and '"b"' not in json.dumps(found)
