"""What every form shares: a folder walked without following links, files hashed once, a verdict, bytes carried in."""

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
JSON_DEEPEST = 64
JSON_LONGEST_BYTES = 64 << 20


@dataclass(frozen=True)
class Judged:
    """The verdict on a package: all that is wrong, all that is only unusual, and how much was looked at."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    files: int = 0
    bytes: int = 0

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Carried:
    """One file of a package, ready to be taken into a case with what the package says of it."""

    path: Path
    name: str
    stated: Mapping[str, str]
    """Digests that the package states, hex by hashlib's name of the hash: carried over, and checked on the way in."""
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Findings:
    """Problems and warnings on their way into a verdict."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def bad(self, code: str, where: str, expected: str, found: str) -> None:
        self.problems.append(Problem(code, where, expected, found))

    def odd(self, code: str, where: str, expected: str, found: str) -> None:
        self.warnings.append(Problem(code, where, expected, found))

    def judged(self, files: int = 0, size: int = 0) -> Judged:
        return Judged(tuple(self.problems), tuple(self.warnings), files, size)


def walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Relative name (with ``/``) and status of everything below ``root`` but folders; links are named, not followed.

    Names come in the order of the folder listing sorted by name, so that a verdict reads the same everywhere.
    """
    todo = [("", 0)]
    while todo:
        prefix, depth = todo.pop()
        if depth > DEEPEST:
            raise InputError(f"{prefix}: folders nested deeper than {DEEPEST}", code="package-deep")
        try:
            entries = sorted(os.scandir(root / prefix), key=lambda e: e.name)
        except OSError as error:
            raise OutsideError(f"{root / prefix}: {error.strerror}", code="package-unreadable") from None
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                todo.append((f"{name}/", depth + 1))
            else:
                yield name, entry.stat(follow_symlinks=False)


def plain_files(root: Path, findings: Findings, code: str) -> dict[str, int]:
    """Size of every regular file below ``root`` by relative name; what else is there becomes a problem of that code."""
    sizes = {}
    for name, status in walk(root):
        if is_plain(status):
            sizes[name] = status.st_size
        else:
            findings.bad(code, name, "a plain file", "a link or a device")
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
    """The file's digests in one pass, hex by hashlib's name; with ``into`` the bytes are copied there on the way."""
    hashers = {name: hashlib.new(name, usedforsecurity=False) for name in names}
    # O_NOFOLLOW: a name that became a link since it was walked is refused, not followed.
    try:
        source = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(source, "rb", buffering=0) as stream, _target(into) as target:
            while chunk := stream.read(CHUNK_BYTES):
                for hasher in hashers.values():
                    hasher.update(chunk)
                if target is not None:
                    target.write(chunk)
    except OSError as error:
        raise OutsideError(f"{path}: {error.strerror}", code="package-unreadable") from None
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}


def _target(into: Path | None) -> contextlib.AbstractContextManager[BinaryIO | None]:
    return contextlib.nullcontext() if into is None else open(into, "xb")


def known_hash(name: str) -> str | None:
    """hashlib's name for a hash as packages write it (``SHA-256``, ``sha256``, ``sha3-512``), or None."""
    plain = name.strip().lower().replace("_", "-")
    table = {
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
    return table.get(plain)


def read_small(path: Path, *, longest: int = JSON_LONGEST_BYTES) -> bytes:
    """The bytes of a regular file that is expected to be small."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
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

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            twice = next(k for i, (k, _) in enumerate(pairs) if k in {p for p, _ in pairs[:i]})
            raise ValueError(f"the key {twice!r} stands twice")
        return made

    def never(text: str) -> Any:
        raise ValueError(f"{text} is not JSON")

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=never)
    except ValueError as error:
        raise InputError(f"{where}: {str(error)[:200]}", code="package-json") from None
    except RecursionError:
        raise InputError(f"{where}: JSON nested deeper than {JSON_DEEPEST}", code="package-json") from None
    level = [value]
    for _ in range(JSON_DEEPEST):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return value
    raise InputError(f"{where}: JSON nested deeper than {JSON_DEEPEST}", code="package-json")


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def inside(name: str) -> bool:
    """Whether a relative name with ``/`` stays inside its folder on every system."""
    parts = name.split("/")
    if "\0" in name or name.startswith(("/", "~", "\\")) or (len(name) > 1 and name[1] == ":"):
        return False
    return all(part not in ("", ".", "..") for part in parts)
