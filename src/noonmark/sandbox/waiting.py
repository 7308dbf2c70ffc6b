"""A locked worker that waits for its file, so that nobody waits for what it imports.

It is locked in, and has imported its task, before there is a file. Then it is handed one file on a
line of its own, closes the line, answers and ends, as every worker does. No worker gets a second
file.

Only the page's server keeps workers waiting. They are ended where nobody needed one for some
minutes, and die with the program however that ends: the line closes, the parent thread is gone.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from noonmark.errors import NoonmarkError

if TYPE_CHECKING:
    import socket

_Process = TypeVar("_Process")
KEPT = 2
"""A film that is opened is read twice at once: for its first picture, and for its times."""
IDLE_S = 600.0
"""How long workers wait for a file before they are ended."""
QUIET_S = 0.3
"""How long after one was taken another is started: not while the file is read that somebody waits
for.
"""


@dataclass(frozen=True)
class WaitingWorker(Generic[_Process]):
    """A locked worker that has no file yet, and our end of the line to it."""

    process: _Process
    line: socket.socket

    def handed(self, payload: Mapping[str, Any], fd: int) -> bool:
        """Hand over its one file and what to do with it; False where it has died meanwhile."""
        import socket

        with self.line:
            try:
                socket.send_fds(self.line, [b"\n"], [fd])
                self.line.sendall(json.dumps(payload).encode())
                self.line.shutdown(socket.SHUT_WR)
            except OSError:
                return False
        return True


def new_line() -> tuple[socket.socket, socket.socket]:
    """Two ends of a line: ours, and that of a worker."""
    import socket

    return socket.socketpair()


class WorkerKeeper(Generic[_Process]):
    """Two waiting workers, others once they are taken, and none after a while without need.

    The thread lives as long as the program, because a worker dies with the thread that started it.
    """

    def __init__(
        self,
        start: Callable[[], WaitingWorker[_Process]],
        end: Callable[[WaitingWorker[_Process]], None],
        *,
        idle_s: float = IDLE_S,
    ) -> None:
        self._start = start
        self._end = end
        self._idle_s = idle_s
        self._used_s = time.monotonic()
        self._quiet_s = 0.0
        self._waiting: list[WaitingWorker[_Process]] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._keep, name="waiting-worker", daemon=True).start()

    def need(self) -> None:
        """Have workers waiting from now on, for a while."""
        with self._changed:
            self._used_s = time.monotonic()
            self._changed.notify_all()

    def take(self) -> WaitingWorker[_Process] | None:
        """A worker that waits, to whoever asks first; None where there is none yet."""
        with self._changed:
            self._quiet_s = QUIET_S
            self.need()
            return self._waiting.pop(0) if self._waiting else None

    def _keep(self) -> None:
        """Start what is missing, end what nobody needs, for ever."""
        with self._changed:
            while True:
                self._changed.wait(self._step())

    def _step(self) -> float | None:
        """Do what is due now; how long nothing else is [s], None for until somebody asks."""
        unused_s = time.monotonic() - self._used_s
        if unused_s >= self._idle_s:
            while self._waiting:
                self._drop(self._waiting.pop())
            return None
        if len(self._waiting) == KEPT:
            return self._idle_s - unused_s
        if unused_s < self._quiet_s:
            return self._quiet_s - unused_s
        try:
            self._waiting.append(self._start())
            self._changed.notify_all()
        except (NoonmarkError, OSError):  # whoever needs one starts it, and is told why
            return None
        return 0.0

    def _drop(self, worker: WaitingWorker[_Process]) -> None:
        """End a worker that waits."""
        worker.line.close()
        self._end(worker)
