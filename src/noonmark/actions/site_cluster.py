"""Sites on a cluster of dask.distributed: the only module that may name it.

Futures hold nothing: a site is done when its file is there. A worker that dies costs a retry of
what it was doing. Whoever runs the scheduler can run code on the workers, so it must be one's own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from noonmark.actions.batch import BatchLine, answer_question
from noonmark.actions.json_text import json_line
from noonmark.actions.site_preparing import prepare_loops
from noonmark.errors import InputError, OutsideError

ALLOWED_FAILURES = 5
"""How often a site may lose its worker before it is given up."""
CONNECT_S = 15


def answer_on_cluster(
    lines: list[BatchLine], verb: str, *, workers: int | None, scheduler: str | None
) -> Iterator[str]:
    """The answers, each as soon as it is there, in no order.

    On ``workers`` processes of this machine, or on those of the ``scheduler`` at an address.
    """
    distributed, settings = _library()
    from_failures = {"distributed.scheduler.allowed-failures": ALLOWED_FAILURES}
    with ExitStack() as stack:
        stack.enter_context(settings.set({**from_failures, "distributed.admin.log-length": 0}))
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        address = scheduler
        if address is None:
            cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1",
                processes=True, silence_logs=logging.CRITICAL,
            )  # fmt: skip
            address = stack.enter_context(cluster).scheduler_address
        client = stack.enter_context(_client(distributed, address))
        if scheduler is not None:
            _prepare_machines(client)
        futures = {
            client.submit(answer_question, line, verb, pure=False, retries=1): line
            for line in lines
        }
        for future in distributed.as_completed(list(futures)):
            yield _answer(future, futures.pop(future))
            future.release()


def _prepare_machines(client: Any) -> None:
    """Compile the loops on one worker of each machine; the others there load what it kept.

    One that dies over it costs its machine the head start only.
    """
    one_each = {held["host"]: name for name, held in client.scheduler_info()["workers"].items()}
    futures = [
        client.submit(prepare_loops, workers=[name], allow_other_workers=True, pure=False)
        for name in one_each.values()
    ]
    for future in futures:
        future.exception()


def _library() -> tuple[Any, Any]:
    try:
        import dask
        import distributed
    except ImportError:
        raise InputError(
            "the extra scale is not installed, so there is no cluster",
            code="scale-extra-missing",
            hint="pip install 'noonmark[scale]', or use --jobs",
        ) from None
    return distributed, dask.config


def _client(distributed: Any, address: str) -> Any:
    try:
        return distributed.Client(address, timeout=CONNECT_S)
    except (OSError, ValueError) as error:  # a time-out is an OSError
        raise OutsideError(
            f"no scheduler answers at {address}: {type(error).__name__}",
            code="scheduler-away",
            hint="start one with dask scheduler, or use --jobs",
        ) from None


def _answer(future: Any, line: BatchLine) -> str:
    """A site's answer, or the error of one whose workers died again and again."""
    try:
        return str(future.result())
    except Exception as error:  # the library's own errors; those of a site are answers
        died = OutsideError(
            f"its workers died: {type(error).__name__}", code="line-died", hint="out of memory?"
        )
        return json_line({"line": line.number, "line_sha256": line.digest, **died.as_json()})
