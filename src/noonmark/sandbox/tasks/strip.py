"""Copy a file without its metadata and leave the coded picture as it is (strippers/table.py)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.decoders import film_compare, page_compare
from noonmark.sandbox.parsers.byte_view import of_file
from noonmark.sandbox.parsers.containers import container_of
from noonmark.sandbox.strippers import structure
from noonmark.sandbox.strippers.advice import advice
from noonmark.sandbox.strippers.common import CopyFacts, Removed, refusal
from noonmark.sandbox.strippers.table import STRIPPERS
from noonmark.sandbox.task_types import Answer, Payload
from noonmark.sandbox.tasks import text_compare

_MOST_COMPARED = 100
_DOCUMENTS = ("PDF", "DOCX", "XLSX", "PPTX", "ODT", "ODS", "ODP")


def main(payload: Payload, fds: list[int]) -> Answer:
    """Read the first file, write the second; ``removed`` names what was left out, with its bytes.

    Answer: ``container`` of the new file, ``removed``, and of a film its ``tracks`` and ``hidden``
    (common.CopyFacts). Raises InputError "strip-unsupported" where no stripper takes the file, or
    where its metadata would take the picture with it.

    With ``compare`` in the payload: whether two photos show the same, pixel by pixel, frame by
    frame. Answer: ``same``, how many ``pictures`` were compared, and perhaps ``whole``.

    With ``tracks`` in the payload: whether two films hold the same packets. Answer: ``same``, how
    many ``packets`` were compared.
    """
    if "tracks" in payload:
        same, packets = film_compare.same_packets(fds[0], fds[1], payload["tracks"])
        return {"same": same, "packets": packets}
    if payload.get("compare"):
        return _compare(fds, payload["limits"]["pixels"])
    view = of_file(fds[0])
    container, _ = container_of(view)
    stripper = STRIPPERS.get(container)
    if stripper is None:
        raise refusal(f"no stripper takes it ({container})", advice(container, view.read(0, 8)))
    if stripper.most_bytes is not None and view.size > stripper.most_bytes:
        raise refusal(f"it has {view.size} bytes, at most {stripper.most_bytes} are taken")
    removed: Removed = {}
    facts = stripper.copy(fds[0], fds[1], removed) or CopyFacts()
    return {
        "container": facts.container or container,
        "removed": removed,
        "tracks": facts.tracks,
        "hidden": facts.hidden,
    }


def _compare(fds: list[int], pixels: int) -> Answer:
    """``same`` is None where the first file can't be decoded here and nothing is compared; then
    ``whole`` says whether its structure is whole, so that only the decoder is missing or too small.
    """
    from noonmark.sandbox.decoders import pictures

    container, _ = container_of(of_file(fds[0]))
    if container in _DOCUMENTS:
        return _compare_documents(fds, container)
    try:
        image = pictures.opened(fds[0], pixels)
    except InputError:  # too large, or of a kind that no decoder here knows
        return {"same": None, "pictures": 0, "whole": _is_whole(fds[0])}
    try:
        old = [*_frames(image)]
    except (OSError, ValueError, SyntaxError):
        return {"same": None, "pictures": 0, "whole": False}
    try:
        new = [*_frames(pictures.opened(fds[1], pixels))]
    except (InputError, OSError, ValueError, SyntaxError):
        return {"same": False, "pictures": 0}
    return {"same": bool(old) and old == new, "pictures": len(old)}


def _compare_documents(fds: list[int], container: str) -> Answer:
    """The same of a PDF by what its pages show, of an office file by what they say."""
    same: bool | None
    if container == "PDF":
        same, count = page_compare.same_pages(fds[0], fds[1])
        count = max(0, count - 1)
    else:
        same, count = text_compare.same_text(fds[0], fds[1], container)
    return {"same": same, "pictures": count, "whole": True}


def _is_whole(fd: int) -> bool:
    """Whether a photo that no decoder here takes is whole as far as its structure tells."""
    view = of_file(fd)
    container, _ = container_of(view)
    return structure.is_whole(container, os.pread(fd, view.size, 0))


def _frames(image: Any) -> Iterator[tuple[Any, ...]]:
    """Size, mode, time and digest of each picture that a clean file keeps: of a HEIF the main one,
    of a JPEG too, of a TIFF pages.
    """
    main_only = image.format in ("HEIF", "AVIF", "JPEG", "MPO")
    for number in range(1 if main_only else min(getattr(image, "n_frames", 1), _MOST_COMPARED)):
        # Seeking to the first picture again would decode it twice.
        if not main_only and number:
            image.seek(number)
        if image.format != "TIFF" or not image.tag_v2.get(254, 0) & 1:
            shown = hashlib.sha256(image.tobytes()).digest()
            yield image.size, image.mode, shown, image.info.get("duration"), image.info.get("loop")
