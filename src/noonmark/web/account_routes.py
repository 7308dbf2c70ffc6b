"""Calls about accounts: what was said, who may know it, and the sound of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from noonmark.actions import account_views, kept_transcripts
from noonmark.actions.account_export import AccountExport, export_account
from noonmark.session import sounds
from noonmark.session.acts import acted
from noonmark.session.requests import path_of
from noonmark.web import request_values
from noonmark.web.call_rows import Call
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, bytes_reply, json_reply
from noonmark.web.server_state import ServerState

_GIVEN = (
    "how", "given_at", "interviewer", "interpreter", "led", "paid", "heard_others", "publish",
    "court", "archive", "restriction", "restriction_why", "recorded_voice", "encoding",
)  # fmt: skip
_TRANSLATION = ("language", "by")


async def accounts(server: ServerState, request: Request) -> Response:
    """The accounts of the case; with ``shown=1`` the aliases of their sources."""
    case, shown = server.session.folder, _shown(request)
    return json_reply(await in_thread(lambda: account_views.accounts_of_case(case, shown=shown)))


async def account(server: ServerState, request: Request) -> Response:
    """One account with its segments; with ``shown=1`` aliases and code words too."""
    case, name, shown = server.session.folder, request.path_params["id"], _shown(request)

    def work() -> dict[str, Any]:
        return account_views.account_of_case(case, name, shown=shown)

    return json_reply(await in_thread(work))


def _shown(request: Request) -> bool:
    return request.query_params.get("shown") == "1"


async def add(server: ServerState, request: Request) -> Response:
    """Say an account whose transcript is an item of the case."""
    body, session = await body_of(request), server.session
    item = request_values.text(body, "item")
    told: dict[str, Any] = {name: request_values.maybe_text(body, name) for name in _GIVEN}
    given = kept_transcripts.AccountGiven(
        alias=request_values.text(body, "alias"),
        language=request_values.text(body, "language"),
        **{name: value for name, value in told.items() if value is not None},
    )
    other = request_values.maybe_text(body, "translation")
    translation = None
    if other is not None:
        language, who = (request_values.text(body, f"translation_{key}") for key in _TRANSLATION)
        translation = kept_transcripts.TranslationGiven(Path(other), language, who)

    def act() -> dict[str, Any]:
        return kept_transcripts.add_kept_account(
            session.folder, item, given, translation=translation, by=session.by
        )

    return await server.jobs.reply(lambda tell: acted(session, act))


async def recording(server: ServerState, request: Request) -> Response:
    """Say which item is a recording of an account."""
    body, session = await body_of(request), server.session
    name, item = (request_values.text(body, key) for key in ("account", "item"))

    def act() -> dict[str, Any]:
        return account_views.tie_recording(session.folder, name, item, by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


async def withdrawal(server: ServerState, request: Request) -> Response:
    """Say that consent was taken back."""
    body, session = await body_of(request), server.session
    name, at = (request_values.text(body, key) for key in ("account", "at"))

    def act() -> dict[str, Any]:
        return account_views.withdraw_consent(session.folder, name, at, by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


async def code_word(server: ServerState, request: Request) -> Response:
    """Say that a word of a segment stands for another: what it means, and how that is known.

    From then on the word is hidden wherever code words are.
    """
    body, session = await body_of(request), server.session
    segment = request_values.text(body, "segment")
    code = {key: request_values.text(body, key) for key in ("word", "means", "basis")}

    def act() -> dict[str, Any]:
        return account_views.say_code_word(session.folder, segment, code, by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


async def copy(server: ServerState, request: Request) -> Response:
    """Write an account into a new file, with numbered voices and without code words.

    ``hide`` holds more words to leave out, one a line. Consent and restriction are held to as in
    the terminal; nothing is written in spite of them from here.
    """
    body, session = await body_of(request), server.session
    name = request_values.text(body, "account")
    out = path_of(request_values.text(body, "out"))
    hide = request_values.maybe_text(body, "hide") or ""
    wish = AccountExport("vtt", redacted=True, hide=hide.splitlines())

    def act() -> dict[str, Any]:
        return export_account(session.folder, name, out, wish, by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


async def peaks(server: ServerState, request: Request) -> Response:
    """How loud a recording is over its length."""
    session, sha256 = server.session, request.path_params["sha256"]
    return await server.jobs.reply(lambda tell: sounds.peaks(session, sha256))


async def piece(server: ServerState, request: Request) -> Response:
    """A piece of a recording as WAV, encoded anew."""
    session, sha256 = server.session, request.path_params["sha256"]
    from_ms, to_ms = (request_values.whole(request.query_params, key) for key in ("from", "to"))
    data = await in_thread(lambda: sounds.piece(session, sha256, from_ms, to_ms))
    return bytes_reply(data, "audio/wav")


CALLS: tuple[Call, ...] = (
    ("GET", "/api/accounts", accounts),
    ("GET", "/api/accounts/{id}", account),
    ("POST", "/api/accounts/add", add),
    ("POST", "/api/accounts/recording", recording),
    ("POST", "/api/accounts/withdrawal", withdrawal),
    ("POST", "/api/accounts/code-word", code_word),
    ("POST", "/api/accounts/copy", copy),
    ("GET", "/api/items/{sha256}/peaks", peaks),
    ("GET", "/api/items/{sha256}/sound", piece),
)
