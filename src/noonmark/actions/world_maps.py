"""The user's own maps: added, listed, taken away; the kinds of things; shares that a map misses."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError
from noonmark.values import from_unix_s, rfc3339

if TYPE_CHECKING:
    from noonmark.world.landmarks.map_store import StoredMap

FETCH = (
    "OpenStreetMap extracts (.osm.pbf) are offered by download.geofabrik.de (countries and regions)"
    " and by planet.openstreetmap.org (all of it); fetch one with a browser, then: noonmark world"
    " add FILE"
)
"""What to fetch by hand, and from whom: Noonmark downloads nothing."""


def world_folder(store: Path | None) -> Path:
    """The folder of maps: the one that is given, else the user's."""
    from noonmark.world.landmarks.map_store import default_store

    return default_store() if store is None else store


def world_list(*, store: Path | None = None) -> dict[str, Any]:
    """The maps there are, and where more can be had by hand."""
    from noonmark.world.landmarks.map_store import stored_maps

    folder = world_folder(store)
    maps = [told_map(m) for m in stored_maps(folder)]
    return {"ok": True, "folder": str(folder), "maps": maps, "fetch": FETCH}


def world_remove(name: str, *, store: Path | None = None) -> dict[str, Any]:
    """Delete a map from the folder."""
    from noonmark.world.landmarks.map_store import remove_map

    folder = world_folder(store)
    gone = remove_map(name, folder)
    return {"ok": True, "removed": told_map(gone)}


def world_things(word: str = "") -> dict[str, Any]:
    """The kinds of things that have a word of their own: all, those with a word, or near one."""
    from noonmark.world.landmarks.bundles import bundles, known_words, similar

    rows = list(bundles().values())
    if word:
        plain = word.casefold()
        holding = [name for name in known_words() if plain in name]
        chosen = {known_words()[name].words for name in holding or similar(plain)}
        rows = [b for b in rows if b.words in chosen]
    things = [{"is": b.words, "also": list(b.others), "tags": b.tags} for b in rows]
    return {"ok": True, "things": things}


def world_missing(
    old: str, new: str, *, store: Path | None = None, out: Path | None = None
) -> dict[str, Any]:
    """By kind of thing, the share of what the newer map holds that the older one lacks.

    ``out``: a file that ``noonmark place --missing`` reads.
    """
    from noonmark.actions.finished_files import finished
    from noonmark.actions.json_text import json_line
    from noonmark.world.landmarks.two_dates import CAUTION, learnt_shares

    folder = world_folder(store)
    older, newer = (map_named(name, folder) for name in (old, new))
    if older.sha256 == newer.sha256 or older.newest_edit_s > newer.newest_edit_s > 0:
        raise InputError(
            f"{old!r} is not the older of two maps",
            code="world-missing-order",
            hint=f"noonmark world missing {new} {old}",
        )
    shares = learnt_shares(older, newer, folder)
    if not shares:
        raise InputError(
            f"{old!r} and {new!r} have no kind of thing in common ground",
            code="world-missing-order",
            hint="two extracts of one place are compared: noonmark world list shows their boxes",
        )
    data = {
        "ok": True,
        "old": {"name": old, "sha256": older.sha256},
        "new": {"name": new, "sha256": newer.sha256},
        "shares": shares,
        "caution": list(CAUTION),
        "attribution": older.attribution,
    }
    if out is not None:
        with finished(out) as part:
            part.write_text(f"{json_line(data)}\n", encoding="utf-8")
    return data


def map_named(name: str, folder: Path) -> StoredMap:
    """A map of a folder by its name. Raises InputError ``world-map-unknown``."""
    from noonmark.world.landmarks.map_store import stored_maps

    known = {m.name: m for m in stored_maps(folder)}
    if name not in known:
        raise InputError(
            f"there is no map {name!r}",
            code="world-map-unknown",
            hint=f"the maps are: {', '.join(known) or 'none yet; noonmark world add FILE'}",
        )
    return known[name]


def told_map(stored: StoredMap) -> dict[str, Any]:
    """A map as the answers tell it."""
    newest = stored.newest_edit_s
    told = {k: v for k, v in asdict(stored).items() if k not in ("newest_edit_s", "format")}
    told["newest_edit"] = rfc3339(from_unix_s(newest)) if newest else None
    return told
