"""The sites that the page has open, with or without a case; their pictures, held up to a bound.

The list of a case's sites lies in its folder of work: paths of this machine, which never leave with
the case.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import site_proposals, site_readings, site_view, site_visibility
from noonmark.errors import InputError, NoonmarkError
from noonmark.sandbox import png
from noonmark.session import page_document
from noonmark.session.requests import path_of
from noonmark.session.sentences import with_told

if TYPE_CHECKING:
    from noonmark.session.case_session import CaseSession

FILE = "sites.json"
MOST_SITES = 500
HELD_BYTES = 96 << 20
_EFFORT = 1


@dataclass
class OpenSites:
    """Folders of sites by a short name, and PNGs of their images."""

    held: dict[str, Path] = field(default_factory=dict)
    _pictures: OrderedDict[tuple[str, str], tuple[bytes, bool]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(
        self,
        text: str,
        session: CaseSession | None = None,
    ) -> dict[str, Any]:
        """Open the site of a folder; with a case it stays on the case's list."""
        from noonmark.sites import site_folder

        folder = path_of(text)
        site = site_folder.open_site(folder)
        name = self.add(folder)
        if session is not None and str(folder) not in _kept(session):
            _keep(session, folder)
            session.act_if_possible(f"opened the site {site.name}")
        return {"site": self._row(name, folder)}

    def add(
        self,
        folder: Path,
    ) -> str:
        """The short name of a folder, which the page's addresses hold in its place."""
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        with self._lock:
            self.held[name] = folder
        return name

    def listed(
        self,
        session: CaseSession | None = None,
    ) -> dict[str, Any]:
        """The sites that are open, and those on the case's list."""
        for text in () if session is None else _kept(session):
            self.add(Path(text))
        rows = [self._row(name, folder) for name, folder in self.held.items()]
        return {"sites": with_told(rows, "site", "problem")}

    def _row(
        self,
        name: str,
        folder: Path,
    ) -> dict[str, Any]:
        """A site for a list; one that can't be read says why."""
        from noonmark.sites import images, site_folder

        row: dict[str, Any] = {"id": name, "name": folder.name, "folder": str(folder)}
        try:
            site = site_folder.open_site(folder)
            taken = [image.taken.start for image in images.read(folder)]
        except NoonmarkError as error:
            return row | {"problem": error.message, "features": 0, "images": 0}
        return row | {
            "name": site.name,
            "problem": None,
            "features": len(site.features),
            "images": len(taken),
        }

    def folder(
        self,
        name: str,
        session: CaseSession | None = None,
    ) -> Path:
        """Where a site lies. Raises InputError "no-such-site"."""
        if name not in self.held:
            self.listed(session)
        if name not in self.held:
            raise InputError(
                "there is no such site here", code="no-such-site", hint="open its folder again"
            )
        return self.held[name]

    def picture(
        self,
        folder: Path,
        name: str,
    ) -> tuple[bytes, bool]:
        """The PNG of an image around its site, and whether its pixels may be handed on."""
        key = (str(folder), name)
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
                return self._pictures[key]
        wanted, made = site_view.site_pictures(folder, name)
        for image, picture in made.items():
            encoded = png.encode(picture.rgb, {}, effort=_EFFORT)
            self._hold((str(folder), image), (encoded, picture.redistribute))
        with self._lock:
            found = self._pictures.get((str(folder), wanted))
        if found is not None:
            return found
        shown = made[wanted]
        return png.encode(shown.rgb, {}, effort=_EFFORT), shown.redistribute

    def _hold(
        self,
        key: tuple[str, str],
        made: tuple[bytes, bool],
    ) -> None:
        """Keep a picture; the oldest go where it becomes too much."""
        with self._lock:
            before = self._pictures.pop(key, None)
            self._bytes += len(made[0]) - (0 if before is None else len(before[0]))
            self._pictures[key] = made
            while self._bytes > HELD_BYTES and len(self._pictures) > 1:
                _, (old, _) = self._pictures.popitem(last=False)
                self._bytes -= len(old)

    def clear(self) -> None:
        """Drop everything: the case was closed."""
        with self._lock:
            self.held.clear()
            self._pictures.clear()
            self._bytes = 0


def view(
    folder: Path,
    reader: site_view.SiteReader,
) -> dict[str, Any]:
    """All that is shown of a site to one reader; what is open or amiss in it is told."""
    found = site_view.site_view(folder, reader)
    return {**with_told(found, "site", "warnings", "conflicts", "conflict", "why_not")}


def keep_reading(
    folder: Path,
    typed: Mapping[str, Any],
    *,
    by: str,
    session: CaseSession | None = None,
) -> dict[str, Any]:
    """Keep one reading as ``noonmark sites read`` does; with a case its log says that one was made.

    The log does not say what was seen: a second reader may look at it.
    """
    area = typed.get("area_m2")
    done = site_readings.read_site(
        folder,
        str(typed.get("image") or ""),
        str(typed.get("feature") or ""),
        str(typed.get("state") or ""),
        by=by,
        stage=str(typed.get("stage") or "visible"),
        why=typed.get("why") or None,
        could=typed.get("could") or None,
        blind=bool(typed.get("blind")),
        settles=bool(typed.get("settles")),
        area_m2=None if area is None else _three(area),
        note=str(typed.get("note") or "")[:500],
    )
    if session is not None:
        session.act_if_possible(f"kept a reading of {done['feature']} in {done['image']}")
    return done


def propose(
    folder: Path,
    tell: Callable[[float, str], None],
    *,
    session: CaseSession | None = None,
) -> dict[str, Any]:
    """Propose events as ``noonmark sites propose`` does; with a case its log says that it was done.

    What was found is not in the answer, as a blind reader may have asked for it: the site shows it.
    """
    from noonmark.sites import site_folder

    done = site_proposals.propose(folder, progress=tell)
    if session is not None and not done["kept_before"]:
        name = site_folder.open_site(folder).name
        session.act_if_possible(f"looked for changes by computer in the site {name}")
    return {"kept_before": done["kept_before"], "features": len(done["features"])}


def suggestions(
    folder: Path,
    feature: str,
    tell: Callable[[float, str], None],
    *,
    blind: bool,
) -> dict[str, Any]:
    """What the rules suggest of a feature in each image; no rows for a blind reader."""
    if blind:
        return {"claim": site_visibility.CLAIM, "rows": []}
    found = site_visibility.site_visibility(folder, feature=feature, progress=tell)
    return {"claim": found["claim"], "rows": found["rows"]}


def _three(
    area: Any,
) -> list[float]:
    """An area with its bounds, numbers."""
    good = isinstance(area, list) and all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in area
    )
    if not good:
        raise InputError(
            "expected an area as three numbers: value, least, most",
            code="bad-reading",
            hint="for example 4200, 3900, 4500",
        )
    return [float(each) for each in area]


def _kept(
    session: CaseSession,
) -> list[str]:
    """The folders on a case's list; a damaged list counts as empty."""
    path = session.work / FILE
    try:
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    rows = held.get("sites") if isinstance(held, dict) else None
    if not isinstance(rows, list):
        return []
    return [row for row in rows if isinstance(row, str) and row][:MOST_SITES]


def _keep(
    session: CaseSession,
    folder: Path,
) -> None:
    """Put a folder on the case's list, if the case can be written to."""
    if session.read_only is not None:
        return
    rows = [*_kept(session), str(folder)][-MOST_SITES:]
    with session.lock:
        page_document.write(session.work, FILE, json.dumps({"sites": rows}, indent=1).encode())
