"""A transcript read: segments with times, voices and words, from one of five formats."""

from __future__ import annotations

import codecs
import os

from noonmark.errors import InputError
from noonmark.sandbox.parsers import annotation_xml, cue_text
from noonmark.sandbox.task_types import Answer, Payload

LARGEST_BYTES = 64 << 20
_TEXTS = {
    "srt": cue_text.read_subrip,
    "vtt": cue_text.read_webvtt,
    "ass": cue_text.read_substation,
    "ssa": cue_text.read_substation,
}
_TREES = {"eaf": annotation_xml.read_elan, "trs": annotation_xml.read_transcriber}


def main(payload: Payload, fds: list[int]) -> Answer:
    """``form``: srt, vtt, ass, ssa, eaf, trs. ``encoding``: of texts that are not UTF-8, or "".

    Answer: ``segments`` ({"start_ms", "end_ms", "voice", "text"}), ``remarks``, ``encoding``.
    """
    with os.fdopen(os.dup(fds[0]), "rb") as stream:
        data = stream.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise InputError(
            f"the transcript is larger than {LARGEST_BYTES >> 20} MiB",
            code="transcript-too-large",
            hint="cut it in parts",
        )
    form = payload["form"]
    if form in _TREES:
        found, encoding = _TREES[form](data), "as the XML says"
    else:
        text, encoding = _decoded(data, payload["encoding"])
        found = _TEXTS[form](text)
    if not found.segments:
        raise InputError(
            f"no segment was found in a file of the form {form}",
            code="no-segments",
            hint="name the file by its format: .srt, .vtt, .ass, .eaf or .trs",
        )
    if len(found.segments) > cue_text.MOST_CUES:
        raise InputError(
            f"the transcript has more than {cue_text.MOST_CUES} segments",
            code="transcript-too-large",
            hint="cut it in parts",
        )
    return {"segments": found.segments, "remarks": found.remarks[:50], "encoding": encoding}


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    """The text and its encoding: a byte order mark, else what was said, else UTF-8."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if data.startswith(mark):
            encoding = name
    try:
        return data.decode(encoding or "utf-8"), encoding or "utf-8"
    except (UnicodeDecodeError, LookupError):
        raise InputError(
            f"the transcript is not text in {encoding or 'UTF-8'}",
            code="transcript-encoding",
            hint="say the encoding it has: --encoding cp1256, cp1251, gb18030, utf-16 ...",
        ) from None
