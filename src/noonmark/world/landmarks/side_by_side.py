"""The same work done for several numbers by some threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


def side_by_side(
    one: Callable[[int], Made],
    count: int,
    jobs: int,
) -> list[Made]:
    """What ``one`` makes of 0 to ``count`` - 1, by so many threads. Raises the first error.

    The threads wait for locked processes, which do the work.
    """
    made: dict[int, Made] = {}
    errors: dict[int, BaseException] = {}
    numbers = iter(range(count))
    taking = threading.Lock()

    def work() -> None:
        while True:
            with taking:
                number = next(numbers, None)
            if number is None:
                return
            try:
                made[number] = one(number)
            except BaseException as error:
                errors[number] = error
                if isinstance(error, KeyboardInterrupt):
                    return

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(jobs, count) - 1)]
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors)]
    return [made[number] for number in range(count)]
