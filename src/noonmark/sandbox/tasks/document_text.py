"""The text of a document that is no PDF and no picture: office files, web pages, mail, chats,
plain text.
"""

from __future__ import annotations

import json
import os

from noonmark.errors import InputError
from noonmark.sandbox.parsers import (
    chat_json,
    chat_lines,
    mail_text,
    office_text,
    sheets,
    text_encoding,
    web_archive,
    web_page_text,
    zip_members,
)
from noonmark.sandbox.parsers.document_pages import FoundPages
from noonmark.sandbox.parsers.zip_members import ZipMembers
from noonmark.sandbox.task_types import Answer, Payload

_LARGEST_TEXT = 96 << 20
_PIECE = 48 << 20
"""Of a mailbox in one answer [bytes]."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}


def main(payload: Payload, fds: list[int]) -> Answer:
    """The pages of one document.

    Payload: ``encoding`` or None; ``at``, where an earlier answer said to go on (0 at first), and
    ``after``, the label of its last page ("" at first).

    Answer: as parsers/document_pages.py has it. Raises InputError "document-unsupported" where no
    reader takes the file.
    """
    found = FoundPages()
    fd, encoding = fds[0], payload.get("encoding")
    size = os.fstat(fd).st_size
    head = os.pread(fd, 4096, 0)
    if not size:
        raise InputError("the file is empty", code="document-empty", hint="ask for another copy")
    if head.startswith(b"PK\x03\x04"):
        _zipped(zip_members.opened(fd), found)
    elif head.startswith(_OLE):
        raise _unsupported("an old Office file or a mail of Outlook (.doc, .xls, .msg)")
    elif web_archive.looks_like_warc(head):
        _refuse_large(size)
        web_archive.warc(os.pread(fd, size, 0), found)
    elif mail_text.looks_like_mbox(head):
        _mailbox(fd, size, payload, found)
    else:
        _text(fd, size, head, found, encoding)
    return found.answer()


def _mailbox(fd: int, size: int, payload: Payload, found: FoundPages) -> None:
    """A piece of a mailbox; ``next`` says where the next begins."""
    at = int(payload["at"])
    data = os.pread(fd, _PIECE, at)
    is_end = at + len(data) >= size
    before = int(payload["after"].partition(".")[0] or 0)
    encoding = payload.get("encoding")
    used = mail_text.mailbox(data, found, encoding, before=before, is_end=is_end)
    if not is_end:
        found.next = at + used


def _zipped(members: ZipMembers, found: FoundPages) -> None:
    """A document that is a zip."""
    names = members.names
    if "word/document.xml" in names:
        office_text.docx(members, found)
    elif "xl/workbook.xml" in names:
        sheets.xlsx(members, found)
    elif "ppt/presentation.xml" in names:
        office_text.pptx(members, found)
    elif "content.xml" in names and "mimetype" in names:
        _open_document(members, found)
    elif not web_archive.wacz(members, found):
        raise _unsupported("a zip that is no document")


def _open_document(members: ZipMembers, found: FoundPages) -> None:
    """A document of OpenDocument, by the type that it states."""
    kind = _OPEN_DOCUMENT.get(members.read("mimetype").strip().removesuffix(b"-template"))
    if kind is None:
        raise _unsupported("an OpenDocument file that is no text, sheet or presentation")
    if kind == "ods":
        sheets.ods(members, found)
    else:
        office_text.opendocument(members, found, kind)


def _text(fd: int, size: int, head: bytes, found: FoundPages, encoding: str | None) -> None:
    """A document that is text of some form."""
    _refuse_large(size)
    data = os.pread(fd, size, 0)
    if mail_text.looks_like_mail(head):
        found.kind = "mail"
        mail_text.read(data, found, encoding, label="1")
    elif web_page_text.looks_like_html(head):
        found.kind = "html"
        web_page_text.read(data, found, encoding=encoding)
    elif b"<smses" in head:
        chat_json.signal_xml(data, found)
    elif _is_binary(head):
        raise _unsupported("no text, by its first bytes")
    else:
        _decoded(data, found, encoding)


def _refuse_large(size: int) -> None:
    """Refuse a file that would not be read at once."""
    if size > _LARGEST_TEXT:
        raise InputError(
            f"the text has {size} bytes, at most {_LARGEST_TEXT} are read at once",
            code="document-too-large",
            hint="split it, and add the parts; the file itself is kept as it is",
        )


def _decoded(data: bytes, found: FoundPages, encoding: str | None) -> None:
    """A chat, or plain text."""
    text = text_encoding.decoded(data, encoding)
    if text.known_by != "utf-8":
        found.note(f"read as {text.encoding}, known by: {text.known_by}")
    if text.text.lstrip().startswith("{") and _chat_data(text.text, found):
        return
    if chat_lines.looks_like_chat(text.text):
        chat_lines.read(text.text, found)
        return
    for number, part in enumerate(text.text.split("\f"), 1):
        found.add(str(number), part)


def _chat_data(text: str, found: FoundPages) -> bool:
    """Take up a chat in JSON; false where it is none."""
    first = text.lstrip().partition("\n")[0]
    if '"backupTimeMs"' in first:
        chat_json.signal_lines(text, found)
        return True
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not chat_json.looks_like_telegram(data):
        return False
    chat_json.telegram(data, found)
    return True


def _is_binary(head: bytes) -> bool:
    """Whether bytes are no text in any encoding: many controls, and not UTF-16 or UTF-32."""
    if text_encoding.is_marked(head):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b\0" for byte in head)
    zeros = head.count(0)
    return controls > 0.02 * len(head) or (0.05 * len(head) < zeros < 0.2 * len(head))


def _unsupported(what: str) -> InputError:
    return InputError(
        f"no reader takes this file: it is {what}",
        code="document-unsupported",
        hint="save it as PDF, docx or text and add that too; the file itself is kept as it is",
    )
