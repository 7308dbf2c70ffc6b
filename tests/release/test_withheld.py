"""The scan for withheld digests finds each one, wherever it lies, and nothing else."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.release.withheld import PREFIX, names_withheld, scan_folder

DIGEST = sha256(b"withheld").hexdigest()
OTHER = sha256(b"shown").hexdigest()


@settings(max_examples=60)
@given(
    st.binary(max_size=200),
    st.binary(max_size=200),
    st.integers(PREFIX, 64),
    st.booleans(),
    st.integers(1, 90),
)
def test_a_digest_is_found_at_any_place_across_any_chunks(before, after, length, upper, step):
    name = DIGEST[:length].upper() if upper else DIGEST[:length]
    data = before + name.encode() + after
    chunks = [data[at : at + step] for at in range(0, len(data), step)]
    assert names_withheld(chunks, {DIGEST, OTHER}) >= {DIGEST}


@settings(max_examples=30)
@given(st.binary(max_size=400))
def test_bytes_without_a_digest_name_nothing(data):
    assert names_withheld([data, OTHER.encode()], {DIGEST}) == set()


@pytest.mark.parametrize("inside", [f"aaa{DIGEST}", f"{'f' * 40}{DIGEST}{'0' * 40}"])
def test_a_digest_inside_a_longer_run_of_hex_is_found(inside):
    assert names_withheld([inside.encode()], {DIGEST}) == {DIGEST}


def test_names_of_files_are_searched_too(tmp_path):
    (tmp_path / f"probe-{DIGEST[:16]}.json").write_text("{}")
    (tmp_path / "plain.json").write_text("{}")
    assert scan_folder(tmp_path, {DIGEST}) == {f"probe-{DIGEST[:16]}.json": {DIGEST}}
