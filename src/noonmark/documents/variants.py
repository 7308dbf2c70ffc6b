"""Other spellings of a query that are not the same letters: asked for only where the user says so.

``look_alikes`` belongs to the folding and is on by default; ``transliterations`` is off by default.
The table of Uyghur is that of Uyghur Latin (ULY) beside the Arabic script in use since 1983.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARABIC_OF = {
    "zh": "ژ", "ch": "چ", "sh": "ش", "gh": "غ", "ng": "ڭ",
    "a": "ا", "e": "ە", "b": "ب", "p": "پ", "t": "ت", "j": "ج", "x": "خ", "d": "د", "r": "ر",
    "z": "ز", "s": "س", "f": "ف", "q": "ق", "k": "ك", "g": "گ", "l": "ل", "m": "م", "n": "ن",
    "h": "ھ", "o": "و", "u": "ۇ", "ö": "ۆ", "ü": "ۈ", "w": "ۋ", "ë": "ې", "é": "ې", "i": "ى",
    "y": "ي",
}  # fmt: skip
_LATIN_OF = {arabic: latin for latin, arabic in _ARABIC_OF.items() if latin != "é"}
_VOWELS = "aeouöüëéi"
_UNIT = re.compile("zh|ch|sh|gh|ng|[a-zöüëé]|'")
_LATIN_WORD = re.compile("[a-zöüëé'’]+", re.IGNORECASE)
_ARABIC_WORD = re.compile("[\u0621-\u06d5]+")
_OF_UYGHUR = frozenset("ۇۆۈۋېەڭ")


@dataclass(frozen=True)
class Spelling:
    """Another spelling to ask for, and what kind it is."""

    text: str
    why: str


def look_alikes(query: str) -> tuple[Spelling, ...]:
    """A query with Һ or a Latin H in a Cyrillic word, as the other letter that H can stand for."""
    found = []
    if re.search("[һҺ]", query):
        found.append(query.translate(str.maketrans("һҺ", "нН")))
    if re.search("[\u0400-\u052f]H|H[\u0400-\u052f]", query):
        found.append(query.replace("H", "Һ"))
    return tuple(Spelling(text, "letters of another alphabet that look alike") for text in found)


def transliterations(query: str) -> tuple[Spelling, ...]:
    """A query in Uyghur Latin as Uyghur Arabic, and the other way round; none for other letters."""
    words = query.split()
    if words and all(_LATIN_WORD.fullmatch(word) for word in words):
        return (Spelling(uyghur_arabic(query), "Uyghur in Arabic letters"),)
    if words and all(_ARABIC_WORD.fullmatch(word) for word in words) and _OF_UYGHUR & set(query):
        return (Spelling(uyghur_latin(query), "Uyghur in Latin letters"),)
    return ()


def uyghur_arabic(latin: str) -> str:
    """Uyghur Latin in the Arabic script; a vowel that begins a syllable gets its hamza."""
    return _LATIN_WORD.sub(lambda match: _arabic_word(match[0]), latin)


def _arabic_word(word: str) -> str:
    out, before = "", ""
    for match in _UNIT.finditer(word.lower().replace("’", "'")):
        unit = match[0]
        if unit in _VOWELS and (not before or before in _VOWELS or before == "'"):
            out += "ئ"
        out += _ARABIC_OF.get(unit, "")
        before = unit
    return out


def uyghur_latin(arabic: str) -> str:
    """Uyghur in Arabic letters as Uyghur Latin, in small letters."""
    out = ""
    for sign in arabic:
        if sign == "ئ":
            out += "'" if out and out[-1].isalpha() and out[-1] not in _VOWELS else ""
        else:
            out += _LATIN_OF.get(sign, sign)
    return out
