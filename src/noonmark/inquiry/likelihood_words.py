"""The words for a range of likelihood, and those for confidence: two scales, never one sentence.

The bands are those of Intelligence Community Directive 203 (2015), D.6.e.2.a. A likelihood is what
people judged; nothing in this package computes one.
"""

from __future__ import annotations

BANDS: tuple[tuple[int, int, str], ...] = (
    (1, 5, "almost no chance"),
    (5, 20, "very unlikely"),
    (20, 45, "unlikely"),
    (45, 55, "roughly even chance"),
    (55, 80, "likely"),
    (80, 95, "very likely"),
    (95, 99, "almost certain"),
)
"""Lowest and highest percent of each band, and its word."""
CONFIDENCE = {
    "low": "low confidence: the evidence is thin, or its sources are not known well",
    "moderate": "moderate confidence: the evidence is plausible, and not enough for more",
    "high": "high confidence: the evidence is good and of several kinds; it may still be wrong",
}


def likelihood_words(low_pct: int, high_pct: int) -> str:
    """The word or words of a range of likelihood, such as ``likely to very likely``."""
    first = next(word for _, high, word in BANDS if low_pct < high or high == 99)
    last = next(word for low, _, word in reversed(BANDS) if high_pct > low or low == 1)
    order = [word for _, _, word in BANDS]
    if order.index(last) <= order.index(first):
        return first
    return f"{first} to {last}"
