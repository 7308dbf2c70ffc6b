"""How often a box that follows a thing still hides all of it, on made films.

A textured thing moves over a textured ground: along curves, growing and shrinking, turning, behind
a post, under a camera that pans and shakes, at 8 to 30 frames a second, in poor light. The box is
drawn on the first frame, or on the first and the last.

    python benchmarks/redaction_follow.py [--quick]

A frame counts as open where any part of the thing is outside every hidden box. The last lines say how many
open frames there were that the review did not name as unsure; exit 1 where these are over 0.5 %.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from scipy import ndimage

from noonmark.media import followed_boxes, frames

WIDE, HIGH = 480, 270
KINDS = ("plain", "camera", "growing", "turning", "behind a post", "dark", "slow film")
MOST_UNNAMED = 0.005


@dataclass(frozen=True)
class MadeFilm:
    """A film, and where its thing is on each frame: left, top, right, bottom [px]."""

    path: Path
    boxes: list[tuple[float, float, float, float]]


def texture(rng: Any, high: int, wide: int, grain: float) -> Any:
    """A random picture, float (high, wide, 3), 0 to 255."""
    coarse = rng.uniform(0, 255, (int(high / grain) + 2, int(wide / grain) + 2, 3))
    return ndimage.zoom(coarse, (grain, grain, 1), order=1)[:high, :wide]


def made_film(rng: Any, kind: str, path: Path) -> MadeFilm:
    """One film of 3 s."""
    rate = int(rng.choice([8, 10, 12])) if kind == "slow film" else int(rng.choice([24, 30]))
    count = 3 * rate
    ground = texture(rng, 2 * HIGH, 3 * WIDE, rng.uniform(4, 14))
    thing = texture(rng, 64, 48, rng.uniform(4, 10))
    start, speed = rng.uniform((80, 70), (160, 200)), rng.uniform((20, -20), (90, 20))
    sway, phase = rng.uniform(5, 25), rng.uniform(0, 6)
    boxes = []
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"crf": "26", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        for n in range(count):
            t = n / rate
            centre = start + speed * t + sway * np.array([0, np.sin(2 * t + phase)])
            pan = (
                np.array([60 * t + 4 * np.sin(9 * t), 3 * np.sin(7 * t)]) if kind == "camera" else 0
            )
            size = 1 + (0.35 * np.sin(1.5 * t) if kind == "growing" else 0)
            angle = 60 * np.sin(1.2 * t) if kind == "turning" else 0
            picture, box = drawn(
                ground, thing, centre - pan / 4 if kind == "camera" else centre, pan, size, angle
            )
            if kind == "behind a post":
                picture[:, 225:265] = ground[:HIGH, 500:540] * 0.6
            if kind == "dark":
                picture = 18 + picture * 0.16 + rng.normal(0, 5, picture.shape)
            frame = av.VideoFrame.from_ndarray(np.uint8(np.clip(picture, 0, 255)), format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, rate)
            out.mux(stream.encode(frame.reformat(format="yuv420p")))
            boxes.append(box)
        out.mux(stream.encode())
    return MadeFilm(path, boxes)


def drawn(ground: Any, thing: Any, centre: Any, pan: Any, size: float, angle: float) -> Any:
    """A frame, and the box of the thing on it."""
    left, top = (np.array([100.0, 100.0]) + pan).round().astype(int)
    picture = ground[top : top + HIGH, left : left + WIDE].copy()
    turned = ndimage.rotate(thing, angle, order=1, cval=-1)
    turned = ndimage.zoom(turned, (size, size, 1), order=0)
    high, wide = turned.shape[:2]
    x, y = (centre - np.array([wide, high]) / 2).round().astype(int)
    x0, y0, x1, y1 = max(0, x), max(0, y), min(WIDE, x + wide), min(HIGH, y + high)
    if x1 > x0 and y1 > y0:
        part = turned[y0 - y : y1 - y, x0 - x : x1 - x]
        shown = picture[y0:y1, x0:x1]
        shown[part.min(axis=2) >= 0] = part[part.min(axis=2) >= 0]
    return picture, (float(x), float(y), float(x + wide), float(y + high))


def open_frames(film: MadeFilm, *, both: bool) -> dict[str, int]:
    """How many frames show a part of the thing, and how many of these the review does not name."""
    reel = frames.scan(film.path)
    times = reel.times_s
    keys = [0, len(times) - 1] if both else [0]
    rows = [{"at_s": float(times[n]), "box_px": list(film.boxes[n])} for n in keys]
    boxes, review = followed_boxes.followed_boxes(film.path, reel, {"box": [{"follow": rows}]})
    unsure = [s for s in review if "lost" in s.why or "apart" in s.why]
    counts = {"frames": 0, "open": 0, "unnamed": 0, "unsure": 0, "area": 0}
    for n, (x0, y0, x1, y1) in enumerate(film.boxes):
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(WIDE, x1), min(HIGH, y1)
        if x1 - x0 < 4 or y1 - y0 < 4:
            continue
        counts["frames"] += 1
        named = any(s.from_s <= times[n] <= s.to_s for s in unsure)
        counts["unsure"] += named
        held = any(
            b.x0_px <= x0 + 2 and b.y0_px <= y0 + 2 and b.x1_px >= x1 - 2 and b.y1_px >= y1 - 2
            for b in boxes.get(n, ())
        )
        if not held:
            counts["open"] += 1
            counts["unnamed"] += not named
        counts["area"] += sum(min(b.area, WIDE * HIGH) for b in boxes.get(n, ())) / (
            (x1 - x0) * (y1 - y0)
        )
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 film of each kind, not 8")
    args = parser.parse_args()
    print(
        "| film | drawn | frames | open | open, not named | unsure | hidden area over the thing's |"
    )
    print("|---|---|--:|--:|--:|--:|--:|")
    total = {"frames": 0, "unnamed": 0}
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            films = [
                made_film(
                    np.random.default_rng([7, KINDS.index(kind), i]),
                    kind,
                    Path(folder) / f"{kind}{i}.mp4",
                )
                for i in range(1 if args.quick else 8)
            ]
            for both in (False, True):
                rows = [open_frames(film, both=both) for film in films]
                sums = {name: sum(row[name] for row in rows) for name in rows[0]}
                for name in total:
                    total[name] += sums[name]
                where = "first and last" if both else "first"
                print(
                    f"| {kind} | {where} | {sums['frames']} | {sums['open']} | {sums['unnamed']} |"
                    f" {sums['unsure']} | {sums['area'] / max(1, sums['frames']):.1f} |",
                    flush=True,
                )
    print(f"{total['unnamed']} of {total['frames']} frames open and not named as unsure")
    return int(total["unnamed"] > MOST_UNNAMED * total["frames"])


if __name__ == "__main__":
    sys.exit(main())
