"""What an extra would add, and whether the installation computes what it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources, util

from noonmark.errors import NoonmarkError, OutsideError
from noonmark.values import Place, utc


@dataclass(frozen=True)
class Extra:
    """An optional part: whether it is there, what it adds, and what to type to get it."""

    name: str
    present: bool
    adds: str
    command: str


@dataclass(frozen=True)
class Check:
    """One self-test: what was tried, whether it held, the numbers, the code of what went wrong."""

    name: str
    ok: bool
    detail: str
    code: str | None = None


# Name of the extra, the modules it brings, what they add. Keep in step with pyproject.toml
# (tested).
EXTRAS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("sources", ("pyrage",), "sources and sealed exports in age files"),
    ("faces", ("onnxruntime",), "faces found, with a model of yours, in order to hide them"),
    (
        "media",
        ("av", "c2pa", "pillow_heif"),
        "video, HEIC, and C2PA statements read in the sandbox",
    ),
    ("recognise", ("cv2",), "whether a picture or film was seen before; panoramas"),
    ("stamps", ("rfc3161_client",), "a second opinion on RFC 3161 time stamps"),
    ("sites", ("numba", "rasterio"), "satellite images of a site, and when it changed"),
    ("scale", ("distributed",), "many sites on many machines"),
    ("world", ("osmium",), "landmarks searched in an OpenStreetMap extract of yours"),
    ("planet", ("duckdb",), "landmarks searched in GeoParquet of the whole planet"),
    ("documents", ("pypdfium2",), "pictures and letters of PDF pages"),
    ("language", ("pycld2",), "the language of a text, for Latin letters"),
)


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
    """The result of every shipped check; one that fails says what it found and stops no other."""
    return tuple(_tried(name, test) for name, test in _TESTS)


def _tried(name: str, test: Callable[[], str]) -> Check:
    try:
        return Check(name, True, test())
    except NoonmarkError as trouble:
        return Check(name, False, trouble.message, trouble.code)
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
        raise ArithmeticError(
            f"zenith {zenith_deg:.5f}, azimuth {azimuth_deg:.5f}: {far_deg:.5f} deg off"
        )
    return (
        f"zenith {zenith_deg:.4f}, azimuth {azimuth_deg:.4f} deg: {far_deg:.4f} from the "
        "published example"
    )


def _zones() -> str:
    from noonmark.actions.sun_position import local_times

    found = local_times(Place(43.8, 87.6), utc("2018-08-20T01:20:00Z"))
    names = ", ".join(local.zone for local in found)
    if len(found) < 2:
        raise LookupError(f"Urumqi runs on two times, found {names or 'none'}")
    return f"Urumqi runs on {names}"


def _schemas() -> str:
    from noonmark.actions.schema_files import schema, schema_names

    for name in schema_names():
        if schema(name).get("$schema") != "https://json-schema.org/draft/2020-12/schema":
            raise ValueError(f"{name} does not name its draft")
    return f"{len(schema_names())} schemas"


def _world() -> str:
    from noonmark.world.places import nearest_place

    near = str(nearest_place(43.72, -87.70))
    if "Sheboygan" not in near:
        raise LookupError(f"43.72 N 87.70 W is near Sheboygan, found {near}")
    return f"43.72 N 87.70 W is {near}"


def _search() -> str:
    # A scene of known truth, made with errors of the size that it states (examples/scene.toml).
    from noonmark.actions.answers import locate

    with resources.as_file(resources.files("noonmark.examples").joinpath("scene.toml")) as path:
        answer = locate(path, truth=(Place(38.7075, -9.1365), utc("2022-10-07T09:40:00Z")))
    found = answer.truth()
    if found is None or found.level > 0.9:
        raise ArithmeticError(
            f"the truth of a simulated scene lies at level {found and found.level}"
        )
    return f"the truth of a simulated scene lies at level {found.level:.2f}"


def _sandbox() -> str:
    from noonmark.sandbox.self_check import status

    tried = status()
    could = f"; but it could {', '.join(tried.possible)}" if tried.possible else ""
    found = f"footage can't {', '.join(tried.refused)}{could}"
    if not tried.whole:
        raise OutsideError(f"{found}: open nothing hostile here", code="sandbox-locks-missing")
    return found


_TESTS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("the sun against its published example", _sun),
    ("time zones, offline", _zones),
    ("JSON Schemas", _schemas),
    ("the world as shipped", _world),
    ("the search against a known truth", _search),
    ("the sandbox for footage", _sandbox),
)
