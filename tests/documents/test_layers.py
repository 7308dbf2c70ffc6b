"""Text layers: what is written is read back, and what is damaged is said to be."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.actions import new_case, text_layers
from noonmark.documents import layers
from noonmark.documents.layers import Page
from noonmark.errors import EvidenceError, InputError

ITEM = "ab" * 32
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def _pages(draw):
    text = draw(_TEXTS)
    row = st.lists(st.integers(-(2**31), 2**31 - 1), min_size=4, max_size=4)
    rows = draw(st.lists(row, min_size=1, max_size=3))
    boxes = np.array([rows[i % len(rows)] for i in range(len(text))], np.int32).reshape(-1, 4)
    return Page(draw(st.integers(0, 10**6)), draw(_TEXTS), text, boxes, 595_000, 842_000)


def _same(a: Page, b: Page) -> bool:
    plain = replace(a, boxes=None) == replace(b, boxes=None)
    return plain and np.array_equal(a.boxes, b.boxes)


@given(st.lists(_pages(), max_size=4))
def test_pages_are_read_back_as_they_were(pages):
    file = io.BytesIO(layers.packed(pages[:2]) + layers.packed(pages[2:]))
    back = list(layers.unpacked(file))
    assert all(_same(a, b) for a, b in zip(pages, back, strict=True))


def test_the_digest_tells_where_a_page_ends():
    one = [Page(0, "1", "ab"), Page(1, "2", "c")]
    other = [Page(0, "1", "a"), Page(1, "2", "bc")]
    assert layers.text_digest(one) != layers.text_digest(other)


def test_the_same_pages_make_the_same_bytes():
    pages = [Page(0, "i", "x", meta={"b": 1, "a": [2]})]
    assert layers.packed(pages) == layers.packed(pages)


@pytest.mark.parametrize(
    "line",
    [
        b"no",
        b"[]",
        b'{"index":0}',
        b'{"index":0,"label":"","text":"ab","boxes":[[1]]}',
        b'{"index":0,"label":"","text":"ab","boxes":"AAAA"}',
        b'{"index":0,"label":"","text":"a","boxes":"no base64"}',
    ],
)
def test_a_damaged_page_is_named(line):
    with pytest.raises(InputError) as caught:
        layers.page_of(line)
    assert caught.value.code == "text-layer-damaged"


def test_cut_pages_are_named():
    data = layers.packed([Page(0, "1", "long " * 500)])
    with pytest.raises(InputError) as caught:
        list(layers.unpacked(io.BytesIO(data[:-20])))
    assert caught.value.code == "text-layer-damaged"


def test_a_layer_of_a_case_is_written_and_found(tmp_path):
    case = tmp_path / "case"
    new_case(case)
    pages = [Page(0, "i", "one"), Page(1, "ii", " ")]
    head = text_layers.write_layer(case, ITEM, "text", iter(pages), notes=["a note"])
    assert (head.pages, head.without_text, head.notes) == (2, 1, ("a note",))
    assert head.text_sha256 == layers.text_digest(pages)
    assert list(text_layers.heads(case)) == [head]
    assert text_layers.read_layer(case, head).pages == tuple(pages)
    again = text_layers.write_layer(case, ITEM, "text", iter(pages[:1]))
    assert list(text_layers.heads(case)) == [again]


def test_a_layer_that_fails_half_way_leaves_the_old_one(tmp_path):
    case = tmp_path / "case"
    new_case(case)
    head = text_layers.write_layer(case, ITEM, "text", iter([Page(0, "1", "old")]))

    def broken():
        yield Page(0, "1", "new")
        raise InputError("no", code="x")

    with pytest.raises(InputError):
        text_layers.write_layer(case, ITEM, "text", broken())
    assert text_layers.read_layer(case, head).pages[0].text == "old"


def test_a_link_in_place_of_the_texts_is_refused(tmp_path):
    case = tmp_path / "case"
    new_case(case)
    (tmp_path / "elsewhere").mkdir()
    (case / "documents").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EvidenceError) as caught:
        text_layers.write_layer(case, ITEM, "text", iter([]))
    assert caught.value.code == "case-link"


def test_a_withdrawal_takes_the_text_too(tmp_path):
    from noonmark.actions import add_to_case, withdraw_from_case

    case = tmp_path / "case"
    new_case(case)
    paper = tmp_path / "paper.txt"
    paper.write_text("what was said", encoding="utf-8")
    item = add_to_case(case, [str(paper)]).added[0]["sha256"]
    text_layers.write_layer(case, item, "text", iter([Page(0, "1", "what was said")]))
    withdraw_from_case(case, item, reason="asked for")
    assert list(text_layers.heads(case)) == []
    assert not (case / "documents" / item).exists()
