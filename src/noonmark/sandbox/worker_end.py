"""How a worker ended, and what that means: its answer, its refusal, or one error a cause.

the worker was killed by one of our caps       worker-time, worker-output
it died of a signal                            worker-time (CPU), worker-died
its answer has not the agreed form             worker-output
a lock that is needed did not hold             sandbox-locks-missing
it ended without an answer                     worker-died
the task answered                              its value
the task refused                               its own error, kind and code as it said
a library is missing                           media-extra-missing
the decoder threw something else               worker-memory, worker-failed
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Any

from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.sandbox import protocol
from noonmark.sandbox.required_locks import VARIABLE

MEBI = 1 << 20
_EXTRAS = {
    "cv2": "recognise",
    "duckdb": "planet",
    "onnxruntime": "faces",
    "osmium": "world",
    "rasterio": "sites",
}
"""Which extra of the package brings a module; "media" where none is named here."""
_MOST_COMPLAINT = 2000


@dataclass(frozen=True)
class WorkerLimits:
    """What one worker may use. ``file_bytes`` caps each output file, ``output_bytes`` what it may
    answer.
    """

    cpu_s: int = 30
    wall_s: float = 15.0
    memory_bytes: int = 1024 * MEBI
    output_bytes: int = 64 * MEBI
    pixels: int = 100_000_000
    file_bytes: int = 0
    scratch: bool = False


@dataclass(frozen=True)
class WorkerAnswer:
    """What a worker answered: ``value`` (numbers, hostile strings, read-only arrays), its cost, the
    locks that held.

    ``peak_bytes`` begins at the peak of the process that started it (Linux counts so), so that it
    is an upper bound.
    """

    value: dict[str, Any]
    cpu_s: float
    wall_s: float
    peak_bytes: int
    locks: tuple[str, ...]


@dataclass(frozen=True)
class EndedWorker:
    """A worker that has ended: what it wrote, how it died, what it used.

    ``cut`` says which cap made us kill it, "time" or "output"; "" where it ended by itself.
    """

    answer: memoryview
    complaint: str
    signal: int
    exit_code: int
    cpu_s: float
    wall_s: float
    peak_bytes: int
    cut: str


def answer_of(task: str, ended: EndedWorker, limits: WorkerLimits) -> WorkerAnswer:
    """What the task answered. Raises its refusal, or OutsideError where it did not answer."""
    refuse_death(task, ended, limits)
    try:
        hello, rest = protocol.first_frame(ended.answer)
        refuse_unlocked(hello)
        said, rest = protocol.first_frame(rest)
    except protocol.Garbled as error:
        raise OutsideError(
            f"the reader's answer is not of the agreed form: {error}", code="worker-output"
        ) from None
    if hello is None or said is None or rest or ended.exit_code:
        lines = ended.complaint.strip().splitlines()
        reason = f": {lines[-1][:300]}" if lines else ""
        raise OutsideError(
            f"the reader ended without an answer{reason}", code="worker-died", task=task
        )
    return WorkerAnswer(
        value=value_of(task, said, limits),
        cpu_s=ended.cpu_s,
        wall_s=ended.wall_s,
        peak_bytes=ended.peak_bytes,
        locks=tuple(str(name) for name in hello.get("locks", ())),
    )


def refuse_unlocked(hello: dict[str, Any] | None) -> None:
    """Raise OutsideError where the worker ended because a needed lock did not hold.

    ``hello`` is its first frame, sent before it has seen a byte of the file.
    """
    missing = hello.get("missing") if hello else None
    if not missing:
        return
    names = ", ".join(str(name) for name in missing)
    raise OutsideError(
        "the file was not opened: a process can't be locked in on this machine "
        f"(the lock that does not hold: {names})",
        code="sandbox-locks-missing",
        hint="`noonmark doctor` says more, docs/sandbox.md what each lock does; to go on without, "
        f"at your own risk: {VARIABLE}={names.replace(' ', '')}",
    )


def refuse_death(task: str, ended: EndedWorker, limits: WorkerLimits) -> None:
    """Raise OutsideError for each way in which a worker can end without an answer."""
    found = _cause_of_death(ended, limits)
    if found is not None:
        code, message = found
        complaint = ended.complaint[:_MOST_COMPLAINT]
        raise OutsideError(message, code=code, task=task, complaint=complaint)


def _cause_of_death(ended: EndedWorker, limits: WorkerLimits) -> tuple[str, str] | None:
    """Code and message; None where the worker ended by itself."""
    over_cpu = ended.signal == signal.SIGKILL and ended.cpu_s >= limits.cpu_s
    if ended.cut == "time":
        message = f"the file was not read within {limits.wall_s:g} s and was given up"
        return "worker-time", message
    if ended.signal == signal.SIGXCPU or over_cpu:
        return "worker-time", f"the file took more than {limits.cpu_s} s of CPU"
    if ended.signal == signal.SIGPROF:  # decoders/pictures.py
        return "worker-time", "the photo took more CPU to decode than any photo needs"
    if ended.cut == "output":
        return "worker-output", f"the reader answered with more than {limits.output_bytes} bytes"
    if ended.signal:
        name = signal.Signals(ended.signal).name
        return "worker-died", f"the reader died of {name}; nothing else was harmed"
    return None


def value_of(task: str, said: dict[str, Any], limits: WorkerLimits) -> dict[str, Any]:
    """What the task found. Raises its refusal as our own error, or a sentence on how it broke."""
    done = said.get("done")
    if isinstance(done, dict):
        return done
    refused = said.get("refused")
    if isinstance(refused, dict):
        raise _refusal(refused)
    missing = said.get("missing")
    if isinstance(missing, dict):
        raise _missing_package(missing)
    failed = said.get("failed")
    raise _failure(task, failed if isinstance(failed, dict) else {}, limits)


def _refusal(refused: dict[str, Any]) -> NoonmarkError:
    """A deliberate error of the task, its texts cut."""
    is_input = refused.get("kind") == "InputError"
    kind: type[NoonmarkError] = InputError if is_input else OutsideError
    hint = refused.get("hint")
    return kind(
        str(refused.get("message"))[:1000],
        code=str(refused.get("code"))[:64],
        hint=str(hint)[:300] if hint else None,
    )


def _missing_package(missing: dict[str, Any]) -> OutsideError:
    """The error for a task whose library is not installed."""
    name = str(missing.get("name"))
    extra = _EXTRAS.get(name.partition(".")[0], "media")
    return OutsideError(
        f"this needs the Python package {name[:100]}, which is not installed",
        code="media-extra-missing",
        hint=f"pip install 'noonmark[{extra}]'",
        reason=str(missing.get("message"))[:300],
    )


def _failure(task: str, failed: dict[str, Any], limits: WorkerLimits) -> OutsideError:
    """Whatever else a decoder throws at hostile bytes."""
    kind, message = str(failed.get("kind")), str(failed.get("message"))
    if kind == "MemoryError":
        return OutsideError(
            f"the file needs more than {limits.memory_bytes // MEBI} MiB to open",
            code="worker-memory",
            task=task,
        )
    return OutsideError(
        f"the file could not be read ({kind[:60]}: {message[:300]})",
        code="worker-failed",
        task=task,
    )
