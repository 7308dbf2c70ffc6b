"""How fast films are decoded and hashed for an index, in CPU seconds of one core.

python benchmarks/media_hashing.py [FILM]      a 720p H.264 film of 68 s, made of the GoPro clips of shared/data

The film is a clip upscaled, with B-frames and a key frame every 1.9 s, and the same packets three times over. Rates are told
against the length of the film ("times real time"), whole processes with their start included.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

from noonmark.media import sandbox
from noonmark.media.frames import LIMITS
from noonmark.media.workers import video

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "data" / "media" / "gopro"
WIDE, HIGH, RATE, ROUNDS, KEY_FRAMES = 1280, 720, 30, 3, 57


def make(path: Path) -> None:
    """The film: encoded once, written three times."""
    packets, length = [], 0
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "g": str(KEY_FRAMES)})
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
                packet.pts, packet.dts, packet.time_base, packet.is_keyframe = pts + shift, dts + shift, base, key
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


def ours(path: Path, *, skip: str = "DEFAULT") -> None:
    """The walk of our worker, for hashing: what no other frame needs is left out with NONREF."""
    with path.open("rb") as stream:
        film = video.film(stream.fileno(), 1 << 30)
        film.skip(skip)
        for _ in video.frames(film):
            pass


def hashed(path: Path, *, key_frames: bool, threads: int) -> tuple[float, float, int]:
    """An indexing worker, whole: CPU seconds, wall seconds, frames hashed."""
    payload = {"side": "reference", "every_s": 1.0, "key_frames": key_frames, "threads": threads}
    done = sandbox.run("fingerprint", payload=payload, files=[path], limits=LIMITS)
    return done.cpu_s, done.wall_s, int(done.value["frames"])


def main(path: Path) -> None:
    """Each way, the best of three by CPU."""
    lasts_s, frames = length_s(path)
    print(f"{path.name}: {lasts_s:.1f} s, {frames} frames", flush=True)
    theirs = min((clocked(lambda: peer(path)) for _ in range(3)), key=lambda t: t[1])
    for name, skip in (("all frames", "DEFAULT"), ("as for hashing", "NONREF")):
        mine = min((clocked(lambda skip=skip: ours(path, skip=skip)) for _ in range(3)), key=lambda t: t[1])
        print(
            f"decode, {name}: {frames / mine[1]:.0f} frames/s of film on the wall, PyAV's AUTO {frames / theirs[1]:.0f}:"
            f" {theirs[1] / mine[1]:.2f} of its rate ({theirs[0] / mine[0]:.2f} by CPU)",
            flush=True,
        )
    for name, key_frames in (("a frame a second", False), ("key frames only", True)):
        cpu_s, wall_s, count = min(hashed(path, key_frames=key_frames, threads=1) for _ in range(3))
        print(
            f"index, {name}: {lasts_s / cpu_s:.1f} x real time of one core's CPU ({lasts_s / wall_s:.1f} x on the wall),"
            f" {count} frames hashed",
            flush=True,
        )
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    if sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            film_ = Path(scratch) / "film720.mp4"
            make(film_)
            main(film_)
