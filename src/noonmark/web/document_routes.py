"""Calls about documents: which there are, their pages, search, and what is quoted from them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from noonmark.actions import document_search, document_views, documents, inquiry_forms, quotations
from noonmark.errors import InputError
from noonmark.session import told_replies
from noonmark.session.acts import acted, acted_long
from noonmark.web import request_values
from noonmark.web.call_rows import Call
from noonmark.web.jobs import Tell, in_thread
from noonmark.web.replies import body_of, bytes_reply, json_reply
from noonmark.web.server_state import ServerState

_LONGEST_PX = 1800
_TRANSLATION = ("of", "language", "text", "by", "kind", "tool", "checked_by")
_WEIGHING = ("claim", "stance", "why")


async def listed(server: ServerState, request: Request) -> Response:
    """Every document, and the claims that can cite one."""
    case = server.session.folder
    return await server.jobs.reply(lambda tell: told_replies.documents(case))


async def passages(server: ServerState, request: Request) -> Response:
    """What is quoted from a document, and what became of it."""
    case, sha256 = server.session.folder, request.path_params["sha256"]
    return await server.jobs.reply(lambda tell: told_replies.passages(case, sha256))


async def page(server: ServerState, request: Request) -> Response:
    """The text of a page by every reader."""
    session, sha256, number = server.session, request.path_params["sha256"], _number(request)
    session.show(sha256)
    return await server.jobs.reply(
        lambda tell: document_views.document_page(session.folder, sha256, number)
    )


async def picture(server: ServerState, request: Request) -> Response:
    """The picture of a page of a PDF, or a photo, as PNG."""
    session, sha256, number = server.session, request.path_params["sha256"], _number(request)
    pictures = session.pictures
    session.show(sha256)

    def work() -> bytes:
        try:
            return document_views.page_picture(session.folder, sha256, number)
        except InputError as error:
            if error.code != "no-page-picture" or pictures is None:
                raise
            if not document_views.is_picture(session.folder, sha256):
                raise
            return pictures.frame(sha256, 0, _LONGEST_PX)[0]

    return bytes_reply(await in_thread(work), "image/png")


async def read(server: ServerState, request: Request) -> Response:
    """Read the text of an item of the case, with OCR where languages are given."""
    body, session = await body_of(request), server.session
    item, typed = request_values.text(body, "item"), request_values.maybe_text(body, "ocr")
    options = documents.ReadOptions(languages=tuple((typed or "").replace(",", " ").split()))

    def work(tell: Tell) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            return documents.read_kept(
                session.folder,
                [item],
                options=options,
                by=session.by,
                share=lambda part: tell(part, "reading"),
            )

        return acted_long(session, act)

    return await server.jobs.reply(work)


async def find(server: ServerState, request: Request) -> Response:
    """Search every document; with ``keep`` a search that found nothing is kept in the case."""
    body, session = await body_of(request), server.session
    asked = document_search.TextQuery(
        request_values.text(body, "words"),
        language=request_values.maybe_text(body, "language") or "",
        exact=request_values.flag(body, "exact"),
        variants=request_values.flag(body, "variants"),
    )
    keep = request_values.flag(body, "keep")

    def work(tell: Tell) -> dict[str, Any]:
        return told_replies.hits(
            session.folder,
            asked,
            record=keep,
            by=session.by,
            step=lambda share: tell(share, "bringing the index up to date"),
        )

    return await server.jobs.reply(work, request)


async def quote(server: ServerState, request: Request) -> Response:
    """Say a passage, as ``docs quote --form`` and ``inquiry say`` do."""
    body, session = await body_of(request), server.session
    chosen = quotations.PassageChosen(
        item=request_values.text(body, "item"),
        text_sha256=request_values.text(body, "text_sha256"),
        page=request_values.whole(body, "page"),
        start=request_values.whole(body, "start"),
        end=request_values.whole(body, "end"),
        words=request_values.text(body, "words"),
        language=request_values.maybe_text(body, "language") or "und",
        over=request_values.maybe_text(body, "over") or "",
    )

    def act() -> dict[str, Any]:
        return quotations.say_passage(session.folder, chosen, by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


async def translate(server: ServerState, request: Request) -> Response:
    """Say a translation of a passage or segment."""
    form = _fields(await body_of(request), _TRANSLATION)
    return await _said(server, {"form": "translation", **form})


async def cite(server: ServerState, request: Request) -> Response:
    """Weigh a passage or a segment on a claim."""
    body = await body_of(request)
    form: dict[str, Any] = {"form": "weigh", **_fields(body, _WEIGHING)}
    form["on"] = request_values.table(body, "on")
    form["credibility"] = request_values.whole(body, "credibility", most=6)
    return await _said(server, form)


def _fields(body: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Those of some texts that were sent."""
    found = {name: request_values.maybe_text(body, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


async def _said(server: ServerState, form: dict[str, Any]) -> Response:
    """Say one form, as ``inquiry say`` does."""
    session = server.session

    def act() -> dict[str, Any]:
        return inquiry_forms.say_in_case(session.folder, [form], by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


def _number(request: Request) -> int:
    return request_values.whole(request.path_params, "number", most=10_000_000)


CALLS: tuple[Call, ...] = (
    ("GET", "/api/documents", listed),
    ("GET", "/api/documents/{sha256}/passages", passages),
    ("GET", "/api/documents/{sha256}/page/{number}", page),
    ("GET", "/api/documents/{sha256}/picture/{number}", picture),
    ("POST", "/api/documents/read", read),
    ("POST", "/api/documents/find", find),
    ("POST", "/api/documents/quote", quote),
    ("POST", "/api/documents/translate", translate),
    ("POST", "/api/documents/cite", cite),
)
