from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from noonmark.documents import search_index
from noonmark.documents.fold import fold
from noonmark.documents.language import languages
from noonmark.documents.layers import LayerHead, Page, text_digest
from noonmark.documents.search import AROUND, TextQuery, find, whole_words
from noonmark.errors import InputError

WORDS = """
招标公告 自由 自 由来 监控 建设项目 qamaq police park. ADR-016 СУП CУП приказ قاماق مەكتەپ حقوق
ရန်ကုန် བོད་ལྗོངས x ok 2018 ٢٠١٨ パリ ハリ ガラス 수용소 प्रदेश 𝜎 𠀀 " NEAR( * don't
""".split()  # noqa: SIM905


def _heads(texts: dict[str, list[str]]) -> tuple[list[LayerHead], dict[str, list[Page]]]:
    pages = {
        item: [Page(at, str(at + 1), text) for at, text in enumerate(several)]
        for item, several in texts.items()
    }
    heads = [
        LayerHead(item, text_digest(several), "text", "", len(several), 0)
        for item, several in pages.items()
    ]
    return heads, pages


def _opened(path: Path, texts: dict[str, list[str]]) -> sqlite3.Connection:
    heads, pages = _heads(texts)
    return search_index.opened(path, heads, lambda head: pages[head.item_sha256], languages)


def _passages(seed: int, count: int) -> dict[str, list[str]]:
    rng = random.Random(seed)
    glue = (" ", "", "\n", ", ", "。")
    return {
        f"{number:064x}": [
            "".join(rng.choice(WORDS) + rng.choice(glue) for _ in range(rng.randrange(1, 12)))
            for _ in range(3)
        ]
        for number in range(count)
    }


def test_hits_equal_brute_force_on_the_folded_text(tmp_path):
    texts = _passages(7, 40)
    database = _opened(tmp_path / "search.sqlite", texts)
    ready = {item: [fold(text) for text in several] for item, several in texts.items()}
    rng = random.Random(3)
    queries = [*WORDS, "自由 ok", "招 标", "k", "rk", "-016", "園", "."]
    for several in list(texts.values())[:20]:
        start = rng.randrange(len(several[0]))
        queries.append(several[0][start : start + rng.randrange(1, 8)])
    for words in queries:
        if not fold(words).strip():
            continue
        folded = fold(words.strip())
        truth = {
            (item, at)
            for item, several in ready.items()
            for at, text in enumerate(several)
            if folded in text
        }
        hits = find(database, TextQuery(words), most=1000)
        assert {(hit.item, hit.page) for hit in hits.shown} == truth, words
        assert hits.pages == len(truth)
        for hit in hits.shown[:5]:
            text = texts[hit.item][hit.page]
            assert all(fold(text[start:end]) == folded for start, end in hit.offsets)


def test_a_damaged_or_old_index_is_made_again(tmp_path):
    path = tmp_path / "search.sqlite"
    path.write_bytes(b"not a database" * 200)
    database = _opened(path, {"a" * 64: ["招标公告"]})
    assert find(database, TextQuery("公告")).pages == 1


def test_an_index_that_grew_gives_what_one_made_anew_gives(tmp_path):
    texts = _passages(5, 12)
    grown = tmp_path / "grown.sqlite"
    names = list(texts)
    random.Random(1).shuffle(names)
    for upto in (2, 7, 12):
        database = _opened(grown, {name: texts[name] for name in names[:upto]})
        database.close()
    one, other = sqlite3.connect(grown), _opened(tmp_path / "anew.sqlite", texts)
    assert search_index.digest(one) == search_index.digest(other)
    for words in WORDS:
        assert find(one, TextQuery(words), most=100) == find(other, TextQuery(words), most=100)


def test_a_text_that_went_leaves_nothing_in_the_file(tmp_path):
    path = tmp_path / "search.sqlite"
    _opened(path, {"a" * 64: ["plain words"], "b" * 64: ["zyxwvut secret"]}).close()
    database = _opened(path, {"a" * 64: ["plain words"]})
    assert find(database, TextQuery("zyxwvut")).pages == 0
    assert b"zyx" not in path.read_bytes()


def test_a_failure_on_the_way_leaves_the_old_index(tmp_path):
    path = tmp_path / "search.sqlite"
    _opened(path, {"a" * 64: ["one"]}).close()
    heads, _ = _heads({"a" * 64: ["one"], "b" * 64: ["two"]})

    def broken(head):
        yield Page(0, "1", "two")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        search_index.opened(path, heads, broken, languages)
    database = _opened(path, {"a" * 64: ["one"]})
    assert find(database, TextQuery("one")).pages == 1
    assert find(database, TextQuery("two")).pages == 0


def test_exact_finds_only_what_was_typed(tmp_path):
    texts = {"a" * 64: ["прикaз", "Приказ", "приказ"]}
    database = _opened(tmp_path / "s", texts)
    assert find(database, TextQuery("приказ")).pages == 3
    assert [hit.page for hit in find(database, TextQuery("приказ", exact=True)).shown] == [2]
    told = [hit.why for hit in find(database, TextQuery("приказ")).shown]
    assert told[0] == ("letters of another alphabet that look alike",)
    assert told[2] == ()
    left_out = TextQuery("приказ", without=frozenset(("case",)))
    assert [hit.page for hit in find(database, left_out).shown] == [0, 2]


def test_transliterations_are_off_by_default_and_named(tmp_path):
    database = _opened(tmp_path / "s", {"a" * 64: ["تۈرمە قاماق"]})
    assert find(database, TextQuery("qamaq")).pages == 0
    (hit,) = find(database, TextQuery("qamaq", variants=True)).shown
    assert hit.quote == "قاماق"
    assert hit.why[0] == "Uyghur in Arabic letters or Kazakh in Arabic letters"


def test_a_language_can_be_asked_for(tmp_path):
    database = _opened(tmp_path / "s", {"a" * 64: ["مەكتەپ 2018", "学校 2018"]})
    assert [hit.page for hit in find(database, TextQuery("2018", language="zh")).shown] == [1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (TextQuery(""), "query-empty"),
        (TextQuery(" \u200b"), "query-empty"),
        (TextQuery("a" * 1001), "query-too-long"),
        (TextQuery("a", without=frozenset(("vowels",))), "unknown-kind-of-variant"),
    ],
)
def test_a_query_that_asks_nothing_is_refused(tmp_path, query, code):
    database = _opened(tmp_path / "s", {"a" * 64: ["a"]})
    with pytest.raises(InputError) as caught:
        find(database, query)
    assert caught.value.code == code


def test_nul_and_half_of_a_surrogate_pair_are_no_trouble(tmp_path):
    database = _opened(tmp_path / "s", {"a" * 64: ["one\0two three"]})
    assert find(database, TextQuery("three")).pages == 1
    assert find(database, TextQuery("\udc00\ud800")).pages == 0


def test_what_stands_around_a_hit_is_whole_words(tmp_path):
    names = ["harbour", "wall", "lot"] * 40
    text = " ".join(f"{name}{number}" for number, name in enumerate(names))
    with _opened(tmp_path / "index", {"a" * 64: [text]}) as index:
        (hit,) = find(index, TextQuery("lot59")).shown
    words = hit.before.split(), hit.after.split()
    assert all(words) and {*words[0], *words[1]} <= set(text.split())
    assert AROUND - 20 <= len(hit.before) <= AROUND and AROUND - 20 <= len(hit.after) <= AROUND
    assert hit.before + hit.quote + hit.after in text


@pytest.mark.parametrize("text", ["墙" * 90, "x" * 90, "", "short"])
def test_where_no_space_is_near_the_cut_stays(text):
    assert whole_words(text, min(5, len(text)), min(70, len(text))) == (
        min(5, len(text)),
        min(70, len(text)),
    )
