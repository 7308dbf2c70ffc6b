"""How fast films are decoded and hashed for an index, in CPU seconds of one core and on the wall.

python benchmarks/media_hashing.py [FILM...]     two 720p H.264 films of 68 s, made of the GoPro clips of shared/data

The clips are upscaled and encoded with B-frames and a key frame every 1.9 s, as cameras and
platforms do, and every 8.3 s, as x264 does by itself; the same packets stand in each film three
times. Rates are told against the length of the film ("times real time"), whole processes with their
start included. Each way the best of two, taken in turns with PyAV by itself.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

from noonmark.media.frames import LIMITS
from noonmark.sandbox import process
from noonmark.sandbox.decoders import sparse, video

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "data" / "media" / "gopro"
WIDE, HIGH, RATE, ROUNDS, REPEATS = 1280, 720, 30, 3, 2
KEY_FRAMES = (57, 250)


def make(path: Path, key_frames: int) -> None:
    """A film with a key frame at least every so many: encoded once, written three times."""
    packets, length = [], 0
    with av.open(str(path), "w") as out:
        stream = out.add_stream(
            "libx264", rate=RATE, options={"preset": "veryfast", "g": str(key_frames)}
        )
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        for clip in sorted(CLIPS.glob("*.mp4")):
            with av.open(str(clip)) as source:
                for frame in source.decode(video=0):
                    large = frame.reformat(WIDE, HIGH, "yuv420p")
                    large.pts, large.time_base, large.pict_type = length, Fraction(1, RATE), 0
                    packets += stream.encode(large)
                    length += 1
        packets += stream.encode()
        kept = [(bytes(p), p.pts, p.dts, p.is_keyframe, p.time_base) for p in packets]
        for turn in range(ROUNDS):
            for data, pts, dts, key, base in kept:
                packet = av.Packet(data)
                shift = round(turn * length / RATE / base)
                packet.pts, packet.dts, packet.time_base, packet.is_keyframe = (
                    pts + shift,
                    dts + shift,
                    base,
                    key,
                )
                packet.stream = stream
                out.mux(packet)


def length_s(path: Path) -> tuple[float, int]:
    """How long the film is, in s, and how many frames it has."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        return float(stream.duration * stream.time_base), stream.frames


def clocked(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU and on the wall, in this process."""
    wall, cpu = time.monotonic(), time.process_time()
    act()
    return time.process_time() - cpu, time.monotonic() - wall


def peer(path: Path) -> None:
    """PyAV by itself, all frames, on all cores."""
    with av.open(str(path)) as film:
        film.streams.video[0].thread_type = "AUTO"
        for _ in film.decode(video=0):
            pass


def ours(path: Path, *, few: bool) -> None:
    """The walk of our worker, through all frames or a frame a second."""
    with path.open("rb") as stream:
        film = video.film(stream.fileno(), 1 << 30)
        for _ in sparse.about(film, 1.0) if few else video.frames(film):
            pass


def hashed(path: Path, *, key_frames: bool, threads: int) -> tuple[float, float, int]:
    """An indexing worker, whole: CPU seconds, wall seconds, frames hashed."""
    payload = {"side": "reference", "every_s": 1.0, "key_frames": key_frames, "threads": threads}
    done = process.run("fingerprint", payload=payload, files=[path], limits=LIMITS)
    return done.cpu_s, done.wall_s, int(done.value["frames"])


def main(path: Path) -> None:
    """A row for each way, as it is known."""
    lasts_s, frames = length_s(path)
    print(f"{path.name}: {lasts_s:.1f} s, {frames} frames", flush=True)
    for name, few in (("all frames", False), ("a frame a second", True)):
        pairs = [
            (clocked(lambda: peer(path)), clocked(lambda few=few: ours(path, few=few)))
            for _ in range(REPEATS)
        ]
        (their_cpu_s, my_cpu_s), (their_wall_s, my_wall_s) = (
            [min(pair[who][what] for pair in pairs) for who in (0, 1)] for what in (0, 1)
        )
        print(
            f"decode, {name}: {frames / my_wall_s:.0f} frames of film a second on the wall, "
            "PyAV's AUTO"
            f" {frames / their_wall_s:.0f}: {their_wall_s / my_wall_s:.2f} of its rate; "
            f"{their_cpu_s / my_cpu_s:.2f} by CPU",
            flush=True,
        )
    for name, key_frames in (("a frame a second", False), ("key frames only", True)):
        cpu_s, wall_s, count = min(
            hashed(path, key_frames=key_frames, threads=1) for _ in range(REPEATS)
        )
        print(
            f"index, {name}: {lasts_s / cpu_s:.1f} x real time of one core's CPU "
            f"({lasts_s / wall_s:.1f} x on the wall),"
            f" {count} frames hashed",
            flush=True,
        )


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    for film_ in sys.argv[1:]:
        main(Path(film_))
    if not sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            for every in KEY_FRAMES:
                film_path = Path(scratch) / f"720p, a key frame every {every / RATE:.1f} s.mp4"
                make(film_path, every)
                main(film_path)
