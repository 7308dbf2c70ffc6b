"""The versions of Noonmark, Python and the base dependencies, as reports and logs state them."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from noonmark import __version__

BASE = (
    "asn1crypto", "contourpy", "cryptography", "numpy", "pillow", "pyerfa", "scipy", "shtab",
    "starlette", "tifffile", "tzfpy", "uvicorn",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Noonmark's version, Python's, the system's, and those of the base dependencies."""
    found = {
        "noonmark": __version__,
        "python": platform.python_version(),
        "system": f"{sys.platform} {platform.machine()}",
    }
    for name in BASE:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "missing"
    found["tz database"] = _tzdb_version()
    return found


def _tzdb_version() -> str:
    """The release of the shipped table of time zones."""
    from noonmark.world.offsets import tzdb_version

    return tzdb_version()
