"""Workers that wait for their file: locked in as any other, one file each, and never left over."""

import os
import select
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from noonmark.media import frames
from noonmark.sandbox import process, self_check, waiting
from tests.media import made

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="workers wait on Linux only"
)
_LIMITS = self_check._LIMITS
_WAIT_S = 60


@pytest.fixture
def keeper(monkeypatch):
    """Workers for the self-check that wait; those that are left are ended."""
    monkeypatch.setattr(process, "_kept", {})
    process.keep_waiting("selfcheck", _LIMITS)
    kept = process._kept["selfcheck", _LIMITS]
    yield kept
    _end(kept)


def _end(kept):
    with kept._changed:
        kept._idle_s = 0.0
        kept._step()


def _waiting(kept):
    with kept._changed:
        assert kept._changed.wait_for(lambda: len(kept._waiting) == waiting.KEPT, _WAIT_S)
        return list(kept._waiting)


def _followed(monkeypatch):
    """The processes whose answers were read, in order."""
    seen, follow = [], process._follow
    monkeypatch.setattr(
        process, "_follow", lambda worker: seen.append(worker.process.pid) or follow(worker)
    )
    return seen


def test_a_worker_that_waited_withstands_what_any_worker_withstands(keeper, monkeypatch):
    first, _ = _waiting(keeper)
    seen = _followed(monkeypatch)
    waited = self_check.status()
    assert seen == [first.process.pid]
    monkeypatch.setattr(process, "_kept", {})
    fresh = self_check.status()
    assert (waited.locks, waited.refused, waited.possible) == (
        fresh.locks,
        fresh.refused,
        fresh.possible,
    )
    assert waited.whole


def test_each_file_gets_a_worker_of_its_own(keeper, monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    first, second = _waiting(keeper)
    seen = _followed(monkeypatch)
    for _ in range(3):
        process.run("selfcheck", payload={"misbehave": "strings"}, files=[file], limits=_LIMITS)
    assert seen[:2] == [first.process.pid, second.process.pid]
    assert len(set(seen)) == 3
    assert [one.process.returncode for one in (first, second)] == [0, 0]


def test_a_worker_closes_its_line_before_it_reads_the_file(keeper, tmp_path):
    file = tmp_path / "file"
    file.touch()
    _waiting(keeper)
    worker = keeper.take()
    with worker.line.dup() as line, file.open("rb") as stream:
        assert worker.handed({"misbehave": "sleep"}, stream.fileno())
        line.settimeout(_WAIT_S)
        assert line.recv(1) == b""  # the worker's end is closed
        assert worker.process.poll() is None  # and the worker is at work
        with pytest.raises(OSError, match="pipe"):
            line.send(b"another")
    assert not worker.handed({}, 0)
    os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.communicate(timeout=_WAIT_S)


def test_a_worker_that_was_killed_while_it_waited_is_replaced(keeper, monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    for worker in _waiting(keeper):
        os.kill(worker.process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, worker.process.pid, os.WEXITED | os.WNOWAIT)
    seen = _followed(monkeypatch)
    ran = process.run("selfcheck", payload={"misbehave": "strings"}, files=[file], limits=_LIMITS)
    assert ran.value["name"]
    assert seen != [worker.process.pid]
    assert worker.process.pid in {one.process.pid for one in keeper._waiting}


def test_other_limits_or_an_output_take_no_worker_that_waits(keeper, tmp_path):
    file = tmp_path / "file"
    file.touch()
    before = _waiting(keeper)
    process.run("selfcheck", payload={"misbehave": "strings"}, limits=_LIMITS)
    process.run("selfcheck", payload={"misbehave": "strings"}, files=[file])
    assert keeper._waiting == before


_PROGRAM = """
import os, signal, sys
from noonmark.sandbox import process, waiting
process.keep_waiting("selfcheck", process.WorkerLimits())
(kept,) = process._kept.values()
with kept._changed:
    kept._changed.wait_for(lambda: len(kept._waiting) == waiting.KEPT, 60)
    print(*(one.process.pid for one in kept._waiting), flush=True)
sys.stdin.readline()
if sys.argv[1] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("how", ["killed", "ends"])
def test_no_worker_that_waits_outlives_its_program_or_holds_it(how):
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        pids = [int(word) for word in program.stdout.readline().split()]
        assert len(pids) == waiting.KEPT
        watched = [os.pidfd_open(pid) for pid in pids]
        program.communicate(b"\n", timeout=_WAIT_S)
    assert program.returncode == (-signal.SIGKILL if how == "killed" else 0)
    for handle in watched:
        assert select.select([handle], [], [], _WAIT_S)[0]
        os.close(handle)


def test_workers_that_nobody_needs_are_ended_and_come_back(monkeypatch):
    now = SimpleNamespace(monotonic=lambda: now.at_s, at_s=0.0)
    monkeypatch.setattr(waiting, "time", now)
    started, ended = threading.Semaphore(0), threading.Semaphore(0)

    def start():
        started.release()
        return SimpleNamespace(line=SimpleNamespace(close=lambda: None))

    kept = waiting.WorkerKeeper(start, lambda worker: ended.release(), idle_s=60.0)
    for _ in range(waiting.KEPT):
        assert started.acquire(timeout=_WAIT_S)
    now.at_s = 61.0
    with kept._changed:
        kept._changed.notify_all()
    for _ in range(waiting.KEPT):
        assert ended.acquire(timeout=_WAIT_S)
    assert not started.acquire(blocking=False)
    kept.need()
    for _ in range(waiting.KEPT):
        assert started.acquire(timeout=_WAIT_S)


def test_a_film_is_read_by_a_worker_that_waited(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "_kept", {})
    frames.keep_ready()
    (kept,) = process._kept.values()
    first, _ = _waiting(kept)
    seen = _followed(monkeypatch)
    path = made.film(tmp_path / "film.mp4", made.numbered(3), (0, 40, 80))
    frame, wide, high = frames.first(path)
    assert seen == [first.process.pid]
    assert (made.number_of(frame.rgb), wide, high) == (0, 192, 144)
    _end(kept)
