"""The locks of a worker: namespaces, capabilities, Landlock. Linux only; each says if it held.

The filter of system calls is in seccomp.py. Numbers come from the kernel's headers
(asm/unistd.h, linux/landlock.h, linux/prctl.h, linux/sched.h). Every function returns True when the
lock is closed and False when this kernel or container does not offer it.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_NEWUSER, _NEWNET, _NEWIPC, _NEWUTS = 0x10000000, 0x40000000, 0x08000000, 0x04000000
_SIGKILL = 9
_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITY_BYTES = 24

_libc = ctypes.CDLL(None, use_errno=True)


def no_new_privileges(parent_pid: int) -> bool:
    """No setuid program may help; the worker dies with its parent, and its peers can't trace it."""
    _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # the parent died before the line above took hold
        os._exit(1)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return bool(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def own_namespaces() -> bool:
    """A network, IPC and host-name namespace with nothing in it, not even a loopback that is up."""
    if _libc.unshare(_NEWUSER | _NEWNET | _NEWIPC | _NEWUTS) == 0:
        return True
    # root in a container that forbids user namespaces
    return bool(_libc.unshare(_NEWNET | _NEWIPC) == 0)


def drop_capabilities() -> bool:
    """No capability left, so that root in a container is a plain user here."""
    header = ctypes.c_char_p(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    none = ctypes.c_char_p(bytes(_CAPABILITY_BYTES))
    return bool(_libc.capset(header, none) == 0)


# --- Landlock -------------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH, _ASK_VERSION = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FIRST_RIGHTS = (1 << 13) - 1
"""The rights to files that the first version knows."""
_TRUNCATE = 1 << 14
_LATER_RIGHTS = ((2, 1 << 13), (3, _TRUNCATE), (5, 1 << 15))
"""The version that brought a right: linking between folders, cutting off, ioctl of devices."""
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
"""A rule on a file, not a folder, may name only these."""
_NETWORK_SINCE, _NETWORK = 4, 3
_SCOPES_SINCE, _SCOPES = 6, 3
"""Binding and connecting TCP; abstract sockets and signals to others."""


def landlock(readable: Iterable[str], writable: Iterable[str], *, execute: bool) -> bool:
    """Only ``readable`` may be read and only ``writable`` written; no TCP where the kernel knows
    that rule.
    """
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    rights = _FIRST_RIGHTS
    for since, right in _LATER_RIGHTS:
        if version >= since:
            rights |= right
    attributes = _ruleset(version, rights)
    size = ctypes.c_size_t(len(attributes))
    ruleset = _libc.syscall(_CREATE_RULESET, ctypes.c_char_p(attributes), size, 0)
    if ruleset < 0:
        return False
    reading = _READ_FILE | _READ_DIR
    if execute:
        reading |= _EXECUTE
    for path in readable:
        _allow(ruleset, path, reading)
    for path in writable:
        _allow(ruleset, path, rights & ~_EXECUTE)
    held = _libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(held)


def _ruleset(version: int, rights: int) -> bytes:
    """What the rules are to govern, as long as this version of the kernel knows it."""
    network = _NETWORK if version >= _NETWORK_SINCE else 0
    scopes = _SCOPES if version >= _SCOPES_SINCE else 0
    fields = struct.pack("=QQQ", rights, network, scopes)
    if version < _NETWORK_SINCE:
        return fields[:8]
    return fields if version >= _SCOPES_SINCE else fields[:16]


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Add a rule; a path that does not exist needs none."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= _FILE_RIGHTS
    rule = ctypes.c_char_p(struct.pack("=Qi", rights, handle))
    _libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    os.close(handle)
