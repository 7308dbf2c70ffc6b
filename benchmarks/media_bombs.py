"""Broken files and bombs, through every command that opens footage: none may crash, hang, write outside or take our memory.

python benchmarks/media_bombs.py [WORD ...]     only files whose name holds one of the words; broken files of ../shared/data too

Each file goes through probe, frames, strip and redact, each in a process of its own in an empty folder. Counted against a
command: a traceback or a signal, more than 15 s of CPU (own and workers') or on the wall (times what a busy loop on this
machine takes beside others), a file that is not its output, more than 100 MB of memory of the main process above the same
command on a small file.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"
COMMANDS = {
    "probe": ["probe", "{}"],
    "frames": ["frames", "{}", "--out", "out"],
    "strip": ["strip", "{}", "--out", "out.bin"],
    "redact": ["redact", "{}", "--out", "{form}"],
}
MAY_STAY = {"out", "out.bin", "out.png", "out.mp4", "out.png.redaction.json", "out.mp4.redaction.json"}
MOST_S, MOST_BYTES = 15.0, 100 << 20
RUN = """
import json, resource, sys
from noonmark.cli.main import main
code = main(sys.argv[2:])
own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # ru_maxrss begins at the parent's
open(sys.argv[1], "w").write(json.dumps({"code": code, "rss": int(peak.split()[1]) * 1024, "cpu": cpu}))
sys.exit(code)
"""


# --- the bombs ----------------------------------------------------------------------------------------------


def box(kind: bytes, body: bytes) -> bytes:
    """One box of an ISO base media file."""
    return struct.pack(">I4s", 8 + len(body), kind) + body


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, bits: int = 1, extra: bytes = b"") -> bytes:
    """A PNG of zeros, grey, however large."""
    packer, row = zlib.compressobj(9), bytes(1 + (width * bits + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def small(form: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """A small, sound picture."""
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)).save(
        out, form, **options
    )
    return out.getvalue()


def jpeg_of(width: int, height: int, *, progressive: bool = False, scans: int = 0) -> bytes:
    """A JPEG whose head claims another size; or one with its last scan repeated."""
    data = bytearray(small("JPEG", progressive=progressive or bool(scans)))
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    if scans:
        last = data.rfind(b"\xff\xda")
        data[-2:] = data[last:-2] * scans + b"\xff\xd9"
    return bytes(data)


def tiff_of(width: int, height: int, *, loop: bool = False, pages: int = 1) -> bytes:
    """A TIFF that claims a size; its pages in a circle, or many."""
    out = bytearray(b"II*\0\x08\0\0\0")
    for page in range(pages):
        tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
                (278, 4, height), (279, 4, 100)]  # fmt: skip
        link = 8 if loop else len(out) + 2 + 12 * len(tags) + 4 if page + 1 < pages else 0
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in tags)
        out += struct.pack("<I", link)
    return bytes(out)


def film(path: Path, frames: int, *, rate: int = 25, lasts_s: int = 0, repeat: int = 1) -> None:
    """A small film; ``repeat`` writes each coded frame so often, ``lasts_s`` lets the last one stand so long."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"g": "1", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        number = 0
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        packets = []
        for i in range(frames):
            picture.pts, picture.time_base = i, Fraction(1, rate)
            packets += stream.encode(picture)
        for packet in [*packets, *stream.encode()]:
            raw = bytes(packet)
            for _ in range(repeat):
                copy = av.Packet(raw)
                copy.stream, copy.time_base, copy.is_keyframe = stream, Fraction(1, rate), True
                copy.pts = copy.dts = number
                copy.duration = 1 if not lasts_s else lasts_s * rate
                number += 1
                out.mux(copy)


def many_tracks(count: int) -> bytes:
    """An MP4 of so many empty tracks."""
    head = box(b"ftyp", b"isom" + bytes(4)) + b""
    track = box(b"trak", box(b"tkhd", bytes(84)) + box(b"mdia", box(b"hdlr", bytes(8) + b"vide" + bytes(13))))
    return head + box(b"moov", box(b"mvhd", bytes(100)) + track * count)


def many_streams_avi(count: int) -> bytes:
    """An AVI of so many streams."""
    strh = b"strh" + struct.pack("<I", 56) + b"vidsMJPG" + bytes(48)
    strf = b"strf" + struct.pack("<I", 40) + struct.pack("<IiiHH4s", 40, 64, 64, 1, 24, b"MJPG") + bytes(20)
    one = b"LIST" + struct.pack("<I", 4 + len(strh) + len(strf)) + b"strl" + strh + strf
    avih = b"avih" + struct.pack("<I", 56) + bytes(24) + struct.pack("<I", count) + bytes(28)
    hdrl = b"LIST" + struct.pack("<I", 4 + len(avih) + count * len(one)) + b"hdrl" + avih + one * count
    return b"RIFF" + struct.pack("<I", 4 + len(hdrl) + 12) + b"AVI " + hdrl + b"LIST" + struct.pack("<I", 4) + b"movi"


def many_tracks_mkv(count: int) -> bytes:
    """A Matroska file of so many tracks."""

    def element(number: bytes, body: bytes) -> bytes:
        return number + struct.pack(">BI", 8, len(body)).replace(b"\x08", b"\x08", 1) + body

    def number_of(size: int) -> bytes:
        return struct.pack(">Q", size | 1 << 56)

    def ebml(number: bytes, body: bytes) -> bytes:
        return number + number_of(len(body)) + body

    one = ebml(
        b"\xae", ebml(b"\xd7", b"\1") + ebml(b"\x73\xc5", b"\1") + ebml(b"\x83", b"\1") + ebml(b"\x86", b"V_MJPEG")
    )
    head = ebml(b"\x1a\x45\xdf\xa3", ebml(b"\x42\x82", b"matroska"))
    return head + ebml(b"\x18\x53\x80\x67", ebml(b"\x16\x54\xae\x6b", one * count))


def deep(levels: int) -> bytes:
    """Boxes in boxes."""
    body = b""
    for _ in range(levels):
        body = box(b"moov", body)
    return box(b"ftyp", b"isom" + bytes(4)) + body


def gif_frames(count: int) -> bytes:
    """A GIF of so many frames of 1000 x 1000."""
    out = io.BytesIO()
    Image.new("L", (1000, 1000)).save(out, "GIF")
    data = out.getvalue()
    at = data.index(b"\x2c")
    return data[:at] + data[at:-1] * count + b";"


def bombs(folder: Path) -> Iterator[Path]:
    """Each bomb, written when its turn comes."""
    text = zlib.compress(bytes(256 << 20), 9)
    made: dict[str, Callable[[], bytes]] = {
        "65535x65535.png": lambda: png(65535, 65535),
        "9999x9999.png": lambda: png(9999, 9999),
        "9999x9999-16-bit.png": lambda: png(9999, 9999, bits=16),
        "ztxt-256MiB.png": lambda: png(64, 48, extra=chunk(b"zTXt", b"Comment\0\0" + text) * 4),
        "iccp-256MiB.png": lambda: png(64, 48, extra=chunk(b"iCCP", b"p\0\0" + text)),
        "65535x65535.jpg": lambda: jpeg_of(65535, 65535),
        "9984x9984-progressive.jpg": lambda: jpeg_of(9984, 9984, progressive=True),
        "9984x9984-2000-scans.jpg": lambda: jpeg_of(9984, 9984, scans=2000),
        "a-million-segments.jpg": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000 + small("JPEG")[2:],
        "65535x65535.gif": lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + small("GIF")[10:],
        "20000-frames.gif": lambda: gif_frames(20_000),
        "16383x16383.webp": lambda: small("WEBP", lossless=True)[:21] + struct.pack("<I", 0x0FFFFFFF) + bytes(99),
        "65535x65535.tif": lambda: tiff_of(65535, 65535),
        "circle.tif": lambda: tiff_of(10, 10, loop=True),
        "100000-pages.tif": lambda: tiff_of(10, 10, pages=100_000),
        "a-million-tracks.mp4": lambda: many_tracks(1_000_000),
        "a-million-streams.avi": lambda: many_streams_avi(1_000_000),
        "a-million-tracks.mkv": lambda: many_tracks_mkv(1_000_000),
        "100000-deep.mp4": lambda: deep(100_000),
        "picture-and-archive.jpg": lambda: small("JPEG") + b"PK\x03\x04" + bytes(500),
        "picture-and-film.png": lambda: small("PNG") + many_tracks(3),
        "film-and-picture.mp4": lambda: many_tracks(1) + small("JPEG"),
        "page-and-picture.gif": lambda: b"GIF89a/*<script>*/=1;" + small("GIF")[20:],
        "document-and-picture.pdf": lambda: b"%PDF-1.4\n" + small("JPEG") + b"\n%%EOF",
        "a-jpeg-called.mp4": lambda: small("JPEG"),
        "empty.jpg": lambda: b"",
        "one-byte.mp4": lambda: b"\0",
    }  # fmt: skip
    for name, make in made.items():
        (folder / name).write_bytes(make())
        yield folder / name
    film(folder / "one-frame-of-10-hours.mp4", 1, lasts_s=36_000)
    yield folder / "one-frame-of-10-hours.mp4"
    film(folder / "film.mp4", 50)
    whole = (folder / "film.mp4").read_bytes()
    for share in (1, 20, 50, 90, 99):
        (folder / f"film-cut-at-{share}.mp4").write_bytes(whole[: len(whole) * share // 100])
        yield folder / f"film-cut-at-{share}.mp4"
    hurt = bytearray(whole)
    hurt[len(whole) // 3 : len(whole) // 3 + 400] = os.urandom(400)
    (folder / "film-hurt-in-the-middle.mp4").write_bytes(hurt)
    yield folder / "film-hurt-in-the-middle.mp4"


# --- the trial ----------------------------------------------------------------------------------------------


def slowness() -> float:
    """How many times longer work takes on the wall than on the CPU, now, beside whatever else this machine does."""
    began_s, used_s = time.monotonic(), time.process_time()
    while time.process_time() - used_s < 0.1:
        pass
    return max(1.0, (time.monotonic() - began_s) / 0.1)


def trial(path: Path, command: str, least: dict[str, int]) -> tuple[list[str], dict[str, float]]:
    """What a command did wrong with a file, and what it cost."""
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch) / "here"
        (Path(scratch) / "tmp").mkdir()
        here.mkdir()
        form = "out.mp4" if path.suffix.lower() in (".mp4", ".mov", ".avi", ".mkv", ".mts") else "out.png"
        words = [word.format(path, form=form) if "{" in word else word for word in COMMANDS[command]]
        slow = slowness()
        began = time.monotonic()
        told = Path(scratch) / "told.json"
        try:
            done = subprocess.run(
                [sys.executable, "-c", RUN, told, *words], cwd=here, capture_output=True, timeout=300, check=False,
                env=dict(os.environ, TMPDIR=str(Path(scratch) / "tmp"), HOME=str(here)),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return ["did not end within 300 s"], {"wall": 300.0, "cpu": 0.0, "rss": 0.0}
        wall_s = time.monotonic() - began
        cost = json.loads(told.read_text()) if told.exists() else {"cpu": 0.0, "rss": 0, "code": done.returncode}
        wrong = []
        if done.returncode not in (0, 1, 2, 3) or b"Traceback" in done.stderr or not told.exists():
            wrong.append(f"ended with {done.returncode}: {done.stderr[-300:].decode('utf-8', 'replace')}")
        if done.returncode and len(done.stderr.strip().splitlines()) > 3:
            wrong.append(f"more than a sentence: {done.stderr[:300]!r}")
        if cost["cpu"] > MOST_S or wall_s > MOST_S * max(slow, slowness()):
            wrong.append(f"{cost['cpu']:.1f} s of CPU, {wall_s:.1f} s on the wall")
        above = cost["rss"] - least.get(command, cost["rss"])
        if above > MOST_BYTES:
            wrong.append(f"{above >> 20} MB of memory above a small file's")
        stray = {p.name for p in here.iterdir()} - MAY_STAY | {
            f"tmp/{p.name}" for p in (Path(scratch) / "tmp").iterdir()
        }
        if stray:
            wrong.append(f"left behind: {sorted(stray)[:5]}")
        if done.returncode and any(here.iterdir()):
            wrong.append(f"failed, and left {sorted(p.name for p in here.iterdir())[:5]}")
        return wrong, {"wall": wall_s, "cpu": float(cost["cpu"]), "rss": float(above)}


def long_film(folder: Path) -> None:
    """900 000 frames of one picture, 10 hours: no bomb but a long film, whose reading takes as long as its frames do."""
    path = folder / "900000-frames.mp4"
    film(path, 1, repeat=900_000)
    print(f"\n10 hours of one picture, 900,000 frames, {path.stat().st_size >> 20} MB:")
    for command in ("probe", "strip", "frames"):
        wrong, cost = trial(path, command, {})
        print(
            f"  {command:<8}{cost['cpu']:7.1f} s of CPU, {cost['wall']:7.1f} s on the wall   {'; '.join(wrong)}",
            flush=True,
        )


def main(words: list[str]) -> int:
    """One line for each fault, the worst cost of each command, and the count."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "small.jpg").write_bytes(small("JPEG"))
        least = {c: int(_peak(folder / "small.jpg", c)) for c in COMMANDS}
        broken = sorted((SHARED / "broken").iterdir()) if SHARED.exists() else []
        worst = {c: {"wall": (0.0, ""), "cpu": (0.0, ""), "rss": (0.0, "")} for c in COMMANDS}
        faults = count = 0
        for path in (*bombs(folder), *broken):
            if words and not any(word in path.name for word in words):
                continue
            count += 1
            for command in COMMANDS:
                wrong, cost = trial(path, command, least)
                faults += len(wrong)
                for row in wrong:
                    print(f"FAULT {path.name} {command}: {row}", flush=True)
                for what, value in cost.items():
                    worst[command][what] = max(worst[command][what], (value, path.name))
            if path.parent == folder:
                path.unlink(missing_ok=True)
        print(
            f"{count} files, {count * len(COMMANDS)} trials, {faults} faults\n\n| command | most CPU s | most wall s | most MB above |"
        )
        print("|---|--:|--:|--:|")
        for command, most in worst.items():
            cpu, wall, rss = most["cpu"], most["wall"], most["rss"]
            print(
                f"| {command} | {cpu[0]:.1f} ({cpu[1]}) | {wall[0]:.1f} ({wall[1]}) | {rss[0] / (1 << 20):.0f} ({rss[1]}) |"
            )
        if not words or any(word in "900000-frames" for word in words):
            long_film(folder)
    return 1 if faults else 0


def _peak(path: Path, command: str) -> float:
    """The memory of the main process on a small file."""
    return trial(path, command, {command: 0})[1]["rss"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
