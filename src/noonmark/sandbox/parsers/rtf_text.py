"""Text of rich text files (RTF 1.9.1, Microsoft 2008), in any of their code pages.

Notes, headers and footers are pages of their own. What the file marks as deleted is left out, and
what it marks as hidden is kept; both are said.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from noonmark.errors import InputError
from noonmark.sandbox.parsers.document_pages import FoundPages

_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+",
    re.DOTALL,
)
_SKIPPED = frozenset(
    (
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "themedata",
        "datastore",
        "listtable",
        "rsidtbl",
        "filetbl",
        "listoverridetable",
        "revtbl",
        "generator",
        "xmlnstbl",
        "latentstyles",
        "fldinst",
        "colorschememapping",
        "bkmkstart",
        "bkmkend",
        "nonshppict",
        "ftnsep",
        "ftnsepc",
        "aftnsep",
        "aftnsepc",
        "template",
        "private",
        "xe",
        "tc",
        "htmltag",
        "mmathPr",
    )
)
_HEADERS = (
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
)
_BESIDE = {
    **dict.fromkeys(("footnote", "annotation"), "notes"),
    **dict.fromkeys(_HEADERS, "headers"),
}
_SIGNS = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "row": "\n",
    "tab": "\t",
    "cell": "\t",
    "nestcell": "\t",
    "nestrow": "\n",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
}
_SYMBOLS = {b"~": "\u00a0", b"-": "\u00ad", b"_": "\u2011", b"\n": "\n", b"\r": "\n"}
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}
_OLD_SETS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_DEEPEST = 2000


@dataclass(frozen=True)
class _Group:
    """What holds inside a pair of braces."""

    into: str = "text"
    """"text", "notes", "headers", "fonts", or "" for what is no text."""
    encoding: str = ""
    fallback: int = 1
    """How many characters that follow a \\u stand for it in older programs."""
    deleted: bool = False
    hidden: bool = False


@dataclass
class _Reading:
    """A file on its way to text."""

    encoding: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    pages: list[list[str]] = field(default_factory=lambda: [[]])
    beside: dict[str, list[str]] = field(default_factory=dict)
    waiting: bytearray = field(default_factory=bytearray)
    to_skip: int = 0
    deleted: int = 0
    hidden: int = 0
    starred: bool = False

    def put(self, text: str) -> None:
        """Add to the text that the group belongs to."""
        self.flush()
        self._put(text)

    def _put(self, text: str) -> None:
        if self.group.deleted:
            self.deleted += len(text)
        elif self.group.into == "text":
            self.pages[-1].append(text)
            self.hidden += len(text) if self.group.hidden else 0
        elif self.group.into in ("notes", "headers"):
            self.beside.setdefault(self.group.into, []).append(text)

    def flush(self) -> None:
        """Decode the bytes that wait: a character can be two of them."""
        if self.waiting:
            data, self.waiting = bytes(self.waiting), bytearray()
            self._put(data.decode(self.group.encoding or self.encoding, "replace"))


def looks_like_rtf(head: bytes) -> bool:
    """Whether the first bytes begin a rich text file."""
    return head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{\\rtf")


def read(data: bytes, found: FoundPages) -> None:
    """Take up the pages of a file. Raises InputError "document-damaged"."""
    found.kind = "rtf"
    reading = _read(data)
    for number, page in enumerate(reading.pages, 1):
        found.add(str(number), _joined(page).strip("\n"))
    for label, parts in reading.beside.items():
        found.add(label, _joined(parts).strip("\n"))
    if reading.deleted:
        found.note(f"{reading.deleted} characters are marked as deleted and left out")
    if reading.hidden:
        found.note(f"{reading.hidden} characters are marked as hidden, and shown here")


def text_of(data: bytes) -> str:
    """The running text of a file, its pages joined. Raises InputError "document-damaged"."""
    return "\n".join(_joined(page) for page in _read(data).pages).strip("\n")


def _read(data: bytes) -> _Reading:
    reading = _Reading()
    at = 0
    while (match := _TOKEN.match(data, at)) is not None:
        at = match.end()
        word, number, escaped, symbol, brace, run = match.groups()
        if brace == b"{":
            _open(reading)
        elif brace == b"}":
            _close(reading)
        elif word is not None:
            count = None if number is None else int(number)
            if word == b"bin":
                at += max(0, count or 0)
            else:
                _control(reading, word.decode("ascii"), count)
        elif symbol is not None:
            _symbol(reading, symbol)
        elif escaped is not None:
            _bytes(reading, bytes((int(escaped, 16),)))
        elif run is not None:
            _bytes(reading, run)
    reading.flush()
    return reading


def _open(reading: _Reading) -> None:
    reading.flush()
    reading.to_skip = 0
    reading.outer.append(reading.group)
    if len(reading.outer) > _DEEPEST:
        raise InputError(
            f"the rich text is nested more than {_DEEPEST} deep",
            code="document-damaged",
            hint="save it as docx or PDF; the file itself is kept as it is",
        )


def _close(reading: _Reading) -> None:
    reading.flush()
    reading.to_skip = 0
    if reading.group.into in ("notes", "headers") and reading.outer[-1:] != [reading.group]:
        reading.put("\n")
    if reading.outer:
        reading.group = reading.outer.pop()


def _symbol(reading: _Reading, symbol: bytes) -> None:
    if symbol == b"*":
        reading.starred = True
    elif symbol in b"{}\\":
        _bytes(reading, symbol)
    elif symbol in _SYMBOLS:
        reading.put(_SYMBOLS[symbol])


def _bytes(reading: _Reading, data: bytes) -> None:
    """Bytes of text, less those that stand for a sign that was already read."""
    reading.starred = False
    if reading.group.into == "fonts":
        return
    skipped = min(reading.to_skip, len(data))
    reading.to_skip -= skipped
    reading.waiting += data[skipped:]


def _control(reading: _Reading, word: str, number: int | None) -> None:
    """One control word."""
    starred, reading.starred = reading.starred, False
    if word == "u" and number is not None:
        reading.put(chr(number % 0x10000))
        reading.to_skip = reading.group.fallback
    elif reading.to_skip and word not in _BESIDE:
        reading.to_skip -= 1
    elif word in _SIGNS:
        reading.put(_SIGNS[word])
    elif word == "page":
        reading.flush()
        reading.pages += [[]] if reading.group.into == "text" else []
    elif word == "fonttbl":
        _into(reading, "fonts")
    elif word in _BESIDE:
        _into(reading, _BESIDE[word])
    elif word in _SKIPPED or (starred and word != "shppict"):
        _into(reading, "")
    else:
        _format(reading, word, number)


def _into(reading: _Reading, where: str) -> None:
    """The rest of the group belongs elsewhere; inside of what is no text nothing does."""
    reading.flush()
    if reading.group.into:
        reading.group = replace(reading.group, into=where)


def _format(reading: _Reading, word: str, number: int | None) -> None:
    """A control word that changes how what follows is read."""
    reading.flush()
    group = reading.group
    on = number != 0
    if word in ("f", "fcharset"):
        _font(reading, word, number or 0)
    elif word in ("ansicpg", "mac", "pc", "pca"):
        reading.encoding = _OLD_SETS.get(word) or _code_page(number or 0)
    elif word == "plain":
        reading.group = replace(group, hidden=False, deleted=False)
    elif word == "uc":
        reading.group = replace(group, fallback=max(0, min(number or 0, 100)))
    elif word == "deleted":
        reading.group = replace(group, deleted=on)
    elif word == "v":
        reading.group = replace(group, hidden=on)
    elif word == "htmlrtf":
        reading.group = replace(group, into="" if on else "text")


def _font(reading: _Reading, word: str, number: int) -> None:
    """The font of what follows, or the character set of a font that the table lists."""
    if word == "f":
        reading.font = number
        reading.group = replace(reading.group, encoding=reading.fonts.get(number, ""))
    elif reading.group.into == "fonts":
        reading.fonts[reading.font] = _CHARSETS.get(number, "")


def _code_page(number: int) -> str:
    """The name of a code page; that of Western Windows where it is not known."""
    name = {936: "gb18030", 65001: "utf-8", 10000: "mac_roman"}.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def _joined(parts: list[str]) -> str:
    """Pieces of text as one; halves of a pair that came one by one are put together."""
    text = "".join(parts)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
