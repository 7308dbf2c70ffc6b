"""From a marked frame to the sun, the camera and the place; from several to one set of clues."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.case.framed import Frame

SEED = 20260101


@dataclass(frozen=True)
class FrameResult:
    """A solved marks document: the JSON answer, the clue document for the search, and the solved frame itself."""

    answer: dict[str, Any]
    clues: dict[str, Any]
    frame: Frame


def solve_frame(document: Mapping[str, Any], *, seed: int = SEED, advise: bool = True) -> FrameResult:
    """The answer to a marks document (or a list of W3C annotations), read, staged and solved."""
    import numpy as np

    from noonmark.case.framed import Frame, answer_json, clues_of
    from noonmark.case.marks import read_marks
    from noonmark.case.view import stage
    from noonmark.geometry.camera.advice import advice_of
    from noonmark.geometry.camera.answer import solve_view

    cpu_s, wall_s = time.process_time(), time.perf_counter()
    marks = read_marks(_as_marks(document))
    staged = stage(marks)
    refuse_too_few(staged.view)
    answer = solve_view(staged.view, rng=np.random.default_rng(seed))
    frame = Frame(marks, staged, answer)
    found = {"ok": True, **answer_json(frame)}
    found |= advice_of(staged.view, answer, staged.width_px, staged.height_px) if advise else {}
    found["seconds"] = {
        "cpu": round(time.process_time() - cpu_s, 4),
        "wall": round(time.perf_counter() - wall_s, 4),
    }
    return FrameResult(found, {"clue": clues_of(frame)}, frame)


def solve_frames(
    documents: Sequence[Mapping[str, Any]],
    *,
    clues: Sequence[Mapping[str, Any]] = (),
    prior: Mapping[str, Any] | None = None,
    seed: int = SEED,
) -> dict[str, Any]:
    """One clue document from the marks of several photos and any other clues: one place, one posterior through locate.

    Frames of one clip that share a lens or a tripod belong in one marks document (``[[frame]]``); photos by different
    cameras are separate documents.
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
    from noonmark.case.annotation import from_annotations, is_annotation

    return from_annotations(document) if is_annotation(document) else document
