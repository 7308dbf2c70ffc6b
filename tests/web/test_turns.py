"""The newest question is answered first; one that was given up ends; none is searched for twice."""

from __future__ import annotations

import copy
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from noonmark.inference.search import branch_and_bound
from noonmark.session import answers
from noonmark.session.turns import Turns
from noonmark.web.jobs import Cancelled, Job
from tests.web.conftest import CLUES

LONG_S = 60.0


def other(day):
    document = copy.deepcopy(CLUES)
    document["prior"]["not_after"] = f"2022-10-{day:02d}T00:00:00Z"
    return document


@pytest.fixture
def search(monkeypatch):
    """Stops in the search: each is reached once, in order, and waits until it is let go."""
    stops = []
    step = branch_and_bound._Search.step

    def stopping(self):
        if stops:
            reached, let_go = stops.pop(0)
            reached.set()
            assert let_go.wait(LONG_S)
        return step(self)

    monkeypatch.setattr(branch_and_bound._Search, "step", stopping)

    def add():
        stops.append((threading.Event(), threading.Event()))
        return stops[-1]

    return add


def test_a_newer_question_overtakes_a_search_that_is_under_way(opened, search):
    session = opened.server.session
    (reached, let_go), ended = search(), []
    with ThreadPoolExecutor(1) as pool:

        def long():
            answers.ask(session, other(20), first=True)
            ended.append("long")

        older = pool.submit(long)
        try:
            assert reached.wait(LONG_S)
            newest_reached, newest_let_go = search()
            with ThreadPoolExecutor(1) as second:

                def short():
                    answers.ask(session, other(21), first=True)
                    ended.append("short")

                newer = second.submit(short)
                assert newest_reached.wait(LONG_S)  # it did not wait for the older one
                let_go.set()  # which goes on to its next round, and waits there
                newest_let_go.set()
                newer.result(LONG_S)
            older.result(LONG_S)
        finally:
            let_go.set()
    assert sorted(ended) == ["long", "short"] and not session.turns.names


def test_a_search_that_was_given_up_ends_at_its_next_round(opened, search):
    session, job = opened.server.session, Job("one")
    reached, let_go = search()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(answers.ask, session, other(20), first=True, tell=job.tell)
        assert reached.wait(LONG_S)
        job.cancelled = True
        let_go.set()
        with pytest.raises(Cancelled):
            asked.result(LONG_S)
    assert not session.turns.names and not session.answers


def test_no_question_is_searched_for_twice(opened, search, monkeypatch):
    session, calls = opened.server.session, []
    real = answers.locate
    monkeypatch.setattr(answers, "locate", lambda *a, **k: calls.append(a) or real(*a, **k))
    reached, let_go = search()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(answers.ask, session, other(20), first=True)
        assert reached.wait(LONG_S)
        second = pool.submit(answers.ask, session, other(20), first=True)
        let_go.set()
        assert first.result(LONG_S)["id"] == second.result(LONG_S)["id"]
    assert len(calls) == 1


def test_an_older_search_waits_until_the_newer_one_has_ended():
    turns, went_on = Turns(), threading.Event()
    began, newer_is_on = threading.Event(), threading.Event()

    def older():
        with turns.newest("older", lambda: None) as pause:
            began.set()
            assert newer_is_on.wait(LONG_S)
            pause()
            went_on.set()

    thread = threading.Thread(target=older)
    thread.start()
    assert began.wait(LONG_S)
    with turns.newest("newer", lambda: None) as pause:
        newer_is_on.set()
        pause()
        assert turns.names == ["older", "newer"] and not went_on.is_set()
    assert went_on.wait(LONG_S)
    thread.join(LONG_S)
    assert turns.names == []


def test_one_that_waits_for_a_newer_search_can_be_given_up():
    turns, job = Turns(), Job("one")

    def word():
        job.tell(0.1)

    with turns.newest("older", word) as pause, turns.newest("newer", lambda: None):
        job.cancelled = True
        with pytest.raises(Cancelled):
            pause()
