"""Whose search runs: the newest question is answered first, and an older one waits at its next
word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_LOOK_AGAIN_S = 0.5
"""How often one that waits says its word, at which a search that was given up ends."""


@dataclass
class Turns:
    """The questions that are searched for, by name, the newest last.

    None is searched for twice at once. A search that takes minutes delays nobody who asks for
    something else: it goes on when the newer ones have ended.
    """

    names: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def newest(self, name: str, word: Callable[[], None]) -> Iterator[Callable[[], None]]:
        """Take the turn; what is yielded is to be called often, and waits for newer questions.

        ``word`` is called meanwhile, and ends the search by what it raises.
        """
        with self.changed:
            self._wait(lambda: name not in self.names, word)
            self.names.append(name)
        try:
            yield lambda: self._pause(name, word)
        finally:
            with self.changed:
                self.names.remove(name)
                self.changed.notify_all()

    def _pause(self, name: str, word: Callable[[], None]) -> None:
        """Wait until no newer question is searched for."""
        word()
        with self.changed:
            self._wait(lambda: self.names[-1] == name, word)

    def _wait(self, until: Callable[[], bool], word: Callable[[], None]) -> None:
        while not self.changed.wait_for(until, _LOOK_AGAIN_S):
            word()
