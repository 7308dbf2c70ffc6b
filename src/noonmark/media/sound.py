"""The sound of a recording for a listener: peaks to draw, and pieces to hear, decoded in the
sandbox. Nothing here says who speaks.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noonmark.errors import InputError
from noonmark.sandbox import process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PEAKS = 1200
LONGEST_PIECE_MS = 120_000
LONGEST_HEARD_S = 1800.0
_LIMITS = process.WorkerLimits(cpu_s=120, wall_s=240.0, output_bytes=32 << 20)


@dataclass(frozen=True)
class SoundPeaks:
    """How loud a recording is over its length [ms]: ``peaks``, 0 to 255, in equal parts of it."""

    peaks: tuple[int, ...]
    duration_ms: int


def sound_peaks(path: Path, *, bins: int = PEAKS) -> SoundPeaks:
    """The peaks of a recording. Raises InputError "no-sound", "not-decodable"."""
    payload = {"op": "peaks", "bins": bins}
    value = process.run("sound", payload=payload, files=[path], limits=_LIMITS).value
    peaks = tuple(int(one) for one in value["peaks"])
    return SoundPeaks(peaks, int(value["duration_ms"]))


@dataclass(frozen=True)
class SoundSamples:
    """The sound of a recording, one channel at 8 kHz: int16 (n,), from the file's time 0 on.

    ``cut`` says that the recording is longer, and that the rest was not read.
    """

    values: NDArray[np.int16]
    cut: bool


def sound_samples(path: Path) -> SoundSamples:
    """The samples of the first half hour. Raises InputError "no-sound", "not-decodable"."""
    payload = {"op": "samples", "most_s": LONGEST_HEARD_S}
    value = process.run("sound", payload=payload, files=[path], limits=_LIMITS).value
    return SoundSamples(value["samples"], bool(value["cut"]))


def sound_piece(path: Path, from_ms: int, to_ms: int) -> bytes:
    """A piece of a recording as a WAV file of one channel, encoded anew.

    Raises InputError "bad-piece", "no-sound", "not-decodable".
    """
    if not 0 <= from_ms < to_ms or to_ms - from_ms > LONGEST_PIECE_MS:
        raise InputError(
            f"a piece from {from_ms} to {to_ms} ms",
            code="bad-piece",
            hint=f"the end after the beginning, at most {LONGEST_PIECE_MS // 1000} s at once",
        )
    payload = {"op": "piece", "from_ms": from_ms, "to_ms": to_ms}
    value = process.run("sound", payload=payload, files=[path], limits=_LIMITS).value
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(int(value["rate_hz"]))
        file.writeframes(value["samples"].astype("<i2").tobytes())
    return out.getvalue()
