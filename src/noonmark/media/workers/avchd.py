"""What an AVCHD camcorder writes between the pictures of its H.264 stream: MDPM, "modified DV pack metadata".

The form was never published; the fields read here are those that ExifTool documents (Image::ExifTool::H264), and its
sample file is the test. The clock carries its zone, and a flag for summer time whose part in the offset no one states:
where the flag is set the offset is left open.
"""

from __future__ import annotations

from noonmark.media.workers.reader import Notebook

_MARK = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + b"MDPM"
_MAKERS = {0x0103: "Panasonic", 0x0108: "Sony", 0x1011: "Canon", 0x1104: "JVC"}


def read(pictures: bytes, book: Notebook) -> None:
    """The first note of a stream: its clock, its maker, its satellite clock and place."""
    at = pictures.find(_MARK)
    if at < 0:
        return
    raw = pictures[at + len(_MARK) : at + len(_MARK) + 1400].replace(b"\0\0\x03", b"\0\0")  # emulation prevention
    packs = {raw[1 + 5 * i]: raw[2 + 5 * i : 6 + 5 * i] for i in range(raw[0] if raw else 0) if len(raw) >= 6 + 5 * i}
    if 0x18 in packs and 0x19 in packs:
        book.say("AVCHD", "DateTimeOriginal", _clock(packs[0x18] + packs[0x19]))
    maker = packs.get(0xE0, b"")
    book.say("AVCHD", "Make", _MAKERS.get(int.from_bytes(maker[:2])))
    _satellites(packs, book)


def _clock(raw: bytes) -> str:
    zone, digits = raw[0], raw[1:].hex()
    text = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]} {digits[8:10]}:{digits[10:12]}:{digits[12:14]}"
    if zone & 0x40 or zone == 0xFF:
        return text
    return f"{text}{'-' if zone & 0x20 else '+'}{zone >> 1 & 0x0F:02d}:{'30' if zone & 1 else '00'}"


def _satellites(packs: dict[int, bytes], book: Notebook) -> None:
    """In the words of EXIF, which the fields are those of."""

    def triple(first: int) -> list[float] | None:
        found = []
        for tag in range(first, first + 3):
            raw = packs.get(tag, b"")
            below = int.from_bytes(raw[2:])
            if len(raw) < 4 or not below:
                return None
            found.append(int.from_bytes(raw[:2]) / below)
        return found

    if packs.get(0xBE, b"A")[:1] == b"V":
        book.say("AVCHD GPS", "GPSStatus", "V: no fix")
        return
    for name, tag in (("GPSLatitude", 0xB1), ("GPSLongitude", 0xB5)):
        book.say("AVCHD GPS", name, triple(tag + 1))
        book.say("AVCHD GPS", name + "Ref", packs.get(tag))
    book.say("AVCHD GPS", "GPSTimeStamp", triple(0xBB))
    day = b"".join(packs.get(tag, b"") for tag in (0xCA, 0xCB, 0xCC))
    book.say("AVCHD GPS", "GPSDateStamp", day)
