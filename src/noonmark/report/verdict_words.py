"""The verdict on a claim in words, from its JSON: the same for the command line and the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

_SENTENCES: Mapping[str | None, str] = {
    "consistent": "The clues do not contradict the claim; that does not make it true",
    "strained": "The claim is strained: the clues must be off by more than usual",
    "inconsistent": "The claim can't be reconciled with the clues",
    None: "No verdict: the clues fit nowhere in the prior, so no claim in it can be judged",
}

_OUTSIDE = "The claim lies outside the area or the window that the clue file itself gives"

_FAR = math.log(1e6)

_UNLESS = "inconsistent unless mismeasured"


def verdict_headline(verdict: Mapping[str, Any]) -> str:
    """The verdict in a few words; names the clues that must have been measured wrong."""
    word = verdict["verdict"]
    if word is None:
        return "No verdict: the clues fit nowhere in the prior"
    if word == _UNLESS:
        return f"Inconsistent unless {_excuses(verdict)}"
    return str(word).capitalize()


def verdict_sentence(verdict: Mapping[str, Any]) -> str:
    """The verdict and its rate as one or two sentences, without probabilities."""
    word = verdict["verdict"]
    if word == _UNLESS:
        said = f"The claim can't be reconciled with the clues unless {_excuses(verdict)}"
    else:
        said = _SENTENCES[word]
    rate = rate_words(verdict)
    parts = [said] if verdict["inside_prior"] else [_OUTSIDE, said]
    if rate:
        parts.append(rate)
    return ". ".join(parts)


def rate_words(verdict: Mapping[str, Any]) -> str:
    """How often a true claim gets this verdict or a worse one; empty where no rate applies."""
    rate = verdict["rate"]
    if rate is None:
        return ""
    base = verdict["thresholds"]["inconsistent"]
    said = "A true claim gets this verdict or a worse one at most"
    if verdict["verdict"] == _UNLESS:
        declared = 100.0 * max(rate - base, 0.0)
        chance = f"{declared:.3g} %, the declared chance that a clue was measured wrong"
        return f"{said} {_one_in(base)} times, plus {chance}"
    condition = " if every clue was measured as said" if verdict["verdict"] == "strained" else ""
    return f"{said} {_one_in(rate)} times{condition}"


def verdict_lines(verdict: Mapping[str, Any]) -> list[str]:
    """The verdict, its two probabilities, its rate and its ratio, a line each."""
    limits = verdict["thresholds"]
    lines = [] if verdict["inside_prior"] else [f"{_OUTSIDE}.", "What the clues alone say of it:"]
    lines.append(f"# {verdict_headline(verdict)}")
    rate = rate_words(verdict)
    if rate:
        lines += [f"  {part}" for part in f"{rate}.".replace(", plus", ",\n    plus").split("\n")]
    lines += [
        f"  p {_p(verdict['p_measured'])} if every clue was measured as said",
        f"  p {_p(verdict['p_model'])} allowing for clues measured wrong, as often as declared",
        "    p: how often a true claim fits as badly or worse (strained below "
        f"{limits['strained']:g}, inconsistent below {limits['inconsistent']:g})",
    ]
    ratio = verdict["log_ratio"]
    if ratio is not None:
        lines.append(f"  {_ratio_words(ratio)}")
    return lines


def _ratio_words(log_ratio: float) -> str:
    """The ratio in words: the claim explains the clues better or worse than the rest of the prior.

    ``log_ratio`` is the natural log of the ratio of their probabilities.
    """
    times = float(f"{math.exp(min(abs(log_ratio), _FAR)):.2g}")
    count = f"{times:,g} times" if abs(log_ratio) < _FAR else "over a million times"
    than = f"{count} {'better' if log_ratio > 0.0 else 'worse'} than"
    how = than if times > 1.0 else "as well as"
    return f"The claim explains the clues {how} anywhere and any time else in the prior"


def _excuses(verdict: Mapping[str, Any]) -> str:
    """Clue 0 (clock) was measured wrong; clues 0 (clock) and 1 (lit_face) were."""
    names = {clue["index"]: f"{clue['index']} ({clue['kind']})" for clue in verdict["clues"]}
    sets = [[names.get(member, str(member)) for member in part] for part in verdict["unless"]]
    together = any(len(members) > 1 for members in sets)
    listed = " or ".join(_members(members) for members in sets)
    return f"{listed} {'were' if together else 'was'} measured wrong"


def _members(names: Sequence[str]) -> str:
    """The clues of one set."""
    if len(names) == 1:
        return f"clue {names[0]}"
    return f"clues {', '.join(names[:-1])} and {names[-1]}"


def _one_in(rate: float) -> str:
    """1 in 20."""
    return f"1 in {round(1.0 / rate):,}"


def _p(value: float) -> str:
    """A probability to two digits; the least that is told apart is 1e-9."""
    return f"= {value:.2g}" if value >= 1e-9 else "below 1e-9"
