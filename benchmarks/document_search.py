"""Search over made-up passages in ten scripts and languages, against brute force.

    python benchmarks/document_search.py [--passages N] [--data ../shared/data/documents/udhr]

50,000 passages or N, seed 7: sentences that a chain of characters of the Universal
Declaration of Human Rights makes up, every twentieth one real. 300 queries, cut from them: words,
prefixes, insides of words, 1 to 6 Chinese characters. The truth is a scan of all folded text, under
our own fold. Latin letters are not given to a language detector here. The last line is the figure.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import sys
import tempfile
import time
import unicodedata
from html import unescape
from pathlib import Path

from noonmark.documents import search_index
from noonmark.documents.fold import fold
from noonmark.documents.language import languages
from noonmark.documents.layers import LayerHead, Page, text_digest

LANGUAGES = {
    "zh": "cmn_hans", "zht": "cmn_hant", "ug": "uig_arab", "ar": "arb", "ru": "rus", "kk": "kaz",
    "my": "mya", "bo": "bod", "tr": "tur", "en": "eng",
}  # fmt: skip
LENGTH = 300


def paragraphs(path: Path) -> list[str]:
    """The paragraphs of a page."""
    found = re.findall(r"<p>(.*?)</p>|<li>(.*?)</li>", path.read_text(encoding="utf-8"), re.S)
    texts = [unescape(re.sub(r"<[^>]+>", "", part)).strip() for pair in found for part in pair]
    return [text for text in texts if text]


def chain(texts: list[str], order: int) -> dict[str, list[str]]:
    """Which characters follow each stretch of so many."""
    after: dict[str, list[str]] = {}
    for text in texts:
        padded = "\x02" * order + text + "\x03"
        for at in range(len(padded) - order):
            after.setdefault(padded[at : at + order], []).append(padded[at + order])
    return after


def made_up(after: dict[str, list[str]], order: int, rng: random.Random, length: int) -> str:
    """A text of about that length."""
    out = ""
    while len(out) < length:
        state = "\x02" * order
        while True:
            sign = rng.choice(after[state])
            if sign == "\x03" or len(out) > 1.3 * length:
                out += " "
                break
            out += sign
            state = (state + sign)[-order:]
    return out.strip()


def passages(data: Path, count: int) -> list[tuple[str, str]]:
    """Language and text of each passage, shuffled."""
    rng, found = random.Random(7), []
    for language, name in LANGUAGES.items():
        texts = paragraphs(data / f"{name}.html")
        chinese = language in ("zh", "zht")
        order, length = (2, LENGTH // 3) if chinese else (4, LENGTH)
        after = chain(texts, order)
        for number in range(count // len(LANGUAGES)):
            real = number % 20 == 0
            text = rng.choice(texts) if real else made_up(after, order, rng, length)
            found.append((language, text))
    rng.shuffle(found)
    return found


def is_letter(sign: str) -> bool:
    """Whether a sign is a letter, a digit or a mark."""
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def queries(texts: list[tuple[str, str]]) -> list[str]:
    """30 queries of each language, cut from its passages."""
    rng, by_language = random.Random(3), {}
    for language, text in texts:
        by_language.setdefault(language, []).append(text)
    found = []
    for language, several in by_language.items():
        for number in range(30):
            found.append(one_query(language, rng.choice(several), number, rng))
    return [query for query in found if query]


def one_query(language: str, text: str, number: int, rng: random.Random) -> str:
    """A piece of a passage, as somebody may ask for it."""
    if language in ("zh", "zht", "my", "bo"):
        length = rng.choice((1, 2, 2, 2, 3, 4, 6) if language.startswith("z") else (2, 3, 4, 6))
        for _ in range(50):
            start = rng.randrange(max(1, len(text) - length))
            cut = text[start : start + length]
            if all(is_letter(sign) for sign in cut) and not unicodedata.combining(cut[0]):
                return cut
        return ""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) >= 4]
    if not words:
        return ""
    word = rng.choice(words)
    shapes = (word, word[: max(3, len(word) - 2)], word[1:-1] if len(word) >= 5 else word)
    return shapes[number % 3]


def built(path: Path, texts: list[tuple[str, str]]) -> tuple[sqlite3.Connection, float]:
    """The index of passages, 100 to a document, and the CPU time of it [s]."""
    groups = [texts[at : at + 100] for at in range(0, len(texts), 100)]
    pages = {
        f"{number:064x}": [Page(at, str(at + 1), text) for at, (_, text) in enumerate(group)]
        for number, group in enumerate(groups)
    }
    heads = [
        LayerHead(item, text_digest(several), "text", "", len(several), 0)
        for item, several in pages.items()
    ]
    began = time.process_time()
    database = search_index.opened(path, heads, lambda head: pages[head.item_sha256], languages)
    return database, time.process_time() - began


def part_bytes(database: sqlite3.Connection) -> tuple[int, int]:
    """The bytes of the pieces, and of the compressed texts beside them."""
    (pieces,) = database.execute("SELECT sum(length(block)) FROM piece_data").fetchone()
    question = "SELECT (SELECT sum(length(text)) FROM folded) + sum(length(original)) FROM page"
    (texts,) = database.execute(question).fetchone()
    return pieces, texts


def main() -> int:
    """Build, ask, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/documents/udhr"))
    args = parser.parse_args()
    if not args.data.is_dir():
        raise SystemExit(f"no texts in {args.data}: give the folder with --data")
    texts = passages(args.data, args.passages)
    raw = sum(len(text.encode()) for _, text in texts)
    asked = queries(texts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.sqlite"
        database, cpu_s = built(path, texts)
        pieces, beside = part_bytes(database)
        size = path.stat().st_size
        folded = [fold(text) for _, text in texts]
        order = {(f"{number // 100:064x}", number % 100): number for number in range(len(texts))}
        recall, precision, took = [], [], []
        for query in asked:
            needle = fold(query.strip())
            truth = {number for number, text in enumerate(folded) if needle in text}
            began = time.process_time()
            rows = search_index.candidates(database, needle)
            took.append((time.process_time() - began) * 1e3)
            places = search_index.places(database, rows)
            got = {order[places[row][0], places[row][1]] for row in rows}
            recall.append(len(got & truth) / max(1, len(truth)))
            precision.append(len(got & truth) / len(got) if got else 1.0)
        database.close()
    took.sort()
    p95 = took[int(0.95 * len(took))]
    print(f"{'passages':<28}{len(texts)}, {raw / 1e6:.1f} MB, {len(asked)} queries")
    print(f"{'pieces / text':<28}{pieces / raw:.2f}   (target .40)")
    print(f"{'texts kept beside / text':<28}{beside / raw:.2f}")
    print(f"{'whole file / text':<28}{size / raw:.2f}")
    print(f"{'CPU to build [s]':<28}{cpu_s:.1f}   (target 22 for 50,000)")
    print(f"{'query [ms] median, p95':<28}{took[len(took) // 2]:.1f}, {p95:.1f}   (target p95 8)")
    mean_recall, mean_precision = sum(recall) / len(recall), sum(precision) / len(precision)
    ok = mean_recall == mean_precision == 1.0 and pieces <= 0.40 * raw and cpu_s <= 22 and p95 <= 8
    print(f"recall {mean_recall:.3f}, precision {mean_precision:.3f}, p95 {p95:.1f} ms")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
