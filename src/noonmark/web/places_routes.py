"""Calls about places: the question of landmarks, its answer, what is ruled out, the skyline."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.session import place_questions
from noonmark.web import request_values
from noonmark.web.call_rows import Call
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState


async def question(server: ServerState, request: Request) -> Response:
    """The case's question, its answer if there is one, and the maps of this machine."""
    session = server.session
    return json_reply(await in_thread(lambda: place_questions.question(session)))


async def things(server: ServerState, request: Request) -> Response:
    """The kinds of things that a question can name."""
    word = request_values.maybe_text(request.query_params, "word") or ""
    return json_reply(await in_thread(lambda: place_questions.things(word)))


async def keep(server: ServerState, request: Request) -> Response:
    """Keep the text of the question as it is typed."""
    session, text = server.session, _text(await body_of(request))
    return json_reply(await in_thread(lambda: place_questions.keep(session, text)))


async def check(server: ServerState, request: Request) -> Response:
    """What a question says, or every problem in it."""
    text = _text(await body_of(request))
    return json_reply(await in_thread(lambda: place_questions.checked(text)))


async def ask(server: ServerState, request: Request) -> Response:
    """Ask the maps."""
    session, text = server.session, _text(await body_of(request))
    return await server.jobs.reply(lambda tell: place_questions.ask(session, text))


async def rule(server: ServerState, request: Request) -> Response:
    """Rule a place out by eye, or take that back."""
    body, session = await body_of(request), server.session
    osm, back = request_values.text(body, "osm"), request_values.flag(body, "back")
    why = request_values.maybe_text(body, "why") or ""
    return json_reply(await in_thread(lambda: place_questions.rule(session, osm, why, back=back)))


async def clue(server: ServerState, request: Request) -> Response:
    """The answer as a clue."""
    session = server.session
    return json_reply(await in_thread(lambda: place_questions.clue(session)))


async def write(server: ServerState, request: Request) -> Response:
    """Write the answer for other programs."""
    body, session = await body_of(request), server.session
    out, force = request_values.text(body, "out"), request_values.flag(body, "force")
    return await server.jobs.reply(lambda tell: place_questions.write(session, out, force=force))


async def skyline(server: ServerState, request: Request) -> Response:
    """The skyline of a photo of the case, held against the places."""
    session = server.session
    item = request_values.text(await body_of(request), "item")
    path = await in_thread(lambda: place_questions.photo_of(session, item))
    return await server.jobs.reply(lambda tell: place_questions.skyline(session, path))


def _text(body: dict[str, object]) -> str:
    """The text of a question; it may be empty."""
    return "" if body.get("text") == "" else request_values.text(body, "text")


CALLS: tuple[Call, ...] = (
    ("GET", "/api/landmarks", question),
    ("GET", "/api/landmarks/things", things),
    ("GET", "/api/landmarks/clue", clue),
    ("POST", "/api/landmarks/keep", keep),
    ("POST", "/api/landmarks/check", check),
    ("POST", "/api/landmarks/ask", ask),
    ("POST", "/api/landmarks/rule", rule),
    ("POST", "/api/landmarks/write", write),
    ("POST", "/api/landmarks/skyline", skyline),
)
