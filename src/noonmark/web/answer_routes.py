"""Calls about the answer: marks, clues, claims, the sun, and what lies under the map."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.values import Span, rfc3339, utc
from noonmark.web import request_values
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState

PIN_KM = 5.0


async def frame(server: ServerState, request: Request) -> Response:
    """The JSON of ``noonmark frame`` for some marks, and what is drawn over the photo."""
    from noonmark.session.frames import solve

    marks = request_values.table(await body_of(request), "marks")
    return await server.jobs.reply(lambda tell: solve(marks))


async def locate(server: ServerState, request: Request) -> Response:
    """Where and when; with ``first`` only where, which is ready in half the time."""
    from noonmark.session.answers import ask

    body, session = await body_of(request), server.session
    document, first = request_values.table(body, "document"), request_values.flag(body, "first")
    return await server.jobs.reply(
        lambda tell: ask(session, document, first=first, tell=tell), request
    )


async def calendar_at(server: ServerState, request: Request) -> Response:
    """The calendar at a place."""
    from noonmark.session.answers import calendar_at as answered

    query, session, name = request.query_params, server.session, request.path_params["id"]
    place, radius_km = (
        request_values.place(query),
        request_values.number(query, "km", otherwise=PIN_KM),
    )
    return await server.jobs.reply(lambda tell: answered(session, name, place, radius_km))


async def map_at(server: ServerState, request: Request) -> Response:
    """The map for an instant or a span."""
    from noonmark.session.answers import map_at as answered

    query, session, name = request.query_params, server.session, request.path_params["id"]
    start = request_values.text(query, "from")
    span = Span(utc(start), utc(request_values.maybe_text(query, "to") or start))
    return await server.jobs.reply(lambda tell: answered(session, name, span))


async def check(server: ServerState, request: Request) -> Response:
    """Whether a claim can be."""
    from noonmark.session.answers import check as judged

    body = await body_of(request)
    document, (where, when), session = (
        request_values.table(body, "document"),
        request_values.claim(body),
        server.session,
    )
    return await server.jobs.reply(lambda tell: judged(session, document, where, when))


async def sun(server: ServerState, request: Request) -> Response:
    """The JSON of ``noonmark sun``."""
    from noonmark.actions.sun_position import sun_at

    query = request.query_params
    place, instant = request_values.place(query), utc(request_values.text(query, "time"))
    return json_reply(vars(await in_thread(lambda: sun_at(place, instant))))


async def sunline(server: ServerState, request: Request) -> Response:
    """The sun over one date."""
    from noonmark.session.maps import sunline as line

    query = request.query_params
    place, date, zone = (
        request_values.place(query),
        request_values.text(query, "date"),
        request_values.maybe_text(query, "zone") or "UTC",
    )
    rfc3339(utc(f"{date}T00:00:00Z"))  # a date, and nothing else
    return json_reply(await in_thread(lambda: line(place, date, zone)))


async def basemap(server: ServerState, request: Request) -> Response:
    """Coasts, borders and land, everywhere or in a box."""
    from noonmark.session.base_map import basemap as lines

    query, scale = request.query_params, request.path_params["scale"]
    box = request_values.box(query) if "south" in query else None
    return json_reply(await in_thread(lambda: lines(scale, box)))


async def area(server: ServerState, request: Request) -> Response:
    """The outline of an area that is searched: a country, or a file of this machine."""
    from noonmark.session.base_map import area_outline

    asked = request_values.text(await body_of(request), "area")
    return json_reply(await in_thread(lambda: area_outline(asked)))


async def places(server: ServerState, request: Request) -> Response:
    """The largest settlements in a box."""
    from noonmark.session.base_map import places as within

    query = request.query_params
    box, limit = (
        request_values.box(query),
        request_values.maybe_whole(query, "limit", most=500) or 100,
    )
    return json_reply(await in_thread(lambda: within(box, limit)))


async def schema(server: ServerState, request: Request) -> Response:
    """The JSON Schema of an input, as ``noonmark schema`` prints it."""
    from noonmark.actions.schema_files import schema as shipped

    return json_reply(shipped(request.path_params["name"]), raw=True)
