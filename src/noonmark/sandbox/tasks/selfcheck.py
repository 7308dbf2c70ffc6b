"""Try what a taken-over decoder would try, and say what was stopped. For ``noonmark doctor`` and
the tests.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from noonmark.sandbox.task_types import Answer, Payload

_PTRACE_SEIZE = 0x4206
_GET_ATTRIBUTES, _SET_ATTRIBUTES, _NO_DUMP = 0x80086601, 0x40086602, 0x40
"""FS_IOC_GETFLAGS, FS_IOC_SETFLAGS and FS_NODUMP_FL of linux/fs.h."""
_LONG_BYTES = 8
_DISCARD_PORT = ("127.0.0.1", 9)
_SHELL, _SHELL_WORDS = "/bin/sh", ["sh", "-c", ":"]
_MEBI = 1 << 20
_PIECE = b"x" * 65536
_MOST_THREADS = 100_000

Attack = Callable[[], object]


def main(payload: Payload, fds: list[int]) -> Answer:
    """``{"stopped": {attack: bool}}``, but those that the payload's ``leave_out`` names.

    With ``misbehave`` in the payload: one act that only a cap can end.
    """
    if "misbehave" in payload:
        return _MISDEEDS[payload["misbehave"]](fds)
    attacks = _attacks(Path(payload["folder"]), Path(payload["target"]))
    if fds and sys.platform.startswith("linux"):
        attacks |= _attacks_by_descriptor(fds[0])
    stopped = {}
    for name, attack in attacks.items():
        if name not in payload.get("leave_out", ()):
            stopped[name] = _is_stopped(attack)
    return {"stopped": stopped}


def _attacks(folder: Path, target: Path) -> dict[str, Attack]:
    """What to try on the network, on other processes, on a folder and a file in it."""
    return {
        "connect": lambda: socket.create_connection(_DISCARD_PORT, timeout=1),
        "datagram": _send_datagram,
        "fork": _fork,
        "write a file": lambda: (folder / "new").write_text("x"),
        "create a folder": lambda: (folder / "sub").mkdir(),
        "change a file": lambda: target.write_text("y"),
        "change a file's mode": lambda: target.chmod(0o777),
        "change a file's times": lambda: os.utime(target, (1, 1)),
        "read another file": target.read_text,
        "delete a file": target.unlink,
        "list a folder": lambda: list(Path("/home").iterdir()),
        "signal the parent": lambda: os.kill(os.getppid(), 0),
        "trace the parent": _trace,
        "take memory": lambda: bytearray(8192 * _MEBI),
        "execute": _execute,
    }


def _attacks_by_descriptor(fd: int) -> dict[str, Attack]:
    """What to try with an open file, read-only, on Linux: calls that Landlock does not govern."""
    return {
        "signal by a pipe": lambda: _signal_by_a_pipe(fcntl.F_SETOWN, os.getppid()),
        "choose the signal": lambda: _signal_by_a_pipe(fcntl.F_SETSIG, signal.SIGUSR1),
        "signal on input": lambda: _signal_by_a_pipe(fcntl.F_SETFL, os.O_ASYNC),
        "watch a folder": _watch,
        "hold a file": lambda: fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK),
        "lock a file": lambda: fcntl.flock(fd, fcntl.LOCK_SH),
        "change a file's attributes": lambda: _set_attributes(fd),
    }


def _signal_by_a_pipe(command: int, value: int) -> None:
    """Have the kernel send signals for a pipe, to whom and which ``command`` says."""
    ends = os.pipe()
    try:
        fcntl.fcntl(ends[1], command, value)
    finally:
        for end in ends:
            os.close(end)


def _watch() -> None:
    """Ask to be told what others do in a folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(0)
    if queue < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    os.close(queue)


def _set_attributes(fd: int) -> None:
    """Mark the file as one not to be dumped, and take the mark away."""
    before = fcntl.ioctl(fd, _GET_ATTRIBUTES, bytes(_LONG_BYTES))
    marks = int.from_bytes(before, sys.byteorder)
    changed = (marks ^ _NO_DUMP).to_bytes(_LONG_BYTES, sys.byteorder)
    fcntl.ioctl(fd, _SET_ATTRIBUTES, changed)
    fcntl.ioctl(fd, _SET_ATTRIBUTES, before)


def _is_stopped(attack: Attack) -> bool:
    """Try one attack; whether the system stopped it."""
    try:
        attack()
    except ConnectionRefusedError:
        return False  # the network was there; only nobody listened
    except (OSError, MemoryError):
        return True
    return False


def _send_datagram() -> None:
    """Send one byte by UDP."""
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", _DISCARD_PORT)


def _fork() -> None:
    """Start a process."""
    if os.fork() == 0:
        os._exit(0)


def _trace() -> None:
    """Trace the parent as a debugger does."""
    libc = ctypes.CDLL(None, use_errno=True)
    # Attaching without stopping: where it works the parent goes on.
    if libc.ptrace(_PTRACE_SEIZE, os.getppid(), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def _execute() -> None:
    """In a child where one can be had; else here, and whoever asked sees that no answer came."""
    try:
        child = os.fork()
    except OSError:
        os.execv(_SHELL, _SHELL_WORDS)  # noqa: S606
    if child == 0:
        try:
            os.execv(_SHELL, _SHELL_WORDS)  # noqa: S606
        finally:
            os._exit(1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise OSError("execv")


# --- acts that only a cap can end -----------------------------------------------------------------


def _loop(_: list[int]) -> Answer:
    """Use CPU without end."""
    while True:
        pass


def _sleep(_: list[int]) -> Answer:
    """Do nothing for an hour."""
    time.sleep(3600)
    return {}


def _allocate(_: list[int]) -> Answer:
    """Take 64 GB of memory."""
    return {"never": len([bytearray(64 * _MEBI) for _ in range(1000)])}


def _flood(_: list[int]) -> Answer:
    """Answer with 200 MB."""
    return {"flood": bytes(int(2e8))}


def _babble(_: list[int]) -> Answer:
    """Write to both pipes without end."""
    while True:
        os.write(1, _PIECE)
        os.write(2, _PIECE)


def _die(_: list[int]) -> Answer:
    """Crash."""
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def _forge(fds: list[int]) -> Answer:
    """Write over the pipe of the answer, whichever it is."""
    for fd in range(3, 256):
        if fd not in fds:
            try:
                os.write(fd, b"NMK1\xff\xff\xff\xff" + b"A" * 64)
            except OSError:
                continue
    os._exit(0)


def _fill(fds: list[int]) -> Answer:
    """Write to the last file without end."""
    while True:
        os.write(fds[-1], _PIECE)


def _strings(_: list[int]) -> Answer:
    """Answer with texts that would act on a terminal."""
    return {"name": "a\x1b[2J\u202egpj\x00", "deep": {"\u2028": ["\x07"]}}


def _threads(_: list[int]) -> Answer:
    """How many threads a bomb gets before the caps stop it."""
    stop = threading.Event()
    started = 0
    try:
        while started < _MOST_THREADS:
            threading.Thread(target=stop.wait, daemon=True).start()
            started += 1
    except (RuntimeError, MemoryError):
        pass
    stop.set()
    return {"threads": started}


_MISDEEDS: dict[str, Callable[[list[int]], Answer]] = {
    "loop": _loop,
    "sleep": _sleep,
    "allocate": _allocate,
    "flood": _flood,
    "babble": _babble,
    "die": _die,
    "forge": _forge,
    "fill": _fill,
    "strings": _strings,
    "threads": _threads,
}
