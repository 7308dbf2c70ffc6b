"""Take the metadata out and leave the picture data as it is: segments, chunks or streams, each by an allow-list."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any

from noonmark.errors import InputError
from noonmark.media.workers.reader import Notebook, of_file

_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB", b"acTL", b"fcTL", b"fdAT"}
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
_JPEG_KEPT = {0xDB, 0xC4, 0xDD, 0xCC, *range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
_MOST_BYTES = 512 << 20
_MOST_COMPARED = 100


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """Read the first file, write the second. Returns what was left out, by name, with its bytes.

    With ``compare`` in the payload: whether two photos show the same, pixel by pixel, frame by frame.
    """
    from noonmark.media.workers.probe import sniff

    if payload.get("compare"):
        return _compare(fds, payload["limits"]["pixels"])
    view = of_file(fds[0])
    container, _ = sniff(view)
    if container in ("MP4", "MOV"):
        return _film(fds)
    from noonmark.media.workers.strip_gif import gif
    from noonmark.media.workers.strip_heif import heif
    from noonmark.media.workers.strip_tiff import tiff

    makers = {"JPEG": jpeg, "PNG": png, "WebP": webp, "TIFF": tiff, "GIF": gif} | dict.fromkeys(
        ("HEIC", "HEIF", "AVIF"), heif
    )
    if container not in makers or view.size > _MOST_BYTES:
        raise refusal(f"it is {container}, or too large")
    gone: dict[str, int] = {}
    clean = makers[container](os.pread(fds[0], view.size, 0), gone)
    at = 0
    while at < len(clean):
        at += os.write(fds[1], clean[at : at + (1 << 20)])
    return {"container": container, "removed": gone}


def refusal(why: str) -> InputError:
    """The error of every file whose metadata would take the picture with it."""
    return InputError(
        f"metadata can't be taken out of this file in place: {why}",
        code="strip-unsupported",
        hint="noonmark redact FILE --out NEW.png makes the pixels anew, which leaves all metadata behind",
    )


def _compare(fds: list[int], pixels: int) -> dict[str, Any]:
    """``same`` is None where the first file can't be decoded here, so that there is nothing to compare."""
    from noonmark.media.workers import pictures

    try:
        old = [*_frames(pictures.opened(fds[0], pixels))]
    except (InputError, OSError, ValueError, SyntaxError):
        return {"same": None, "pictures": 0}
    new = [*_frames(pictures.opened(fds[1], pixels))]
    return {"same": bool(old) and old == new, "pictures": len(old)}


def _frames(image: Any) -> Iterator[tuple[Any, ...]]:
    """Size, mode, time and digest of each picture that a clean file keeps: of a HEIF the main one, of a TIFF pages."""
    import hashlib

    main_only = image.format in ("HEIF", "AVIF")
    for number in range(1 if main_only else min(getattr(image, "n_frames", 1), _MOST_COMPARED)):
        if not main_only and number:
            image.seek(number)
        if image.format != "TIFF" or not image.tag_v2.get(254, 0) & 1:
            shown = hashlib.sha256(image.tobytes()).digest()
            yield image.size, image.mode, shown, image.info.get("duration"), image.info.get("loop")


def jpeg(data: bytes, gone: dict[str, int], *, turn: bool = True) -> bytes:
    """Tables and scans only; of EXIF the orientation alone is written anew, so that the picture stays upright."""
    out, at, turned = bytearray(b"\xff\xd8"), 2, _orientation(data) if turn else None
    if turned not in (None, 1):
        tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, turned, 0, 0)
        out += b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff
    while at + 2 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
            continue
        if kind == 0xD9:
            at += 2
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at : at + 2 + length]
        if length < 2:
            break
        if kind == 0xDA:
            end = _scan_end(data, at + 2 + length)
            out += body + data[at + 2 + length : end]
            at = end
            continue
        if kind in _JPEG_KEPT or (kind == 0xEE and body[4:9] == b"Adobe" and length == 14):
            out += body  # Adobe's fourteen bytes say how the colours are coded; nothing else fits in them
        else:
            name = f"APP{kind - 0xE0}" if 0xE0 <= kind <= 0xEF else "comment" if kind == 0xFE else f"0x{kind:02x}"
            gone[name] = gone.get(name, 0) + len(body)
        at += 2 + length
    if len(data) - at > 0:
        gone["behind the end"] = len(data) - at
    return bytes(out + b"\xff\xd9")


def _orientation(data: bytes) -> int | None:
    from noonmark.media.workers import tiff
    from noonmark.media.workers.reader import of_bytes

    at = data.find(b"Exif\0\0", 0, 1 << 18)
    if at < 0:
        return None
    book = Notebook()
    tiff.read(of_bytes(data[at + 6 : at + 6 + 65_536]), book)
    found = [f["value"] for f in book.fields if f["name"] == "Orientation" and f["part"] == "EXIF IFD0"]
    return int(found[0]) if found and found[0] in range(1, 9) else None


def _scan_end(data: bytes, at: int) -> int:
    """Where the entropy-coded bytes end: at a marker that is neither stuffing nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        elif data[at + 1] == 0xFF:
            at += 1
        else:
            return at


def png(data: bytes, gone: dict[str, int]) -> bytes:
    """The chunks that make the picture."""
    out, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        whole = data[at : at + 12 + length]
        if kind in _PNG_KEPT:
            out += whole
        else:
            name = kind.decode("latin-1")
            gone[name] = gone.get(name, 0) + len(whole)
        at += 12 + length
        if kind == b"IEND":
            break
    if at < len(data):
        gone["behind the end"] = len(data) - at
    return bytes(out)


def webp(data: bytes, gone: dict[str, int]) -> bytes:
    """The chunks that make the picture; the flags that promise EXIF, XMP and a profile are taken back."""
    out, at = bytearray(), 12
    end = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        whole = bytearray(data[at : at + 8 + length + length % 2])
        if kind == b"VP8X" and len(whole) > 8:
            whole[8] &= 0b00010010  # alpha and animation stay
            out += whole
        elif kind in _WEBP_KEPT:
            out += whole
        else:
            name = kind.decode("latin-1").strip()
            gone[name] = gone.get(name, 0) + len(whole)
        at += 8 + length + length % 2
    if end < len(data):
        gone["behind the end"] = len(data) - end
    return b"RIFF" + struct.pack("<I", 4 + len(out)) + b"WEBP" + bytes(out)


def _film(fds: list[int]) -> dict[str, Any]:
    """Copy the video and sound packets into a new MP4, without their user data; every other track stays behind."""
    import av
    import av.error
    from av.bitstream import BitStreamFilterContext

    try:
        source: Any = av.open(os.fdopen(os.dup(fds[0]), "rb"), metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise InputError(f"no reader here opens this film ({type(error).__name__})", code="not-decodable") from None
    sink = os.fdopen(os.dup(fds[1]), "w+b")
    out = av.open(sink, "w", format="mp4", options={"fflags": "+bitexact"})
    gone: dict[str, int] = {}
    pairs: dict[int, tuple[Any, Any]] = {}
    units = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}
    for stream in source.streams:
        if stream.type not in ("video", "audio") or stream.disposition & av.stream.Disposition.attached_pic:
            gone[f"track {stream.index + 1} ({stream.type})"] = 0
            continue
        copy = out.add_stream_from_template(stream)
        copy.metadata.clear()
        name = units.get(stream.codec_context.name, "null")
        pairs[stream.index] = (copy, BitStreamFilterContext(name, stream))
    if not pairs:
        raise InputError("the file holds neither video nor sound", code="no-video")
    out.metadata.clear()
    for packet in source.demux([source.streams[i] for i in pairs]):
        if packet.dts is None and packet.size == 0:
            continue
        copy, strip = pairs[packet.stream.index]
        for kept in strip.filter(packet):
            kept.stream = copy
            out.mux(kept)
    out.close()
    sink.flush()
    return {"container": "MP4", "removed": gone}
