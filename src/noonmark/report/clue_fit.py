"""How well a clue fits at the best mode, as a report tells it: sigmas, or a chance."""

from __future__ import annotations

import math

from noonmark.inference.answer import ClueFinding
from noonmark.report.page_html import text
from noonmark.report.wording import pull_words, seen_words, share_words


def fit_html(clue: ClueFinding) -> str:
    """How far off the numbers of a clue are, or how likely it was to see what was seen."""
    if clue.pull_sigma is not None:
        pull = f"{signed(clue.pull_sigma)} σ, {pull_words(clue.pull_sigma)}"
        return _pull_scale(clue.pull_sigma) + pull
    chance = 1.0 if clue.chance is None else clue.chance
    return f"{seen_words(chance)}: seen with chance {text(share_words(chance))}"


def is_strained(clue: ClueFinding) -> bool:
    """Whether a clue fits so badly at the best mode that it deserves a second look."""
    if clue.pull_sigma is not None:
        return abs(clue.pull_sigma) >= 2.0
    return clue.chance is not None and clue.chance < 0.05


def doubt_words(clue: ClueFinding) -> str:
    """What speaks against a clue, as the beginning of a sentence."""
    if clue.pull_sigma is not None:
        return f"its pull is {signed(clue.pull_sigma)} σ"
    return f"at the best mode it {seen_words(clue.chance or 0.0)}"


def _pull_scale(sigma: float) -> str:
    """A scale from -4 to 4 as SVG with a dot at the pull; the number stands beside it.

    It repeats what the text says, and is hidden from screen readers.
    """
    if not math.isfinite(sigma):
        return ""
    grid = ""
    for step in (-4, -3, -2, -1, 1, 2, 3, 4):
        x = 45 + step * 10
        grid += f'<line x1="{x}" y1="3" x2="{x}" y2="9"/>'
    dot = 45.0 + max(-4.0, min(4.0, sigma)) * 10.0
    return (
        '<svg class="pull" viewBox="0 0 90 12" aria-hidden="true">'
        f'<line x1="3" y1="6" x2="87" y2="6"/>{grid}'
        '<line class="mid" x1="45" y1="1" x2="45" y2="11"/>'
        f'<circle cx="{dot:.1f}" cy="6" r="3.4"/></svg>'
    )


def signed(value: float) -> str:
    """A number with its sign and one decimal; a dash when it is not finite."""
    return f"{value:+.1f}".replace("-", "−") if math.isfinite(value) else "–"
