"""How far a text that was read lies from the truth."""

from __future__ import annotations

import numpy as np


def character_error(text: str, truth: str) -> float:
    """Levenshtein's distance over the length of the longer text."""
    codes = np.array([ord(char) for char in truth])
    row = np.arange(len(truth) + 1)
    steps = np.arange(len(truth) + 1)
    for number, char in enumerate(text, 1):
        changed = row[:-1] + (codes != ord(char))
        best = np.concatenate([[number], np.minimum(changed, row[1:] + 1)])
        row = np.minimum.accumulate(best - steps) + steps
    return float(row[-1]) / max(1, len(text), len(truth))
