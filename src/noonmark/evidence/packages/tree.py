"""What the readers of all package forms share.

A folder is walked without following links, each file is hashed once, problems and warnings are
gathered into a verdict, and files are handed on with what the package states of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from noonmark.errors import InputError, OutsideError, Problem

CHUNK_BYTES = 1 << 20
DEEPEST = 100
Sizes = Mapping[str, int]
"""Size [bytes] of each file, by its name relative to the package, with ``/``."""
Digests = Mapping[str, str]
"""Digest by name, or by hashlib's name of the hash; in lower case."""
MOST_SPOKEN = 200
JSON_DEEPEST = 64
JSON_LONGEST_BYTES = 64 << 20
SAFE_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""A name that became a link since it was listed is refused; a pipe does not block."""
_KNOWN_HASHES = {
    "md5": "md5",
    "sha1": "sha1",
    "sha-1": "sha1",
    "sha224": "sha224",
    "sha-224": "sha224",
    "sha256": "sha256",
    "sha-256": "sha256",
    "sha384": "sha384",
    "sha-384": "sha384",
    "sha512": "sha512",
    "sha-512": "sha512",
    "sha3-256": "sha3_256",
    "sha3-384": "sha3_384",
    "sha3-512": "sha3_512",
    "blake2b-512": "blake2b",
}
"""hashlib's name by the name of a hash in lower case, with dashes."""


@dataclass(frozen=True)
class PackageVerdict:
    """The verdict on a package: problems, warnings, and how many files and bytes were read."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    files: int = 0
    bytes: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; warnings do not count."""
        return not self.problems


@dataclass(frozen=True)
class PackageFile:
    """One file of a package, ready to be taken into a case with what the package says of it."""

    path: Path
    name: str
    stated: Digests
    """Digests that the package states, hex by hashlib's name of the hash; checked on import."""
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class PackageFindings:
    """The problems and warnings of a package while it is checked."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def problem(self, code: str, where: str, expected: str, found: str) -> None:
        """Note that something is wrong."""
        self.problems.append(Problem(code, where, expected, found))

    def warning(self, code: str, where: str, expected: str, found: str) -> None:
        """Note that something is only unusual."""
        self.warnings.append(Problem(code, where, expected, found))

    def verdict(self, files: int = 0, size: int = 0) -> PackageVerdict:
        """The verdict that follows, on so many files of together ``size`` bytes."""
        return PackageVerdict(tuple(self.problems), tuple(self.warnings), files, size)


@dataclass(frozen=True)
class ReportedPart:
    """A part of a package, such as a field of an inventory, to report problems and warnings at."""

    findings: PackageFindings
    name: str

    def problem(self, code: str, expected: str, found: str) -> None:
        """Report that something here is wrong."""
        self.findings.problem(code, self.name, expected, found)

    def warning(self, code: str, expected: str, found: str) -> None:
        """Report that something here is only unusual."""
        self.findings.warning(code, self.name, expected, found)

    def below(self, name: str) -> ReportedPart:
        """A field of this place."""
        return ReportedPart(self.findings, f"{self.name} {name}")


def walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Relative name (with ``/``) and status of everything below ``root`` but folders.

    Links are named, not followed. Names come in the order of the folder listing sorted by name, so
    that a verdict reads the same everywhere.
    """
    todo = [("", 0)]
    while todo:
        prefix, depth = todo.pop()
        if depth > DEEPEST:
            raise InputError(
                f"{prefix}: folders nested deeper than {DEEPEST}",
                code="package-deep",
            )
        try:
            entries = sorted(os.scandir(root / prefix), key=lambda e: e.name)
        except OSError as error:
            raise OutsideError(
                f"{root / prefix}: {error.strerror}", code="package-unreadable"
            ) from None
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                todo.append((f"{name}/", depth + 1))
            else:
                yield name, entry.stat(follow_symlinks=False)


def plain_files(root: Path, findings: PackageFindings, code: str) -> Sizes:
    """Size [bytes] of every regular file below ``root`` by relative name.

    A link or a device becomes a problem of that code.
    """
    sizes = {}
    for name, status in walk(root):
        if is_plain(status):
            sizes[name] = status.st_size
        else:
            findings.problem(code, name, "a plain file", "a link or a device")
    return sizes


def folders(root: Path) -> Iterator[str]:
    """Relative name of every folder below ``root``, links not followed."""
    todo = [""]
    while todo:
        prefix = todo.pop()
        for entry in os.scandir(root / prefix):
            if entry.is_dir(follow_symlinks=False):
                yield f"{prefix}{entry.name}"
                todo.append(f"{prefix}{entry.name}/")


def is_plain(status: os.stat_result) -> bool:
    """Whether it is a regular file: not a link, device, pipe or socket."""
    return stat.S_ISREG(status.st_mode)


def digests(path: Path, names: Iterable[str], *, into: Path | None = None) -> dict[str, str]:
    """The file's digests in one pass, hex by hashlib's name.

    With ``into`` the bytes are copied there on the way.
    """
    hashers = {name: hashlib.new(name, usedforsecurity=False) for name in names}
    try:
        source = os.open(path, SAFE_OPEN)
        with (
            os.fdopen(source, "rb", buffering=0) as stream,
            _target(into) as target,
        ):
            while chunk := stream.read(CHUNK_BYTES):
                for hasher in hashers.values():
                    hasher.update(chunk)
                if target is not None:
                    target.write(chunk)
    except OSError as error:
        raise OutsideError(f"{path}: {error.strerror}", code="package-unreadable") from None
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}


def _target(
    into: Path | None,
) -> contextlib.AbstractContextManager[BinaryIO | None]:
    """The new file to copy to, if there is to be one."""
    return contextlib.nullcontext() if into is None else open(into, "xb")


def known_hash(name: str) -> str | None:
    """hashlib's name for a hash as packages write it (``SHA-256``, ``sha3-512``), or None."""
    return _KNOWN_HASHES.get(name.strip().lower().replace("_", "-"))


def spoken(said: Mapping[str, str]) -> list[str]:
    """What was judged of single parts as ``name: what``, for a log; of many only the first."""
    return [f"{name[:120]}: {what}" for name, what in list(said.items())[:MOST_SPOKEN]]


def read_small(path: Path, *, longest: int = JSON_LONGEST_BYTES) -> bytes:
    """The bytes of a regular file that is expected to be small."""
    try:
        fd = os.open(path, SAFE_OPEN)
        with os.fdopen(fd, "rb") as stream:
            if not is_plain(os.fstat(fd)):
                raise InputError(f"{path.name} is not a plain file", code="package-file")
            data = stream.read(longest + 1)
    except OSError as error:
        raise InputError(f"{path.name}: {error.strerror}", code="package-file") from None
    if len(data) > longest:
        raise InputError(f"{path.name} is larger than {longest} bytes", code="package-file")
    return data


def read_json(data: bytes, *, where: str) -> Any:
    """The JSON value of ``data``: UTF-8, no key twice, no NaN, not nested beyond reason."""
    too_deep = f"{where}: JSON nested deeper than {JSON_DEEPEST}"
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_each_once,
            parse_constant=_no_constant,
        )
    except ValueError as error:
        raise InputError(f"{where}: {str(error)[:200]}", code="package-json") from None
    except RecursionError:
        raise InputError(too_deep, code="package-json") from None
    level = [value]
    for _ in range(JSON_DEEPEST):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return value
    raise InputError(too_deep, code="package-json")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys are all different; two readers take different ones of a double."""
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"the key {key!r} stands twice")
        made[key] = value
    return made


def _no_constant(text: str) -> Any:
    """Refuse NaN and the infinities, which Python reads and JSON does not have."""
    raise ValueError(f"{text} is not JSON")


def _inner(value: Any) -> Iterable[Any]:
    """The values directly inside a JSON value."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def inside(name: str) -> bool:
    """Whether a relative name with ``/`` stays inside its folder on every system."""
    parts = name.split("/")
    if "\0" in name or name.startswith(("/", "~", "\\")) or (len(name) > 1 and name[1] == ":"):
        return False
    return all(part not in ("", ".", "..") for part in parts)
