"""What the analyst has marked and said so far: the page's document, ``work/inquiry.json`` beside a
case's log.

A half-typed clue is kept as it is: only the frame of the document is held to its form, because
nothing that somebody has typed may be lost. Whether a clue or a marks document makes sense is
judged when it is asked about.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.evidence.disk import named_failure, sync_folder
from noonmark.questions.input_files import parse_document, read_bytes

VERSION = 1
FILE = "inquiry.json"
LARGEST_BYTES = 8_000_000
MOST = {"clues": 1000, "frames": 5000, "pins": 1000, "layers": 200}
LAYER_KINDS = ("pmtiles", "geotiff", "geojson", "kml")
_KEYS = ("version", "prior", "clues", "frames", "pins", "layers", "notes")
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_FRAME = re.compile(r"([0-9a-f]{64}):(0|[1-9][0-9]{0,8})")
Document = dict[str, Any]


def empty() -> Document:
    """An inquiry in which nothing was said yet."""
    return {
        "version": VERSION,
        "prior": {},
        "clues": [],
        "frames": {},
        "pins": [],
        "layers": [],
        "notes": "",
    }


def clue_document(inquiry: Mapping[str, Any]) -> Document:
    """The clue document that ``locate`` is asked: the prior, and every clue that is on."""
    return {
        "prior": dict(inquiry["prior"]),
        "clue": [dict(c["clue"]) for c in inquiry["clues"] if c["on"]],
    }


def checked(document: Any) -> Document:
    """The inquiry, if it has the form of one; every fault is named at once, with its path."""
    if not isinstance(document, dict):
        raise InputError(
            "an inquiry is an object", code="bad-inquiry", hint="docs/spec/page.md shows its form"
        )
    found = {**empty(), **document}
    problems = [*_shape_problems(document, found)]
    if not problems:
        problems = [*_entry_problems(found), *_twice(found)]
    if problems:
        raise InputError.of(problems[:50], hint="docs/spec/page.md shows the form of an inquiry")
    return found


_TABLES = {"prior": dict, "frames": dict, "clues": list, "pins": list, "layers": list}


def _shape_problems(document: Document, found: Document) -> Iterator[Problem]:
    """Faults of the keys and of the kinds of value behind them."""
    for key in document:
        if key not in _KEYS:
            yield _bad(key, "one of " + ", ".join(_KEYS), "an unknown key")
    if found["version"] != VERSION:
        yield _bad("version", str(VERSION), repr(found["version"])[:40])
    for key, kind in _TABLES.items():
        most = MOST.get(key, 100)
        if not isinstance(found[key], kind):
            wanted = "an object" if kind is dict else "a list"
            yield _bad(key, wanted, type(found[key]).__name__)
        elif len(found[key]) > most:
            yield _bad(key, f"at most {most} entries", str(len(found[key])))
    if not isinstance(found["notes"], str):
        yield _bad("notes", "a text", type(found["notes"]).__name__)


def _entry_problems(found: Document) -> Iterator[Problem]:
    """Faults inside the entries of the lists and of the frames."""
    for key, look in _LOOKS.items():
        for number, value in enumerate(found[key]):
            yield from look(value, f"{key}[{number}]")
    for key, value in found["frames"].items():
        yield from _frame(key, value)


def read(folder: Path) -> tuple[int, Document]:
    """The revision and the inquiry of a case's ``work`` folder; revision 0 and an empty one where
    there is none.
    """
    path = folder / FILE
    if not path.exists():
        return 0, empty()
    document = parse_document(read_bytes(path, largest=LARGEST_BYTES), name=str(path))
    revision = document.pop("revision", 0)
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 0:
        raise InputError(
            f"{path}: revision is not a whole number", code="bad-inquiry", hint="set it to 0"
        )
    return revision, checked(document)


def as_bytes(revision: int, inquiry: Mapping[str, Any]) -> bytes:
    """The document as it is kept: ASCII, keys in order, so that equal inquiries are equal bytes."""
    text = json.dumps(
        {"revision": revision, **inquiry},
        indent=1,
        ensure_ascii=True,
        allow_nan=False,
        sort_keys=True,
    )
    return text.encode("ascii") + b"\n"


def write(
    folder: Path,
    name: str,
    data: bytes,
) -> None:
    """Write a file of the ``work`` folder so that it is there whole, or as it was before."""
    with named_failure():
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{name}.new"
        with open(beside, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, folder / name)
        sync_folder(folder)


def _bad(
    where: str,
    expected: str,
    found: str,
) -> Problem:
    """A fault of the inquiry at a path."""
    return Problem("bad-inquiry", f"inquiry.{where}", expected, found)


def _table(
    value: Any,
    where: str,
    shape: Mapping[str, tuple[type, ...]],
    optional: tuple[str, ...] = (),
) -> list[Problem]:
    """What is wrong with a table of these keys and types."""
    if not isinstance(value, dict):
        return [_bad(where, "an object", type(value).__name__)]
    known = "one of " + ", ".join(shape)
    found = []
    for key in value:
        if key not in shape:
            found.append(_bad(f"{where}.{key}", known, "an unknown key"))
    for key, kinds in shape.items():
        if key not in value:
            if key not in optional:
                found.append(_bad(f"{where}.{key}", "a value", "nothing"))
            continue
        given = value[key]
        stray_bool = isinstance(given, bool) and bool not in kinds
        if stray_bool or not isinstance(given, kinds):
            wanted = " or ".join(_SAID[kind] for kind in kinds)
            found.append(_bad(f"{where}.{key}", wanted, type(given).__name__))
    if not found and "id" in shape and not _ID.fullmatch(value["id"]):
        found.append(_bad(f"{where}.id", "1 to 64 letters, digits, _ . -", repr(value["id"])[:40]))
    return found


_NONE = type(None)
_SAID = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    dict: "an object",
    list: "a list",
}
_SAID |= {_NONE: "null"}
_NUMBER = (int, float)


def _clue(value: Any, where: str) -> list[Problem]:
    """Faults of a clue."""
    shape = {"id": (str,), "on": (bool,), "frame": (str,), "picture": (str,), "clue": (dict,)}
    found = _table(value, where, shape, ("frame", "picture"))
    if found:
        return found
    for key in ("frame", "picture"):
        if key in value and not _FRAME.fullmatch(value[key]):
            found.append(_bad(f"{where}.{key}", "SHA256:NUMBER", repr(value[key])[:40]))
    return found


def _pin(value: Any, where: str) -> list[Problem]:
    """Faults of a pinned claim."""
    shape = {
        "id": (str,),
        "label": (str,),
        "place": (list, _NONE),
        "km": _NUMBER,
        "from": (str, _NONE),
    }
    found = _table(value, where, shape | {"to": (str, _NONE)})
    if not found and value["place"] is not None and not _pair(value["place"]):
        found.append(
            _bad(f"{where}.place", "[latitude, longitude] or null", repr(value["place"])[:40])
        )
    return found


def _pair(value: list[Any]) -> bool:
    """Whether a list is two numbers."""
    if len(value) != 2:
        return False
    return not any(isinstance(v, bool) or not isinstance(v, _NUMBER) for v in value)


def _layer(value: Any, where: str) -> list[Problem]:
    """Faults of a map layer."""
    shape = {"id": (str,), "path": (str,), "name": (str,), "kind": (str,), "shown": (bool,)}
    found = _table(value, where, shape)
    if not found and value["kind"] not in LAYER_KINDS:
        found.append(
            _bad(f"{where}.kind", "one of " + ", ".join(LAYER_KINDS), repr(value["kind"])[:40])
        )
    return found


def _frame(key: str, value: Any) -> list[Problem]:
    """Faults of a marked frame."""
    where = f"frames[{key[:80]!r}]"
    shape = {"item": (str,), "number": (int,), "time_s": (int, float, _NONE), "marks": (dict,)}
    found = _table(value, where, shape)
    match = _FRAME.fullmatch(key)
    if match is None:
        return [*found, _bad(where, "a key SHA256:NUMBER", "another key")]
    if not found and (value["item"], value["number"]) != (match[1], int(match[2])):
        found.append(_bad(where, "the item and number that its key says", "others"))
    return found


def _twice(found: Document) -> list[Problem]:
    """Ids that stand there twice."""
    problems = []
    for key in _LOOKS:
        seen: set[str] = set()
        for k, entry in enumerate(found[key]):
            if isinstance(entry, dict) and entry.get("id") in seen:
                problems.append(_bad(f"{key}[{k}].id", "an id of its own", repr(entry["id"])[:40]))
            elif isinstance(entry, dict):
                seen.add(entry.get("id", ""))
    return problems


_LOOKS: dict[str, Callable[[Any, str], list[Problem]]] = {
    "clues": _clue,
    "pins": _pin,
    "layers": _layer,
}
