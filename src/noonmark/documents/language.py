"""The language of a text, told by its letters; of Latin letters by pycld2 where that is installed.

The rules are ours, from the alphabets of the languages. Where the letters fit two languages the
answer is "": not known, rather than a neighbour. Nothing here tells a dialect, or who wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

SAMPLE = 1000
"""Characters of a text that are looked at."""

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("latin", "A-Za-z\u00aa-\u024f\u1e00-\u1eff"),
    ("cyrillic", "\u0400-\u052f"),
    ("arabic", "\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"),
    ("han", "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"),
    ("kana", "\u3041-\u30ff"),
    ("hangul", "\u1100-\u11ff\uac00-\ud7a3"),
    ("burmese", "\u1000-\u109f"),
    ("tibetan", "\u0f00-\u0fff"),
    ("hebrew", "\u0590-\u05ff"),
    ("el", "\u0370-\u03ff"),
    ("ka", "\u10a0-\u10ff"),
    ("hy", "\u0530-\u058f"),
    ("th", "\u0e01-\u0e4e"),
    ("lo", "\u0e81-\u0edf"),
    ("km", "\u1780-\u17ff"),
)
_SCRIPT_OF = [(name, re.compile(f"[{letters}]")) for name, letters in _SCRIPTS]


class _ScriptCodes(dict[int, str]):
    """For each sign one letter that stands for its script, found when first asked for."""

    def __missing__(
        self,
        place: int,
    ) -> str:
        sign, code = chr(place), "-"
        for number, (_, letters) in enumerate(_SCRIPT_OF):
            if letters.match(sign):
                code = chr(ord("a") + number)
        self[place] = code
        return code


_CODES = _ScriptCodes()
_OWN_SCRIPT = ("el", "ka", "hy", "th", "lo", "km")
# Letters that settle it, tried in order: a language, letters one of which must be there, letters
# none of which may be.
_CYRILLIC = (
    ("kk", "ұ", ""), ("tg", "ӣӯҷ", ""), ("uz", "ў", "іыэ"), ("be", "ў", ""), ("ug", "җ", "іъ"),
    ("tt", "җ", ""), ("ba", "ҙҫҡ", ""), ("uk", "їєґ", "ы"), ("sr", "ђћ", ""), ("mk", "ѓќѕ", ""),
    ("kk", "әғқ", "җҳҷ"), ("", "ҳҷғқ", ""), ("ky", "ң", "әғқіһҗ"),
)  # fmt: skip
_ARABIC = (
    ("ckb", "ێڕڵڤ", ""), ("ug", "ۇۆۈېڭ", ""), ("ug", "ە", "ںے"), ("ur", "ٹڈڑےں", ""),
    ("ps", "ښګړځڅډټڼۍ", ""), ("sd", "ڳڄڃڻڪ", ""), ("fa", "پچگژ", "ة"),
)  # fmt: skip
_OF_RUSSIAN = re.compile(
    r"(?:ую|ого|его|ому|ему|ый|ой|ий|ых|ым|ие|ия|ию|ться|ется|ются|ость|ости|ью|ешь|ает|ют)\b"
    r"|что|этот"
)
_NOT_RUSSIAN = re.compile(
    r"\b(?:жана|менен|же|бир|деп|бул|ва|аз|дар|бо|ки|хам|бу|та|се|со|који|је|съм|ще|със|към)\b"
)
_OF_BULGARIAN = re.compile(
    r"\b(?:съм|ще|със|към|във|бъде|има|се|от|или)\b|[а-я](?:ът|ите|ата|ото)\b"
)
_OF_KYRGYZ = re.compile(r"ң|\b(?:жана|менен|бир|ар|болуп|үчүн)\b|укук")
_OF_MONGOLIAN = re.compile(r"(?:ийн|ын|тэй|тай|той)\b|\bнь\b|эрх|\bхүн")
_OF_ARABIC = re.compile("\\bال|ة|\\b(?:في|من|على|إلى|أن|لا|كل|هذا|أو|عن|حق)\\b|[أإ]|ى\\b")
_OF_PERSIAN = re.compile("[ک\u06cc]|\\b(?:است|را|از|به|در|که|این)\\b")
_OTHER_BURMESE = re.compile("[\u1022\u1028\u1033-\u1035\u105a-\u109f]")
_TURKISH, _NOT_TURKISH = re.compile("[ığşİ]"), re.compile("[əñțăŭ]")
_UYGHUR_LATIN = re.compile(
    r"gh|q(?![u’']|$)|é|(?:ning|lar|ler|liri|lik|liq|ush|ish|mu|din|tin|ni|da|de|gha|ge|idu|ydu)\b"
    r"|\b(?:we|bilen|üchün|hemme|bolup)\b"
)
_SMALL_WORDS = {
    "en": "the of and to in is with or has shall for his by from no as on be that this which",
    "es": "el los las y una del con por para su sus al lo en es un que ni tiene toda se la de o a",
    "pt": "o os as e uma do da dos das com por para seu sua em não ao à tem toda que ou um no na",
    "fr": "le les des et une du avec par pour sa ses au aux en est un que qui ni dans la de ou a",
    "it": "il gli e una di del della che con per non è nel alla ogni un la i o sua suo le ha",
    "de": "der die das und mit von zu den dem ein eine ist oder hat auf für im nicht sich jeder",
    "nl": "de het een en van met voor op is niet heeft zijn of te in door ieder aan dat",
    "ca": "el els les i una del amb per la seva té tota en que de o un al dels",
    "gl": "o os as e unha do da dos das con por para seu súa en non ao ten toda que ou",
    "ro": "și de la cu pentru are orice sau în din nu este o un prin ale care",
    "tr": "ve bir her bu ile için veya hakkı da de olan vardır ya",
    "id": "yang dan di dengan untuk atau dari setiap orang berhak atas dalam tidak pada",
    "uz": "va har bir bilan uchun yoki ham bu shu inson ega bo‘lgan",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}

Latin = Callable[[Sequence[str]], list[str]]
"""The languages of texts in Latin letters, "" where not known."""


def none_known(texts: Sequence[str]) -> list[str]:
    """What is said of Latin letters where pycld2 is not installed."""
    return [""] * len(texts)


def languages(
    texts: Sequence[str],
    latin: Latin = none_known,
) -> list[str]:
    """The language of each text as a code of ISO 639-1 (ckb has none), "" where not known."""
    samples = [text[:SAMPLE].lower() for text in texts]
    found = [_by_letters(sample) for sample in samples]
    open_ones = [at for at, language in enumerate(found) if language == "latin"]
    if open_ones:
        told = latin([texts[at][:SAMPLE] for at in open_ones])
        for at, language in zip(open_ones, told, strict=True):
            found[at] = language
    return found


def _by_letters(text: str) -> str:
    """The language of a text in small letters; "latin" where its letters say no more."""
    codes = text.translate(_CODES)
    counts = {name: codes.count(chr(ord("a") + at)) for at, (name, _) in enumerate(_SCRIPTS)}
    counts["han"] += counts["kana"]
    script = max(counts, key=lambda name: counts[name])
    if not counts[script]:
        return ""
    if script in _OWN_SCRIPT:
        return script
    if script in ("han", "kana"):
        return "ja" if 10 * counts["kana"] > counts["han"] else "zh"
    rules: dict[str, Callable[[str], str]] = {
        "cyrillic": _cyrillic, "arabic": _arabic, "burmese": _burmese, "latin": _latin,
        "hebrew": _hebrew, "tibetan": lambda _: "bo", "hangul": lambda _: "ko",
    }  # fmt: skip
    return rules[script](text)


def _by_table(
    text: str,
    table: tuple[tuple[str, str, str], ...],
) -> str | None:
    """What the table says; None where no row fits."""
    there = set(text)
    for language, needed, barred in table:
        if there & set(needed) and not there & set(barred):
            return language
    return None


def _cyrillic(text: str) -> str:
    settled = _by_table(text, _CYRILLIC)
    if settled is not None:
        return settled
    if set(text) & set("іїјљњѓќћђџўү"):
        return "kk" if "і" in text and set(text) & set("әғқңөұүһ") else ""
    if set(text) & set("өү"):
        if _OF_KYRGYZ.search(text):
            return "ky"
        return "mn" if _OF_MONGOLIAN.search(text) else ""
    russian = len(_OF_RUSSIAN.findall(text)) + 2 * bool(set(text) & set("ыэё"))
    russian += bool(re.search("ь[^оі]", text))
    bulgarian = len(_OF_BULGARIAN.findall(text)) + 2 * len(re.findall("ъ[^еёюя]", text))
    if bulgarian > russian and not set(text) & set("ыэё"):
        return "bg" if bulgarian >= 3 else ""
    return "ru" if russian >= 2 + 2 * len(_NOT_RUSSIAN.findall(text)) else ""


def _arabic(text: str) -> str:
    settled = _by_table(text, _ARABIC)
    if settled is not None:
        return settled
    if _OF_PERSIAN.search(text):
        return "fa"
    return "ar" if _OF_ARABIC.search(text) else ""


def _burmese(text: str) -> str:
    return "" if _OTHER_BURMESE.search(text) else "my"


def _hebrew(text: str) -> str:
    return "yi" if re.search("[\u05f0-\u05f2]|אַ|אָ", text) else "he"


def _latin(text: str) -> str:
    of_uyghur = _UYGHUR_LATIN.findall(text)
    if (
        {"gh", "q"} & set(of_uyghur)
        and len(set(of_uyghur)) >= 3
        and not re.search("[og]['‘ʻ]", text)
    ):
        return "ug"
    if _TURKISH.search(text) and not _NOT_TURKISH.search(text):
        return "tr"
    words = set(re.findall(r"[^\W\d_]+", text))
    scores = sorted((len(words & of), language) for language, of in _WORDS_OF.items())
    (second, _), (most, language) = scores[-2:]
    return language if most >= 3 and most >= second + 2 else "latin"
