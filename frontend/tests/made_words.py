"""A made case for the browser test of the packages' sentences: a photo whose clock is of another
zone, a clue with too wide an error, papers, two lists, a hand-over; and a site with open questions.

Nothing in it happened anywhere. The templates of the sentences are written beside it, so that the
test can look for their English words.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from noonmark.actions import documents, site_readings
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.cases import hand_over, new_case
from noonmark.session.case_session import open_session
from noonmark.session.sentence_list import TEMPLATES
from noonmark.sites import chips, images, site_folder
from noonmark.sites.outline import SiteFeature
from noonmark.values import utc

TEXTS = {
    "notice.html": "<html><script>let x = 1</script><p>The wall stood beside the yard.</p></html>",
    "ordinance.txt": "1. Selling tools for 1240\n2. Walking on the tracks\n",
    "gate.txt": "1. Tools stay in the yard\n2. Fee: 1240\n",
}


def main(folder: Path) -> None:
    """Make ``folder``/case, ``folder``/yard and ``folder``/templates.json."""
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    _photo(folder / "photo.jpg")
    case = folder / "case"
    new_case(case)
    documents.add_documents(case, [str(folder / "notice.html")])
    kept = ("photo.jpg", "ordinance.txt", "gate.txt")
    added = add_to_case(case, [str(folder / name) for name in kept]).added
    photo = next(one["sha256"] for one in added if one["name"] == "photo.jpg")
    hand_over(case, [photo], giver="unknown", taker="court-1", means="unknown")
    session = open_session(case, by="quiet-heron")
    prior = {"not_before": "2022-06-21", "not_after": "2022-06-22"}
    wide = {"kind": "sun_elevation", "elevation_deg": 40, "sigma_deg": 0.001}
    clue = {"id": "c1", "on": True, "clue": wide | {"at": "2022-06-21T10:00:00Z"}}
    page = {"version": 1, "prior": prior, "clues": [clue], "frames": {}, "pins": [], "layers": []}
    session.save(0, page | {"notes": ""}, "added a clue: sun_elevation")
    session.show(photo)
    session.act("wrote the places")
    session.close()
    _site(folder / "yard")
    (folder / "templates.json").write_text(json.dumps(TEMPLATES), encoding="utf-8")


def _photo(path: Path) -> None:
    """A photo in Paris whose clock states the offset of Tokyo, and whose size was another."""
    exif = Image.Exif()
    taken = exif.get_ifd(0x8769)
    taken[0x9003], taken[0x9011] = "2022:06:21 12:00:00", "+09:00"
    taken[0xA002], taken[0xA003] = 640, 480
    place = exif.get_ifd(0x8825)
    place |= {1: "N", 2: (48.0, 51.0, 0.0), 3: "E", 4: (2.0, 21.0, 0.0)}
    place |= {7: (10.0, 0.0, 0.0), 29: "2022:06:21"}
    Image.new("RGB", (320, 240), (120, 140, 160)).save(path, exif=exif)


def _site(folder: Path) -> None:
    """Two images of a yard, one with warnings, of which two readers say different things."""
    ring = tuple((86 + x * 1.2e-5, 41 - y * 9e-6) for x, y in ((5, 5), (25, 5), (25, 20), (5, 20)))
    site_folder.create(folder, "yard", [SiteFeature("hall", "roof", (ring,))])
    rng, rows = np.random.default_rng(1), []
    for number in range(2):
        values = (1000 + rng.normal(0, 20, (3, 30, 35))).astype(np.float32)
        chip = chips.Chip(values, np.ones((30, 35), bool))
        at = utc(f"2021-0{3 + number}-01T05:00:00Z")
        grid = {"bands": ["red", "green", "blue"], "rows": 30, "cols": 35, "pixel_m": 1.0}
        grid |= {"crs": "EPSG:32645", "transform": [1, 0, 0, 0, -1, 0]}
        grid |= {"outlines": {"hall": [[[5, 5], [25, 5], [25, 20], [5, 20]]]}}
        taken = images.Taken(at, at, "metadata")
        row = images.SiteImage(
            f"i{number}", f"{9 - number}" * 64, (), "x", f"S-{number}", taken, 1.0
        )
        said = ("warped to the site's grid; the file is as it came", "lies 12 m beside i0: in no "
                "series with it; read it with care")  # fmt: skip
        rows.append(
            replace(row, stack="s", warnings=said, chip={"sha256": chips.digest(chip), **grid})
        )
        (folder / "chips" / f"i{number}.npz").write_bytes(chips.packed(chip))
    images.write(folder, rows)
    for by, state in (("one", "seen"), ("two", "not-seen")):
        more = {"could": "yes"} if state == "not-seen" else {}
        for name in ("i0", "i1"):
            site_readings.read_site(folder, name, "hall", state, by=by, **more)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
