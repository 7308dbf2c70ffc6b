"""The words that releases are held to, by language: what no evidence can show, words of likelihood
and of confidence, and phrases that say that sources confirm something.

Arabic is compared without vowel signs, Chinese without borders of words. Lists are short on
purpose: a word that is often innocent is left out, because a rule that cries wolf is lifted unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNLIKE = "the likelihood in words"


@dataclass(frozen=True)
class LanguageRules:
    """The rules of one language. ``confirm`` has a group ``count`` and a group ``sources``.

    ``counts`` gives the number that a word stands for; a plural without one says two.
    """

    forbidden: tuple[tuple[re.Pattern[str], str], ...]
    likelihood: re.Pattern[str]
    confidence: re.Pattern[str]
    confirm: re.Pattern[str]
    counts: dict[str, int]
    one: re.Pattern[str]
    """What ``sources`` looks like where it is a single source."""


def _words(pattern: str) -> re.Pattern[str]:
    """A pattern that stands between borders of words."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _either(counts: dict[str, int]) -> str:
    """Any of the words of a table, the longest first, or a number."""
    return r"\d{1,6}|" + "|".join(sorted(counts, key=len, reverse=True))


def _english() -> LanguageRules:
    """English, and single words of French, Spanish and German."""
    counts = {
        "a": 1, "an": 1, "one": 1, "two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "several": 3, "many": 3, "multiple": 3,
        "numerous": 3, "various": 3,
    }  # fmt: skip
    forbidden = (
        (r"authentic(?:ity|ated?|ally|ates|ating)?|inauthentic", "unchanged since it was kept"),
        (r"(?:dis)?prove[nds]?|proving|irrefutabl[ey]|undeniabl[ey]", "supported by"),
        (
            r"verified (?:as |to be )?(?:true|real|genuine)|confirmed (?:as |to be )?true",
            "supported by",
        ),
        (r"beyond (?:any |all )?(?:doubt|question)|without (?:any )?doubt", _UNLIKE),
        (r"(?:100|hundred) ?(?:%|per ?cent) (?:certain|sure)", _UNLIKE),
        (r"authentique\w*|prouv[ée]e?s?|authentifi[ée]e?s?", _UNLIKE),
        (r"aut[ée]ntic[oa]s?|autenticidad|(?:com)?probad[oa]s?", _UNLIKE),
        (r"authentisch\w*|bewiesen\w*|erwiesen\w*|zweifelsfrei\w*", _UNLIKE),
    )
    return LanguageRules(
        forbidden=tuple((_words(pattern), instead) for pattern, instead in forbidden),
        likelihood=re.compile(
            r"\b(?:(?:very |highly |un)*likely|unlikely|likelihood|probabl[ey]|improbable"
            r"|probability|almost (?:certain(?:ly)?|no chance)|roughly even|even chance|remote)\b",
            re.IGNORECASE,
        ),
        confidence=re.compile(r"\bconfiden(?:ce|t|tly)\b", re.IGNORECASE),
        confirm=re.compile(
            rf"\b(?:(?P<count>{_either(counts)})\s+)?(?:(?:independent|separate|different|other|of"
            r"|the|our|these)\s+){0,3}(?P<sources>sources?|witness(?:es)?|accounts?|origins?)\s+"
            r"(?:(?:have|has|all|both|independently|also)\s+){0,2}"
            r"(?:confirm|corroborat|agree|attest|verif|establish|concur)"
            r"(?:s|e|es|ed|y|ies|ied|ing)?\b",
            re.IGNORECASE,
        ),
        counts=counts,
        one=re.compile(r"source|witness|account|origin", re.IGNORECASE),
    )


def _russian() -> LanguageRules:
    """Russian."""
    counts = {
        "один": 1, "одна": 1, "два": 2, "две": 2, "двое": 2, "оба": 2, "обе": 2, "три": 3,
        "трое": 3, "четыре": 4, "пять": 5, "несколько": 3, "многие": 3, "многочисленные": 3,
    }  # fmt: skip
    forbidden = (
        (r"подлинн\w*|аутентичн\w*", "не изменялось с тех пор, как сохранено"),
        (r"доказан\w*|неопровержим\w*|достоверно установлен\w*", "подтверждается"),
        (r"вне (?:всяких |всякого )?сомнени[йя]|без(?: всякого)? сомнения|несомненн\w*", _UNLIKE),
        (r"(?:100|сто) ?(?:%|процентов) (?:уверен\w*|точно)", _UNLIKE),
    )
    return LanguageRules(
        forbidden=tuple((_words(pattern), instead) for pattern, instead in forbidden),
        likelihood=_words(r"(?:мало)?вероятн\w*|вероятность\w*|почти наверняка|почти невозможно"),
        confidence=_words(r"уверенност\w*|уверен[аыо]?"),
        confirm=re.compile(
            rf"\b(?:(?P<count>{_either(counts)})\s+)?(?:(?:независим|разн|друг)\w+\s+){{0,2}}"
            r"(?P<sources>источник\w*|свидетел\w*)\s+(?:\w+\s+){0,2}?подтвер(?:жда|д)\w*",
            re.IGNORECASE,
        ),
        counts=counts,
        one=re.compile(r"источник|свидетель(?:ница)?", re.IGNORECASE),
    )


def _arabic() -> LanguageRules:
    """Arabic, without vowel signs; a word may carry a particle or the article."""
    counts = {
        "مصدران": 2, "شاهدان": 2, "ثلاثة": 3, "أربعة": 4, "خمسة": 5, "ستة": 6, "عدة": 3, "جميع": 3,
        "كل": 3,
    }  # fmt: skip
    before = r"(?:[وفبلك]{0,2}(?:ال)?)"
    forbidden = (
        (rf"{before}أصال(?:ة|ته|تها)|{before}أصلي(?:ة)? بلا شك", "لم يتغير منذ حفظه"),
        (rf"{before}(?:مثبت(?:ة)?|ثابت(?:ة)? قطعا|قاطع(?:ة)?)|ثبت قطعا|لا يمكن دحضه", "تؤيده"),
        (r"بلا (?:أدنى |أي )?شك|من دون (?:أدنى |أي )?شك|بما لا يدع مجالا للشك", _UNLIKE),
        (r"(?:100 ?%|مئة بالمئة) (?:مؤكد|متأكد)(?:ون|ين|ة)?", _UNLIKE),
    )
    sources = r"(?:ال)?(?:مصادر|شهود|شهادات|روايات|مصدران|شاهدان|مصدر|شاهد|شهادة)"
    verb = r"(?:ت|ي)?ؤكد(?:ون|ان)?|أكد(?:ت|وا|ا|تا)?"
    return LanguageRules(
        forbidden=tuple((_words(pattern), instead) for pattern, instead in forbidden),
        likelihood=_words(rf"{before}(?:مرجح|مستبعد|محتمل|احتمال)(?:ة|ا)?|شبه مؤكد(?:ة)?"),
        confidence=_words(rf"{before}(?:ثقة|ثقتنا)|واثق(?:ة|ون|ين)?"),
        confirm=_words(
            rf"(?:(?P<count>{_either(counts)})\s+)?(?:(?P<sources>{sources})(?:\s+\w+){{0,1}}\s+"
            rf"(?:{verb})|(?:{verb})\s+(?:{sources}))"
        ),
        counts=counts,
        one=re.compile(r"(?:ال)?(?:مصدر|شاهد|شهادة)"),
    )


def _chinese() -> LanguageRules:
    """Chinese, simplified and traditional; there are no borders of words."""
    counts = {
        "一": 1, "两": 2, "兩": 2, "二": 2, "三": 3, "四": 4, "五": 5, "多": 3, "几": 3, "幾": 3,
        "数": 3, "數": 3,
    }  # fmt: skip
    forbidden = (
        ("真实无疑|真實無疑|真实性|真實性|千真万确|千真萬確", "自保存以来未改动"),
        ("已(?:被|经|經)?(?:证明|證明)|铁证|鐵證|确凿|確鑿|无可辩驳|無可辯駁", "得到支持"),
        ("毫无疑问|毫無疑問|无可置疑|無可置疑|毋庸置疑", _UNLIKE),
        ("百分之百(?:确定|確定|肯定)|100 ?%(?:确定|確定|肯定)", _UNLIKE),
    )
    return LanguageRules(
        forbidden=tuple((re.compile(pattern), instead) for pattern, instead in forbidden),
        likelihood=re.compile("可能|概率|几率|幾率|几乎确定|幾乎確定|大约各半|大約各半"),
        confidence=re.compile("信心|把握|置信"),
        confirm=re.compile(
            rf"(?:(?P<count>{_either(counts)})[个個名位家方份]?)?(?:独立|獨立|不同)?的?"
            "(?P<sources>消息来源|消息來源|来源|來源|证人|證人|目击者|目擊者|消息人士|证词|證詞)"
            "(?:们|們)?(?:都|均|也|已|一致)*(?:证实|證實|印证|印證|确认|確認)"
        ),
        counts=counts,
        one=re.compile("(?!)"),
    )


LANGUAGES = (_english(), _russian(), _arabic(), _chinese())
"""Every text is held to all of them: a report may hold several languages."""
