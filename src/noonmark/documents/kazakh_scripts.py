"""Kazakh words from one script to another: Cyrillic, Arabic (1924, used in China), Latin.

Cyrillic is the middle. Latin has two alphabets, of 2018 (á, ǵ, ý; sh, ch) and of 2021 (ä, ğ, ū;
ş). The Arabic script marks a word of front vowels by a hamza before it, unless к, г or е is in it.
"""

from __future__ import annotations

import re

YEARS = (2021, 2018)
_ARABIC = {
    "а": "ا", "ә": "ا", "б": "ب", "в": "ۆ", "г": "گ", "ғ": "ع", "д": "د", "е": "ە", "ё": "يو",
    "ж": "ج", "з": "ز", "и": "ي", "й": "ي", "к": "ك", "қ": "ق", "л": "ل", "м": "م", "н": "ن",
    "ң": "ڭ", "о": "و", "ө": "و", "п": "پ", "р": "ر", "с": "س", "т": "ت", "у": "ۋ", "ұ": "ۇ",
    "ү": "ۇ", "ф": "ف", "х": "ح", "һ": "ھ", "ц": "تس", "ч": "چ", "ш": "ش", "щ": "شش", "ы": "ى",
    "і": "ى", "э": "ە", "ю": "يۋ", "я": "يا",
}  # fmt: skip
_HAMZA = "ءٴ"
_OF_ARABIC = {
    "ا": "а", "ٵ": "ә", "ب": "б", "ۆ": "в", "گ": "г", "ع": "ғ", "د": "д", "ە": "е", "ج": "ж",
    "ز": "з", "ي": "и", "ك": "к", "ق": "қ", "ل": "л", "م": "м", "ن": "н", "ڭ": "ң", "و": "о",
    "ٶ": "ө", "پ": "п", "ر": "р", "س": "с", "ت": "т", "ۋ": "у", "ۇ": "ұ", "ٷ": "ү", "ف": "ф",
    "ح": "х", "ھ": "һ", "چ": "ч", "ش": "ш", "ى": "ы", "ٸ": "і",
}  # fmt: skip
_FRONT = str.maketrans("аоұы", "әөүі")
_LATIN = {
    2021: dict(zip("аәбвгғдежзийкқлмнңоөпрстуұүфхһшчыіэ", "aäbvgğdejziikqlmnñoöprstuūüfhhşçyıe",
    strict=True)),
    2018: dict(zip("аәбвгғдежзийкқлмнңоөпрстуұүфхһыіэ", "aábvgǵdejzııkqlmnńoóprstýuúfhhyie",
    strict=True)) | {"ш": "sh", "ч": "ch"},
}  # fmt: skip
_MORE = {"ё": "io", "ю": "iu", "я": "ia", "ц": "ts", "щ": "shsh", "ъ": "", "ь": ""}
_OF_LATIN = {
    2021: dict(zip("aäbvgğdejzikqlmnñoöprstuūüfhşçyıxwc", "аәбвгғдежзикқлмнңоөпрстуұүфхшчыіхуц",
    strict=True)),
    2018: dict(zip("aábvgǵdejzıkqlmnńoóprstýuúfhyixwc", "аәбвгғдежзикқлмнңоөпрстуұүфхыіхуц",
    strict=True)) | {"sh": "ш", "ch": "ч"},
}  # fmt: skip
_UNIT = {2021: re.compile("."), 2018: re.compile("[sc]h|.")}


def arabic(word: str) -> str:
    """A Cyrillic word in Arabic letters."""
    front = set(word) & set("әөүі") and not set(word) & set("кгеэ")
    said = "".join(_ARABIC.get(sign, sign if sign in "-" else "") for sign in word.lower())
    return f"ء{said}" if front else said


def of_arabic(word: str) -> str:
    """A word in Arabic letters as Cyrillic."""
    front = word[:1] in _HAMZA or set(word) & set("كگە")
    said = "".join(_OF_ARABIC.get(sign, "") for sign in word)
    said = said.replace("иа", "я").replace("иу", "ю")
    return said.translate(_FRONT) if front else said


def latin(word: str, year: int) -> str:
    """A Cyrillic word in the Latin letters of that year."""
    letters = _LATIN[year] | _MORE
    return "".join(letters.get(sign, sign) for sign in word.lower())


def of_latin(word: str, year: int) -> str:
    """A word in the Latin letters of that year as Cyrillic; empty where a letter is none of it."""
    letters = _OF_LATIN[year] | {"-": "-"}
    units = [match[0] for match in _UNIT[year].finditer(word.lower())]
    if not all(unit in letters for unit in units):
        return ""
    said = "".join(letters[unit] for unit in units)
    return said.replace("иа", "я").replace("иу", "ю")
