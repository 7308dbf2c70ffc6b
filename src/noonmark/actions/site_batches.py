"""Proposals for many sites, in processes or on a cluster; resumed where they stopped.

The one file that each site keeps is the truth. A site that is done and unchanged is skipped, so a
run that was killed is started again by the same command.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from noonmark.actions.batch import BatchLine, answer_all
from noonmark.actions.site_preparing import prepare_for_processes
from noonmark.actions.site_proposals import DEFAULTS, ProposalOptions

VERB = "noonmark.actions.site_proposals:propose_document"
_PROPOSALS = "proposals.json"


def propose_many(
    folders: Sequence[Path],
    *,
    options: ProposalOptions = DEFAULTS,
    again: bool = False,
    jobs: int | None = None,
    local_workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, Any]:
    """Propose for many sites. A site that fails is named, and costs only itself.

    ``jobs`` processes here; or ``local_workers`` of a cluster on this machine; or the cluster whose
    ``scheduler`` has this address, whose workers must see the same folders. Loops are compiled
    before: here, or by one worker of each machine of the cluster.
    """
    lines = _lines(folders, options, again)
    if scheduler is None and jobs != 1:
        prepare_for_processes(progress)
    rows = []
    for answer in _answers(lines, jobs, local_workers, scheduler):
        rows.append(_row(answer, folders))
        if progress is not None:
            progress(len(rows) / len(folders), f"{len(rows)} of {len(folders)} sites")
    rows.sort(key=lambda row: str(row["site"]))
    refused = [row for row in rows if not row["ok"]]
    return {
        "ok": not refused,
        "sites": rows,
        "proposed": sum(row["ok"] and not row["kept_before"] for row in rows),
        "kept_before": sum(row["ok"] and row["kept_before"] for row in rows),
        "refused": len(refused),
        "digest": digest_of(folders),
    }


def digest_of(folders: Sequence[Path]) -> str:
    """SHA-256 of what the sites' proposals hold, by the names of their folders."""
    whole = hashlib.sha256()
    for folder in sorted(folders, key=lambda path: path.name):
        path = folder / _PROPOSALS
        held = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "none"
        whole.update(f"{folder.name} {held}\n".encode())
    return whole.hexdigest()


def _lines(folders: Sequence[Path], options: ProposalOptions, again: bool) -> list[BatchLine]:
    found = []
    for number, folder in enumerate(folders, 1):
        document = {"site": str(folder.resolve()), "options": asdict(options), "again": again}
        found.append(BatchLine(number, json.dumps(document, sort_keys=True).encode()))
    return found


def _answers(
    lines: list[BatchLine], jobs: int | None, local_workers: int | None, scheduler: str | None
) -> Iterator[str]:
    if local_workers is None and scheduler is None:
        return answer_all(lines, verb=VERB, workers=jobs)
    from noonmark.actions.site_cluster import answer_on_cluster

    return answer_on_cluster(lines, VERB, workers=local_workers, scheduler=scheduler)


def _row(answer: str, folders: Sequence[Path]) -> dict[str, Any]:
    """An answer with the folder as the user wrote it."""
    held: dict[str, Any] = json.loads(answer)
    held["site"] = str(folders[held.pop("line") - 1])
    held.pop("line_sha256", None)
    return held
