"""Read the C2PA statement of one file, with every way to the network turned off in the library too.

The locked process has no network; the settings are the second lock. ``load_settings`` is not
honoured by the library's reader any more, only a context is. Whatever it says is cut down here to a
few fields and the raw text.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

from noonmark.sandbox.task_types import Answer, Payload

LONGEST_TEXT = 16 << 20
_REMOTE = re.compile(r"must fetch remote manifests from url (\S{1,2000})")
_FORMATS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/avi"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
)
"""Where the mark of a format lies, the mark, and the name that the library knows it by."""
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
}
_MOST_FAILURES = 500
_MOST_TITLE, _MOST_LETTERS, _MOST_REASON = 200, 300, 500
_NO_TITLE = "without a title"
_THE_FILE, _AN_INGREDIENT = "the file", "an ingredient"

Part = dict[str, Any]
"""A part of what the library says, as its JSON has it."""


def main(payload: Payload, fds: list[int]) -> Answer:
    """What one file says of its own making.

    Payload: ``settings``, the library's, as JSON: trust anchors, and everything remote turned off.

    Answer: ``state`` is "none", "remote", "read" or "unreadable"; ``tool`` and ``format`` always;
    ``why`` where there is nothing to read; ``remote``, an address that is never fetched. Where it
    was read: ``verdict``, the raw ``text``, and the fields of :func:`_facts`.
    """
    import c2pa

    said: Answer = {"tool": f"c2pa-python {c2pa.__version__}, c2pa-rs {c2pa.sdk_version()}"}
    kind = _format(os.pread(fds[0], 64, 0))
    if kind is None:
        why = "not a format that carries such statements"
        return said | {"state": "none", "format": "unknown", "why": why}
    # A context of its own: settings of the whole process are not honoured by a reader.
    context = c2pa.Context(c2pa.Settings.from_json(payload["settings"]))
    said["format"] = kind
    try:
        with os.fdopen(os.dup(fds[0]), "rb") as stream:
            stream.seek(0)
            reader = c2pa.Reader(kind, stream, context=context)
            text = reader.json()
            state = str(reader.get_validation_state())
            remote = reader.get_remote_url()
    except c2pa.C2paError as error:
        return said | _trouble(error)
    if len(text) > LONGEST_TEXT:
        return said | {"state": "unreadable", "why": f"a statement of {len(text)} letters"}
    read = {"state": "read", "verdict": state, "remote": remote or "", "text": text}
    return said | read | _facts(json.loads(text))


def _format(head: bytes) -> str | None:
    """The format as the library names it; None for one that carries no statements."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    for at, mark, kind in _FORMATS:
        if head[at : at + len(mark)] == mark:
            return kind
    return None


def _trouble(error: Exception) -> Answer:
    """Why there is nothing to read: no statement, one that lies elsewhere, or a broken one."""
    text = str(error)
    is_none = type(error).__name__.endswith("ManifestNotFound") or "no JUMBF data found" in text
    if is_none:
        return {"state": "none", "why": "no statement in it"}
    remote = _REMOTE.search(text)
    if remote is not None:
        return {"state": "remote", "remote": remote[1]}
    return {"state": "unreadable", "why": text[:_MOST_REASON]}


def _facts(store: Part) -> Answer:
    """Who signed what and when, by the active manifest, and every failure with where it lies."""
    manifests: dict[Any, Part] = store.get("manifests") or {}
    active = manifests.get(store.get("active_manifest")) or {}
    signed = active.get("signature_info") or {}
    results = store.get("validation_results") or {}
    successes = (results.get("activeManifest") or {}).get("success") or []
    # The failures of today first, then those of the past.
    failures = _failures_now(results, manifests) + _failures_then(manifests)
    return {
        "signer": _short(signed.get("common_name")),
        "issuer": _short(signed.get("issuer")),
        "time": _short(signed.get("time")),
        "time_trusted": any(each.get("code") == "timeStamp.trusted" for each in successes),
        "generator": _short(active.get("claim_generator")),
        "title": _short(active.get("title")),
        "ingredients": sum(len(_ingredients(manifest)) for manifest in manifests.values()),
        "failures": failures[:_MOST_FAILURES],
    }


def _ingredients(manifest: Part) -> list[Part]:
    """What a file was made from, by its manifest."""
    return manifest.get("ingredients") or []


def _failures_now(results: Part, manifests: dict[str, Part]) -> list[Part]:
    """What fails here, of the file itself and of its ingredients."""
    found = []
    for failure in (results.get("activeManifest") or {}).get("failure") or []:
        found.append(_failure(failure, _THE_FILE, then=False))
    titles = {label: _title(manifest) for label, manifest in manifests.items()}
    for delta in results.get("ingredientDeltas") or []:
        for failure in (delta.get("validationDeltas") or {}).get("failure") or []:
            found.append(_failure(failure, _ingredient_of(failure, titles), then=False))
    return found


def _failures_then(manifests: dict[str, Part]) -> list[Part]:
    """What failed when the ingredients were taken in, as the manifests say."""
    found = []
    for manifest in manifests.values():
        for ingredient in _ingredients(manifest):
            where = f"{_AN_INGREDIENT}, {_title(ingredient)}"
            for failure in ingredient.get("validation_status") or []:
                found.append(_failure(failure, where, then=True))
    return found


def _title(manifest: Part) -> str:
    """The title that a manifest or an ingredient has, cut."""
    return str(manifest.get("title") or _NO_TITLE)[:_MOST_TITLE]


def _ingredient_of(failure: Part, titles: dict[str, str]) -> str:
    """The ingredient whose label stands in the address of a failure."""
    address = str(failure.get("url") or "")
    for label, title in titles.items():
        if label and label in address:
            return f"{_AN_INGREDIENT}, {title}"
    return _AN_INGREDIENT


def _failure(failure: Part, where: str, *, then: bool) -> Answer:
    """``then``: whether it failed when the ingredient was taken in, not here."""
    return {
        "code": _short(failure.get("code")),
        "where": where,
        "said": _short(failure.get("explanation")),
        "then": then,
    }


def _short(value: Any) -> str:
    """A text, cut; "" for none."""
    return str(value)[:_MOST_LETTERS] if value else ""
