"""Wording: what a sentence of our own may not say of evidence, and how to write it instead.

Only our own sentences are held to it (claims, reasons, the text of a release): a quotation stays as
it was said. The rules of each language stand in :mod:`noonmark.release.wording_rules`; of French,
Spanish and German single words alone are known.

**Method** ICD 203 (2015) keeps likelihood and confidence out of one sentence; the words refused are
those of docs/release.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from noonmark.release.wording_rules import LANGUAGES, LanguageRules

LONGEST_TEXT = 200_000
"""Characters of one text that are read; a longer one is refused by whoever reads it in."""
_SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"”’»)]*\s+(?=[\"“‘«(]?[A-ZА-ЯЁ0-9\u0620-\u064a])|(?<=[。！？؟])|\n{2,}"
)
_VOWEL_SIGNS = re.compile("[\u0640\u064b-\u0652\u0670]")


@dataclass(frozen=True)
class WordingFault:
    """Words that may not go out: which, in which sentence, why, and what to write instead.

    ``rule`` names the rule, and ``counts`` the numbers that it compared.
    """

    found: str
    sentence: str
    why: str
    instead: str
    rule: str
    counts: tuple[tuple[str, str], ...] = ()


def faults(text: str, *, fewest: int | None = None) -> list[WordingFault]:
    """Everything in a text of our own that may not go out, in the order of its sentences.

    ``fewest`` is the least number of independent origins that the text may speak of; None where no
    count is known, and then every sentence that says that sources confirm is a fault.
    """
    return [fault for sentence in sentences(text) for fault in _of_sentence(sentence, fewest or 0)]


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the white space around them."""
    return [part.strip() for part in _SENTENCE_END.split(text[:LONGEST_TEXT]) if part.strip()]


def _of_sentence(sentence: str, fewest: int) -> Iterator[WordingFault]:
    """The faults of one sentence, in whatever language it is."""
    plain = _VOWEL_SIGNS.sub("", sentence)
    for rules in LANGUAGES:
        yield from _of_language(rules, plain, sentence, fewest)


def _of_language(
    rules: LanguageRules, plain: str, sentence: str, fewest: int
) -> Iterator[WordingFault]:
    """The faults of a sentence by the rules of one language."""
    for pattern, instead in rules.forbidden:
        for match in pattern.finditer(plain):
            why = "no bytes and no footage can show that"
            yield WordingFault(match[0], sentence, why, instead, "unseen")
    likely, sure = rules.likelihood.search(plain), rules.confidence.search(plain)
    if likely and sure:
        why = "a likelihood and a confidence stand in one sentence"
        instead = "two sentences: how likely it is; then how sure the judgement is"
        yield WordingFault(f"{likely[0]} ... {sure[0]}", sentence, why, instead, "two")
    for match in rules.confirm.finditer(plain):
        said = _said_count(rules, match)
        if said > fewest:
            why = f"that speaks of {said} or more, and {fewest} independent origins are sure"
            yield WordingFault(
                match[0],
                sentence,
                why,
                "the number of origins, as the claim has it",
                "count",
                (("said", str(said)), ("sure", str(fewest))),
            )


def _said_count(rules: LanguageRules, match: re.Match[str]) -> int:
    """How many sources a phrase speaks of at least; a plural without a number says two."""
    number = (match["count"] or "").casefold()
    if number.isdecimal():
        return int(number)
    single = rules.one.fullmatch(match["sources"] or "") is not None
    return max(rules.counts.get(number, 0), 1 if single else 2)
