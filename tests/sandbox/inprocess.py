"""Call a task in the process of the test: no worker is started, so a matrix of formats is quick.

The answer goes through the same frame and the same error mapping as a worker's. What only a locked
process gives is missing: no lock, no bound on memory, CPU, time or file size, and a decoder that
crashes takes the tests with it. A test of those calls :func:`noonmark.sandbox.process.run`.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from noonmark.errors import OutsideError
from noonmark.sandbox import descriptors, process, protocol, worker, worker_end

_LIMITS = process.WorkerLimits()


def run_task(
    name: str,
    payload: Mapping[str, Any],
    files: Sequence[Path] = (),
    outputs: Sequence[Path] = (),
    *,
    limits: process.WorkerLimits = _LIMITS,
) -> dict[str, Any]:
    """The value that ``process.run(name, ...)`` answers with; the same errors and codes."""
    return run(name, payload=payload, files=files, outputs=outputs, limits=limits).value


def without_workers(patch: pytest.MonkeyPatch) -> None:
    """Make all that calls ``process.run`` (noonmark.media) call its tasks here, with no worker."""
    patch.setattr(process, "run", run)


def run(
    task: str,
    *,
    payload: Mapping[str, Any],
    files: Sequence[Path] = (),
    outputs: Sequence[Path] = (),
    limits: process.WorkerLimits = _LIMITS,
) -> process.WorkerAnswer:
    """Stand in for ``process.run``: the same arguments and value; cost and locks are left empty."""
    if task == "selfcheck":
        raise ValueError("the self-check attacks the process it runs in")
    if not task.isidentifier():
        raise ValueError(f"no task is called {task!r}")
    with contextlib.ExitStack() as stack:
        fds = [stack.enter_context(descriptors.opened(path)) for path in files]
        fds += [stack.enter_context(descriptors.created(path)) for path in outputs]
        asked = json.loads(json.dumps(dict(payload) | {"limits": asdict(limits)}))
        with _decoding_alarm():
            said = worker._do({"task": task, "payload": asked, "fds": fds})
        value = worker_end.value_of(task, _through_the_frame(said), limits)
    return process.WorkerAnswer(value, cpu_s=0.0, wall_s=0.0, peak_bytes=0, locks=())


def _through_the_frame(said: dict[str, Any]) -> dict[str, Any]:
    """What the main process reads: lists for tuples, arrays for bytes, safe strings."""
    with tempfile.TemporaryFile() as pipe:
        worker.send(pipe.fileno(), said)
        pipe.seek(0)
        value, rest = protocol.first_frame(pipe.read())
    assert value is not None and not rest
    return value


@contextlib.contextmanager
def _decoding_alarm() -> Iterator[None]:
    """The alarm of decoders/pictures.py, which ends a worker, raises here."""

    def stop(*_: object) -> None:
        raise OutsideError(
            "the photo took more CPU to decode than any photo needs", code="worker-time"
        )

    # a handler can be set in the main thread alone; index add reads its files in others
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGPROF, stop) if main else None
    try:
        yield
    finally:
        if pictures := sys.modules.get("noonmark.sandbox.decoders.pictures"):
            pictures.alarm(0)
        if main:
            signal.signal(signal.SIGPROF, before)
