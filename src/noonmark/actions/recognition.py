"""What an index of frames holds of what a file shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import case_items
from noonmark.actions.case_items import Made
from noonmark.actions.frame_index import Progress, index_of_case
from noonmark.errors import InputError, NoonmarkError

if TYPE_CHECKING:
    from noonmark.media.hash_index import HashIndex
    from noonmark.media.seen import Fingerprint

CONDITIONS = (
    "hashes within 31 of 256 bits, on frames {step}",
    "indexed frames whole, cropped to 95, 90 and 85 %, cut to 9:16, turned by 3 deg either way; "
    "the query mirrored too; of a film more frames where the picture moves; a picture inside a "
    "frame or between dark bands by itself",
    "a photo: wherever the middle of an indexed frame may lie in it, so that the camera may have "
    "moved by 7 % of the picture in half the step of the index, for an upright cut by a third",
    "both also without their lowest or highest fifth (tickers, logos), and without both",
    "dark borders trimmed; frames of quality under 50 (black, sky, blur) left out",
    "films longer than 2 s: 3 or more matched times over 2 s, at half to double speed; others and "
    "photos: one match;"
    " then 25 or more features on one homography, 8 of them a fifth or more from each edge",
)


ONE_FRAME = (
    "this is an animated picture, asked by its first frame alone: noonmark frames FILE --out DIR"
    " gives the others"
)


def seen(
    path: str | Path,
    index: str | Path,
    *,
    out: Path | None = None,
    every_s: float = 0.25,
    most: int = 20,
    case: Path | None = None,
    by: str = case_items.DEFAULT_ACTOR,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Where an index holds what a file shows: runs of matched seconds, proved by geometry, or not
    found.

    ``index`` may be a case: then its other originals are asked. For an item of a case the answer is
    kept there.
    """
    from noonmark.media import seen as media
    from noonmark.media.probe import digest
    from noonmark.report.output_folder import check_free, new_folder

    path, index = Path(path), Path(index)
    if out is not None:
        check_free(out, force=False)
    of_case = (index / case_items.MARKER).is_file()
    archive = _archive(index, of_case=of_case, by=by, progress=progress)
    asked = _asked(index, archive, every_s)
    held = case_items.item_of(path, case=case, by=by, command="seen", parameters=asked)
    if progress is not None:
        progress(0.9, "comparing")
    query = media.fingerprint(path, side="query", every_s=every_s)
    sha256 = digest(path)
    itself = sha256 if of_case else None
    proofs, unproved = _compared(path, sha256, media.runs(query, archive)[:most], archive, itself)
    if out is not None and proofs:
        with new_folder(out, force=False) as folder:
            _pictures(folder, proofs, sha256)
    found = [about for about, _ in proofs]
    answer = {
        "ok": True,
        "name": path.name,
        "sha256": sha256,
        "verdict": _verdict(found),
        "found": found,
        "unproved": unproved,
        "searched": _searched(archive, itself),
        "frames_asked": query.frames,
        "frames_left_out": query.dropped,
        "conditions": _conditions(every_s, query),
    }
    return answer | _logged(held, answer, out)


def _archive(index: Path, *, of_case: bool, by: str, progress: Progress | None = None) -> HashIndex:
    """The index to ask: a folder's own, or that of a case; an empty one is refused."""
    from noonmark.media.hash_index import HashIndex

    if of_case:
        return HashIndex(index_of_case(index, by=by, progress=progress))
    archive = HashIndex(index)
    _refuse_empty(archive)
    return archive


def _asked(index: Path, archive: HashIndex, every_s: float) -> dict[str, Any]:
    """What a search depends on, for the log."""
    sizes = {"films": len(archive.films), "hashes": archive.count}
    return {"index": index.name, **sizes, "every_s": every_s}


def _verdict(found: Sequence[Mapping[str, Any]]) -> str:
    return "seen before" if found else "not found under these conditions"


def _conditions(every_s: float, query: Fingerprint) -> list[str]:
    """What "not found" is said under."""
    said = [text.format(step=f"every {every_s:g} s") for text in CONDITIONS]
    return [*said, ONE_FRAME] if query.animation else said


def _logged(
    held: case_items.Held | None, answer: Mapping[str, Any], out: Path | None
) -> dict[str, Any]:
    """Keep the answer and its pictures, where the file asked about is an item of a case."""
    made = [case_items.report("seen", answer)]
    if out is not None:
        stem = str(answer["sha256"])[:16]
        names = [str(about["picture"]) for about in answer["found"]]
        made += [Made(out / name, f"{stem}-{name}", "extract") for name in names]
    means = case_items.means("av", "numpy", "opencv-python-headless")
    return case_items.log_derivation(held, made, means=means)


def _searched(archive: HashIndex, itself: str | None) -> dict[str, int]:
    """How many films and hashes were asked, without the file itself."""
    others = [film for film in archive.films if film["sha256"] != itself]
    return {"films": len(others), "hashes": sum(int(film["rows"]) for film in others)}


def _compared(
    path: Path, sha256: str, runs: Sequence[Any], archive: HashIndex, itself: str | None
) -> tuple[list[tuple[dict[str, Any], Any]], list[dict[str, Any]]]:
    """The runs that geometry proves, each with its proof, and those that it does not."""
    proofs, unproved = [], []
    for run in runs:
        film = archive.films[run.film]
        if film["sha256"] == itself:
            continue
        about, proof = _proved(path, sha256, run, film)
        if proof is not None:
            proofs.append((about, proof))
        else:
            unproved.append(about)
    return proofs, unproved


def _refuse_empty(archive: HashIndex) -> None:
    if not archive.count:
        raise InputError(
            f"{archive.folder} holds no hash of any film or photo, so there is nothing to compare "
            "with",
            code="index-empty",
            hint="noonmark index add",
        )


def _proved(path: Path, sha256: str, run: Any, film: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """What is said about a run, and its proof: None where geometry does not hold; then what is said
    has the reason.
    """
    from noonmark.media import seen as media
    from noonmark.media.probe import digest

    about = _about(run, film)
    try:
        if digest(Path(film["path"])) != film["sha256"]:
            raise InputError(
                f"{film['path']} has changed since it was indexed", code="indexed-file-changed"
            )
        proof = media.prove(
            path, Path(film["path"]), run, names=(_short(sha256), _short(film["sha256"]))
        )
    except (NoonmarkError, OSError) as error:
        return about | {"why": f"the indexed file could not be compared: {error}"}, None
    if proof.holds:
        return about | {"inliers": proof.inliers}, proof
    agree = f"{proof.inliers} features agree, {proof.middle} in the middle"
    return about | {"why": f"hashes matched, but only {agree}"}, None


def _short(sha256: str) -> str:
    """A file's name in a picture that may be shown: its digest, for its own name may be anyone's
    text.
    """
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
    from noonmark.sandbox import png

    for i, (about, proof) in enumerate(proofs, 1):
        about["picture"] = f"match-{i:02d}.png"
        times = f"{proof.pair[0]:.3f} s and {proof.pair[1]:.3f} s"
        ties = {"TextQuery-SHA256": sha256, "Reference-SHA256": about["sha256"], "Times": times}
        png.write(folder / about["picture"], proof.rgb, ties)
