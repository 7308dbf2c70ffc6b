"""Slow calls become jobs that tell how far they are, end when asked, and are forgotten with their
case.
"""

from __future__ import annotations

import json
import threading
import time

import anyio
import pytest

from noonmark.errors import InputError
from noonmark.session import frames
from noonmark.web.jobs import MOST_KEPT, Jobs


@pytest.fixture
def slow(opened, monkeypatch):
    """A call that takes until it is let go."""
    opened.server.jobs.patience_s = 0.05
    let_go = threading.Event()

    def solve(marks):
        let_go.wait(20.0)
        return {"solved": True}

    monkeypatch.setattr(frames, "solve", solve)
    yield opened, let_go
    let_go.set()


def _wait(page, name):
    for _ in range(200):
        found = page.ask(f"/api/jobs/{name}")
        if found["done"]:
            return found
        time.sleep(0.02)
    raise AssertionError("the job did not end")


def test_a_slow_call_answers_with_a_job_and_then_with_its_result(slow):
    page, let_go = slow
    reply = page.post("/api/frame", {"marks": {}})
    assert reply.status_code == 202
    name = reply.json()["job"]
    assert page.ask(f"/api/jobs/{name}")["done"] is False
    let_go.set()
    assert _wait(page, name)["result"] == {"ok": True, "solved": True}


def test_the_server_answers_while_a_slow_call_runs(slow):
    page, _ = slow
    page.post("/api/frame", {"marks": {}})
    began = time.monotonic()
    assert page.ask("/api/hello")["case"]
    assert time.monotonic() - began < 10.0


def test_a_job_that_is_cancelled_ends_at_its_next_word(opened, monkeypatch):
    opened.server.jobs.patience_s = 0.05
    steps = []

    def export(session, what, out, *, document, force, tell):
        for k in range(1000):
            tell(k / 1000, "working")
            steps.append(k)
            time.sleep(0.01)
        return {}

    monkeypatch.setattr("noonmark.session.exports.export", export)
    name = opened.post("/api/export", {"what": "kmz", "out": "x"}).json()["job"]
    while not steps:
        time.sleep(0.01)
    assert opened.ask(f"/api/jobs/{name}")["words"] == "working"
    opened.ask(f"/api/jobs/{name}/cancel", {})
    assert _wait(opened, name)["result"]["code"] == "cancelled"
    assert len(steps) < 500


def test_work_for_a_page_that_has_gone_away_ends_at_its_next_word():
    class Gone:
        async def is_disconnected(self):
            return True

    steps = []

    def work(tell):
        for k in range(1000):
            tell(k / 1000, "")
            steps.append(k)
            time.sleep(0.01)
        return {}

    reply = anyio.run(Jobs().reply, work, Gone())
    assert json.loads(reply.body)["code"] == "cancelled" and len(steps) < 500


def test_a_job_that_fails_says_why(opened, monkeypatch):
    opened.server.jobs.patience_s = 0.0

    def solve(marks):
        time.sleep(0.5)
        raise InputError("these marks say nothing", code="too-few-marks")

    monkeypatch.setattr(frames, "solve", solve)
    name = opened.post("/api/frame", {"marks": {}}).json()["job"]
    result = _wait(opened, name)["result"]
    assert result == {
        "ok": False,
        "code": "too-few-marks",
        "message": "these marks say nothing",
        "hint": None,
        "details": {},
    }


def test_no_job_is_forgotten_while_it_runs_and_of_the_ended_only_the_newest_are_kept():
    jobs, let_go = Jobs(), threading.Event()
    jobs.begin("long", lambda tell: {"waited": let_go.wait(20.0)})
    long = jobs.running("long")
    for k in range(2 * MOST_KEPT):
        jobs.begin(f"short {k}", lambda tell: {})
        next(reversed(jobs.kept.values())).done.wait(20.0)
    assert jobs.find(long.id) is long and len(jobs.kept) <= MOST_KEPT + 1
    let_go.set()
    assert long.done.wait(20.0) and long.result == {"waited": True}


def test_a_job_is_forgotten_with_its_case(slow):
    page, _ = slow
    name = page.post("/api/frame", {"marks": {}}).json()["job"]
    page.ask("/api/case/close", {})
    assert page.refused(f"/api/jobs/{name}") == "no-such-job"
    assert page.refused("/api/jobs/never/cancel", {}) == "no-such-job"
