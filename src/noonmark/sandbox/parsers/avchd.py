"""What an AVCHD camcorder writes between the pictures of its H.264 stream: MDPM, "modified DV pack
metadata".

The form was never published; the fields read here are those that ExifTool documents
(Image::ExifTool::H264), and its sample file is the test. The clock carries its zone, and a flag for
summer time whose part in the offset no one states: where the flag is set the offset is left open.

A note is the mark, the number of packs, and the packs, each a tag and four bytes:

    0x18, 0x19   zone and date, time; digits in pairs
    0xE0         the maker
    0xB1 - 0xBD  GPS, tag for tag as EXIF numbers it: a reference, then three fractions
    0xBE         the state of the receiver
    0xCA - 0xCC  the date by the satellites
"""

from __future__ import annotations

from noonmark.sandbox.parsers.output import ParserOutput

_MARK = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + b"MDPM"
_MAKERS = {0x0103: "Panasonic", 0x0108: "Sony", 0x1011: "Canon", 0x1104: "JVC"}
_NOTE_BYTES = 1400
_PACK_BYTES = 5
"""A tag and four bytes."""
_DATE, _TIME, _MAKER = 0x18, 0x19, 0xE0
_LATITUDE, _LONGITUDE, _GPS_TIME, _GPS_STATUS = 0xB1, 0xB5, 0xBB, 0xBE
_GPS_DATE = (0xCA, 0xCB, 0xCC)
_NO_FIX = b"V"

Packs = dict[int, bytes]
"""The four bytes of each pack, by its tag."""


def read(pictures: bytes, output: ParserOutput) -> None:
    """Write the first note of a stream: its clock, its maker, its satellite clock and place.

    Fields: DateTimeOriginal, Make, and the GPS fields of EXIF. No facts, no problems.
    """
    at = pictures.find(_MARK)
    if at < 0:
        return
    begin = at + len(_MARK)
    packs = _packs(pictures[begin : begin + _NOTE_BYTES])
    if _DATE in packs and _TIME in packs:
        output.add_field("AVCHD", "DateTimeOriginal", _clock(packs[_DATE] + packs[_TIME]))
    maker = int.from_bytes(packs.get(_MAKER, b"")[:2])
    output.add_field("AVCHD", "Make", _MAKERS.get(maker))
    _satellites(packs, output)


def _packs(note: bytes) -> Packs:
    """The packs of a note, which begins with their number."""
    raw = note.replace(b"\0\0\x03", b"\0\0")  # H.264 puts a 3 between bytes that look like a mark
    packs = {}
    for i in range(raw[0] if raw else 0):
        at = 1 + _PACK_BYTES * i
        pack = raw[at : at + _PACK_BYTES]
        if len(pack) == _PACK_BYTES:
            packs[pack[0]] = pack[1:]
    return packs


def _clock(raw: bytes) -> str:
    """A zone and seven binary-coded pairs of digits, as text; the offset where it is certain."""
    zone, digits = raw[0], raw[1:].hex()
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    text = f"{day} {digits[8:10]}:{digits[10:12]}:{digits[12:14]}"
    # Bits: unknown, summer time, west, four of hours, half an hour.
    is_summer_time, is_unknown = bool(zone & 0x40), zone == 0xFF
    if is_summer_time or is_unknown:
        return text
    sign = "-" if zone & 0x20 else "+"
    hours, minutes = zone >> 1 & 0x0F, "30" if zone & 1 else "00"
    return f"{text}{sign}{hours:02d}:{minutes}"


def _satellites(packs: Packs, output: ParserOutput) -> None:
    """Write the GPS fields, in the words of EXIF, which they are those of."""
    if packs.get(_GPS_STATUS, b"").startswith(_NO_FIX):
        output.add_field("AVCHD GPS", "GPSStatus", "V: no fix")
        return
    for name, tag in (("GPSLatitude", _LATITUDE), ("GPSLongitude", _LONGITUDE)):
        output.add_field("AVCHD GPS", name, _three_fractions(packs, tag + 1))
        output.add_field("AVCHD GPS", name + "Ref", packs.get(tag))
    output.add_field("AVCHD GPS", "GPSTimeStamp", _three_fractions(packs, _GPS_TIME))
    day = b"".join(packs.get(tag, b"") for tag in _GPS_DATE)
    output.add_field("AVCHD GPS", "GPSDateStamp", day)


def _three_fractions(packs: Packs, first: int) -> list[float] | None:
    """Three packs of two numbers each, as quotients; None where one is missing or divides by 0."""
    found = []
    for tag in range(first, first + 3):
        raw = packs.get(tag, b"")
        below = int.from_bytes(raw[2:])
        if not below:
            return None
        found.append(int.from_bytes(raw[:2]) / below)
    return found
