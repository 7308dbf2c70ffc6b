"""What to do with a file that no stripper takes, by its first bytes."""

from __future__ import annotations

FILM = (
    "ffmpeg -i FILE -map 0:v -map 0:a? -c copy NEW.mp4 puts pictures and sound into a film that"
    " noonmark strip takes; ffmpeg's copy alone still holds metadata. Of VP8, which ffmpeg does not"
    " put there, noonmark redact FILE --out NEW.mp4 makes the pictures anew, without sound"
)
_SOUND = (
    "ffmpeg -i FILE -map 0:a -c copy -strict -2 NEW.mp4 (of WAV: NEW.mov) puts the sound into a"
    " file that noonmark strip takes; ffmpeg's copy alone still holds metadata"
)
SOUND_ANEW = (
    "ffmpeg -i FILE -map 0:a NEW.flac decodes the sound into a file that noonmark strip takes;"
    " ffmpeg's copy alone still holds metadata"
)
PAGES = (
    "hand on pictures of its pages: pdftoppm -png FILE PAGE writes them, noonmark strip takes them"
)
OFFICE = (
    "hand on pictures of its pages: save it as PDF, then pdftoppm -png FILE.pdf PAGE writes them,"
    " noonmark strip takes them"
)
_TEXT = "copy the words that may be known into a new file; the rest then stays behind"
_OTHER = "hand on a photo or a film of what it shows; noonmark strip takes those"
_BY_CONTAINER = {
    "MPEG-TS": FILM,
    "SRT": _TEXT,
}
_BY_HEAD = {
    b"%PDF": PAGES,
    b"PK\x03\x04": OFFICE,
    b"\xd0\xcf\x11\xe0": OFFICE,
    b"RIFF": _SOUND,
}


def advice(container: str, head: bytes) -> str:
    """One sentence for the analyst: how to come to a copy that can be stripped."""
    if container in _BY_CONTAINER:
        return _BY_CONTAINER[container]
    for mark, hint in _BY_HEAD.items():
        if head.startswith(mark):
            return hint
    return _OTHER
