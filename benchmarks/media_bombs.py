"""Broken files and bombs, through every command that opens footage: none may crash, hang, write
outside or take our memory.

python benchmarks/media_bombs.py [--keep FILE] [WORD ...]     only files whose name holds one of the words

Each file (our bombs, and the broken ones of ../shared/data) goes through probe, frames, strip,
redact, seen and index add, each in a process of its own in an empty folder; one row is printed for
each file. Counted against a command: a traceback or a signal, more than 15 s of CPU (own and
workers') or on the wall (times what a busy loop on this machine takes beside others), a file that
is not its output, more than 100 MB of memory of the main process above the same command on a small
file. With ``--keep`` every trial is written down, and a run that was stopped goes on where it was.
At last a film of 900,000 frames, whose cost is only shown.
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
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"
COMMANDS = {
    "probe": ["probe", "{}"],
    "frames": ["frames", "{}", "--out", "out"],
    "strip": ["strip", "{}", "--out", "out.bin"],
    "redact": ["redact", "{}", "--out", "{form}"],
    "seen": ["seen", "{}", "--in", "{index}"],
    "index add": ["index", "add", "idx", "{}"],
}
MAY_STAY = {
    "out",
    "out.bin",
    "out.png",
    "out.mp4",
    "out.png.redaction.json",
    "out.mp4.redaction.json",
    "idx",
}
MOST_S, MOST_BYTES = 15.0, 100 << 20
RUN = """
import json, resource, sys
from noonmark.cli.main import main
code = main(sys.argv[2:])
own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime
# ru_maxrss begins at the parent's
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
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
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + extra
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def small(form: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """A small, sound picture."""
    out = io.BytesIO()
    Image.fromarray(
        np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    ).save(out, form, **options)
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
        tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4,
        8), (277, 3, 1),
                (278, 4, height), (279, 4, 100)]  # fmt: skip
        link = 8 if loop else len(out) + 2 + 12 * len(tags) + 4 if page + 1 < pages else 0
        out += struct.pack("<H", len(tags)) + b"".join(
            struct.pack("<HHII", t, k, 1, v) for t, k, v in tags
        )
        out += struct.pack("<I", link)
    return bytes(out)


def film(path: Path, frames: int, *, rate: int = 25, lasts_s: int = 0, repeat: int = 1) -> None:
    """A small film; ``repeat`` writes each coded frame so often, ``lasts_s`` lets the last one
    stand so long.
    """
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
    track = box(
        b"trak",
        box(b"tkhd", bytes(84)) + box(b"mdia", box(b"hdlr", bytes(8) + b"vide" + bytes(13))),
    )
    return head + box(b"moov", box(b"mvhd", bytes(100)) + track * count)


def many_streams_avi(count: int) -> bytes:
    """An AVI of so many streams."""
    strh = b"strh" + struct.pack("<I", 56) + b"vidsMJPG" + bytes(48)
    strf = (
        b"strf"
        + struct.pack("<I", 40)
        + struct.pack("<IiiHH4s", 40, 64, 64, 1, 24, b"MJPG")
        + bytes(20)
    )
    one = b"LIST" + struct.pack("<I", 4 + len(strh) + len(strf)) + b"strl" + strh + strf
    avih = b"avih" + struct.pack("<I", 56) + bytes(24) + struct.pack("<I", count) + bytes(28)
    hdrl = (
        b"LIST" + struct.pack("<I", 4 + len(avih) + count * len(one)) + b"hdrl" + avih + one * count
    )
    return (
        b"RIFF"
        + struct.pack("<I", 4 + len(hdrl) + 12)
        + b"AVI "
        + hdrl
        + b"LIST"
        + struct.pack("<I", 4)
        + b"movi"
    )


def many_tracks_mkv(count: int) -> bytes:
    """A Matroska file of so many tracks."""

    def element(number: bytes, body: bytes) -> bytes:
        return number + struct.pack(">BI", 8, len(body)).replace(b"\x08", b"\x08", 1) + body

    def number_of(size: int) -> bytes:
        return struct.pack(">Q", size | 1 << 56)

    def ebml(number: bytes, body: bytes) -> bytes:
        return number + number_of(len(body)) + body

    one = ebml(
        b"\xae",
        ebml(b"\xd7", b"\1")
        + ebml(b"\x73\xc5", b"\1")
        + ebml(b"\x83", b"\1")
        + ebml(b"\x86", b"V_MJPEG"),
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


def webp(side: int) -> bytes:
    """A WebP of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), (9, 9, 9)).save(out, "WEBP", lossless=True, method=0)
    return out.getvalue()


def bombs() -> dict[str, Callable[[Path], None]]:
    """Each bomb by its name, and what writes it when its turn comes."""
    made: dict[str, Callable[[], bytes]] = {
        "65535x65535.png": lambda: png(65535, 65535),
        "9999x9999.png": lambda: png(9999, 9999),
        "9999x9999-16-bit.png": lambda: png(9999, 9999, bits=16),
        "ztxt-256MiB.png": lambda: png(
            64, 48, extra=chunk(b"zTXt", b"Comment\0\0" + text_bomb()) * 4
        ),
        "iccp-256MiB.png": lambda: png(64, 48, extra=chunk(b"iCCP", b"p\0\0" + text_bomb())),
        "65535x65535.jpg": lambda: jpeg_of(65535, 65535),
        "9984x9984-progressive.jpg": lambda: jpeg_of(9984, 9984, progressive=True),
        "9984x9984-2000-scans.jpg": lambda: jpeg_of(9984, 9984, scans=2000),
        "a-million-segments.jpg": lambda: (
            b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000 + small("JPEG")[2:]
        ),
        "65535x65535.gif": lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + small("GIF")[10:],
        "20000-frames.gif": lambda: gif_frames(20_000),
        "a-million-blocks.gif": lambda: small("GIF")[:-1] + b"\x21\xfe\x01x\0" * 1_000_000 + b";",
        "16384x16384.webp": lambda: (
            small("WEBP", lossless=True)[:21] + struct.pack("<I", 0x0FFFFFFF) + bytes(99)
        ),
        "9990x9990.webp": lambda: webp(9990),
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
    }
    found = {name: lambda path, make=make: path.write_bytes(make()) for name, make in made.items()}
    found["one-frame-of-10-hours.mp4"] = lambda path: film(path, 1, lasts_s=36_000)
    for share in (1, 20, 50, 90, 99):
        found[f"film-cut-at-{share}.mp4"] = lambda path, share=share: hurt(path, share=share)
    found["film-hurt-in-the-middle.mp4"] = hurt
    return found


def text_bomb() -> bytes:
    """256 MiB of nothing, deflated."""
    return zlib.compress(bytes(256 << 20), 9)


def hurt(path: Path, *, share: int = 100) -> None:
    """A film cut to a share of its bytes; a whole one is hurt in its middle."""
    film(path, 50)
    whole = bytearray(path.read_bytes())
    if share == 100:
        whole[len(whole) // 3 : len(whole) // 3 + 400] = np.random.default_rng(7).bytes(400)
    path.write_bytes(whole[: len(whole) * share // 100])


# --- the trial ----------------------------------------------------------------------------------------------


def slowness() -> float:
    """How many times longer work takes on the wall than on the CPU, now, beside whatever else this
    machine does.
    """
    began_s, used_s = time.monotonic(), time.process_time()
    while time.process_time() - used_s < 0.1:
        pass
    return max(1.0, (time.monotonic() - began_s) / 0.1)


def trial(path: Path, command: str, least: dict[str, float], index: Path) -> dict[str, Any]:
    """What a command did wrong with a file, and what it cost."""
    with tempfile.TemporaryDirectory() as scratch:
        here, tmp, told = Path(scratch) / "here", Path(scratch) / "tmp", Path(scratch) / "told.json"
        here.mkdir()
        tmp.mkdir()
        form = (
            "out.mp4"
            if path.suffix.lower() in (".mp4", ".mov", ".avi", ".mkv", ".mts")
            else "out.png"
        )
        words = [
            word.format(path, form=form, index=index) if "{" in word else word
            for word in COMMANDS[command]
        ]
        slow, began_s = slowness(), time.monotonic()
        try:
            done = subprocess.run(
                [sys.executable, "-c", RUN, told, *words], cwd=here, capture_output=True,
                timeout=600, check=False,
                env=dict(os.environ, TMPDIR=str(tmp), HOME=str(here)),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"wrong": ["did not end within 600 s"], "wall": 600.0, "cpu": 0.0, "rss": 0.0}
        wall_s = time.monotonic() - began_s
        cost = (
            json.loads(told.read_text())
            if told.exists()
            else {"cpu": 0.0, "rss": 0, "code": done.returncode}
        )
        above = cost["rss"] - least.get(command, cost["rss"])
        wrong = of_ending(
            done, told.exists(), [p.name for p in here.iterdir()], [p.name for p in tmp.iterdir()]
        )
        if cost["cpu"] > MOST_S or wall_s > MOST_S * max(slow, slowness()):
            wrong.append(f"{cost['cpu']:.1f} s of CPU, {wall_s:.1f} s on the wall")
        if above > MOST_BYTES:
            wrong.append(f"{above >> 20} MB of memory above a small file's")
        return {
            "wrong": wrong,
            "wall": wall_s,
            "cpu": cost["cpu"],
            "rss": above,
            "code": done.returncode,
        }


def of_ending(
    done: subprocess.CompletedProcess[bytes], told: bool, here: list[str], tmp: list[str]
) -> list[str]:
    """How a command ended that should have ended otherwise, and what it left behind."""
    wrong = []
    if done.returncode not in (0, 1, 2, 3) or b"Traceback" in done.stderr or not told:
        wrong.append(
            f"ended with {done.returncode}: {done.stderr[-300:].decode('utf-8', 'replace')}"
        )
    if done.returncode and len(done.stderr.strip().splitlines()) > 3:
        wrong.append(f"more than a sentence: {done.stderr[:300]!r}")
    if stray := sorted(set(here) - MAY_STAY) + [f"tmp/{name}" for name in tmp]:
        wrong.append(f"left behind: {stray[:5]}")
    if done.returncode and (rest := [name for name in here if name != "idx"]):
        wrong.append(f"failed, and left {rest[:5]}")
    return wrong


def long_film(folder: Path, index: Path) -> None:
    """900 000 frames of one picture, 10 hours: no bomb but a long film, whose reading takes as long
    as its frames do.
    """
    path = folder / "900000-frames.mp4"
    film(path, 1, repeat=900_000)
    least = dict.fromkeys(COMMANDS, 0.0)
    print(f"\n10 hours of one picture, 900,000 frames, {path.stat().st_size >> 20} MB:")
    for command in ("probe", "strip", "frames", "seen", "index add"):
        found = trial(path, command, least, index)
        print(
            f"  {command:<10}{found['cpu']:7.1f} s of CPU, {found['wall']:7.1f} s on the wall,"
            f" main process {found['rss'] / (1 << 20):.0f} MB, exit code {found.get('code')}",
            flush=True,
        )


class Kept:
    """What every trial found, in memory and, one line each, in a file."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path is not None and path.exists() else []
        self.rows = {(row["file"], row["command"]): row for row in map(json.loads, lines)}

    def add(self, file: str, command: str, found: dict[str, Any]) -> None:
        """One more."""
        row = {"file": file, "command": command} | found
        self.rows[file, command] = row
        if self.path is not None:
            with self.path.open("a") as out:
                out.write(json.dumps(row) + "\n")


def main(words: list[str]) -> int:
    """One row for each file, the worst cost of each command, and the count."""
    keep = Path(words.pop(words.index("--keep") + 1)).resolve() if "--keep" in words else None
    words = [word for word in words if word != "--keep"]
    kept = Kept(keep)
    broken = (
        {path.name: path for path in sorted((SHARED / "broken").iterdir())}
        if SHARED.exists()
        else {}
    )
    makers = bombs()
    names = [n for n in (*makers, *broken) if not words or any(word in n for word in words)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        index, plain = folder / "index", folder / "small.jpg"
        plain.write_bytes(small("JPEG", (640, 480)))
        subprocess.run(
            [sys.executable, "-m", "noonmark", "index", "add", index, plain],
            check=True,
            capture_output=True,
        )
        least = {
            command: trial(plain, command, {command: 0.0}, index)["rss"] for command in COMMANDS
        }
        for name in names:
            todo = [command for command in COMMANDS if (name, command) not in kept.rows]
            path = broken.get(name, folder / name)
            if todo and name in makers:
                makers[name](path)
            for command in todo:
                kept.add(name, command, trial(path, command, least, index))
            if name in makers:
                path.unlink(missing_ok=True)
            row = [kept.rows[name, command] for command in COMMANDS]
            costs = "  ".join(f"{c} {r['cpu']:.1f}" for c, r in zip(COMMANDS, row, strict=True))
            print(f"{name:<44} CPU s: {costs}", flush=True)
            for command, found in zip(COMMANDS, row, strict=True):
                for fault in found["wrong"]:
                    print(f"FAULT {name} {command}: {fault}", flush=True)
        faults = (
            summary({key: row for key, row in kept.rows.items() if key[0] in names}, len(names))
            if names
            else 0
        )
        if not words or any(word in "900000-frames" for word in words):
            long_film(folder, index)
    return 1 if faults else 0


def summary(rows: dict[tuple[str, str], dict[str, Any]], files: int) -> int:
    """The worst of each command; returns how many faults there are."""
    faults = sum(len(row["wrong"]) for row in rows.values())
    done = sum(row.get("code") == 0 for row in rows.values())
    print(
        f"\n{files} files, {len(rows)} trials, {done} of them done, the rest refused in a "
        f"sentence; {faults} faults\n"
    )
    print("| command | most CPU s | most wall s | most MB above |\n|---|--:|--:|--:|")
    for command in COMMANDS:
        cells = []
        for what, scale, digits in (("cpu", 1.0, 1), ("wall", 1.0, 1), ("rss", 1 << 20, 0)):
            worst = max(
                (row for key, row in rows.items() if key[1] == command), key=lambda row: row[what]
            )
            cells.append(f"{worst[what] / scale:.{digits}f} ({worst['file']})")
        print(f"| {command} | {' | '.join(cells)} |")
    return faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
