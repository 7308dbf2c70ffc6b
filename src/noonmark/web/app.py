"""The table of calls, and the application made of it. docs/spec/page.md lists the same calls
(tested both ways).
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from noonmark.errors import InputError
from noonmark.web import (
    account_routes,
    answer_routes,
    case_routes,
    claims_routes,
    document_routes,
    export_routes,
    files,
    item_routes,
    job_routes,
    layer_routes,
    list_routes,
    overview_routes,
    places_routes,
    redaction_routes,
    release_routes,
    sites_routes,
)
from noonmark.web.guard import CASE_HEADER, Guard, hosts_of
from noonmark.web.replies import error_reply
from noonmark.web.server_state import ServerState

Handler = Callable[[ServerState, Request], Awaitable[Response]]
CALLS: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/api/hello", case_routes.hello),
    ("POST", "/api/case/open", case_routes.open_case),
    ("POST", "/api/case/new", case_routes.new_case),
    ("POST", "/api/case/close", case_routes.close_case),
    ("GET", "/api/state", case_routes.state),
    ("GET", "/api/overview", overview_routes.overview),
    ("GET", "/api/search", overview_routes.search),
    ("GET", "/api/recent", overview_routes.recent),
    ("POST", "/api/recent", overview_routes.keep_recent),
    ("GET", "/api/folders", overview_routes.folders),
    ("POST", "/api/inquiry", case_routes.inquiry),
    ("POST", "/api/items/add", case_routes.add_items),
    ("POST", "/api/items/upload", case_routes.upload),
    ("GET", "/api/items/{sha256}/probe", item_routes.probe),
    ("GET", "/api/items/{sha256}/frames", item_routes.frames),
    ("GET", "/api/items/{sha256}/frame/{number}", item_routes.frame),
    ("GET", "/api/items/{sha256}/run/{number}", item_routes.run),
    ("GET", "/api/items/{sha256}/crop/{number}", item_routes.crop),
    ("GET", "/api/items/{sha256}/sheet", item_routes.sheet),
    ("POST", "/api/items/copies", item_routes.copies),
    ("POST", "/api/frame", answer_routes.frame),
    ("POST", "/api/locate", answer_routes.locate),
    ("GET", "/api/answer/{id}/calendar", answer_routes.calendar_at),
    ("GET", "/api/answer/{id}/map", answer_routes.map_at),
    ("POST", "/api/check", answer_routes.check),
    ("GET", "/api/sun", answer_routes.sun),
    ("GET", "/api/sunline", answer_routes.sunline),
    ("GET", "/api/basemap/{scale}", answer_routes.basemap),
    ("POST", "/api/area", answer_routes.area),
    ("GET", "/api/places", answer_routes.places),
    ("GET", "/api/schema/{name}", answer_routes.schema),
    ("POST", "/api/layers/add", layer_routes.add_layer),
    ("GET", "/api/layers/{id}/data", layer_routes.layer_data),
    ("GET", "/api/layers/{id}/image", layer_routes.layer_image),
    ("GET", "/api/layers/{id}/pmtiles", layer_routes.layer_tiles),
    ("POST", "/api/export", export_routes.export),
    ("GET", "/api/claims", claims_routes.claims),
    ("GET", "/api/claims/citable", claims_routes.to_cite),
    ("GET", "/api/claims/{id}", claims_routes.claim),
    ("POST", "/api/claims/say", claims_routes.say),
    ("POST", "/api/claims/withdraw", claims_routes.withdraw),
    ("POST", "/api/redaction/plan", redaction_routes.redaction_plan),
    ("POST", "/api/redaction/save", redaction_routes.redaction_save),
    ("GET", "/api/redaction/{sha256}/frame/{number}", redaction_routes.redaction_frame),
    ("POST", "/api/redaction/export", redaction_routes.redaction_export),
    *document_routes.CALLS,
    *account_routes.CALLS,
    *list_routes.CALLS,
    *sites_routes.CALLS,
    ("GET", "/api/release/draft", release_routes.draft),
    ("POST", "/api/release/draft", release_routes.keep),
    ("POST", "/api/release/check", release_routes.check),
    ("POST", "/api/release/write", release_routes.write),
    *places_routes.CALLS,
    ("GET", "/api/jobs/{id}", job_routes.job),
    ("POST", "/api/jobs/{id}/cancel", job_routes.cancel),
)


def application(*, token: str, port: int, by: str, server: ServerState | None = None) -> Guard:
    """The application of one run, behind its guard."""
    held = server or ServerState(by)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=_warm, args=(held,), name="warm-up", daemon=True).start()
        yield
        held.clear()

    routes = [
        Route(path, partial(_answered, held, handler), methods=[method])
        for method, path, handler in CALLS
    ]
    routes.append(Route("/{path:path}", _file, methods=["GET"]))
    inner = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _no_route}
    )
    return Guard(inner, token, hosts_of(port))


async def _answered(server: ServerState, handler: Handler, request: Request) -> Response:
    """A call's reply; whatever goes wrong becomes one sentence."""
    try:
        server.must_hold(request.headers.get(CASE_HEADER), request.url.path)
        return await handler(server, request)
    except Exception as trouble:
        return error_reply(trouble)


async def _file(request: Request) -> Response:
    return files.reply(request.url.path)


async def _no_route(request: Request, trouble: Exception) -> Response:
    return error_reply(
        InputError(
            "there is no such call", code="no-such-page", hint="docs/spec/page.md lists them"
        )
    )


def _warm(server: ServerState) -> None:
    """Ready for the first question before it comes; nobody waits for this, and a failure shows
    there.
    """
    from noonmark.session.warm_up import warm_up

    with suppress(Exception):
        warm_up()
    server.warm.set()
