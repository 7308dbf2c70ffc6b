"""The locks of the kernel, by ctypes: namespaces, Landlock, seccomp, capabilities. Linux only; each says if it held.

Numbers come from the kernel's headers (asm/unistd.h, linux/landlock.h, linux/seccomp.h). Every function
returns True when the lock is closed and False when this kernel or container does not offer it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Sequence

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_NEWUSER, _NEWNET, _NEWIPC, _NEWUTS = 0x10000000, 0x40000000, 0x08000000, 0x04000000
_SIGKILL = 9
_EPERM, _ENOSYS = 1, 38

_libc = ctypes.CDLL(None, use_errno=True)


def no_new_privileges(parent_pid: int) -> bool:
    """No setuid program may help; the worker dies with its parent and can't be traced by its peers."""
    _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # the parent died before the line above took hold
        os._exit(1)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return bool(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def own_namespaces() -> bool:
    """A network, IPC and host-name namespace with nothing in it, not even a loopback that is up."""
    if _libc.unshare(_NEWUSER | _NEWNET | _NEWIPC | _NEWUTS) == 0:
        return True
    return bool(_libc.unshare(_NEWNET | _NEWIPC) == 0)  # root in a container that forbids user namespaces


def drop_capabilities() -> bool:
    """No capability left, so that root in a container is a plain user here."""
    header = struct.pack("=Ii", 0x20080522, 0)
    return bool(_libc.capset(ctypes.c_char_p(header), ctypes.c_char_p(bytes(24))) == 0)


# --- Landlock ---------------------------------------------------------------------------------------------

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446


def landlock(readable: Iterable[str], writable: Iterable[str], *, execute: bool) -> bool:
    """Only ``readable`` may be read and only ``writable`` written; no TCP where the kernel knows that rule."""
    abi = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        return False
    files = (1 << 13) - 1
    files |= (1 << 13 if abi >= 2 else 0) | (1 << 14 if abi >= 3 else 0) | (1 << 15 if abi >= 5 else 0)
    network, scoped = (3 if abi >= 4 else 0), (3 if abi >= 6 else 0)
    attributes = struct.pack("=QQQ", files, network, scoped)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = _libc.syscall(_CREATE_RULESET, ctypes.c_char_p(attributes), ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    reading = _READ_FILE | _READ_DIR | (_EXECUTE if execute else 0)
    for path in readable:
        _allow(ruleset, path, reading)
    for path in writable:
        _allow(ruleset, path, files & ~_EXECUTE)
    held = _libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(held)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):  # rules on a file may name only the rights of files
        rights &= _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
    rule = struct.pack("=Qi", rights, handle)
    _libc.syscall(_ADD_RULE, ruleset, 1, ctypes.c_char_p(rule), 0)
    os.close(handle)


# --- seccomp ----------------------------------------------------------------------------------------------
# A list of what is refused, not of what is allowed: decoders differ in what they need, and the list of what
# makes a process dangerous to its surroundings is the shorter and the better known one.

_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None where the architecture has no such call
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # talking
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "io_uring_setup": (425, 425),
    # other processes
    "fork": (57, None), "vfork": (58, None), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "setpriority": (141, 140), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190),
    # the kernel's own surface
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "fsopen": (430, 430), "move_mount": (429, 429), "open_tree": (428, 428), "bpf": (321, 280),
    "userfaultfd": (323, 282), "perf_event_open": (298, 241), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104),
    "open_by_handle_at": (304, 265), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # marks on files that Landlock does not govern
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
    "futimesat": (261, None), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466), "file_setattr": (469, 469),
}  # fmt: skip
_WRITING: dict[str, tuple[int | None, int | None]] = {
    "creat": (85, None), "mkdir": (83, None), "mkdirat": (258, 34), "mknod": (133, None), "mknodat": (259, 33),
    "unlink": (87, None), "unlinkat": (263, 35), "rmdir": (84, None), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "truncate": (76, 45),
}  # fmt: skip
_EXECUTING: dict[str, tuple[int | None, int | None]] = {"execve": (59, 221), "execveat": (322, 281)}
_OPENING = {"open": ((2, None), 1), "openat": ((257, 56), 2)}  # the number of the argument that holds the flags
_CLONE, _TGKILL, _KILL, _PRLIMIT = (56, 220), (234, 131), (62, 129), (302, 261)
_OPENAT2, _CLONE3 = (
    437,
    435,
)  # their flags hide in a struct that a filter can't read: "no such call", so libc falls back
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CLONE_THREAD = 0x00010000

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

Instruction = tuple[int, int, int, int]


def seccomp(*, writes: bool, execute: bool) -> bool:
    """Refuse sockets, new processes, signals to others, marks on files; writing and execve too unless said."""
    machine = platform.machine()
    if machine not in _ARCH:
        return False
    column = 0 if machine == "x86_64" else 1
    program = _program(column, machine, writes=writes, execute=execute)
    code = b"".join(struct.pack("=HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = ctypes.create_string_buffer(struct.pack("@HxxxxxxP", len(program), ctypes.addressof(buffer)))
    return bool(_libc.prctl(_PR_SET_SECCOMP, 2, filter_, 0, 0) == 0)


def _program(column: int, machine: str, *, writes: bool, execute: bool) -> list[Instruction]:
    steps: list[Instruction] = [
        (_LOAD, 0, 0, 4),
        (_JEQ, 1, 0, _ARCH[machine]),
        (_RETURN, 0, 0, _KILL_PROCESS),  # a 32-bit call would have other numbers
        (_LOAD, 0, 0, 0),
        (_JGE, 0, 1, 0x40000000),  # the x32 numbers of x86_64
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]
    refused = dict(_REFUSED)
    refused |= {} if writes else _WRITING
    refused |= {} if execute else _EXECUTING
    for numbers in refused.values():
        steps += _refuse(numbers[column], _EPERM)
    steps += _refuse(_CLONE3, _ENOSYS)
    steps += _unless(_CLONE[column], 0, (_JSET, 1, 0, _CLONE_THREAD))
    own = os.getpid()
    for numbers in (_TGKILL, _KILL):
        steps += _unless(numbers[column], 0, (_JEQ, 1, 0, own))
    steps += _unless(_PRLIMIT[column], 2, (_JEQ, 1, 0, 0))  # reading limits is harmless, setting them is not needed
    if not writes:
        steps += _refuse(_OPENAT2, _ENOSYS)
        for numbers_, argument in _OPENING.values():
            steps += _unless(numbers_[column], argument, (_JSET, 0, 1, _FOR_WRITING))
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _refuse(number: int | None, error: int) -> Sequence[Instruction]:
    return [] if number is None else [(_JEQ, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error)]


def _unless(number: int | None, argument: int, test: Instruction) -> Sequence[Instruction]:
    """Refuse the call unless the test of one argument (its low 32 bits, little end first) jumps past the refusal."""
    if number is None:
        return []
    return [
        (_JEQ, 0, 4, number),
        (_LOAD, 0, 0, 16 + 8 * argument),
        test,
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_LOAD, 0, 0, 0),
    ]
