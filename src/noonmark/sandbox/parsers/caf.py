"""The chunks of a CAF (Apple, Core Audio Format 1.0): voice messages of iPhones come in it.

file   "caff", version, flags
chunk  kind, length of 64 bits (-1 of the sound: to the end of the file), body
desc   rate, codec, and how many bytes, samples and channels a packet has
kuki   what a decoder must know
pakt   how long each packet is
chan   which channel is where
data   a count of edits, the sound
info   names and texts
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

MARK = b"caff"
CODING = (b"desc", b"kuki", b"pakt", b"chan", b"data", b"free")
"""What says how the sound is coded, the sound, and fill."""
DESCRIPTION = struct.Struct(">d4sIIIII")
"""Rate, codec, flags, bytes and samples of a packet, channels, bits of a sample."""
_TO_THE_END = -1
_MOST_CHUNKS, _MOST_TEXTS = 1000, 200
_MOST_RATE_HZ = 1e7
_HEAD_BYTES = 8
_VALID_SAMPLES_AT = 8
"""In the table of packets: how many samples are heard, behind the number of packets."""
_EDITS_BYTES = 4
"""The count of edits before the sound."""


def chunks(view: ByteView) -> Iterator[tuple[bytes, ByteView]]:
    """Kind and body of each chunk."""
    at = _HEAD_BYTES
    for _ in range(_MOST_CHUNKS):
        head = view.read(at, 12)
        if len(head) < 12:
            return
        kind, size = struct.unpack(">4sq", head)
        if size == _TO_THE_END:
            size = view.size - at - 12
        if size < 0:
            return
        yield kind, view.part(at + 12, size)
        at += 12 + size


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write the texts, and which other chunks there are; facts: codec, rate, duration."""
    found: dict[bytes, ByteView] = {}
    for kind, body in chunks(view):
        if kind == b"info":
            _texts(body, output)
        elif kind in CODING:
            found[kind] = body
        else:
            output.add_packet(f"chunk {kind.decode('latin-1')!r}")
    _measure(found, output)
    return []


def _measure(found: dict[bytes, ByteView], output: ParserOutput) -> None:
    """Write codec and rate, and how long the sound lasts.

    Packets of one length are counted by the bytes of the sound; of others the table says how many
    samples there are.
    """
    if b"desc" not in found or found[b"desc"].size < DESCRIPTION.size:
        output.add_problem("CAF", "the file does not say how its sound is coded")
        return
    raw = found[b"desc"].read(0, DESCRIPTION.size)
    rate_hz, codec, _, packet_bytes, packet_samples, _, _ = DESCRIPTION.unpack(raw)
    output.facts["codec"] = codec.decode("latin-1")
    if not 0 < rate_hz < _MOST_RATE_HZ:
        return
    samples = 0
    if b"pakt" in found:
        samples = found[b"pakt"].number(">q", _VALID_SAMPLES_AT) or 0
    elif b"data" in found and packet_bytes:
        packets = (found[b"data"].size - _EDITS_BYTES) // packet_bytes
        samples = packets * packet_samples
    output.facts["sample_rate_hz"] = rate_hz
    output.facts["duration_s"] = max(0, samples) / rate_hz


def _texts(body: ByteView, output: ParserOutput) -> None:
    """Write the texts of ``info``, each behind its name."""
    texts = body.read(4, 1 << 20).split(b"\0")
    names = texts[::2]
    values = texts[1::2]
    for name, text in list(zip(names, values, strict=False))[:_MOST_TEXTS]:
        label = name[:100].decode("utf-8", "replace")
        output.add_field("CAF", label, text)
