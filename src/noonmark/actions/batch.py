"""Many questions, one JSON document a line: answered in order, on all cores, resumable.

One bad line costs only itself: it becomes an error object on its own line, even when it takes its
worker process down. Beside sandbox/process.py this is the only module that starts processes; they
run actions on documents already read (docs/decisions/0006-batch-processes.md).
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

from noonmark.actions.json_text import json_line
from noonmark.error_mapping import as_ours
from noonmark.errors import InputError, OutsideError
from noonmark.questions.input_files import LARGEST_BYTES, parse_document

AHEAD = (
    8  # questions in flight per worker: enough that none waits, few enough that memory stays small
)


@dataclass(frozen=True)
class BatchLine:
    """One line of the input: its number in the file, from 1, and its bytes (cut where it is too
    long).
    """

    number: int
    line: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the line's bytes, hex: what ties an answer to its question on resuming."""
        return hashlib.sha256(self.line).hexdigest()


def read_questions(stream: BinaryIO) -> Iterator[BatchLine]:
    """Each line that is not blank. A line longer than a document may be is cut, and so refused
    later.
    """
    number = 0
    while line := stream.readline(LARGEST_BYTES + 2):
        number += 1
        end = line
        while len(end) == LARGEST_BYTES + 2 and not end.endswith(b"\n"):
            end = stream.readline(LARGEST_BYTES + 2)
        if line.strip():
            yield BatchLine(number, line.rstrip(b"\r\n"))


def answer_question(question: BatchLine, verb: str) -> str:
    """The answer, or the error, as one line of JSON with the question's ``line``, ``line_sha256``
    and ``id``.
    """
    head: dict[str, Any] = {"line": question.number, "line_sha256": question.digest}
    try:
        if len(question.line) > LARGEST_BYTES:
            raise InputError(
                f"line {question.number}: larger than {LARGEST_BYTES / 1e6:g} MB",
                code="file-too-large",
            )
        document = parse_document(question.line, name=f"line {question.number}")
        if "id" in document:
            head["id"] = document["id"]
        return json_line({**_verb(verb)(document), **head})
    except Exception as trouble:  # one bad line must not cost the others
        return json_line({**head, **as_ours(trouble).as_json()})


def answer_all(
    questions: Iterable[BatchLine], *, verb: str, workers: int | None = None
) -> Iterator[str]:
    """The answers in order of the questions, each as soon as those before it are there.

    ``verb`` names a function of one document, ``module:function``; ``workers`` defaults to the
    cores.
    """
    count = workers or _cores()
    if count == 1:
        yield from (answer_question(question, verb) for question in questions)
        return
    waiting: deque[tuple[BatchLine, Future[str]]] = deque()
    source = iter(questions)
    pool = _pool(count)
    try:
        while True:
            while len(waiting) < count * AHEAD and (question := next(source, None)) is not None:
                waiting.append((question, pool.submit(answer_question, question, verb)))
            if not waiting:
                return
            question, future = waiting.popleft()
            try:
                answer = future.result()
            except BrokenProcessPool:
                # Somebody in the pool died; nobody knows who. Ask this one alone, the rest anew.
                pool.shutdown(wait=False, cancel_futures=True)
                answer = _alone(question, verb)
                pool = _pool(count)
                waiting = deque((q, pool.submit(answer_question, q, verb)) for q, _ in waiting)
            yield answer
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def was_answered(answer: str) -> bool:
    """Whether a line that ``answer_all`` gave is an answer, not an error."""
    return bool(_field(answer, "ok"))


def resume_point(target: Path, questions: Iterator[BatchLine]) -> int:
    """How many answers ``target`` already holds; the questions that they answer are taken from the
    iterator.

    A last line without its end (the run was killed while writing) is cut off. An answer that does
    not belong to its question raises, because then the file answers something else.
    """
    if not target.exists():
        return 0
    kept = done = 0
    with target.open("r+b") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                break
            question = next(questions, None)
            if question is None or _field(line, "line_sha256") != question.digest:
                raise InputError(
                    f"{target}: answer {done + 1} is not the answer to that line",
                    code="resume-mismatch",
                    hint="choose another file, or add --force to start anew",
                )
            kept, done = kept + len(line), done + 1
        stream.truncate(kept)
    return done


def _field(line: bytes | str, name: str) -> Any:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found.get(name) if isinstance(found, dict) else None


def _alone(question: BatchLine, verb: str) -> str:
    with _pool(1) as pool:
        try:
            return pool.submit(answer_question, question, verb).result()
        except BrokenProcessPool:
            died = OutsideError(
                "the process that worked on this line died", code="line-died", hint="out of memory?"
            )
            return json_line(
                {"line": question.number, "line_sha256": question.digest, **died.as_json()}
            )


def _pool(count: int) -> ProcessPoolExecutor:
    # Spawned, not forked: no thread or lock of ours is inherited half-way.
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_quiet)


def _quiet() -> None:
    """Ctrl-C is for the parent; one numeric thread a worker, because there is a worker a core."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def _verb(name: str) -> Callable[[dict[str, Any]], Mapping[str, Any]]:
    module, _, function = name.partition(":")
    found: Callable[[dict[str, Any]], Mapping[str, Any]] = getattr(
        importlib.import_module(module), function
    )
    return found
