"""Any bytes are a question or a polite refusal; benchmarks/fuzz_clues.py does a million, here is a
taste.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import fuzz_clues
from noonmark.errors import InputError
from noonmark.questions.clue_file import Question, read_clues
from noonmark.questions.input_files import parse_document

SEEDS = fuzz_clues.seeds()
DOCUMENTS = [found for seed in SEEDS if "clue" in (found := parse_document(seed, name="seed"))]


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_a_question_or_a_refusal_of_ours(data):
    try:
        assert isinstance(read_clues(data), Question)
    except InputError as trouble:
        assert trouble.code and trouble.message and "\n" not in trouble.message


@given(st.text(max_size=100))
def test_any_line_is_a_question_or_a_refusal_of_ours(text):
    with pytest.raises(InputError):
        read_clues(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("seed", range(4))
def test_broken_documents_are_refused_in_words_and_at_once(seed):
    rng = random.Random(seed)
    said = set()
    for number in range(500):
        data = fuzz_clues.reshaped(rng, DOCUMENTS) if number % 3 else fuzz_clues.mutated(rng, SEEDS)
        said.add(fuzz_clues.judge(data))
    assert {"read", "bad-value", "unknown-key", "bad-time"} <= said


def test_the_judge_lets_a_fault_of_ours_through(monkeypatch):
    def broken(data):
        raise ZeroDivisionError

    monkeypatch.setattr("noonmark.questions.clue_file.read_clues", broken)
    with pytest.raises(ZeroDivisionError):
        fuzz_clues.judge(b"")
