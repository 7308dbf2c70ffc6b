"""Work on an item of a case is in its log, with tool, version and parameters, and the case stays
sound.
"""

import hashlib
import json
import os
from pathlib import Path

import pytest

from noonmark import __version__, actions
from noonmark.actions import case_items
from noonmark.actions.case_items import Made
from noonmark.cli.main import main
from noonmark.errors import InputError

EXAMPLES = Path(case_items.__file__).parents[1] / "examples"


@pytest.fixture
def case(tmp_path):
    actions.new_case(tmp_path / "case")
    actions.add_to_case(tmp_path / "case", [str(EXAMPLES / "roof.jpg")])
    return tmp_path / "case"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _log(case, kind):
    return [entry.facts for entry in actions.case_history(case, kind=kind)]


def _sound(case):
    verdict = actions.audit_case(case, logged=False)
    return verdict.ok and not verdict.problems


def _item(case):
    return case / "objects" / _sha256(EXAMPLES / "roof.jpg")[:2] / _sha256(EXAMPLES / "roof.jpg")


def test_what_was_made_is_kept_and_logged_with_tool_version_and_parameters(case, tmp_path):
    (tmp_path / "made.png").write_bytes(b"pixels")
    asked = {"every_s": 2.5, "boxes": ["a"], "nothing": None}
    held = case_items.item_of(
        EXAMPLES / "roof.jpg", case=case, by="quiet-heron", command="frames", parameters=asked
    )
    made = [
        Made(tmp_path / "made.png", "f.png", "frame", {"number": 3}),
        Made(b"{}", "f.json", "extract", role="report"),
    ]
    told = case_items.log_derivation(
        held, made, means=case_items.means("pytest", "no-such-package", "exiftool 12.57")
    )
    entries = list(actions.case_history(case))[-5:]
    assert [e.kind for e in entries] == ["access", "item", "derivation", "item", "derivation"]
    assert {e.by for e in entries} == {"quiet-heron"} and {e.tool for e in entries} == {
        f"noonmark {__version__}"
    }
    assert told["case"]["entries"] == [e.index for e in entries]
    access, derivation = entries[0].facts, entries[2].facts
    assert access["purpose"] == "noonmark frames" and '"every_s": "2.5"' in access["note"]
    assert (
        derivation["parent"] == _sha256(EXAMPLES / "roof.jpg") and derivation["relation"] == "frame"
    )
    assert derivation["child"] == hashlib.sha256(b"pixels").hexdigest()
    assert derivation["parameters"] == {
        "command": "frames",
        "every_s": "2.5",
        "boxes": ["a"],
        "number": 3,
    }
    tool, package, program = derivation["means"].split(", ")
    assert (tool, program) == (
        f"noonmark {__version__}",
        "exiftool 12.57",
    ) and package == f"pytest {pytest.__version__}"
    assert [f["role"] for f in _log(case, "item")] == ["original", "derived", "report"]
    assert _sound(case)


def test_the_same_thing_made_twice_is_one_item_and_two_derivations(case):
    for _ in range(2):
        held = case_items.item_of(EXAMPLES / "roof.jpg", case=case, command="x", parameters={})
        case_items.log_derivation(
            held, [Made(b"same", "s", "extract"), Made(b"same", "s", "extract")], means="m"
        )
    assert len(_log(case, "item")) == 2 and len(_log(case, "derivation")) == 4
    assert _sound(case)


def test_outside_of_a_case_nothing_is_logged_and_nothing_said():
    held = case_items.item_of(EXAMPLES / "roof.jpg", case=None, command="probe", parameters={})
    assert (
        held is None
        and case_items.log_derivation(held, [Made(b"x", "x", "extract")], means="m") == {}
    )


def test_a_file_that_the_case_does_not_hold_is_refused_before_any_work(case, tmp_path):
    before = len(list(actions.case_history(case)))
    with pytest.raises(InputError) as caught:
        actions.probe(EXAMPLES / "clip.mp4", case=case)
    assert caught.value.code == "no-such-item" and "case add" in (caught.value.hint or "")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError) as pipe:
        actions.probe(tmp_path / "pipe", case=case)
    assert pipe.value.code == "not-a-file"
    with pytest.raises(InputError) as none:
        actions.probe(EXAMPLES / "roof.jpg", case=tmp_path)
    assert none.value.code == "not-a-case"
    assert len(list(actions.case_history(case))) == before


def test_probing_an_item_in_its_store_is_logged_unasked(case):
    told = actions.probe(_item(case))
    (derivation,) = _log(case, "derivation")
    report = json.loads(
        (case / "objects" / derivation["child"][:2] / derivation["child"]).read_text()
    )
    assert (
        report["sha256"] == told["sha256"] == told["case"]["item"]
        and report["clocks"] == told["clocks"]
    )
    assert (
        derivation["means"].startswith(f"noonmark {__version__}, ")
        and derivation["parameters"]["command"] == "probe"
    )
    assert [facts["purpose"] for facts in _log(case, "access")] == ["noonmark probe"]
    assert _sound(case)


def test_a_case_that_takes_no_entries_is_said_and_the_file_still_read(case, monkeypatch):
    def refuse(*args, **kwargs):
        from noonmark.errors import OutsideError

        raise OutsideError(
            "the case can't be written to: Read-only file system", code="case-read-only"
        )

    monkeypatch.setattr(case_items, "log_access", refuse)
    told = actions.probe(_item(case))
    assert told["case"]["logged"] is False and "Read-only" in told["case"]["why"] and told["clocks"]
    from noonmark.errors import OutsideError

    with pytest.raises(OutsideError):  # asked for, it must be logged or not done
        actions.probe(_item(case), case=case)


@pytest.mark.slow
def test_the_frames_of_an_item_are_kept_with_their_times(case, tmp_path):
    pytest.importorskip("av")
    actions.add_to_case(case, [str(EXAMPLES / "clip.mp4")])
    told = actions.frames(EXAMPLES / "clip.mp4", tmp_path / "out", numbers=[4, 9], case=case)
    found = [facts for facts in _log(case, "derivation") if facts["relation"] == "frame"]
    assert [f["parameters"]["number"] for f in found] == [4, 9]
    assert [f["child"] for f in found] == [
        _sha256(tmp_path / "out" / row["file"]) for row in told["frames"]
    ]
    assert (
        found[0]["parameters"]["time_s"] == str(told["frames"][0]["time_s"])
        and ", av " in found[0]["means"]
    )
    names = {
        facts["claims"]["name"].split("-", 1)[1]
        for facts in _log(case, "item")
        if facts["role"] != "original"
    }
    assert names == {
        "frame-000004.png",
        "frame-000009.png",
        "sheet.png",
        "times.csv",
        "frames.json",
    }
    assert _sound(case)


def test_case_log_shows_what_a_command_did(case, capsys):
    assert (
        main(["probe", str(EXAMPLES / "roof.jpg"), "--case", str(case), "--by", "quiet-heron"]) == 0
    )
    assert "logged in the case as entries" in capsys.readouterr().out
    assert main(["case", "log", str(case), "--kind", "derivation"]) == 0
    out = capsys.readouterr().out
    assert (
        "quiet-heron" in out
        and "relation extract" in out
        and f"means noonmark {__version__}" in out
    )
    assert main(["case", "audit", str(case)]) == 0


@pytest.fixture
def clip(tmp_path):
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    import numpy as np
    from PIL import Image

    from tests.media import made

    wide = Image.fromarray(made.scene(5, 288, 700))
    frames = [np.asarray(wide.crop((4 * i, 0, 384 + 4 * i, 288))) for i in range(24)]
    return made.film(tmp_path / "clip.mp4", frames, range(0, 6000, 250))


@pytest.fixture
def film_case(case, clip):
    actions.add_to_case(case, [str(clip)])
    return case


@pytest.mark.slow
def test_what_was_asked_of_an_index_is_kept_with_the_pictures(film_case, clip, tmp_path):
    actions.index_add(tmp_path / "index", [clip])
    told = actions.seen(clip, tmp_path / "index", out=tmp_path / "out", case=film_case)
    assert told["verdict"] == "seen before"
    report, picture = _log(film_case, "derivation")
    assert (
        report["parameters"]["hashes"] == told["searched"]["hashes"]
        and report["parameters"]["index"] == "index"
    )
    assert picture["child"] == _sha256(tmp_path / "out/match-01.png")
    assert not any(str(tmp_path) in str(facts.get("parameters")) for facts in (report, picture))
    assert _sound(film_case)


@pytest.mark.slow
def test_items_that_go_into_an_index_are_logged_as_opened(film_case, clip, tmp_path):
    given = actions.index_add(tmp_path / "a", [clip], case=film_case, by="quiet-heron")
    unasked = actions.index_add(tmp_path / "b", [film_case / "objects"])
    whole = actions.index_add(tmp_path / "c", [], case=film_case)
    first, second, third = _log(film_case, "access")
    assert first["items"] == [_sha256(clip)] and first["purpose"] == "noonmark index add"
    both = {_sha256(clip), _sha256(EXAMPLES / "roof.jpg")}
    assert set(second["items"]) == set(third["items"]) == both
    assert [t["cases"][0]["items"] for t in (given, unasked, whole)] == [1, 2, 2]
    assert "cases" not in actions.index_add(tmp_path / "d", [clip])
    with pytest.raises(InputError) as caught:
        actions.index_add(tmp_path / "e", [Path(__file__)], case=film_case)
    assert caught.value.code == "no-such-item" and not (tmp_path / "e").exists()
    with pytest.raises(InputError):
        actions.index_add(tmp_path / "f", [])
    assert _sound(film_case)


@pytest.mark.slow
def test_a_case_can_be_asked_whether_it_holds_a_copy_and_forgets_what_is_withdrawn(
    film_case, clip, tmp_path
):
    (tmp_path / "letter.txt").write_text("no film")
    actions.add_to_case(film_case, [str(tmp_path / "letter.txt")])
    sha256 = _sha256(clip)
    assert [
        row["sha256"] for row in actions.seen(clip, film_case)["found"]
    ] == []  # itself is no copy
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes() + bytes([0, 0, 0, 8]) + b"free")
    found = actions.seen(copy, film_case)
    assert [row["sha256"] for row in found["found"]] == [sha256]
    assert len(_log(film_case, "access")) == 1  # indexed once, the letter too
    actions.withdraw_from_case(film_case, sha256, reason="asked for")
    assert actions.seen(copy, film_case)["verdict"] == "not found under these conditions"
    assert sha256 not in (film_case / "index/frames/films.jsonl").read_text()
    assert _sound(film_case)
