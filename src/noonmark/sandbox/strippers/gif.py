"""A GIF without its metadata: screen, palettes, frames with their timing, the loop count, nothing
else (GIF89a).

After the screen and its palette come blocks: images, extensions, and a trailer that ends the file.
The content of a block lies in chains of up to 255 bytes each, closed by an empty one.
"""

from __future__ import annotations

from noonmark.errors import InputError
from noonmark.sandbox.strippers.common import Removed, add_removed

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT, _TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
_LOOP_BYTES, _CONTROL_BYTES = 19, 8
"""The sizes of these two blocks with all that belongs to them."""
_NAMES = {_COMMENT: "comment", _TEXT: "plain text"}
_SCREEN_BYTES, _SCREEN_FLAGS_AT = 13, 10
_IMAGE_BYTES, _IMAGE_FLAGS_AT = 10, 9
_CONTROL_FLAGS_AT = 3
_IMAGE_FLAGS, _CONTROL_FLAGS = 0b11100111, 0b00011111
"""The flags that the standard gives a meaning."""


def gif(data: bytes, removed: Removed) -> bytes:
    """Every frame, its coded bytes as they were. Comments, texts, XMP, the blocks of programs and
    the tail stay behind.

    Raises InputError "not-decodable" where a block is of no known kind or has no end.
    """
    copy = _GifCopy(data, removed)
    at = _SCREEN_BYTES + _palette_bytes(data, _SCREEN_FLAGS_AT)
    copy.out += data[:at]
    while at < len(data) and data[at] != _TRAILER:
        if data[at] == _IMAGE:
            at = copy.add_image(at)
        elif data[at] == _EXTENSION and at + 2 < len(data):
            at = copy.add_extension(at)
        else:
            raise InputError(f"the GIF holds no block at byte {at}", code="not-decodable")
    if not copy.frames:
        raise InputError("the GIF holds no frame", code="not-decodable")
    _add_if_any(removed, "behind the end", len(data) - at - 1)
    return bytes(copy.out) + bytes([_TRAILER])


class _GifCopy:
    """The new file, block by block.

    ``control`` holds the time and the transparency that are stated before a frame; they go with it,
    and those of a plain text go with the text.
    """

    def __init__(self, data: bytes, removed: Removed) -> None:
        self.data = data
        self.removed = removed
        self.out = bytearray()
        self.control = b""
        self.has_loop = False
        self.frames = 0

    def add_image(self, at: int) -> int:
        """Copy the image at ``at``; return where the next block begins."""
        palette_bytes = _palette_bytes(self.data, at + _IMAGE_FLAGS_AT)
        # One byte says how wide the codes are; the chain follows it.
        code_size_at = at + _IMAGE_BYTES + palette_bytes
        end = _blocks_end(self.data, code_size_at + 1)
        # The timing of a frame stands before it.
        self.out += self.control
        self.out += _masked(self.data, at, _IMAGE_FLAGS_AT, _IMAGE_FLAGS)
        self.out += self.data[at + _IMAGE_BYTES : end]
        self.control = b""
        self.frames += 1
        return end

    def add_extension(self, at: int) -> int:
        """Copy the extension at ``at`` where the frames need it; return where it ends."""
        end = _blocks_end(self.data, at + 2)
        kind, whole = self.data[at + 1], self.data[at:end]
        # Only the first loop count is one; a second would be a place to hide bytes in.
        loop = _loop(whole) if kind == _APPLICATION and not self.has_loop else b""
        if kind == _CONTROL and len(whole) == _CONTROL_BYTES:
            head = _masked(whole, 0, _CONTROL_FLAGS_AT, _CONTROL_FLAGS)
            self.control = head + whole[_CONTROL_FLAGS_AT + 1 :]
        elif loop:
            self.out += loop
            self.has_loop = True
            _add_if_any(self.removed, "behind the loop count", len(whole) - len(loop))
        else:
            if kind == _TEXT:
                self.control = b""
            _add_if_any(self.removed, _name(kind, whole), len(whole))
        return end


def _add_if_any(removed: Removed, name: str, size: int) -> None:
    """Count what was removed, where it has any bytes."""
    if size > 0:
        add_removed(removed, name, size)


def _palette_bytes(data: bytes, flags_at: int) -> int:
    """The size of the palette that the flags announce."""
    if len(data) <= flags_at:
        raise _cut_off()
    flags = data[flags_at]
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _masked(data: bytes, at: int, flags: int, mask: int) -> bytes:
    """The bytes up to and with the flags, of which only those in ``mask``."""
    return data[at : at + flags] + bytes([data[at + flags] & mask])


def _blocks_end(data: bytes, at: int) -> int:
    """Where a chain of blocks of up to 255 bytes ends, behind the empty one that closes it."""
    while at < len(data):
        size = data[at]
        at += 1 + size
        if not size:
            return at
    raise _cut_off()


def _cut_off() -> InputError:
    """The error of a GIF whose end is missing."""
    return InputError("the GIF is cut off", code="not-decodable")


def _loop(whole: bytes) -> bytes:
    """How often the frames are to be shown, if that is what the block says: 19 bytes, and no more
    of it.
    """
    is_loop = whole[2:14] in _LOOPS and whole[14:16] == b"\x03\x01"
    if not is_loop or len(whole) < _LOOP_BYTES:
        return b""
    return whole[: _LOOP_BYTES - 1] + b"\0"


def _name(kind: int, whole: bytes) -> str:
    """What an extension is called in the list of removals."""
    if kind == _APPLICATION:
        return f"block of {whole[3:14].decode('ascii', 'replace')}"
    return _NAMES.get(kind, f"block 0x{kind:02x}")
