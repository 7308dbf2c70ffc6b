"""OCFL: the block of one version in an inventory: when, by whom, and the files of that state.

**Method** Oxford Common File Layout 1.0 (2020) and 1.1 (2022), section 3.5.3.
"""

from __future__ import annotations

import re
from typing import Any

from noonmark.evidence.packages import ocfl_paths
from noonmark.evidence.packages.ocfl_paths import Paths
from noonmark.evidence.packages.tree import ReportedPart

_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def version_state(block: Any, spelled: Paths, place: ReportedPart) -> Paths:
    """The logical state of one version: path to digest.

    E047: no object.
    E048: no instant.
    E049: no RFC 3339 instant.
    W007: no message.
    E094: a message that is no text.
    """
    if not isinstance(block, dict):
        place.problem("E047", "a JSON object", type(block).__name__)
        return {}
    created = block.get("created")
    if created is None:
        place.problem("E048", "an instant of creation", "none")
    elif not isinstance(created, str) or not _CREATED.fullmatch(created):
        expected = "RFC 3339 to the second, with a zone"
        place.below("created").problem("E049", expected, str(created)[:40])
    if "message" not in block:
        place.warning("W007", "a message", "none")
    elif not isinstance(block["message"], str):
        place.below("message").problem("E094", "text", type(block["message"]).__name__)
    _check_user(block.get("user"), place)
    return _state(block.get("state"), spelled, place.below("state"))


def _check_user(user: Any, version: ReportedPart) -> None:
    """Judge who made a version.

    W007: nobody named.
    E054: no name.
    W008, W009: no URI of them.
    """
    if user is None:
        version.warning("W007", "a user", "none")
        return
    place = version.below("user")
    if not isinstance(user, dict) or not isinstance(user.get("name"), str):
        place.problem("E054", "an object with a name", str(user)[:40])
        return
    address = user.get("address")
    if address is None:
        place.warning("W008", "an address", "none")
    elif not isinstance(address, str):
        place.problem("E054", "an address as text", type(address).__name__)
    elif not ocfl_paths.URI.fullmatch(address):
        place.warning("W009", "an address that is a URI", "another form")


def _state(block: Any, spelled: Paths, place: ReportedPart) -> Paths:
    """The digest of each logical path.

    E048, E050: no state, or a digest that the manifest does not have.
    E052, E053: a path that leads elsewhere.
    E095: a path twice.
    """
    if not isinstance(block, dict):
        code = "E048" if block is None else "E050"
        place.problem(code, "a state", type(block).__name__)
        return {}
    state: dict[str, str] = {}
    for digest, listed in block.items():
        if digest not in spelled:
            place.problem("E050", "a digest of the manifest, spelled as there", digest[:40])
        for path in ocfl_paths.path_list(listed, "E050", place):
            if path.startswith("/") or path.endswith("/"):
                place.problem("E053", "a path without a slash at either end", path[:120])
            if not ocfl_paths.all_plain(path.strip("/")) or path.startswith("//"):
                place.problem("E052", "a path of plain names", path[:120])
            elif path in state:
                place.problem("E095", f"{path[:120]} once", "twice")
            state[path] = digest.lower()
    ocfl_paths.check_conflicts(state, "E095", place)
    return state
