"""Text layers in the folder of a case: ``documents/<item>/<producer>.json`` is the head of a layer,
``<producer>.pages`` beside it the compressed pages.

The pages are written first and the head last. What stands there is derived from items, so it is no
item itself; a withdrawal deletes it with the item.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from noonmark.documents.layers import (
    LayerHead,
    Page,
    TextDigest,
    TextLayer,
    chosen_pages,
    head_line,
    head_of,
    packed,
    texts,
    unpacked,
)
from noonmark.evidence.digest import is_digest
from noonmark.evidence.disk import (
    FOLDER_MODE,
    delete,
    named_failure,
    refuse_link,
    sync_folder,
    write_synced,
)
from noonmark.evidence.withdrawal import DOCUMENTS

_PRODUCER = re.compile(r"[a-z][A-Za-z0-9_+-]{0,80}")
_LARGEST_HEAD = 1 << 20
_GROUP = 64
"""Pages that are packed together."""


def layer_folder(case: Path, item: str) -> Path:
    """Where the layers of an item stand. Links are refused."""
    folder = case / DOCUMENTS / item
    for path in (case / DOCUMENTS, folder):
        refuse_link(path)
    return folder


def heads(case: Path) -> Iterator[LayerHead]:
    """The heads of all finished layers of a case, in the order of item and producer."""
    top = case / DOCUMENTS
    refuse_link(top)
    if not top.is_dir():
        return
    for item in sorted(os.listdir(top)):
        if is_digest(item):
            yield from item_heads(case, item)


def item_heads(case: Path, item: str) -> list[LayerHead]:
    """The heads of the finished layers of one item, in the order of their producers."""
    folder = layer_folder(case, item)
    if not folder.is_dir():
        return []
    names = sorted(name for name in os.listdir(folder) if name.endswith(".json"))
    return [_head(folder / name) for name in names if (folder / name).is_file()]


def _head(path: Path) -> LayerHead:
    with open(path, "rb") as file:
        return head_of(file.read(_LARGEST_HEAD))


def pages(case: Path, head: LayerHead) -> Iterator[Page]:
    """The pages of a layer, one at a time."""
    with open(_pages_path(case, head.item_sha256, head.producer), "rb") as file:
        yield from unpacked(file)


def some_pages(case: Path, head: LayerHead, indexes: Collection[int]) -> list[Page]:
    """The pages of a layer that have some indexes, in its order."""
    with open(_pages_path(case, head.item_sha256, head.producer), "rb") as file:
        return list(chosen_pages(file, indexes))


def read_layer(case: Path, head: LayerHead) -> TextLayer:
    """A layer with all its pages in memory."""
    found = tuple(pages(case, head))
    return TextLayer(
        head.item_sha256, head.text_sha256, head.producer, head.language_hint, found, head.notes
    )


def write_layer(
    case: Path,
    item: str,
    producer: str,
    found: Iterable[Page],
    *,
    notes: Iterable[str] = (),
    language_hint: str = "",
) -> LayerHead:
    """Write a layer whose pages come one at a time; ``notes`` is read after the last page.

    An earlier layer of the same producer is replaced when the new one is whole.
    """
    with named_failure(), _unfinished(case, item, producer) as out:
        digest, count, without = _written(out, found)
    head = LayerHead(item, digest, producer, language_hint, count, without, tuple(notes))
    return _finished(case, head)


def join_batches(
    case: Path,
    item: str,
    producer: str,
    starts: Iterable[int],
    *,
    notes: Iterable[str] = (),
) -> LayerHead:
    """Write a layer of the batches that are on disk, as they are."""
    digest, count, without = TextDigest(), 0, 0
    with named_failure(), _unfinished(case, item, producer) as out:
        for first in starts:
            with open(_batch_path(case, item, producer, first), "rb") as file:
                shutil.copyfileobj(file, out)
                file.seek(0)
                for index, text in texts(file):
                    digest.add(index, text)
                    count += 1
                    without += not text.strip()
    head = LayerHead(item, digest.hexdigest(), producer, "", count, without, tuple(notes))
    return _finished(case, head)


@contextmanager
def _unfinished(case: Path, item: str, producer: str) -> Iterator[Any]:
    """The file of pages of a layer while it is written."""
    _folder(case, layer_folder(case, item))
    part = _pages_path(case, item, producer).with_suffix(".part")
    delete(part)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def _finished(case: Path, head: LayerHead) -> LayerHead:
    """Give the pages of a layer their name, then its head: what has no head is not finished."""
    path = _pages_path(case, head.item_sha256, head.producer)
    head_path = path.with_suffix(".json")
    with named_failure():
        delete(head_path)
        os.replace(path.with_suffix(".part"), path)
        replaced = path.with_suffix(".head")
        delete(replaced)
        write_synced(replaced, head_line(head))
        os.replace(replaced, head_path)
        sync_folder(path.parent)
    return head


def _written(out: Any, found: Iterable[Page]) -> tuple[str, int, int]:
    """Write pages group by group; their digest, how many they are, how many have no text."""
    digest, count, without = TextDigest(), 0, 0
    group: list[Page] = []
    for page in found:
        digest.add(page.index, page.text)
        count += 1
        without += not page.text.strip()
        group.append(page)
        if len(group) == _GROUP:
            out.write(packed(group))
            group = []
    out.write(packed(group))
    return digest.hexdigest(), count, without


def _batch_path(case: Path, item: str, producer: str, first: int) -> Path:
    return _pages_path(case, item, producer).with_suffix(f".{first:07d}.batch")


def has_batch(case: Path, item: str, producers: Iterable[str], first: int) -> bool:
    """Whether the pages from ``first`` on are on disk already, by every one of some readers."""
    return all(_batch_path(case, item, producer, first).is_file() for producer in producers)


def write_batch(case: Path, item: str, first: int, found: Mapping[str, Iterable[Page]]) -> None:
    """Keep a batch of pages of a layer that is not finished, whole or not at all."""
    with named_failure():
        _folder(case, layer_folder(case, item))
        for producer, some in found.items():
            path = _batch_path(case, item, producer, first)
            part = path.with_suffix(".part")
            delete(part)
            write_synced(part, packed(some))
            os.replace(part, path)


def forget_batches(case: Path, item: str) -> None:
    """Delete the batches of an item: its layers are finished, or it is read anew."""
    folder = layer_folder(case, item)
    if folder.is_dir():
        for name in sorted(os.listdir(folder)):
            if name.endswith(".batch"):
                (folder / name).unlink()


def _pages_path(case: Path, item: str, producer: str) -> Path:
    if not _PRODUCER.fullmatch(producer):
        raise ValueError(f"{producer!r} is no producer of text layers")
    return layer_folder(case, item) / f"{producer}.pages"


def _folder(case: Path, folder: Path) -> None:
    """Make the folder of an item's layers, for its owner alone."""
    for path in (case / DOCUMENTS, folder):
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)
