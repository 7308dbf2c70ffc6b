"""Whether a text for the log repeats something of an identity: names in any script, and numbers.

Names are bent by grammar and joined to other words, so a word is compared by its stem, scripts
without spaces by pieces of two or three signs, and digits of every script by their value. That
guards against a mistake, not against an attack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\u00b7\u00a0\u202f\u2009"
_BETWEEN_DIGITS = re.compile(rf"(?<=[0-9])[ ()./+{_DASHES}-]+(?=[0-9])")
_WORD = re.compile(r"[^\W_]+")
_PIECES = {"CJK": 2, "HANGUL": 2, "HIRAGANA": 3, "KATAKANA": 3, "THAI": 4, "LAO": 4, "KHMER": 4}
_PIECES |= {"MYANMAR": 4, "ETHIOPIC": 3}
"""Scripts whose words are not parted by spaces, or are joined to particles: how many signs tell."""
_PREFIXES = {
    "ARABIC": re.compile("^(?:[وف]?(?:ال|لل|[بلكس](?:ال)?)?)"),
    "HEBREW": re.compile("^[והבלמשכ]{1,2}"),
}
_ARABIC = str.maketrans({"ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ـ": None})
_TELLING_DIGITS = 6
_SHORT_WORDS = """
ad ai al am an ar as at au be by da de di do dr du ed eg el en er es et eu ex go he hi id ie
if il in is it la le me mr ms mt my no nr of oh ok on or os ou pc pm re se so st te to tv uk
un up us va we
"""
_SHORT = frozenset(_SHORT_WORDS.split())
_COMMON = """
about after agreed also and are asked because been before born but call camp can capital center
centre city contact country date day district does email for from given gave had has have held her
here him his into its journalist known live lived lives mail man may met mobile month more name
named near nephew new not nurse officer old one only other our person phone police published said
same school she sister signal since soldier some son source street taken talk teacher telegram
telephone than that the their them then there these they this till time town two under unknown
until use via video village was week were what when where which while whatsapp who wife will with
without witness woman work worked works would year years you your
телефон номер источник живет работает город улица имя адрес почта она они его был была
هاتف رقم اسم من في على الى مدينه شارع يعيش يعمل مصدر عنوان
telefono nombre calle ciudad vive trabaja nom rue ville telephone adresse strasse stadt name
"""
COMMON = frozenset(_COMMON.split())


def repeats(identity: str, text: str) -> bool:
    """Whether a text holds a word, a piece of a name, or a number of the identity."""
    secret, said = _plain(identity), _plain(text)
    return (
        bool(_numbers(secret) & _numbers(said))
        or _names_match(secret, said)
        or bool(_short_names(identity) & _short_names(text))
        or bool(_pairs(secret) & _pairs(said))
    )


def _plain(text: str) -> str:
    """A text without case, accents and vowel marks, its digits in ASCII, one form a letter."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = (sign for sign in folded if not unicodedata.category(sign).startswith("M"))
    digits = "".join(_digit(sign) for sign in kept)
    return unicodedata.normalize("NFC", digits).translate(_ARABIC)


def _digit(sign: str) -> str:
    """A digit of any script in ASCII; any other sign as it is."""
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _numbers(plain: str) -> set[str]:
    """Every six digits in a row, the spaces and dashes of a telephone number aside."""
    joined = _BETWEEN_DIGITS.sub("", plain)
    runs = re.findall(r"[0-9]{6,}", joined)
    ends = _TELLING_DIGITS
    return {run[at : at + ends] for run in runs for at in range(len(run) - ends + 1)}


def _script(word: str) -> str:
    """The script of a word, by the Unicode name of its first letter."""
    return unicodedata.name(word[0], "OTHER").split(" ")[0]


def _words(plain: str) -> Iterator[tuple[str, str]]:
    """Script and text of each word that is no number and no common word, parted by script."""
    for whole in _WORD.findall(plain):
        for word in _runs_of_one_script(whole):
            if not word.isdigit() and word not in COMMON:
                yield _script(word), word


def _runs_of_one_script(word: str) -> list[str]:
    """A word cut where the script changes, as between a name and a particle in Japanese."""
    runs: list[str] = []
    for sign in word:
        if runs and _script(runs[-1][-1]) == _script(sign):
            runs[-1] += sign
        else:
            runs.append(sign)
    return runs


def _names_match(secret: str, said: str) -> bool:
    """Whether a word of a text may be a form of a word of the identity."""
    stems: dict[str, set[str]] = {}
    pieces: set[str] = set()
    for script, word in _words(secret):
        if script in _PIECES:
            pieces |= _cut(word, _PIECES[script])
        elif len(word) >= 3:
            stems.setdefault(script, set()).update(_without_prefix(script, word))
    for script, word in _words(said):
        if script in _PIECES:
            if pieces & _cut(word, _PIECES[script]):
                return True
            continue
        forms = _without_prefix(script, word)
        for stem in stems.get(script, ()):
            if any(_is_form(stem, form, script) for form in forms):
                return True
    return False


def _cut(word: str, length: int) -> set[str]:
    """The pieces of so many signs; a shorter word of two signs or more is one piece."""
    if len(word) <= length:
        return {word} if len(word) > 1 else set()
    return {word[at : at + length] for at in range(len(word) - length + 1)}


def _without_prefix(script: str, word: str) -> set[str]:
    """A word, and what is left of it without the particles that its script joins in front."""
    prefix = _PREFIXES.get(script)
    forms = {word}
    if prefix is not None:
        rest = prefix.sub("", word, count=1)
        forms |= {rest, word[1:], word[2:]}
    return {form for form in forms if len(form) >= 3}


def _is_form(name: str, word: str, script: str) -> bool:
    """Whether a word may be a name in another case: its stem, and an ending of a few letters."""
    if name == word:
        return True
    cut = 0 if len(name) < 4 else 1 if len(name) < 7 else 2
    if script in ("LATIN", "ARABIC", "HEBREW"):
        cut = min(cut, 1) if len(name) >= 5 else 0
    stem = name[: len(name) - cut]
    longest = len(name) + (3 if len(name) > 3 else 1)
    return len(name) > 3 and word.startswith(stem) and len(word) <= longest


def _short_names(text: str) -> set[str]:
    """Words of two letters that are written as names are: Li, Bo, Wu."""
    found = re.findall(r"\b[^\W\d_]{2}\b", unicodedata.normalize("NFC", text))
    return {word for word in found if word.istitle() and word.casefold() not in _SHORT}


def _pairs(plain: str) -> set[frozenset[str]]:
    """Neighbouring words of which one is short: "li bo", in either order."""
    words = _WORD.findall(plain)
    return {
        frozenset(pair)
        for pair in pairwise(words)
        if min(map(len, pair)) == 2 and not _SHORT & set(pair) and not COMMON & set(pair)
    }
