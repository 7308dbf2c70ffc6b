"""What the server holds while it runs: the case on the desk, the jobs, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from noonmark.bench.desk import Desk
from noonmark.errors import InputError
from noonmark.web.jobs import Jobs


@dataclass
class Door:
    """The state of one server. ``by`` is the alias under which acts are logged."""

    by: str
    desk_open: Desk | None = None
    jobs: Jobs = field(default_factory=Jobs)
    warm: threading.Event = field(default_factory=threading.Event)

    @property
    def desk(self) -> Desk:
        """The case on the desk."""
        if self.desk_open is None:
            raise InputError("no case is open", code="no-case-open", hint="open one, make one, or open the sample")
        return self.desk_open

    @property
    def case(self) -> Path | None:
        """Where the open case lies."""
        return None if self.desk_open is None else self.desk_open.folder

    def put(self, opened: Callable[[], Desk]) -> Desk:
        """Open another case; only once that has worked is the one before closed."""
        new = opened()
        self.clear()
        self.desk_open = new
        return new

    def clear(self) -> None:
        """Close the case, and drop everything that was held of it."""
        desk, self.desk_open = self.desk_open, None
        self.jobs.cancel_all()
        if desk is not None:
            desk.close()
