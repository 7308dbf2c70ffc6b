"""Any exception as one of ours: what the system says about files keeps its meaning, the rest is
``internal``.
"""

from __future__ import annotations

import errno

from noonmark.errors import InputError, NoonmarkError, OutsideError

_YOURS = (
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
    FileExistsError,
)
_FULL = (errno.ENOSPC, errno.EDQUOT)


def as_ours(trouble: BaseException) -> NoonmarkError:
    """The error that says in one sentence what went wrong, for the command line or the page."""
    if isinstance(trouble, NoonmarkError):
        return trouble
    if isinstance(trouble, OSError):
        return from_system(trouble)
    if isinstance(trouble, MemoryError):
        return OutsideError(
            "the machine has no memory left for this",
            code="out-of-memory",
            hint="narrow the prior, or use a larger machine",
        )
    if isinstance(trouble, ModuleNotFoundError) and not (trouble.name or "").startswith("noonmark"):
        return OutsideError(
            f"the package {trouble.name} is not installed",
            code="missing-package",
            hint="noonmark doctor says what to type",
        )
    return OutsideError(
        f"a fault of noonmark's own: {type(trouble).__name__}: {trouble}",
        code="internal",
        hint="NOONMARK_DEBUG=1 shows where; please report it",
    )


def from_system(trouble: OSError, where: object = None) -> NoonmarkError:
    """What the operating system refused, about ``where`` or the file it names."""
    name = where or trouble.filename or "a file"
    why = (trouble.strerror or str(trouble) or type(trouble).__name__).lower()
    if trouble.errno in _FULL:
        return OutsideError(
            f"{name}: {why}", code="disk-full", hint="free some space and run it again"
        )
    if isinstance(trouble, _YOURS) or trouble.errno == errno.EROFS:
        return InputError(
            f"{name}: {why}", code="file-unusable", hint="check the path and your rights to it"
        )
    return OutsideError(
        f"{name}: {why}", code="system", hint="nothing that was complete is harmed; run it again"
    )
