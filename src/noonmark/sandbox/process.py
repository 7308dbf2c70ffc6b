"""The one place that starts a process: a locked worker that reads what a stranger sent and hands
back numbers.

Each call starts a fresh interpreter for one task on one set of files, so no state outlives a file.
The worker gets open descriptors, never a path. It has no network, can't start a process, can't
write a file (but the outputs and scratch folder it was given), and is bounded in memory, CPU, time
and what it may answer. The locks are in locks.py and seccomp.py; required_locks.py says which must
hold; self_check.py tries them all and says which do on this machine.

What comes back is JSON and raw arrays, parsed strictly. Strings in it are as hostile as the file.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import OutsideError
from noonmark.sandbox import descriptors, protocol, required_locks, running, surroundings, waiting
from noonmark.sandbox.worker_end import (
    EndedWorker,
    WorkerAnswer,
    WorkerLimits,
    answer_of,
    refuse_death,
    refuse_unlocked,
)

__all__ = ["WorkerAnswer", "WorkerLimits", "keep_waiting", "run", "run_program"]

_WORKER = surroundings.PACKAGE / "sandbox" / "worker.py"
_STDERR_BYTES = 16_384
_PIECE_BYTES = 1 << 16
_HELLO_BYTES = 4096
"""What a worker says of its locks, on top of its answer."""
_DEFAULT_LIMITS = WorkerLimits()
_Waiting = waiting.WaitingWorker[subprocess.Popen[bytes]]
_Keeper = waiting.WorkerKeeper[subprocess.Popen[bytes]]
_kept: dict[tuple[str, WorkerLimits], _Keeper] = {}
"""Who keeps a worker waiting, by its task and its limits."""


def run(
    task: str,
    *,
    payload: Mapping[str, Any],
    files: Sequence[Path] = (),
    outputs: Sequence[Path] = (),
    readable: Sequence[str] = (),
    limits: WorkerLimits = _DEFAULT_LIMITS,
) -> WorkerAnswer:
    """What ``tasks/<task>.py`` makes of ``files``, in a locked process of its own.

    The task's ``main(payload, fds)`` finds ``limits`` in its payload, the files' descriptors
    (read-only) in ``fds`` in order, then those of ``outputs`` (new files; an output that exists is
    refused). ``readable`` names what a library opens by itself: paths that then may be read.
    Raises InputError or OutsideError as the task said, or OutsideError with a code of
    worker_end.py.
    """
    if not task.isidentifier():
        raise ValueError(f"no task is called {task!r}")
    with contextlib.ExitStack() as stack:
        fds = [stack.enter_context(descriptors.opened(path)) for path in files]
        fds += [stack.enter_context(descriptors.created(path)) for path in outputs]
        asked = dict(payload) | {"limits": asdict(limits)}
        if len(files) == 1 and not outputs and not readable:
            ended = _from_waiting(task, asked, fds[0], limits)
            if ended is not None:
                return answer_of(task, ended, limits)
        request: dict[str, Any] = {"task": task, "payload": asked, "fds": fds, "program": None}
        request["readable"] = list(readable)
        return answer_of(task, _spawn(request, limits), limits)


def keep_waiting(task: str, limits: WorkerLimits, *, imports: Sequence[str] = ()) -> None:
    """Keep a worker ready for the next file of a task, locked in as any other (Linux only).

    :func:`run` hands it the file where that has these limits, one file and no outputs. ``imports``
    are modules of the worker's that the task itself imports only when it needs them.
    """
    if not sys.platform.startswith("linux"):
        return
    request: dict[str, Any] = {"task": task, "payload": {}, "program": None}
    request["imports"] = list(imports)

    def start() -> _Waiting:
        ours, theirs = waiting.new_line()
        with theirs:
            line = {"line": theirs.fileno(), "fds": [theirs.fileno()]}
            process = _started(request | line, limits, "")
        return _Waiting(process, ours)

    def end(worker: _Waiting) -> None:
        _reaped(_RunningWorker(worker.process, limits, 0.0), memoryview(b""), b"", "")

    keeper = _kept.get((task, limits)) or _Keeper(start, end)
    _kept[task, limits] = keeper
    keeper.need()


def _from_waiting(
    task: str, payload: Mapping[str, Any], fd: int, limits: WorkerLimits
) -> EndedWorker | None:
    """What became of a waiting worker that got the file; None where no worker was waiting."""
    keeper = _kept.get((task, limits))
    worker = keeper.take() if keeper else None
    if worker is None:
        return None
    running_worker = _RunningWorker(worker.process, limits, time.monotonic())
    if worker.handed(payload, fd):
        return _follow(running_worker)
    # It was killed while it waited. It has seen nothing of the file, so another may be started.
    _reaped(running_worker, memoryview(b""), b"", "")
    return None


def run_program(
    program: Sequence[str],
    *,
    file: Path,
    readable: Sequence[str] = (),
    may_be_silent: bool = False,
    limits: WorkerLimits = _DEFAULT_LIMITS,
) -> bytes:
    """What an installed program prints, locked in likewise, with ``file`` as its standard input.

    ``readable`` names folders that it needs besides its own (a program that recognises writing
    needs its language files). A program that prints nothing has mostly not found what it needed,
    whatever its exit code: that is an error unless ``may_be_silent``. Raises OutsideError.
    """
    with descriptors.opened(file) as fd:
        request = {
            "task": "",
            "payload": {},
            "fds": [fd],
            "program": list(program),
            "readable": list(readable),
        }
        ended = _spawn(request, limits)
    name = Path(program[0]).name
    refuse_death(name, ended, limits)
    hello, rest = protocol.first_frame(ended.answer)
    refuse_unlocked(hello)
    complaint = ended.complaint.strip()[:200]
    if hello is None:
        raise OutsideError(f"{name} could not be started: {complaint}", code="worker-died")
    if not rest and not may_be_silent:
        why = f": {complaint}" if complaint else ""
        raise OutsideError(
            f"{name} ended with code {ended.exit_code} and printed nothing{why}",
            code="program-silent",
        )
    return bytes(rest)


def _spawn(request: dict[str, Any], limits: WorkerLimits) -> EndedWorker:
    """Start a worker on a request, and follow it to its end."""
    scratch = tempfile.mkdtemp(prefix="noonmark-") if limits.scratch else ""
    try:
        started_s = time.monotonic()
        return _follow(_RunningWorker(_started(request, limits, scratch), limits, started_s))
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


def _started(
    request: dict[str, Any], limits: WorkerLimits, scratch: str
) -> subprocess.Popen[bytes]:
    """Start a worker on a request: it locks itself in before it does anything else."""
    if not required_locks.needed():
        raise OutsideError(
            "hostile files are opened only where the system can lock a process in: Linux or macOS",
            code="sandbox-unsupported",
            hint="on Windows, run noonmark inside WSL",
        )
    running.refuse_if_ending()
    waived = required_locks.waived()
    if waived:
        _say_once(waived)
    before, outer_locks = surroundings.macos_sandbox(scratch)
    request |= {
        "limits": asdict(limits),
        "package": str(surroundings.PACKAGE),
        "path": surroundings.search_path(),
        "scratch": scratch,
        "readable": [
            *surroundings.readable_paths(request["program"]),
            *request.get("readable", ()),
        ],
        "parent": os.getpid(),
        "outer": outer_locks,
        "needed": [name for name in required_locks.needed() if name not in waived],
    }
    with tempfile.TemporaryFile() as asked:
        asked.write(json.dumps(request).encode())
        asked.seek(0)
        process = subprocess.Popen(
            [*before, sys.executable, "-I", "-S", "-B", str(_WORKER)],
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=request["fds"],
            cwd="/",
            env=surroundings.environment(scratch),
            start_new_session=True,
        )
        running.add(process.pid)
    return process


@functools.cache
def _say_once(waived: tuple[str, ...]) -> None:
    """Say on standard error, once a process, that a lock was given up on purpose."""
    logging.getLogger(__name__).warning(
        "files of strangers are opened without the lock %s, as %s says",
        ", ".join(waived),
        required_locks.VARIABLE,
    )


@dataclass(frozen=True)
class _RunningWorker:
    """A worker, its caps, and when it was started."""

    process: subprocess.Popen[bytes]
    limits: WorkerLimits
    started_s: float

    def left_s(self) -> float:
        """How long it may go on."""
        return self.started_s + self.limits.wall_s - time.monotonic()


def _follow(worker: _RunningWorker) -> EndedWorker:
    """Read what it says until it ends or a cap is reached, and kill what is left of it."""
    stdout, stderr = worker.process.stdout, worker.process.stderr
    assert stdout is not None and stderr is not None
    answer, complaint, cut = bytearray(), bytearray(), ""
    with selectors.DefaultSelector() as pipes:
        pipes.register(stdout, selectors.EVENT_READ, answer)
        pipes.register(stderr, selectors.EVENT_READ, complaint)
        while pipes.get_map() and not cut:
            left_s = worker.left_s()
            ready = pipes.select(max(0.0, left_s))
            if not ready and left_s <= 0:
                cut = "time"
            for key, _ in ready:
                piece = os.read(key.fd, _PIECE_BYTES)
                if not piece:
                    pipes.unregister(key.fileobj)
                elif key.data is answer or len(complaint) < _STDERR_BYTES:
                    key.data.extend(piece)
            if len(answer) > worker.limits.output_bytes + _HELLO_BYTES:
                cut = "output"
    cut = cut or _waited_for(worker)
    return _reaped(worker, memoryview(answer).toreadonly(), bytes(complaint), cut)


def _waited_for(worker: _RunningWorker) -> str:
    """Wait until it ends, for it may close its pipes and go on: "time" where it takes too long.

    It is not reaped yet, so that its number can't become that of another process.
    """
    look = os.WEXITED | os.WNOWAIT | os.WNOHANG
    while os.waitid(os.P_PID, worker.process.pid, look) is None:
        if worker.left_s() <= 0:
            return "time"
        time.sleep(0.001)
    return ""


def _reaped(worker: _RunningWorker, answer: memoryview, complaint: bytes, cut: str) -> EndedWorker:
    """Kill what is left of its session, and count what it used."""
    process = worker.process
    with contextlib.suppress(ProcessLookupError, PermissionError):
        # before the wait below, while the number is surely still its own
        os.killpg(process.pid, signal.SIGKILL)
    running.remove(process.pid)
    _, status, used = os.wait4(process.pid, 0)
    exit_code = os.waitstatus_to_exitcode(status)
    process.returncode = exit_code  # Popen must not wait again
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    peak_unit_bytes = 1 if sys.platform == "darwin" else 1024
    return EndedWorker(
        answer=answer,
        complaint=protocol.printable(complaint.decode("utf-8", "replace")),
        signal=max(0, -exit_code),
        exit_code=max(0, exit_code),
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=time.monotonic() - worker.started_s,
        peak_bytes=used.ru_maxrss * peak_unit_bytes,
        cut=cut,
    )
