"""Quotations hold in their own text, and are never moved silently into another."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.actions import documents, inquiry_forms, quotations, text_layers
from noonmark.documents import locators
from noonmark.documents.layers import LayerHead, Page, text_digest
from noonmark.errors import InputError

ITEM = "ab" * 32


def head_of(pages, item=ITEM, producer="poppler"):
    return LayerHead(item, text_digest(pages), producer, "", len(pages), 0)


def page_of(index, text):
    columns = np.arange(len(text)) * 1000
    rows = np.stack([columns, columns * 0 + 5, columns + 900, columns * 0 + 15], axis=1)
    return Page(index, str(index + 1), text, rows.astype(np.int32), 10**6, 10**6)


def located(pages, words, page=0):
    start = pages[page].text.index(words)
    return locators.locate_quote(head_of(pages), pages[page], start, start + len(words))


def test_a_quotation_is_exact_in_its_own_text():
    pages = [page_of(0, "before\nthe wall is long\nafter")]
    locator = located(pages, "wall is long")
    assert locators.anchor(locator, head_of(pages), pages).state == locators.EXACT
    assert (locator.prefix, locator.suffix) == ("before\nthe ", "\nafter")
    assert locator.boxes == ((11_000, 5, 22_900, 15),)


def test_each_line_of_a_quotation_has_its_box():
    pages = [page_of(0, "one\ntwo")]
    locator = located(pages, "ne\ntw")
    assert [box[0] for box in locator.boxes] == [1000, 4000]


def test_a_look_alike_is_a_proposal_and_never_exact():
    # check 7: two versions of a page with twin sentences
    old = [page_of(0, "He said yes. She said no."), page_of(1, "He said yes. They left.")]
    new = [page_of(0, "She said no."), page_of(1, "He said yes. They left.")]
    found = locators.anchor(located(old, "He said yes."), head_of(new), new)
    assert found.state == locators.PROPOSAL
    (only,) = found.proposals
    assert only.locator.page == 1 and "another page" in only.why


def test_the_place_between_the_same_words_comes_first():
    old = [page_of(0, "a red door, a green door, a blue door")]
    new = [page_of(0, "a green door and a red door, a green door, a blue door!")]
    locator = locators.locate_quote(head_of(old), old[0], 14, 24)
    found = locators.anchor(locator, head_of(new), new)
    assert locator.quote == "green door" and len(found.proposals) == 2
    assert found.proposals[0].locator.start == new[0].text.rindex("green")
    assert "between the same words" in found.proposals[0].why


def test_words_that_are_gone_are_an_orphan():
    old, new = [page_of(0, "the wall")], [page_of(0, "the gate")]
    found = locators.anchor(located(old, "wall"), head_of(new), new)
    assert (found.state, found.proposals) == (locators.ORPHAN, ())


def test_another_item_is_another_passage():
    pages = [page_of(0, "the wall")]
    found = locators.anchor(located(pages, "wall"), head_of(pages, item="cd" * 32), pages)
    assert found.state == locators.ORPHAN


def test_a_locator_that_was_altered_is_an_orphan_in_its_own_text():
    pages = [page_of(0, "the wall is long")]
    told = located(pages, "wall").as_json() | {"start": 0, "end": 4}
    found = locators.anchor(locators.from_json(told), head_of(pages), pages)
    assert found.state == locators.ORPHAN


def test_spaces_and_joiners_do_not_hide_a_quotation():
    # check 3: OCR sets spaces between Chinese characters and breaks lines
    old = [page_of(0, "招标公告 一")]
    new = [page_of(0, "x 招 标 公\n告 一")]
    found = locators.anchor(located(old, "招标公告"), head_of(new), new)
    (only,) = found.proposals
    assert only.locator.quote == "招 标 公\n告"


def test_a_quotation_over_pages_is_a_locator_for_each():
    # check 8: to the end of a page, and over pages
    pages = [page_of(0, "start of it"), page_of(1, "all of this"), page_of(2, "and the end")]
    found = locators.locators_over(head_of(pages), pages, 6, 3)
    assert [one.quote for one in found] == ["of it", "all of this", "and"]
    assert all(one.boxes for one in found)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-1, 2), (0, 99), (3, 2)])
def test_what_is_no_quotation_is_refused(start, end):
    pages = [page_of(0, "short")]
    with pytest.raises(InputError) as caught:
        locators.locate_quote(head_of(pages), pages[0], start, end)
    assert caught.value.code == "quote-outside"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.data())
def test_every_locator_survives_json_and_is_exact(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    pages = [page_of(0, text)]
    locator = locators.locate_quote(head_of(pages), pages[0], start, end)
    back = locators.from_json(json.loads(json.dumps(locator.as_json())))
    assert back == locator
    assert locators.anchor(back, head_of(pages), pages).state == locators.EXACT


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_each_folded_letter_has_its_place(text):
    folded, places = locators.folded_with_places(text)
    assert len(folded) == len(places) and places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@pytest.fixture
def paper(case, tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text("A notice.\nThe wall is 1200 m long.\n", encoding="utf-8")
    return documents.add_documents(case, [str(path)])["documents"][0]["sha256"]


def test_a_quotation_goes_from_the_case_to_a_file_and_back(case, tmp_path, paper):
    found = quotations.quote(case, paper, "wall  is 1200 m")
    file = tmp_path / "quote.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    assert quotations.anchor_file(case, file)["anchorings"][0]["state"] == "exact"
    # Read again with other text: a proposal, and the file is not touched.
    again = Page(0, "1", "Read anew. The wall is 1200 m long.")
    text_layers.write_layer(case, paper, "text", iter([again]))
    later = quotations.anchor_file(case, file)
    assert later["ok"] and later["anchorings"][0]["state"] == "proposal"
    assert json.loads(file.read_text(encoding="utf-8")) == found


def test_the_same_file_under_another_name_keeps_its_quotations(case, tmp_path, paper):
    # check 10
    found = quotations.quote(case, paper, "wall")
    other = tmp_path / "renamed.txt"
    other.write_bytes((tmp_path / "notice.txt").read_bytes())
    documents.add_documents(case, [str(other)])
    locator = locators.from_json(found["locators"][0])
    assert quotations.anchored(case, locator).state == "exact"


def test_a_quotation_is_written_as_forms_that_an_inquiry_takes(case, tmp_path, paper):
    file = tmp_path / "passage.json"
    forms = quotations.PassageFile(file, "wall", "en")
    found = quotations.quote(case, paper, "wall is", forms=forms)
    typed = inquiry_forms.forms_in_file(str(file))
    places = [(one["at"]["start"], one["at"]["end"], one["at"]["page"]) for one in typed]
    assert places == [(one["start"], one["end"], 1) for one in found["locators"]]
    said = inquiry_forms.say_in_case(case, typed)["said"]
    shown = inquiry_forms.show_said(case, said[0]["id"])
    version = shown["versions"][0]
    assert version["texts"][version["says"]["quote"]] == "wall is"
    with pytest.raises(InputError) as caught:
        quotations.quote(case, paper, "wall is", forms=forms)
    assert caught.value.code == "output-exists"


def test_each_place_of_a_quotation_has_a_name_to_be_cited_by(case, tmp_path, paper):
    file = tmp_path / "passages.json"
    quotations.quote(case, paper, "e", forms=quotations.PassageFile(file, "letter"))
    names = [one["as"] for one in inquiry_forms.forms_in_file(str(file))]
    assert names == ["letter", "letter-2"]


def test_words_that_are_not_there_are_said_to_be(case, paper):
    with pytest.raises(InputError) as caught:
        quotations.quote(case, paper, "gate")
    assert caught.value.code == "quote-not-found"


@pytest.mark.parametrize("told", ['{"locators": [{"quote": "x"}]}', '{"locators": 5}', "{}"])
def test_what_is_no_locator_is_refused(case, tmp_path, told):
    file = tmp_path / "bad.json"
    file.write_text(told, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        quotations.anchor_file(case, file)
    assert caught.value.code == "bad-locator"
