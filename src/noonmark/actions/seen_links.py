"""Links that a search for copies proposes: forms that a person looks at, mends, and says.

A machine's match is no finding. Each proposal is ``unsure`` and not looked at: said as it is, it
can only lower the fewest origins of a claim, never raise them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions.case_items import MARKER
from noonmark.errors import InputError

_CUT = ("cropped", "9:16", "without", "inside")
"""How the variants begin in which a part of the picture is missing."""


def proposed_links(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A link form for each proved match of an answer of ``seen``, but for the same bytes.

    The file asked about stands as the child: which of two copies is the older, a hash can't tell.
    """
    asked = str(answer["sha256"])
    return [_link(asked, match) for match in answer["found"] if match["sha256"] != asked]


def _link(asked: str, match: Mapping[str, Any]) -> dict[str, Any]:
    """The form of one match."""
    cut = all(part.startswith(_CUT) for part in match["as"])
    times = match["matched_times"]
    return {
        "form": "link",
        "child": asked,
        "parent": match["sha256"],
        "relation": "crop" if cut else "copy",
        "certainty": "unsure",
        "looked_at": "no",
        "basis": (
            f"noonmark seen matched {match['inliers']} features on one homography, at {times} "
            f"{'time' if times == 1 else 'times'}; nobody has looked at it yet"
        ),
    }


def write_links(answer: Mapping[str, Any], index: Path, target: Path) -> int:
    """Write the proposals as a file that ``noonmark inquiry say`` takes; how many there are.

    ``index`` is the case that was asked: links name items of one. A file that is there is never
    written over.
    """
    if not (index / MARKER).is_file():
        raise InputError(
            f"{index} is no case, and links are said in one",
            code="not-a-case",
            hint="noonmark seen FILE --in CASE --links FILE",
        )
    forms = proposed_links(answer)
    text = json.dumps({"forms": forms}, indent=1, ensure_ascii=False) + "\n"
    try:
        with open(target, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(
            f"{target} exists already", code="output-exists", hint="give another name"
        ) from None
    return len(forms)
