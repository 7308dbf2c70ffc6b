"""Which module strips which container: a new format is a module beside this one and a row here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from noonmark.sandbox.strippers.adts import adts
from noonmark.sandbox.strippers.amr import amr
from noonmark.sandbox.strippers.avi import avi
from noonmark.sandbox.strippers.caf import caf
from noonmark.sandbox.strippers.common import CopyFacts, Removed
from noonmark.sandbox.strippers.flac import flac
from noonmark.sandbox.strippers.gif import gif
from noonmark.sandbox.strippers.heif import heif
from noonmark.sandbox.strippers.jpeg import jpeg
from noonmark.sandbox.strippers.matroska import matroska
from noonmark.sandbox.strippers.mp4 import mp4
from noonmark.sandbox.strippers.mpeg_audio import mp3
from noonmark.sandbox.strippers.office import office_file
from noonmark.sandbox.strippers.ogg import ogg
from noonmark.sandbox.strippers.pdf import pdf
from noonmark.sandbox.strippers.png import png
from noonmark.sandbox.strippers.tiff import tiff
from noonmark.sandbox.strippers.wav import wav
from noonmark.sandbox.strippers.webp import webp

_MOST_IN_MEMORY_BYTES = 512 << 20
_WRITE_BYTES = 1 << 20


@dataclass(frozen=True)
class Stripper:
    """How a container is stripped: ``copy(source_fd, sink_fd, removed)``.

    ``most_bytes`` bounds the file that it takes; None where it is copied piece by piece.
    """

    copy: Callable[[int, int, Removed], CopyFacts | None]
    most_bytes: int | None = None


def _in_memory(strip: Callable[[bytes, Removed], bytes]) -> Stripper:
    """A stripper that takes the whole file as bytes and returns the copy as bytes."""

    def copy(source_fd: int, sink_fd: int, removed: Removed) -> None:
        _write(sink_fd, strip(_all_bytes(source_fd), removed))

    return Stripper(copy, _MOST_IN_MEMORY_BYTES)


def _sound(strip: Callable[[bytes, Removed], tuple[bytes, CopyFacts]]) -> Stripper:
    """The same, where the copy has tracks that are compared with the source's."""

    def copy(source_fd: int, sink_fd: int, removed: Removed) -> CopyFacts:
        data, facts = strip(_all_bytes(source_fd), removed)
        _write(sink_fd, data)
        return facts

    return Stripper(copy, _MOST_IN_MEMORY_BYTES)


def _all_bytes(fd: int) -> bytes:
    return os.pread(fd, os.fstat(fd).st_size, 0)


def _write(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left[:_WRITE_BYTES]) :]


STRIPPERS: dict[str, Stripper] = {
    "JPEG": _in_memory(jpeg),
    "PNG": _in_memory(png),
    "WebP": _in_memory(webp),
    "GIF": _in_memory(gif),
    "TIFF": _in_memory(tiff),
    "HEIC": _in_memory(heif),
    "HEIF": _in_memory(heif),
    "AVIF": _in_memory(heif),
    "MP4": Stripper(mp4),
    "MOV": Stripper(mp4),
    "Matroska": Stripper(matroska),
    "WebM": Stripper(matroska),
    "AVI": Stripper(avi),
    "WAV": Stripper(wav),
    "CAF": Stripper(caf),
    "AMR": Stripper(amr),
    "AAC": _sound(adts),
    "FLAC": _sound(flac),
    "Ogg": _sound(ogg),
    "MP3": _sound(mp3),
    "PDF": _in_memory(pdf),
    "DOCX": _in_memory(office_file),
    "XLSX": _in_memory(office_file),
    "PPTX": _in_memory(office_file),
    "ODT": _in_memory(office_file),
    "ODS": _in_memory(office_file),
    "ODP": _in_memory(office_file),
}
"""By the container as parsers/containers.py names it."""
