"""Replies of the server: JSON in one form, errors as on the command line, bytes with a type."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from noonmark.actions.json_text import json_line, plain
from noonmark.error_mapping import as_ours
from noonmark.errors import EvidenceError, InputError, NoonmarkError
from noonmark.web.guard import LARGEST_BODY

LOG = logging.getLogger("noonmark.web")
# Input is 400 unless a better word is there; the world's failures are 503, broken trust 500.
_STATUS = {
    "newer-revision": 409,
    "other-case-open": 409,
    "case-away": 409,
    "no-such-item": 404,
    "object-missing": 404,
    "no-such-frame": 404,
    "no-such-answer": 404,
    "no-such-job": 404,
    "no-such-layer": 404,
    "no-such-page": 404,
    "unknown-schema": 404,
    "body-too-large": 413,
    "internal": 500,
}


def json_reply(data: Mapping[str, Any], *, status: int = 200, raw: bool = False) -> Response:
    """One JSON object with ``ok``, in ASCII so that no string can be taken for anything else."""
    return Response(
        _text(data if raw else {"ok": True, **data}).encode("ascii"),
        status,
        media_type="application/json",
    )


def _text(data: Mapping[str, Any]) -> str:
    """As ``json_line`` writes it; an answer of megabytes is mostly in JSON's own types, which need
    no walk.
    """
    try:
        return json.dumps(data, ensure_ascii=True, allow_nan=False, default=plain).replace(
            "\x7f", "\\u007f"
        )
    except (ValueError, TypeError):  # a number that is not finite, or a key that is no text
        return json_line(data)


def error_reply(trouble: BaseException, *, more: Mapping[str, Any] | None = None) -> Response:
    """An error in the one JSON shape, with the status that fits it."""
    error = as_ours(trouble)
    if error.code == "internal":
        # Never as a reply: a trace names paths. In the terminal, where it helps.
        LOG.error(
            "a fault of noonmark's own",
            exc_info=trouble if os.environ.get("NOONMARK_DEBUG") else None,
        )
    return json_reply({**error.as_json(), **(more or {})}, status=status_of(error), raw=True)


def status_of(error: NoonmarkError) -> int:
    """The HTTP status of an error."""
    if error.code in _STATUS:
        return _STATUS[error.code]
    return (
        400 if isinstance(error, InputError) else 500 if isinstance(error, EvidenceError) else 503
    )


def bytes_reply(data: bytes, media_type: str, **headers: str | int) -> Response:
    """Bytes with a type and further headers, whose names are written with underscores."""
    return Response(data, media_type=media_type, headers=_named(headers))


def pieces_reply(pieces: list[memoryview], media_type: str, **headers: str | int) -> Response:
    """The same of bytes in pieces, sent one after the other.

    They are never put together: frames that play are many megabytes.
    """
    return StreamingResponse(iter(pieces), media_type=media_type, headers=_named(headers))


def _named(headers: Mapping[str, str | int]) -> dict[str, str]:
    """Headers by the names that they have on the wire."""
    return {name.replace("_", "-"): str(value) for name, value in headers.items()}


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent, refused above a size and where it is none."""
    from noonmark.session.requests import read_json

    data = bytearray()
    try:
        async for piece in request.stream():
            data += piece
            if len(data) > LARGEST_BODY:
                raise InputError(
                    f"more than {LARGEST_BODY / 1e6:g} MB at once",
                    code="body-too-large",
                    hint="send it in pieces",
                )
    except ClientDisconnect:
        raise InputError(
            "the page went away while it sent", code="body-cut", hint="send it again"
        ) from None
    return read_json(bytes(data))
