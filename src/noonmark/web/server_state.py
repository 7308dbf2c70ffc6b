"""What the server holds while it runs: the case on the session, the jobs, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from noonmark.errors import InputError
from noonmark.session.case_session import CaseSession
from noonmark.session.open_sites import OpenSites
from noonmark.web.jobs import Jobs

_ANY_CASE = ("/api/hello", "/api/case/open", "/api/case/new", "/api/recent", "/api/folders")


@dataclass
class ServerState:
    """The state of one server. ``by`` is the alias under which acts are logged."""

    by: str
    opened: CaseSession | None = None
    jobs: Jobs = field(default_factory=Jobs)
    sites: OpenSites = field(default_factory=OpenSites)
    warm: threading.Event = field(default_factory=threading.Event)

    @property
    def session(self) -> CaseSession:
        """The case on the session."""
        if self.opened is None:
            raise InputError(
                "no case is open",
                code="no-case-open",
                hint="open one, make one, or open the sample",
            )
        return self.opened

    @property
    def case(self) -> Path | None:
        """Where the open case lies."""
        return None if self.opened is None else self.opened.folder

    def must_hold(self, named: str | None, call: str) -> None:
        """Refuse a call about a case that is not the open one: another tab may have opened
        another. ``named`` is its path, percent-encoded; a call that opens or greets names any.
        """
        if named is None or self.opened is None or call in _ANY_CASE:
            return
        if unquote(named) != str(self.opened.folder):
            raise InputError(
                "another case is open",
                code="other-case-open",
                hint="open this one again; what is not saved stays in its tab",
            )
        if not self.opened.folder.is_dir() and call != "/api/case/close":
            raise InputError(
                "the folder of the case is not where it was",
                code="case-away",
                hint="put it back, then open the case again",
            )

    def put(self, opened: Callable[[], CaseSession]) -> CaseSession:
        """Open another case; only once that has worked is the one before closed."""
        new = opened()
        self.clear()
        self.opened = new
        return new

    def clear(self) -> None:
        """Close the case, and drop everything that was held of it."""
        session, self.opened = self.opened, None
        self.jobs.cancel_all()
        self.sites.clear()
        if session is not None:
            session.close()
