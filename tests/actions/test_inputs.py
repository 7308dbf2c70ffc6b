"""Documents handed in: what is read, and how politely the rest is refused."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark import actions
from noonmark.errors import InputError
from noonmark.questions.input_files import LARGEST_BYTES, parse_document

TREE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), TREE, max_size=5))
def test_json_comes_back_as_written(document):
    assert parse_document(json.dumps(document).encode(), name="x") == document


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_a_polite_refusal(data):
    try:
        assert isinstance(parse_document(data, name="x"), dict)
    except InputError as trouble:
        assert trouble.code in ("not-text", "not-a-document")


def test_toml_is_read_with_or_without_a_byte_order_mark():
    assert parse_document(b"\xef\xbb\xbf[prior]\narea = 'land'\n", name="x") == {
        "prior": {"area": "land"}
    }


@pytest.mark.parametrize(
    "text",
    [
        '{"a": NaN}', '{"a": Infinity}', '{"a": 1, "a": 2}', "[1, 2]", '"text"', "{",
        '{"a": ' + "[" * 5000 + "]" * 5000 + "}", '{"a": ' * 60 + "1" + "}" * 60, "a = 1\na = 2",
        "a = " + "[" * 3000,
    ],
)  # fmt: skip
def test_what_only_looks_like_a_document_is_refused(text):
    with pytest.raises(InputError) as caught:
        parse_document(text.encode(), name="x")
    assert caught.value.code == "not-a-document"


@pytest.mark.parametrize("make", ["missing", "folder", "pipe", "binary", "huge", "nul"])
def test_a_file_that_cannot_be_one_is_refused_at_once(tmp_path, make):
    path = tmp_path / "clues.toml"
    wanted = "file-unusable"
    if make == "folder":
        path.mkdir()
    elif make == "pipe":
        os.mkfifo(path)
    elif make == "binary":
        path.write_bytes(bytes(range(256)))
        wanted = "not-text"
    elif make == "huge":
        with path.open("wb") as stream:
            stream.truncate(1_000_000_000)
        wanted = "file-too-large"
    name = f"{path}\0" if make == "nul" else path
    with pytest.raises(InputError) as caught:
        actions.read_document(name)
    assert caught.value.code == wanted


def test_a_dash_reads_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))
    assert actions.read_document("-") == {"a": 1}


def test_standard_input_is_bounded_too(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b" " * (LARGEST_BYTES + 1))))
    with pytest.raises(InputError):
        actions.read_document("-")
