"""The terms of the moon's longitude are those that their builder finds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from builders.moon_terms import candidates, fitted, largest, sines, table
from noonmark.geometry import moon_terms
from noonmark.geometry.moon_terms import MORE_TERMS

SAMPLE = Path(__file__).parents[2] / "authorities" / "moon" / "longitude.json"
TERMS = [row[:4] for row in MORE_TERMS]
SIZES = np.array([row[4] for row in MORE_TERMS])


@pytest.fixture(scope="module")
def kept():
    """Instants, and how far moon98 is from DE440 there [arc seconds]."""
    rows = json.loads(SAMPLE.read_text(encoding="utf-8"))["rows"]
    return np.array(rows).T


def test_the_file_is_as_the_builder_writes_it() -> None:
    text = Path(moon_terms.__file__).read_text(encoding="utf-8")
    assert text == table(TERMS, SIZES)


def test_the_sizes_are_those_of_a_fit_to_de440(kept) -> None:
    days, off = kept
    # Of 2,000 instants whose terms leave 1.9 arc seconds a size is known to 0.06.
    assert np.abs(fitted(days, off, TERMS) - SIZES).max() < 4.0 * 0.06
    left = off - sines(days, TERMS) @ SIZES
    assert np.std(left) < 0.75 * np.std(off)


def test_the_largest_terms_are_found_and_fitted() -> None:
    days = np.random.default_rng(1).uniform(-135_000.0, 47_000.0, 2000)
    made = sines(days, TERMS) @ SIZES
    assert largest(days, made, 3) == TERMS[:3]
    assert fitted(days, made, TERMS) == pytest.approx(SIZES)


def test_no_candidate_is_the_opposite_of_another() -> None:
    tried = set(candidates())
    assert not any(tuple(-number for number in term) in tried for term in tried)
    assert set(TERMS) <= tried
