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
    chat_signal,
    compound_file,
    mail_text,
    office_text,
    outlook_mail,
    rtf_text,
    sheets,
    telegram_page,
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
_OLD_OFFICE = {
    "WordDocument": ("a Word file of before 2007 (.doc)", "docx"),
    "Workbook": ("a workbook of before 2007 (.xls)", "xlsx"),
    "Book": ("a workbook of before 1997 (.xls)", "xlsx"),
    "PowerPoint Document": ("slides of before 2007 (.ppt)", "pptx"),
}
"""What is in a compound file that has a stream of this name, and what to save it as."""
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
    elif head.startswith(compound_file.MAGIC):
        _refuse_large(size)
        _compound(os.pread(fd, size, 0), found)
    elif rtf_text.looks_like_rtf(head):
        _refuse_large(size)
        rtf_text.read(os.pread(fd, size, 0), found)
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


def _compound(data: bytes, found: FoundPages) -> None:
    """A mail of Outlook; any other compound file is refused by its name."""
    folder = compound_file.read(data)
    if outlook_mail.PROPERTIES in folder.streams:
        outlook_mail.read(folder, found)
        return
    if "EncryptedPackage" in folder.streams:
        raise InputError(
            "the file is a docx, xlsx or pptx that a password locks",
            code="document-password",
            hint="open it with its password, save a copy without one, and add that too",
        )
    for name, (what, form) in _OLD_OFFICE.items():
        if name in folder.streams:
            raise InputError(
                f"no reader takes this file: it is {what}",
                code="document-unsupported",
                hint=f"soffice --headless --convert-to {form} FILE (LibreOffice), or save it as "
                f"{form} in Office, and add that too; the file itself is kept as it is",
            )
    raise _unsupported("a compound file of an unknown program")


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
    elif telegram_page.looks_like_telegram(head):
        telegram_page.read(data, found, encoding)
    elif web_page_text.looks_like_html(head):
        found.kind = "html"
        web_page_text.read(data, found, encoding=encoding)
    elif b"<smses" in head:
        chat_signal.signal_xml(data, found)
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
    if text.text.lstrip()[:1] in ("{", "[") and _chat_data(text.text, found):
        return
    if chat_signal.looks_like_tools_text(text.text):
        chat_signal.tools_text(text.text, found)
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
        chat_signal.signal_lines(text, found)
        return True
    if chat_signal.looks_like_export_lines(first):
        chat_signal.export_lines(text, found)
        return True
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if chat_signal.looks_like_desktop(data):
        chat_signal.desktop(data, found)
        return True
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
