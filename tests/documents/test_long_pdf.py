"""A PDF of many batches: progress is told, and what was read before a stop is not read again."""

from __future__ import annotations

import pytest

from noonmark.actions import documents
from noonmark.documents import pdf
from tests.documents.made_pdf import MadePdf
from tests.documents.test_pdf import needs_pdfium


@needs_pdfium
def test_an_addition_that_was_stopped_goes_on_where_it_was(tmp_path, case, monkeypatch):
    monkeypatch.setattr(pdf, "BATCH", 2)
    made = MadePdf()
    for page in range(7):
        made.page(f"BT /F1 9 Tf 40 700 Td (words of page {page}) Tj ET".encode("ascii"))
    path = tmp_path / "long.pdf"
    path.write_bytes(made.bytes())
    read, shares = [], []
    batch = pdf.batch

    def noted(path, about, first):
        read.append(first)
        return batch(path, about, first)

    def stop(share):
        shares.append(share)
        if len(read) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(pdf, "batch", noted)
    with pytest.raises(KeyboardInterrupt):
        documents.add_documents(case, [str(path)], share=stop)
    assert read == [0, 2]
    done = documents.add_documents(case, [str(path)], share=shares.append)
    assert read == [0, 2, 4, 6]
    assert shares == sorted(shares[:2]) + sorted(shares[2:]) and shares[-1] == 1.0
    (one,) = done["documents"]
    told = documents.document_text(case, one["sha256"])
    texts = [page["text"].strip() for page in told["layers"][0]["page_texts"]]
    assert texts == [f"words of page {page}" for page in range(7)]
    documents.add_documents(case, [str(path)])
    assert read == [0, 2, 4, 6]
