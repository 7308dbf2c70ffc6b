"""A piece of sound stands at the time of the frames, also where sound begins late or is missing."""

import io
import wave
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("av")
import av

from noonmark.media import sound

_RATE_HZ = 16_000


def _recording(path, starts_ms, *, each_ms=250):
    """A film with bursts of 250 ms at these times, and nothing in between."""
    wave_ = (9000 * np.sin(np.arange(16 * each_ms) / _RATE_HZ * 2 * np.pi * 500)).astype(np.int16)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=_RATE_HZ, layout="mono")
        pictures = out.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 32, 32, "yuv420p"
        for start_ms in starts_ms:
            frame = av.AudioFrame.from_ndarray(wave_[None], format="s16", layout="mono")
            frame.sample_rate, frame.time_base = _RATE_HZ, Fraction(1, _RATE_HZ)
            frame.pts = start_ms * 16
            out.mux(stream.encode(frame))
        grey = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), format="rgb24")
        out.mux([*stream.encode(), *pictures.encode(grey), *pictures.encode()])
    return path


def _loud_ms(piece):
    """From when to when each part of a WAV is loud [ms], to 10 ms."""
    with wave.open(io.BytesIO(piece)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    steps = np.abs(samples[: samples.size // 160 * 160].reshape(-1, 160)).max(axis=1) > 2000
    edges = np.flatnonzero(np.diff(np.concatenate([[0], steps.astype(int), [0]])))
    return [tuple(int(10 * edge) for edge in pair) for pair in edges.reshape(-1, 2)]


def test_sound_that_begins_late_is_heard_at_its_time(tmp_path):
    path = _recording(tmp_path / "a.mkv", [500])
    assert _loud_ms(sound.sound_piece(path, 0, 2000)) == [(500, 750)]
    assert _loud_ms(sound.sound_piece(path, 600, 2000)) == [(0, 150)]


def test_sound_after_a_gap_is_heard_at_its_time(tmp_path):
    path = _recording(tmp_path / "a.mkv", [0, 1000, 3000])
    assert _loud_ms(sound.sound_piece(path, 0, 4000)) == [(0, 250), (1000, 1250), (3000, 3250)]
    assert _loud_ms(sound.sound_piece(path, 2900, 4000)) == [(100, 350)]
