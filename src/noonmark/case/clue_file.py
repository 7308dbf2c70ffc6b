"""A clue file (TOML or JSON) as a question: every problem in it at once, with its path and the remedy.

Nothing is guessed: an unknown key is an error that names the nearest known one, a time without an offset
from UTC is refused, a number is never true or false. What is odd but possible comes out as a warning.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.case.clue_fields import Findings, common_of, fields_of, nearest, time_of
from noonmark.case.clue_sense import area_problems, time_problems, warnings_of, window_problems
from noonmark.case.documents import parse_document, read_bytes
from noonmark.errors import InputError, Problem
from noonmark.inference.clues.table import KINDS

LARGEST_BYTES = 5_000_000
MOST_CLUES = 1000
_TOP = ("prior", "clue", "id", "truth", "title", "note")
_PRIOR = ("not_before", "not_after", "area")


@dataclass(frozen=True)
class KnownTruth:
    """Where and when it really was, if the file says so: for tests and calibration only."""

    lat_deg: float
    lon_deg: float
    unix_s: float


@dataclass(frozen=True)
class Question:
    """What a clue file asks. Times are POSIX seconds; ``area`` is as written (its shape is checked, not its
    place on Earth); ``digest`` is the SHA-256 of the document in canonical JSON."""

    not_before_s: float | None
    not_after_s: float | None
    area: Any
    clues: tuple[Any, ...]
    truth: KnownTruth | None
    id: str | None
    digest: str
    raw: dict[str, Any]
    warnings: tuple[str, ...] = ()


def read_clues(source: str | bytes | Path) -> Question:
    """The question in a file (a path, or ``-`` for standard input), or in the bytes of one."""
    return question_of(read_document(source))


def read_document(source: str | bytes | Path) -> dict[str, Any]:
    """The parsed document of a clue file, not yet looked into."""
    if isinstance(source, bytes):
        data, name = source, "clues"
    else:
        data = read_bytes(source, largest=LARGEST_BYTES)
        name = "standard input" if str(source) == "-" else str(source)
    if len(data) > LARGEST_BYTES:
        raise InputError(
            f"{name}: larger than {LARGEST_BYTES / 1e6:g} MB",
            code="file-too-large",
            hint="is this the right file? A clue file is text of a few lines",
        )
    return parse_document(data, name=name)


def read_line(line: str) -> Question:
    """The question on one line of JSON."""
    return read_clues(line.encode("utf-8", "surrogatepass"))


def question_of(document: dict[str, Any]) -> Question:
    """A parsed document as a question; all problems in one InputError."""
    findings = Findings()
    for key in document:
        if key not in _TOP:
            findings.unknown_key(key, key, _TOP)
    not_before, not_after, area = _prior(document.get("prior", {}), findings)
    findings.problems += window_problems(not_before, not_after)
    clues = _clues(document.get("clue"), findings)
    truth = _truth(document.get("truth"), findings)
    name = document.get("id")
    if name is not None and not (isinstance(name, str | int) and not isinstance(name, bool) and len(str(name)) <= 200):
        findings.add("bad-value", "id", "a text of at most 200 characters", name)
    if not findings.problems:
        for problem in time_problems(not_before, not_after, clues):
            findings.problems.append(problem)
    if findings.problems:
        raise InputError.of(findings.problems, hint=findings.hint())
    return Question(
        not_before_s=not_before,
        not_after_s=not_after,
        area=area,
        clues=tuple(clues),
        truth=truth,
        id=None if name is None else str(name),
        digest=digest_of(document),
        raw=document,
        warnings=tuple(warnings_of(clues)),
    )


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 (hex) of the document as canonical JSON: the same for TOML and JSON that say the same."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _prior(raw: Any, findings: Findings) -> tuple[float | None, float | None, Any]:
    if not isinstance(raw, dict):
        findings.add("bad-value", "prior", "a table", raw)
        return None, None, None
    for key in raw:
        if key not in _PRIOR:
            findings.unknown_key(key, f"prior.{key}", _PRIOR)
    ends = [time_of(raw[k], f"prior.{k}", findings) if k in raw else None for k in ("not_before", "not_after")]
    area = raw.get("area")
    if area is not None:
        findings.problems += area_problems(area, "prior.area")
    return ends[0], ends[1], area


def _clues(raw: Any, findings: Findings) -> list[Any]:
    if not isinstance(raw, list) or not raw:
        findings.add("no-clues", "clue", "at least one [[clue]]", "nothing" if raw is None else raw)
        return []
    if len(raw) > MOST_CLUES:
        findings.add("bad-value", "clue", f"at most {MOST_CLUES} clues", f"{len(raw)} of them")
        return []
    found = [_clue(item, f"clue[{i}]", findings) for i, item in enumerate(raw)]
    return [clue for clue in found if clue is not None]


def _clue(raw: Any, path: str, findings: Findings) -> Any:
    """One clue as its dataclass; None if anything in it is wrong."""
    if not isinstance(raw, dict):
        findings.add("bad-value", path, "a table", raw)
        return None
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        hint = nearest(kind, KINDS) if isinstance(kind, str) else None
        wanted = f"a kind of clue ({hint}?)" if hint else f"a kind of clue: {', '.join(KINDS)}"
        findings.add("unknown-kind", f"{path}.kind", wanted, "nothing" if kind is None else kind)
        return None
    row, before = KINDS[kind], len(findings.problems)
    common = common_of(row.fields, raw, path, findings)
    values = fields_of(row.fields, raw, path, findings, skip=("kind", *common.keys))
    if len(findings.problems) > before:
        return None
    clue = row.fields(**values, common=common.made)
    for field, expected, found in row.problems(clue) if row.problems else ():
        findings.problems.append(Problem("bad-value", f"{path}.{field}", expected, found))
    if len(findings.problems) > before:
        return None
    return clue


def _truth(raw: Any, findings: Findings) -> KnownTruth | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        findings.add("bad-value", "truth", "a table of lat_deg, lon_deg and utc", raw)
        return None
    for key in raw:
        if key not in ("lat_deg", "lon_deg", "utc"):
            findings.unknown_key(key, f"truth.{key}", ("lat_deg", "lon_deg", "utc"))
    lat = findings.number(raw.get("lat_deg"), "truth.lat_deg", -90.0, 90.0)
    lon = findings.number(raw.get("lon_deg"), "truth.lon_deg", -180.0, 180.0)
    unix = time_of(raw.get("utc"), "truth.utc", findings)
    if lat is None or lon is None or unix is None:
        return None
    return KnownTruth(lat, lon, unix)
