"""What the page's server needs besides a case: reading what was sent, and facts that depend on no
case.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

from noonmark import __version__
from noonmark.errors import InputError


def read_json(data: bytes) -> dict[str, Any]:
    """The object that was sent: JSON only, each key once, not nested beyond reason."""
    from noonmark.questions.input_files import parse_document

    if not data.lstrip().startswith(b"{"):
        raise InputError(
            "expected a JSON object",
            code="bad-request",
            hint="docs/spec/page.md lists what is asked",
        )
    return parse_document(data, name="the request")


def path_of(text: str) -> Path:
    """The whole path that somebody typed: ``~`` is their home, what no disk can name is refused."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        text = ""
    if not text.strip() or "\0" in text:
        raise InputError(
            "that is no path of a file or folder", code="file-unusable", hint="give the whole path"
        )
    return Path(os.path.abspath(os.path.expanduser(text)))


def hello(case: Path | None, home: Path) -> dict[str, Any]:
    """What the page shows before a case is open; ``home`` is a free folder for a new one."""
    return {
        "noonmark": __version__,
        "platform": f"{sys.platform} {platform.machine()}",
        "languages": ["en", "ar", "ru", "zh"],
        "case": None if case is None else str(case),
        "home": str(home),
        "separator": os.sep,
    }
