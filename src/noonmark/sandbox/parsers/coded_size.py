"""How much of a coded picture its parameters crop away (ITU-T H.264, 7.3.2.1; H.265, 7.3.2.2).

The sequence parameters stand in ``avcC`` and ``hvcC``. Their numbers are packed in bits; most are
in the code of Golomb: as many noughts as the number has bits after the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.errors import InputError

_HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)
_HEVC_SPS = 33
_MOST_LOOPS = 256


@dataclass
class _Bits:
    """Bits of a unit, one after the other. Raises InputError behind the last."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> int:
        """The next ``count`` bits as a number."""
        value = 0
        for _ in range(count):
            byte, bit = divmod(self.at, 8)
            if byte >= len(self.data):
                raise InputError("the parameters are cut off", code="not-decodable")
            value = value << 1 | self.data[byte] >> 7 - bit & 1
            self.at += 1
        return value

    def golomb(self) -> int:
        """The next number in the code of Golomb, without sign."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise InputError("no number of this code", code="not-decodable")
        return (1 << zeros) - 1 + self.take(zeros)


def cropped_px(kind: bytes, body: bytes) -> tuple[int, ...]:
    """Left, right, top and bottom in px; empty where the parameters can't be followed."""
    try:
        return _avc(body) if kind == b"avcC" else _hevc(body)
    except (InputError, IndexError):
        return ()


def _unescaped(unit: bytes) -> bytes:
    """The unit without the bytes that keep a start code from turning up in it."""
    return unit.replace(b"\0\0\3", b"\0\0")


def _avc(body: bytes) -> tuple[int, ...]:
    """From the first sequence parameters of ``avcC``."""
    size = int.from_bytes(body[6:8])
    unit = _unescaped(body[8 : 8 + size])
    profile = unit[1]
    bits = _Bits(unit, 32)
    bits.golomb()
    chroma = _avc_high(bits) if profile in _HIGH_PROFILES else 1
    bits.golomb()
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.take(1)
        bits.golomb()
        bits.golomb()
        for _ in range(min(bits.golomb(), _MOST_LOOPS)):
            bits.golomb()
    bits.golomb()
    bits.take(1)
    # Width and height in blocks.
    bits.golomb()
    bits.golomb()
    frames_only = bits.take(1)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    if not bits.take(1):
        return (0, 0, 0, 0)
    across = 2 if chroma in (1, 2) else 1
    down = (2 if chroma == 1 else 1) * (2 - frames_only)
    return tuple(bits.golomb() * unit_px for unit_px in (across, across, down, down))


def _avc_high(bits: _Bits) -> int:
    """Skip what the higher profiles state; return how the colours are sampled."""
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    bits.golomb()
    bits.golomb()
    bits.take(1)
    if bits.take(1):
        raise InputError("lists of scaling are not followed", code="not-decodable")
    return chroma


def _hevc(body: bytes) -> tuple[int, ...]:
    """From the first sequence parameters of ``hvcC``."""
    unit = _unescaped(_hevc_unit(body))
    bits = _Bits(unit, 16)
    bits.take(4)
    layers = bits.take(3)
    bits.take(1)
    # Profile and level of the whole, then which layers in time have their own.
    bits.take(96)
    if layers:
        flags = [(bits.take(1), bits.take(1)) for _ in range(layers)]
        bits.take(2 * (8 - layers))
        for has_profile, has_level in flags:
            bits.take(88 * has_profile + 8 * has_level)
    bits.golomb()
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    bits.golomb()
    bits.golomb()
    if not bits.take(1):
        return (0, 0, 0, 0)
    across = 2 if chroma in (1, 2) else 1
    down = 2 if chroma == 1 else 1
    return tuple(bits.golomb() * unit_px for unit_px in (across, across, down, down))


def _hevc_unit(body: bytes) -> bytes:
    """The first sequence parameters among the arrays of ``hvcC``."""
    at = 23
    for _ in range(body[22]):
        kind, count = body[at] & 63, int.from_bytes(body[at + 1 : at + 3])
        at += 3
        for _ in range(count):
            size = int.from_bytes(body[at : at + 2])
            if kind == _HEVC_SPS:
                return body[at + 2 : at + 2 + size]
            at += 2 + size
    raise InputError("no sequence parameters", code="not-decodable")
