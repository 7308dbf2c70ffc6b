"""SHA-256, the one digest of the evidence format, on all cores. The only module that writer and
auditor share.
"""

from __future__ import annotations

import hashlib
import os
import queue
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Generic, TypeVar

CHUNK_BYTES = (
    1 << 18
)  # fits a core's second-level cache, so that hashing reads what reading just wrote
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
_Thing = TypeVar("_Thing")
_Found = TypeVar("_Found")


_own = threading.local()


def chunk_buffer() -> bytearray:
    """This thread's buffer: one for all files, so that its pages stay mapped and in the cache."""
    found: bytearray | None = getattr(_own, "buffer", None)
    if found is None:
        found = _own.buffer = bytearray(CHUNK_BYTES)
    return found


def sha256_hex(data: bytes) -> str:
    """The digest of some bytes: 64 lowercase hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


def digest_of(source: BinaryIO, *, seen: Callable[[int], None] | None = None) -> tuple[str, int]:
    """The digest and the length [bytes] of what is left in an unbuffered file; ``seen`` is told
    each step's bytes.
    """
    state = hashlib.sha256()
    buffer = chunk_buffer()
    view = memoryview(buffer)
    size = 0
    while count := source.readinto(buffer):  # type: ignore[attr-defined]
        state.update(view[:count])
        size += count
        if seen is not None:
            seen(count)
    return state.hexdigest(), size


def is_digest(text: object) -> bool:
    """Whether something is a digest as this format writes it."""
    return isinstance(text, str) and HEX_DIGEST.fullmatch(text) is not None


def on_all_cores(
    work: Callable[[_Thing], _Found],
    things: Iterable[_Thing],
    *,
    threads: int | None = None,
) -> Iterator[tuple[_Thing, _Found | Exception]]:
    """Each thing with what ``work`` found, in order, a few at a time: hashing and reading let other
    threads run.

    An exception of the work is a result, so that one bad file does not end the rest.
    """
    count = threads or min(os.cpu_count() or 1, 8)
    if count == 1:
        yield from ((thing, _attempt(work, thing)) for thing in things)
        return
    todo: queue.SimpleQueue[_Job[_Thing, _Found] | None] = queue.SimpleQueue()
    crew = [threading.Thread(target=_serve, args=(todo, work), daemon=True) for _ in range(count)]
    for member in crew:
        member.start()
    waiting: list[_Job[_Thing, _Found]] = []
    try:
        for thing in things:
            waiting.append(_Job(thing))
            todo.put(waiting[-1])
            if len(waiting) > 4 * count:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        for _ in crew:
            todo.put(None)
        for job in waiting:
            job.dropped = True
        for member in crew:
            member.join()


class _Job(Generic[_Thing, _Found]):
    """One thing to do, and the place where its result is waited for."""

    def __init__(self, thing: _Thing) -> None:
        self.thing = thing
        self.dropped = False
        self.found: _Found | Exception = RuntimeError("not done")
        self.done = threading.Event()

    def result(self) -> tuple[_Thing, _Found | Exception]:
        """The thing and what was found, once it is."""
        self.done.wait()
        return self.thing, self.found


def _serve(
    todo: queue.SimpleQueue[_Job[_Thing, _Found] | None],
    work: Callable[[_Thing], _Found],
) -> None:
    """Do jobs until there are no more."""
    while (job := todo.get()) is not None:
        if not job.dropped:
            job.found = _attempt(work, job.thing)
        job.done.set()


def _attempt(work: Callable[[_Thing], _Found], thing: _Thing) -> _Found | Exception:
    """What the work found, or the exception that it raised."""
    try:
        return work(thing)
    except Exception as error:  # a result: the caller decides
        return error
