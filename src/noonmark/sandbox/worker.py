"""The first thing a worker runs: lock itself in, say which locks held, then do one task and die.

Started as ``python -I -S -B worker.py`` with the request on standard input and one pipe for the
answer. Order matters:

    1 read the request
    2 limits
    3 namespaces
    4 no new privileges, no capabilities
    5 Landlock
    6 seccomp
    7 say which held; end where one that is needed did not
    8 only then import the task
    9 wait for the file, where it was started before there was one (waiting.py)
   10 touch a hostile byte

The request is JSON of the main process, which is trusted:

    task, payload, fds     what to do with which open files
    line, imports          where there is no file yet: a socket on which it comes, and the modules
                           that the task may need for it
    program                or a program to become, with its arguments
    package, path          where noonmark and Python's modules lie
    limits                 the caps, as WorkerLimits has them
    readable, scratch      what Landlock leaves open; "" for no scratch folder
    parent                 the process to die with
    outer                  the locks that were closed around this process, on macOS
    needed                 the locks without which no hostile byte is touched
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import signal
import struct
import sys
import types
from collections.abc import Callable
from typing import Any

MAGIC = b"NMK1"
_MOST_THREADS, _MOST_FILES = 512, 256
_LINE_BYTES = 1 << 16
_FULL = (errno.ENOSPC, errno.EDQUOT)
"""What a disk says that takes no more. A file over the worker's own cap is EFBIG: no full disk."""
_DISK_FULL = {
    "kind": "OutsideError",
    "code": "disk-full",
    "message": "the disk took no more, so the new file was not finished and is not there",
    "hint": "free some space and run it again",
}
_CPU_GRACE_S = 2
"""Between the signal that a task could catch and the one that it can't."""


def main() -> None:
    """Read one request from standard input, lock, answer, end."""
    with os.fdopen(0, "rb", closefd=False) as pipe:
        request = json.loads(pipe.read())
    # The pipe of the answer moves away, so that a library that prints writes to nowhere.
    answer = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _stubs(request["package"])
    sys.path[:] = request["path"]
    os.chdir(request["scratch"] or "/")
    held = _lock(request)
    missing = [name for name in request["needed"] if name not in held]
    send(answer, {"locks": held, "missing": missing})
    if missing:
        os._exit(0)
    if request["program"]:
        _become(request, answer)
    send(answer, _do(request))
    os._exit(0)  # no finalisers: a poisoned decoder gets no second chance to run


def _stubs(package: str) -> None:
    """The packages by path alone: their ``__init__`` files run nothing here."""
    folders = {
        "noonmark": package,
        "noonmark.sandbox": os.path.join(package, "sandbox"),
    }
    for name, folder in folders.items():
        module = types.ModuleType(name)
        module.__path__ = [folder]
        sys.modules[name] = module


def _become(request: dict[str, Any], answer: int) -> None:
    """Give the process to the program of the request, with the file as its standard input."""
    fds = request["fds"]
    os.dup2(fds[0] if fds else os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(answer, 1)
    program = request["program"]
    os.execv(program[0], program)  # noqa: S606  the task is this one program, locked in


# --- locks ----------------------------------------------------------------------------------------


def _lock(request: dict[str, Any]) -> list[str]:
    """Close every lock; the names of those that held."""
    held = _limit(request["limits"])
    if not sys.platform.startswith("linux"):
        return held + request["outer"]
    from noonmark.sandbox import locks, seccomp

    is_program = bool(request["program"])
    scratch = [request["scratch"]] if request["scratch"] else []
    writable = [*scratch, "/dev/null"]

    def no_new_privileges() -> bool:
        return locks.no_new_privileges(request["parent"])

    def landlock() -> bool:
        return locks.landlock(request["readable"], writable, execute=is_program)

    def call_filter() -> bool:
        return seccomp.seccomp(writes=bool(scratch), execute=is_program)

    steps: dict[str, Callable[[], bool]] = {
        "namespaces": locks.own_namespaces,
        "no-new-privileges": no_new_privileges,
        "no-capabilities": locks.drop_capabilities,
        "landlock": landlock,
        "seccomp": call_filter,
    }
    return held + [name for name, close in steps.items() if close()]


def _limit(limits: dict[str, int]) -> list[str]:
    """Cap memory, CPU, files and threads; the names of the caps that the system took."""
    import resource

    cpu_s = max(1, limits["cpu_s"])
    memory_bytes, file_bytes = limits["memory_bytes"], limits["file_bytes"]
    wanted = {
        "memory": (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        "cpu": (resource.RLIMIT_CPU, cpu_s, cpu_s + _CPU_GRACE_S),
        "file-size": (resource.RLIMIT_FSIZE, file_bytes, file_bytes),
        # counts threads too; processes themselves are refused by seccomp
        "processes": (resource.RLIMIT_NPROC, _MOST_THREADS, _MOST_THREADS),
        "open-files": (resource.RLIMIT_NOFILE, _MOST_FILES, _MOST_FILES),
        "core": (resource.RLIMIT_CORE, 0, 0),
    }
    held = []
    for name, (what, soft, hard) in wanted.items():
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            continue
        held.append(name)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write over the cap is an error, not a death
    return held


# --- task and answer ------------------------------------------------------------------------------


def _do(request: dict[str, Any]) -> dict[str, Any]:
    """What the task answers, or why it refused.

    A deliberate error keeps its code, any other its class name.
    """
    from noonmark.errors import NoonmarkError

    try:
        task = importlib.import_module("noonmark.sandbox.tasks." + request["task"])
        payload, fds = request["payload"], request["fds"]
        if request.get("line") is not None:
            for name in request["imports"]:
                importlib.import_module(name)
            payload, fds = _handed(request["line"])
        return {"done": task.main(payload, fds)}
    except NoonmarkError as error:
        refused = {"code": error.code, "message": error.message, "hint": error.hint}
        return {"refused": {"kind": type(error).__name__, **refused}}
    except MemoryError:
        return {"failed": {"kind": "MemoryError", "message": ""}}
    except ImportError as error:
        return {"missing": {"name": error.name or "", "message": str(error)}}
    except Exception as error:  # whatever a decoder throws at hostile bytes
        if getattr(error, "errno", None) in _FULL:
            return {"refused": _DISK_FULL}
        return {"failed": {"kind": type(error).__name__, "message": str(error)[:500]}}


def _handed(line: int) -> tuple[dict[str, Any], list[int]]:
    """Wait for the one file and what to do with it; the line is closed before the file is read.

    Where the other end closes without a file, nobody needs this worker any more.
    """
    import socket

    with socket.socket(fileno=line) as ours:
        _, fds, _, _ = socket.recv_fds(ours, 1, 1)
        said = bytearray()
        while piece := ours.recv(_LINE_BYTES):
            said += piece
    if len(fds) != 1:
        os._exit(0)
    return json.loads(said), fds


def send(pipe: int, value: dict[str, Any]) -> None:
    """Write one frame: magic, length of the JSON, length of the arrays, JSON, the arrays."""
    arrays = _Arrays()
    frame = {"value": arrays.plain(value), "arrays": arrays.headers}
    text = json.dumps(frame, allow_nan=False).encode("utf-8", "surrogatepass")
    lengths = struct.pack("<IQ", len(text), sum(map(len, arrays.blobs)))
    _write_all(pipe, MAGIC + lengths + text)
    for blob in arrays.blobs:
        _write_all(pipe, blob)


class _Arrays:
    """The arrays of an answer; ``{"$array": i}`` stands in the place of each."""

    def __init__(self) -> None:
        self.blobs: list[memoryview] = []
        self.headers: list[dict[str, Any]] = []

    def plain(self, item: Any) -> Any:
        """An answer as JSON can hold it. No numpy is imported here: arrays are known by shape."""
        if _is_array(item):
            dtype = item.dtype.newbyteorder("<").str.lstrip("<|")
            return self._taken(item.tobytes(), dtype, list(item.shape))
        if isinstance(item, (bytes, bytearray, memoryview)):
            raw = bytes(item)
            return self._taken(raw, "u1", [len(raw)])
        if isinstance(item, dict):
            return {str(key): self.plain(each) for key, each in item.items()}
        if isinstance(item, (list, tuple)):
            return [self.plain(each) for each in item]
        if hasattr(item, "item"):  # a number of numpy's
            return item.item()
        return item

    def _taken(self, raw: bytes, dtype: str, shape: list[int]) -> dict[str, int]:
        """Keep one array for later; what stands in its place."""
        self.blobs.append(memoryview(raw))
        self.headers.append({"dtype": dtype, "shape": shape})
        return {"$array": len(self.headers) - 1}


def _is_array(item: Any) -> bool:
    """Whether it is an array of at least one dimension."""
    is_numpy = hasattr(item, "__array_interface__") and hasattr(item, "tobytes")
    return is_numpy and getattr(item, "shape", ()) != ()


def _write_all(pipe: int, data: bytes | memoryview) -> None:
    """Write all bytes, however few the pipe takes at once."""
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


if __name__ == "__main__":
    main()
