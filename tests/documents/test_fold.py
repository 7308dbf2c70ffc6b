from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from noonmark.documents import grams
from noonmark.documents.fold import KINDS, TOLD, fold, folded_map, kinds_between
from noonmark.documents.uyghur_scripts import arabic_of_latin, latin_of_arabic
from noonmark.documents.variants import look_alikes
from tests.documents.variant_pairs import APART, NEW_PAIRS

LETTERS = st.text(
    alphabet=st.one_of(
        st.sampled_from("aBcHkр СУПһҺё́招標公告 \n-­​パパﾊﾟ قاﻻئـْ١မြွှ၁་བཙོུ1\r.\"*'"),
        st.characters(),
    ),
    max_size=40,
)


@given(LETTERS)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(LETTERS)
def test_the_map_folds_to_the_same_text_and_stays_inside_the_original(text):
    mapped = folded_map(text)
    assert mapped.text == fold(text)
    assert len(mapped.starts) == len(mapped.ends) == len(mapped.text)
    for start, end in zip(mapped.starts, mapped.ends, strict=True):
        assert 0 <= start < end <= len(text)


@given(LETTERS, st.sets(st.sampled_from(KINDS)))
def test_the_map_is_the_same_with_kinds_left_out(text, without):
    left_out = frozenset(without)
    assert folded_map(text, left_out).text == fold(text, left_out)


@given(LETTERS, st.data())
def test_every_piece_of_a_substring_is_a_piece_of_the_text_or_begins_one(text, data):
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    part = folded[start : data.draw(st.integers(start, len(folded)))]
    pieces = grams.pieces(folded).split(" ")
    for term in grams.expression(part).split(" AND "):
        if term.endswith(" *"):
            assert any(piece.startswith(term[1:-3]) for piece in pieces)
        elif term:
            assert term[1:-1] in pieces


def test_at_least_ninety_of_a_hundred_new_pairs_fold_alike():
    alike = [
        fold(one) in fold(f"aaa {other} ccc") and fold(other) in fold(f"aaa {one} ccc")
        for _, _, one, other in NEW_PAIRS
    ]
    assert len(alike) == 100
    assert sum(alike) >= 90


def test_other_words_stay_apart():
    for _, one, other in APART:
        assert fold(one) != fold(other)


def test_each_kind_of_folding_is_named_and_can_be_left_out():
    assert set(TOLD) == set(KINDS)
    before = {"zawgyi"}  # read before the folding: test_scripts.py
    seen = {
        "case": ("Приказ", "приказ"), "forms": ("Ａ", "A"), "invisible": ("公\u200b安", "公安"),
        "marks": ("отчёт", "отчет"), "digits": ("٤٥", "45"), "letters": ("مكتب", "مکتب"),
        "han": ("監控", "监控"), "spaces": ("监 控", "监控"), "hyphens": ("surveil-\nlance",
        "surveillance"), "look-alikes": ("прикaз", "приказ"),
    }  # fmt: skip
    assert set(seen) == set(KINDS) - before
    for kind, (one, other) in seen.items():
        assert fold(one) == fold(other)
        assert fold(one, frozenset((kind,))) != fold(other, frozenset((kind,)))
        assert kind in kinds_between(one, other)
    assert kinds_between("same", "same") == ()


def test_marks_that_are_letters_stay():
    for word in ("ရဲ", "ข้าว", "काल", "ཁོང"):
        assert len(fold(word)) == len(unicodedata.normalize("NFKC", word))


def test_a_latin_capital_h_in_a_cyrillic_word_is_asked_for_as_both_letters():
    assert [spelling.text for spelling in look_alikes("Hижра")] == ["Һижра"]
    assert [fold(spelling.text) for spelling in look_alikes("Һижра")] == [fold("Нижра")]
    assert look_alikes("Москва") == ()


def test_uyghur_goes_to_its_other_script_and_back():
    for latin, arabic in (
        ("qamaq", "قاماق"), ("ürümchi", "ئۈرۈمچى"), ("mektep", "مەكتەپ"), ("terbiye", "تەربىيە"),
        ("hoquq", "ھوقۇق"), ("ademning", "ئادەمنىڭ"),
    ):  # fmt: skip
        assert fold(arabic_of_latin(latin)) == fold(arabic)
        assert latin_of_arabic(arabic) == latin


def test_a_text_of_ascii_alone_folds_as_its_signs_do_among_others():
    for place in range(128):
        assert fold(chr(place) + "\u9fa5") == fold(chr(place)) + "\u9fa5"
