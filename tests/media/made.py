"""Films made for the tests: drawn frames at chosen times, by PyAV."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def film(
    path: Path,
    frames: Sequence[np.ndarray],
    times_ms: Sequence[int],
    *,
    turned_deg: int = 0,
    sound: bool = False,
    key_frame_every: int = 12,
) -> Path:
    """An H.264 film with these frames at these times; ``sound`` adds a tone."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=25, options={"crf": "16", "g": str(key_frame_every)}
        )
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        if sound:
            tone = container.add_stream("aac", rate=16_000)
        for array, at_ms in zip(frames, times_ms, strict=True):
            frame = av.VideoFrame.from_ndarray(array, format="rgb24")
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound:
            wave = (8000 * np.sin(np.arange(16_000) / 16_000 * 2 * np.pi * 440)).astype(np.int16)
            piece = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
            piece.sample_rate, piece.pts = 16_000, 0
            container.mux(tone.encode(piece))
            container.mux(tone.encode())
    return path


def scene(seed: int, height: int = 144, width: int = 192, *, shift_px: int = 0) -> np.ndarray:
    """A detailed picture that differs by seed, seen from ``shift_px`` to the right."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 8 + 2, (width + 400) // 8 + 2, 3), np.uint8)
    big = np.kron(coarse, np.ones((8, 8, 1), np.uint8))
    fine = rng.integers(-25, 26, big.shape[:2])[..., None]
    whole = np.clip(big.astype(int) // 2 + 60 + fine, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(whole[:height, shift_px : shift_px + width])


def numbered(count: int, height: int = 144, width: int = 192) -> list[np.ndarray]:
    """Grey frames that carry their number in the brightness of eight blocks, so that none can be
    taken for another.
    """
    frames = []
    for number in range(count):
        frame = np.full((height, width, 3), 128, np.uint8)
        for bit in range(8):
            frame[40:104, 16 + bit * 20 : 34 + bit * 20] = 235 if number >> bit & 1 else 20
        frames.append(frame)
    return frames


def number_of(rgb: np.ndarray) -> int:
    """The number that a frame of :func:`numbered` carries."""
    return sum(
        1 << bit for bit in range(8) if rgb[60:90, 20 + bit * 20 : 30 + bit * 20].mean() > 128
    )
