"""The frames of a voice note in AMR, and nothing behind them."""

from __future__ import annotations

from noonmark.errors import InputError
from noonmark.sandbox.parsers import amr as parser
from noonmark.sandbox.parsers.byte_view import of_file
from noonmark.sandbox.strippers.advice import SOUND_ANEW
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal
from noonmark.sandbox.strippers.film_writer import FilmWriter


def amr(source_fd: int, sink_fd: int, removed: Removed) -> CopyFacts:
    """Copy the frames; what follows them is named in ``removed``."""
    view = of_file(source_fd)
    form = parser.form_of(view)
    if form is None:
        raise refusal(
            "it is an AMR of several channels, whose frames are not known here", SOUND_ANEW
        )
    writer = FilmWriter(sink_fd)
    writer.put(form.mark)
    for frame in parser.frames(view, form):
        writer.put(frame)
    if writer.at == len(form.mark):
        raise InputError("the file holds no whole frame of sound", code="not-decodable")
    if writer.at < view.size:
        add_removed(removed, "bytes behind the last frame", view.size - writer.at)
    writer.flush()
    return CopyFacts(tracks=(0,))
