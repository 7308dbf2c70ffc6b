"""The sound of a recording: how loud it is over its length, or a piece of it as plain samples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import av
import av.error
import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox.task_types import Answer, Payload

PEAK_RATE_HZ, PIECE_RATE_HZ = 8000, 16000
_STEP = 160
"""Samples of one peak: 20 ms."""
_LONGEST_S = 24 * 3600
_GAP_S = 0.03
"""Where the file's times and the count of samples part by more, the times are right: a gap."""
_BEFORE_S = 1.0
"""A piece is sought this much earlier: seeking is not exact."""


def main(payload: Payload, fds: list[int]) -> Answer:
    """``op`` is "peaks", "piece" or "samples".

    "peaks" answers ``peaks``, uint8 (n,), the greatest amplitude of each of at most ``bins`` equal
    parts, 255 the loudest that a file can be, and ``duration_ms``. "piece" answers ``samples``,
    int16 (n,) of one channel at ``rate_hz``, from ``from_ms`` to ``to_ms`` or the end. "samples"
    answers those of the first ``most_s`` at 8 kHz, each at its time: what has no sound is 0, and
    ``cut`` says whether there was more.

    Raises InputError "no-sound" and "not-decodable".
    """
    if payload["op"] == "peaks":
        return _peaks(fds[0], int(payload["bins"]))
    if payload["op"] == "samples":
        return _samples(fds[0], float(payload["most_s"]))
    from_s, to_s = payload["from_ms"] / 1000, payload["to_ms"] / 1000
    samples = _piece(fds[0], from_s, to_s)
    return {"samples": samples, "rate_hz": PIECE_RATE_HZ}


def _peaks(fd: int, bins: int) -> Answer:
    """Peaks of 20 ms, joined to at most ``bins``."""
    found: list[Any] = []
    rest = np.zeros(0, np.int16)
    count = 0
    for _, samples in _sound(fd, PEAK_RATE_HZ, 0.0):
        count += samples.size
        joined = np.concatenate([rest, samples])
        whole = joined.size - joined.size % _STEP
        found.append(_greatest(joined[:whole].reshape(-1, _STEP)))
        rest = joined[whole:]
        if count > _LONGEST_S * PEAK_RATE_HZ:
            raise InputError("the recording is longer than a day", code="sound-too-long")
    if rest.size:
        found.append(_greatest(rest.reshape(1, -1)))
    steps = np.concatenate(found) if found else np.zeros(0, np.uint8)
    parts = np.array_split(steps, max(1, min(bins, steps.size)))
    peaks = np.array([part.max() if part.size else 0 for part in parts], np.uint8)
    return {"peaks": peaks, "duration_ms": round(1000 * count / PEAK_RATE_HZ)}


def _samples(fd: int, most_s: float) -> Answer:
    """All samples up to a time, each where its file says that it is heard."""
    found: list[tuple[int, Any]] = []
    most, cut = round(most_s * PEAK_RATE_HZ), False
    for start_s, samples in _sound(fd, PEAK_RATE_HZ, 0.0):
        at = round(start_s * PEAK_RATE_HZ)
        if at + samples.size > most:
            cut = True
            break
        if at + samples.size > 0:
            found.append((max(0, at), samples[max(0, -at) :]))
    whole = np.zeros(max((at + part.size for at, part in found), default=0), np.int16)
    for at, part in found:
        whole[at : at + part.size] = part
    return {"samples": whole, "rate_hz": PEAK_RATE_HZ, "cut": cut}


def _greatest(rows: Any) -> Any:
    """The greatest amplitude of each row, uint8."""
    loud = np.abs(rows.astype(np.int32)).max(axis=1) if rows.size else np.zeros(0, np.int32)
    return np.minimum(255, loud >> 7).astype(np.uint8)


def _piece(fd: int, from_s: float, to_s: float) -> Any:
    """The samples of a piece, each at its own time: silence where the file has none before its
    last.
    """
    found = np.zeros(round((to_s - from_s) * PIECE_RATE_HZ), np.int16)
    end = 0
    for start_s, samples in _sound(fd, PIECE_RATE_HZ, from_s):
        if start_s >= to_s:
            break
        at = round((start_s - from_s) * PIECE_RATE_HZ)
        heard = samples[max(0, -at) : max(0, found.size - at)]
        if heard.size:
            begin = max(0, at)
            found[begin : begin + heard.size] = heard
            end = begin + heard.size
    return found[:end]


def _sound(fd: int, rate_hz: int, from_s: float) -> Iterator[tuple[float, Any]]:
    """The samples of the first sound of a file from a time on, one channel, with their time [s].

    What can't be decoded is left out, as it is with frames.
    """
    container, stream = _opened(fd)
    if from_s > _BEFORE_S and stream.time_base:
        try:
            container.seek(round((from_s - _BEFORE_S) / stream.time_base), stream=stream)
        except av.error.FFmpegError:
            container, stream = _opened(fd)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
    at_s: float | None = None
    start_s = _start_s(container, stream)
    for frame in _frames(container, stream):
        told_s = at_s if frame.time is None else float(frame.time) - start_s
        if at_s is None or (told_s is not None and abs(told_s - at_s) > _GAP_S):
            at_s = told_s or 0.0
        frame.pts = None
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray().reshape(-1)
            yield at_s, samples
            at_s += samples.size / rate_hz


def _start_s(container: Any, stream: Any) -> float:
    """When a file that is sound alone begins by its own clock: its beginning is 0 to a listener.

    An MP3 begins at 25 ms, because its coder's delay is left out. With pictures, sound keeps the
    clock of the frames.
    """
    if container.streams.video or stream.start_time is None or not stream.time_base:
        return 0.0
    return float(stream.start_time * stream.time_base)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Every frame that can be decoded."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            continue


def _opened(fd: int) -> tuple[Any, Any]:
    """The file and its first stream of sound, from the beginning."""
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        container = av.open(os.fdopen(os.dup(fd), "rb"), mode="r", metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise InputError(
            f"no decoder here opens this file ({type(error).__name__})",
            code="not-decodable",
            hint="noonmark probe says what it is",
        ) from None
    if not container.streams.audio:
        raise InputError(
            "the file holds no sound", code="no-sound", hint="noonmark probe says what it holds"
        )
    return container, container.streams.audio[0]
