"""Mails of Outlook (.msg, [MS-OXMSG]): a page for each, as those of other mails.

The text is that of the plain body and what only the HTML body says beside it; where a mail has
neither, that of its rich text ([MS-OXRTFCP]).
"""

from __future__ import annotations

import struct
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.parsers import rtf_text, stated_dates, web_page_text
from noonmark.sandbox.parsers.compound_file import Storage
from noonmark.sandbox.parsers.document_pages import FoundPages

PROPERTIES = "__properties_version1.0"
_UNICODE = 0x001F
_BYTES = 0x001E
_BINARY = 0x0102
_TIME = 0x0040
_OBJECT = 0x000D
_SUBJECT = 0x0037
_BODY = 0x1000
_HTML = 0x1013
_RICH = 0x1009
_SENT = 0x0039
_DELIVERED = 0x0E06
_HEADERS = 0x007D
_ID = 0x1035
_SENDER = (0x0C1A, (0x5D01, 0x0C1F))
_BEHALF = (0x0042, (0x5D02, 0x0065))
_RECIPIENT = (0x3001, (0x39FE, 0x3003))
_RECIPIENT_TYPE = 0x0C15
_KINDS = {
    1: "To",
    2: "Cc",
    3: "Bcc",
}
_FILE_NAMES = (
    0x3707,
    0x3704,
    0x3001,
)
_FILE_DATA = 0x3701
_FILE_TYPE = 0x370E
_CODE_PAGES = (
    0x3FFD,
    0x3FDE,
)
_DEEPEST = 12
_MOST_PARTS = 2000
_LONGEST_RICH = 64 << 20
_FROM_1601_TO_1970_S = 11_644_473_600
_LZ_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the compression of rich text takes for already said."""


def read(folder: Storage, found: FoundPages, *, label: str = "1", depth: int = 0) -> None:
    """Take up one mail, and the mails inside it as pages of their own (label 1.2)."""
    found.kind = "mail"
    if folder.streams.get(PROPERTIES) is None:
        raise InputError(
            "the mail is damaged (no list of its properties)",
            code="document-damaged",
            hint="ask for another copy; the file itself is kept as it is",
        )
    head = 32 if depth == 0 else 24
    values = _Values(folder, head)
    attached, inside = _attachments(folder, found)
    told = _told(folder, values)
    lines = [f"{name}: {value}" for name, value in told.items() if value]
    text = "\n".join([*lines, "", *_bodies(values, found)])
    meta: dict[str, Any] = {"kind": "mail", **_times(values, found)}
    for key, value in (
        ("stated_sender", told["From"]),
        ("subject", told["Subject"]),
        ("id", values.text(_ID)),
    ):
        if value:
            meta[key] = value
    if attached:
        meta["attachments"] = attached
    found.add(label, text.strip("\n"), meta)
    for number, each in enumerate(inside, 1):
        if depth >= _DEEPEST:
            found.note(f"mails nested more than {_DEEPEST} deep are not read")
            return
        read(each, found, label=f"{label}.{number}", depth=depth + 1)


class _Values:
    """The values of one part of a mail, by the numbers of [MS-OXPROPS]."""

    def __init__(self, folder: Storage, head: int) -> None:
        self._streams = folder.streams
        listed = folder.streams.get(PROPERTIES, b"")
        self._fixed: dict[tuple[int, int], bytes] = {}
        for at in range(head, len(listed) - 15, 16):
            kind, number = struct.unpack_from("<HH", listed, at)
            self._fixed[number, kind] = listed[at + 8 : at + 16]
        pages = (self.integer(number) for number in _CODE_PAGES)
        self.encoding = next((f"cp{page}" for page in pages if page), "cp1252")

    def text(self, number: int) -> str:
        """A text, "" where there is none."""
        wide = self._streams.get(_stream(number, _UNICODE))
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return self.decoded(self._streams.get(_stream(number, _BYTES), b"")).rstrip("\0")

    def decoded(self, data: bytes) -> str:
        """Bytes in the code page of the mail."""
        name = {"cp65001": "utf-8", "cp936": "gb18030", "cp20127": "cp1252"}.get(self.encoding)
        try:
            return data.decode(name or self.encoding, "replace")
        except LookupError:
            return data.decode("cp1252", "replace")

    def binary(self, number: int) -> bytes | None:
        """Bytes, None where there are none."""
        return self._streams.get(_stream(number, _BINARY))

    def integer(self, number: int) -> int:
        """A number, 0 where there is none."""
        return int.from_bytes(self._fixed.get((number, 3), bytes(8))[:4], "little", signed=True)

    def moment(self, number: int) -> dict[str, Any] | None:
        """An instant, None where there is none."""
        (ticks,) = struct.unpack("<Q", self._fixed.get((number, _TIME), bytes(8)))
        try:
            return {**stated_dates.of_unix(ticks / 1e7 - _FROM_1601_TO_1970_S)} if ticks else None
        except (ValueError, OverflowError, OSError):
            return None

    def address(self, numbers: tuple[int, tuple[int, ...]]) -> str:
        """A name with its address."""
        name = self.text(numbers[0])
        address = next((said for number in numbers[1] if (said := self.text(number))), "")
        return f"{name} <{address}>" if name and address not in ("", name) else name or address


def _stream(number: int, kind: int) -> str:
    return f"__substg1.0_{number:04X}{kind:04X}"


def _told(folder: Storage, values: _Values) -> dict[str, str]:
    """The lines that stand above the text."""
    told = {"From": values.address(_BEHALF) or values.address(_SENDER)}
    told |= dict.fromkeys(_KINDS.values(), "")
    for name, part in sorted(folder.storages.items())[:_MOST_PARTS]:
        if name.startswith("__recip_version1.0_"):
            one = _Values(part, 8)
            kind = _KINDS.get(one.integer(_RECIPIENT_TYPE), "To")
            told[kind] = "; ".join(filter(None, (told[kind], one.address(_RECIPIENT))))
    return {**told, "Subject": values.text(_SUBJECT), "Date": _date(values)}


def _date(values: _Values) -> str:
    """The date as the headers of the mail state it, "" where they are not kept."""
    lines = values.text(_HEADERS).replace("\r\n", "\n").replace("\n ", " ").split("\n")
    return next((line[5:].strip() for line in lines if line.lower().startswith("date:")), "")


def _times(values: _Values, found: FoundPages) -> dict[str, Any]:
    """What is known of the time of a mail."""
    date = _date(values)
    sent, delivered = values.moment(_SENT), values.moment(_DELIVERED)
    meta: dict[str, Any] = {"stated_time": date, "times": stated_dates.of_mail(date)}
    if not meta["times"] and sent:
        meta |= {"stated_time": sent["utc"], "times": [sent]}
        found.note("the time of sending is the one that the program kept; no header states it")
    if delivered:
        meta["delivered"] = [delivered]
    return meta


def _bodies(values: _Values, found: FoundPages) -> list[str]:
    """The texts of a mail; one that says the same as another is left out."""
    texts = [values.text(_BODY).replace("\r\n", "\n").strip("\n")]
    raw = values.binary(_HTML)
    html = values.text(_HTML) if raw is None else values.decoded(raw)
    if html:
        page = web_page_text.text_of(html)
        if page.remote:
            found.note("the mail names pictures elsewhere; nothing was loaded")
        if page.hidden:
            found.note("the mail hides a part of its HTML text, which is shown here")
        if "".join(page.page_text().split()) != "".join(texts[0].split()):
            texts.append(page.page_text().strip("\n"))
    rich = values.binary(_RICH)
    if rich is not None and not any(texts):
        texts.append(rtf_text.text_of(unpacked(rich)))
    return [text for text in texts if text]


def unpacked(data: bytes) -> bytes:
    """Compressed rich text. Raises InputError "document-damaged"."""
    if len(data) < 16 or data[8:12] not in (b"LZFu", b"MELA"):
        raise InputError(
            "the mail's rich text is damaged",
            code="document-damaged",
            hint="ask for another copy; the file itself is kept as it is",
        )
    size = min(struct.unpack_from("<I", data, 4)[0], _LONGEST_RICH)
    if data[8:12] == b"MELA":
        return data[16 : 16 + size]
    return _repeated(data, size)


def _repeated(data: bytes, size: int) -> bytes:
    """Runs of bytes, each said or taken from the 4096 before it; a run at its own place ends all.

    Each byte of flags stands before eight of them, its lowest bit for the first.
    """
    start = len(_LZ_START)
    out = bytearray(_LZ_START)
    at, flags = 16, 1
    while at < len(data) and len(out) < size + start:
        if flags == 1:
            flags = 256 | data[at]
            at += 1
            continue
        if flags & 1:
            pair = int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big")
            at += 2
            back = (len(out) - (pair >> 4)) % 4096
            if back == 0 or back > len(out):
                break
            for _ in range((pair & 15) + 2):
                out.append(out[-back])
        else:
            out.append(data[at])
            at += 1
        flags >>= 1
    return bytes(out[start : start + size])


def _attachments(folder: Storage, found: FoundPages) -> tuple[list[dict[str, Any]], list[Storage]]:
    """What came with a mail: files, and mails."""
    attached: list[dict[str, Any]] = []
    inside: list[Storage] = []
    for name, part in sorted(folder.storages.items())[:_MOST_PARTS]:
        if not name.startswith("__attach_version1.0_"):
            continue
        values = _Values(part, 8)
        mail = part.storages.get(_stream(_FILE_DATA, _OBJECT))
        said = next((text for number in _FILE_NAMES if (text := values.text(number))), "not named")
        data = values.binary(_FILE_DATA)
        if mail is not None and PROPERTIES in mail.streams:
            inside.append(mail)
        elif data is not None:
            attached.append(found.attach(said, data, values.text(_FILE_TYPE)))
        else:
            attached.append({"name": said})
            found.note("an attachment is only named: it is a link, or an object of another program")
    return attached, inside
