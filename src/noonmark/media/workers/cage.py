"""The first thing a worker runs: lock itself in, say which locks held, then do one task and die.

Started as ``python -I -S -B cage.py`` with the request on standard input and one pipe for the answer.
Order matters: 1 read the request, 2 limits, 3 namespaces, 4 no new privileges, 5 Landlock, 6 seccomp,
7 say so, 8 only then import the task and touch a hostile byte.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import types
from collections.abc import Callable
from typing import Any

MAGIC = b"NMK1"


def _stubs(package: str) -> None:
    """The packages by path alone: their ``__init__`` files run nothing here."""
    for name, folder in (("noonmark", package), ("noonmark.media", os.path.join(package, "media"))):
        module = types.ModuleType(name)
        module.__path__ = [folder]
        sys.modules[name] = module


def _limit(limits: dict[str, int]) -> list[str]:
    import resource as r

    cpu = max(1, limits["cpu_s"])
    wanted = {
        "memory": (r.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
        "cpu": (r.RLIMIT_CPU, cpu, cpu + 2),
        "file-size": (r.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        "processes": (r.RLIMIT_NPROC, 512, 512),  # counts threads too; processes themselves are refused by seccomp
        "open-files": (r.RLIMIT_NOFILE, 256, 256),
        "core": (r.RLIMIT_CORE, 0, 0),
    }
    held = []
    for name, (what, soft, hard) in wanted.items():
        try:
            r.setrlimit(what, (soft, hard))
            held.append(name)
        except (ValueError, OSError):
            continue
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write over the cap is an error, not a death
    return held


def _lock(request: dict[str, Any]) -> list[str]:
    """The locks that held, by name."""
    held = _limit(request["limits"])
    if not sys.platform.startswith("linux"):
        return held + request["outer"]
    from noonmark.media.workers import kernel

    program = bool(request["program"])
    scratch = [request["scratch"]] if request["scratch"] else []
    locks: list[tuple[str, Callable[[], bool]]] = [
        ("namespaces", kernel.own_namespaces),
        ("no-new-privileges", lambda: kernel.no_new_privileges(request["parent"])),
        ("no-capabilities", kernel.drop_capabilities),
        ("landlock", lambda: kernel.landlock(request["readable"], [*scratch, "/dev/null"], execute=program)),
        ("seccomp", lambda: kernel.seccomp(writes=bool(scratch), execute=program)),
    ]
    return held + [name for name, close in locks if close()]


def send(pipe: int, value: dict[str, Any]) -> None:
    """One frame: magic, length of the JSON, length of the arrays, JSON, arrays one after another."""
    blobs: list[memoryview] = []
    shapes: list[dict[str, Any]] = []

    def plain(item: Any) -> Any:
        if hasattr(item, "__array_interface__") and hasattr(item, "tobytes") and getattr(item, "shape", ()) != ():
            blobs.append(memoryview(item.tobytes()))
            shapes.append({"dtype": item.dtype.newbyteorder("<").str.lstrip("<|"), "shape": list(item.shape)})
            return {"$array": len(shapes) - 1}
        if isinstance(item, (bytes, bytearray, memoryview)):
            blobs.append(memoryview(bytes(item)))
            shapes.append({"dtype": "u1", "shape": [len(blobs[-1])]})
            return {"$array": len(shapes) - 1}
        if isinstance(item, dict):
            return {str(key): plain(each) for key, each in item.items()}
        if isinstance(item, (list, tuple)):
            return [plain(each) for each in item]
        if hasattr(item, "item"):
            return item.item()
        return item

    text = json.dumps({"value": plain(value), "arrays": shapes}, allow_nan=False).encode("utf-8", "surrogatepass")
    _write_all(pipe, MAGIC + struct.pack("<IQ", len(text), sum(map(len, blobs))) + text)
    for blob in blobs:
        _write_all(pipe, blob)


def _write_all(pipe: int, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _do(request: dict[str, Any]) -> dict[str, Any]:
    """What the task answers, or why it refused: a deliberate error keeps its code, any other its class name."""
    from noonmark.errors import NoonmarkError

    try:
        import importlib

        task = importlib.import_module("noonmark.media.workers." + request["task"])
        return {"done": task.main(request["payload"], request["fds"])}
    except NoonmarkError as error:
        kind = type(error).__name__
        return {"refused": {"kind": kind, "code": error.code, "message": error.message, "hint": error.hint}}
    except MemoryError:
        return {"failed": {"kind": "MemoryError", "message": ""}}
    except ImportError as error:
        return {"missing": {"name": error.name or "", "message": str(error)}}
    except Exception as error:  # whatever a decoder throws at hostile bytes
        return {"failed": {"kind": type(error).__name__, "message": str(error)[:500]}}


def main() -> None:
    """Read one request from standard input, lock, answer, end."""
    with os.fdopen(0, "rb", closefd=False) as pipe:
        request = json.loads(pipe.read())
    answer = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _stubs(request["package"])
    sys.path[:] = request["path"]
    os.chdir(request["scratch"] or "/")
    held = _lock(request)
    send(answer, {"locks": held})
    if request["program"]:
        os.dup2(request["fds"][0] if request["fds"] else os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(answer, 1)
        os.execv(request["program"][0], request["program"])  # noqa: S606  the task is this one program, locked in
    send(answer, _do(request))
    os._exit(0)  # no finalisers: a poisoned decoder gets no second chance to run


if __name__ == "__main__":
    main()
