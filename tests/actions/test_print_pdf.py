"""The report as a PDF, by an installed Chromium, offline; by a stand-in where none is needed."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
from pathlib import Path

import pytest

from noonmark.actions import cases, print_pdf, releases
from noonmark.actions.releases import ReleaseRequest
from noonmark.errors import OutsideError
from noonmark.evidence.digest import sha256_hex
from tests.release import made_case

PAGE = b"<!doctype html><html><head><title>A wall</title></head>"
PAGE += b"<body><main><p>x</p></main></body></html>"
TODAY = ReleaseRequest(today="2026-12-01T00:00:00Z", title="A wall")
STAND_IN = """#!{python} -IS
import os, sys
given = dict(word.removeprefix("--").split("=", 1) for word in sys.argv if "=" in word)
page = open(sys.argv[-1].removeprefix("file://"), "rb").read()
assert os.environ["HOME"] == os.path.dirname(given["user-data-dir"])
{act}
"""


def stand_in(folder: Path, act: str) -> str:
    """A program that is started as Chromium is, and does something else."""
    path = folder / "chromium"
    path.write_text(STAND_IN.format(python=sys.executable, act=act))
    path.chmod(0o755)
    return str(path)


PRINTS = (
    'open(given["print-to-pdf"], "wb").write(b"%PDF-1.4 /CreationDate (D:20261201101112) " + page)'
)


def test_a_printed_page_names_the_page_as_it_is_kept():
    page = print_pdf.to_print(PAGE)
    assert page.count(sha256_hex(PAGE).encode()) == 2
    assert page.endswith(b"</main></body></html>")


def test_the_print_is_in_the_release_and_its_digest_in_the_manifest(tmp_path, monkeypatch):
    program = stand_in(tmp_path, PRINTS)
    monkeypatch.setattr(print_pdf, "PROGRAMS", (program,))
    made = made_case.make(tmp_path)
    done = releases.write_release(made.folder, tmp_path / "out", TODAY, key=made.key, pdf=True)
    data = (done.folder / "report.pdf").read_bytes()
    assert sha256_hex(data) == done.pdf_sha256
    assert done.report_sha256.encode() in data and b"(D:20000101000000)" in data
    assert done.pdf_sha256 in (done.folder / "bundle" / "MANIFEST").read_text()
    assert cases.verify_bundle(done.folder / "bundle", key=done.key).ok
    assert "report.pdf" in (done.folder / "README.txt").read_text()


@pytest.mark.parametrize(
    ("act", "why"), [("pass", "no PDF"), ("sys.exit('out of ink')", "out of ink")]
)
def test_a_chromium_that_prints_nothing_is_an_error_and_nothing_is_written(tmp_path, act, why):
    with pytest.raises(OutsideError) as caught:
        print_pdf.printed(PAGE, stand_in(tmp_path, act))
    assert caught.value.code == "pdf-failed" and why in caught.value.message


def test_without_chromium_nothing_is_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(print_pdf, "PROGRAMS", ("no-such-program",))
    made = made_case.make(tmp_path)
    before = len(list(cases.case_history(made.folder)))
    with pytest.raises(OutsideError) as caught:
        releases.write_release(made.folder, tmp_path / "out", TODAY, key=made.key, pdf=True)
    assert caught.value.code == "chromium-missing" and "report.html" in str(caught.value.hint)
    assert not (tmp_path / "out").exists()
    assert len(list(cases.case_history(made.folder))) == before


@pytest.fixture
def real() -> str:
    """An installed Chromium."""
    if not any(map(shutil.which, print_pdf.PROGRAMS)):
        pytest.skip("no Chromium here")
    return print_pdf.chromium()


@pytest.mark.slow
def test_chromium_prints_the_same_bytes_and_calls_nobody(real):
    called = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as trap:
        port = trap.getsockname()[1]

        def listen() -> None:
            try:
                trap.accept()[0].close()
                called.set()
            except OSError:
                return

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        calls = f'<img src="http://127.0.0.1:{port}/a"><img src="http://localhost:{port}/b">'
        page = PAGE.replace(b"<p>x</p>", f"<p>ئۇيغۇر</p>{calls}".encode())
        first, second = (print_pdf.printed(page, real) for _ in range(2))
        trap.shutdown(socket.SHUT_RDWR)
    listener.join(10)
    assert first == second and not called.is_set()
    pdfium = pytest.importorskip("pypdfium2")
    text = pdfium.PdfDocument(first)[0].get_textpage().get_text_range()
    assert text.count(sha256_hex(page)) >= 1
