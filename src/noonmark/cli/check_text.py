"""A verdict in words: the JSON of check as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noonmark import actions
from noonmark.cli import answer_text
from noonmark.values import Span, from_unix_s, rfc3339, unix_s, utc


def check_lines(
    verdict: Mapping[str, Any],
    when: Span | None = None,
) -> list[str]:
    """The verdict, the time as it was read, the best that the claim can do, and each clue in it."""
    best = verdict["best"]
    lines = [
        *actions.verdict_lines(verdict),
        *_claimed(when),
        f"  best of the claim: {answer_text.place(best)} at {_to_the_second(best['utc'])}",
        "# Clues, at the best of the claim",
    ]
    for clue in verdict["clues"]:
        lines.append(
            f"  {clue['index']:>2} {clue.get('kind', 'clue'):<17} {_fit(clue)}{_readings(clue)}"
        )
    if verdict["verdict"] == "consistent":
        lines.append(
            "Consistent is not true: the clues do not contradict the claim, and that is all."
        )
    return lines


def _claimed(when: Span | None) -> list[str]:
    """A claimed span of time, so that a day or a local time is seen to be the one that is meant."""
    if when is None or when.start == when.end:
        return []
    return [f"  claimed time: {rfc3339(when.start)} to {rfc3339(when.end)}"]


def _to_the_second(text: str) -> str:
    """An RFC 3339 text in UTC without its fraction of a second, rounded."""
    return rfc3339(from_unix_s(round(unix_s(utc(text)))))


def _fit(clue: Mapping[str, Any]) -> str:
    """How far off its numbers are, or the chance of seeing what was seen."""
    pull, chance = clue["pull_sigma"], clue["chance"]
    if pull is None:
        return f"seen with chance {_chance(chance)}"
    over = ">" if clue["at_least"] else ""
    sigmas = f"{over + format(pull, '.1f'):>5} sigma"
    if chance is None or chance >= 0.5:
        return sigmas
    return f"{sigmas}, the sun up with chance {_chance(chance)}"


def _chance(chance: float | None) -> str:
    """A chance to two digits."""
    if chance is None:
        return "unknown"
    return f"{chance:.2g}" if chance >= 1e-9 else "below 1e-9"


def _readings(clue: Mapping[str, Any]) -> str:
    """What was measured beside what was to be expected."""
    quantity = clue.get("quantity")
    if not quantity or clue["expected"] is None or clue["measured"] is None:
        return ""
    return f"   {quantity}: measured {clue['measured']:.4g}, expected {clue['expected']:.4g}"
