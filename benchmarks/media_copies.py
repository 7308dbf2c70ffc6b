"""Copies of real clips, changed as reposts are: which are found, with proof.

python benchmarks/media_copies.py [CLIP...]          the table of docs/seen.md
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageEnhance

from noonmark import actions

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "data" / "media" / "gopro"
Change = Callable[[Image.Image], Image.Image]


def _ticker(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle(
        (0, image.height * 0.8, image.width, image.height), fill=(180, 20, 20)
    )
    return image


def _logo(image: Image.Image) -> Image.Image:
    image = image.copy()
    wide, high = image.width * 250 / 1280, image.height * 80 / 720
    ImageDraw.Draw(image).rectangle((20, 20, 20 + wide, 20 + high), fill=(250, 250, 250))
    return image


def _letterbox(image: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (image.width, image.height * 3 // 2))
    whole.paste(image, (0, image.height // 4))
    return whole


def _crop(share: float) -> Change:
    def change(image: Image.Image) -> Image.Image:
        dx, dy = round(image.width * share / 2), round(image.height * share / 2)
        return image.crop((dx, dy, image.width - dx, image.height - dy))

    return change


def _upright(image: Image.Image) -> Image.Image:
    wide = image.height * 9 // 16
    return image.crop(((image.width - wide) // 2, 0, (image.width + wide) // 2, image.height))


def _small(height: int) -> Change:
    return lambda image: image.resize((round(image.width * height / image.height), height))


# name: (change of each frame, quality, speed, generations)
COPIES: dict[str, tuple[Change, int, float, int]] = {
    "re-encoded at 240p": (_small(240), 38, 1.0, 1),
    "two generations": (lambda i: i, 35, 1.0, 2),
    "grey": (lambda i: i.convert("L").convert("RGB"), 28, 1.0, 1),
    (
        "brighter, more "
        "contrast"
    ): (lambda i: ImageEnhance.Contrast(ImageEnhance.Brightness(i).enhance(1.25)).enhance(1.2), 28,
    1.0, 1),
    "speed x1.25": (lambda i: i, 28, 1.25, 1),
    "ticker over a fifth": (_ticker, 28, 1.0, 1),
    "logo": (_logo, 28, 1.0, 1),
    "cropped by 5 %": (_crop(0.05), 28, 1.0, 1),
    "cropped by 15 %": (_crop(0.15), 28, 1.0, 1),
    "letterbox": (_letterbox, 28, 1.0, 1),
    "mirrored": (lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 28, 1.0, 1),
    "turned by 3 deg": (lambda i: i.rotate(3, Image.Resampling.BILINEAR), 28, 1.0, 1),
    "cut to 9:16": (_upright, 28, 1.0, 1),
    "only the middle": (lambda i: i, 28, 1.0, 1),
}  # fmt: skip
MIDDLE_S = 3.6
"""Where "only the middle" begins: out of step with the frames that were indexed, one every second.
"""


def copy(
    source: Path,
    target: Path,
    change: Change,
    quality: int,
    speed: float,
    *,
    step: int = 1,
    from_s: float = 0.0,
) -> None:
    """A changed copy of a clip, re-encoded, of every ``step``-th frame."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = None
        for number, frame in enumerate(old.decode(video=0)):
            if number % step or (frame.time or 0.0) < from_s:
                continue
            image = change(frame.to_image())
            image = image.crop((0, 0, image.width // 2 * 2, image.height // 2 * 2))
            if stream is None:
                stream = new.add_stream(
                    "libx264", rate=30, options={"crf": str(quality), "preset": "veryfast"}
                )
                stream.width, stream.height, stream.pix_fmt = image.width, image.height, "yuv420p"
                stream.time_base = stream.codec_context.time_base = Fraction(1, 90_000)
            made = av.VideoFrame.from_image(image)
            made.pts, made.time_base = (
                round(((frame.time or 0.0) - from_s) / speed * 90_000),
                Fraction(1, 90_000),
            )
            new.mux(stream.encode(made))
        new.mux(stream.encode())


def copies(clips: list[Path]) -> None:
    """Every copy of every clip asked of an index that holds all clips."""
    print("| copy | found, with proof | matched times | features | another clip proved |")
    print("|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch) / "index"
        actions.index_add(index, clips)
        for name, (change, quality, speed, generations) in COPIES.items():
            hits, times, features, false = 0, [], [], 0
            for clip in clips:
                made = clip
                for generation in range(generations):
                    target = Path(scratch) / f"copy{generation}.mp4"
                    from_s = MIDDLE_S if name == "only the middle" else 0.0
                    copy(
                        made,
                        target,
                        change,
                        quality,
                        speed,
                        step=1 if generation else 3,
                        from_s=from_s,
                    )
                    made = target
                found = actions.seen(made, index)["found"]
                own = [match for match in found if Path(match["file"]).name == clip.name]
                hits += bool(own)
                false += len(found) - len(own)
                times += [match["matched_times"] for match in own]
                features += [match["inliers"] for match in own]
            said = f"{'/'.join(map(str, times)) or '-'} | {'/'.join(map(str, features)) or '-'}"
            print(f"| {name} | {hits} of {len(clips)} | {said} | {false} |", flush=True)


if __name__ == "__main__":
    copies([Path(name) for name in sys.argv[1:]] or sorted(CLIPS.glob("*.mp4")))
