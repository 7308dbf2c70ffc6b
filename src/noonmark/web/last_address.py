"""The port and the token that a case was served under last, so that a page whose server was started
anew goes on by itself.

They stand in one file of the user's own state that nobody else can read, for so long as somebody
may still have the page open. Where the port is taken by now, or the user chose one, everything is
new.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from noonmark import values
from noonmark.actions.recent_cases import state_file
from noonmark.errors import InputError
from noonmark.web.guard import TOKEN_BYTES, new_token

FILE = "page-addresses.json"
KEPT_FOR = timedelta(hours=24)
MOST, LARGEST = 12, 100_000


def listener(
    case: Path | None, port: int, listen: Callable[[int], socket.socket]
) -> tuple[socket.socket, str]:
    """A socket and the token of this run: those of the last run of this case where it left them."""
    known = _known().get(_key(case))
    if port == 0 and known is not None:
        with suppress(InputError):
            return listen(known["port"]), known["token"]
    return listen(port), new_token()


def keep(case: Path | None, port: int, token: str) -> None:
    """Remember the address of this run, for this user alone."""
    others = {key: one for key, one in _known().items() if key != _key(case)}
    # Whole seconds, cut: a time that was rounded up would lie ahead of now, and count for nothing.
    at = values.rfc3339(values.now().replace(microsecond=0))
    now = {"port": port, "token": token, "at": at}
    newest = dict(list({_key(case): now, **others}.items())[:MOST])
    path = _file()
    part = path.with_name(f".{FILE}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(json.dumps(newest, indent=1) + "\n")
        os.replace(part, path)


def _file() -> Path:
    return state_file().with_name(FILE)


def _key(case: Path | None) -> str:
    return "" if case is None else str(case)


def _known() -> dict[str, dict[str, Any]]:
    """The addresses that are still good; a file that others could write counts for nothing."""
    found: Any = None
    with suppress(OSError, ValueError, RecursionError), _file().open("rb") as source:
        own = os.fstat(source.fileno())
        if os.name == "nt" or (own.st_uid == os.getuid() and not own.st_mode & 0o077):
            found = json.loads(source.read(LARGEST))
    if not isinstance(found, dict):
        return {}
    return {key: one for key, one in found.items() if _is_good(one)}


def _is_good(one: Any) -> bool:
    if not isinstance(one, dict):
        return False
    port, token, at = one.get("port"), one.get("token"), one.get("at")
    if not (isinstance(port, int) and 1024 <= port <= 65535 and isinstance(at, str)):
        return False
    if not (isinstance(token, str) and len(token) >= TOKEN_BYTES * 4 // 3 and token.isascii()):
        return False
    try:
        return timedelta(0) <= values.now() - values.utc(at) < KEPT_FOR
    except InputError:
        return False
