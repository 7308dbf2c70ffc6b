"""A report printed as a PDF by an installed Chromium, which is optional: the HTML is the record.

Chromium gets one file in a new folder, a profile that is thrown away, and no way to the network:
every name and address goes to a proxy that is not there, and the report's own policy loads nothing.
Each sheet of the PDF names the HTML that it was printed from by its SHA-256.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from noonmark.errors import OutsideError
from noonmark.evidence.digest import sha256_hex

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
LONGEST_S = 120
_NOWHERE = "http://127.0.0.1:9"
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    f"--proxy-server={_NOWHERE}",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--user-agent=Noonmark",
)
_CLOCK = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}")
"""What a PDF says of when it was printed: a report has no clock."""
_SHEET = (
    "@page{{margin:16mm 14mm 18mm;@bottom-left{{content:'report.html, SHA-256 {digest}';"
    "font:6.5pt monospace}}@bottom-right{{content:counter(page) ' / ' counter(pages);"
    "font:6.5pt monospace}}}}"
)


def chromium() -> str:
    """The path of an installed Chromium. Raises ``OutsideError`` where there is none."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    raise OutsideError(
        "no Chromium was found, and the PDF is printed by it",
        code="chromium-missing",
        hint="install chromium, or leave --pdf out: any browser prints report.html",
    )


def printed(html: bytes, program: str) -> bytes:
    """The PDF of a report: the same bytes for the same report and the same Chromium.

    Raises ``OutsideError`` "pdf-failed" where Chromium gives none.
    """
    with tempfile.TemporaryDirectory(prefix="noonmark-") as folder:
        root = Path(folder)
        (root / "report.html").write_bytes(to_print(html))
        out = root / "report.pdf"
        _run(_command(program, root, out), root)
        data = out.read_bytes() if out.is_file() else b""
    if not data.startswith(b"%PDF-"):
        raise _failed("it wrote no PDF")
    return _CLOCK.sub(rb"\g<1>20000101000000", data)


def to_print(html: bytes) -> bytes:
    """The page as it is printed: each sheet names the digest of the report as it is kept."""
    digest = sha256_hex(html)
    sheet = f"<style>{_SHEET.format(digest=digest)}</style></head>".encode()
    said = f"<p>Printed from report.html, SHA-256 <code>{digest}</code>. That file is the record."
    said += " This is its print.</p>\n</main>"
    return html.replace(b"</head>", sheet, 1).replace(b"</main>", said.encode(), 1)


def _command(program: str, root: Path, out: Path) -> list[str]:
    """The words that start Chromium. It locks itself in, which the superuser can't have."""
    own_locks = () if getattr(os, "geteuid", lambda: 1)() else ("--no-sandbox",)
    places = (f"--user-data-dir={root / 'profile'}", f"--print-to-pdf={out}")
    return [program, *_FLAGS, *own_locks, *places, (root / "report.html").as_uri()]


def _run(command: list[str], root: Path) -> None:
    """Run Chromium to its end, with nothing of the user around it."""
    around = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(root), "TMPDIR": str(root)}
    around |= {"XDG_CONFIG_HOME": str(root), "XDG_CACHE_HOME": str(root), "LANG": "C.UTF-8"}
    try:
        ended = subprocess.run(
            command,
            env=around,
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed(f"it took more than {LONGEST_S} s") from None
    except OSError as error:
        raise _failed(f"it can't be started: {error.strerror}") from None
    if ended.returncode:
        told = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _failed(f"it ended with code {ended.returncode}: {(told or [''])[-1][:160]}")


def _failed(why: str) -> OutsideError:
    """The error about a Chromium that printed nothing."""
    return OutsideError(
        f"Chromium printed no PDF: {why}",
        code="pdf-failed",
        hint="leave --pdf out: any browser prints report.html",
    )
