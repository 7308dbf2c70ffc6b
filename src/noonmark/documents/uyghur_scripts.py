"""Uyghur words from one script to another: Latin (ULY, 2008), Arabic (1983), Cyrillic (1947).

Latin is the middle: its letters say each sound once. Of the Cyrillic letters, ё, ц, щ, ю and я are
two sounds, and э is е.
"""

from __future__ import annotations

import re

_ARABIC = {
    "zh": "ژ", "ch": "چ", "sh": "ش", "gh": "غ", "ng": "ڭ",
    "a": "ا", "e": "ە", "b": "ب", "p": "پ", "t": "ت", "j": "ج", "x": "خ", "d": "د", "r": "ر",
    "z": "ز", "s": "س", "f": "ف", "q": "ق", "k": "ك", "g": "گ", "l": "ل", "m": "م", "n": "ن",
    "h": "ھ", "o": "و", "u": "ۇ", "ö": "ۆ", "ü": "ۈ", "w": "ۋ", "ë": "ې", "é": "ې", "i": "ى",
    "y": "ي",
}  # fmt: skip
_CYRILLIC = {
    "ya": "я", "yu": "ю", "zh": "ж", "ch": "ч", "sh": "ш", "gh": "ғ", "ng": "ң",
    "a": "а", "e": "ә", "b": "б", "p": "п", "t": "т", "j": "җ", "x": "х", "d": "д", "r": "р",
    "z": "з", "s": "с", "f": "ф", "q": "қ", "k": "к", "g": "г", "l": "л", "m": "м", "n": "н",
    "h": "һ", "o": "о", "u": "у", "ö": "ө", "ü": "ү", "w": "в", "ë": "е", "é": "е", "i": "и",
    "y": "й",
}  # fmt: skip
_LATIN_OF_ARABIC = {arabic: latin for latin, arabic in _ARABIC.items() if latin != "é"}
_LATIN_OF_CYRILLIC = {
    **{cyrillic: latin for latin, cyrillic in _CYRILLIC.items() if latin != "é"},
    "э": "ë", "ё": "yo", "ц": "ts", "щ": "sh", "ы": "i", "ъ": "", "ь": "",
}  # fmt: skip
_VOWELS = "aeouöüëéi"
_UNIT = re.compile("zh|ch|sh|gh|ng|[a-zöüëé]|'")
_OTHER = re.compile("[^a-uw-zöüëé'-]|c(?!h)")
_CYRILLIC_UNIT = re.compile("y[au]|zh|ch|sh|gh|ng|[a-zöüëé]|'|-")


def arabic_of_latin(word: str) -> str:
    """A Latin word in Arabic letters; a vowel that begins a syllable gets its hamza. Empty where a
    letter is none of Uyghur.
    """
    if _OTHER.search(_plain(word)):
        return ""
    out, before = "", ""
    for match in _UNIT.finditer(_plain(word)):
        unit = match[0]
        if unit in _VOWELS and (not before or before in _VOWELS or before == "'"):
            out += "ئ"
        out += _ARABIC.get(unit, "")
        before = unit
    return out


def latin_of_arabic(word: str) -> str:
    """A word in Arabic letters as Latin, in small letters."""
    out = ""
    for sign in word:
        if sign == "ئ":
            out += "'" if out and out[-1].isalpha() and out[-1] not in _VOWELS else ""
        else:
            out += _LATIN_OF_ARABIC.get(sign, sign)
    return out


def cyrillic_of_latin(word: str) -> str:
    """A Latin word in Cyrillic letters; empty where a letter is none of Uyghur."""
    if _OTHER.search(_plain(word)):
        return ""
    units = (match[0] for match in _CYRILLIC_UNIT.finditer(_plain(word)))
    return "".join(_CYRILLIC.get(unit, "") for unit in units)


def latin_of_cyrillic(word: str) -> str:
    """A Cyrillic word as Latin, in small letters."""
    return "".join(_LATIN_OF_CYRILLIC.get(sign, sign) for sign in word.lower())


def _plain(word: str) -> str:
    """A Latin word in small letters, with one apostrophe."""
    return word.lower().replace("’", "'").replace("ʻ", "'")
