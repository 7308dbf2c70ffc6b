"""From a marked frame to the sun, the camera and the place; from several to one set of clues."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.questions.frame_result import FrameSolution
    from noonmark.questions.mark_types import Marks

SEED = 20260101


@dataclass(frozen=True)
class FrameResult:
    """A solved marks document: the JSON answer, the clue document for the search, and the solved
    frame itself.
    """

    answer: dict[str, Any]
    clues: dict[str, Any]
    frame: FrameSolution


def solve_frame(
    marks: Mapping[str, Any] | str | Path,
    *,
    seed: int = SEED,
    advise: bool = True,
    image: Path | None = None,
) -> FrameResult:
    """The sun's direction, the camera and the place that the marks on one or more frames allow.

    ``marks`` is a marks document (docs/frame.md), a page of W3C annotations, or the path of either;
    pixels count from the outer corner of the top-left pixel, x right, y down. ``seed`` is that of
    the draws. ``advise`` adds what to mark next. With ``image`` the size of the picture is compared
    with the marks', and its EXIF focal length is used where the document says nothing of the lens;
    the picture is only opened in the sandbox.

    Returns the contract's JSON (``result.answer``: angles in degrees with their sigmas, residuals
    in sigmas), the clues for :func:`locate`, and the solution itself.

    Raises ``InputError`` for a document that can't be read or has too few marks.

    **Method**: least squares with nested Laplace approximations, docs/frame.md.
    """
    import numpy as np

    from noonmark.geometry.camera.advice import advice_of
    from noonmark.geometry.camera.answer import solve_view
    from noonmark.questions.camera_view import stage
    from noonmark.questions.frame_result import FrameSolution, answer_json, clues_of
    from noonmark.questions.input_files import read_document
    from noonmark.questions.marks import read_marks

    cpu_s, wall_s = time.process_time(), time.perf_counter()
    document = marks if isinstance(marks, Mapping) else read_document(marks, kind="marks")
    read = read_marks(_as_marks(document))
    if image is not None:
        read = with_image(read, image)
    staged = stage(read)
    refuse_too_few(staged.view)
    answer = solve_view(staged.view, rng=np.random.default_rng(seed))
    frame = FrameSolution(read, staged, answer)
    found = {"ok": True, **answer_json(frame)}
    found |= advice_of(staged.view, answer, staged.width_px, staged.height_px) if advise else {}
    found["seconds"] = {
        "cpu": round(time.process_time() - cpu_s, 4),
        "wall": round(time.perf_counter() - wall_s, 4),
    }
    return FrameResult(found, {"clue": clues_of(frame)}, frame)


def solve_photos(
    documents: Sequence[Mapping[str, Any]],
    *,
    clues: Sequence[Mapping[str, Any]] = (),
    prior: Mapping[str, Any] | None = None,
    seed: int = SEED,
) -> dict[str, Any]:
    """One clue document from the marks of several photos and any other clues: one place, one
    posterior through locate.

    Frames of one clip that share a lens or a tripod belong in one marks document (``[[frame]]``);
    photos by different cameras are separate documents.
    """
    collected: list[dict[str, Any]] = []
    for number, document in enumerate(documents):
        result = solve_frame(document, seed=seed, advise=False)
        if not result.clues["clue"]:
            raise InputError(
                f"document {number} says nothing of the sun: no shadow tip and no disc is marked",
                code="no-sun-marked",
                hint="mark a shadow's tip, or leave that photo out",
            )
        collected += result.clues["clue"]
    found: dict[str, Any] = {"prior": dict(prior)} if prior else {}
    return {**found, "clue": [*collected, *(dict(c) for c in clues)]}


def with_image(marks: Marks, image: Path) -> Marks:
    """The marks with the lens that the picture's own EXIF states, where nothing was said; its size
    is checked.
    """
    from noonmark.media.frames import scan
    from noonmark.media.probe import probe
    from noonmark.questions.marks import upright_size
    from noonmark.values import now

    reel = scan(image)
    size, wanted = (float(reel.width_px), float(reel.height_px)), upright_size(marks.image)
    if size != wanted:
        turned = size == (wanted[1], wanted[0])
        raise InputError(
            f"{image.name}: is {size[0]:g} x {size[1]:g} px upright, the marks are on "
            f"{wanted[0]:g} x {wanted[1]:g}",
            code="image-differs",
            hint="say image.orientation, or mark the upright picture"
            if turned
            else "mark this very picture",
        )
    found = probe(image, now=now(), use_exiftool=False)
    lens = marks.lens
    said = (lens.focal_px, lens.focal_mm, lens.focal_mm_35)
    if (
        any(value is not None for value in said)
        or "focal_px" not in found.lens
        or "digital_zoom" in found.lens
    ):
        return marks
    return replace(marks, lens=replace(lens, focal_mm_35=found.lens["focal_mm_35"]))


def write_frame(
    result: FrameResult, target: Path, *, image: Path | None = None, force: bool = False
) -> None:
    """A folder with answer.json, clues.json, marks.json, annotations.json and the drawing as SVG
    and PNG.
    """
    import json

    from noonmark.questions.annotation import to_annotations
    from noonmark.questions.marks import write_marks
    from noonmark.report.frame_picture import frame_png, frame_svg
    from noonmark.report.output_folder import new_folder

    photo = _pixels(image) if image is not None else None
    marks = result.frame.marks
    name = image.name if image is not None else marks.image.file or "image"
    documents = {
        "answer.json": result.answer,
        "clues.json": result.clues,
        "marks.json": write_marks(marks),
        "annotations.json": to_annotations(marks, image=name),
    }
    with new_folder(target, force=force) as folder:
        for file, document in documents.items():
            (folder / file).write_text(
                json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
        (folder / "frame.svg").write_text(frame_svg(result.frame, photo), encoding="utf-8")
        (folder / "frame.png").write_bytes(frame_png(result.frame, photo))


def _pixels(image: Path) -> Any:
    """The upright picture (h, w, 3), decoded in the sandbox."""
    from noonmark.media import frames

    reel = frames.scan(image)
    return next(frames.take(image, reel, [0], longest_px=2400)).rgb


def refuse_too_few(view: Any) -> None:
    """Raise when the marks can say nothing at all: neither of the sun, nor of the camera."""
    posts, landmarks = len(view.posts.mark), len(view.landmarks.mark)
    if 0 < landmarks < 3 and not posts:
        raise InputError(
            f"{landmarks} landmarks: the place needs at least 3, and 4 to be checked",
            code="too-few-marks",
            hint="mark more landmarks, or a thing and its shadow",
        )
    if posts or landmarks or len(view.lines.mark) or len(view.horizon.mark) or len(view.discs.mark):
        return
    raise InputError(
        "the marks say nothing of the sun, the horizon or the place",
        code="too-few-marks",
        hint="mark a thing's base and top and the tip of its shadow",
    )


def _as_marks(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A marks document, from one or from a page of W3C Web Annotations."""
    from noonmark.questions.annotation import from_annotations, is_annotation

    return from_annotations(document) if is_annotation(document) else document
