"""Calls about the answer: marks, clues, claims, the sun, and what lies under the map."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.values import Span, rfc3339, utc
from noonmark.web import asked
from noonmark.web.door import Door
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply

PIN_KM = 5.0


async def frame(door: Door, request: Request) -> Response:
    """The JSON of ``noonmark frame`` for some marks, and what is drawn over the photo."""
    from noonmark.bench.desk_frame import solve

    marks = asked.table(await body_of(request), "marks")
    return await door.jobs.reply(lambda tell: solve(marks))


async def locate(door: Door, request: Request) -> Response:
    """Where and when; with ``first`` only where, which is ready in half the time."""
    from noonmark.bench.desk_answer import ask

    body, desk = await body_of(request), door.desk
    document, first = asked.table(body, "document"), asked.flag(body, "first")
    return await door.jobs.reply(lambda tell: ask(desk, document, first=first, tell=tell), request)


async def calendar_at(door: Door, request: Request) -> Response:
    """The calendar at a place."""
    from noonmark.bench.desk_answer import calendar_at as answered

    query, desk, name = request.query_params, door.desk, request.path_params["id"]
    place, radius_km = asked.place(query), asked.number(query, "km", otherwise=PIN_KM)
    return await door.jobs.reply(lambda tell: answered(desk, name, place, radius_km))


async def map_at(door: Door, request: Request) -> Response:
    """The map for an instant or a span."""
    from noonmark.bench.desk_answer import map_at as answered

    query, desk, name = request.query_params, door.desk, request.path_params["id"]
    start = asked.text(query, "from")
    span = Span(utc(start), utc(asked.maybe_text(query, "to") or start))
    return await door.jobs.reply(lambda tell: answered(desk, name, span))


async def check(door: Door, request: Request) -> Response:
    """Whether a claim can be."""
    from noonmark.bench.desk_answer import check as judged

    body = await body_of(request)
    document, (where, when), desk = asked.table(body, "document"), asked.claim(body), door.desk
    return await door.jobs.reply(lambda tell: judged(desk, document, where, when))


async def sun(door: Door, request: Request) -> Response:
    """The JSON of ``noonmark sun``."""
    from noonmark.bench.sun import sun_at

    query = request.query_params
    place, instant = asked.place(query), utc(asked.text(query, "time"))
    return json_reply(vars(await in_thread(lambda: sun_at(place, instant))))


async def sunline(door: Door, request: Request) -> Response:
    """The sun over one date."""
    from noonmark.bench.desk_map import sunline as line

    query = request.query_params
    place, date, zone = asked.place(query), asked.text(query, "date"), asked.maybe_text(query, "zone") or "UTC"
    rfc3339(utc(f"{date}T00:00:00Z"))  # a date, and nothing else
    return json_reply(await in_thread(lambda: line(place, date, zone)))


async def basemap(door: Door, request: Request) -> Response:
    """Coasts, borders and land, everywhere or in a box."""
    from noonmark.bench.desk_map import basemap as lines

    query, scale = request.query_params, request.path_params["scale"]
    box = asked.box(query) if "south" in query else None
    return json_reply(await in_thread(lambda: lines(scale, box)))


async def places(door: Door, request: Request) -> Response:
    """The largest settlements in a box."""
    from noonmark.bench.desk_map import places as within

    query = request.query_params
    box, limit = asked.box(query), asked.maybe_whole(query, "limit", most=500) or 100
    return json_reply(await in_thread(lambda: within(box, limit)))


async def schema(door: Door, request: Request) -> Response:
    """The JSON Schema of an input, as ``noonmark schema`` prints it."""
    from noonmark.bench.schemas import schema as shipped

    return json_reply(shipped(request.path_params["name"]), raw=True)
