"""Requests to a time-stamp server that the user named: the only module here that opens the network.

Nothing but a digest leaves the machine: of the log's checkpoint, never of an item, never a name.
"""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from typing import IO

from noonmark.errors import InputError, OutsideError

LONGEST_REPLY_BYTES = 1 << 20
TIMEOUT_S = 30.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A server that sends us elsewhere was not the one the user named."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: object,
        newurl: str,
    ) -> None:
        """Refuse instead of following."""
        raise OutsideError(
            f"{req.full_url} answered with the address of another server, {newurl}",
            code="stamp-redirect",
            hint="name that server yourself if you trust it",
        )


def tsa_reply(url: str, query: bytes) -> bytes:
    """The whole TimeStampResp of the RFC 3161 server at ``url`` to that query."""
    return _post(
        url,
        query,
        sends="application/timestamp-query",
        takes="application/timestamp-reply",
    )


def calendar_reply(url: str, digest: bytes) -> bytes:
    """What an OpenTimestamps calendar answers to a digest: the rest of a proof, pending."""
    return _post(
        url.rstrip("/") + "/digest",
        digest,
        sends="application/x-www-form-urlencoded",
        takes="application/vnd.opentimestamps.v1",
    )


def calendar_rest(url: str, asked: bytes) -> bytes:
    """What a calendar has by now for a commitment that it promised to anchor."""
    address = f"{url.rstrip('/')}/timestamp/{asked.hex()}"
    return _fetch(address, None, {"Accept": "application/vnd.opentimestamps.v1"})


def _post(url: str, body: bytes, *, sends: str, takes: str) -> bytes:
    """The server's answer to a body."""
    return _fetch(url, body, {"Content-Type": sends, "Accept": takes})


def _fetch(url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
    """The server's whole answer; a reply of 404 to a question without a body is "not yet"."""
    host = _host_of(url)
    request = urllib.request.Request(  # noqa: S310  the scheme is one of two
        url,
        data=body,
        method="GET" if body is None else "POST",
        headers=headers | {"User-Agent": "noonmark"},
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=TIMEOUT_S) as reply:
            data: bytes = reply.read(LONGEST_REPLY_BYTES + 1)
    except urllib.error.HTTPError as error:
        code = "stamp-not-yet" if body is None and error.code == 404 else "stamp-no-answer"
        raise OutsideError(
            f"{host} answered {error.code} {str(error.reason)[:80]}",
            code=code,
            hint="nothing was changed; try again later, or name another server",
        ) from None
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise OutsideError(
            f"{host} could not be asked for the time: {error}",
            code="stamp-no-answer",
            hint="nothing was changed; try again, or name another server",
        ) from None
    if not data or len(data) > LONGEST_REPLY_BYTES:
        raise OutsideError(
            f"{host} answered with {len(data)} bytes, which is no time stamp",
            code="stamp-no-answer",
            hint="nothing was changed; try again, or name another server",
        )
    return data


def _host_of(url: str) -> str:
    """The host of a server's address; credentials in an address are refused."""
    parts = urllib.parse.urlsplit(url)
    named = parts.username or parts.password
    if parts.scheme not in ("http", "https") or not parts.hostname or named:
        raise InputError(
            f"{url!r} is not the address of a time-stamp server",
            code="stamp-address",
            hint="for example http://timestamp.example.org/tsr, without a name or password in it",
        )
    return parts.hostname
