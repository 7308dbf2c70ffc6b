"""Documents of a case read one by one: which layers each gets, and what lies in it.

A document that can't be read says why in its report. Layers that are there are not made again; a
long PDF keeps the batches of pages that it has.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noonmark.actions import case_items, text_layers
from noonmark.actions.case_items import Held, Made
from noonmark.documents import ocr, pdf, reading
from noonmark.documents.layers import LayerHead, Page
from noonmark.documents.ocr import OcrPacks
from noonmark.documents.reading import Attachment, ReadDocument, ReadOptions
from noonmark.errors import NoonmarkError
from noonmark.evidence.vault import open_vault

_DEEPEST = 3
"""Attachments of attachments of attachments are kept and not opened."""


@dataclass
class DocumentReport:
    """Result of one document: its layers, its attachments, or the error that says why not."""

    sha256: str
    name: str
    kind: str = ""
    layers: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: dict[str, Any] | None = None


@dataclass(frozen=True)
class WaitingDocument:
    """A document that is still to be read, and how deep it lay in others."""

    sha256: str
    name: str
    depth: int = 0


@dataclass(frozen=True)
class DocumentReader:
    """Reads documents of one case, and keeps what is in them."""

    case: Path
    by: str
    options: ReadOptions
    again: bool
    names: Mapping[str, str]
    """The digests of all files of this addition, by the names under which they came."""

    def read(
        self, document: WaitingDocument, share: Callable[[float], None]
    ) -> tuple[DocumentReport, list[WaitingDocument]]:
        """Read one document; the attachments that are to be read after it."""
        report = DocumentReport(document.sha256, document.name)
        try:
            with open_vault(self.case) as vault:
                path = vault.store.get(document.sha256)
            before = text_layers.item_heads(self.case, document.sha256)
            report.kind = reading.kind_of(path)
            if before and not self.again and not self._lacks_ocr(before, report.kind):
                report.layers = [layer_told(head) for head in preferred(before)]
                report.notes = ["read before; --again reads it once more"]
                return report, []
            heads, about = self._layers(path, document, report, share)
            report.kind = about.kind or report.kind
            report.layers = [layer_told(head) for head in preferred(heads)]
            report.notes += about.notes
            return report, self._kept(document, about.attachments, report)
        except NoonmarkError as error:
            report.error = {"code": error.code, "message": error.message, "hint": error.hint}
        return report, []

    def _lacks_ocr(self, before: Sequence[LayerHead], kind: str) -> bool:
        """Tell whether OCR is asked for now that a picture or PDF has not had."""
        if not self.options.languages or kind == "other":
            return False
        producer = ocr.packs(self.options.languages).producer
        wanted = self.options.every_page or any(head.without_text for head in before)
        return wanted and not any(head.producer == producer for head in before)

    def _layers(
        self,
        path: Path,
        document: WaitingDocument,
        report: DocumentReport,
        share: Callable[[float], None],
    ) -> tuple[list[LayerHead], ReadDocument]:
        """Write every layer that a document has."""
        if report.kind == "pdf":
            return self._pdf(path, document.sha256, share)
        if report.kind == "picture":
            return self._picture(path, document.sha256)
        about = ReadDocument(files=self._beside(document.name))
        pages = reading.other_pages(path, self.options, about)
        first = next(pages, None)
        rest = iter(()) if first is None else _chained(first, pages)
        head = text_layers.write_layer(
            self.case,
            document.sha256,
            about.kind or "text",
            rest,
            notes=about.notes,
            language_hint=about.language_hint,
        )
        return [head], about

    def _beside(self, name: str) -> dict[str, str]:
        """The files that came from the folder of a document or below, by their names from there."""
        folder = name.rpartition("/")[0]
        start = f"{folder}/" if folder else ""
        return {
            other[len(start) :]: digest
            for other, digest in self.names.items()
            if other.startswith(start)
        }

    def _pdf(
        self, path: Path, item: str, share: Callable[[float], None]
    ) -> tuple[list[LayerHead], ReadDocument]:
        """The layers of a PDF, batch by batch; batches that are on disk are not read again."""
        facts = pdf.facts(path)
        about = ReadDocument("pdf", "", [*facts.notes], [*facts.attachments])
        if self.again:
            text_layers.forget_batches(self.case, item)
        for first in range(0, facts.pages, pdf.BATCH):
            if not text_layers.has_batch(self.case, item, facts.readers, first):
                text_layers.write_batch(self.case, item, first, pdf.batch(path, facts, first))
            share(min(1.0, (first + pdf.BATCH) / facts.pages))
        starts = range(0, facts.pages, pdf.BATCH)
        heads = [
            text_layers.join_batches(self.case, item, producer, starts, notes=about.notes)
            for producer in facts.readers
        ]
        text_layers.forget_batches(self.case, item)
        heads += self._pdf_by_ocr(path, heads[0], about)
        return heads, about

    def _picture(self, path: Path, item: str) -> tuple[list[LayerHead], ReadDocument]:
        """The text of a picture, where OCR is asked for."""
        about = ReadDocument("picture")
        if not self.options.languages:
            about.notes.append("a picture: --ocr LANGUAGES reads its text")
            return [], about
        use = ocr.packs(self.options.languages)
        pages = iter([ocr.read_picture(path, use)])
        return [self._by_ocr(item, use, pages)], about

    def _pdf_by_ocr(self, path: Path, head: LayerHead, about: ReadDocument) -> list[LayerHead]:
        """The layer of pages read by OCR: those without text, or all where that is asked for."""
        if not self.options.languages:
            if head.without_text:
                about.notes.append(
                    f"{head.without_text} pages have no text: --ocr LANGUAGES reads them"
                )
            return []
        wanted = [
            (page.index, page.label)
            for page in text_layers.pages(self.case, head)
            if self.options.every_page or not page.text.strip()
        ]
        if not wanted:
            return []
        use = ocr.packs(self.options.languages)
        with tempfile.TemporaryDirectory(prefix="noonmark-") as scratch:
            pages = ocr.pdf_pages(path, use, wanted, Path(scratch))
            return [self._by_ocr(head.item_sha256, use, pages)]

    def _by_ocr(self, item: str, use: OcrPacks, pages: Iterator[Page]) -> LayerHead:
        """Write the layer of what tesseract reads."""
        return text_layers.write_layer(
            self.case, item, use.producer, pages, language_hint=",".join(self.options.languages)
        )

    def _kept(
        self, document: WaitingDocument, attachments: Sequence[Attachment], report: DocumentReport
    ) -> list[WaitingDocument]:
        """Keep attachments as items that derive from the document; those that are to be read."""
        made, found = [], []
        for one in attachments:
            kept = one.data is not None
            report.attachments.append(
                {"name": one.name, "sha256": one.sha256, "size": one.size, "kept": kept}
            )
            if one.data is None:
                continue
            name = _file_name(one.name)
            made.append(Made(one.data, name, "extract", {"claimed_name": one.name[:500]}))
            if document.depth + 1 < _DEEPEST:
                found.append(WaitingDocument(one.sha256, name, document.depth + 1))
        if made:
            held = Held(self.case, document.sha256, self.by, "docs add", {})
            case_items.log_derivation(held, made, means=case_items.means("pypdfium2"))
        return found


def _chained(first: Page, rest: Iterator[Page]) -> Iterator[Page]:
    yield first
    yield from rest


def _file_name(claimed: str) -> str:
    """The last part of a claimed name, whatever folders it pretends to lie in."""
    last = claimed.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    return last if last not in ("", ".", "..") else "attachment"


_PREFERENCE = ("poppler", "pdfium")


def preferred(heads: Sequence[LayerHead]) -> list[LayerHead]:
    """The layer that is shown first, first; OCR after what the file itself says."""

    def rank(head: LayerHead) -> tuple[int, str]:
        known = head.producer in _PREFERENCE
        ocr = head.producer.startswith("tesseract")
        place = _PREFERENCE.index(head.producer) if known else len(_PREFERENCE) + ocr
        return place, head.producer

    return sorted(heads, key=rank)


def layer_told(head: LayerHead) -> dict[str, Any]:
    """A layer in the JSON answer."""
    told = {name: value for name, value in vars(head).items() if name != "item_sha256"}
    return {**told, "notes": list(head.notes)}
