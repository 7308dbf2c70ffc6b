"""A case on the page: opened, saved with revisions, added to, closed; read-only or busy."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.errors import OutsideError
from noonmark.evidence.audit import audit_case
from noonmark.evidence.vault import open_vault
from noonmark.session.items import LARGEST_PIECE
from tests.web.conftest import EXAMPLES, digest_of, items


def _state(page):
    return page.ask("/api/state")["state"]


def _inquiry(page, **more):
    return {**_state(page)["inquiry"], **more}


def test_without_a_case_the_page_is_told_so(page):
    assert page.ask("/api/hello")["case"] is None
    assert page.refused("/api/state") == "no-case-open"
    assert page.refused("/api/case/open", {"path": "/nowhere/at/all"}) == "not-a-case"


def test_a_new_case_is_made_and_stands_empty(page, tmp_path):
    state = page.ask("/api/case/new", {"path": str(tmp_path / "mine")})["state"]
    assert state["name"] == "mine" and state["items"] == [] and state["revision"] == 0
    assert [act["said"] for act in state["record"]] == ["made the case"]
    assert page.refused("/api/case/new", {"path": str(tmp_path / "mine")}) == "folder-not-empty"


def test_the_items_are_listed_in_order_with_their_kind(opened):
    state = _state(opened)
    assert [(item["name"], item["kind"]) for item in state["items"]] == [
        ("roof.jpg", "photo"),
        ("clip.mp4", "video"),
    ]
    assert any(
        act["command"] and act["command"].startswith("noonmark case add") for act in state["record"]
    )


def test_a_saved_inquiry_comes_back_and_is_in_the_log_whole(opened, case):
    inquiry = _inquiry(opened, notes="seen from the roof")
    saved = opened.ask("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": "wrote a note"})
    assert saved["revision"] == 1 and saved["act"]["said"] == "wrote a note"
    assert _state(opened)["inquiry"]["notes"] == "seen from the roof"
    with open_vault(case) as vault:
        entry = vault.log.entry(saved["act"]["number"])
        (digest,) = entry.facts["items"]
        assert json.loads(vault.store.get(digest).read_bytes())["notes"] == "seen from the roof"
    assert audit_case(case).ok


def test_what_is_marked_and_said_lies_where_the_commands_read_it(opened, case, capsys):
    from noonmark.cli.main import main

    sha256 = items(opened)["roof.jpg"]
    marks = {
        "image": {"width_px": 64, "height_px": 48},
        "mark": [{"means": "horizon", "points_px": [[1, 20], [60, 21]]}],
    }
    frame = {"item": sha256, "number": 0, "time_s": None, "marks": marks}
    inquiry = _inquiry(opened, frames={f"{sha256}:0": frame})
    act = opened.ask(
        "/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": "marked the horizon"}
    )["act"]
    words = act["command"].split()
    assert words[:2] == ["noonmark", "frame"]
    assert json.loads(Path(words[2]).read_text()) == marks
    assert main([*words[1:], "--json"]) == 0


def test_the_second_tab_to_save_is_told_and_shown_the_newer_state(opened):
    inquiry = _inquiry(opened)
    opened.ask(
        "/api/inquiry", {"revision": 0, "inquiry": {**inquiry, "notes": "first"}, "said": "a note"}
    )
    reply = opened.post(
        "/api/inquiry", {"revision": 0, "inquiry": {**inquiry, "notes": "second"}, "said": "a note"}
    )
    assert reply.status_code == 409 and reply.json()["code"] == "newer-revision"
    assert (
        reply.json()["state"]["inquiry"]["notes"] == "first" == _state(opened)["inquiry"]["notes"]
    )


def test_saving_what_is_saved_already_is_no_act(opened):
    inquiry = _inquiry(opened, notes="same")
    opened.ask("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": "a note"})
    before = len(_state(opened)["record"])
    again = opened.ask("/api/inquiry", {"revision": 1, "inquiry": inquiry, "said": "a note"})
    assert again["revision"] == 1 and again["act"] is None
    assert len(_state(opened)["record"]) == before


def test_no_path_of_this_machine_stands_in_what_leaves_with_the_case(opened, case, tmp_path):
    from tests.web.conftest import CLUES

    (tmp_path / "area.geojson").write_text('{"type": "Point", "coordinates": [1, 2]}')
    layer = opened.ask("/api/layers/add", {"path": str(tmp_path / "area.geojson")})["layer"]
    opened.ask("/api/items/add", {"path": str(EXAMPLES / "street.jpg")})
    outline = str(tmp_path / "area.geojson")
    clue = {"id": "a", "on": False, "clue": {"kind": "area", "area": outline}}
    inquiry = _inquiry(opened, layers=[layer], notes="x", prior={"area": outline}, clues=[clue])
    saved = opened.ask("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": "added a layer"})
    asked = opened.ask("/api/locate", {"document": CLUES})
    opened.ask("/api/export", {"what": "geojson", "out": str(tmp_path), "document": CLUES})
    entries = (case / "log/entries").read_text()
    kept = b"".join(path.read_bytes() for path in (case / "objects").rglob("*") if path.is_file())
    for place in (str(tmp_path), str(EXAMPLES)):
        assert place not in entries and place.encode() not in kept
    # On the page the line is as it is typed here; the case itself still knows where its layers and
    # outlines lie.
    assert (
        saved["act"]["command"]
        == f"noonmark locate {case / 'work' / 'clues.json'}"
        == asked["act"]["command"]
    )
    assert _state(opened)["inquiry"]["layers"] == [layer] and _state(opened)["inquiry"][
        "prior"
    ] == {"area": outline}
    assert b'"area": "area.geojson"' in kept


def test_half_typed_clues_are_kept_as_they_are(opened):
    clue = {"id": "c1", "on": True, "clue": {"kind": "shadow_length", "height": "2,5 m?"}}
    opened.ask(
        "/api/inquiry", {"revision": 0, "inquiry": _inquiry(opened, clues=[clue]), "said": "typing"}
    )
    assert _state(opened)["inquiry"]["clues"] == [clue]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", 2), ("clues", {}), ("clues", [{"id": "a", "on": 1, "clue": {}}]), ("pins",
        [{"id": "a b"}]),
        ("frames", {"x": {}}), ("frames", {"a" * 64 + ":0": {"item": "b" * 64, "number": 0,
        "time_s": 0, "marks": {}}}),
        ("layers", [{"id": "l", "path": "p", "name": "n", "kind": "exe", "shown": True}]), ("notes",
        None), ("more", 1),
        ("clues", [{"id": "a", "on": True, "clue": {}}, {"id": "a", "on": True, "clue": {}}]),
    ],
)  # fmt: skip
def test_what_is_no_inquiry_is_refused_and_nothing_is_saved(opened, case, key, value):
    before = digest_of(case / "work") if (case / "work").exists() else {}
    assert opened.refused(
        "/api/inquiry", {"revision": 0, "inquiry": _inquiry(opened, **{key: value}), "said": "x"}
    ) == ("bad-inquiry")
    assert (digest_of(case / "work") if (case / "work").exists() else {}) == before


def test_a_damaged_inquiry_is_said_when_the_case_is_opened(page, case):
    (case / "work").mkdir()
    (case / "work" / "inquiry.json").write_text('{"version": 1, "revision": 1, "clues": 3}')
    assert page.refused("/api/case/open", {"path": str(case)}) == "bad-inquiry"


def test_a_file_of_this_machine_is_added(opened, case):
    added = opened.ask("/api/items/add", {"path": str(EXAMPLES / "street.jpg")})
    assert [item["name"] for item in added["items"]] == ["street.jpg"] and added["refused"] == []
    assert added["act"]["command"].startswith(f"noonmark case add {case} ")
    assert opened.refused("/api/items/add", {"path": "/no/such/file"}) == "file-missing"


def test_a_file_comes_in_pieces_and_is_the_same(opened, case):
    data = bytes(range(256)) * 40
    size, step = len(data), 4000
    for at in range(0, size, step):
        piece = base64.b64encode(data[at : at + step]).decode()
        body = {
            "name": "../../etc/a name.bin",
            "upload": "u1",
            "offset": at,
            "total": size,
            "data": piece,
        }
        reply = opened.ask("/api/items/upload", body)
    assert [item["name"] for item in reply["items"]] == ["a name.bin"]
    with open_vault(case) as vault:
        assert vault.store.get(reply["items"][0]["sha256"]).read_bytes() == data
    assert opened.server.session.uploads == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": 5},
        {"data": "!"},
        {"upload": "../x"},
        {"total": 1},
        {"total": 1 << 50},
        {"upload": "never-begun", "offset": 3},
    ],
)
def test_a_piece_that_does_not_fit_is_refused(opened, wrong):
    body = {
        "name": "a",
        "upload": "u2",
        "offset": 0,
        "total": 9,
        "data": base64.b64encode(b"abc").decode(),
    }
    assert opened.refused("/api/items/upload", {**body, **wrong}) == "bad-upload"


def test_the_largest_piece_that_is_promised_is_taken(opened):
    data = base64.b64encode(bytes(LARGEST_PIECE)).decode()
    total = LARGEST_PIECE + 1
    body = {"name": "a", "upload": "u3", "offset": 0, "total": total, "data": data}
    assert opened.ask("/api/items/upload", body)["received"] == LARGEST_PIECE


def test_a_read_only_case_opens_says_so_and_refuses_changes_in_one_sentence(
    page, case, monkeypatch
):
    def refuse(folder, *, write=False, **more):
        if write:
            raise OutsideError(
                "the case can't be written to: read-only file system", code="case-read-only"
            )
        return open_vault(folder, write=write, **more)

    monkeypatch.setattr("noonmark.session.case_session.open_vault", refuse)
    state = page.ask("/api/case/open", {"path": str(case)})["state"]
    assert state["read_only"] is True and "read-only" in state["read_only_why"]
    before = digest_of(case)
    inquiry = {**state["inquiry"], "notes": "x"}
    assert (
        page.refused("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": "x"})
        == "case-read-only"
    )
    assert page.refused("/api/items/add", {"path": str(EXAMPLES / "roof.jpg")}) == "case-read-only"
    from tests.web.conftest import CLUES

    assert page.ask("/api/locate", {"document": CLUES})["act"] is None
    assert digest_of(case) == before


def test_a_case_that_another_process_writes_to_opens_and_refuses_changes(page, case, monkeypatch):
    monkeypatch.setattr("noonmark.evidence.writer_lock.PATIENCE_S", 0.05)
    with open_vault(case, write=True):
        state = page.ask("/api/case/open", {"path": str(case)})["state"]
        assert state["read_only"] is True and "another process" in state["read_only_why"]
        body = {"revision": 0, "inquiry": {**state["inquiry"], "notes": "x"}, "said": "x"}
        assert page.refused("/api/inquiry", body) == "case-busy"
    assert page.ask("/api/inquiry", body)["revision"] == 1
    assert _state(page)["read_only"] is False


def test_everything_held_of_a_case_goes_when_it_is_closed(opened):
    session = opened.server.session
    sha256 = items(opened)["roof.jpg"]
    assert opened.get(f"/api/items/{sha256}/frame/0").status_code == 200
    assert session.pictures.held_bytes > 0
    opened.ask("/api/case/close", {})
    assert (
        session.pictures.held_bytes == 0
        and not session.pictures._frames
        and not session.answers
        and not session.layers
    )
    assert opened.refused("/api/state") == "no-case-open"
    assert opened.refused(f"/api/items/{sha256}/frames") == "no-case-open"


def test_that_an_item_was_shown_is_logged_when_the_case_is_closed(opened, case):
    sha256 = items(opened)["roof.jpg"]
    opened.get(f"/api/items/{sha256}/frame/0")
    opened.ask("/api/case/close", {})
    last = list(cases.case_history(case))[-1]
    assert last.kind == "access" and last.facts["items"] == [sha256] and last.by == "tester"


def test_one_that_can_not_be_opened_leaves_the_open_one(opened, case):
    assert opened.refused("/api/case/open", {"path": str(case / "objects")}) == "not-a-case"
    assert opened.ask("/api/hello")["case"] == str(case)


def test_the_sample_opens_with_marks_clues_claims_and_goes_with_its_folder(page):
    state = page.ask("/api/case/open", {"sample": True})["state"]
    inquiry = state["inquiry"]
    (frame,) = inquiry["frames"].values()
    assert [item["name"] for item in state["items"]] == ["street.jpg"]
    assert (
        len(frame["marks"]["mark"]) == 4
        and len(inquiry["clues"]) == 2
        and len(inquiry["pins"]) == 2
    )
    scratch = page.server.session.scratch
    assert scratch.is_dir()
    page.ask("/api/case/close", {})
    assert not scratch.exists()


@pytest.mark.slow
def test_the_sample_can_be_finished_and_tells_the_two_claims_apart(page):
    import tomllib

    inquiry = page.ask("/api/case/open", {"sample": True})["state"]["inquiry"]
    ((key, frame),) = inquiry["frames"].items()
    shipped = tomllib.loads((EXAMPLES / "street.toml").read_text(encoding="utf-8"))["mark"]
    (left,) = [mark for mark in shipped if mark not in frame["marks"]["mark"]]
    first = page.ask(
        "/api/locate",
        {"document": {"prior": inquiry["prior"], "clue": [c["clue"] for c in inquiry["clues"]]}},
    )
    frame["marks"]["mark"].append(left)
    (clue,) = page.ask("/api/frame", {"marks": frame["marks"]})["clues"]
    (sun,) = [c for c in inquiry["clues"] if c.get("frame") == key]
    sun["clue"] = clue
    inquiry["prior"] |= {"not_before": "2022-10-01T00:00:00Z", "not_after": "2022-10-15T00:00:00Z"}
    saved = page.ask(
        "/api/inquiry", {"revision": 1, "inquiry": inquiry, "said": "marked the fourth lamp post"}
    )
    document = {"prior": inquiry["prior"], "clue": [c["clue"] for c in inquiry["clues"]]}
    answer = page.ask("/api/locate", {"document": document})
    assert saved["revision"] == 2
    assert (
        answer["answer"]["credible"]["0.9"]["area_km2"]
        < 0.7 * first["answer"]["credible"]["0.9"]["area_km2"]
    )
    verdicts = [
        page.ask(
            "/api/check",
            {"document": document, **{k: pin[k] for k in ("place", "km", "from", "to")}},
        )["verdict"]
        for pin in inquiry["pins"]
    ]
    assert verdicts == ["consistent", "inconsistent unless mismeasured"]


def test_a_case_of_two_hundred_items_is_shown_without_its_whole_record(page, tmp_path):
    folder = tmp_path / "many"
    (tmp_path / "files").mkdir()
    for k in range(200):
        (tmp_path / "files" / f"{k}.jpg").write_bytes(b"\xff\xd8\xff" + bytes([k]))
    cases.new_case(folder)
    add_to_case(folder, [str(tmp_path / "files")])
    page.ask("/api/case/open", {"path": str(folder)})
    state = _state(page)
    assert len(state["items"]) == 200 and len(state["record"]) < 10
