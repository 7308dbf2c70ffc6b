"""The time that a file name states, by the habits of phones, apps and recorders."""

from __future__ import annotations

import re
from datetime import datetime

from noonmark.media.stated_times import StatedTime

_NAMES = (
    # Google's camera names files in UTC
    (re.compile(r"PXL_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\d{0,3}"), "utc"),
    (re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)[-_ T](\d\d)(\d\d)(\d\d)(?!\d)"), "local"),
    (
        re.compile(
            r"(?<!\d)(\d{4})-(\d\d)-(\d\d)[ _T-]+(?:at )?(\d\d)[.:-](\d\d)[.:-](\d\d)(?!\d)"
        ),
        "local",
    ),
    # WhatsApp: the day it was received or sent
    (re.compile(r"(?:IMG|VID|AUD)-(\d{4})(\d\d)(\d\d)-WA\d+"), "date"),
    (re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)"), "date"),
)


def time_of_name(name: str) -> list[StatedTime]:
    """The time that a file name states, by the habits of phones, apps and recorders.

    The first habit that fits, or none.
    """
    for pattern, frame in _NAMES:
        match = pattern.search(name)
        if match is None:
            continue
        try:
            # the zone is unknown, and that is the point
            wall = datetime(*map(int, match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
        except ValueError:
            continue
        if 1990 <= wall.year <= 2100:
            named = StatedTime(
                source="file name",
                reader="noonmark",
                text=match[0],
                role="name",
                frame=frame,
                wall=wall,
                offset_min=0 if frame == "utc" else None,
                whole_day=frame == "date",
            )
            return [named]
    return []
