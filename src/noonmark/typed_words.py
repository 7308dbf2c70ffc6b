"""Signs and words of dates and angles in the scripts that people write in.

Digits, commas and colons of any script, the marks that a right-to-left text carries along when it
is copied, and the names of months and halves of a day in Arabic, Burmese, Chinese, Japanese,
Korean, Russian and Uyghur. The page has the same tables (frontend/src/ui/typed_words.ts).
"""

from __future__ import annotations

from collections.abc import Iterable

# Every name of a month, by language; Arabic and Russian have two sets. An alef is written bare.
MONTHS: tuple[tuple[str, ...], ...] = (
    (
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ),
    (
        "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь",
        "октябрь", "ноябрь", "декабрь",
    ),
    (
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
        "октября", "ноября", "декабря",
    ),
    (
        "يناير", "فبراير", "مارس", "ابريل", "مايو", "يونيو", "يوليو", "اغسطس", "سبتمبر",
        "اكتوبر", "نوفمبر", "ديسمبر",
    ),
    (
        "كانون الثاني", "شباط", "اذار", "نيسان", "ايار", "حزيران", "تموز", "اب", "ايلول",
        "تشرين الاول", "تشرين الثاني", "كانون الاول",
    ),
    (
        "ဇန်နဝါရီ", "ဖေဖော်ဝါရီ", "မတ်", "ဧပြီ", "မေ", "ဇွန်", "ဇူလိုင်", "ဩဂုတ်", "စက်တင်ဘာ",
        "အောက်တိုဘာ", "နိုဝင်ဘာ", "ဒီဇင်ဘာ",
    ),
)  # fmt: skip

BEFORE_NOON = ("am", "上午", "午前", "오전", "ص", "چۈشتىن بۇرۇن")
AFTER_NOON = ("pm", "下午", "午後", "오후", "م", "چۈشتىن كېيىن")

# The sides of the world behind or before an angle, as patterns.
SIDES = {
    r"с\.?\s?ш\.?|北[纬緯]|북위|شمالاً|شمال": "N",
    r"ю\.?\s?ш\.?|南[纬緯]|남위|جنوباً|جنوب": "S",
    r"в\.?\s?д\.?|[东東][经經経]|동경|شرقاً|شرق": "E",
    r"з\.?\s?д\.?|西[经經経]|서경|غرباً|غرب": "W",
}

_SIGNS = {
    "\u2212": "-",
    "\u066b": ".",
    "\u066c": "'",
    "\u060c": ",",
    "\u104a": ",",
    "\u061b": ";",
    "\uff0d": "-",
    "\uff0f": "/",
    "\uff0e": ".",
    "\uff0c": ",",
    "\u3001": ",",
    "\uff1a": ":",
    "\uff1b": ";",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u3000": " ",
    # An alef with a hamza or a madda, which many write without.
    "\u0622": "\u0627",
    "\u0623": "\u0627",
    "\u0625": "\u0627",
    # Marks of direction and marks without width, which nobody sees.
    **dict.fromkeys("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e", ""),
    **dict.fromkeys("\u2066\u2067\u2068\u2069\ufeff", ""),
}


def plain_signs(text: str) -> str:
    """A text whose digits are ASCII, whose signs are those of a keyboard, without unseen marks."""
    if text.isascii():
        return text
    # Loaded for the texts that need it: the program starts without.
    from unicodedata import decimal, normalize

    signs = []
    for sign in normalize("NFC", text):
        value = decimal(sign, None)
        signs.append(_SIGNS.get(sign, sign) if value is None else str(value))
    return "".join(signs)


def month_number(word: str) -> int | None:
    """The number, from 1, of a month by its name or at least three of its first letters."""
    return number_of(word, *MONTHS)


def number_of(word: str, *lists: tuple[str, ...]) -> int | None:
    """The number, from 1, of the name that a word is or, with three letters or more, begins."""
    short = word.lower().rstrip(".")
    hits = set()
    for names in lists:
        if short in names:
            return names.index(short) + 1
        for number, name in enumerate(names, 1):
            if len(short) >= 3 and name.startswith(short):
                hits.add(number)
    return hits.pop() if len(hits) == 1 else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that one may have been meant to be."""
    import difflib  # only on the way to an error: 5 ms

    found = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.75)
    return found[0] if found else None
