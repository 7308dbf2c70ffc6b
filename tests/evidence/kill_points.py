"""Kill an act at one step on the disk: a forked process that ends there, as after SIGKILL.

Steps are the calls by which anything changes on disk; a write is cut in its middle.
"""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Callable
from typing import Any

STEPS = (
    "chmod", "fchmod", "fsync", "ftruncate", "mkdir", "pwrite", "rename", "replace", "rmdir",
    "truncate", "unlink", "write",
)  # fmt: skip
KILLED = 9


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Whether the act came to this step (counted from 0) and was killed there; in a fork."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads of the tests
        child = os.fork()
    if child == 0:
        # A decoder that is rubbish by now would wait for its threads when it is collected, and a
        # fork has none of them.
        gc.freeze()
        code = 3
        try:
            _count_steps(step)
            act()
            code = 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), code
    return code == KILLED


def _count_steps(last: int) -> None:
    """From now on count every step of this process, and end it at the last."""
    count = [0]

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **named: Any) -> Any:
            count[0] += 1
            if count[0] > last:
                if name == "write":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                os._exit(KILLED)
            return real(*args, **named)

        return step

    for name in STEPS:
        setattr(os, name, counted(name, getattr(os, name)))
