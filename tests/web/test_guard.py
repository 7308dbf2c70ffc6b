"""Nobody but the page of this run is let in, and what is refused changes nothing."""

from __future__ import annotations

import json

import pytest

from noonmark.web import guard
from noonmark.web.app import CALLS
from tests.web.conftest import ORIGIN, PORT, TOKEN, digest_of

GOOD = {"X-Noonmark-Token": TOKEN, "Origin": ORIGIN, "Content-Type": "application/json"}
POSTS = [path for method, path, _ in CALLS if method == "POST"]
EVIL = {
    "another Host": {"Host": f"evil.example:{PORT}"},
    "a Host without port": {"Host": "127.0.0.1"},
    "a Host that only starts right": {"Host": f"127.0.0.1:{PORT}.evil.example"},
    "another port": {"Host": "127.0.0.1:1"},
    "another page's Origin": {"Origin": "https://evil.example"},
    "a null Origin": {"Origin": "null"},
    "our Origin over https": {"Origin": f"https://127.0.0.1:{PORT}"},
    "a cross-site fetch": {"Sec-Fetch-Site": "cross-site"},
    "a same-site fetch": {"Sec-Fetch-Site": "same-site"},
    "a typed address": {"Sec-Fetch-Site": "none"},
    "an old token": {"X-Noonmark-Token": "an-old-token-of-another-run-0000"},
    "an empty token": {"X-Noonmark-Token": ""},
    "a form's type": {"Content-Type": "application/x-www-form-urlencoded"},
    "a form with a file": {"Content-Type": "multipart/form-data; boundary=x"},
    "JSON called text": {"Content-Type": "text/plain"},
    "JSON in another charset": {"Content-Type": "application/json; charset=utf-16"},
    "a WebSocket": {"Upgrade": "websocket", "Connection": "Upgrade"},
}


@pytest.mark.parametrize("evil", EVIL)
def test_a_request_from_elsewhere_is_refused_and_changes_nothing(opened, case, evil):
    before, held = digest_of(case), opened.server.session
    for path in POSTS:
        sent = {**GOOD, **EVIL[evil]}
        reply = opened.client.post(
            path, content=json.dumps({"path": str(case), "sample": True}), headers=sent
        )
        assert reply.status_code == 403, (evil, path)
        assert reply.json()["ok"] is False
    assert digest_of(case) == before
    assert opened.server.session is held


@pytest.mark.parametrize("missing", ["X-Noonmark-Token", "Origin", "Content-Type"])
def test_a_request_that_lacks_a_header_is_refused(opened, missing):
    sent = {name: value for name, value in GOOD.items() if name != missing}
    for path in POSTS:
        assert opened.client.post(path, content="{}", headers=sent).status_code == 403


@pytest.mark.parametrize(
    "evil", ["another Host", "a null Origin", "a cross-site fetch", "an old token", "a WebSocket"]
)
def test_nothing_is_read_from_elsewhere_either(opened, evil):
    for method, path, _ in CALLS:
        if method == "GET":
            reply = opened.client.get(path, headers={"X-Noonmark-Token": TOKEN, **EVIL[evil]})
            assert reply.status_code == 403, path


def test_the_page_itself_needs_no_token_but_our_host(page):
    assert page.client.get("/").status_code == 200
    assert page.client.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert (
        page.client.get(
            "/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        ).status_code
        == 200
    )
    assert (
        page.client.get("/favicon.svg", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    )


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}"])
def test_our_three_names_are_let_in(page, host):
    sent = {"Host": host, "X-Noonmark-Token": TOKEN, "Origin": f"http://{host}"}
    assert page.client.get("/api/hello", headers=sent).json()["ok"] is True


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_and_no_cors_header_is_ever_sent(page, method):
    reply = page.client.request(
        method, "/api/state", headers={**GOOD, "Access-Control-Request-Method": "POST"}
    )
    assert reply.status_code == 405
    assert not [name for name in reply.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "path", ["/", "/api/hello", "/api/nothing", "/nothing", "/api/state", "/assets/../../app.py"]
)
def test_every_answer_carries_the_headers(page, path):
    for sent in ({"X-Noonmark-Token": TOKEN}, {"Host": "evil.example"}):
        reply = page.client.get(path, headers=sent)
        for name, value in guard.HEADERS:
            assert reply.headers[name.decode()] == value.decode(), (path, name)


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in guard.CSP and "http" not in guard.CSP and "*" not in guard.CSP
    assert guard.CSP.startswith("default-src 'none'")


def test_a_header_twice_is_refused(page):
    sent = [("Host", f"127.0.0.1:{PORT}"), ("X-Noonmark-Token", TOKEN), ("X-Noonmark-Token", "x")]
    assert page.client.get("/api/hello", headers=sent).status_code == 403


def test_a_websocket_is_closed_before_anything_is_said(page):
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), page.client.websocket_connect("/api/hello"):
        pass


def test_more_than_is_taken_at_once_is_refused_unread(page):
    said = {**GOOD, "Content-Length": str(guard.LARGEST_BODY + 1)}
    assert page.client.post("/api/case/open", content=b"", headers=said).status_code == 413
    real = page.client.post("/api/case/open", content=iter([b" " * 4_000_000] * 4), headers=GOOD)
    assert real.status_code == 413 and real.json()["code"] == "body-too-large"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "path = 'x'", "{", '{"a": NaN}', '{"a": 1, "a": 2}', "{}" + "x", "[" * 99],
)
def test_what_is_no_json_object_is_refused(page, body):
    reply = page.client.post("/api/case/open", content=body, headers=GOOD)
    assert reply.status_code == 400 and reply.json()["code"] in (
        "bad-request",
        "not-a-document",
        "not-text",
    )


def test_the_token_is_new_each_run_and_long():
    tokens = {guard.new_token() for _ in range(50)}
    assert len(tokens) == 50 and min(map(len, tokens)) >= 32
