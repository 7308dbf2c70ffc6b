"""Answers computed again: every locate and check of a release, compared by digest.

The result is compared as canonical JSON without the seconds it took and the version that computed
it; all else must be the same to the last digit.
"""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from noonmark import __version__
from noonmark.actions.json_text import plain
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.digest import is_digest, sha256_hex
from noonmark.evidence.store import Store
from noonmark.inquiry.form_objects import object_at
from noonmark.inquiry.log_rows import shown_entries

_NOT_COMPARED = ("seconds", "noonmark")
LARGEST_BYTES = 64 << 20


@dataclass(frozen=True)
class RepeatedAnswer:
    """An answer computed again: its form's id, its command, both digests, and why where they
    differ. ``again`` is empty where it could not be computed.
    """

    id: str
    command: str
    stated: str
    again: str
    why: str = ""

    @property
    def same(self) -> bool:
        """Whether the digests agree."""
        return self.stated == self.again and not self.why


def rerun_release(
    folder: Path, *, progress: Callable[[float, str], None] = lambda share, word: None
) -> list[RepeatedAnswer]:
    """Compute every answer that a release's bundle shows again, in the order of its log.

    ``folder`` is what ``release write`` wrote, or a bundle. It is not verified here:
    ``noonmark verify`` does that.
    """
    bundle = _bundle_in(folder)
    found = list(_answers(bundle))
    told = []
    for number, (form, document, result) in enumerate(found):
        progress(number / len(found), str(form["command"])[:60])
        told.append(_repeated(form, document, result))
    return told


def result_digest(result: Mapping[str, Any]) -> str:
    """The SHA-256 of an answer's JSON without what differs between two runs."""
    kept = {key: value for key, value in result.items() if key not in _NOT_COMPARED}
    text = json.dumps(plain(kept), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256_hex(text.encode())


def repeat(command: str, document: bytes) -> dict[str, Any]:
    """The JSON that a command's words give for a clue document; nothing is read but the document.

    Only ``locate`` and ``check`` with options that change the answer can be repeated.
    """
    words = shlex.split(command)
    if words[:1] == ["noonmark"]:
        words = words[1:]
    if words[:1] == ["locate"]:
        return _locate(words[1:], document)
    if words[:1] == ["check"]:
        return _check(words[1:], document)
    raise _not_repeatable(command)


def _repeated(form: Mapping[str, Any], document: bytes | None, result: bytes | None
              ) -> RepeatedAnswer:  # fmt: skip
    """One answer, computed again."""
    identity, command = str(form["id"]), str(form["command"])
    if document is None or result is None:
        why = "its clue document or its result is not in the bundle"
        return RepeatedAnswer(identity, command, "", "", why)
    try:
        stated = json.loads(result)
        digest = result_digest(stated)
    except (ValueError, RecursionError, AttributeError):
        return RepeatedAnswer(identity, command, "", "", "its result is no JSON object")
    try:
        again = result_digest(repeat(command, document))
    except NoonmarkError as error:
        return RepeatedAnswer(identity, command, digest, "", error.message)
    why = ""
    if again != digest:
        theirs = str(stated.get("noonmark", form.get("noonmark", "unknown")))
        other = "" if theirs == __version__ else f"; it was computed by noonmark {theirs}"
        why = f"the answer differs{other}"
    return RepeatedAnswer(identity, command, digest, again, why)


class _Words(argparse.ArgumentParser):
    """A parser of stated commands that raises our own error."""

    def error(self, message: str) -> NoReturn:
        raise _not_repeatable(message)


def _not_repeatable(what: str) -> InputError:
    return InputError(
        f"the stated command can't be repeated: {what[:120]}",
        code="rerun-command",
        hint="noonmark locate CLUES [--seed N], or noonmark check CLUES [--place ...] [--time ...]",
    )


def _locate(words: Sequence[str], document: bytes) -> dict[str, Any]:
    from noonmark.actions.answer_forms import answer_json
    from noonmark.actions.answers import locate

    parser = _Words(add_help=False, allow_abbrev=False)
    parser.add_argument("clues")
    parser.add_argument("--seed", type=int, default=0)
    for flag in ("--json", "--geojson", "--force"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--out")
    asked = parser.parse_args(list(words))
    return answer_json(locate(document, seed=asked.seed), geojson=asked.geojson)


def _check(words: Sequence[str], document: bytes) -> dict[str, Any]:
    from noonmark.actions.answers import check
    from noonmark.actions.clock_readings import span_of_text
    from noonmark.actions.json_output import verdict_json
    from noonmark.questions.clue_file import read_document
    from noonmark.typed_places import typed_place_and_more

    parser = _Words(add_help=False, allow_abbrev=False)
    parser.add_argument("clues")
    parser.add_argument("--place")
    parser.add_argument("--time")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(list(words))
    place, radius_km = None, 0.0
    if asked.place:
        place, more = typed_place_and_more(asked.place)
        radius_km = more or 0.0
    clues, span = read_document(document), None
    if asked.time:
        span = span_of_text(asked.time, place=place, radius_km=radius_km, document=clues)
    return verdict_json(check(clues, place, radius_km=radius_km, span=span))


def _bundle_in(folder: Path) -> Path:
    """The bundle that a folder is, or that lies in it."""
    for found in (folder / "bundle", folder):
        if (found / "log" / "entries").is_file():
            return found
    raise InputError(
        f"{str(folder)!r} holds no bundle",
        code="rerun-no-bundle",
        hint="name the folder that noonmark release write made",
    )


def _answers(bundle: Path) -> Iterator[tuple[Mapping[str, Any], bytes | None, bytes | None]]:
    """The answer forms that a bundle shows, each with its clue document and its result."""
    store = Store(bundle)
    for entry in shown_entries(bundle / "log" / "entries"):
        if entry.kind != "said" or entry.facts.get("form") != "answer":
            continue
        form = object_at(store, str(entry.facts.get("body")))
        if form is not None and {"id", "command", "document", "result"} <= form.keys():
            yield form, _object(store, form["document"]), _object(store, form["result"])


def _object(store: Store, digest: object) -> bytes | None:
    """The bytes of an object of a bundle, if they are there and are those."""
    if not is_digest(digest) or not store.has(str(digest)):
        return None
    path = store.path(str(digest))
    data = path.read_bytes() if path.stat().st_size <= LARGEST_BYTES else b""
    return data if sha256_hex(data) == digest else None
