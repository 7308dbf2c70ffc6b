"""What goes out, item by item: a hidden copy in place of an original, words without a file, silence
about an item that lets nothing contrary go unseen, and items without any claim.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from noonmark.actions import cases, releases
from noonmark.actions.release_choices import release_page
from noonmark.actions.releases import ReleaseRequest
from noonmark.errors import InputError
from tests.release import made_case
from tests.release.made_case import Made

TODAY = "2026-12-01T00:00:00Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    return made_case.make(tmp_path_factory.mktemp("made"))


def _written(made: Made, out: Path, request: ReleaseRequest) -> tuple[str, bytes]:
    """The report of a release, and every byte of its folder."""
    done = releases.write_release(made.folder, out, request, key=made.key)
    assert cases.verify_bundle(out / "bundle", key=done.key).ok
    every = b"".join(path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file())
    return (out / "report.html").read_text(encoding="utf-8"), every


def test_no_word_of_a_silent_item_leaves_and_its_stance_is_told(made, tmp_path):
    words = "says account 3", "سېلىندى 3", "a year later", "dry-elm"
    told, every = _written(made, tmp_path / "told", ReleaseRequest(today=TODAY))
    assert all(one in told for one in words)
    silent = ((made.items["voice3"], "its source is in danger"),)
    told, every = _written(made, tmp_path / "silent", ReleaseRequest(today=TODAY, silent=silent))
    assert not [one for one in words if one in told or one.encode() in every]
    against = told.partition("What speaks against it")[2].partition("<h3>")[0]
    assert "What it says is withheld: its source is in danger" in against
    assert "Answered:" in against


def test_items_go_out_without_any_claim(made, tmp_path):
    request = ReleaseRequest(today=TODAY, no_claims=True, shown=(made.items["tender"],))
    told, every = _written(made, tmp_path / "out", request)
    assert "tender.txt" in told and "Meridel Works Authority" not in told
    assert b"tender 037" in every and b"film of a wall" not in every


def test_consent_binds_an_item_that_no_claim_cites(made):
    voice = made.items["voice0"]
    request = ReleaseRequest(today=TODAY, no_claims=True, shown=(voice, made.items["tender"]))
    found = releases.check_release(made.folder, request)
    assert voice not in found.selection.shown and voice in found.selection.held_back
    with pytest.raises(InputError) as refused:
        cases.export_case(made.folder, made.folder.parent / "part", only=[voice], key=made.key)
    assert refused.value.code in ("release-consent", "not-sealed")


def test_silence_about_what_is_not_there_is_refused(made):
    with pytest.raises(InputError) as refused:
        releases.check_release(made.folder, ReleaseRequest(silent=(("ab" * 32, "x"),)))
    assert refused.value.code == "release-unknown"


def _row(page, name):
    return next(one for one in page["items"] if one["name"] == name)


def test_each_item_has_one_choice_and_the_hidden_copy_is_the_first(made):
    page = release_page(made.folder, {})
    clip, voice, tender = (_row(page, n) for n in ("clip.mp4", "voice0.wav", "tender.txt"))
    assert clip["as"] == "hidden" and "original" in clip["options"]
    assert voice["as"] == "words" and "original" not in voice["options"]
    assert tender["as"] == "original" and page["may_go"]


def test_a_file_of_no_claim_goes_out_as_its_hidden_copy_and_is_one_row(made):
    clip = made.items["clip"]
    page = release_page(made.folder, {"claims": [], "items": {clip: {"as": "hidden"}}})
    (row,) = page["items"]
    assert row["sha256"] == clip and row["as"] == "hidden"
    assert page["may_go"]
    without = release_page(made.folder, {"claims": [], "items": {clip: {"as": "out"}}})
    assert [one["as"] for one in without["items"]] == ["out"] and not without["may_go"]


def test_an_original_with_a_hidden_copy_stops_the_release_and_says_so(made):
    chosen = {"items": {made.items["clip"]: {"as": "original"}}}
    page = release_page(made.folder, chosen)
    assert _row(page, "clip.mp4")["as"] == "original" and not page["may_go"]
    assert [one["code"] for one in page["refusals"]] == ["release-unhidden"]
    lifted = release_page(
        made.folder, {**chosen, "overrides": {"release-unhidden": "a court asked"}}
    )
    assert lifted["may_go"] and lifted["lifted"][0]["reason"] == "a court asked"


def test_a_picture_that_stays_leaves_what_was_read_from_it(made):
    page = release_page(made.folder, {"items": {made.items["clip"]: {"as": "no_pixels"}}})
    assert made.items["clip"] in {one["sha256"] for one in page["held_back"]}
    assert any("a wall stands" in str(one["facts"]) for one in page["sheet"]["evidence"])


@pytest.mark.parametrize(
    "asked", [{"items": {"x": {"as": "all"}}}, {"items": []}, {"claims": 3}, {"items": {"x": 1}}]
)
def test_a_choice_that_is_none_is_refused(made, asked):
    with pytest.raises(InputError):
        release_page(made.folder, asked)
