"""The files of a case's report: what each is, how it came, what was made from it, its picture.

A picture stands in the report if it goes out, was made here (a hidden copy, a frame, a drawing) and
is a PNG or JPEG of at most :data:`LARGEST_PICTURE_BYTES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from noonmark.evidence.vault import Vault
from noonmark.release.record import HIDING, CaseRecord, RecordedItem
from noonmark.release.selection import HIDDEN_INSTEAD, WORDS_ONLY, Selection
from noonmark.report.record_data import RecordFile, RecordPicture

LARGEST_PICTURE_BYTES = 6 << 20
MOST_PICTURES = 60
_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_CAME = (
    ("url", "published at"),
    ("collected_at", "collected"),
    ("method", "how"),
    ("collector", "collected by"),
    ("source", "from"),
    ("legal_basis", "on what ground"),
)


def numbered(record: CaseRecord, selection: Selection) -> dict[str, int]:
    """The numbers of all files of a report by digest: those shown and those held back."""
    every = {*selection.shown, *selection.cited, *selection.held_back}
    ordered = sorted(every, key=lambda digest: record.items[digest].entry)
    return {digest: number for number, digest in enumerate(ordered, 1)}


def files_told(
    vault: Vault, record: CaseRecord, selection: Selection, numbers: Mapping[str, int]
) -> tuple[RecordFile, ...]:
    """Every file of a report, in the order of its number."""
    shown, told, pictures = set(selection.shown), [], 0
    for digest, number in numbers.items():
        item = record.items[digest]
        out = digest in shown
        picture = (
            _picture(
                vault,
                record,
                item,
            )
            if out and pictures < MOST_PICTURES
            else None
        )
        pictures += picture is not None
        told.append(
            RecordFile(
                number=number,
                sha256=digest if out else "",
                name=item.name if out else "a file that is held back",
                role=_role(record, item),
                size_bytes=item.size_bytes if out else 0,
                state=_state(
                    record,
                    selection,
                    digest,
                ),
                why=selection.held_back.get(digest, ""),
                came=tuple(_came(vault, item)) if out else (),
                pictures=(picture,) if picture else (),
                made_from=tuple(
                    _made_from(
                        record,
                        digest,
                        numbers,
                    )
                ),
            )
        )
    return tuple(told)


def _state(record: CaseRecord, selection: Selection, digest: str) -> str:
    """What is shown of a file, in a word or two."""
    why = selection.held_back.get(digest)
    if why is not None:
        return {WORDS_ONLY: "words only", HIDDEN_INSTEAD: "hidden copy shown"}.get(why, "held back")
    return "hidden copy" if is_hidden_copy(record, digest) else "shown"


def is_hidden_copy(record: CaseRecord, digest: str) -> bool:
    """Whether something is hidden in a file, or in what it was made from."""
    ways = record.parents.get(digest, ())
    return any(relation == HIDING or is_hidden_copy(record, up) for up, relation in ways)


def _role(record: CaseRecord, item: RecordedItem) -> str:
    """What a file is, in words."""
    words = {
        "original": "a file as it came",
        "derived": "made from another file of the case",
        "report": "what a program answered",
        "attachment": "a text of the case",
    }
    if is_hidden_copy(record, item.sha256):
        return "a copy in which something is hidden for good"
    return words.get(item.role, item.role)


def _came(vault: Vault, item: RecordedItem) -> Iterable[tuple[str, str]]:
    """How a file came, as its collection states it; what is unknown is left out."""
    if item.collection is not None:
        facts = vault.log.entry(item.collection).facts
        for key, words in _CAME:
            value = str(facts.get(key, "unknown"))
            if value != "unknown":
                yield words, value
    yield "kept since", vault.log.entry(item.entry).at


def _made_from(
    record: CaseRecord, digest: str, numbers: Mapping[str, int]
) -> Iterable[tuple[str, int | None]]:
    """By what step a file was made from which other; one outside the report has no number."""
    for copy in record.hidden_copies(digest):
        if copy in numbers:
            yield "what is shown in its place:", numbers[copy]
    words = {HIDING: "with something hidden, from", "frame": "a frame of", "extract": "said about"}
    for parent, relation in record.parents.get(digest, ()):
        number = numbers.get(parent)
        said = words.get(relation, f"{relation} of")
        yield (said if number else f"{said} a file that is not named here"), number


def _picture(vault: Vault, record: CaseRecord, item: RecordedItem) -> RecordPicture | None:
    """The picture of a file, if it may stand in the report."""
    if item.role == "original" or item.size_bytes > LARGEST_PICTURE_BYTES:
        return None
    with open(vault.store.get(item.sha256), "rb") as file:
        data = file.read(LARGEST_PICTURE_BYTES + 1)
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if kind is None:
        return None
    hidden = is_hidden_copy(record, item.sha256)
    caption = item.name + (": what is black was hidden before release" if hidden else "")
    return RecordPicture(
        kind,
        data,
        caption,
        f"Picture of {item.name}",
    )
