"""Photo formats by their first bytes, in one place; none of the parsers is imported here."""

from __future__ import annotations

from noonmark.sandbox.parsers import tiff

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_GIF = (b"GIF87a", b"GIF89a")
_HEIF_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
    b"avif": "AVIF",
    b"avis": "AVIF",
}


def photo_format(head: bytes) -> str | None:
    """The format that the first 16 bytes of a photo state; None where they are not a photo's.

    An animated picture counts as a photo.
    """
    if head.startswith(_JPEG):
        return "JPEG"
    if head.startswith(_PNG):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head.startswith(_GIF):
        return "GIF"
    if tiff.is_tiff(head):
        return "TIFF"
    if head[4:8] == b"ftyp":
        return _HEIF_BRANDS.get(head[8:12])
    return None
