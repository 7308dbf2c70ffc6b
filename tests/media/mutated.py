"""Files with some bytes changed and an end cut off, for every reader and writer of the workers."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.sandbox.parsers import containers, srt
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.parsers.output import ParserOutput

_CAUGHT = (struct.error, ValueError, IndexError, OverflowError)
"""What the worker itself catches: it says that reading stopped, and keeps what it has."""


def mutations(seeds: Sequence[bytes], reach: int, *, examples: int) -> Callable[[Any], Any]:
    """A decorator: the test gets one of the seeds, up to 12 bytes of the first ``reach`` changed,
    perhaps cut off.
    """
    changes = st.lists(st.tuples(st.integers(0, reach), st.integers(0, 255)), max_size=12)
    data = st.builds(_changed, st.sampled_from(seeds), changes, st.integers(0, reach))

    def decorate(test: Any) -> Any:
        return settings(max_examples=examples, deadline=None)(given(data)(test))

    return decorate


def _changed(seed: bytes, changes: Sequence[tuple[int, int]], cut: int) -> bytes:
    data = bytearray(seed[: cut or None])
    for at, byte in changes:
        if at < len(data):
            data[at] = byte
    return bytes(data)


def owe_json(data: bytes) -> None:
    """No reader raises what the worker does not catch, nor writes what JSON can't hold."""
    view, output = of_bytes(data), ParserOutput()
    container, reader = containers.container_of(view)
    try:
        if reader is not None:
            reader(view, output)
        elif container == "SRT":
            srt.read(data, output)
    except _CAUGHT:
        pass
    json.dumps([output.fields, output.facts, output.problems, output.tracks], allow_nan=False)
