"""What is installed, what an extra would add, and whether the installation computes what it should."""

from __future__ import annotations

import importlib
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata, util

from noonmark import __version__
from noonmark.errors import NoonmarkError
from noonmark.values import Place, utc

BASE = ("contourpy", "cryptography", "matplotlib", "numpy", "pillow", "pyerfa", "scipy", "tifffile", "tzdata", "tzfpy")


@dataclass(frozen=True)
class Extra:
    """An optional part: whether it is there, what it adds, and what to type to get it."""

    name: str
    present: bool
    adds: str
    command: str


@dataclass(frozen=True)
class Check:
    """One self-test: what was tried, whether it held, and the numbers."""

    name: str
    ok: bool
    detail: str


# Name of the extra, the modules it brings, what they add. Keep in step with pyproject.toml (tested).
EXTRAS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("sources", ("pyrage",), "sources and sealed exports in age files"),
    ("media", ("av", "c2pa", "pillow_heif"), "video, HEIC, and C2PA statements read in the sandbox"),
    ("stamps", ("rfc3161_client",), "a second opinion on RFC 3161 time stamps"),
)


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
    return found


def extras() -> tuple[Extra, ...]:
    """Every optional part, present or not."""
    return tuple(
        Extra(
            name=name,
            present=all(util.find_spec(module) is not None for module in modules),
            adds=adds,
            command=f"pip install 'noonmark[{name}]'",
        )
        for name, modules, adds in EXTRAS
    )


def self_test() -> tuple[Check, ...]:
    """Every shipped check, run. A check that fails says what it found; it never stops the others."""
    return tuple(_tried(name, test) for name, test in _TESTS)


def _tried(name: str, test: Callable[[], str]) -> Check:
    try:
        return Check(name, True, test())
    except NoonmarkError as trouble:
        return Check(name, False, trouble.message)
    except Exception as trouble:  # a self-test reports whatever is broken, in one line
        return Check(name, False, f"{type(trouble).__name__}: {trouble}")


def _sun() -> str:
    # The worked example of Reda and Andreas, NREL/TP-560-34302 (2008), section A.5.
    from noonmark.geometry.sun import sun_topocentric

    seen = sun_topocentric(
        39.742476,
        -105.1786,
        1_066_419_030.0,
        altitude_m=1830.14,
        pressure_hpa=820.0,
        temperature_c=11.0,
        delta_t_s=67.0,
    )
    zenith_deg, azimuth_deg = 90.0 - float(seen.elevation_deg), float(seen.azimuth_deg)
    far_deg = max(abs(zenith_deg - 50.11162), abs(azimuth_deg - 194.34024))
    if far_deg > 0.001:
        raise ArithmeticError(f"zenith {zenith_deg:.5f}, azimuth {azimuth_deg:.5f}: {far_deg:.5f} deg off")
    return f"zenith {zenith_deg:.4f}, azimuth {azimuth_deg:.4f} deg: {far_deg:.4f} from the published example"


def _zones() -> str:
    from noonmark.bench.sun import local_times

    found = local_times(Place(43.8, 87.6), utc("2018-08-20T01:20:00Z"))
    names = ", ".join(local.zone for local in found)
    if len(found) < 2:
        raise LookupError(f"Urumqi runs on two times, found {names or 'none'}")
    return f"Urumqi runs on {names}"


def _schemas() -> str:
    from noonmark.bench.schemas import schema, schema_names

    for name in schema_names():
        if schema(name).get("$schema") != "https://json-schema.org/draft/2020-12/schema":
            raise ValueError(f"{name} does not name its draft")
    return f"{len(schema_names())} schemas"


def _figures() -> str:
    return f"matplotlib {importlib.import_module('matplotlib').__version__}"


_TESTS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("the sun against its published example", _sun),
    ("time zones, offline", _zones),
    ("JSON Schemas", _schemas),
    ("figures", _figures),
)
