"""The containers of photos, walked by hand: JPEG, PNG, WebP, GIF, TIFF; and the XMP packet, without an XML parser."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

from noonmark.media.workers import tiff
from noonmark.media.workers.reader import Notebook, View, of_bytes

_MOST_SEGMENTS, _MOST_BLOCKS, _WINDOW_BYTES = 10_000, 200_000, 1 << 16
_SOF = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_XMP_HEAD, _XMP_MORE = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"

# Values of attributes and of simple elements; entities are never expanded, nothing is fetched.
_XMP_FIELD = re.compile(
    rb"(?P<name>(?:exif|exifEX|xmp|xap|photoshop|tiff|dc|xmpMM|stEvt|aux|GPano|drone-dji|GCamera|Container|pdf|Iptc4xmpCore)"
    rb":[A-Za-z0-9_]{1,60})(?:\s*=\s*(?P<q>[\"'])(?P<attribute>[^\"'<>]{1,2000})(?P=q)|\s*>(?P<text>[^<]{1,2000})<)"
)


def jpeg(view: View, book: Notebook) -> dict[str, Any]:
    """Walk the segments up to the scan; return where thumbnails lie."""
    found: dict[str, Any] = {"thumbnails": []}
    at, extended = 2, b""
    for _ in range(_MOST_SEGMENTS):
        head = view.read(at, 4)
        if len(head) < 4 or head[0] != 0xFF:
            book.wrong("JPEG", f"the segments end unexpectedly at byte {at}")
            break
        if head[1] == 0xFF:
            at += 1
            continue
        kind, length = head[1], struct.unpack(">H", head[2:])[0]
        if kind == 0xDA:
            _tail(view, at, book)
            break
        body = view.read(at + 4, max(0, length - 2))
        if len(body) < length - 2 or length < 2:
            book.wrong("JPEG", f"segment 0x{kind:02x} at byte {at} is cut off")
            break
        if body.startswith(_XMP_MORE):
            extended += body[len(_XMP_MORE) + 40 :]
        else:
            _segment(kind, body, at + 4, book, found)
        at += 2 + length
    else:
        book.enough("JPEG", f"more than {_MOST_SEGMENTS} segments")
    if extended:
        xmp(extended, book)
    return found


def _segment(kind: int, body: bytes, at: int, book: Notebook, found: dict[str, Any]) -> None:
    if kind in _SOF and len(body) >= 6:
        bits, height, width, channels = struct.unpack(">BHHB", body[:6])
        book.facts |= {"width_px": width, "height_px": height, "bits": bits, "channels": channels}
    elif kind == 0xE1 and body[:6] == b"Exif\0\0":
        inner = tiff.read(of_bytes(body[6:]), book)
        found["thumbnails"] += [(at + 6 + a, n) for a, n in inner["thumbnails"]]
    elif kind == 0xE1 and body.startswith(_XMP_HEAD):
        xmp(body[len(_XMP_HEAD) :], book)
    elif kind == 0xE2 and body[:4] == b"MPF\0":
        book.facts.setdefault("packets", []).append("further pictures (MPF)")
    elif kind == 0xED and body.startswith(b"Photoshop"):
        book.facts.setdefault("packets", []).append("Photoshop resources")
        book.say("JPEG", "Photoshop resources", "present")
    elif kind == 0xEE and body[:5] == b"Adobe":
        book.say("JPEG", "Adobe segment", "present")
    elif kind == 0xFE:
        book.say("JPEG", "Comment", body[:500])


def _tail(view: View, at: int, book: Notebook) -> None:
    """Whether the picture ends, and what hangs behind its end (a motion photo, a second picture, an archive)."""
    last = view.read(view.size - 2, 2)
    if last == b"\xff\xd9":
        return
    step = 1 << 20
    end = -1
    position = view.size
    while position > at and end < 0 and view.size - position < 64 * step:
        position = max(at, position - step)
        block = view.read(position, step + 1)
        hit = block.rfind(b"\xff\xd9")
        end = position + hit + 2 if hit >= 0 else -1
    if end < 0:
        book.wrong("JPEG", "the picture has no end: the file is cut off")
    elif view.size - end > 64:
        book.facts["behind_the_end_bytes"] = view.size - end
        book.wrong("JPEG", f"{view.size - end} bytes follow the end of the picture")


def png(view: View, book: Notebook) -> dict[str, Any]:
    """Walk the chunks."""
    found: dict[str, Any] = {"thumbnails": []}
    at = 8
    for _ in range(_MOST_SEGMENTS):
        head = view.read(at, 8)
        if len(head) < 8:
            book.wrong("PNG", "the chunks end without IEND: the file is cut off")
            break
        length, kind = struct.unpack(">I4s", head)
        if length > view.size - at - 8:
            book.wrong("PNG", f"chunk {kind.decode('latin-1')} at byte {at} is cut off")
            break
        if kind == b"IEND":
            break
        if kind in (b"IHDR", b"eXIf", b"iTXt", b"tEXt", b"zTXt", b"tIME"):
            _chunk(kind, view.read(at + 8, min(length, 1 << 20)), book)
        at += 12 + length
    else:
        book.enough("PNG", f"more than {_MOST_SEGMENTS} chunks")
    return found


def _chunk(kind: bytes, body: bytes, book: Notebook) -> None:
    if kind == b"IHDR" and len(body) >= 9:
        width, height, bits = struct.unpack(">IIB", body[:9])
        book.facts |= {"width_px": width, "height_px": height, "bits": bits}
    elif kind == b"eXIf":
        tiff.read(of_bytes(body), book)
    elif kind == b"tIME" and len(body) == 7:
        book.say("PNG", "tIME", "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}".format(*struct.unpack(">HBBBBB", body)))
    elif body.startswith(b"XML:com.adobe.xmp\0"):
        xmp(body, book)
    else:
        key, _, text = body.partition(b"\0")
        if kind == b"zTXt":
            text = zlib.decompressobj().decompress(text[1:], 65_536)
        book.say("PNG", key[:79].decode("latin-1"), text[:2000])


def webp(view: View, book: Notebook) -> dict[str, Any]:
    """Walk the RIFF chunks."""
    found: dict[str, Any] = {"thumbnails": []}
    at = 12
    for _ in range(_MOST_SEGMENTS):
        head = view.read(at, 8)
        if len(head) < 8:
            break
        kind, length = struct.unpack("<4sI", head)
        body = view.read(at + 8, min(length, 1 << 20))
        if kind == b"VP8X" and len(body) >= 10:
            book.facts["width_px"] = 1 + int.from_bytes(body[4:7], "little")
            book.facts["height_px"] = 1 + int.from_bytes(body[7:10], "little")
        elif kind == b"VP8 " and len(body) >= 10:
            book.facts.setdefault("width_px", struct.unpack("<H", body[6:8])[0] & 0x3FFF)
            book.facts.setdefault("height_px", struct.unpack("<H", body[8:10])[0] & 0x3FFF)
        elif kind == b"VP8L" and len(body) >= 5:
            bits = struct.unpack("<I", body[1:5])[0]
            book.facts.setdefault("width_px", 1 + (bits & 0x3FFF))
            book.facts.setdefault("height_px", 1 + (bits >> 14 & 0x3FFF))
        elif kind == b"EXIF":
            tiff.read(of_bytes(body.removeprefix(b"Exif\0\0")), book)
        elif kind == b"XMP ":
            xmp(body, book)
        if length > view.size - at - 8:
            book.wrong("WebP", f"chunk {kind.decode('latin-1')} at byte {at} is cut off")
            break
        at += 8 + length + length % 2
    else:
        book.enough("WebP", f"more than {_MOST_SEGMENTS} chunks")
    return found


def gif(view: View, book: Notebook) -> dict[str, Any]:
    """Walk the blocks: frames and how long they last, comments, texts, what programs left."""
    found: dict[str, Any] = {"thumbnails": []}
    head = view.read(6, 7)
    if len(head) < 7:
        book.wrong("GIF", "the head is cut off")
        return found
    book.facts["width_px"], book.facts["height_px"] = struct.unpack("<HH", head[:4])
    at, frames, hundredths = 13 + _colours(head[4]), 0, 0
    for _ in range(_MOST_BLOCKS):
        start = view.read(at, 10)
        if start[:1] == b";":
            if view.size - at > 1:
                book.facts["behind_the_end_bytes"] = view.size - at - 1
                book.wrong("GIF", f"{view.size - at - 1} bytes follow the end of the picture")
            break
        if start[:1] == b"," and len(start) == 10:
            frames += 1
            _, at = _blocks(view, at + 11 + _colours(start[9]), 0)
        elif start[:1] == b"!" and len(start) > 2:
            body, end = _blocks(view, at + 2, 1 << 16)
            if body.startswith(b"XMP DataXMP"):  # the packet stands there as it is, not in blocks
                body = body[:11] + view.read(at + 14, min(end - at - 14, 1 << 20))
            at = end
            hundredths += struct.unpack_from("<H", body, 1)[0] if start[1] == 0xF9 and len(body) == 4 else 0
            _extension(start[1], body, book)
        else:
            book.wrong("GIF", f"the blocks end unexpectedly at byte {at}")
            break
    else:
        book.enough("GIF", f"more than {_MOST_BLOCKS} blocks")
    book.facts |= {"frames": frames} | ({"duration_s": hundredths / 100} if frames > 1 else {})
    return found


def _colours(flags: int) -> int:
    """The bytes of the palette that flags announce."""
    return 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else 0


def _blocks(view: View, at: int, most: int) -> tuple[bytes, int]:
    """The first ``most`` bytes or so of a chain of blocks, and where it ends."""
    body, window, begin = b"", b"", at
    while True:
        if at - begin >= len(window):
            window, begin = view.read(at, _WINDOW_BYTES), at
            if not window:
                return body, at
        size = window[at - begin]
        if len(body) < most:
            body += view.read(at + 1, size)
        at += 1 + size
        if not size:
            return body, at


def _extension(kind: int, body: bytes, book: Notebook) -> None:
    name = body[:11].decode("latin-1")
    if kind == 0xFE:
        book.say("GIF", "Comment", body[:500])
    elif kind == 0x01:
        book.say("GIF", "Plain text", body[12:512])
    elif kind == 0xFF and name.startswith("XMP Data"):
        book.facts.setdefault("packets", []).append("XMP")
        xmp(body, book)
    elif kind == 0xFF and not (name in ("NETSCAPE2.0", "ANIMEXTS1.0") and len(body) == 14):
        book.say("GIF", "Block of a program", name)
    elif kind not in (0xFF, 0xF9):
        book.say("GIF", "Block", f"0x{kind:02x}")


def tiff_file(view: View, book: Notebook) -> dict[str, Any]:
    """A TIFF or a raw photo on its base (DNG, NEF, CR2, ARW): the directories are the file."""
    found = tiff.read(view, book, "TIFF")
    if "xmp" in found:
        xmp(found.pop("xmp"), book)
    for field in book.fields:
        if field["part"] == "TIFF IFD0" and field["name"] in ("ImageWidth", "ImageLength"):
            book.facts["width_px" if field["name"] == "ImageWidth" else "height_px"] = field["value"]
    return found


def xmp(packet: bytes, book: Notebook) -> None:
    """The simple fields of an XMP packet. Each history event is kept, in order."""
    for match in _XMP_FIELD.finditer(packet[: 1 << 20]):
        text = match["attribute"] if match["attribute"] is not None else match["text"]
        book.say("XMP", match["name"].decode(), text.strip())
