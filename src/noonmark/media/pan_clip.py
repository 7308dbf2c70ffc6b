"""Points of a scene in the frames of a clip in which the camera turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from noonmark.errors import InputError
from noonmark.media.frames import LIMITS
from noonmark.sandbox import process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_PX = 960
"""Frames are compared at this size."""
MOST_FRAMES = 120
"""A full circle takes about 60 frames; a pan of more steps of the view is refused."""
_ROWS = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""Which way the rows of a sensor run in a frame turned by so many quarters, x right and y down."""


@dataclass(frozen=True)
class PanClip:
    """The chosen frames of a pan, and what their points have in common.

    ``numbers`` of the frames in the film; ``frame`` (n,) and ``px`` (n, 2) of points; ``links``
    (m, 2) join points that look alike, ``sure`` (m,) those that one homography explains, ``pair``
    (m, 2) the frames of a link. ``rows`` is the way in which the rows of a frame were read.
    """

    numbers: tuple[int, ...]
    frame: NDArray[np.int64]
    px: NDArray[np.float64]
    links: NDArray[np.int64]
    sure: NDArray[np.bool_]
    pair: NDArray[np.int64]
    rows: tuple[int, int]


def pan_clip(path: Path, *, first: int, last: int, marked: frozenset[int]) -> PanClip:
    """Points of the frames from ``first`` to ``last``; the ``marked`` ones are among the chosen.

    Raises InputError "no-panorama" where too little is found again from frame to frame.
    """
    payload = {
        "first": first,
        "last": last,
        "marked": sorted(marked),
        "longest_px": LONGEST_PX,
        "most": MOST_FRAMES,
    }
    limits = replace(LIMITS, output_bytes=256 << 20)
    value = process.run("pan_points", payload=payload, files=[path], limits=limits).value
    if len(value["numbers"]) < 3 or not value["sure"].any():
        raise InputError(
            "too little of the view moves, or too little is found again from frame to frame",
            code="no-panorama",
            hint="choose a stretch in which the camera turns slowly, with --pan",
        )
    return PanClip(
        numbers=tuple(int(number) for number in value["numbers"]),
        frame=value["frame"],
        px=value["px"],
        links=value["links"],
        sure=value["sure"].astype(bool),
        pair=value["pair"],
        rows=_ROWS[int(value["turned"]) % 4],
    )
