"""The one place that starts a process: a locked worker that reads what a stranger sent and hands back numbers.

Each call starts a fresh interpreter for one task on one set of files, so no state outlives a file. The worker
gets open descriptors, never a path. It has no network, can't start a process, can't write a file (but the
outputs and scratch folder it was given), and is bounded in memory, CPU, time and what it may answer.
The locks are in workers/kernel.py; :func:`status` tries them all and says which hold on this machine.

What comes back is JSON and raw arrays, parsed strictly. Strings in it are as hostile as the file.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.media import wire

_PACKAGE = Path(__file__).resolve().parents[1]
_CAGE = _PACKAGE / "media" / "workers" / "cage.py"
_SYSTEM = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/dev/null", "/dev/zero",
    "/dev/urandom", "/proc/cpuinfo", "/proc/meminfo", "/proc/self", "/sys/devices/system/cpu",
)  # fmt: skip
_EXTRAS = {"cv2": "recognise", "onnxruntime": "faces"}
_STDERR_BYTES = 16_384
_MEBI = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one worker may use. ``file_bytes`` caps each output file, ``output_bytes`` what it may answer."""

    cpu_s: int = 30
    wall_s: float = 15.0
    memory_bytes: int = 1024 * _MEBI
    output_bytes: int = 64 * _MEBI
    pixels: int = 100_000_000
    file_bytes: int = 0
    scratch: bool = False


@dataclass(frozen=True)
class Result:
    """What a worker answered: ``value`` (numbers, hostile strings, read-only arrays), its cost, the locks that held."""

    value: dict[str, Any]
    cpu_s: float
    wall_s: float
    peak_bytes: int
    locks: tuple[str, ...]


@dataclass(frozen=True)
class _Ended:
    """A worker that has ended: what it wrote, how it died, what it used."""

    answer: memoryview
    complaint: str
    signal: int
    exit_code: int
    cpu_s: float
    wall_s: float
    peak_bytes: int
    cut: str  # "" or which cap made us kill it: "time", "output"


def run(
    task: str,
    *,
    payload: Mapping[str, Any],
    files: Sequence[Path] = (),
    outputs: Sequence[Path] = (),
    limits: Limits = Limits(),
) -> Result:
    """What ``workers/<task>.py`` makes of ``files``, in a locked process of its own.

    The task's ``main(payload, fds)`` finds ``limits`` in its payload, the files' descriptors (read-only) in
    ``fds`` in order, then those of ``outputs`` (new files; an output that exists is refused).
    Raises InputError or OutsideError as the task said, or OutsideError with a code of this module.
    """
    if not task.isidentifier():
        raise ValueError(f"no task is called {task!r}")
    with contextlib.ExitStack() as stack:
        fds = [stack.enter_context(_opened(path)) for path in files]
        fds += [stack.enter_context(_created(path)) for path in outputs]
        asked = dict(payload) | {"limits": asdict(limits)}
        ended = _spawn({"task": task, "payload": asked, "fds": fds, "program": None}, fds, limits)
        return _judge(task, ended, limits)


def run_program(program: Sequence[str], *, file: Path, limits: Limits = Limits()) -> bytes:
    """What an installed program prints, locked in likewise, with ``file`` as its standard input."""
    with _opened(file) as fd:
        ended = _spawn({"task": "", "payload": {}, "fds": [fd], "program": list(program)}, [fd], limits)
    name = Path(program[0]).name
    _refuse_death(name, ended, limits)
    frames, rest = wire.first_frame(ended.answer)
    if frames is None:
        raise OutsideError(f"{name} could not be started: {ended.complaint[:200]}", code="worker-died")
    return bytes(rest)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A read-only descriptor of a regular file; anything else is refused before it can block us."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", code="file-unreadable", hint="name a file you may read") from None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise InputError(f"{path} is not a file", code="not-a-file", hint="name one photo or video")
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def _created(path: Path) -> Iterator[int]:
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
    except FileExistsError:
        raise InputError(f"{path} exists already", code="output-exists", hint="name a new file") from None
    except OSError as error:
        raise OutsideError(f"{path}: {error.strerror}", code="output-unwritable") from None
    try:
        yield fd
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()  # half an output must not be taken for a whole one
        raise
    finally:
        os.close(fd)


def _readable(program: Sequence[str] | None) -> list[str]:
    places = [
        os.path.dirname(os.__file__),
        os.path.join(sys.base_prefix, "lib"),
        str(_PACKAGE),
        *_SYSTEM,
        *_libraries(),
    ]
    if program:
        places += ["/usr/bin", "/bin", "/usr/share/perl", "/usr/share/perl5", "/etc/perl", os.path.dirname(program[0])]
    return places


def _libraries() -> list[str]:
    known = {sysconfig.get_paths()[name] for name in ("purelib", "platlib")}
    known |= {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")}
    return sorted(path for path in known if os.path.isabs(path))


def _search_path() -> list[str]:
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    return [*dict.fromkeys(standard), os.path.join(standard[0], "lib-dynload"), *_libraries()]


def _outer(scratch: str) -> tuple[list[str], list[str]]:
    """On macOS, the system's own cage around ours; elsewhere nothing."""
    program = "/usr/bin/sandbox-exec"
    if not os.path.exists(program):
        return [], []
    allow = f'(allow file-write* (subpath "{os.path.realpath(scratch)}"))' if scratch else ""
    profile = f"(version 1)(allow default)(deny network*)(deny process-fork)(deny file-write*){allow}"
    return [program, "-p", profile], ["sandbox-exec"]


def _spawn(request: dict[str, Any], fds: Sequence[int], limits: Limits) -> _Ended:
    if sys.platform == "win32":
        raise OutsideError(
            "hostile files are opened only where the system can lock a process in: Linux or macOS",
            code="sandbox-unsupported",
            hint="on Windows, run noonmark inside WSL",
        )
    scratch = tempfile.mkdtemp(prefix="noonmark-") if limits.scratch else ""
    try:
        before, outer = _outer(scratch)
        request |= {
            "limits": asdict(limits), "package": str(_PACKAGE), "path": _search_path(), "scratch": scratch,
            "readable": _readable(request["program"]), "parent": os.getpid(), "outer": outer,
        }  # fmt: skip
        with tempfile.TemporaryFile() as asked:
            asked.write(json.dumps(request).encode())
            asked.seek(0)
            started_s = time.monotonic()
            process = subprocess.Popen(
                [*before, sys.executable, "-I", "-S", "-B", str(_CAGE)],
                stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=fds, cwd="/",
                env=_environment(scratch), start_new_session=True,
            )  # fmt: skip
        return _follow(process, limits, started_s)
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


def _environment(scratch: str) -> dict[str, str]:
    threads = str(min(4, os.cpu_count() or 1))
    quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": threads, "OPENCV_LOG_LEVEL": "SILENT"}
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": scratch or "/", "TMPDIR": scratch or "/"} | quiet


def _follow(process: subprocess.Popen[bytes], limits: Limits, started_s: float) -> _Ended:
    """Read what it says until it ends or a cap is reached; then it is dead, whatever it was doing."""
    assert process.stdout is not None and process.stderr is not None
    answer, complaint, cut = bytearray(), bytearray(), ""
    with selectors.DefaultSelector() as ears:
        ears.register(process.stdout, selectors.EVENT_READ, answer)
        ears.register(process.stderr, selectors.EVENT_READ, complaint)
        while ears.get_map() and not cut:
            left_s = started_s + limits.wall_s - time.monotonic()
            ready = ears.select(max(0.0, left_s))
            if not ready and left_s <= 0:
                cut = "time"
            for key, _ in ready:
                piece = os.read(key.fd, 1 << 16)
                if not piece:
                    ears.unregister(key.fileobj)
                elif key.data is answer or len(complaint) < _STDERR_BYTES:
                    key.data.extend(piece)
                if len(answer) > limits.output_bytes + 4096:
                    cut = "output"
    return _reap(process, memoryview(answer).toreadonly(), bytes(complaint), cut, limits, started_s)


def _reap(
    process: subprocess.Popen[bytes], answer: memoryview, complaint: bytes, cut: str, limits: Limits, started_s: float
) -> _Ended:
    """Wait (a worker may close its pipes and go on), kill what is left of its session, count what it used."""
    until_s = started_s + limits.wall_s
    ended = False
    while not ended and not cut:
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        if not ended and time.monotonic() >= until_s:
            cut = "time"
        elif not ended:
            time.sleep(0.001)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # before the wait below, while the number is surely still its own
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # Popen must not wait again
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    return _Ended(
        answer,
        wire.printable(complaint.decode("utf-8", "replace")),
        max(0, -process.returncode),
        max(0, process.returncode),
        used.ru_utime + used.ru_stime,
        time.monotonic() - started_s,
        used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        cut,
    )


def _refuse_death(task: str, ended: _Ended, limits: Limits) -> None:
    """One error for each way a worker can fail without an answer."""
    details: dict[str, Any] = {"task": task, "complaint": ended.complaint[:2000]}
    if ended.cut == "time":
        raise OutsideError(
            f"the file was not read within {limits.wall_s:g} s and was given up", code="worker-time", **details
        )
    if ended.signal == signal.SIGXCPU or (ended.signal == signal.SIGKILL and ended.cpu_s >= limits.cpu_s):
        raise OutsideError(f"the file took more than {limits.cpu_s} s of CPU", code="worker-time", **details)
    if ended.signal == signal.SIGPROF:  # workers/pictures.py
        raise OutsideError("the photo took more CPU to decode than any photo needs", code="worker-time", **details)
    if ended.cut == "output":
        raise OutsideError(
            f"the reader answered with more than {limits.output_bytes} bytes", code="worker-output", **details
        )
    if ended.signal:
        name = signal.Signals(ended.signal).name
        raise OutsideError(f"the reader died of {name}; nothing else was harmed", code="worker-died", **details)


def _judge(task: str, ended: _Ended, limits: Limits) -> Result:
    _refuse_death(task, ended, limits)
    try:
        hello, rest = wire.first_frame(ended.answer)
        said, rest = wire.first_frame(rest)
    except wire.Garbled as error:
        raise OutsideError(f"the reader's answer is not of the agreed form: {error}", code="worker-output") from None
    if hello is None or said is None or rest or ended.exit_code:
        lines = ended.complaint.strip().splitlines()[-1:]
        raise OutsideError(
            f"the reader ended without an answer{': ' if lines else ''}{lines[0][:300] if lines else ''}",
            code="worker-died",
            task=task,
        )
    value = _answer(task, said, limits)
    return Result(value, ended.cpu_s, ended.wall_s, ended.peak_bytes, tuple(str(x) for x in hello.get("locks", ())))


def _answer(task: str, said: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """What the task found; or its refusal as our own error; or a sentence on how it broke."""
    if isinstance(said.get("done"), dict):
        done: dict[str, Any] = said["done"]
        return done
    if isinstance(refused := said.get("refused"), dict):
        kind: type[NoonmarkError] = InputError if refused.get("kind") == "InputError" else OutsideError
        hint = refused.get("hint")
        raise kind(
            str(refused.get("message"))[:1000],
            code=str(refused.get("code"))[:64],
            hint=str(hint)[:300] if hint else None,
        )
    if isinstance(missing := said.get("missing"), dict):
        raise OutsideError(
            f"this needs the Python package {str(missing.get('name'))[:100]}, which is not installed",
            code="media-extra-missing",
            hint=f"pip install 'noonmark[{_EXTRAS.get(str(missing.get('name')).partition('.')[0], 'media')}]'",
            reason=str(missing.get("message"))[:300],
        )
    failed = said.get("failed")
    failed = failed if isinstance(failed, dict) else {}
    if failed.get("kind") == "MemoryError":
        raise OutsideError(
            f"the file needs more than {limits.memory_bytes // _MEBI} MiB to open", code="worker-memory", task=task
        )
    raise OutsideError(
        f"the file could not be read ({str(failed.get('kind'))[:60]}: {str(failed.get('message'))[:300]})",
        code="worker-failed",
        task=task,
    )


@dataclass(frozen=True)
class Status:
    """Which attacks a worker could not carry out when it tried them on this machine, and which locks held."""

    locks: tuple[str, ...]
    refused: tuple[str, ...]
    possible: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every attack failed."""
        return not self.possible


def status() -> Status:
    """What the cage withstands here, found by trying: connect, fork, execute, write, chmod, read the home folder."""
    with tempfile.TemporaryDirectory(prefix="noonmark-") as folder:
        target = Path(folder) / "target"
        target.write_text("x")
        limits = Limits(cpu_s=5, wall_s=10, memory_bytes=512 * _MEBI)
        try:
            found = run("selfcheck", payload={"folder": folder, "target": str(target)}, limits=limits)
        except OutsideError as error:
            if error.code != "worker-died":
                raise
            return Status((), (), ("execute",))
    tried: dict[str, bool] = found.value["stopped"]
    refused = tuple(name for name, stopped in tried.items() if stopped)
    return Status(found.locks, refused, tuple(name for name, stopped in tried.items() if not stopped))
