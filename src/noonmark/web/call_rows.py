"""The type of a row in the table of calls, for the modules that hold rows of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from noonmark.web.server_state import ServerState

Call = tuple[str, str, Callable[[ServerState, Request], Awaitable[Response]]]
"""Method, path, and what answers."""
