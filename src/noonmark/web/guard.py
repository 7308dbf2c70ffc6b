"""Who may speak to the server: judged before any route is looked for, on every request.

A page of another site can make a browser send requests to 127.0.0.1. So the Host must be ours
(against DNS rebinding: a rebound page has its own name there), every call under /api/ carries the
token of this run, and one that changes something carries an Origin of ours and JSON, which no form
can send. Nothing is ever allowed across origins.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

TOKEN_BYTES = 24
TOKEN_HEADER = b"x-noonmark-token"
CASE_HEADER = "x-noonmark-case"
LARGEST_BODY = 12_000_000
CSP = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' "
    "blob: data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (
        b"permissions-policy",
        b"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        b"magnetometer=(), "
        b"microphone=(), midi=(), payment=(), usb=()",
    ),
)


@dataclass(frozen=True)
class Refusal:
    """Why a request is not let in: the status, a code, one sentence."""

    status: int
    code: str
    message: str


@dataclass(frozen=True)
class Guard:
    """An ASGI application that lets through to ``inner`` what may pass, and puts the headers on
    every answer.
    """

    inner: App
    token: str
    hosts: frozenset[str]
    """``127.0.0.1:PORT`` and so on: what Host may say, and with http:// before it what Origin may.
    """

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request, or the start and end of the server."""
        if scope["type"] == "lifespan":
            await self.inner(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self.judge(scope)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in HEADERS}
                kept = [(k, v) for k, v in message["headers"] if k.lower() not in ours]
                message["headers"] = [*kept, *HEADERS]
            await send(message)

        if refusal is None:
            await self.inner(scope, receive, told)
            return
        body = {
            "ok": False,
            "code": refusal.code,
            "message": refusal.message,
            "hint": None,
            "details": {},
        }
        raw = json.dumps(body).encode()
        # What was sent with it is not read: the connection ends instead.
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(raw)).encode()),
            (b"connection", b"close"),
        ]
        await told({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await told({"type": "http.response.body", "body": raw})

    def judge(self, scope: Message) -> Refusal | None:
        """Why a request is not let in; None if it is."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        if any(
            len(headers.get(name, ())) > 1
            for name in (b"host", b"origin", TOKEN_HEADER, b"content-type")
        ):
            return Refusal(403, "refused-header", "a header stands there twice")
        one = {name: values[0].decode("latin-1") for name, values in headers.items()}
        if one.get(b"host", "") not in self.hosts:
            return Refusal(403, "refused-host", "the request names another host than this machine")
        if b"upgrade" in headers:
            return Refusal(403, "refused-upgrade", "there is no WebSocket here")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return Refusal(405, "refused-method", "only GET and POST are answered")
        origin = one.get(b"origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            return Refusal(403, "refused-origin", "the request comes from another page")
        if not scope["path"].startswith("/api"):
            return self._files(scope, one)
        return self._call(scope, one, origin)

    def _files(self, scope: Message, one: dict[bytes, str]) -> Refusal | None:
        """The page's own files: to be opened as a page, or loaded by our page; never changed."""
        if scope["method"] == "POST":
            return Refusal(405, "refused-method", "the page's files are only read")
        site, mode = one.get(b"sec-fetch-site", "none"), one.get(b"sec-fetch-mode", "")
        if site in ("none", "same-origin") or (mode == "navigate" and scope["path"] == "/"):
            return None
        return Refusal(403, "refused-site", "the request comes from another page")

    def _call(self, scope: Message, one: dict[bytes, str], origin: str | None) -> Refusal | None:
        if one.get(b"sec-fetch-site", "same-origin") != "same-origin":
            return Refusal(403, "refused-site", "the request comes from another page")
        given = one.get(TOKEN_HEADER, "").encode("latin-1")
        if not secrets.compare_digest(given, self.token.encode()):
            return Refusal(
                403, "refused-token", "the token of this run is missing or old; open the page anew"
            )
        if scope["method"] != "POST":
            return None
        if origin is None:
            return Refusal(
                403,
                "refused-origin",
                "a request that changes something must say where it comes from",
            )
        kind, _, rest = one.get(b"content-type", "").partition(";")
        if kind.strip().lower() != "application/json" or rest.strip().lower() not in (
            "",
            "charset=utf-8",
        ):
            return Refusal(403, "refused-type", "only JSON is taken")
        length = one.get(b"content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > LARGEST_BODY:
            return Refusal(413, "body-too-large", f"more than {LARGEST_BODY / 1e6:g} MB at once")
        return None


def new_token() -> str:
    """A token of 192 bits for one run."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hosts_of(port: int) -> frozenset[str]:
    """What Host may say for a port: the loopback addresses by their three names."""
    return frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
