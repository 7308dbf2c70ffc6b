"""Slow calls: run in a thread, answered at once where they are quick, else as a job that tells how
far it is.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from noonmark.error_mapping import as_ours
from noonmark.errors import InputError, NoonmarkError
from noonmark.web.replies import error_reply, json_reply

PATIENCE_S = 4.0
MOST_KEPT = 32
Tell = Callable[[float, str], None]
Work = Callable[[Tell], Mapping[str, Any]]


class Cancelled(Exception):
    """Raised inside a job's work, at its next word, once the page has asked to stop."""


@dataclass
class Job:
    """One slow call."""

    id: str
    name: str = ""
    share: float = 0.0
    words: str = ""
    cancelled: bool = False
    result: Mapping[str, Any] | None = None
    failed: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def tell(self, share: float, words: str = "") -> None:
        """Said by the work: the share done, 0 to 1; this is where a cancelled job ends."""
        if self.cancelled:
            raise Cancelled
        self.share = min(max(share, 0.0), 1.0)
        self.words = words or self.words

    def run(self, work: Work) -> None:
        """Do the work; what comes of it is kept."""
        try:
            self.result = work(self.tell)
        except BaseException as trouble:
            self.failed = trouble
        finally:
            self.share = 1.0
            self.done.set()

    def outcome(self) -> dict[str, Any]:
        """The reply's JSON, or the error's."""
        if self.failed is None:
            return {"ok": True, **(self.result or {})}
        return self.error().as_json()

    def error(self) -> NoonmarkError:
        """What went wrong, as one of ours."""
        if isinstance(self.failed, Cancelled):
            return InputError(
                "stopped, as you asked",
                code="cancelled",
                hint="nothing that was complete is harmed",
            )
        return as_ours(self.failed or RuntimeError("a job without an end"))


@dataclass
class Jobs:
    """The jobs of one server: those that run, and the newest few that have ended."""

    patience_s: float = PATIENCE_S
    kept: OrderedDict[str, Job] = field(default_factory=OrderedDict)

    async def reply(self, work: Work, request: Request | None = None) -> Response:
        """The work's reply; 202 with the job's name where it takes longer than a moment.

        With ``request`` the work of one who has gone away in the meantime ends at its next word: a
        page on which something has changed drops what it asked before.
        """
        job = Job(secrets.token_hex(8))
        self._start(job, work)
        with anyio.move_on_after(self.patience_s):
            step_s = 0.002
            while not job.done.is_set():
                await anyio.sleep(step_s)
                step_s = min(step_s * 1.3, 0.02)
                job.cancelled = job.cancelled or (
                    request is not None and await request.is_disconnected()
                )
        if not job.done.is_set():
            self._keep(job)
            return json_reply({"job": job.id}, status=202)
        return error_reply(job.error()) if job.failed is not None else json_reply(job.result or {})

    def begin(self, name: str, work: Work) -> Response:
        """Begin work that is told as a job at once, so that its page can stop it from the start.

        Where work of that name runs already, the answer is its job: never do two of them run, as
        both would write the same files. One that was asked to stop ends at its next word; until
        then the new work waits for it in its own thread.
        """
        job = self.running(name)
        if job is None or job.cancelled:
            before, job = job, Job(secrets.token_hex(8), name)

            def after(tell: Tell) -> Mapping[str, Any]:
                """The work, once the work before it has ended."""
                if before is not None:
                    before.done.wait()
                return work(tell)

            self._start(job, after)
            self._keep(job)
        return json_reply({"job": job.id}, status=202)

    def running(self, name: str) -> Job | None:
        """The newest job of a name that has not ended."""
        jobs = (job for job in reversed(self.kept.values()) if job.name == name)
        return next((job for job in jobs if not job.done.is_set()), None)

    def _start(self, job: Job, work: Work) -> None:
        """Do a job's work in a thread of its own; a server that ends does not wait for it."""
        job.thread = threading.Thread(
            target=job.run, args=(work,), name=f"job-{job.id}", daemon=True
        )
        job.thread.start()

    def _keep(self, job: Job) -> None:
        """Keep a job until it is asked for; the oldest that have ended go.

        One that runs is never forgotten: a long act would go on with nobody to tell its result.
        """
        self.kept[job.id] = job
        for one in list(self.kept.values()):
            if len(self.kept) <= MOST_KEPT:
                return
            if one.done.is_set():
                del self.kept[one.id]

    def find(self, name: str) -> Job:
        """A job by its name."""
        if name not in self.kept:
            raise InputError(
                "there is no such job", code="no-such-job", hint="ask again for what it was to do"
            )
        return self.kept[name]

    def look(self, name: str) -> dict[str, Any]:
        """How far a job is; with the result once it is done."""
        job = self.find(name)
        found: dict[str, Any] = {
            "done": job.done.is_set(),
            "share": round(job.share, 3),
            "words": job.words,
        }
        return {**found, "result": job.outcome()} if found["done"] else found

    def cancel_all(self) -> None:
        """Stop every job at its next word, and forget them; the one that asks for this is left."""
        for job in list(self.kept.values()):
            if job.thread is not threading.current_thread():
                job.cancelled = True
                del self.kept[job.id]


async def in_thread(work: Callable[[], Any]) -> Any:
    """What a function returns, run beside the server so that it goes on answering."""
    return await anyio.to_thread.run_sync(work)
