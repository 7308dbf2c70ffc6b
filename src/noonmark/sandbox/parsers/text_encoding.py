"""The encoding of a text, found where the bytes say it; otherwise asked, with what it could be."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from noonmark.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OFTEN = (
    "gb18030",
    "big5",
    "shift_jis",
    "euc_kr",
    "cp1251",
    "koi8_r",
    "cp1256",
    "cp1254",
    "cp1252",
)
"""Encodings that are tried for a suggestion, those that refuse most bytes first."""
_SAMPLE = 4096


@dataclass(frozen=True)
class DecodedText:
    """A text, the encoding it was read in, and how that is known: mark, utf-8, zeros, or asked."""

    text: str
    encoding: str
    known_by: str


def decoded(data: bytes, asked: str | None = None) -> DecodedText:
    """The text of some bytes.

    Raises InputError "text-encoding-unknown" where nothing says the encoding, "text-encoding-bad"
    where the one that was asked for does not fit.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return DecodedText(_strict(data[len(mark) :], name), name, "mark")
    if asked is not None:
        return DecodedText(_strict(data, asked), asked, "asked")
    wide = _wide(data[:_SAMPLE])
    if wide is not None:  # before UTF-8, which takes zeros too
        return DecodedText(_strict(data, wide), wide, "zeros")
    try:
        return DecodedText(data.decode("utf-8"), "utf-8", "utf-8")
    except UnicodeDecodeError:
        pass
    could = suggestions(data)
    said = ", ".join(could) if could else "none of those that are often used"
    raise InputError(
        f"the text is not UTF-8 and does not say its encoding; its bytes fit {said}",
        code="text-encoding-unknown",
        hint=f"add it with --encoding {could[0] if could else 'NAME'} and look at the text",
    )


def suggestions(data: bytes) -> list[str]:
    """The encodings of a short list in which all bytes are printable characters."""
    found = []
    for name in _OFTEN:
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if all(char.isprintable() or char in "\t\r\n\f" for char in text[:_SAMPLE]):
            found.append(name)
    return found


def clean(text: str) -> str:
    """The text with line ends as newlines, and without what no file of text can keep: NUL becomes
    U+FFFD, half a surrogate pair too.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode("utf-8") if _has_surrogate(text) else text


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _strict(data: bytes, name: str) -> str:
    """The bytes in one encoding, all of them."""
    try:
        return data.decode(codecs.lookup(name).name)
    except LookupError:
        raise InputError(
            f"{name[:40]!r} is no encoding",
            code="text-encoding-bad",
            hint="for example gb18030, big5, cp1251, cp1256 or utf-16",
        ) from None
    except (UnicodeDecodeError, UnicodeError) as error:
        where = getattr(error, "start", 0)
        raise InputError(
            f"the text is not {name[:40]}: byte {where} does not fit",
            code="text-encoding-bad",
            hint="look at the file in an editor that shows its encoding, and name that",
        ) from None


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Latin text is zero."""
    if len(sample) < 4:
        return None
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def is_marked(data: bytes) -> bool:
    """Whether a byte order mark, or the zeros of UTF-16, say that it is text."""
    return data.startswith(tuple(mark for mark, _ in _MARKS)) or _wide(data[:_SAMPLE]) is not None
