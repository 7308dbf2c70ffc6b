"""Everything a file says of itself, by our own readers. Nothing is decoded but, where asked, a thumbnail."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from noonmark.media.workers import atoms, avchd, matroska, riff, srt, stills, transport
from noonmark.media.workers.reader import Notebook, View, of_file

Reader = Callable[[View, Notebook], dict[str, Any]]
# The first unit of a bare stream: parameters, or what marks the beginning of a picture.
_BARE = {
    "H.264 stream": tuple(bytes((0, 0, 0, 1, first)) for first in (0x09, 0x27, 0x47, 0x67)),
    "HEVC stream": tuple(bytes((0, 0, 0, 1, first, 1)) for first in (0x40, 0x42, 0x46)),
}
_SRT_BYTES, _STREAM_BYTES = 16 << 20, 4 << 20


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``{"container", "fields", "facts", "problems", "tracks"}`` of one file."""
    view, book = of_file(fds[0]), Notebook()
    container, reader = sniff(view)
    found: dict[str, Any] = {"thumbnails": []}
    if reader is not None:
        try:
            found = reader(view, book)
        except (struct.error, ValueError, IndexError, OverflowError, RecursionError) as error:
            book.wrong(container, f"reading stopped: {type(error).__name__}")
    elif container == "SRT":
        srt.read(view.read(0, _SRT_BYTES), book)
    if payload.get("thumbnails") and found["thumbnails"]:
        _compare(view, found["thumbnails"], container, book, payload["limits"]["pixels"])
    return {
        "container": container,
        "size_bytes": view.size,
        "fields": book.fields,
        "facts": book.facts,
        "problems": book.problems,
        "tracks": book.tracks,
    }


def _bare(view: View, book: Notebook) -> dict[str, Any]:
    """Pictures without a container: no clock but what a camcorder wrote between them."""
    avchd.read(view.read(0, _STREAM_BYTES), book)
    return {"thumbnails": []}


def sniff(view: View) -> tuple[str, Reader | None]:
    """The container by its first bytes, never by its name."""
    head = view.read(0, 4096)
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG", stills.jpeg
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG", stills.png
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP", stills.webp
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF", stills.gif
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF", stills.tiff_file
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        heif = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF", b"msf1": "HEIF", b"avif": "AVIF", b"avis": "AVIF"}
        return heif.get(brand, "MOV" if brand == b"qt  " else "MP4"), atoms.read
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return "MOV", atoms.read
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "WebM" if b"webm" in head[4:64] else "Matroska", matroska.read
    if head[:4] == b"RIFF":
        return ("AVI", riff.read) if head[8:12] == b"AVI " else ("RIFF", None)
    if transport.shape(head) is not None:
        return "MPEG-TS", transport.read
    for kind, marks in _BARE.items():
        if head.startswith(marks):
            return kind, _bare
    if srt.looks_like(head):
        return "SRT", None
    return "unknown", None


def _compare(view: View, thumbnails: list[tuple[int, int]], container: str, book: Notebook, pixels: int) -> None:
    """How alike the picture and each embedded thumbnail are: the correlation of their grey values, 32 x 32."""
    import io

    from PIL import Image

    Image.MAX_IMAGE_PIXELS = pixels
    alike = []
    for at, length in thumbnails[:4]:
        try:
            with (
                Image.open(io.BytesIO(view.read(0, view.size))) as whole,
                Image.open(io.BytesIO(view.read(at, length))) as small,
            ):
                whole.draft("L", (512, 512))
                alike.append({"width_px": small.width, "height_px": small.height, "alike": _alike(whole, small)})
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            book.wrong(container, "the embedded thumbnail or the picture could not be decoded for comparison")
    book.facts["thumbnails"] = alike


def _alike(whole: Any, small: Any) -> float:
    """The best correlation over the ways a camera fits a picture into a thumbnail: stretched, cut or with bars."""
    import numpy as np

    best = -1.0
    thumb = np.asarray(small.convert("L"), dtype=float)
    lit = np.argwhere(thumb > 24)
    trims = [thumb]
    if len(lit):
        (y0, x0), (y1, x1) = lit.min(0), lit.max(0) + 1
        trims.append(thumb[y0:y1, x0:x1])
    grey = whole.convert("L")
    for trim in trims:
        height, width = trim.shape
        if min(height, width) < 8:
            continue
        scale = min(grey.width / width, grey.height / height)
        w, h = width * scale, height * scale
        left, top = (grey.width - w) / 2, (grey.height - h) / 2
        from PIL import Image

        reference = np.asarray(Image.fromarray(trim.astype("uint8")).resize((32, 32)), dtype=float)
        for box in ((left, top, left + w, top + h), (0.0, 0.0, float(grey.width), float(grey.height))):
            view = np.asarray(grey.resize((32, 32), box=box), dtype=float)
            a, b = view - view.mean(), reference - reference.mean()
            norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
            best = max(
                best, float((a * b).sum()) / norm if norm > 1e-9 else float(np.allclose(view, reference, atol=8))
            )
    return round(best, 3)
