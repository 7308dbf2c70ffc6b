"""What an index of frames has seen of a file, for the doors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.bench import derive
from noonmark.bench.derive import Made
from noonmark.errors import InputError, NoonmarkError

if TYPE_CHECKING:
    from noonmark.media.archive import Archive

CONDITIONS = (
    "hashes within 31 of 256 bits, on frames {step}",
    "indexed frames whole, cropped to 95, 90 and 85 %, cut to 9:16, turned by 3 deg either way; the query mirrored too",
    "both also without their lowest and without their highest fifth (tickers, logos)",
    "dark borders trimmed; frames of quality under 50 (black, sky, blur) left out",
    "films longer than 2 s: 3 or more matched times over 2 s, at half to double speed; others and photos: one match;"
    " then 25 or more features on one homography, 8 of them a fifth or more from each edge",
)


def seen(
    path: Path,
    index: Path,
    *,
    out: Path | None = None,
    every_s: float = 0.25,
    most: int = 20,
    case: Path | None = None,
    by: str = derive.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Where an index holds what a file shows: runs of matched seconds, proved by geometry, or not found.

    ``index`` may be a case: then its other originals are asked. For an item of a case the answer is kept there.
    """
    from noonmark.bench.indexing import index_of_case
    from noonmark.media import seen as media
    from noonmark.media.archive import Archive
    from noonmark.media.probe import digest
    from noonmark.report.outdir import check_free, new_folder

    if out is not None:
        check_free(out, force=False)
    of_case = (index / derive.MARKER).is_file()
    archive = Archive(index_of_case(index, by=by) if of_case else index)
    if not of_case:
        _refuse_empty(archive)
    asked = {"index": index.name, "films": len(archive.films), "hashes": archive.count, "every_s": every_s}
    held = derive.item_of(path, case=case, by=by, command="seen", parameters=asked)
    query = media.fingerprint(path, side="query", every_s=every_s)
    sha256 = digest(path)
    others = [film for film in archive.films if not (of_case and film["sha256"] == sha256)]
    proofs, unproved = [], []
    for run in media.runs(query, archive)[:most]:
        film = archive.films[run.film]
        if of_case and film["sha256"] == sha256:
            continue  # itself
        about, proof = _proved(path, sha256, run, film)
        if proof is not None:
            proofs.append((about, proof))
        else:
            unproved.append(about)
    if out is not None and proofs:
        with new_folder(out, force=False) as folder:
            _pictures(folder, proofs, sha256)
    answer = {
        "ok": True,
        "name": path.name,
        "sha256": sha256,
        "verdict": "seen before" if proofs else "not found under these conditions",
        "found": [about for about, _ in proofs],
        "unproved": unproved,
        "searched": {"films": len(others), "hashes": sum(int(film["rows"]) for film in others)},
        "frames_asked": query.frames,
        "frames_left_out": query.dropped,
        "conditions": [c.format(step=f"every {every_s:g} s") for c in CONDITIONS],
    }
    made = [Made(out / about["picture"], f"{sha256[:16]}-{about['picture']}", "extract") for about, _ in proofs if out]
    means = derive.means("av", "numpy", "opencv-python-headless")
    return answer | derive.log_derivation(held, [derive.report("seen", answer), *made], means=means)


def _refuse_empty(archive: Archive) -> None:
    if not archive.count:
        raise InputError(
            f"{archive.folder} holds no hash of any film or photo, so there is nothing to compare with",
            code="index-empty",
            hint="noonmark index add",
        )


def _proved(path: Path, sha256: str, run: Any, film: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """What is said about a run, and its proof: None where geometry does not hold; then what is said has the reason."""
    from noonmark.media import seen as media
    from noonmark.media.probe import digest

    about = _about(run, film)
    try:
        if digest(Path(film["path"])) != film["sha256"]:
            raise InputError(f"{film['path']} has changed since it was indexed", code="indexed-file-changed")
        proof = media.prove(path, Path(film["path"]), run, names=(_short(sha256), _short(film["sha256"])))
    except (NoonmarkError, OSError) as error:
        return about | {"why": f"the indexed file could not be compared: {error}"}, None
    if proof.holds:
        return about | {"inliers": proof.inliers}, proof
    return about | {
        "why": f"hashes matched, but only {proof.inliers} features agree, {proof.middle} in the middle"
    }, None


def _short(sha256: str) -> str:
    """A file's name in a picture that may be shown: its digest, for its own name may be anyone's text."""
    return f"SHA-256 {sha256[:16]}..."


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
