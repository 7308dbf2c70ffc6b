"""The rules of OCFL for paths: plain names, no way out of the object, no path inside another.

**Method** Oxford Common File Layout 1.0 (2020) and 1.1 (2022), sections 3.5.2 and 3.5.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from noonmark.evidence.packages.tree import ReportedPart

Paths = Mapping[str, str]
"""Content path or logical path: digest in lower case."""
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")


def plain_path(path: str, place: ReportedPart) -> bool:
    """Whether a path stays inside.

    E100: a slash at an end.
    E099: empty, ``.`` or ``..`` in it.
    """
    if path.startswith("/") or path.endswith("/"):
        place.problem("E100", "a path without a slash at either end", path[:120])
        return False
    if not all_plain(path) or "\0" in path:
        place.problem("E099", "a path of plain names", path[:120])
        return False
    return True


def all_plain(path: str) -> bool:
    """Whether no part of a path is empty, ``.`` or ``..``."""
    return all(part not in ("", ".", "..") for part in path.split("/"))


def content_path(path: str, folder: str, place: ReportedPart) -> bool:
    """Whether a path lies in the content folder of a version.

    E042: it does not.
    """
    if not plain_path(path, place):
        return False
    parts = path.split("/")
    if len(parts) < 3 or not re.fullmatch(r"v[0-9]+", parts[0]) or parts[1] != folder:
        place.problem("E042", f"a path like v1/{folder}/...", path[:120])
        return False
    return True


def path_list(listed: Any, code: str, place: ReportedPart) -> list[str]:
    """The paths in a JSON value; a problem of that code where it is no list of texts."""
    if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        return listed
    place.problem(code, "a list of paths", type(listed).__name__)
    return []


def check_conflicts(paths: Iterable[str], code: str, place: ReportedPart) -> None:
    """Judge whether a path is the folder of another; a problem of that code where one is."""
    known = set(paths)
    for path in known:
        for above in _folders_above(path):
            if above in known:
                place.problem(code, "a file or a folder", f"{above[:120]} as both")


def _folders_above(path: str) -> list[str]:
    """The folders that a path lies in, the outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
