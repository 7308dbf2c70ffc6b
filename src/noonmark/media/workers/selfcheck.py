"""Try what a taken-over decoder would try, and say what was stopped. For ``noonmark doctor`` and the tests."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``{"stopped": {attack: bool}}``; or, with ``misbehave`` in the payload, one act that only a cap can end."""
    if "misbehave" in payload:
        return _misbehave(payload["misbehave"], fds)
    folder, target = Path(payload["folder"]), Path(payload["target"])
    attacks: dict[str, Callable[[], object]] = {
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
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
        "take memory": lambda: bytearray(8 << 30),
        "execute": _execute,
    }
    return {"stopped": {name: _stopped(attack) for name, attack in attacks.items()}}


def _stopped(attack: Callable[[], object]) -> bool:
    try:
        attack()
    except ConnectionRefusedError:
        return False  # the network was there; only nobody listened
    except (OSError, MemoryError):
        return True
    return False


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _trace() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0x4206, os.getppid(), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def _execute() -> None:
    """In a child where one can be had; else here, and whoever asked sees that no answer came."""
    try:
        child = os.fork()
    except OSError:
        os.execv("/bin/sh", ["sh", "-c", ":"])  # noqa: S606
    if child == 0:
        try:
            os.execv("/bin/sh", ["sh", "-c", ":"])  # noqa: S606
        finally:
            os._exit(1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise OSError("execv")


def _misbehave(how: str, fds: list[int]) -> dict[str, Any]:
    if how == "loop":
        while True:
            pass
    if how == "sleep":
        time.sleep(3600)
    if how == "allocate":
        return {"never": len([bytearray(64 << 20) for _ in range(1000)])}
    if how == "flood":
        return {"flood": bytes(int(2e8))}
    if how == "babble":
        while True:
            os.write(1, b"x" * 65536)
            os.write(2, b"x" * 65536)
    if how == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "forge":  # write over the pipe of the answer, whichever it is
        for fd in range(3, 256):
            if fd not in fds:
                try:
                    os.write(fd, b"NMK1\xff\xff\xff\xff" + b"A" * 64)
                except OSError:
                    continue
        os._exit(0)
    if how == "fill":
        while True:
            os.write(fds[-1], b"x" * 65536)
    if how == "strings":
        return {"name": "a\x1b[2J\u202egpj\x00", "deep": {"\u2028": ["\x07"]}}
    return {"threads": _threads()}


def _threads() -> int:
    """How many threads a bomb gets before the caps stop it."""
    import threading

    stop = threading.Event()
    started = 0
    try:
        while started < 100_000:
            threading.Thread(target=stop.wait, daemon=True).start()
            started += 1
    except (RuntimeError, MemoryError):
        pass
    stop.set()
    return started
