"""Burmese in the Zawgyi font's own code, told apart from Unicode and read as Unicode.

Zawgyi gives the letters' code points other meanings and keeps signs in the order of the pen; many
Burmese web pages, chats and files from before 2020 are written so. The rows are ours, from the
chart of the font; they are measured against other programs (docs/search.md).
"""

from __future__ import annotations

import re

from noonmark.documents.fold import FoldedText

_STACKED = {
    "\u1060": "\u1000", "\u1061": "\u1001", "\u1062": "\u1002", "\u1063": "\u1003",
    "\u1065": "\u1005", "\u1066": "\u1006", "\u1067": "\u1006", "\u1068": "\u1007",
    "\u1069": "\u1008", "\u106c": "\u100b", "\u106d": "\u100c", "\u1070": "\u100f",
    "\u1071": "\u1010", "\u1072": "\u1010", "\u1073": "\u1011", "\u1074": "\u1011",
    "\u1075": "\u1012", "\u1076": "\u1013", "\u1077": "\u1014", "\u1078": "\u1015",
    "\u1079": "\u1016", "\u107a": "\u1017", "\u107b": "\u1018", "\u107c": "\u1019",
    "\u1085": "\u101c", "\u1093": "\u1018",
}  # fmt: skip
"""Letters that stand below another, and the letter each is."""
_MEANS = {
    "\u1033": "\u102f", "\u1034": "\u1030", "\u1039": "\u103a", "\u103a": "\u103b",
    "\u103b": "\u103c", "\u103c": "\u103d", "\u103d": "\u103e", "\u105a": "\u102b\u103a",
    "\u1064": "\u1004\u103a\u1039", "\u106a": "\u1009", "\u106b": "\u100a",
    "\u106e": "\u100d\u1039\u100d", "\u106f": "\u100d\u1039\u100e", "\u107d": "\u103b",
    "\u1086": "\u103f", "\u1087": "\u103e", "\u1088": "\u103e\u102f", "\u1089": "\u103e\u1030",
    "\u108a": "\u103d\u103e", "\u108b": "\u1004\u103a\u1039\u102d",
    "\u108c": "\u1004\u103a\u1039\u102e", "\u108d": "\u1004\u103a\u1039\u1036",
    "\u108e": "\u102d\u1036", "\u108f": "\u1014", "\u1090": "\u101b",
    "\u1091": "\u100f\u1039\u100d", "\u1092": "\u100b\u1039\u100c", "\u1094": "\u1037",
    "\u1095": "\u1037", "\u1096": "\u1039\u1010\u103d", "\u1097": "\u100b\u1039\u100b",
    **dict.fromkeys("\u107e\u107f\u1080\u1081\u1082\u1083\u1084", "\u103c"),
    **{below: "\u1039" + letter for below, letter in _STACKED.items()},
}  # fmt: skip
"""What each sign of Zawgyi is in Unicode, where that differs."""
_KINZI = "\u1004\u103a\u1039"
_LETTER = "\u1000-\u102a\u103f-\u1049\u104e"
_BELOW = "\u1037\u1094\u1095"
_WORDS = re.compile("[\u1000-\u104e\u1050-\u109f]+")
_SYLLABLE = re.compile(
    "[\u1031\u103b\u107e-\u1084]*"
    "[\u1000-\u102a\u1040-\u1049\u104e\u106a\u106b\u106e\u106f\u1086\u108f-\u1092\u1097]"
    "[\u102b-\u1030\u1032-\u103a\u103c\u103d\u105a\u1060-\u1069\u106c\u106d\u1070-\u107d\u1085"
    "\u1087-\u108e\u1093-\u1096]*"
)
_ORDER = {sign: place for place, sign in enumerate("\u103b\u103c\u103d\u103e\u1031")}
_VOWELS = "\u102d\u102e\u1032\u102f\u1030\u102b\u102c\u103a\u1036\u1037\u1038"
_ORDER |= {sign: 10 + place for place, sign in enumerate(_VOWELS)}
_ONLY_ZAWGYI = re.compile(
    f"(?<![{_LETTER}\u103b-\u103e\u1050-\u109f])\u1031[{_LETTER}\u103b]"
    f"|(?<![{_LETTER}\u1050-\u109f])\u103b"
    "|\u1039(?![\u1000-\u1021])|\u103a[\u102b-\u1030\u1032]"
)
"""A vowel or medial before any letter, a stacking sign that stacks nothing, a vowel on the mark of
a final letter.
"""
_ONLY_UNICODE = re.compile(
    "\u103e|\u103b[\u102b-\u1032\u103d]|\u103a(?:[\u1037\u1038\u104a\u104b\u1087-\u108d]|$)"
    "|\u103a(?![\u1000-\u109f])|[\u1075-\u1081]\u103a"
)
"""Signs that Zawgyi does not have or not there, and those of Shan."""


def is_zawgyi(text: str) -> bool:
    """Whether Burmese letters stand in Zawgyi's code: what only it can hold outweighs the rest."""
    if _WORDS.search(text) is None:
        return False
    found = len(_ONLY_ZAWGYI.findall(text))
    return found > 2 * len(_ONLY_UNICODE.findall(text))


def in_unicode(text: str) -> str:
    """A text in Zawgyi's code in that of Unicode; what is not Burmese stays as it is."""
    return _SYLLABLE.sub(lambda match: _syllable(match[0]), text)


def unicode_map(text: str) -> FoldedText:
    """The same as :func:`in_unicode`; each sign stands for the whole syllable that it was in."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _SYLLABLE.finditer(text):
        out.append(text[at : match.start()])
        starts += range(at, match.start())
        ends += range(at + 1, match.start() + 1)
        said = _syllable(match[0])
        out.append(said)
        starts += [match.start()] * len(said)
        ends += [match.end()] * len(said)
        at = match.end()
    out.append(text[at:])
    starts += range(at, len(text))
    ends += range(at + 1, len(text) + 1)
    return FoldedText("".join(out), tuple(starts), tuple(ends))


def readable(text: str) -> str:
    """The text in Unicode, whichever code its Burmese has."""
    return in_unicode(text) if is_zawgyi(text) else text


def may_be_zawgyi(query: str) -> bool:
    """Whether a query, perhaps too short to tell, can be in Zawgyi's code."""
    return _WORDS.search(query) is not None and _ONLY_UNICODE.search(query) is None


def _syllable(zawgyi: str) -> str:
    """One syllable: the letter with those below it, its medials, and its vowels in their order."""
    kinzi, letter, below, rest = "", "", "", ""
    before = ""
    for sign in zawgyi:
        said = _MEANS.get(sign, sign)
        if sign == "\u103a" and before and before in _BELOW:
            said = sign  # some write the mark of a final letter as in Unicode
        before = sign
        if said.startswith(_KINZI):
            kinzi, rest = _KINZI, rest + said[len(_KINZI) :]
        elif said.startswith("\u1039"):
            below, rest = below + said[:2], rest + said[2:]
        elif not letter and said[0] not in _ORDER:
            letter = said
        else:
            rest += said
    if letter == "\u1025" and "\u103a" in rest:
        letter = "\u1009"  # the vowel stands for the consonant that looks like it
    return kinzi + letter + below + "".join(sorted(rest, key=lambda sign: _ORDER.get(sign, 99)))
