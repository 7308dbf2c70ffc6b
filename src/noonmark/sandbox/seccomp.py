"""The filter of system calls that a worker lays on itself (linux/seccomp.h, linux/filter.h).

A list of what is refused, not of what is allowed: decoders differ in what they need, and the list
of what makes a process dangerous to its surroundings is the shorter and the better known one.

A filter is a program of a small machine with one register. Each step is (code, jt, jf, k): ``jt``
and ``jf`` are how many steps to leave out where a test holds or fails. The machine reads
``struct seccomp_data``: the number of the call at 0, the architecture at 4, the arguments from 16
on, eight bytes each.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Sequence

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_EPERM, _EINVAL, _ENOTTY, _ENOSYS = 1, 22, 25, 38
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

Numbers = tuple[int | None, int | None]
"""The number of a call on x86_64 and on aarch64; None where the architecture has no such call."""

_REFUSED: dict[str, Numbers] = {
    # talking
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "io_uring_setup": (425, 425),
    # other processes
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "setpriority": (141, 140),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # the kernel's own surface
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "open_by_handle_at": (304, 265),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # other processes' memory and turns; queues and locks that others wait for
    "process_madvise": (440, 440),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "ioprio_set": (251, 30),
    "mq_open": (240, 180),
    "flock": (73, 32),
    # watching what others do to files: Landlock does not govern it
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    # marks on files that Landlock does not govern
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
_WRITING: dict[str, Numbers] = {
    "creat": (85, None),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rmdir": (84, None),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "truncate": (76, 45),
}
_EXECUTING: dict[str, Numbers] = {
    "execve": (59, 221),
    "execveat": (322, 281),
}
_OPENING: dict[str, tuple[Numbers, int]] = {
    "open": ((2, None), 1),
    "openat": ((257, 56), 2),
}
"""With the number of the argument that holds the flags."""
_CLONE, _PRLIMIT = (56, 220), (302, 261)
_TGKILL, _KILL = (234, 131), (62, 129)
_FCNTL, _IOCTL = (72, 25), (16, 29)
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)
"""Duplicate, flags of the descriptor, flags of the file. Not the owner of a file's signals, leases,
locks, notes on a folder: those reach other processes."""
_SIGNALS_ON_INPUT = 0x2000
"""O_ASYNC among the flags of a file."""
_IOCTL_COMMANDS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Is it a terminal and how large, how much can be read, block or not, close on execve. Not a file's
attributes (FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR), which even a descriptor for reading can change."""
_OPENAT2, _CLONE3 = 437, 435
"""Their flags hide in a struct that a filter can't read: "no such call", so libc falls back."""
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CLONE_THREAD = 0x00010000
_FIRST_X32_CALL = 0x40000000

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""Load a word; jump where equal, where greater or equal, where a bit is set; end with a verdict."""
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_CALL_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16

Step = tuple[int, int, int, int]

_libc = ctypes.CDLL(None, use_errno=True)


def seccomp(*, writes: bool, execute: bool) -> bool:
    """Refuse sockets, new processes, signals to others, marks on files; writing and execve too
    unless said. True where the filter holds.
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    program = _program(machine, writes=writes, execute=execute)
    code = b"".join(struct.pack("=HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HxxxxxxP", len(program), ctypes.addressof(buffer))
    filter_ = ctypes.create_string_buffer(head)
    return bool(_libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, filter_, 0, 0) == 0)


def _program(machine: str, *, writes: bool, execute: bool) -> list[Step]:
    """The steps of the filter. A step that jumps counts the steps that it leaves out."""
    column = 0 if machine == "x86_64" else 1
    steps: list[Step] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JEQ, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL_PROCESS),  # a 32-bit call would have other numbers
        (_LOAD, 0, 0, _CALL_AT),
        (_JGE, 0, 1, _FIRST_X32_CALL),
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]
    refused = dict(_REFUSED)
    if not writes:
        refused |= _WRITING
    if not execute:
        refused |= _EXECUTING
    for numbers in refused.values():
        steps += _refuse(numbers[column], _EPERM)
    steps += _refuse(_CLONE3, _ENOSYS)
    steps += _by_argument(column)
    if not writes:
        steps += _refuse(_OPENAT2, _ENOSYS)
        for numbers, argument in _OPENING.values():
            steps += _refuse_unless(numbers[column], argument, (_JSET, 0, 1, _FOR_WRITING))
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _by_argument(column: int) -> list[Step]:
    """The steps for calls that are harmless with some arguments: a clone that makes a thread, a
    signal to oneself, reading one's own limits, the lists above.
    """
    own = os.getpid()
    steps = _refuse_unless(_CLONE[column], 0, (_JSET, 1, 0, _CLONE_THREAD))
    for numbers in (_TGKILL, _KILL):
        steps += _refuse_unless(numbers[column], 0, (_JEQ, 1, 0, own))
    steps += _refuse_unless(_PRLIMIT[column], 2, (_JEQ, 1, 0, 0))
    steps += _allow_only(_FCNTL[column], 1, _FCNTL_COMMANDS, _EINVAL)
    steps += _refuse_unless(_FCNTL[column], 2, (_JSET, 0, 1, _SIGNALS_ON_INPUT))
    return steps + _allow_only(_IOCTL[column], 1, _IOCTL_COMMANDS, _ENOTTY)


def _refuse(number: int | None, error: int) -> list[Step]:
    """Answer a call with an error."""
    if number is None:
        return []
    return [(_JEQ, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error)]


def _refuse_unless(number: int | None, argument: int, test: Step) -> list[Step]:
    """Refuse the call unless the test of one argument (its low 32 bits, little end first) jumps
    past the refusal. The number of the call is loaded again for the steps that follow.
    """
    if number is None:
        return []
    return [
        (_JEQ, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument),
        test,
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_LOAD, 0, 0, _CALL_AT),
    ]


def _allow_only(number: int, argument: int, values: Sequence[int], error: int) -> list[Step]:
    """Answer a call with an error unless one argument (its low 32 bits) is one of ``values``. The
    number of the call is loaded again for the steps that follow.
    """
    count = len(values)
    tests: list[Step] = [(_JEQ, count - k, 0, value) for k, value in enumerate(values)]
    return [
        (_JEQ, 0, count + 3, number),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument),
        *tests,
        (_RETURN, 0, 0, _ERRNO | error),
        (_LOAD, 0, 0, _CALL_AT),
    ]
