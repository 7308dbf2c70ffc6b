"""Builds src/noonmark/documents/fold_table.json: which letters a search takes for one another.

    python builders/fold_table.py [--measure ZH_HANS.html ZH_HANT.html]

Marks and digits come from Python's unicodedata, letters from the rows here, traditional characters
from han_rows.py. unicodedata knows no traditional and simplified forms, so those were typed; what
is missing can be counted against two versions of one text with ``--measure``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from html import unescape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from han_rows import pairs

OUT = Path(__file__).parent.parent / "src" / "noonmark" / "documents" / "fold_table.json"

# Marks that readers leave out: Latin, Greek, Cyrillic, Hebrew, Arabic, Syriac. Those of Indic,
# Thai, Tibetan, Burmese and Khmer are letters, and so are the two of kana (U+3099, U+309A).
OPTIONAL_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F),
    (0x0670, 0x0670), (0x06D6, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x08CA, 0x08FF),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip

# One letter family a row: the first stands for all.
FAMILIES = """
ا ٱ ٲ ٳ ٵ
ي ى ی ے ٸ ئ ۓ
ك ک ڪ ګ
ه ە ھ ہ ة ۀ ۂ ۃ ﻪ
و ؤ ٶ
i ı
l ł
o ø
d đ
h ħ
t ŧ
' ‘ ’ ʼ ʻ ʹ ′ ` ´ ʾ ʿ ‛ ＇
" “ ” „ ‟ « » ″
- ‐ ‑ ‒ – — ― − ﹘ ﹣
་ ༌
ར ཪ
民 ⺠
"""
SPELT = {"œ": "oe", "æ": "ae", "þ": "th", "ð": "d"}


def optional(sign: str) -> bool:
    """Whether a sign is a mark that readers leave out."""
    place = ord(sign)
    known = any(first <= place <= last for first, last in OPTIONAL_MARKS)
    return known and unicodedata.category(sign) in ("Mn", "Me")


def marks() -> dict[str, str]:
    """Each letter with such marks as the bare letter, and each mark as nothing."""
    found = {}
    for place in range(0xA0, 0x20000):
        sign = chr(place)
        if unicodedata.category(sign) in ("Cn", "Co", "Cs") or 0xAC00 <= place <= 0xD7A3:
            continue
        apart = unicodedata.normalize("NFD", sign)
        bare = "".join(each for each in apart if not optional(each))
        if bare != apart and unicodedata.normalize("NFC", bare) != sign:
            found[sign] = unicodedata.normalize("NFC", bare)
    return found


def digits() -> dict[str, str]:
    """Each decimal digit of another script as the ASCII one."""
    found = {}
    for place in range(0x80, 0x20000):
        value = unicodedata.decimal(chr(place), None)
        if value is not None:
            found[chr(place)] = str(value)
    return found


def letters() -> dict[str, str]:
    """Each letter of a family as the one that stands for it."""
    rows = [row.split() for row in FAMILIES.split("\n") if row.strip()]
    return {other: row[0] for row in rows for other in row[1:]} | SPELT


def measure(simplified: Path, traditional: Path) -> str:
    """How many signs of two versions of a text still differ once the rows are applied."""
    texts = [_articles(path) for path in (simplified, traditional)]
    rows = pairs()
    differ = left = 0
    for number, text in texts[0].items():
        other = texts[1].get(number, "")
        if len(text) == len(other):
            apart = [(a, b) for a, b in zip(text, other, strict=True) if a != b]
            differ += len(apart)
            left += sum(rows.get(b, b) != a for a, b in apart)
    return f"{differ} signs differ between the two versions, {left} after folding"


def _articles(path: Path) -> dict[str, str]:
    """The text of each numbered article of a page, punctuation and spaces left out."""
    page = path.read_text(encoding="utf-8")
    found = re.findall(r'<article data-number="(\d+)">(.*?)</article>', page, re.S)
    bare = {n: unescape(re.sub(r"<h2>.*?</h2>|<[^>]+>", "", body, flags=re.S)) for n, body in found}
    return {n: re.sub(r"[\W_]+", "", text) for n, text in bare.items()}


def main() -> int:
    """Write the table, or measure its rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", nargs=2, type=Path)
    args = parser.parse_args()
    if args.measure:
        print(measure(*args.measure))
        return 0
    table = {"marks": marks(), "digits": digits(), "letters": letters(), "han": pairs()}
    text = json.dumps(table, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    OUT.write_text(text + "\n", encoding="ascii")
    print({kind: len(rows) for kind, rows in table.items()}, OUT.stat().st_size, "bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
