"""Clips of one event on one line: the truth lies in the range, and unlike sound is refused."""

from __future__ import annotations

import json
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from noonmark import actions
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.media.clip_alignment import align
from noonmark.media.common_sound import (
    CommonSound,
    NoCommonSound,
    common_sound,
)
from noonmark.media.loudness import loudness_shape
from noonmark.media.sound import sound_samples
from testkit.kept_schemas import keeps

RATE_HZ = 8000


def talk(seed: int, lasts_s: float) -> np.ndarray:
    """Bursts of coloured noise at random times: as uneven as speech."""
    rng = np.random.default_rng(seed)
    out = rng.standard_normal(round(lasts_s * RATE_HZ)) * 0.01
    at = 0
    while at < out.size:
        long = int(rng.integers(400, 2800))
        burst = np.convolve(rng.standard_normal(long), rng.standard_normal(12), "same")
        out[at : at + long] += (burst * np.hanning(long) * rng.uniform(0.1, 1))[: out.size - at]
        at += long + int(rng.integers(0, 2400))
    return out


def heard(
    scene: np.ndarray, from_s: float, to_s: float, *, seed: int, noise: float = 0.2, ppm: float = 0
) -> np.ndarray:
    """What one camera records of a scene: its own noise, microphone, level and clock; int16."""
    rng = np.random.default_rng(seed)
    at = np.arange(from_s * RATE_HZ, to_s * RATE_HZ, 1 + ppm * 1e-6)
    sound = np.interp(at, np.arange(scene.size), scene)
    sound = np.convolve(sound, [1, 0, 0, rng.uniform(-0.6, 0.6), rng.uniform(-0.4, 0.4)])[: at.size]
    sound += noise * sound.std() * rng.standard_normal(at.size)
    return np.int16(sound / np.abs(sound).max() * rng.uniform(3000, 30000))


def compared(first: np.ndarray, second: np.ndarray) -> CommonSound | NoCommonSound:
    return common_sound(loudness_shape(first), loudness_shape(second))


def wav(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def scene() -> np.ndarray:
    return talk(1, 40)


@pytest.mark.parametrize(
    ("first", "second"), [((0, 20), (7.25, 30)), ((12, 36), (3, 19)), ((0, 40), (11, 18))]
)
def test_the_truth_lies_in_the_range(scene, first, second):
    found = compared(heard(scene, *first, seed=2), heard(scene, *second, seed=3))
    assert isinstance(found, CommonSound)
    assert abs(found.offset_s - (second[0] - first[0])) <= found.range_s <= 0.03
    assert not found.is_copy


def test_unlike_sound_is_refused(scene):
    found = compared(heard(scene, 0, 30, seed=2), heard(talk(9, 30), 0, 30, seed=3))
    assert isinstance(found, NoCommonSound) and found.why == "no common sound found"


def test_a_sound_that_repeats_has_no_one_shift(scene):
    loop = np.tile(scene[: 2 * RATE_HZ], 10)
    found = compared(heard(loop, 0, 18, seed=2), heard(loop, 1.5, 19, seed=3))
    assert isinstance(found, NoCommonSound) and "repeats" in found.why


def test_silence_is_refused(scene):
    found = compared(heard(scene, 0, 20, seed=2), np.zeros(20 * RATE_HZ, np.int16))
    assert isinstance(found, NoCommonSound)


def test_a_clip_shorter_than_what_must_be_shared_is_refused(scene):
    found = compared(heard(scene, 0, 20, seed=2), heard(scene, 4, 6, seed=3))
    assert isinstance(found, NoCommonSound) and "less than 3 s" in found.why


def test_clocks_that_run_apart_are_said(scene):
    found = compared(heard(scene, 0, 40, seed=2), heard(scene, 1, 39, seed=3, ppm=300))
    assert isinstance(found, CommonSound) and found.drifts
    assert abs(found.drift_ppm - 300) <= max(found.drift_range_ppm, 30)
    assert abs(found.offset_s - (1 + 300e-6 * 19)) <= found.range_s


def test_a_copy_of_one_recording_is_said_to_be_alike(scene):
    once = heard(scene, 0, 20, seed=2)
    found = compared(once, np.int16(once[3 * RATE_HZ :] * 0.5))
    assert isinstance(found, CommonSound) and found.is_copy


def test_three_clips_share_a_line_though_two_of_them_share_no_sound(scene):
    clips = [
        heard(scene, 0, 17, seed=2),
        heard(scene, 10, 30, seed=3),
        heard(scene, 23, 40, seed=4),
    ]
    found = align([loudness_shape(clip) for clip in clips] + [None])
    for clip, truth_s in zip(found.clips[:3], (0, 10, 23), strict=True):
        assert clip.reference == 0 and abs(clip.offset_s - truth_s) <= clip.range_s + 1e-9
    assert found.clips[2].range_s > found.clips[1].range_s
    assert found.clips[3].reference == 3 and not found.contradictions


def test_cameras_apart_widen_every_range(scene):
    shapes = [loudness_shape(heard(scene, a, a + 20, seed=a)) for a in (0, 6)]
    near, far = (align(shapes, apart_m=apart).clips[1] for apart in (0.0, 34.3))
    assert far.range_s == pytest.approx(near.range_s + 0.1)


def test_a_pair_that_disagrees_with_the_line_is_said(scene):
    # the third clip says of the first what no line through the second allows
    later = heard(scene, 20, 32, seed=3)
    cut = np.concatenate([heard(scene, 0, 12, seed=4), later])
    clips = [heard(scene, 0, 30, seed=2), later, cut]
    found = align([loudness_shape(clip) for clip in clips])
    assert [(pair.first, pair.second) for pair, _ in found.contradictions] == [(0, 1)] or (
        len(found.contradictions) == 1
    )
    assert abs(abs(found.contradictions[0][1]) - 8) < 0.1


def test_the_command_says_where_each_clip_starts(scene, tmp_path, capsys):
    a = wav(tmp_path / "a.wav", heard(scene, 0, 20, seed=2))
    b = wav(tmp_path / "b.wav", heard(scene, 5, 22, seed=3))
    c = wav(tmp_path / "c.wav", heard(talk(7, 20), 0, 20, seed=4))
    assert main(["align", str(a), str(b), str(c)]) == 0
    told = capsys.readouterr().out
    assert "2 of 3 clips share sound" in told and "c.wav: no common sound found" in told
    assert main(["align", "--json", str(a), str(b), str(c), "--apart-m", "20"]) == 0
    answer = json.loads(capsys.readouterr().out)
    keeps(answer, "align")
    row = answer["clips"][1]
    assert row["reference"] == "a.wav" and abs(row["offset_s"] - 5) <= row["range_s"]


def test_a_broken_clip_costs_only_itself(scene, tmp_path):
    a = wav(tmp_path / "a.wav", heard(scene, 0, 20, seed=2))
    b = wav(tmp_path / "b.wav", heard(scene, 5, 22, seed=3))
    (tmp_path / "c.mp4").write_bytes(b"no film")
    found = actions.align([a, tmp_path / "c.mp4", b])
    assert [clip["offset_s"] is None for clip in found["clips"]] == [False, True, False]
    assert found["clips"][1]["note"]


@pytest.mark.parametrize(
    ("count", "apart_m", "code"),
    [(1, 0, "too-few-sounds"), (21, 0, "too-many-clips"), (2, -1, "bad-distance")],
)
def test_what_can_not_be_compared_is_refused(scene, tmp_path, count, apart_m, code):
    path = wav(tmp_path / "a.wav", heard(scene, 0, 5, seed=2))
    with pytest.raises(InputError) as refused:
        actions.align([path] * count, apart_m=apart_m)
    assert refused.value.code == code


def test_one_clip_named_twice_is_refused(scene, tmp_path):
    path = wav(tmp_path / "a.wav", heard(scene, 0, 5, seed=2))
    with pytest.raises(InputError) as refused:
        actions.align([path, path])
    assert refused.value.code == "same-clip-twice"


def coded(path: Path, samples: np.ndarray, codec: str, *, gap_s: float = 0.0) -> Path:
    """A file of one sound by PyAV; with ``gap_s`` its second half comes so much later."""
    av = pytest.importorskip("av")
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no encoder {codec}")
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=RATE_HZ, layout="mono")
        size = stream.codec_context.frame_size or 1024
        kind = stream.codec_context.format.name
        for at in range(0, samples.size - size, size):
            part = np.ascontiguousarray(samples[None, at : at + size])
            frame = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
            frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
            frame.pts = at + round(gap_s * RATE_HZ) * (at >= samples.size // 2)
            resampler = av.AudioResampler(format=kind, layout="mono", rate=RATE_HZ)
            for piece in resampler.resample(frame):
                out.mux(stream.encode(piece))
        out.mux(stream.encode())
    return path


@pytest.mark.parametrize(("codec", "name"), [("libmp3lame", "b.mp3"), ("aac", "b.mp4")])
def test_the_delay_of_a_coder_is_no_offset(scene, tmp_path, codec, name):
    # an MP3 begins at 25 ms or more by its own clock
    once = heard(scene, 0, 16, seed=2)
    plain = sound_samples(wav(tmp_path / "a.wav", once)).values
    found = compared(plain, sound_samples(coded(tmp_path / name, once, codec)).values)
    assert isinstance(found, CommonSound) and abs(found.offset_s) <= found.range_s


def test_sound_lies_where_its_file_says_that_it_is_heard(scene, tmp_path):
    once = heard(scene, 0, 8, seed=2)
    found = sound_samples(coded(tmp_path / "a.mkv", once, "pcm_s16le", gap_s=2.0)).values
    assert abs(found.size / RATE_HZ - 10) < 0.3
    assert np.abs(found[round(4.3 * RATE_HZ) : round(5.7 * RATE_HZ)]).max() == 0
    assert np.array_equal(found[round(8 * RATE_HZ) :][:4000], once[round(6 * RATE_HZ) :][:4000])
