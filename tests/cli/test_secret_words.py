"""Weak passphrases are told, and nothing of them is repeated."""

import pytest

from noonmark.cli.secret_words import weak


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("", True),
        ("hunter2", True),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", True),
        ("correct horse", True),
        ("kale kale kale kale kale kale", True),
        ("tawny-otter-basin-clove-mint", False),
        ("x7Qp!9Lm#2Vt$8Rw", False),
    ],
)
def test_a_short_or_repeated_passphrase_is_weak(word, expected):
    assert weak(word) is expected
