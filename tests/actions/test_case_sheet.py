"""The contact sheet of a case: the right bytes are shown, digests and times stand, nothing more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from noonmark.actions import cases
from noonmark.actions.case_intake import Collection, add_to_case
from noonmark.actions.case_items import Held, Made, log_derivation
from noonmark.actions.case_sheet import contact_sheet
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.errors import InputError, OutsideError
from noonmark.evidence.digest import sha256_hex
from noonmark.media import frames
from noonmark.report import item_sheet
from tests.inquiry.typed_forms import CONSENT, account

PHOTO, HIDDEN, SECRET = b"a photo", b"a photo with a box", b"not before the trial"


@pytest.fixture
def opened(monkeypatch) -> list[bytes]:
    """The bytes of every file that was decoded for a sheet; letters can't be."""
    seen: list[bytes] = []

    def first(path: Path, *, longest_px: int | None = None):
        seen.append(path.read_bytes())
        if b"letter" in seen[-1]:
            raise InputError("no picture", code="unknown-file")
        shades = np.full((120, 200, 3), len(seen[-1]), np.uint8)
        return frames.FilmFrame(0, 0.0, shades), 200, 120

    monkeypatch.setattr(frames, "first", first)
    return seen


@pytest.fixture
def case(tmp_path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(PHOTO)
    (tmp_path / "in" / "letter.txt").write_bytes(b"a letter")
    cases.new_case(tmp_path / "case")
    add_to_case(tmp_path / "case", [str(tmp_path / "in")])
    return tmp_path / "case"


def redact(case: Path) -> None:
    """Keep a redacted copy of the photo."""
    held = Held(case, sha256_hex(PHOTO), "dry-elm", "redact", {})
    log_derivation(held, [Made(HIDDEN, "a.png", "redaction")], means="noonmark")


def test_a_sheet_shows_originals_and_the_log_says_that_they_were_opened(case, tmp_path, opened):
    done = contact_sheet(case, tmp_path / "s.pdf", by="dry-elm")
    assert (done["items"], done["pictures"], done["withheld"]) == (2, 1, 0)
    assert sorted(opened) == [b"a letter", PHOTO]
    (entry,) = cases.case_history(case, kind="access")
    assert entry.facts["purpose"] == "noonmark case sheet"
    assert set(entry.facts["items"]) == {sha256_hex(PHOTO), sha256_hex(b"a letter")}


def test_the_same_case_gives_the_same_bytes(case, tmp_path, opened):
    for name in ("one.pdf", "two.pdf"):
        contact_sheet(case, tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    redact(case)
    contact_sheet(case, tmp_path / "three.pdf")
    assert (tmp_path / "one.pdf").read_bytes() != (tmp_path / "three.pdf").read_bytes()


def test_a_redacted_copy_stands_for_its_original_which_is_not_opened(case, tmp_path, opened):
    redact(case)
    done = contact_sheet(case, tmp_path / "s.pdf")
    assert done["items"] == 2
    assert sorted(opened) == [b"a letter", HIDDEN]
    cases.withdraw_from_case(case, sha256_hex(PHOTO), reason="asked to")
    opened.clear()
    assert contact_sheet(case, tmp_path / "later.pdf")["items"] == 1
    assert opened == [b"a letter"]


def test_what_an_agreement_stops_is_left_out_and_counted(case, tmp_path, opened):
    pytest.importorskip("pyrage", reason="pyrage is not installed")
    from noonmark.evidence import age, sources
    from noonmark.evidence.vault import open_vault

    with open_vault(case, write=True) as vault:
        alias = sources.add(
            vault,
            "Somebody of Somewhere",
            consent="in writing",
            restriction="not before the trial",
            recipients=[age.new_identity()[1]],
        )
    (tmp_path / "secret.mp4").write_bytes(SECRET)
    add_to_case(case, [str(tmp_path / "secret.mp4")], collection=Collection(source=alias))
    done = contact_sheet(case, tmp_path / "s.pdf")
    assert (done["items"], done["withheld"]) == (2, 1)
    assert SECRET not in opened


def test_wrong_endings_names_that_are_taken_and_unknown_items_are_refused(case, tmp_path, opened):
    (tmp_path / "taken.pdf").write_bytes(b"mine")
    for out, only, code in (
        ("s.png", (), "usage"),
        ("taken.pdf", (), "output-exists"),
        ("s.pdf", ("0" * 64,), "no-such-item"),
    ):
        with pytest.raises(InputError) as caught:
            contact_sheet(case, tmp_path / out, only=only)
        assert caught.value.code == code
    assert (tmp_path / "taken.pdf").read_bytes() == b"mine" and opened == []
    assert contact_sheet(case, tmp_path / "one.pdf", only=[sha256_hex(PHOTO)])["items"] == 1


def test_a_decoder_that_fails_costs_only_its_picture(case, tmp_path, monkeypatch):
    def first(*_, **__):
        raise OutsideError("the decoder died", code="decoder-died")

    monkeypatch.setattr(frames, "first", first)
    assert contact_sheet(case, tmp_path / "s.pdf")["pictures"] == 0
    cases.new_case(tmp_path / "empty")
    assert contact_sheet(tmp_path / "empty", tmp_path / "empty.pdf")["items"] == 0
    assert (tmp_path / "empty.pdf").read_bytes().startswith(b"%PDF-")


def test_names_of_any_script_and_length_stay_on_the_page():
    drawn = []
    for name in ("名前 صورة " * 30 + ".jpg", "x" * 400 + ".jpg"):
        drawn.append(item_sheet._fitting(name, item_sheet._NAME, item_sheet._LEFT, keep_end=True))
    width = item_sheet.PAGE_PX[0] - item_sheet._MARGIN - item_sheet._LEFT
    assert all(item_sheet.text_width_px(text, item_sheet._NAME) <= width for text in drawn)
    assert all(text.endswith(".jpg") for text in drawn)
    assert item_sheet.grouped("ab" * 32).split() == ["abababab"] * 8
    items = [item_sheet.SheetItem("a", "0" * 64, (), ("t",) * 9, None)] * 8
    assert item_sheet.item_sheet_pdf("t", (), items).count(b"/Type/Page/") == 2


def test_an_item_whose_source_agreed_to_words_alone_is_left_out(case, tmp_path, opened):
    """A sheet is a paper that is handed on: what an export refuses is not on it."""
    told = account("quiet-heron", "@c", items=[sha256_hex(PHOTO)])
    say_in_case(case, [CONSENT | {"as": "c"}, told], by="quiet-desk")
    done = contact_sheet(case, tmp_path / "s.pdf")
    assert (done["items"], done["withheld"]) == (1, 1)
    assert PHOTO not in opened
