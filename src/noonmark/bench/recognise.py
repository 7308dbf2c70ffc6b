"""Indexes of frames and what they have seen, for the doors."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, NoonmarkError
from noonmark.values import now, rfc3339

Progress = Callable[[float, str], None]
CONDITIONS = (
    "hashes within 31 of 256 bits, on frames {step}",
    "indexed frames whole, cropped to 95, 90 and 85 %, cut to 9:16, turned by 3 deg either way; the query mirrored too",
    "both also without their lowest and without their highest fifth (tickers, logos)",
    "dark borders trimmed; frames of quality under 50 (black, sky, blur) left out",
    "films: 3 or more matched times over 2 s, at half to double speed; then 25 or more features on one homography",
)


def index_add(
    index: Path,
    paths: Sequence[Path],
    *,
    every_s: float = 1.0,
    key_frames: bool = False,
    first_seen: datetime | None = None,
    first_seen_by: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Add files and folders to an index, on all cores. What is there already (by digest) is passed over.

    ``first_seen`` is when these files were surely there, and ``first_seen_by`` who says so: an upload time of a
    platform, a time stamp of an archive. A file's own date is no such thing.
    """
    from noonmark.media.archive import Archive

    if (first_seen is None) != (first_seen_by is None):
        raise InputError(
            "a date that is to disprove others needs its source",
            code="date-without-source",
            hint="give both, or neither",
        )
    files = sorted(_files(paths))
    archive = Archive.create(index)
    known = {film["sha256"] for film in archive.films}
    added, skipped, failed = 0, 0, []
    for done, (path, sha256, found) in enumerate(_printed(files, known, every_s, key_frames), 1):
        if isinstance(found, NoonmarkError):
            failed.append({"file": str(path), "code": found.code, "message": found.message})
        elif found is None or sha256 in known:
            skipped += 1
        else:
            film = {
                "path": str(path.resolve()),
                "sha256": sha256,
                "frames": found.frames,
                "every_s": every_s,
                "key_frames": key_frames,
                "added_utc": rfc3339(now()),
                "first_seen_utc": rfc3339(first_seen) if first_seen else None,
                "first_seen_by": first_seen_by,
            }
            archive.add(film, found.hashes, found.times_s, found.variant, found.quality)
            known.add(sha256)
            added += 1
        if progress is not None:
            progress(done / len(files), path.name)
    archive.seal()
    return {
        "ok": True, "index": str(index), "added": added, "known_before": skipped, "failed": failed,
        "films": len(archive.films), "hashes": archive.count,
    }  # fmt: skip


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
        elif path.exists():
            yield path
        else:
            raise InputError(f"{path}: no such file", code="file-unusable", hint="check the path")


def _printed(
    files: Sequence[Path], known: set[str], every_s: float, key_frames: bool
) -> Iterable[tuple[Path, str, Any]]:
    """Each file with its digest and hashes (None where it is known, an error where it failed), as they come."""
    from noonmark.media.probe import digest
    from noonmark.media.seen import fingerprint

    waiting: queue.SimpleQueue[Path] = queue.SimpleQueue()
    ready: queue.SimpleQueue[tuple[Path, str, Any]] = queue.SimpleQueue()
    seen_before = frozenset(known)
    for path in files:
        waiting.put(path)

    def work() -> None:
        while True:
            try:
                path = waiting.get_nowait()
            except queue.Empty:
                return
            sha256 = ""
            try:
                sha256 = digest(path)
                new = sha256 not in seen_before
                found: Any = (
                    fingerprint(path, side="reference", every_s=every_s, key_frames=key_frames) if new else None
                )
            except NoonmarkError as error:
                found = error
            except Exception as error:  # one unreadable file must not stop the others
                found = InputError(f"{path}: {error}", code="file-unusable")
            ready.put((path, sha256, found))

    for _ in range(min(len(files), os.cpu_count() or 1)):
        threading.Thread(target=work, daemon=True).start()
    for _ in files:
        yield ready.get()


def seen(path: Path, index: Path, *, out: Path | None = None, every_s: float = 1.0, most: int = 20) -> dict[str, Any]:
    """Where an index holds what a file shows: runs of matched seconds, proved by geometry, or not found."""
    from noonmark.media import seen as media
    from noonmark.media.archive import Archive
    from noonmark.media.probe import digest
    from noonmark.report.outdir import check_free, new_folder

    if out is not None:
        check_free(out, force=False)
    archive = Archive(index)
    query = media.fingerprint(path, side="query", every_s=every_s)
    proofs, unproved = [], []
    for run in media.runs(query, archive)[:most]:
        film = archive.films[run.film]
        about = _about(run, film)
        try:
            if digest(Path(film["path"])) != film["sha256"]:
                raise InputError(f"{film['path']} has changed since it was indexed", code="indexed-file-changed")
            proof = media.prove(path, Path(film["path"]), run)
        except (NoonmarkError, OSError) as error:
            unproved.append(about | {"why": f"the indexed file could not be compared: {error}"})
            continue
        if proof.holds:
            proofs.append((about | {"inliers": proof.inliers}, proof))
        else:
            unproved.append(about | {"why": f"hashes matched, but only {proof.inliers} features agree"})
    if out is not None and proofs:
        with new_folder(out, force=False) as folder:
            _pictures(folder, proofs, digest(path))
    return {
        "ok": True,
        "name": path.name,
        "sha256": digest(path),
        "verdict": "seen before" if proofs else "not found under these conditions",
        "found": [about for about, _ in proofs],
        "unproved": unproved,
        "searched": {"films": len(archive.films), "hashes": archive.count},
        "frames_left_out": query.dropped,
        "conditions": [c.format(step=f"every {every_s:g} s") for c in CONDITIONS],
    }


def _about(run: Any, film: dict[str, Any]) -> dict[str, Any]:
    from noonmark.media.seen import VARIANTS

    pairs = run.pairs
    return {
        "file": film["path"],
        "sha256": film["sha256"],
        "first_seen_utc": film.get("first_seen_utc"),
        "first_seen_by": film.get("first_seen_by"),
        "query_s": [pairs[0][0], pairs[-1][0]],
        "reference_s": [pairs[0][1], pairs[-1][1]],
        "matched_times": len(pairs),
        "speed": run.speed,
        "mirrored": bool(pairs[0][2]),
        "as": sorted({VARIANTS[pair[3]] for pair in pairs}),
        "bits_median": sorted(pair[4] for pair in pairs)[len(pairs) // 2],
    }


def _pictures(folder: Path, proofs: Sequence[tuple[dict[str, Any], Any]], sha256: str) -> None:
    from noonmark.media import png

    for i, (about, proof) in enumerate(proofs, 1):
        about["picture"] = f"match-{i:02d}.png"
        times = f"{proof.pair[0]:.3f} s and {proof.pair[1]:.3f} s"
        ties = {"Query-SHA256": sha256, "Reference-SHA256": about["sha256"], "Times": times}
        png.write(folder / about["picture"], proof.rgb, ties)
