"""The text layers of one file: which reader takes it, and its pages one batch at a time."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noonmark.documents.layers import Page
from noonmark.errors import OutsideError
from noonmark.sandbox import process
from noonmark.sandbox.parsers.magic import photo_format

LIMITS = process.WorkerLimits(
    cpu_s=120, wall_s=240.0, output_bytes=256 << 20, memory_bytes=1536 << 20
)
_HEAD_BYTES = 1024
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How zips and compound files begin: one can hold a PDF among its first bytes."""


@dataclass(frozen=True)
class Attachment:
    """A file inside a document: its claimed name, its digest, its bytes where they were kept."""

    name: str
    sha256: str
    size: int
    media_type: str
    data: bytes | None


@dataclass(frozen=True)
class ReadOptions:
    """How the user wants documents read.

    - ``languages``: for OCR, by their short names (ug, zh); empty for no OCR.
    - ``encoding``: of texts that do not say theirs.
    """

    languages: tuple[str, ...] = ()
    encoding: str | None = None
    every_page: bool = False
    """OCR of every page, also of those that have text."""


@dataclass
class ReadDocument:
    """What a reader found besides pages; filled while the pages are taken."""

    kind: str = ""
    language_hint: str = ""
    notes: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    files: Mapping[str, str] = field(default_factory=dict)
    """The digests of the files that came with the document, by their names from its folder."""
    _aliases: dict[str, str] = field(default_factory=dict)

    def with_alias(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """What is known of a message, its sender by an alias of this document, and the digests of
        files that it names and that came with it.

        Aliases are numbered by first appearance and mean nothing outside of the document.
        """
        told = dict(meta)
        sender = told.get("stated_sender")
        if isinstance(sender, str):
            number = len(self._aliases) + 1
            told["sender"] = self._aliases.setdefault(sender, f"sender-{number}")
        attached = told.get("attachments")
        if isinstance(attached, list):
            told["attachments"] = [self._tied(each) for each in attached]
        return told

    def _tied(self, named: Any) -> Any:
        """An attachment with the digest of the file of that name, where it came too."""
        if not isinstance(named, dict) or "sha256" in named:
            return named
        path = posixpath.normpath(str(named.get("name", "")).replace("\\", "/"))
        digest = self.files.get(path)
        return named if digest is None else {**named, "sha256": digest}


def kind_of(path: Path) -> str:
    """ "pdf", "picture" or "other", by the first bytes."""
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_CONTAINERS):
        return "other"
    if b"%PDF-" in head:
        return "pdf"
    return "other" if photo_format(head[:16]) is None else "picture"


def other_pages(path: Path, options: ReadOptions, about: ReadDocument) -> Iterator[Page]:
    """The pages of a document that is no PDF and no picture. ``about`` is filled on the way."""
    at: int | None = 0
    count, last = 0, ""
    while at is not None:
        payload = {"encoding": options.encoding, "at": at, "after": last}
        value = process.run("document_text", payload=payload, files=[path], limits=LIMITS).value
        about.kind = str(value["kind"])
        about.language_hint = about.language_hint or str(value["language"])[:20]
        about.notes += [note for note in map(str, value["notes"]) if note not in about.notes]
        about.attachments += [attachment_of(one) for one in value["attachments"]]
        for told in _told(value["pages"]):
            meta = about.with_alias(told["meta"])
            yield Page(count, told["label"], told["text"], meta=meta)
            count += 1
            last = told["label"]
        going_on = value["next"]
        at = going_on if isinstance(going_on, int) and going_on > at else None


def _told(blob: Any) -> list[dict[str, Any]]:
    """The pages of an answer, their form checked. Raises OutsideError "worker-output"."""
    try:
        pages = json.loads(bytes(blob))
        wanted = {"label": str, "text": str, "meta": dict}
        sound = all(
            set(page) == set(wanted)
            and all(type(page[key]) is kind for key, kind in wanted.items())
            for page in pages
        )
        for page in pages:
            page["text"].encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise OutsideError(
            "the reader's answer is not of the agreed form: pages", code="worker-output"
        )
    found: list[dict[str, Any]] = pages
    return found


def attachment_of(told: Mapping[str, Any]) -> Attachment:
    """An attachment as a task hands it over."""
    name = told["name"]
    shown = bytes(name).decode("utf-8", "replace") if not isinstance(name, str) else name
    data = told.get("data")
    return Attachment(
        shown,
        str(told["sha256"]),
        int(told["size"]),
        str(told.get("media_type", ""))[:100],
        None if data is None else bytes(data),
    )
