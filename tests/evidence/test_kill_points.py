"""The fork in which an act is killed."""

from __future__ import annotations

import gc
import os

from tests.evidence.kill_points import killed_at


class _Decoder:
    """Rubbish in a circle that ends a process in which it is collected, but for its own."""

    def __init__(self) -> None:
        self.own = self
        self.maker = os.getpid()

    def __del__(self) -> None:
        if os.getpid() != self.maker:
            os._exit(5)


def test_a_fork_collects_nothing_that_was_rubbish_before_it():
    """A film's decoder, collected in the fork, waited for ever for threads that were not there."""
    gc.disable()
    try:
        _Decoder()
        assert not killed_at(0, gc.collect)
    finally:
        gc.enable()
        gc.collect()
