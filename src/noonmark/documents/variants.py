"""Other spellings of a query that are not the same letters: asked for only where the user says so.

``look_alikes`` belongs to the folding and is on by default; ``transliterations`` is off by default,
and each is named. Uyghur goes between its Arabic, Latin and Cyrillic letters, Kazakh between its
Cyrillic, Arabic and two kinds of Latin ones. Where a letter of one script can be two of another,
the commoner is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from noonmark.documents import kazakh_scripts, uyghur_scripts


@dataclass(frozen=True)
class Spelling:
    """Another spelling to ask for, and what kind it is."""

    text: str
    why: str


_LATIN = re.compile("[a-zà-öø-ÿğıńñşūǵ'’ʻ-]+", re.IGNORECASE)
_CYRILLIC = re.compile("[\u0400-\u04ff-]+")
_ARABIC = re.compile("[\u0621-\u06d5]+")
_UYGHUR_ONLY = {"Cyrillic": "җҗ", "Arabic": "ېۈئغخ"}
_KAZAKH_ONLY = {"Cyrillic": "ұыі", "Arabic": "ءٴٵٶٷٸعح"}
_NEITHER = frozenset("ةأإآثذصضطظؤټڈڑں")
"""Letters of Arabic, Pashto and Urdu that neither language writes."""


def look_alikes(query: str) -> tuple[Spelling, ...]:
    """A query with Һ or a Latin H in a Cyrillic word, as the other letter that H can stand for."""
    found = []
    if re.search("[һҺ]", query):
        found.append(query.translate(str.maketrans("һҺ", "нН")))
    if re.search("[\u0400-\u052f]H|H[\u0400-\u052f]", query):
        found.append(query.replace("H", "Һ"))
    return tuple(Spelling(text, "letters of another alphabet that look alike") for text in found)


def transliterations(query: str) -> tuple[Spelling, ...]:
    """A query in the other scripts of Uyghur and Kazakh; none where its letters are of neither."""
    words = query.lower().split()
    if not words:
        return ()
    if all(_LATIN.fullmatch(word) for word in words):
        return _of_latin(words)
    for script, letters in (("Cyrillic", _CYRILLIC), ("Arabic", _ARABIC)):
        if all(letters.fullmatch(word) for word in words):
            return _of_script(words, script)
    return ()


def _of_latin(words: list[str]) -> tuple[Spelling, ...]:
    """Latin words, read as Uyghur and as Kazakh by both of its Latin alphabets."""
    uyghur, kazakh = uyghur_scripts, kazakh_scripts
    cyrillic = {year: [kazakh.of_latin(word, year) for word in words] for year in kazakh.YEARS}
    found = [
        _spelling("Uyghur", "Arabic", [uyghur.arabic_of_latin(word) for word in words]),
        _spelling("Uyghur", "Cyrillic", [uyghur.cyrillic_of_latin(word) for word in words]),
    ]
    for said in cyrillic.values():
        found.append(_spelling("Kazakh", "Cyrillic", said))
        found.append(_spelling("Kazakh", "Arabic", [kazakh.arabic(word) for word in said]))
    return _each_once(found)


def _of_script(words: list[str], script: str) -> tuple[Spelling, ...]:
    """Cyrillic or Arabic words, read as Uyghur and as Kazakh unless a letter belongs to one."""
    letters = set("".join(words))
    is_uyghur = not letters & set(_KAZAKH_ONLY[script])
    is_kazakh = not letters & set(_UYGHUR_ONLY[script])
    if letters & _NEITHER:
        return ()
    found = []
    if is_uyghur:
        found += _uyghur(words, script)
    if is_kazakh:
        found += _kazakh(words, script)
    return _each_once(found)


def _uyghur(words: list[str], script: str) -> list[Spelling]:
    uyghur = uyghur_scripts
    if script == "Arabic":
        latin = [uyghur.latin_of_arabic(word) for word in words]
        cyrillic = [uyghur.cyrillic_of_latin(word) for word in latin]
        return [_spelling("Uyghur", "Latin", latin), _spelling("Uyghur", "Cyrillic", cyrillic)]
    latin = [uyghur.latin_of_cyrillic(word) for word in words]
    arabic = [uyghur.arabic_of_latin(word) for word in latin]
    return [_spelling("Uyghur", "Arabic", arabic), _spelling("Uyghur", "Latin", latin)]


def _kazakh(words: list[str], script: str) -> list[Spelling]:
    kazakh = kazakh_scripts
    found = []
    cyrillic = words
    if script == "Arabic":
        cyrillic = [kazakh.of_arabic(word) for word in words]
        found.append(_spelling("Kazakh", "Cyrillic", cyrillic))
    else:
        found.append(_spelling("Kazakh", "Arabic", [kazakh.arabic(word) for word in words]))
    for year in kazakh.YEARS:
        found.append(_spelling("Kazakh", "Latin", [kazakh.latin(word, year) for word in cyrillic]))
    return found


def _spelling(language: str, script: str, words: list[str]) -> Spelling:
    """Words of which each could be written so; an empty text where one could not."""
    return Spelling(" ".join(words) if all(words) else "", f"{language} in {script} letters")


def _each_once(found: list[Spelling]) -> tuple[Spelling, ...]:
    """Spellings with a text, each text once, with every reason for it."""
    whys: dict[str, list[str]] = {}
    for spelling in found:
        if spelling.text:
            whys.setdefault(spelling.text, []).append(spelling.why)
    return tuple(Spelling(text, " or ".join(dict.fromkeys(why))) for text, why in whys.items())
