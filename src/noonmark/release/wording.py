"""Wording: what a sentence of our own may not say of evidence, and how to write it instead.

Only our own sentences are held to it (claims, reasons, the text of a release): a quotation stays as
it was said. Words are known in English, French, Spanish, German and Russian; the two rules about
likelihood and about counts read English alone.

**Method** ICD 203 (2015) keeps likelihood and confidence out of one sentence; the words refused are
those of docs/release.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_TEXT = 200_000
"""Characters of one text that are read; a longer one is refused by whoever reads it in."""
_FORBIDDEN = (
    (r"authentic(?:ity|ated?|ally|ates|ating)?|inauthentic", "unchanged since it was kept"),
    (r"(?:dis)?prove[nds]?|proving|irrefutabl[ey]|undeniabl[ey]", "supported by"),
    (
        r"verified (?:as |to be )?(?:true|real|genuine)|confirmed (?:as |to be )?true",
        "supported by",
    ),
    (r"beyond (?:any |all )?(?:doubt|question)|without (?:any )?doubt", "the likelihood in words"),
    (r"(?:100|hundred) ?(?:%|per ?cent) (?:certain|sure)", "the likelihood in words"),
    (r"authentique\w*|prouv[ée]e?s?|authentifi[ée]e?s?", "the likelihood in words"),
    (r"aut[ée]ntic[oa]s?|autenticidad|(?:com)?probad[oa]s?", "the likelihood in words"),
    (r"authentisch\w*|bewiesen\w*|erwiesen\w*|zweifelsfrei\w*", "the likelihood in words"),
    (r"подлинн\w*|доказан\w*|достоверно установлен\w*", "the likelihood in words"),
)
_WORDS = tuple(
    (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE), instead)
    for pattern, instead in _FORBIDDEN
)
_LIKELIHOOD = re.compile(
    r"\b(?:(?:very |highly |un)*likely|unlikely|likelihood|probabl[ey]|improbable|probability"
    r"|almost (?:certain(?:ly)?|no chance)|roughly even|even chance|remote)\b",
    re.IGNORECASE,
)
_CONFIDENCE = re.compile(r"\bconfiden(?:ce|t|tly)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])|(?<=[。！？؟])|\n{2,}")
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "several": 3, "many": 3, "multiple": 3,
    "numerous": 3, "various": 3,
}  # fmt: skip
_CONFIRM = re.compile(
    r"\b(?:(\d{1,6}|" + "|".join(_COUNTS) + r")\s+)?(?:(?:independent|separate|different|other|of"
    r"|the|our|these)\s+){0,3}(sources?|witness(?:es)?|accounts?|origins?)\s+"
    r"(?:(?:have|has|all|both|independently|also)\s+){0,2}"
    r"(?:confirm|corroborat|agree|attest|verif|establish|concur)(?:s|e|es|ed|y|ies|ied|ing)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WordingFault:
    """Words that may not go out: which, in which sentence, why, and what to write instead."""

    found: str
    sentence: str
    why: str
    instead: str


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
    """The faults of one sentence."""
    for pattern, instead in _WORDS:
        for match in pattern.finditer(sentence):
            why = "no bytes and no footage can show that"
            yield WordingFault(match[0], sentence, why, instead)
    likely, sure = _LIKELIHOOD.search(sentence), _CONFIDENCE.search(sentence)
    if likely and sure:
        why = "a likelihood and a confidence stand in one sentence"
        instead = "two sentences: how likely it is; then how sure the judgement is"
        yield WordingFault(f"{likely[0]} ... {sure[0]}", sentence, why, instead)
    for match in _CONFIRM.finditer(sentence):
        said = _said_count(match)
        if said > fewest:
            why = f"that speaks of {said} or more, and {fewest} independent origins are sure"
            yield WordingFault(
                match[0], sentence, why, "the number of origins, as the claim has it"
            )


def _said_count(match: re.Match[str]) -> int:
    """How many sources a phrase speaks of at least; a plural without a number says two."""
    number = (match[1] or "").casefold()
    if number.isdecimal():
        return int(number)
    many = 2 if match[2].casefold().endswith("s") and match[2].casefold() != "witness" else 1
    return max(_COUNTS.get(number, many), many)
