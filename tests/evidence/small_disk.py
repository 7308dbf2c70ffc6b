"""Run an act on a disk of its own that is soon full: a tmpfs that only a forked process sees."""

from __future__ import annotations

import ctypes
import gc
import os
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

_NEW_MOUNTS, _NEW_USER, _PRIVATE, _RECURSIVE = 0x0002_0000, 0x1000_0000, 1 << 18, 1 << 14
_NO_NAMESPACE, _FAILED = 77, 3


def on_small_disk(where: Path, size_kib: int, act: Callable[[Path], object]) -> None:
    """Call the act with the folder on which the disk is mounted; a failure of it fails the test.

    Skips where the system allows no mounts of one's own.
    """
    where.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        gc.freeze()  # as in tests.evidence.kill_points
        code = _FAILED
        try:
            if not _mounted(where, size_kib):
                os._exit(_NO_NAMESPACE)
            act(where)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == _NO_NAMESPACE:
        pytest.skip("this machine allows no mounts of one's own")
    assert code == 0


def _mounted(where: Path, size_kib: int) -> bool:
    """Whether a disk of this size is there now."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)):
        return False
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    if libc.mount(b"none", b"/", None, _PRIVATE | _RECURSIVE, None):
        return False
    options = f"size={size_kib}k".encode()
    return libc.mount(b"none", os.fsencode(where), b"tmpfs", 0, options) == 0
