"""Notes between coded pictures and sound, taken out of one packet at a time.

    H.264     units of kind 6 (SEI), 12 (filler), and those without a meaning (ITU-T H.264, 7.4.1)
    HEVC      units of kind 38 and above: SEI, filler, Dolby Vision, and layers above the first
              (ITU-T H.265, 7.4.2)
    AV1       metadata and padding (AV1 specification, 5.3 and 6.2)
    MPEG-4    user data, behind its start code, up to the next one (ISO 14496-2, 6.2.1); MPEG-2 too
    JPEG      all but tables and scans (jpeg.py)
    ProRes    the four letters of the encoder in the head of a frame (SMPTE RDD 36, 5.1)
    AAC       the text in a fill element before the first channel (ISO 14496-3, 4.4.2.7)

What codes the pictures passes byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from noonmark.sandbox.strippers.common import refusal
from noonmark.sandbox.strippers.jpeg import jpeg

Cleaner = Callable[[bytes], bytes]
_AVC_KEPT = {*range(1, 6), 7, 8, 9, 10, 11, 13, 14, 15, 19, 20, 21}
_HEVC_LAST_KEPT = 37
_HEVC_PARAMETERS = (32, 33, 34)
_OBU_KEPT = {1, 3, 4, 6, 7}
_OBU_SEQUENCE = 1
_USER_DATA, _START = b"\0\0\1\xb2", b"\0\0\1"
_UNIT = re.compile(rb"\x00?\x00\x00\x01")
_FILL, _FILL_TEXT = 6, (0, 1)


def units_cleaner(length_bytes: int, keeps: Callable[[bytes], bool]) -> Cleaner:
    """A cleaner of packets whose units stand behind their length.

    A unit that is cut off passes as it is: it is coded picture, as far as it goes.
    """

    def clean(packet: bytes) -> bytes:
        kept, at = [], 0
        while at + length_bytes < len(packet):
            end = at + length_bytes + int.from_bytes(packet[at : at + length_bytes])
            if keeps(packet[at + length_bytes : min(end, at + length_bytes + 2)]):
                kept.append(packet[at:end])
            at = end
        return b"".join(kept)

    return clean


def keeps_avc(unit: bytes) -> bool:
    """Whether a unit of H.264 codes a picture or says how others do, by its first byte."""
    return bool(unit) and unit[0] & 31 in _AVC_KEPT


def avc_stream(packet: bytes) -> bytes:
    """A packet of H.264 whose units stand behind start codes, without notes (annex B)."""
    if not packet:
        return packet
    if not packet.startswith((_START, b"\0" + _START)):
        raise refusal("a packet of H.264 in it does not begin with a start code")
    begins = [match.start() for match in _UNIT.finditer(packet)]
    kept = []
    for begin, end in pairwise([*begins, len(packet)]):
        unit = packet[packet.index(_START, begin) + len(_START) : end]
        if keeps_avc(unit[:1]):
            kept.append(packet[begin:end])
    return b"".join(kept)


def keeps_hevc(unit: bytes) -> bool:
    """Whether a unit of HEVC codes a picture of the first layer, by its first two bytes."""
    if len(unit) < 2:
        return False
    layer = (unit[0] & 1) << 5 | unit[1] >> 3
    return unit[0] >> 1 & 63 <= _HEVC_LAST_KEPT and layer == 0


def avc_configuration(body: bytes) -> tuple[bytes, int]:
    """``avcC`` with its parameter sets alone, and how many bytes a length takes."""
    at, out = 6, bytearray(body[:6])
    sets = body[5] & 31 if len(body) > 5 else 0
    for last in (False, True):
        for _ in range(sets):
            end = at + 2 + int.from_bytes(body[at : at + 2])
            out += body[at:end]
            at = end
        if not last:
            sets = body[at] if at < len(body) else 0
            out += body[at : at + 1]
            at += 1
    # Four bytes more of how colours are coded, in the higher profiles.
    if len(body) > 1 and body[1] in (100, 110, 122, 144) and at + 4 <= len(body):
        out += body[at : at + 3] + b"\0"
    return bytes(out), (body[4] & 3) + 1 if len(body) > 4 else 4


def hevc_configuration(body: bytes) -> tuple[bytes, int]:
    """``hvcC`` with its parameter sets alone, and how many bytes a length takes."""
    arrays = []
    at = 23
    for _ in range(body[22] if len(body) > 22 else 0):
        begin = at
        count = int.from_bytes(body[at + 1 : at + 3])
        at += 3
        for _ in range(count):
            at += 2 + int.from_bytes(body[at : at + 2])
        # An encoder may write a note (SEI) there too.
        if body[begin : begin + 1] and body[begin] & 63 in _HEVC_PARAMETERS:
            arrays.append(body[begin:at])
    head = body[:22] + bytes([len(arrays)])
    return head + b"".join(arrays), (body[21] & 3) + 1 if len(body) > 21 else 4


def av1_units(packet: bytes) -> bytes:
    """The packet without metadata and padding."""
    return _av1_kept(packet, _OBU_KEPT)


def av1_configuration(body: bytes) -> bytes:
    """``av1C`` with the header of the sequence alone."""
    return body[:4] + _av1_kept(body[4:], {_OBU_SEQUENCE})


def _av1_kept(data: bytes, kinds: set[int]) -> bytes:
    """The units (OBU) of these kinds, as they were."""
    kept, at = [], 0
    while at < len(data):
        begin, head = at, data[at]
        # One byte more where the extension flag is set; the last unit may go without a size.
        at += 2 if head & 4 else 1
        end = len(data)
        if head & 2:
            size, at = _leb128(data, at)
            end = at + size
        if head >> 3 & 15 in kinds:
            kept.append(data[begin:end])
        at = end
    return b"".join(kept)


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and where it ends."""
    value = 0
    for i in range(8):
        byte = data[at] if at < len(data) else 0
        value |= (byte & 127) << 7 * i
        at += 1
        if not byte & 128:
            break
    return value, at


def without_user_data(packet: bytes) -> bytes:
    """A packet of MPEG-4 or MPEG-2 video without user data."""
    at = packet.find(_USER_DATA)
    if at < 0:
        return packet
    kept = bytearray()
    done = 0
    while at >= 0:
        kept += packet[done:at]
        done = packet.find(_START, at + len(_USER_DATA))
        if done < 0:
            return bytes(kept)
        at = packet.find(_USER_DATA, done)
    return bytes(kept + packet[done:])


def jpeg_frame(packet: bytes) -> bytes:
    """A frame of Motion JPEG: its tables and scans, each of its pictures."""
    if not packet.startswith(b"\xff\xd8"):
        return packet
    return jpeg(packet, {}, turn=False)


def prores_frame(packet: bytes) -> bytes:
    """A frame of ProRes that names the usual encoder and not its own."""
    if packet[4:8] != b"icpf" or len(packet) < 16:
        return packet
    return packet[:12] + b"apl0" + packet[16:]


def aac_packet(packet: bytes) -> bytes:
    """The packet with noughts for the text of a fill element that stands before all channels.

    Three bits say what an element is, four how many bytes it fills; 15 there: eight more bits say
    how many more, and one less.
    """
    if not packet or packet[0] >> 5 != _FILL:
        return packet
    number = int.from_bytes(packet[:3].ljust(3, b"\0"))
    count, bits = number >> 17 & 15, 7
    if count == 15:
        count, bits = 14 + (number >> 9 & 255), 15
    kind = int.from_bytes(packet[:4].ljust(4, b"\0")) >> 28 - bits & 15
    end_bit = bits + 8 * count
    if kind not in _FILL_TEXT or end_bit > 8 * len(packet):
        return packet
    whole = int.from_bytes(packet)
    after = 8 * len(packet) - end_bit
    mask = ((1 << 8 * count) - 1) << after
    return (whole & ~mask).to_bytes(len(packet))
