"""The whole of a case at a glance, search over it, recent cases, and folders to choose from."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from noonmark.actions import recent_cases
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.session import case_folders, case_readings, record
from noonmark.values import utc
from noonmark.web import last_address
from noonmark.web.server import listen
from tests.web.conftest import digest_of, items

EVENT = {"form": "event", "title": {"en": "Arrival at the yard"}, "as": "yard"}
CLAIM = {
    "form": "claim",
    "event": "@yard",
    "text": {"en": "The wall stood in June", "ar": "كان السور قائماً"},
    "kind": "which_organisation",
    "standard": "two origins",
}


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A home of the test's own, so that no case lands in the user's."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


def _codes(page):
    return {one["code"]: one for one in page.ask("/api/overview")["open"]}


def test_an_empty_case_has_nothing_open(page, home):
    page.ask("/api/case/new", {})
    found = page.ask("/api/overview")
    assert found["items"] == {} and found["events"] == [] and found["open"] == []


def test_footage_that_nobody_marked_is_open_and_stops_nothing(opened):
    unmarked = _codes(opened)["items-unmarked"]
    assert unmarked["count"] == 2 and unmarked["stops"] is False
    assert unmarked["rest"] == [items(opened)["roof.jpg"]]
    state = opened.ask("/api/state")["state"]
    sha = items(opened)["roof.jpg"]
    marks = {"image": {"width_px": 640, "height_px": 480}, "mark": [{"kind": "horizon"}]}
    frame = {"item": sha, "number": 0, "time_s": None, "marks": marks}
    inquiry = {**state["inquiry"], "frames": {f"{sha}:0": frame}}
    opened.ask("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": "marked the horizon"})
    assert _codes(opened)["items-unmarked"]["count"] == 1


def test_only_what_is_named_as_a_document_waits_to_be_read_as_one(opened, case, tmp_path):
    readings, letter = tmp_path / "readings.json", tmp_path / "letter.txt"
    readings.write_text("{}")
    letter.write_text("We came at noon.")
    add_to_case(case, [str(readings)], by="tester")
    assert "files-unread" not in _codes(opened)
    add_to_case(case, [str(letter)], by="tester")
    assert _codes(opened)["files-unread"]["count"] == 1


def test_what_a_claim_lacks_comes_first_and_names_it(opened, case):
    say_in_case(case, [EVENT, CLAIM], by="quiet-heron")
    found = opened.ask("/api/overview")
    assert found["claims"] == {"open": 1}
    assert [one["title"]["en"] for one in found["events"]] == ["Arrival at the yard"]
    codes = [one["code"] for one in found["open"]]
    assert codes[:2] == ["claim-unjudged", "claim-unasked"]
    assert [one["stops"] for one in found["open"]] == sorted(
        (one["stops"] for one in found["open"]), reverse=True
    )
    assert {"event-undated", "items-of-no-event"} <= set(codes)
    assert found["open"][0]["title"]["en"] == "The wall stood in June"


def test_whoever_has_not_answered_is_told_by_name(opened, case):
    asked = {"to": {"name": "Meridel Works Authority", "kind": "agency"}, "how": "by letter"}
    asked |= {"asked_at": "2022-12-01T00:00:00Z", "deadline": "2023-01-15T00:00:00Z"}
    reply = {"form": "reply", "about": ["@c"], "questions": "Who built it?"} | asked
    say_in_case(case, [EVENT, CLAIM | {"as": "c"}, reply], by="quiet-heron")
    due = _codes(opened)["reply-overdue"]
    assert due["to"] == "Meridel Works Authority" and due["title"] == {"": due["to"]}


def test_what_lacks_two_things_waits_once(opened, case):
    say_in_case(case, [EVENT, CLAIM], by="quiet-heron")
    found = opened.ask("/api/overview")
    counts = {one["code"]: (one.get("count", 1), one.get("also_named", 0)) for one in found["open"]}
    assert counts["claim-unjudged"] == (1, 0) and counts["claim-unasked"] == (1, 1)
    assert counts["items-unmarked"] == (2, 0) and counts["items-of-no-event"] == (2, 2)
    # the claim; two items and the event without a date
    assert found["waits"]["claims"] == 1 and found["waits"]["footage"] == 3


def test_a_glance_and_a_search_change_no_byte(opened, case):
    say_in_case(case, [EVENT, CLAIM], by="quiet-heron")
    opened.ask("/api/overview")
    before = digest_of(case)
    opened.ask("/api/overview")
    opened.ask("/api/search?words=wall")
    opened.ask("/api/search?words=nothing+of+it")
    assert digest_of(case) == before


def test_search_finds_names_and_sayings_whatever_their_case_and_marks(opened, case):
    say_in_case(case, [EVENT, CLAIM], by="quiet-heron")
    assert [one["name"] for one in opened.ask("/api/search?words=ROOF")["items"]] == ["roof.jpg"]
    found = opened.ask("/api/search?words=wáll+june")
    assert [(one["form"], one["screen"]) for one in found["said"]] == [("claim", "claims")]
    assert found["looked_in"]["items"] == 2 and found["looked_in"]["said"] == 2
    none = opened.ask("/api/search?words=harbour")
    assert none["items"] == none["said"] == none["pages"] == []
    assert opened.refused("/api/search") == "bad-request"


def test_search_names_a_letter_by_whom_it_asks(opened, case):
    asked = {
        "form": "reply", "to": {"name": "Meridel Works Authority", "kind": "agency"},
        "asked_at": "2022-12-01T00:00:00Z", "how": "by letter", "questions": "Who built it?",
        "deadline": "2023-01-15T00:00:00Z", "about": ["@claim"],
    }  # fmt: skip
    event = {"form": "event", "as": "event", "title": {"en": "A wall"}}
    claim = {"form": "claim", "as": "claim", "event": "@event", "text": {"en": "It stood"},
             "kind": "what", "standard": "two origins"}  # fmt: skip
    say_in_case(case, [event, claim, asked], by="quiet-heron")
    (found,) = opened.ask("/api/search?words=built")["said"]
    assert (found["form"], found["title"]) == ("reply", {"": "Meridel Works Authority"})


def test_search_finds_the_words_of_accounts_and_passages_however_late_they_come(opened, case):
    sha, long = items(opened)["roof.jpg"], "It was raining on the road that day. " * 12
    spoken = {"account": "@told", "item": sha, "start_ms": 0, "end_ms": 900, "voice": "own"}
    told = {
        "form": "account", "source": "tall-birch", "given_at": "unknown", "how": "interview",
        "languages": ["en"], "led": "open", "paid": "no", "heard_others": "no",
        "consent": "@agreed", "as": "told",
    }  # fmt: skip
    say_in_case(
        case,
        [
            {"form": "consent", "of": "tall-birch", "publish": "text", "court": "no",
             "archive": "yes", "as": "agreed"},
            told,
            {"form": "segment", **spoken, "speaker": "tall-birch", "language": "en",
             "text": long + "Then the silver lorry came."},
        ],
        by="quiet-heron",
    )  # fmt: skip
    (found,) = opened.ask("/api/search?words=LORRY+raining")["said"]
    assert (found["form"], found["screen"]) == ("segment", "accounts")
    assert "silver lorry" in found["snippet"] and len(found["snippet"]) < 150
    assert found["snippet"].startswith("…") and found["snippet"].endswith("came.")
    (begun,) = opened.ask("/api/search?words=raining+lorry")["said"]
    assert begun["snippet"].startswith("It was raining") and begun["snippet"].endswith("…")
    whole = (long + "Then the silver lorry came.").split()
    for one in (found, begun):
        assert set(one["snippet"].strip("…").split()) <= set(whole)
    by_alias = opened.ask("/api/search?words=tall-birch")["said"]
    assert {one["form"] for one in by_alias} >= {"account", "segment"}


def test_a_case_is_read_once_for_many_searches_and_anew_after_an_act(opened, case, monkeypatch):
    opened.ask("/api/search?words=roof")
    read = []
    plain = record._item
    monkeypatch.setattr(record, "_item", lambda *given: read.append(given[1]) or plain(*given))
    monkeypatch.setattr(case_readings, "read_open", lambda vault: read.append("said") or 1 / 0)
    assert opened.ask("/api/search?words=clip")["items"] and opened.ask("/api/overview")
    assert not read
    monkeypatch.undo()
    say_in_case(case, [EVENT, CLAIM], by="quiet-heron")
    assert opened.ask("/api/search?words=yard")["said"]


def test_the_overview_counts_what_waits_on_each_screen(opened, case):
    say_in_case(case, [EVENT, CLAIM], by="quiet-heron")
    found = opened.ask("/api/overview")
    counted = {}
    for point in found["open"]:
        own = point.get("count", 1) - point.get("also_named", 0)
        counted[point["screen"]] = counted.get(point["screen"], 0) + own
    assert found["waits"] == counted and counted["claims"] == 1


def test_a_case_without_a_path_gets_a_free_folder_each_time(page, home):
    first = page.ask("/api/case/new", {})["state"]["path"]
    second = page.ask("/api/case/new", {})["state"]["path"]
    assert first != second
    assert {Path(first).parent, Path(second).parent} == {home / "Noonmark"}
    assert not Path(page.ask("/api/hello")["home"]).exists()


def test_a_bare_name_lies_in_the_users_folder_of_cases(page, home, tmp_path):
    made = page.ask("/api/case/new", {"path": "harbour"})["state"]["path"]
    assert made == str(home / "Noonmark" / "harbour")
    page.ask("/api/case/close", {})
    assert page.ask("/api/case/open", {"path": "harbour"})["state"]["path"] == made
    assert case_folders.case_folder(f"{tmp_path}/x") == tmp_path / "x"
    assert case_folders.case_folder("~/x") == home / "x"


def test_recent_cases_are_newest_first_and_say_what_is_missing(page, home):
    for name in ("first", "second", "first"):
        path = str(home / name)
        page.ask("/api/case/open" if (home / name).exists() else "/api/case/new", {"path": path})
    (home / "second").rename(home / "moved")
    rows = page.ask("/api/recent")["cases"]
    assert [(one["name"], one["missing"]) for one in rows] == [("first", False), ("second", True)]
    assert all(one["at"].endswith("Z") for one in rows)
    kept = page.ask("/api/recent", {"forget": str(home / "second")})["cases"]
    assert [one["name"] for one in kept] == ["first"]


def test_the_list_can_be_switched_off_and_then_holds_nothing(page, home):
    page.ask("/api/case/new", {"path": str(home / "secret")})
    assert page.ask("/api/recent", {"keep": False}) == {"ok": True, "keep": False, "cases": []}
    page.ask("/api/case/open", {"path": str(home / "secret")})
    assert page.ask("/api/recent")["cases"] == []
    assert "secret" not in recent_cases.state_file().read_text("ascii")
    assert stat.S_IMODE(recent_cases.state_file().stat().st_mode) == 0o600


def test_the_sample_is_not_kept(page, home):
    page.ask("/api/case/open", {"sample": True})
    assert page.ask("/api/recent")["cases"] == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cases": 3}', '{"cases": [{"path": 1}, 7]}'])
def test_a_list_that_cannot_be_read_is_empty(text):
    recent_cases.state_file().parent.mkdir(parents=True)
    recent_cases.state_file().write_text(text)
    assert recent_cases.recent_cases() == {"keep": True, "cases": []}


def test_folders_are_listed_with_the_cases_among_them(page, home, tmp_path):
    page.ask("/api/case/new", {"path": str(home / "Noonmark" / "b")})
    (home / "Noonmark" / "A").mkdir()
    (home / "Noonmark" / ".hidden").mkdir()
    (home / "Noonmark" / "file").write_text("x")
    found = page.ask("/api/folders")
    assert found["path"] == str(home / "Noonmark") and found["parent"] == str(home)
    assert [(one["name"], one["case"]) for one in found["folders"]] == [("A", False), ("b", True)]
    assert page.ask(f"/api/folders?path={home}/Noonmark/b")["case"] is True
    assert page.refused(f"/api/folders?path={tmp_path}/nowhere") == "file-unusable"


def test_a_case_is_served_again_under_its_last_address(tmp_path):
    listener, token = last_address.listener(tmp_path, 0, listen)
    port = listener.getsockname()[1]
    last_address.keep(tmp_path, port, token)
    other, fresh = last_address.listener(tmp_path, 0, listen)  # the first still runs
    assert other.getsockname()[1] != port and fresh != token
    listener.close()
    again, same = last_address.listener(tmp_path, 0, listen)
    assert again.getsockname()[1] == port and same == token
    elsewhere, new = last_address.listener(tmp_path / "other", 0, listen)
    assert new != token
    for one in (other, again, elsewhere):
        one.close()


def test_an_address_counts_from_the_moment_it_is_kept(tmp_path, monkeypatch):
    """Its time, rounded to the millisecond, could lie ahead of now; then it was not used."""
    monkeypatch.setattr(last_address.values, "now", lambda: utc("2026-12-02T12:00:00.000700Z"))
    listener, token = last_address.listener(tmp_path, 0, listen)
    last_address.keep(tmp_path, listener.getsockname()[1], token)
    listener.close()
    again, same = last_address.listener(tmp_path, 0, listen)
    again.close()
    assert same == token


@pytest.mark.parametrize("spoiled", ["others may read", "old", "short token"])
def test_an_address_that_is_not_ours_alone_or_old_is_not_used(tmp_path, spoiled):
    listener, token = last_address.listener(tmp_path, 0, listen)
    last_address.keep(tmp_path, listener.getsockname()[1], token)
    listener.close()
    file = recent_cases.state_file().with_name(last_address.FILE)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    if spoiled == "others may read":
        file.chmod(0o644)
    else:
        kept = json.loads(file.read_text())
        change = {"at": "2020-01-01T00:00:00Z"} if spoiled == "old" else {"token": "short"}
        kept[str(tmp_path)].update(change)
        file.write_text(json.dumps(kept))
    again, new = last_address.listener(tmp_path, 0, listen)
    again.close()
    assert new != token


def test_a_call_about_another_case_than_the_open_one_is_refused(opened, case, home):
    named = {"X-Noonmark-Case": str(case).replace("/", "%2F")}
    assert opened.get("/api/state", **named).status_code == 200
    opened.ask("/api/case/new", {})
    state = opened.ask("/api/state")["state"]
    body = {"revision": 0, "inquiry": {**state["inquiry"], "notes": "mine"}, "said": "a note"}
    refused = opened.post("/api/inquiry", body, **named)
    assert refused.status_code == 409 and refused.json()["code"] == "other-case-open"
    assert opened.ask("/api/state")["state"]["inquiry"]["notes"] == ""
    again = opened.post("/api/case/open", {"path": str(case)}, **named)
    assert again.status_code == 200 and again.json()["state"]["path"] == str(case)


def test_calls_about_a_case_whose_folder_is_away_are_refused_in_one_way(opened, case, home):
    named = {"X-Noonmark-Case": str(case).replace("/", "%2F")}
    away = case.rename(case.with_name("moved"))
    for call in ("/api/state", "/api/claims", "/api/documents"):
        refused = opened.get(call, **named)
        assert refused.status_code == 409 and refused.json()["code"] == "case-away"
    away.rename(case)
    assert opened.get("/api/state", **named).status_code == 200
