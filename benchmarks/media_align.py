"""How often the truth lies in the stated range of ``noonmark align``, and how often nothing is found.

Scenes are made: sources at places (voices, claps, engines, music with a beat, a siren, shots), two
cameras that hear them over their own ways, with an echo, a microphone, wind, level and clock of
their own, coded by codecs of phones. ``python benchmarks/media_align.py [--quick]``.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import av
import numpy as np
from scipy.signal import fftconvolve, lfilter

from noonmark.media import common_sound, loudness
from noonmark.sandbox.tasks import sound

RATE_HZ = 24_000
CODED_HZ = 48_000
SOUND_M_PER_S = 343.0
KINDS = ("street", "protest", "shots", "music", "quiet", "wind", "siren")
CODECS = (
    ("aac", "mp4", 64_000),
    ("aac", "mp4", 32_000),
    ("libopus", "webm", 24_000),
    ("libmp3lame", "mp3", 32_000),
    ("pcm_s16le", "wav", 0),
    ("libopus", "ogg", 12_000),
)


def scene(rng, kind, lasts_s):
    """Sources of a scene: place [m] and sound at 48 kHz."""
    n = round(lasts_s * RATE_HZ)
    sources = []
    makers = {
        "street": (voice, voice, engine, claps),
        "protest": (chant, voice, voice, claps),
        "shots": (shots, voice, engine),
        "music": (music, voice),
        "quiet": (voice,),
        "wind": (voice, claps),
        "siren": (siren, engine),
    }[kind]
    for make in makers:
        place = rng.uniform(-20, 20, 2)
        sources.append((place, make(rng, n) * 10 ** rng.uniform(-0.6, 0.0)))
    return sources


def noise(rng, n, slope):
    spectrum = np.fft.rfft(rng.standard_normal(n))
    f = np.fft.rfftfreq(n, 1 / RATE_HZ)
    spectrum *= 1 / np.maximum(f, 20) ** slope
    x = np.fft.irfft(spectrum, n)
    return x / x.std()


def voice(rng, n):
    """Syllables: noise and pulses through moving formants."""
    out = np.zeros(n)
    at = 0
    while at < n:
        at += round(
            RATE_HZ * (rng.exponential(0.9) if rng.random() < 0.15 else rng.uniform(0.02, 0.15))
        )
        m = round(RATE_HZ * rng.uniform(0.08, 0.35))
        pitch = rng.uniform(90, 260) * (1 + 0.1 * np.linspace(0, rng.uniform(-1, 1), m))
        phase = np.cumsum(pitch) / RATE_HZ
        source = np.diff(np.floor(phase), prepend=0) + 0.03 * rng.standard_normal(m)
        for _ in range(3):
            f, b = rng.uniform(300, 3200), rng.uniform(60, 200)
            r = np.exp(-np.pi * b / RATE_HZ)
            source = lfilter([1 - r], [1, -2 * r * np.cos(2 * np.pi * f / RATE_HZ), r * r], source)
        source *= np.hanning(m) / (np.abs(source).max() + 1e-9)
        end = min(n, at + m)
        if at < n:
            out[at:end] += source[: end - at]
        at = end
    return out


def chant(rng, n):
    """One phrase again and again, not quite in time."""
    period = rng.uniform(1.6, 2.6)
    phrase = voice(rng, round(RATE_HZ * period * 0.8))
    out = np.zeros(n)
    at = 0.0
    while at < n / RATE_HZ:
        i = round(at * RATE_HZ)
        out[i : i + len(phrase)] += phrase[: n - i] * rng.uniform(0.7, 1)
        at += period * rng.normal(1, 0.02)
    return out


def claps(rng, n):
    out = np.zeros(n)
    for at in np.cumsum(rng.exponential(1.3, int(n / RATE_HZ) + 1)):
        i = round(at * RATE_HZ)
        if i < n:
            tail = rng.standard_normal(1200) * np.exp(-np.arange(1200) / 400) * rng.uniform(0.3, 1)
            out[i : i + 1200] += tail[: n - i]
    return out


def shots(rng, n):
    out = np.zeros(n)
    for at in np.cumsum(rng.exponential(4, int(n / RATE_HZ / 4) + 2)):
        i = round(at * RATE_HZ)
        if i < n:
            tail = rng.standard_normal(12000) * np.exp(-np.arange(12000) / 3000)
            out[i : i + 12000] += 3 * tail[: n - i]
    return out


def engine(rng, n):
    speed = 30 + 15 * np.interp(np.arange(n), np.linspace(0, n, 12), rng.standard_normal(12))
    phase = np.cumsum(np.maximum(speed, 10)) / RATE_HZ * 2 * np.pi
    return 0.15 * sum(np.sin(k * phase) / k for k in range(1, 12)) * noise(rng, n, 0.5) * 0.3


def music(rng, n, exact=False):
    """A beat with a tune over it."""
    beat = 60 / rng.uniform(80, 130)
    out = np.zeros(n)
    for k, at in enumerate(np.arange(0, n / RATE_HZ, beat / 2)):
        i = round(at * RATE_HZ)
        m = round(beat / 2 * RATE_HZ)
        f = 220 * 2 ** (rng.integers(0, 12) / 12 if not exact else 0)
        note = sum(np.sin(2 * np.pi * f * h * np.arange(m) / RATE_HZ) / h for h in range(1, 6))
        note *= np.exp(-np.arange(m) / (0.2 * RATE_HZ))
        out[i : i + m] += 0.3 * note[: n - i]
        if k % 2 == 0:
            kick = np.sin(2 * np.pi * 90 * np.arange(2000) / RATE_HZ) * np.exp(
                -np.arange(2000) / 900
            )
            out[i : i + 2000] += kick[: n - i]
    return out


def siren(rng, n):
    period = rng.uniform(2, 5)
    t = np.arange(n) / RATE_HZ
    return 0.3 * np.sin(2 * np.pi * np.cumsum(700 + 300 * np.sin(2 * np.pi * t / period)) / RATE_HZ)


def heard(rng, sources, place, start_s, lasts_s, ppm, noise_db, wind):
    """What a camera at a place records: int16 at 48 kHz."""
    n = round(lasts_s * RATE_HZ)
    t = start_s + np.arange(n) / RATE_HZ * (1 + ppm * 1e-6)
    out = np.zeros(n)
    for spot, wave in sources:
        away = float(np.hypot(np.hypot(*(spot - place)), 1.5))
        at = (t - away / SOUND_M_PER_S) * RATE_HZ
        out += np.interp(at, np.arange(len(wave)), wave, left=0, right=0) * 5 / away
    m = round(rng.uniform(0.1, 0.6) * RATE_HZ)
    tail = rng.standard_normal(m) * np.exp(-np.arange(m) / (m / 5)) * rng.uniform(0.002, 0.02)
    tail[0] = 1.0
    out = fftconvolve(out, tail)[:n]
    level = out.std() + 1e-9
    out += noise(rng, n, rng.uniform(0, 0.6)) * level * 10 ** (-noise_db / 20)
    if wind:
        gusts = np.interp(
            np.arange(n),
            np.linspace(0, n, max(3, round(lasts_s))),
            rng.random(max(3, round(lasts_s))) ** 2,
        )
        out += noise(rng, n, 1.0) * level * 3 * gusts
    for _ in range(3):  # a microphone
        f, b, g = rng.uniform(200, 6000), rng.uniform(300, 3000), rng.uniform(-0.7, 1.5)
        r = np.exp(-np.pi * b / RATE_HZ)
        out = out + g * lfilter([1 - r], [1, -2 * r * np.cos(2 * np.pi * f / RATE_HZ), r * r], out)
    out *= 10 ** rng.uniform(-1.6, -0.2) / (np.abs(out).max() + 1e-9)
    out = np.tanh(out * rng.uniform(0.8, 3.0))  # some clip
    return (out * 0.9 / max(1.0, np.abs(out).max()) * 32767).astype(np.int16)


def coded(samples, codec, form, rate):
    """The film or sound file."""
    held = io.BytesIO()
    with av.open(held, "w", format=form) as out:
        stream = out.add_stream(codec, rate=CODED_HZ, layout="mono")
        if rate:
            stream.bit_rate = rate
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="mono",
            rate=CODED_HZ,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        for f in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(f))
        out.mux(stream.encode())
    return held.getvalue()


def decoded(data: bytes, folder: Path) -> Any:
    """The samples as the sandboxed task gives them."""
    path = folder / "clip"
    path.write_bytes(data)
    with path.open("rb") as file:
        return sound.main({"op": "samples", "most_s": 3600.0}, [file.fileno()])["samples"]


@dataclass(frozen=True)
class Take:
    """A camera's clip: its scene, when it starts [s], how fast its clock runs, its codec."""

    scene: int
    kind: str
    start_s: float
    ppm: float
    codec: str
    place: Any
    shape: loudness.LoudnessShape


def takes_of(number: int, kind: str, count: int, folder: Path) -> list[Take]:
    """The clips of one scene."""
    rng = np.random.default_rng([2027, number])
    spans = [(rng.uniform(1, 25), rng.uniform(10, 40)) for _ in range(count)]
    sources = scene(rng, kind, max(a + b for a, b in spans) + 1)
    made = []
    for start_s, lasts_s in spans:
        place = rng.uniform(-15, 15, 2)
        ppm = rng.uniform(-60, 60)
        codec = CODECS[rng.integers(len(CODECS))]
        raw = heard(
            rng, sources, place, start_s, lasts_s, ppm, rng.uniform(0, 20), wind=kind == "wind"
        )
        shape = loudness.loudness_shape(decoded(coded(raw, *codec), folder))
        made.append(Take(number, kind, start_s, ppm, f"{codec[0]} {codec[1]}", place, shape))
    return made


def overlap_s(a: Take, b: Take) -> float:
    """How much of their scene two clips share [s]."""
    ends = [take.start_s + len(take.shape.samples) / 8000 for take in (a, b)]
    return min(ends) - max(a.start_s, b.start_s)


def judged(a: Take, b: Take) -> dict[str, Any]:
    """What is found of a pair, beside the truth in the middle of what they share."""
    found = common_sound.common_sound(a.shape, b.shape)
    row: dict[str, Any] = {
        "same": a.scene == b.scene,
        "kind": a.kind,
        "other": b.kind,
        "codecs": sorted((a.codec, b.codec)),
        "overlap_s": overlap_s(a, b) if a.scene == b.scene else 0,
        "apart_m": float(np.hypot(*(a.place - b.place))),
        "peak": found.peak,
        "lead": found.lead,
        "found": isinstance(found, common_sound.CommonSound),
    }
    if isinstance(found, common_sound.CommonSound):
        at_s = max(0.0, found.offset_s) + found.overlap_s / 2
        scene_s = a.start_s + at_s * (1 + a.ppm * 1e-6)
        truth_s = at_s - (scene_s - b.start_s) / (1 + b.ppm * 1e-6)
        row |= {
            "error_s": found.offset_s - truth_s,
            "range_s": found.range_s,
            "pieces": found.pieces,
            "drift_ppm": found.drift_ppm,
            "drifts": bool(found.drifts),
            "alike": found.alike,
            "drift_range_ppm": found.drift_range_ppm,
            "true_ppm": b.ppm - a.ppm,
        }
    return row


def main() -> None:
    """Make the scenes, compare every pair, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="7 scenes instead of 49")
    parser.add_argument("--rows", type=Path, help="also write each pair as a line of JSON")
    args = parser.parse_args()
    scenes, cameras = (7, 3) if args.quick else (49, 4)
    with tempfile.TemporaryDirectory() as folder:
        takes = [
            take
            for number in range(scenes)
            for take in takes_of(number, KINDS[number % len(KINDS)], cameras, Path(folder))
        ]
    rows = [
        judged(a, b)
        for a, b in combinations(takes, 2)
        if a.scene == b.scene or a.kind == b.kind or args.quick
    ]
    if args.rows:
        args.rows.write_text("".join(json.dumps(row, default=float) + "\n" for row in rows))
    tell(rows)


def tell(rows: list[dict[str, Any]]) -> None:
    """Print how many are found, how often the truth is in the range, what is found wrongly."""
    shared = [r for r in rows if r["same"] and r["overlap_s"] >= 3]
    print("| kind | pairs with 3 s or more in common | found | right | truth in range |")
    print("|---|--:|--:|--:|--:|")
    for kind in (*KINDS, None):
        these = [r for r in shared if kind in (None, r["kind"])]
        found = [r for r in these if r["found"]]
        right = [r for r in found if abs(r["error_s"]) < 0.5]
        held = [
            r for r in found if abs(r["error_s"]) <= r["range_s"] + r["apart_m"] / SOUND_M_PER_S
        ]
        print(f"| {kind or 'all'} | {len(these)} | {len(found)} | {len(right)} | {len(held)} |")
    for low, high in ((3, 6), (6, 12), (12, 60)):
        these = [r for r in shared if low <= r["overlap_s"] < high]
        print(
            f"{low} to {high} s in common: {sum(r['found'] for r in these)} of {len(these)} found"
        )
    good = [r for r in shared if r["found"] and abs(r["error_s"]) < 0.5]
    errors = np.array([abs(r["error_s"]) for r in good])
    print(
        f"error: median {1000 * np.median(errors):.1f} ms, 95 % under {1000 * np.quantile(errors, 0.95):.1f} ms"
    )
    drifts = [r for r in good if r["drifts"]]
    held = sum(abs(r["drift_ppm"] - r["true_ppm"]) <= r["drift_range_ppm"] for r in drifts)
    print(f"drift stated {len(drifts)} times, truth in its range {held}")
    unlike = [r for r in rows if not r["same"]]
    print(
        f"unlike clips: {sum(r['found'] for r in unlike)} of {len(unlike)} pairs found to share sound;"
        f" highest peak {max(r['peak'] for r in unlike):.1f}"
    )
    print(f"alike: at most {max(r['alike'] for r in good):.2f}")


if __name__ == "__main__":
    main()
