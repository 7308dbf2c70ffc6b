"""What is typed is saved while files come in and while a release goes out, and the log is sound."""

from __future__ import annotations

import copy
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from noonmark.actions import releases
from noonmark.evidence import audit
from noonmark.evidence.store import Store
from noonmark.evidence.vault import open_vault
from noonmark.session.claims import say
from noonmark.session.items import add_path
from tests.release import made_case
from tests.web.conftest import items

LONG_S = 60.0


class Held:
    """A function that stops when it is called, until it is let go."""

    def __init__(self, real):
        self.real, self.reached, self.let_go = real, threading.Event(), threading.Event()

    def __call__(self, *args, **options):
        self.reached.set()
        assert self.let_go.wait(LONG_S)
        return self.real(*args, **options)


@contextmanager
def under_way(act, *stops):
    """An act in another thread that stands still at its first stop; all let it go in the end."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(act)
        try:
            assert stops[0].reached.wait(LONG_S)
            yield running
        finally:
            for held in stops:
                held.let_go.set()


def type_a_date(session, day):
    state = session.state()
    document = copy.deepcopy(state["inquiry"])
    document["prior"]["not_before"] = f"2022-10-{day:02d}T00:00:00Z"
    return session.save(state["revision"], document, f"typed the {day}th")


def kinds(session):
    with session.reading() as vault:
        return [entry.kind for entry in vault.log.entries()]


def test_what_is_typed_is_saved_while_a_large_file_comes_in(opened, tmp_path, monkeypatch):
    session = opened.server.session
    film = tmp_path / "film.bin"
    film.write_bytes(b"a long film")
    held = Held(Store.put)
    monkeypatch.setattr(Store, "put", lambda *a, **k: held(*a, **k))
    before = len(kinds(session))
    with under_way(lambda: add_path(session, str(film)), held) as coming:
        saved = type_a_date(session, 3)
        assert saved["act"] and not coming.done()
        event = {"form": "event", "title": {"en": "The yard"}, "as": "yard"}
        assert say(session, [event])
        assert type_a_date(session, 4)["revision"] == saved["revision"] + 1
    assert [item["name"] for item in coming.result()["items"]] == ["film.bin"]
    assert "film.bin" in items(opened)
    told = kinds(session)[before:]
    assert told[0] == "collection" and told[-2:] == ["item", "note"] and len(told) > 6
    assert not audit.audit_case(session.folder).problems


def test_an_act_that_fails_meanwhile_leaves_no_object(opened, tmp_path, monkeypatch):
    session = opened.server.session
    film = tmp_path / "film.bin"
    film.write_bytes(b"another film")
    held = Held(Store.put)
    monkeypatch.setattr(Store, "put", lambda *a, **k: held(*a, **k))
    with (
        under_way(lambda: add_path(session, str(film)), held),
        pytest.raises(ZeroDivisionError),
        session.writing() as vault,
    ):
        lost = vault.store.put_bytes(b"stored, and never logged")
        raise ZeroDivisionError
    with open_vault(session.folder) as vault:
        assert not vault.store.has(lost.sha256)
    assert not audit.audit_case(session.folder).problems


def test_a_case_is_closed_when_what_comes_in_has_come_in(opened, tmp_path, monkeypatch):
    session = opened.server.session
    film = tmp_path / "film.bin"
    film.write_bytes(b"a third film")
    held = Held(Store.put)
    monkeypatch.setattr(Store, "put", lambda *a, **k: held(*a, **k))
    closed = threading.Event()
    with under_way(lambda: add_path(session, str(film)), held) as coming:
        closing = threading.Thread(target=lambda: (session.close(), closed.set()))
        closing.start()
        assert not closed.is_set()
    closing.join(LONG_S)
    assert closed.is_set() and coming.result()["items"]


@pytest.mark.slow
def test_what_is_typed_is_saved_while_a_release_goes_out(page, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    (tmp_path / "made").mkdir()
    case = made_case.make(tmp_path / "made").folder
    page.ask("/api/case/open", {"path": str(case)})
    session = page.server.session
    made, written = Held(releases._made), Held(releases._write)
    read = Held(audit.sound_objects)
    monkeypatch.setattr(releases, "_made", made)
    monkeypatch.setattr(releases, "_write", written)
    monkeypatch.setattr(audit, "sound_objects", read)
    body = {"asked": {}, "out": str(tmp_path / "out")}
    with under_way(lambda: page.ask("/api/release/write", body), made, read, written) as going:
        first = type_a_date(session, 5)["revision"]  # while the report is made
        made.let_go.set()
        assert read.reached.wait(LONG_S)
        assert type_a_date(session, 6)["revision"] == first + 1  # while what is held is read
        read.let_go.set()
        assert written.reached.wait(LONG_S)
        assert type_a_date(session, 7)["revision"] == first + 2  # while it is copied
    done = going.result()
    assert done["act"]["said"] == "wrote the report: out"
    assert not audit.audit_case(case).problems
    assert not audit.audit_bundle(tmp_path / "out/bundle").problems
