"""Places as a person types them: two angles, latitude first or with N, S, E, W.

``41.8,86.0``, ``41.8 N 86.0 E``, ``41 48 30 N, 86 0 0 E``, ``N 41° 48.5' E 86° 0'``, ``41,8 86,0``
and ``geo:41.8,86.0``, in digits of any script. Nothing is guessed: a letter and a sign together,
or minutes behind broken degrees, are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from noonmark.errors import InputError
from noonmark.typed_words import SIDES, plain_signs
from noonmark.values import Place

PLACE_HINT = (
    'latitude first: 41.8,86.0 or "41 48 30 N, 86 0 0 E" or "41° 48.5\' N 86° 0\' E"; '
    "S and W may be written with a minus"
)

_LONGEST = 200
_OF_A_COMMA = "a comma parts numbers or begins a fraction: write a point for it"
_PLAIN = {
    "\u00ba": "°",
    "\u02da": "°",
    "\u2032": "'",
    "\u2019": "'",
    "\u00b4": "'",
    "\u2033": '"',
    "\u201d": '"',
    "''": '"',
}
_ANGLE = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<sign>[+-])?\s*(?P<d>\d+\.?\d*|\.\d+)(?P<exp>e[+-]?\d+)?\s*°?"
    r"(?:\s*(?P<m>\d+\.?\d*)\s*'?(?:\s*(?P<s>\d+\.?\d*)\s*\"?)?)?\s*(?P<after>[NSEW])?",
    re.IGNORECASE,
)
# Two broken numbers with a blank between can only be broken by their commas.
_BROKEN = r"([+-]?\d{1,3},\d+(?:\s*°)?(?:\s*[NSEW])?)"
_BROKEN_BY_COMMAS = re.compile(rf"{_BROKEN},?\s+{_BROKEN}", re.IGNORECASE)
# 48 and 5 degrees 2 minutes, or 48.5 and 2?
_TWO_WAYS = re.compile(r"[+-]?\d+,\d+\s+[+-]?\d+|[+-]?\d+\s+[+-]?\d+,\d+")
_SPLIT_AFTER = re.compile(r"(?<=[NSEW])\s*(?=[-+\d])", re.IGNORECASE)
_SPLIT_BEFORE = re.compile(r"(?<=[\d.°'\"])\s*(?=[NSEW]\s*\d)", re.IGNORECASE)


@dataclass(frozen=True)
class _Angle:
    """An angle [deg] and the letter that it came with, if any."""

    deg: float
    letter: str


def typed_place(text: str) -> Place:
    """The place that a text names, in degrees.

    Raises :class:`InputError` (``bad-place``, ``latitude-range``, ``longitude-range``).
    """
    plain = _plain(text)
    broken = _BROKEN_BY_COMMAS.fullmatch(plain)
    parts = [part.replace(",", ".") for part in broken.groups()] if broken else _parts(plain)
    if len(parts) != 2:
        raise _bad_place(text, "expected two angles, LAT,LON")
    return _place_of(parts[0], parts[1], text)


def typed_place_and_more(text: str) -> tuple[Place, float | None]:
    """The place that a text names, and a third number behind a comma, if there is one."""
    plain = _plain(text)
    if _BROKEN_BY_COMMAS.fullmatch(plain):
        raise _bad_place(text, _OF_A_COMMA)
    parts = _parts(plain)
    if len(parts) not in (2, 3):
        raise _bad_place(text, "expected two angles, LAT,LON")
    place = _place_of(parts[0], parts[1], text)
    if len(parts) == 2:
        return place, None
    try:
        return place, float(parts[2])
    except ValueError:
        raise _bad_place(text, f"{parts[2]!r} is not a number") from None


def _place_of(
    one: str,
    other: str,
    text: str,
) -> Place:
    """The place of two angles, whichever of them comes first."""
    first = _angle(one, text)
    second = _angle(other, text)
    if first.letter in ("E", "W") and second.letter in ("N", "S"):
        first, second = second, first
    if first.letter in ("E", "W") or second.letter in ("N", "S"):
        raise _bad_place(text, "one letter of N or S and one of E or W belong together")
    return Place(first.deg, second.deg)


def _bad_place(text: str, why: str) -> InputError:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return InputError(f"{why}, got {shown!r}", code="bad-place", hint=PLACE_HINT)


def _plain(text: str) -> str:
    """The text with the signs of a keyboard, without brackets; refused where it is too long."""
    if len(text) > _LONGEST:
        raise _bad_place(text, "expected LAT,LON")
    plain = plain_signs(text)
    for odd, usual in _PLAIN.items():
        plain = plain.replace(odd, usual)
    if _TWO_WAYS.fullmatch(plain.strip()):
        raise _bad_place(text, _OF_A_COMMA)
    for words, letter in SIDES.items():
        plain = re.sub(words, letter, plain, flags=re.IGNORECASE)
    return plain.strip().strip("()[]").removeprefix("geo:").strip()


def _parts(plain: str) -> list[str]:
    """The text cut into its angles, and what else stands behind a comma."""
    if ";" in plain:
        # With a semicolon between them, a comma can only be that of a fraction.
        return [part.replace(",", ".").strip() for part in plain.split(";")]
    if "," in plain:
        return [part.strip() for part in plain.split(",")]
    for cut in (_SPLIT_AFTER, _SPLIT_BEFORE):
        parts = cut.split(plain)
        if len(parts) == 2:
            return [part.strip() for part in parts]
    return plain.split()


def _angle(part: str, text: str) -> _Angle:
    """One angle in degrees, with its letter in capitals."""
    found = _ANGLE.fullmatch(part)
    if found is None:
        raise _bad_place(text, f"{part!r} is not an angle in degrees")
    letters = [letter.upper() for letter in (found["before"], found["after"]) if letter]
    sides = len(letters) + bool(found["sign"])
    if sides > 1:
        raise _bad_place(text, f"{part!r} says its side twice")
    deg = _degrees(found, part, text)
    letter = letters[0] if letters else ""
    minus = letter in ("S", "W") or found["sign"] == "-"
    return _Angle(-deg if minus else deg, letter)


def _degrees(
    found: re.Match[str],
    part: str,
    text: str,
) -> float:
    """Degrees without a side, from degrees, minutes and seconds.

    Only the smallest unit may have a fraction.
    """
    units = [unit for unit in found.group("d", "m", "s") if unit]
    if not all(unit.isdigit() for unit in units[:-1]):
        raise _bad_place(text, f"{part!r} has a fraction before its smallest unit")
    smaller = [float(unit) for unit in units[1:]]
    if any(unit >= 60.0 for unit in smaller):
        raise _bad_place(text, f"{part!r} has minutes or seconds of 60 or more")
    deg = float(units[0] + (found["exp"] or ""))
    for unit, share in zip(smaller, (60.0, 3600.0), strict=False):
        deg += unit / share
    return deg
