"""A site as a folder: what lies in it, and how its files are written so that a crash cuts none.

site.json        the name and the features
images.json      one row an image (images.py)
chips/ID.npz     the pixels around the site (chips.py)
readings.jsonl   what people saw, one reading a line, only ever added to (readings.py)
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, OutsideError
from noonmark.sites.outline import SiteFeature
from noonmark.sites.rings import as_rings

SITE, IMAGES, READINGS, CHIPS = "site.json", "images.json", "readings.jsonl", "chips"
_FORM = "noonmark-site-1"
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Site:
    """A site: its folder, its name, its features."""

    folder: Path
    name: str
    features: tuple[SiteFeature, ...]


def write_atomic(path: Path, data: bytes) -> None:
    """Put the bytes in the place of a file, whole or not at all, whatever is cut."""
    try:
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(part, 0o644)
            os.replace(part, path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise OutsideError(
            f"{path.name} could not be written: {error.strerror or error}",
            code="site-not-written",
            hint="what was there before is untouched; make room or check your rights",
        ) from None


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Add one line of JSON and synchronise it; a half line that a crash left is cut off first."""
    line = json.dumps(record, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"
    held = path.read_bytes() if path.exists() else b""
    whole = held[: held.rfind(b"\n") + 1]
    if whole != held:
        write_atomic(path, whole)
    try:
        with open(path, "ab") as stream:
            stream.write(line.encode())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise OutsideError(
            f"{path.name} could not be written: {error.strerror or error}",
            code="site-not-written",
            hint="what was there before is untouched; make room or check your rights",
        ) from None


def as_bytes(value: Any) -> bytes:
    """JSON for a file that people read too."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return text.encode() + b"\n"


def create(folder: Path, name: str, features: Iterable[SiteFeature]) -> Site:
    """Make a site. Raises InputError "site-exists" where the folder holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"{folder} exists and is not empty",
            code="site-exists",
            hint="give the name of a new folder",
        )
    made = Site(folder, name, tuple(features))
    rows = [
        {
            "name": each.name,
            "kind": each.kind,
            "height_m": each.height_m,
            "width_m": each.width_m,
            "rings": each.rings,
        }
        for each in made.features
    ]
    try:
        (folder / CHIPS).mkdir(parents=True)
    except OSError as error:
        raise OutsideError(
            f"{folder} could not be made: {error.strerror or error}",
            code="site-not-written",
            hint="check the name and your rights",
        ) from None
    write_atomic(folder / IMAGES, as_bytes([]))
    write_atomic(folder / SITE, as_bytes({"form": _FORM, "name": name, "features": rows}))
    return made


def read_json(path: Path) -> Any:
    """A file of a site as JSON. Raises InputError "not-a-site"."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large")
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path.parent.name}/{path.name} can't be read: {_cause(error)}",
            code="not-a-site",
            hint="noonmark sites add SITE --outline FILE.geojson makes a site",
        ) from None


def _cause(error: Exception) -> str:
    """Why a file of a site is of no use, in plain words."""
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case PermissionError():
            return "you have no right to read it"
        case json.JSONDecodeError():
            return f"no JSON at line {error.lineno}, column {error.colno}"
        case UnicodeDecodeError():
            return "it is no text in UTF-8"
        case KeyError():
            return f"it lacks {error.args[0]}"
        case TypeError():
            return "something in it is of another kind than it should be"
    return str(error)


def open_site(folder: Path) -> Site:
    """The site of a folder. Raises InputError "not-a-site"."""
    held = read_json(folder / SITE)
    try:
        if held["form"] != _FORM:
            raise ValueError(f"its form is {str(held['form'])[:40]}")
        features = tuple(
            SiteFeature(
                str(each["name"]),
                str(each["kind"]),
                as_rings(each["rings"]),
                each.get("height_m"),
                each.get("width_m"),
            )
            for each in held["features"]
        )
        return Site(folder, str(held["name"]), features)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{folder.name}/{SITE} is not of the form of a site: {_cause(error)}",
            code="not-a-site",
            hint="noonmark sites add SITE --outline FILE.geojson makes a site",
        ) from None


def feature(site: Site, name: str) -> SiteFeature:
    """A feature by its name. Raises InputError "no-such-feature"."""
    for each in site.features:
        if each.name == name:
            return each
    raise InputError(
        f"{site.name} has no feature {name}",
        code="no-such-feature",
        hint=f"one of: {', '.join(each.name for each in site.features)}",
    )
