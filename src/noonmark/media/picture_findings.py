"""What a picture, its thumbnail, its stated size and its end say about changes, and what a file
holds that no viewer shows.
"""

from __future__ import annotations

from noonmark.media.contradictions import Finding
from noonmark.media.own_reader import Facts, Fields

_ALIKE_LEAST = 0.80
"""Thumbnails of untouched camera files correlate above 0.97 (measured on 3 and on made ones)."""


def of_pictures(facts: Facts, fields: Fields) -> list[Finding]:
    """What the picture, its thumbnail, its stated size and its end say about changes."""
    said = []
    for thumbnail in facts.get("thumbnails", ()):
        if thumbnail["alike"] < _ALIKE_LEAST:
            text = (
                f"the embedded thumbnail ({thumbnail['width_px']}x{thumbnail['height_px']})"
                f" does not show the picture: correlation {thumbnail['alike']:.2f};"
                " the picture was changed after the thumbnail was made"
            )
            about = ("thumbnail", "picture")
            said.append(Finding("contradiction", "thumbnail-differs", text, about))
    resized = _size_finding(facts, fields)
    if resized is not None:
        said.append(resized)
    behind_bytes = facts.get("behind_the_end_bytes")
    if behind_bytes:
        text = (
            f"{behind_bytes} bytes lie behind the end of the picture"
            " (a motion photo, further pictures, an older state of the file, or hidden data)"
        )
        said.append(Finding("warning", "data-behind-the-end", text, ("file",)))
    for what in facts.get("not_shown", ()):
        text = f"coded in the file and not shown: {what}"
        said.append(Finding("warning", "coded-not-shown", text, ("file",)))
    return said


def _size_finding(facts: Facts, fields: Fields) -> Finding | None:
    """A contradiction where EXIF states another size than the picture has."""
    named = {f.name: f.value for f in fields if f.part == "EXIF Exif"}
    wide, high = named.get("PixelXDimension"), named.get("PixelYDimension")
    stated = {wide, high}
    actual = {facts.get("width_px"), facts.get("height_px")}
    if None in stated | actual or stated == actual or 0 in stated:
        return None
    text = (
        f"EXIF states {wide}x{high} pixels,"
        f" the picture has {facts['width_px']}x{facts['height_px']}: it was resized or cropped,"
        " so its focal length in pixels is unknown"
    )
    return Finding("contradiction", "size-differs", text, ("EXIF", "picture"))
