"""A sample drawn of a list of sites, and what its readings say of all of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.sites.sampling import SampledSite, ShareEstimate

_LIST = ("site", "stratum")
_SAMPLE = ("site", "stratum", "stratum_size", "reading", "reference")
_HINT = "reading is yes, no or unseen; reference is yes, no, or empty where not read twice"


def sample_sites(
    listed: Path,
    out: Path,
    *,
    size: int,
    seed: int,
) -> dict[str, Any]:
    """Draw a stratified sample of the sites in a CSV into a new CSV with empty readings."""
    import numpy as np

    from noonmark.actions.finished_files import finished
    from noonmark.actions.redaction import refuse_existing
    from noonmark.sites import sampling

    refuse_existing(out)
    strata: dict[str, list[str]] = {}
    for row in _rows(listed, _LIST):
        strata.setdefault(row["stratum"], []).append(row["site"])
    for name, held in strata.items():
        if len(set(held)) < len(held):
            raise InputError(
                f"{listed.name} lists a site twice in {name}",
                code="bad-sample",
                hint="each site stands in one row",
            )
    drawn = sampling.draw(strata, size, rng=np.random.default_rng(seed))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_SAMPLE)
    for site, stratum in drawn:
        writer.writerow([site, stratum, len(strata[stratum]), "", ""])
    with finished(out) as part:
        part.write_text(text.getvalue(), encoding="utf-8")
    counts = {name: sum(row[1] == name for row in drawn) for name in sorted(strata)}
    sizes = {name: len(held) for name, held in sorted(strata.items())}
    return {"ok": True, "out": str(out), "seed": seed, "sites": sizes, "drawn": counts}


def _rows(
    path: Path,
    columns: Sequence[str],
) -> list[dict[str, str]]:
    """The rows of a CSV with these columns."""
    from noonmark.questions.input_files import read_bytes

    try:
        text = read_bytes(path).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path.name} is no CSV in UTF-8: {error}", code="bad-sample", hint=_HINT
        ) from None
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        raise InputError(
            f"{path.name} has no rows with the columns {', '.join(missing)}",
            code="bad-sample",
            hint=f"columns: {', '.join(columns)}",
        )
    return [{name: (row[name] or "").strip() for name in columns} for row in rows]


def estimate_sample(
    path: Path,
    *,
    seed: int,
) -> dict[str, Any]:
    """What a sample that was read says of all sites, with intervals and bounds."""
    import numpy as np

    from noonmark.sites import sampling

    drawn = [_sampled(path, number, row) for number, row in enumerate(_rows(path, _SAMPLE))]
    _refuse_mixed_sizes(path, drawn)
    found = sampling.estimate(drawn, rng=np.random.default_rng(seed))
    shares = {
        name: _share(getattr(found, name), found.sites)
        for name in ("seen", "all_no", "all_yes", "corrected")
    }
    return {
        "ok": True,
        "seed": seed,
        "sites": found.sites,
        "drawn": found.drawn,
        "unseen": found.unseen,
        "read_twice": found.read_twice,
        "sensitivity": _rounded(found.sensitivity),
        "specificity": _rounded(found.specificity),
        **shares,
    }


def _sampled(
    path: Path,
    number: int,
    row: Mapping[str, str],
) -> SampledSite:
    """One row of the sample."""
    from noonmark.sites.sampling import READINGS, SampledSite

    size, reading, reference = row["stratum_size"], row["reading"], row["reference"]
    is_right = size.isdecimal() and reading in READINGS and reference in ("", "yes", "no")
    if not is_right:
        raise InputError(
            f"{path.name}, row {number + 2}: {row['site']} is not read: {reading!r}, {reference!r}",
            code="bad-sample",
            hint=_HINT,
        )
    return SampledSite(row["site"], row["stratum"], int(size), reading, reference or None)


def _refuse_mixed_sizes(
    path: Path,
    drawn: Sequence[SampledSite],
) -> None:
    """A stratum has one size, and no fewer sites than were drawn of it."""
    strata: dict[str, list[int]] = {}
    for site in drawn:
        strata.setdefault(site.stratum, []).append(site.stratum_size)
    for name, sizes in strata.items():
        if len(set(sizes)) > 1 or sizes[0] < len(sizes):
            raise InputError(
                f"{path.name}: the size of {name} can't be {sizes[0]}",
                code="bad-sample",
                hint="stratum_size is how many sites the stratum has in all",
            )


def _share(
    held: ShareEstimate | None,
    sites: int,
) -> dict[str, Any] | None:
    """A share as JSON, with how many sites it comes to."""
    if held is None:
        return None
    count = [round(value * sites) for value in (held.share, held.lo, held.hi)]
    return {
        "share": round(held.share, 4),
        "lo": round(held.lo, 4),
        "hi": round(held.hi, 4),
        "sites": count,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
