"""A machine without some locks: refuse them in the kernel, then become a program.

``python withheld.py LOCK[,LOCK...] PROGRAM ARGUMENT...``

A filter of system calls answers ENOSYS ("no such call") for the calls that close the named locks,
as a kernel or container does that does not offer them. It holds for the program and all that it
starts, and can't be taken back. Exit 77 where this machine has no such filters (then nothing can be
tried on it).
"""

import ctypes
import os
import platform
import struct
import sys

_COLUMNS = {"x86_64": 0, "aarch64": 1}
_CALLS = {
    "namespaces": [(272, 97)],
    "no-capabilities": [(126, 91)],
    "landlock": [(444, 444), (445, 445), (446, 446)],
    "seccomp": [(317, 277)],
}
_PRCTL, _PRLIMIT = (157, 167), (302, 261)
_PRCTL_OPTIONS = {"seccomp": 22, "no-new-privileges": 38}
_RESOURCES = {"memory": 9, "cpu": 0, "file-size": 1, "processes": 6, "open-files": 7}
LOCKS = sorted({*_CALLS, *_PRCTL_OPTIONS, *_RESOURCES})

_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 38
_CANNOT_TRY = 77


def _steps(names: list[str], column: int) -> list[tuple[int, int, int, int]]:
    steps = [(_LOAD, 0, 0, 0)]
    for name in names:
        for numbers in _CALLS.get(name, ()):
            steps += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _NO_SUCH_CALL)]
        for table, numbers, argument in ((_PRCTL_OPTIONS, _PRCTL, 0), (_RESOURCES, _PRLIMIT, 1)):
            if name in table:
                steps += [
                    (_EQUAL, 0, 4, numbers[column]),
                    (_LOAD, 0, 0, 16 + 8 * argument),
                    (_EQUAL, 0, 1, table[name]),
                    (_RETURN, 0, 0, _NO_SUCH_CALL),
                    (_LOAD, 0, 0, 0),
                ]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def main() -> None:
    names, program = sys.argv[1].split(","), sys.argv[2:]
    column = _COLUMNS.get(platform.machine(), -1)
    if column < 0 or not sys.platform.startswith("linux"):
        sys.exit(_CANNOT_TRY)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    steps = _steps(names, column)
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(
        struct.pack("@HxxxxxxP", len(steps), ctypes.addressof(buffer))
    )
    if libc.prctl(22, 2, head, 0, 0) != 0:
        sys.exit(_CANNOT_TRY)
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
