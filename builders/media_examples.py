"""Makes four small files in src/noonmark/examples. Run it to rebuild them.

roof.jpg: a picture whose EXIF and GPS clocks contradict each other. clip.mp4: two shots at uneven
times. crowd-1.ogg, crowd-2.ogg: bursts of noise, recorded twice; the second starts 3.5 s later.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

_RATE_HZ = 16_000
EXAMPLES = Path(__file__).resolve().parents[1] / "src" / "noonmark" / "examples"


def roof(target: Path) -> None:
    """A house, its shadow, a tree; the camera's date is a day before the satellites'."""
    picture = Image.new("RGB", (320, 240), (150, 190, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 150, 320, 240), fill=(150, 140, 100))
    draw.polygon(((150, 190), (250, 190), (310, 215), (215, 215)), fill=(70, 65, 50))
    draw.rectangle((150, 100, 250, 190), fill=(215, 205, 190))
    draw.polygon(((140, 100), (200, 55), (260, 100)), fill=(160, 70, 50))
    draw.rectangle((60, 120, 70, 185), fill=(90, 60, 40))
    draw.ellipse((35, 70, 95, 135), fill=(60, 110, 50))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131], exif[0x0132] = (
        "Example",
        "Pocket 2",
        "Darkroom 1.0",
        "2024:05:03 09:00:00",
    )
    exif.get_ifd(0x8769).update({0x9003: "2024:05:01 12:41:00", 0xA405: 28, 0x920A: 4.5})
    exif.get_ifd(0x8825).update(
        {
            1: "N",
            2: (36.0, 12.0, 7.2),
            3: "E",
            4: (37.0, 9.0, 36.0),
            7: (9.0, 40.0, 30.0),
            29: "2024:05:02",
        }
    )
    picture.save(target, exif=exif, quality=80)


def clip(target: Path) -> None:
    """A shadow that wanders, then, after a cut, a boat; the frames come at uneven times."""
    at_ms = 0
    with av.open(str(target), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(
            "libx264", rate=12, options={"crf": "30", "g": "24", "threads": "1"}
        )
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for i in range(36):
            frame = av.VideoFrame.from_image(_shadow(i) if i < 20 else _boat(i - 20))
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            at_ms += 60 + 45 * (i % 3)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def crowd(target: Path, *, from_s: float, to_s: float, own: int) -> None:
    """One of two recordings of the same bursts, with noise of its own."""
    rng = np.random.default_rng(5)
    sound = np.zeros(16 * _RATE_HZ)
    at = 0
    while at < sound.size:
        long = int(rng.integers(800, 5600))
        burst = np.convolve(rng.standard_normal(long), rng.standard_normal(40), "same")
        sound[at : at + long] += (burst * np.hanning(long))[: sound.size - at]
        at += long + int(rng.integers(0, 4800))
    part = sound[round(from_s * _RATE_HZ) : round(to_s * _RATE_HZ)]
    part = part + 0.1 * part.std() * np.random.default_rng(own).standard_normal(part.size)
    samples = (part / np.abs(part).max() * 24_000).astype(np.int16)
    with av.open(str(target), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=_RATE_HZ, layout="mono")
        stream.bit_rate = 10_000
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _RATE_HZ, 0, Fraction(1, _RATE_HZ)
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _shadow(i: int) -> Image.Image:
    picture = Image.new("RGB", (320, 240), (190, 185, 150))
    draw = ImageDraw.Draw(picture)
    draw.line((160, 180, 60 + 6 * i, 215 - i), fill=(90, 85, 65), width=7)
    draw.rectangle((156, 60, 164, 180), fill=(60, 60, 70))
    return picture


def _boat(i: int) -> Image.Image:
    picture = Image.new("RGB", (320, 240), (60, 100, 140))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 320, 90), fill=(160, 200, 235))
    draw.polygon(
        ((40 + 8 * i, 120), (120 + 8 * i, 120), (105 + 8 * i, 145), (55 + 8 * i, 145)),
        fill=(150, 60, 40),
    )
    draw.polygon(((80 + 8 * i, 40), (80 + 8 * i, 115), (115 + 8 * i, 115)), fill=(240, 240, 235))
    return picture


if __name__ == "__main__":
    roof(EXAMPLES / "roof.jpg")
    clip(EXAMPLES / "clip.mp4")
    crowd(EXAMPLES / "crowd-1.ogg", from_s=0, to_s=13, own=1)
    crowd(EXAMPLES / "crowd-2.ogg", from_s=3.5, to_s=16, own=2)
