"""Folding for search: texts that a reader takes for the same words come out as the same string.

``fold`` is fast; ``folded_map`` gives the same string with the place of each sign in the original.
Each kind of folding has a name, can be left out, and is told for each hit.

What is folded: Unicode NFKC and case folding (Unicode Standard Annex 15; chapter 5.18), then the
rows of fold_table.json (``builders/fold_table.py``), then spaces and hyphens of a line's end.
Marks of Burmese, Tibetan, Thai and Indic scripts and of kana are letters and stay.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

KINDS = (
    "case", "forms", "invisible", "marks", "digits", "letters", "han", "spaces", "hyphens",
    "look-alikes", "zawgyi",
)  # fmt: skip
"""What can be left out, by name; "zawgyi" is read before the folding (:mod:`zawgyi`)."""
TOLD = {
    "case": "capital and small letters",
    "forms": "presentation, full-width or composed forms",
    "invisible": "signs that show nothing",
    "marks": "marks on letters",
    "digits": "digits of another script",
    "letters": "letters of one family",
    "han": "traditional and simplified characters",
    "spaces": "spaces or line ends",
    "hyphens": "a hyphen",
    "look-alikes": "letters of another alphabet that look alike",
    "zawgyi": "Burmese in the code of Zawgyi",
}
NOTHING: frozenset[str] = frozenset()

OF_SYLLABLES = (
    "\u0e01-\u0e2e\u0e30-\u0e4e\u0e81-\u0ece\u0f00-\u0f03\u0f18-\u0f33\u0f35-\u0f39\u0f3e-\u0fbc"
    "\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17dc-\u17e9"
)
OF_CHARACTERS = (
    "\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u309f\u30a1-\u30fa"
    "\u30fc-\ua4cf\uf900-\ufaff\U00020000-\U0003fffd"
)
"""Scripts whose words are not parted by spaces, as the inside of a regular expression's class:
Thai, Lao, Tibetan, Burmese and Khmer, several signs to a syllable; Chinese, kana and Yi.
"""
UNSPACED = OF_SYLLABLES + OF_CHARACTERS
_JOINED = UNSPACED + "\u0f0b"
_INVISIBLE = re.compile(
    r"\u00ad(?:[^\S\n]*\r?\n\s*)?"
    "|[\u0640\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_LETTER = r"[^\W\d_]"
_HYPHENS = re.compile(rf"[-\u2010\u2011](?<={_LETTER}.)(?:[^\S\n]*\r?\n\s*)?(?={_LETTER})")
_UNSPACED = re.compile(f"[{_JOINED}]")
_UNSPACED_GAP = re.compile(rf"(?<=[{_JOINED}])\s+(?=[{_JOINED}])")
_GAP = re.compile(r"\s{2,}|[^\S ]")
_HALVES = re.compile("[\ud800-\udfff\x00]")
_MIXED = re.compile(
    "[A-Za-z\u0400-\u052f]*(?:[A-Za-z][\u0400-\u052f]|[\u0400-\u052f][A-Za-z])"
    "[A-Za-z\u0400-\u052f]*"
)
_TWO_ALPHABETS = (re.compile("[\u0400-\u052f]"), re.compile("[A-Za-z]"))
_CYRILLIC = str.maketrans("ABCEHIKMOPTXYaceikmoptxyh", "АВСЕНІКМОРТХУасеікмортхуһ")
_MEDIALS = re.compile("[\u103b-\u103e]{2,}")
_COMPOSING = frozenset(
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e"
    "\u1b35\U0001133e\U00011357\U000114b0\U000114bd\U000115af\U00011930"
)
"""Signs of combining class 0 that join with what stands before them, beside those of Hangul."""

Replacement = Callable[[re.Match[str]], str] | str


@dataclass(frozen=True)
class FoldedText:
    """A folded text, and for each sign of it where its original begins and ends."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(
        self,
        start: int,
        end: int,
    ) -> tuple[int, int]:
        """The stretch of the original that a stretch of the folded text stands for."""
        return self.starts[start], self.ends[end - 1]


def fold(
    text: str,
    without: frozenset[str] = NOTHING,
) -> str:
    """The text as it is compared in a search; ``without`` names kinds to leave out."""
    if text.isascii() and not without:
        text = text.replace("\0", "\ufffd").replace("`", "'").casefold()
        return _GAP.sub(" ", _HYPHENS.sub("", text))
    for pattern, replacement in _before(without):
        text = pattern.sub(replacement, text)
    if "forms" not in without:
        text = unicodedata.normalize("NFKC", text)
    if "look-alikes" not in without:
        text = _without_look_alikes(text)
    if "case" not in without:
        text = text.casefold()
    text = text.translate(_table(without))
    if "look-alikes" not in without:
        text = _without_look_alikes(text)
    spaced = _UNSPACED.search(text) is None
    for pattern, replacement in _after(without):
        if not (spaced and pattern is _UNSPACED_GAP):
            text = pattern.sub(replacement, text)
    return text


def _without_look_alikes(text: str) -> str:
    """Words of two alphabets in one, where there are any."""
    return _MIXED.sub(_unmixed, text) if _has_two_alphabets(text) else text


def _has_two_alphabets(text: str) -> bool:
    """Tell quickly whether a word of two alphabets can stand in a text; looking for one is slow."""
    return all(pattern.search(text) for pattern in _TWO_ALPHABETS)


def folded_map(
    text: str,
    without: frozenset[str] = NOTHING,
) -> FoldedText:
    """The same as :func:`fold`, with the place of each sign in the original."""
    mapped = FoldedText(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    for pattern, replacement in _before(without):
        mapped = _substituted(mapped, pattern, replacement)
    if "forms" not in without and not unicodedata.is_normalized("NFKC", mapped.text):
        mapped = _by_parts(mapped, _parts(mapped.text), _nfkc)
    if "look-alikes" not in without and _has_two_alphabets(mapped.text):
        mapped = _substituted(mapped, _MIXED, _unmixed)
    if "case" not in without:
        mapped = _by_signs(mapped, str.casefold)
    table = _table(without)
    mapped = _by_signs(mapped, lambda sign: sign.translate(table))
    if "look-alikes" not in without and _has_two_alphabets(mapped.text):
        mapped = _substituted(mapped, _MIXED, _unmixed)
    for pattern, replacement in _after(without):
        mapped = _substituted(mapped, pattern, replacement)
    return mapped


def kinds_between(
    original: str,
    query: str,
) -> tuple[str, ...]:
    """The kinds of folding without which two texts would not be the same; none if they are."""
    if original == query:
        return ()
    return tuple(
        kind
        for kind in KINDS
        if fold(original, frozenset((kind,))) != fold(query, frozenset((kind,)))
    )


@functools.cache
def _before(without: frozenset[str]) -> tuple[tuple[re.Pattern[str], Replacement], ...]:
    """What is replaced before the forms are unified."""
    halves = (_HALVES, "\ufffd")
    return (halves,) if "invisible" in without else (halves, (_INVISIBLE, ""))


@functools.cache
def _after(without: frozenset[str]) -> tuple[tuple[re.Pattern[str], Replacement], ...]:
    """What is replaced once the letters are folded."""
    steps: list[tuple[re.Pattern[str], Replacement]] = []
    if "hyphens" not in without:
        steps.append((_HYPHENS, ""))
    if "letters" not in without:
        steps.append((_MEDIALS, _sorted))
    if "spaces" not in without:
        steps += [(_UNSPACED_GAP, ""), (_GAP, " ")]
    return tuple(steps)


def _unmixed(match: re.Match[str]) -> str:
    """A word of two alphabets in Cyrillic letters, as far as they look alike."""
    return match[0].translate(_CYRILLIC)


def _sorted(match: re.Match[str]) -> str:
    """Burmese medials in the order of Unicode."""
    return "".join(sorted(match[0]))


@functools.cache
def _rows() -> dict[str, dict[str, str]]:
    """The rows of each kind, as shipped."""
    path = resources.files("noonmark.documents") / "fold_table.json"
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="ascii"))
    return found


@functools.cache
def _table(without: frozenset[str]) -> dict[int, str]:
    """All rows in one table, each taken as far as the others lead."""
    kept = {
        kind: str.maketrans(dict(rows)) for kind, rows in _rows().items() if kind not in without
    }
    signs = {place for rows in kept.values() for place in rows}
    table = {}
    for place in signs:
        sign, last = chr(place), ""
        while sign != last:
            last = sign
            for rows in kept.values():
                sign = sign.translate(rows)
            if "case" not in without:
                sign = sign.casefold()
        table[place] = sign
    return table


def _nfkc(part: str) -> str:
    """The compatibility form of a part."""
    return unicodedata.normalize("NFKC", part)


def _parts(text: str) -> list[str]:
    """The text cut where no sign can join with the one before it (NFKC of parts is NFKC)."""
    parts: list[str] = []
    for sign in text:
        if parts and not sign.isascii() and _joins(sign):
            parts[-1] += sign
        else:
            parts.append(sign)
    return parts


@functools.lru_cache(20_000)
def _joins(sign: str) -> bool:
    """Whether a sign may join with the one before it."""
    first = unicodedata.normalize("NFKD", sign)[0]
    vowel_or_final = 0x1160 <= ord(first) <= 0x11FF
    return vowel_or_final or first in _COMPOSING or unicodedata.combining(first) > 0


def _by_parts(
    mapped: FoldedText,
    parts: list[str],
    change: Callable[[str], str],
) -> FoldedText:
    """Each part changed; what comes out of a part stands for the whole of it."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for part in parts:
        until = at + len(part)
        changed = change(part)
        out.append(changed)
        if len(changed) == len(part):
            starts += mapped.starts[at:until]
            ends += mapped.ends[at:until]
        else:
            starts += [mapped.starts[at]] * len(changed)
            ends += [mapped.ends[until - 1]] * len(changed)
        at = until
    return FoldedText("".join(out), tuple(starts), tuple(ends))


def _by_signs(mapped: FoldedText, change: Callable[[str], str]) -> FoldedText:
    """Each sign changed by itself.

    A page holds few different signs, so each is changed once and looked up. Where none becomes
    longer, shorter or nothing, the places stay as they are: that is so for nearly every page, and
    is what makes a search quick.
    """
    changed = {sign: change(sign) for sign in set(mapped.text)}
    new = [changed[sign] for sign in mapped.text]
    if any(len(sign) != 1 for sign in changed.values()):
        return _by_parts(mapped, list(mapped.text), changed.__getitem__)
    return FoldedText("".join(new), mapped.starts, mapped.ends)


def _substituted(
    mapped: FoldedText, pattern: re.Pattern[str], replacement: Replacement
) -> FoldedText:
    """A substitution that keeps the map.

    The text is cut at the matches: what stands between two of them is a part that stays as it is,
    copied in one go with its places; each match is a part that becomes its replacement, and what
    comes out of it stands for the whole match.
    """
    parts: list[str] = []
    changed: list[str] = []
    at = 0
    for match in pattern.finditer(mapped.text):
        before = mapped.text[at : match.start()]
        parts.append(before)
        changed.append(before)
        parts.append(match[0])
        changed.append(replacement if isinstance(replacement, str) else replacement(match))
        at = match.end()
    if not parts:
        return mapped
    rest = mapped.text[at:]
    parts.append(rest)
    changed.append(rest)
    news = iter(changed)
    return _by_parts(mapped, parts, lambda _: next(news))
