"""The sample: a case in a scratch folder, made from the shipped street scene, some of it marked and
said already.
"""

from __future__ import annotations

import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from noonmark.evidence.vault import new_vault
from noonmark.session.case_session import CaseSession, open_session
from noonmark.session.items import add_path

PHOTO = "street.jpg"
SAMPLE = "sample.json"


def open_sample(*, by: str) -> CaseSession:
    """The sample case, new each time; its folder goes when it is closed."""
    scratch = Path(tempfile.mkdtemp(prefix="noonmark-sample-"))
    folder = scratch / "sample"
    with new_vault(folder, by=by):
        pass
    session = open_session(folder, by=by, scratch=scratch)
    shipped = resources.files("noonmark.examples")
    photo = scratch / PHOTO
    photo.write_bytes(shipped.joinpath(PHOTO).read_bytes())
    (item,) = add_path(session, str(photo))["items"]
    document = json.loads(shipped.joinpath(SAMPLE).read_text(encoding="utf-8"))
    session.save(
        0, _filled(document, item["sha256"]), "said what the post says, and marked three lamp posts"
    )
    return session


def _filled(document: dict[str, Any], sha256: str) -> dict[str, Any]:
    """The shipped inquiry with the photo's digest in it."""
    key = f"{sha256}:0"
    marks = document.pop("marks")
    document["frames"] = {key: {"item": sha256, "number": 0, "time_s": None, "marks": marks}}
    for clue in document["clues"]:
        if "frame" in clue:
            clue["frame"] = key
    return document
