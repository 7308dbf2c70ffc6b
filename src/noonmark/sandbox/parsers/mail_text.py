"""Text of mails: a page for each, with headers, every readable part, and attachments by digest.

The standard library's parser opens what is malformed too. A part whose bytes do not fit the
character set that it names is read in one that fits, and that is said.
"""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import email.utils
import re
from typing import Any

from noonmark.sandbox.parsers import stated_dates, text_encoding, web_page_text
from noonmark.sandbox.parsers.document_pages import FoundPages

_SHOWN = (
    "From",
    "Sender",
    "To",
    "Cc",
    "Bcc",
    "Reply-To",
    "Subject",
    "Date",
)
"""The headers that stand above the text of a page."""
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
}
"""Sets that programs name while they write a wider one (WHATWG Encoding Standard)."""
_HEADER = re.compile(rb"[!-9;-~]+:[ \t]?")
_KNOWN = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|x-[\w-]+)"
    rb":",
    re.IGNORECASE | re.MULTILINE,
)
_MBOX = re.compile(
    rb"^From [^\r\n]{0,200}?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d "
    rb"\d\d:\d\d[^\r\n]*\r?\n",
    re.MULTILINE,
)
_DEEPEST, _MOST_PARTS = 12, 500
_MOST_RECEIVED = 50


def looks_like_mail(head: bytes) -> bool:
    """Whether the first bytes are the headers of a mail."""
    first = head.lstrip(b"\r\n").split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    return _HEADER.match(first) is not None and len(_KNOWN.findall(first)) >= 2


def looks_like_mbox(head: bytes) -> bool:
    """Whether the first bytes are those of a mailbox."""
    return _MBOX.match(head) is not None


def mailbox(
    data: bytes, found: FoundPages, encoding: str | None, *, before: int, is_end: bool
) -> int:
    """Take up the mails of a piece of a mailbox, ``before`` of which came in earlier pieces; how
    many of its bytes were used.

    The last mail of a piece that is not the end of the file may go on, so it is left.
    """
    found.kind = "mbox"
    starts = [
        match for match in _MBOX.finditer(data) if match.start() == 0 or _after_blank(data, match)
    ]
    if not is_end and len(starts) > 1:
        starts, end = starts[:-1], starts[-1].start()
    else:
        end = len(data)
    stops = [match.start() for match in starts[1:]] + [end]
    for number, (match, stop) in enumerate(zip(starts, stops, strict=True), before + 1):
        read(data[match.end() : stop], found, encoding, label=str(number))
    inside = len(re.findall(rb"^From ", data[:end], re.MULTILINE)) - len(starts)
    if inside:
        found.note(f"{inside} lines begin with 'From ' and were not taken for a new mail")
    return end


def _after_blank(data: bytes, match: re.Match[bytes]) -> bool:
    """Whether an empty line stands before a match."""
    before = data[max(0, match.start() - 4) : match.start()].replace(b"\r", b"")
    return before.endswith(b"\n\n")


def read(data: bytes, found: FoundPages, encoding: str | None, *, label: str) -> None:
    """Take up one mail, and the mails inside it as pages of their own (label 1.2)."""
    message = email.message_from_bytes(data)
    _Mail(found, encoding).take(message, label, 0)


class _Mail:
    """Reads mails into pages.

    A part that names a file, or is no text, is an attachment. Two texts of one mail that say the
    same (plain and HTML) are one; what only one of them says is not lost.
    """

    def __init__(self, found: FoundPages, encoding: str | None) -> None:
        self._found = found
        self._encoding = encoding

    def take(self, message: email.message.Message, label: str, depth: int) -> None:
        """One mail and those inside it."""
        texts: list[str] = []
        attached: list[dict[str, Any]] = []
        inside: list[email.message.Message] = []
        for part in self._parts(message, 0):
            if part.get_content_type() == "message/rfc822":
                inside += [each for each in _payload_list(part) if depth < _DEEPEST]
            elif _is_text(part):
                self._add_text(part, texts)
            elif part.get_content_maintype() != "multipart" or part.get_payload(decode=True):
                # a multipart without parts and bytes is a boundary that was never used
                attached.append(self._attach(part))
        lines = [f"{name}: {value}" for name in _SHOWN if (value := self._header(message, name))]
        text = "\n".join([*lines, "", *texts])
        self._found.add(label, text.strip("\n"), self._meta(message, attached))
        for number, each in enumerate(inside, 1):
            self.take(each, f"{label}.{number}", depth + 1)

    def _meta(
        self, message: email.message.Message, attached: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """What is known of a mail besides its text."""
        date = self._header(message, "Date")
        meta: dict[str, Any] = {"kind": "mail", "stated_time": date}
        meta["times"] = stated_dates.of_mail(date)
        for key, name in (("stated_sender", "From"), ("subject", "Subject"), ("id", "Message-ID")):
            value = self._header(message, name)
            if value:
                meta[key] = value
        if date and not meta["times"]:
            self._found.note(f"the date {date[:60]!r} can't be read")
        elif any("utc" not in each for each in meta["times"]):
            self._found.note("a date has no offset from UTC, so it is a span of 26 hours")
        received = _headers(message, "Received")[:_MOST_RECEIVED]
        if received:
            meta["received"] = [*map(self._decoded, received)]
        if attached:
            meta["attachments"] = attached
        defects = sorted({type(each).__name__ for each in message.defects})
        if defects:
            meta["defects"] = defects
        return meta

    def _parts(self, message: email.message.Message, depth: int) -> list[email.message.Message]:
        """The leaves of a mail in order; a mail inside it is a leaf."""
        if not message.is_multipart() or message.get_content_type() == "message/rfc822":
            return [message]
        if depth >= _DEEPEST:
            self._found.note(f"parts nested more than {_DEEPEST} deep are not read")
            return []
        found: list[email.message.Message] = []
        for part in [*_payload_list(message), *self._behind_end(message)]:
            found += self._parts(part, depth + 1)
        return found[:_MOST_PARTS]

    def _behind_end(self, message: email.message.Message) -> list[email.message.Message]:
        """Parts behind what a mail states to be its end: some use one boundary twice."""
        boundary = message.get_boundary()
        rest = message.epilogue or ""
        if not boundary or f"--{boundary}" not in rest:
            return []
        self._found.note("parts stand behind the end that the mail states; they are read too")
        head = f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n'
        return _payload_list(email.message_from_string(head + rest))

    def _add_text(self, part: email.message.Message, texts: list[str]) -> None:
        """Add the text of a part. An HTML part that says the same as the plain one adds nothing."""
        text = self._part_text(part)
        if part.get_content_type() == "text/html":
            page = web_page_text.text_of(text)
            text = page.page_text()
            if page.remote:
                self._found.note("the mail names pictures elsewhere; nothing was loaded")
            if page.hidden:
                self._found.note("the mail hides a part of its HTML text, which is shown here")
        if not any(_letters(text) == _letters(other) for other in texts):
            texts.append(text.strip("\r\n"))

    def _attach(self, part: email.message.Message) -> dict[str, Any]:
        """Take up an attachment under the name that it claims."""
        data = part.get_payload(decode=True)
        raw = data if isinstance(data, bytes) else b""
        name = part.get_filename() or part.get_param("name") or ""
        shown = self._decoded(str(email.utils.collapse_rfc2231_value(name)))
        return self._found.attach(shown or "not named", raw, part.get_content_type())

    def _part_text(self, part: email.message.Message) -> str:
        """The text of a part in the character set that it names, or in one that fits its bytes."""
        data = part.get_payload(decode=True)
        raw = data if isinstance(data, bytes) else b""
        said = str(part.get_content_charset() or "us-ascii").lower()
        try:
            return raw.decode(_WIDER.get(said, said))
        except (UnicodeDecodeError, LookupError):
            pass
        return self._fitting(raw, said)

    def _fitting(self, raw: bytes, said: str) -> str:
        """Bytes that do not fit the set that they are said to be in."""
        if self._encoding is not None:
            text = raw.decode(self._encoding, "replace")
            self._found.note(f"a part says {said[:40]!r}, does not fit it, and was read as asked")
            return text
        try:
            text = raw.decode("utf-8")
            self._found.note(f"a part says {said[:40]!r} and is UTF-8")
            return text
        except UnicodeDecodeError:
            pass
        could = text_encoding.suggestions(raw)
        chosen = could[0] if could else "latin-1"
        others = f"; it would fit {', '.join(could[1:])} too" if could[1:] else ""
        self._found.note(
            f"a part says {said[:40]!r} and does not fit it: read as {chosen}{others}; "
            "--encoding decides"
        )
        return raw.decode(chosen, "replace")

    def _header(self, message: email.message.Message, name: str) -> str:
        """A header, decoded; several of one name are joined."""
        return " | ".join(map(self._decoded, _headers(message, name)))[:4000]

    def _decoded(self, value: str) -> str:
        """A header's value with its encoded words (RFC 2047), and raw bytes read as they fit."""
        unfolded = re.sub(r"\r?\n[ \t]+", " ", value)
        try:
            words = email.header.decode_header(unfolded)
        except (ValueError, email.errors.HeaderParseError):
            return self._raw(unfolded)
        parts = []
        for data, charset in words:
            if isinstance(data, str):
                parts.append(self._raw(data))
                continue
            said = _WIDER.get(str(charset or "ascii").lower(), str(charset or "ascii"))
            try:
                parts.append(data.decode(said))
            except (UnicodeDecodeError, LookupError):
                parts.append(self._fitting(data, said))
        return "".join(parts).strip()

    def _raw(self, text: str) -> str:
        """A text in which the parser has hidden bytes that are not ASCII."""
        data = text.encode("utf-8", "surrogateescape")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return self._fitting(data, "us-ascii")


def _headers(message: email.message.Message, name: str) -> list[str]:
    """The values of a header as they stand, bytes that are not ASCII as surrogates."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def _payload_list(message: email.message.Message) -> list[email.message.Message]:
    """The parts of a mail."""
    payload = message.get_payload()
    return (
        [part for part in payload if isinstance(part, email.message.Message)]
        if isinstance(payload, list)
        else []
    )


def _is_text(part: email.message.Message) -> bool:
    """Whether a part is shown as text rather than attached."""
    named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
    return part.get_content_maintype() == "text" and not named


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)
