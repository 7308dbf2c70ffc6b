"""Words in another script or code: what is asked for, what is found, what the hit says."""

from __future__ import annotations

import pytest

from noonmark.documents import zawgyi
from noonmark.documents.fold import fold
from noonmark.documents.search import TextQuery, find, spellings
from noonmark.documents.variants import transliterations
from tests.documents.script_pairs import KAZAKH, UYGHUR, ZAWGYI, pairs
from tests.documents.test_search import _opened


def test_at_least_ninety_of_a_hundred_pairs_of_scripts_are_found():
    found = []
    for query, text in pairs():
        asked = spellings(TextQuery(query, variants=True))
        ready = fold(f"aaa {zawgyi.readable(text)} ccc")
        found.append(any(fold(spelling.text) in ready for spelling in asked))
    assert len(found) == 100
    assert sum(found) >= 90


def test_a_hit_in_another_script_says_which(tmp_path):
    arabic, latin, cyrillic = UYGHUR[0]
    database = _opened(tmp_path / "s", {"a" * 64: [arabic, cyrillic, KAZAKH[0][1]]})
    assert find(database, TextQuery(latin)).pages == 0
    hits = find(database, TextQuery(latin, variants=True)).shown
    assert [(hit.quote, hit.why[0]) for hit in hits] == [
        (arabic, "Uyghur in Arabic letters or Kazakh in Arabic letters"),
        (cyrillic, "Uyghur in Cyrillic letters"),
    ]
    (hit,) = find(database, TextQuery("Қазақстан", variants=True)).shown
    assert (hit.quote, hit.page) == (KAZAKH[0][1], 2)
    assert "Kazakh in Arabic letters" in hit.why[0]


@pytest.mark.parametrize("query", ["police", "Victoria", "ürümçi", "السجن المركزي", "東京", "x1"])
def test_a_word_that_a_script_can_not_spell_is_not_asked_for_in_it(query):
    told = {spelling.why for spelling in transliterations(query)}
    assert not any("Uyghur in Arabic" in why for why in told)


def test_zawgyi_is_found_by_unicode_and_the_other_way_round(tmp_path):
    unicode, code = ZAWGYI[3]
    texts = [f"aa {code} bb\n{ZAWGYI[4][1]}", f"aa {unicode} bb"]
    database = _opened(tmp_path / "s", {"a" * 64: texts})
    first, second = find(database, TextQuery(unicode)).shown
    assert (first.quote, first.why) == (code, ("Burmese in the code of Zawgyi",))
    assert texts[0][slice(*first.offsets[0])] == code
    assert (second.quote, second.why) == (unicode, ())
    by_code = find(database, TextQuery(code)).shown
    assert [hit.page for hit in by_code] == [0, 1]
    assert first.language == second.language == "my"


def test_zawgyi_can_be_left_out_and_exact_finds_what_is_typed(tmp_path):
    unicode, code = ZAWGYI[3]
    database = _opened(tmp_path / "s", {"a" * 64: [f"{code} {ZAWGYI[4][1]}", unicode]})
    for query, pages in (
        (TextQuery(unicode, without=frozenset(("zawgyi",))), [1]),
        (TextQuery(unicode, exact=True), [1]),
        (TextQuery(code, exact=True), [0]),
    ):
        assert [hit.page for hit in find(database, query).shown] == pages


def test_unicode_is_never_taken_for_zawgyi_and_shan_is_left_alone():
    for unicode, code in ZAWGYI:
        assert zawgyi.readable(unicode) == unicode
        assert zawgyi.in_unicode(code) != code
    shan = "လိၵ်ႈတႆး မႂ်ႇသုင်"
    assert zawgyi.readable(shan) == shan
    assert zawgyi.readable("no Burmese, 無緬文") == "no Burmese, 無緬文"


def test_the_map_of_zawgyi_stays_inside_the_original():
    text = "x " + " ".join(code for _, code in ZAWGYI) + " \u1031\u103b"
    mapped = zawgyi.unicode_map(text)
    assert mapped.text == zawgyi.in_unicode(text)
    assert len(mapped.text) == len(mapped.starts) == len(mapped.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(mapped.starts, mapped.ends, strict=True))
