"""Unrelated clips and photos, each asked of an index of all the others: none may be found.

python benchmarks/media_unrelated.py [CLIPS]     44 made clips where nothing is said, and the real ones of shared/data

Pairs are counted once, not in each direction. The second figure is harder: geometry alone, on
frames that no hash proposed, because what it can reach by chance is what the threshold of 25
features must stand above.
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image, ImageDraw

from noonmark import actions
from noonmark.media.seen import LEAST_INLIERS, LEAST_MIDDLE
from noonmark.sandbox.decoders.feature_match import alike_in_size, match

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"
REAL = (
    "gopro/karma.mp4", "gopro/max-heromode.mp4", "neardup/bridge-1-original.jpg",
    "exif/landscape_1.jpg",
    "exif/DSCN0010.jpg", "heic/samplefilehub.heif",
)  # fmt: skip
WIDE, HIGH, SECONDS, RATE = 320, 180, 6, 10
GEOMETRY_PAIRS = 1000


def clip(path: Path, seed: int) -> None:
    """Six seconds of a made scene of one of six kinds, under a camera that moves; every third with
    the same overlay.
    """
    rng = np.random.default_rng(1000 + seed)
    world = _SCENES[seed % len(_SCENES)](rng)
    pan, tilt, zoom = rng.uniform(-12, 12), rng.uniform(-3, 3), rng.uniform(-0.03, 0.03)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"crf": "23", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        for number in range(SECONDS * RATE):
            at_s = number / RATE
            scale = 1.0 + zoom * at_s
            left, top = 150 + pan * at_s, 60 + tilt * at_s
            view = world.crop(
                (round(left), round(top), round(left + WIDE * scale), round(top + HIGH * scale))
            )
            view = view.resize((WIDE, HIGH), Image.Resampling.BILINEAR)
            if seed % 3 == 0:
                _overlay(view, number)
            frame = av.VideoFrame.from_image(view)
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def _overlay(view: Image.Image, number: int) -> None:
    """What one channel lays over all its films: a logo, a ticker whose letters move."""
    draw = ImageDraw.Draw(view)
    draw.rectangle((12, 10, 60, 26), fill=(250, 250, 250))
    draw.text((16, 12), "LIVE 7", fill=(180, 0, 0))
    draw.rectangle((0, HIGH - 24, WIDE, HIGH), fill=(20, 30, 120))
    draw.text(
        (WIDE - 6 * number, HIGH - 19),
        "BREAKING  reports from the north bank of the river",
        fill=(255, 255, 255),
    )


def _cloudy(rng: np.random.Generator, power: float) -> np.ndarray:
    """A plane with the spectrum of natural pictures, 0 to 1."""
    size = 640
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    fall = np.maximum(np.hypot(fy, fx), 1 / size) ** -power
    plane = np.fft.irfft2(
        fall * np.exp(2j * np.pi * rng.random((size, size // 2 + 1))), s=(size, size)
    )
    return (plane - plane.min()) / np.ptp(plane)


def _ground(rng: np.random.Generator) -> Image.Image:
    layers = [_cloudy(rng, rng.uniform(1.0, 1.5)) for _ in range(3)]
    return Image.fromarray((255 * np.stack(layers, axis=2)).astype(np.uint8))


def _street(rng: np.random.Generator) -> Image.Image:
    """Facades with windows in rows: the same corners over and over, the hardest thing for a
    homography.
    """
    image = Image.fromarray(
        np.repeat((200 + 40 * _cloudy(rng, 1.6))[..., None], 3, axis=2).astype(np.uint8)
    )
    draw = ImageDraw.Draw(image)
    left = 0
    while left < 640:
        wide, top = int(rng.integers(60, 140)), int(rng.integers(60, 200))
        draw.rectangle(
            (left, top, left + wide, 640), fill=tuple(int(v) for v in rng.integers(60, 190, 3))
        )
        step_x, step_y = int(rng.integers(14, 26)), int(rng.integers(18, 32))
        for x in range(left + 6, left + wide - 8, step_x):
            for y in range(top + 8, 640, step_y):
                draw.rectangle(
                    (x, y, x + step_x // 2, y + step_y // 2),
                    fill=tuple(int(v) for v in rng.integers(0, 90, 3)),
                )
        left += wide
    return image


def _crowd(rng: np.random.Generator) -> Image.Image:
    image = _ground(rng)
    draw = ImageDraw.Draw(image)
    for _ in range(260):
        x, y, r = (int(v) for v in rng.integers((0, 80, 4), (640, 640, 16)))
        draw.ellipse(
            (x - r, y - r, x + r, y + r), fill=tuple(int(v) for v in rng.integers(0, 255, 3))
        )
    return image


def _horizon(rng: np.random.Generator) -> Image.Image:
    line = int(rng.integers(120, 220))
    sky = np.linspace(150, 240, 640)[:, None] + 40 * _cloudy(rng, 2.0)
    land = 40 + 120 * _cloudy(rng, 1.2)
    grey = np.where(np.arange(640)[:, None] < line, sky, land)
    tint = rng.uniform(0.7, 1.1, 3)
    return Image.fromarray((grey[..., None] * tint).clip(0, 255).astype(np.uint8))


def _page(rng: np.random.Generator) -> Image.Image:
    """A screen of text: every film of this kind has the same letters in another order."""
    image = Image.new("RGB", (640, 640), (245, 245, 240))
    draw = ImageDraw.Draw(image)
    letters = np.array(list("the quick brown fox jumps over the lazy dog 0123456789"))
    for y in range(8, 640, 14):
        draw.text(
            (8 + int(rng.integers(0, 20)), y),
            "".join(rng.permutation(letters)) * 2,
            fill=(10, 10, 30),
        )
    return image


def _mosaic(rng: np.random.Generator) -> Image.Image:
    tiles = rng.integers(0, 256, (40, 40, 3), np.uint8)
    return Image.fromarray(np.kron(tiles, np.ones((16, 16, 1), np.uint8)))


_SCENES = (_ground, _street, _crowd, _horizon, _page, _mosaic)


def ask_all(files: list[Path], index: Path) -> tuple[int, list[str], int]:
    """Pairs asked, those found though unrelated, and those that the hashes proposed and geometry
    refused.
    """
    done = actions.index_add(index, files)
    if done["failed"]:
        raise SystemExit(f"not indexed: {done['failed']}")
    false, refused = [], 0
    for path in files:
        answer = actions.seen(path, index)
        others = [row["file"] for row in answer["found"] if Path(row["file"]).name != path.name]
        false += [f"{path.name} in {other}" for other in others]
        refused += sum(Path(row["file"]).name != path.name for row in answer["unproved"])
        own = [row for row in answer["found"] if Path(row["file"]).name == path.name]
        if not own and answer["frames_left_out"] == 0:
            print(f"  {path.name} does not even find itself", flush=True)
    return len(files) * (len(files) - 1) // 2, false, refused


def geometry(files: list[Path]) -> list[tuple[int, int]]:
    """Features on one homography between frames of two unrelated files, all and in the middle, for
    a thousand pairs.
    """
    cv2.setNumThreads(1)
    shown = [_middle(path) for path in files]
    pairs = list(combinations(range(len(files)), 2))
    chosen = np.random.default_rng(3).permutation(len(pairs))[:GEOMETRY_PAIRS]
    found = [match(*alike_in_size(shown[pairs[i][0]], shown[pairs[i][1]])) for i in chosen]
    return [(each.inliers, each.middle) for each in found]


def _middle(path: Path) -> np.ndarray:
    if path.suffix != ".mp4":
        from noonmark.media import frames

        return next(iter(frames.take(path, frames.scan(path), [0], longest_px=640))).rgb
    with av.open(str(path)) as film:
        pictures = [
            frame.to_ndarray(format="rgb24")
            for _, frame in zip(range(30), film.decode(video=0), strict=False)
        ]
    return pictures[-1]


def main(count: int) -> int:
    """Make, ask, tell; 1 where anything unrelated was found."""
    with tempfile.TemporaryDirectory() as scratch:
        made = [Path(scratch) / f"made{seed:03d}.mp4" for seed in range(count)]
        for seed, path in enumerate(made):
            clip(path, seed)
        real = [SHARED / name for name in REAL if (SHARED / name).exists()]
        pairs, false, refused = ask_all([*made, *real], Path(scratch) / "index")
        print(
            f"{count} made and {len(real)} real: {pairs} pairs asked, {len(false)} found though "
            "unrelated,"
            f" {refused} proposed by hashes and refused by geometry"
        )
        for line in false:
            print(f"  {line}")
        reached = geometry([*made, *real])
        inliers = sorted(count for count, _ in reached)
        edges = sum(count >= LEAST_INLIERS for count in inliers)
        over = sum(count >= LEAST_INLIERS and middle >= LEAST_MIDDLE for count, middle in reached)
        print(
            f"geometry alone on {len(inliers)} pairs of frames: median "
            f"{inliers[len(inliers) // 2]}, 99 % at most"
            f" {inliers[len(inliers) * 99 // 100]}, most {inliers[-1]} features; {edges} reach "
            f"{LEAST_INLIERS}, {over} of them with {LEAST_MIDDLE} in the middle"
            f" (most in the middle {max(middle for _, middle in reached)})"
        )
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 44))
