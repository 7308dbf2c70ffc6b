"""Which attacks a worker could carry out on this machine, found by trying them in one.

On Linux every attack must fail. The sandbox of macOS refuses the network, new processes and
writing; the other attacks are possible there, and are named.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import OutsideError
from noonmark.sandbox import process

_NOT_STOPPED = {
    "darwin": {
        "read another file",
        "list a folder",
        "signal the parent",
        "trace the parent",
        "take memory",
        "execute",
    }
}
_LIMITS = process.WorkerLimits(cpu_s=5, wall_s=10, memory_bytes=512 << 20)


@dataclass(frozen=True)
class SandboxStatus:
    """Which attacks a worker could not carry out when it tried them on this machine, and which
    locks held.
    """

    locks: tuple[str, ...]
    refused: tuple[str, ...]
    possible: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every attack failed that the locks of this system are there to stop."""
        return not set(self.possible) - _NOT_STOPPED.get(sys.platform, set())


def status() -> SandboxStatus:
    """What the locked process withstands here: connect, fork, execute, write, chmod, read the home
    folder. Raises OutsideError where a lock that is needed does not hold.
    """
    with tempfile.TemporaryDirectory(prefix="noonmark-") as folder:
        target = Path(folder) / "target"
        target.write_text("x")
        (Path(folder) / "evidence").write_text("x")
        payload = {"folder": folder, "target": str(target)}
        try:
            answer = process.run(
                "selfcheck", payload=payload, files=[Path(folder) / "evidence"], limits=_LIMITS
            )
        except OutsideError as error:
            if error.code != "worker-died":
                raise
            # where another program could be started, it took the place of the worker
            return SandboxStatus((), (), ("execute",))
    tried: dict[str, bool] = answer.value["stopped"]
    refused = tuple(name for name, stopped in tried.items() if stopped)
    possible = tuple(name for name, stopped in tried.items() if not stopped)
    return SandboxStatus(answer.locks, refused, possible)
