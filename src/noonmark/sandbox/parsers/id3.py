"""Tags before and behind the sound of an MP3: ID3 in its versions, APE (id3.org; APEv2 at
wiki.hydrogenaud.io).
"""

from __future__ import annotations

from collections.abc import Iterator

from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.output import ParserOutput

_HEAD_BYTES, _OLD_BYTES, _APE_BYTES = 10, 128, 32
_MOST_FRAMES, _MOST_TEXT_BYTES = 500, 4096
_FOOTER_FLAG = 0x10
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_TEXT_WITH_A_NAME = ("TXXX", "TXX", "COMM", "COM", "USLT", "ULT", "WXXX", "WXX")
_PICTURES = ("APIC", "PIC")
_NAMES = {
    "TDRC": "recorded",
    "TYER": "year",
    "TYE": "year",
    "TDAT": "day",
    "TIME": "time of day",
    "TDEN": "encoded",
    "TDTG": "tagged",
    "TDOR": "original release",
    "TPE1": "artist",
    "TP1": "artist",
    "TIT2": "title",
    "TT2": "title",
    "TALB": "album",
    "TAL": "album",
    "TSSE": "software",
    "TSS": "software",
    "TENC": "encoded by",
    "TEN": "encoded by",
    "TOWN": "owner",
    "TCOP": "copyright",
    "TSRC": "number of the recording",
    "TCOM": "composer",
    "COMM": "comment",
    "COM": "comment",
    "USLT": "words",
    "ULT": "words",
}
_OLD = {
    "title": (3, 33),
    "artist": (33, 63),
    "album": (63, 93),
    "year": (93, 97),
    "comment": (97, 127),
}


def head_bytes(view: ByteView) -> int:
    """How many bytes of ID3 stand before the sound; several may follow one another."""
    at = 0
    while view.read(at, 3) == b"ID3" and view.size >= at + _HEAD_BYTES:
        head = view.read(at, _HEAD_BYTES)
        footer = _HEAD_BYTES if head[5] & _FOOTER_FLAG else 0
        at += _HEAD_BYTES + _synchsafe(head[6:10]) + footer
    return min(at, view.size)


def tail_bytes(view: ByteView) -> int:
    """How many bytes of ID3v1 and APE stand behind the sound."""
    end = view.size
    if view.read(end - _OLD_BYTES, 3) == b"TAG":
        end -= _OLD_BYTES
    foot = view.read(end - _APE_BYTES, _APE_BYTES)
    if foot.startswith(b"APETAGEX"):
        has_head = foot[23] & 0x80
        size = int.from_bytes(foot[12:16], "little") + (_APE_BYTES if has_head else 0)
        end -= min(size, end)
    return view.size - end


def read_head(view: ByteView, output: ParserOutput) -> int:
    """Write what the tags before the sound state; return where it begins."""
    at = 0
    end = head_bytes(view)
    while at < end and view.read(at, 3) == b"ID3":
        head = view.read(at, _HEAD_BYTES)
        size = _synchsafe(head[6:10])
        _read_tag(head[3], view.part(at + _HEAD_BYTES, size), output)
        at += _HEAD_BYTES + size + (_HEAD_BYTES if head[5] & _FOOTER_FLAG else 0)
    return end


def read_tail(view: ByteView, output: ParserOutput) -> int:
    """Write what the tags behind the sound state; return where it ends."""
    tail = tail_bytes(view)
    old = view.read(view.size - _OLD_BYTES, _OLD_BYTES)
    if tail and old.startswith(b"TAG"):
        for name, (begin, end) in _OLD.items():
            output.add_field("ID3v1", name, old[begin:end])
    if tail > _OLD_BYTES:
        output.add_packet("APE tag")
    return view.size - tail


def _synchsafe(raw: bytes) -> int:
    """A number in seven bits of each byte."""
    value = 0
    for byte in raw:
        value = value << 7 | byte & 127
    return value


def _read_tag(version: int, body: ByteView, output: ParserOutput) -> None:
    """Write the frames of one tag."""
    for name, raw in _frames(version, body):
        if name in _PICTURES:
            output.add_packet("picture")
        elif name.startswith(("T", "W")) or name in _TEXT_WITH_A_NAME:
            _text_frame(name, raw, output)
        else:
            output.add_packet(f"ID3 frame {name!r}")


def _frames(version: int, body: ByteView) -> Iterator[tuple[str, bytes]]:
    """Name and content of each frame."""
    name_bytes, head_size = (3, 6) if version < 3 else (4, 10)
    at = 0
    for _ in range(_MOST_FRAMES):
        head = body.read(at, head_size)
        name = head[:name_bytes]
        if len(head) < head_size or not name.isalnum():
            return
        raw_size = head[name_bytes : name_bytes + (3 if version < 3 else 4)]
        size = _synchsafe(raw_size) if version > 3 else int.from_bytes(raw_size)
        yield name.decode("latin-1"), body.read(at + head_size, min(size, _MOST_TEXT_BYTES))
        at += head_size + size


def _text_frame(name: str, raw: bytes, output: ParserOutput) -> None:
    """Write a text; one with a name of its own under that."""
    label = _NAMES.get(name, name)
    if name.startswith("W") and name not in _TEXT_WITH_A_NAME:
        output.add_field("ID3", label, raw.decode("latin-1"))
        return
    encoding = _ENCODINGS[raw[0]] if raw and raw[0] < len(_ENCODINGS) else "latin-1"
    text = raw[1:]
    if name in ("COMM", "COM", "USLT", "ULT"):
        # A language of three letters stands before the text.
        text = text[3:]
    words = [word for word in text.decode(encoding, "replace").split("\0") if word.strip("\ufeff")]
    if name.startswith("TXX") and len(words) > 1:
        label = words.pop(0)[:100]
    output.add_field("ID3", label, " ".join(word.strip("\ufeff") for word in words))


def read_bytes(data: bytes, output: ParserOutput) -> None:
    """Write what a tag inside another file states."""
    read_head(of_bytes(data), output)
