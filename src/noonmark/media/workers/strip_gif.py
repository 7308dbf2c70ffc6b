"""A GIF without its metadata: screen, palettes, frames with their timing, the loop count, nothing else (GIF89a)."""

from __future__ import annotations

from noonmark.errors import InputError

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT, _TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_NAMES = {_COMMENT: "comment", _TEXT: "plain text"}
_CUT = "the GIF is cut off"


def gif(data: bytes, gone: dict[str, int]) -> bytes:
    """Every frame, its coded bytes as they were. Comments, texts, XMP, the blocks of programs and the tail stay behind.

    The time and the transparency that are stated before a frame go with it; those of a plain text, with the text.
    """
    at = 13 + _palette(data, 10)
    out, waiting, looped, frames = bytearray(data[:at]), b"", False, 0
    while at < len(data) and data[at] != _TRAILER:
        if data[at] == _IMAGE:
            end = _image_end(data, at)
            out += waiting + _masked(data, at, 9, 0b11100111) + data[at + 10 : end]
            waiting, frames = b"", frames + 1
        elif data[at] == _EXTENSION and at + 2 < len(data):
            end = _blocks_end(data, at + 2)
            kind, whole = data[at + 1], data[at:end]
            if kind == _CONTROL and len(whole) == 8:
                waiting = _masked(whole, 0, 3, 0b00011111) + whole[4:]
            elif kind == _APPLICATION and not looped and (loop := _loop(whole)):
                out += loop
                looped = True
                _count(gone, "behind the loop count", len(whole) - len(loop))
            else:
                waiting = b"" if kind == _TEXT else waiting
                _count(gone, _name(kind, whole), len(whole))
        else:
            raise InputError(f"the GIF holds no block at byte {at}", code="not-decodable")
        at = end
    if not frames:
        raise InputError("the GIF holds no frame", code="not-decodable")
    _count(gone, "behind the end", len(data) - at - 1)
    return bytes(out) + bytes([_TRAILER])


def _count(gone: dict[str, int], name: str, size: int) -> None:
    if size > 0:
        gone[name] = gone.get(name, 0) + size


def _palette(data: bytes, flags_at: int) -> int:
    """The bytes of the palette that follows, by its flags."""
    if len(data) <= flags_at:
        raise InputError(_CUT, code="not-decodable")
    return 3 << (data[flags_at] & 7) + 1 if data[flags_at] & 0x80 else 0


def _masked(data: bytes, at: int, flags: int, mask: int) -> bytes:
    """The bytes up to and with the flags, of which only those that the standard gives a meaning."""
    return data[at : at + flags] + bytes([data[at + flags] & mask])


def _image_end(data: bytes, at: int) -> int:
    return _blocks_end(data, at + 10 + _palette(data, at + 9) + 1)


def _blocks_end(data: bytes, at: int) -> int:
    """Where a chain of blocks of up to 255 bytes ends, behind the empty one that closes it."""
    while at < len(data):
        size = data[at]
        at += 1 + size
        if not size:
            return at
    raise InputError(_CUT, code="not-decodable")


def _loop(whole: bytes) -> bytes:
    """How often the frames are to be shown, if that is what the block says: 19 bytes, and no more of it."""
    head = whole[2:14] in [b"\x0b" + name for name in _LOOPS]
    return whole[:18] + b"\0" if head and whole[14:16] == b"\x03\x01" and len(whole) >= 19 else b""


def _name(kind: int, whole: bytes) -> str:
    if kind == _APPLICATION:
        return f"block of {whole[3:14].decode('ascii', 'replace')}"
    return _NAMES.get(kind, f"block 0x{kind:02x}")
