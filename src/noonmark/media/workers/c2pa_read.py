"""Inside the cage: read the C2PA statement of one file, with every way to the network turned off in the library too.

The cage has no network; the settings are the second lock. ``load_settings`` is not honoured by the library's reader
any more, only a context is. Whatever it says is cut down here to a few fields and the raw text.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

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
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif"}


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``{"state", "tool", "format", ...}``: none, remote, read or unreadable; the rest only where it was read."""
    import c2pa

    head = os.pread(fds[0], 64, 0)
    said: dict[str, Any] = {"tool": f"c2pa-python {c2pa.__version__}, c2pa-rs {c2pa.sdk_version()}"}
    kind = _format(head)
    if kind is None:
        return said | {"state": "none", "format": "unknown", "why": "not a format that carries such statements"}
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
    facts = _facts(json.loads(text))
    return said | {"state": "read", "verdict": state, "remote": remote or "", "text": text} | facts


def _format(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    return next((kind for at, mark, kind in _FORMATS if head[at : at + len(mark)] == mark), None)


def _trouble(error: Exception) -> dict[str, Any]:
    text = str(error)
    if type(error).__name__.endswith("ManifestNotFound") or "no JUMBF data found" in text:
        return {"state": "none", "why": "no statement in it"}
    remote = _REMOTE.search(text)
    if remote is not None:
        return {"state": "remote", "remote": remote[1]}
    return {"state": "unreadable", "why": text[:500]}


def _facts(store: dict[str, Any]) -> dict[str, Any]:
    """Who signed what and when, by the active manifest, and every failure with where it lies."""
    manifests = store.get("manifests") or {}
    active = manifests.get(store.get("active_manifest")) or {}
    signed = active.get("signature_info") or {}
    results = store.get("validation_results") or {}
    own = results.get("activeManifest") or {}
    titles = {label: str(m.get("title") or "without a title")[:200] for label, m in manifests.items()}
    failures = [_failure(f, "the file", titles) for f in own.get("failure") or []]
    for delta in results.get("ingredientDeltas") or []:
        inner = (delta.get("validationDeltas") or {}).get("failure") or []
        failures += [_failure(f, "an ingredient", titles) for f in inner]
    for manifest in manifests.values():
        for ingredient in manifest.get("ingredients") or []:
            name = f"an ingredient, {str(ingredient.get('title') or 'without a title')[:200]}"
            old = ingredient.get("validation_status") or []
            failures += [
                {"code": _short(f.get("code")), "where": name, "said": _short(f.get("explanation")), "then": True}
                for f in old
            ]
    return {
        "signer": _short(signed.get("common_name")),
        "issuer": _short(signed.get("issuer")),
        "time": _short(signed.get("time")),
        "time_trusted": any(s.get("code") == "timeStamp.trusted" for s in own.get("success") or []),
        "generator": _short(active.get("claim_generator")),
        "title": _short(active.get("title")),
        "ingredients": sum(len(m.get("ingredients") or []) for m in manifests.values()),
        "failures": failures[:500],
    }


def _failure(found: dict[str, Any], where: str, titles: dict[str, str]) -> dict[str, Any]:
    address = str(found.get("url") or "")
    if where != "the file":
        where = next((f"an ingredient, {t}" for label, t in titles.items() if label and label in address), where)
    return {"code": _short(found.get("code")), "where": where, "said": _short(found.get("explanation")), "then": False}


def _short(value: Any) -> str:
    return str(value)[:300] if value else ""
