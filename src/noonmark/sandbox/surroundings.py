"""What a worker finds around it: the paths that it may read, its environment, its search path.

Landlock (locks.py) opens only these paths. The worker runs with ``-I -S``, so it is told where
Python's modules lie.

None of it is the user's: no home folder, no variables, no path of the file that is read.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of noonmark."""
_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self",
    "/sys/devices/system/cpu",
)
"""What the loader, the libraries and the decoders ask for."""
_FOR_PROGRAMS = (
    "/usr/bin",
    "/bin",
    "/usr/share/perl",
    "/usr/share/perl5",
    "/etc/perl",
)
"""What an installed program needs besides; exiftool is written in Perl."""
_MACOS_SANDBOX = "/usr/bin/sandbox-exec"
_MOST_THREADS = 4


def readable_paths(program: Sequence[str] | None) -> list[str]:
    """The files and folders that a worker may read, or that a program in its place may."""
    places = [
        os.path.dirname(os.__file__),
        os.path.join(sys.base_prefix, "lib"),
        str(PACKAGE),
        *_SYSTEM,
        *_libraries(),
    ]
    if program:
        places += [*_FOR_PROGRAMS, os.path.dirname(program[0])]
    return places


def search_path() -> list[str]:
    """Python's ``sys.path`` for the worker: the standard library and the installed packages."""
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    dynamic = os.path.join(standard[0], "lib-dynload")
    return [*dict.fromkeys(standard), dynamic, *_libraries()]


def _libraries() -> list[str]:
    """The folders of installed packages."""
    known = {sysconfig.get_paths()[name] for name in ("purelib", "platlib")}
    for path in sys.path:
        if Path(path).name in ("site-packages", "dist-packages"):
            known.add(path)
    return sorted(path for path in known if os.path.isabs(path))


def environment(scratch: str) -> dict[str, str]:
    """The variables of a worker: nothing of the user's, and few threads."""
    threads = str(min(_MOST_THREADS, os.cpu_count() or 1))
    home = scratch or "/"
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": home,
        "TMPDIR": home,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": threads,
        "OPENCV_LOG_LEVEL": "SILENT",
    }


def macos_sandbox(scratch: str) -> tuple[list[str], list[str]]:
    """On macOS, what to start the worker with so that the system locks it in, and the name of that
    lock; elsewhere nothing.
    """
    if not os.path.exists(_MACOS_SANDBOX):
        return [], []
    rules = [
        "(version 1)",
        "(allow default)",
        "(deny network*)",
        "(deny process-fork)",
        "(deny file-write*)",
    ]
    if scratch:
        rules.append(f'(allow file-write* (subpath "{os.path.realpath(scratch)}"))')
    return [_MACOS_SANDBOX, "-p", "".join(rules)], ["sandbox-exec"]
