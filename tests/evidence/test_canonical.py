"""Canonical JSON: one encoding for one value, and no value without a form."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import InputError
from noonmark.evidence import canonical, verify
from noonmark.evidence.audit import history

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(OBJECTS)
def test_what_is_encoded_decodes_to_itself(value):
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(OBJECTS)
def test_any_other_spelling_of_the_same_value_is_refused(value):
    data = canonical.encode(value)
    spaced = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    escaped = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
    for other in {spaced, escaped, data + b"\n", b" " + data} - {data}:
        with pytest.raises(InputError):
            canonical.decode(other)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1.0}', b'{"a":1e3}', b'{"a":NaN}', b'{"a":null}', b'{"a":01}', b'{"a":-0}',
        b'{"A":1}', b'{"":1}',
        b'{"a":1,"a":1}', b'{"b":1,"a":2}', b'{"a":9007199254740992}', b'{"a":"\\ud800"}',
        b'{"a":"\\/"}',
        b'{"a":"\xff"}', b'\xef\xbb\xbf{"a":1}', b'{"a":"\t"}', b"[1]", b"1", b"",
        b'{"a":"\\u0041"}',
    ],
)  # fmt: skip
def test_what_has_no_canonical_form_is_refused_by_all_three_readers(text):
    with pytest.raises(InputError):
        canonical.decode(text)
    for read in (history.entry_of, verify.parse_entry):
        with pytest.raises(ValueError, match=r"."):
            read(b"0" * 32 + b" " + text)


def test_ten_thousand_brackets_are_refused_and_do_not_end_the_process():
    deep = b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    with pytest.raises(InputError):
        canonical.decode(deep)
    for read in (history.entry_of, verify.parse_entry):
        with pytest.raises((ValueError, RecursionError)):
            read(b"0" * 32 + b" " + deep)


def test_sixteen_deep_is_allowed_and_seventeen_is_not():
    def nested(depth):
        value = "leaf"
        for _ in range(depth - 1):
            value = [value]
        return {"a": value}

    assert canonical.decode(canonical.encode(nested(16)))
    with pytest.raises(InputError, match="16 deep"):
        canonical.encode(nested(17))


@pytest.mark.parametrize(
    "value", [{"a": 1.5}, {"a": None}, {"a": b"x"}, {1: "a"}, {"a": "\ud800"}, {"a": 2**53}]
)
def test_a_writer_cannot_log_what_has_no_form(value):
    with pytest.raises(InputError) as caught:
        canonical.encode(value)
    assert caught.value.code == "not-canonical"
