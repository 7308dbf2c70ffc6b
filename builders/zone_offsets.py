"""Builds src/noonmark/world/data/offsets.npz: the UTC offsets of every zone of the tz database.

    python builders/zone_offsets.py [--zoneinfo /usr/share/zoneinfo]

The folder must hold files compiled from tzdb **with** the zones that agree since 1970 kept apart
(``PACKRATDATA=backzone PACKRATLIST=zone.tab``), as Debian's are; its ``tzdata.zi`` says so in a
line ``# ddeps backzone zone.tab``. To compile them from a release of tzdb:

    make PACKRATDATA=backzone PACKRATLIST=zone.tab TOPDIR=/tmp/tz install

Changes that the zone's own rule makes are left out, and so are those of a mere name. Equal inputs
give equal bytes. The entry in manifest.json is rewritten.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from world_data import DATA, write_npz

from noonmark.world.zone_rules import unrolled

NEVER_S = -(2**62)
HEADER = 44
LICENCE = "public domain"


@dataclass(frozen=True)
class ZoneFile:
    """What a TZif file says of one zone.

    ``at_s`` (n,) are the changes of offset [POSIX seconds], ``offset_s`` (n+1,) the offsets before,
    between and after them, ``rule`` is the POSIX TZ string that holds after the last. Until
    ``mean_until_s`` the zone kept the mean solar time of its own city (tzdb's ``LMT``).
    """

    at_s: tuple[int, ...]
    offset_s: tuple[int, ...]
    rule: str
    mean_until_s: int


def read_zone(raw: bytes) -> ZoneFile:
    """A zone from the 64-bit block of a TZif file of version 2 or later (RFC 8536)."""
    if raw[:4] != b"TZif" or raw[4:5] < b"2":
        raise SystemExit("not a TZif file of version 2 or later")
    isut, isstd, leap, times, kinds, names = _counts(raw, 0)
    begin = HEADER + times * 5 + kinds * 6 + names + leap * 8 + isstd + isut
    isut, isstd, leap, times, kinds, names = _counts(raw, begin)
    at = begin + HEADER
    instants = struct.unpack_from(f">{times}q", raw, at)
    index = struct.unpack_from(f">{times}B", raw, at + 8 * times)
    at += 9 * times
    types = [struct.unpack_from(">lBB", raw, at + 6 * k) for k in range(kinds)]
    text = raw[at + 6 * kinds : at + 6 * kinds + names]
    end = at + 6 * kinds + names + leap * 12 + isstd + isut
    rule = raw[end:].strip(b"\n").decode("ascii")
    first = next((k for k, kind in enumerate(types) if not kind[1]), 0)
    return _changes(instants, [types[k] for k in (first, *index)], text, rule)


def _counts(raw: bytes, at: int) -> tuple[int, ...]:
    """The six counts of the header that begins at ``at``."""
    return struct.unpack(">6l", raw[at + 20 : at + HEADER])


def _changes(
    instants: tuple[int, ...],
    types: list[tuple[int, int, int]],
    text: bytes,
    rule: str,
) -> ZoneFile:
    """The zone without changes of a mere name, and without what its rule makes anyway."""
    abbreviations = [text[kind[2] :].split(b"\0")[0] for kind in types]
    mean_until = NEVER_S
    for instant, before in zip(instants, abbreviations[:-1], strict=True):
        if before != b"LMT":
            break
        mean_until = instant
    at: list[int] = []
    offsets = [types[0][0]]
    for instant, kind in zip(instants, types[1:], strict=True):
        if kind[0] != offsets[-1]:
            at.append(instant)
            offsets.append(kind[0])
    kept = _kept(at, offsets, rule)
    return ZoneFile(tuple(at[:kept]), tuple(offsets[: kept + 1]), rule, mean_until)


def _kept(at: list[int], offsets: list[int], rule: str) -> int:
    """How many changes must be listed: the rest, its rule makes from the last of them on."""
    count = len(at)
    while count:
        later_at, later = unrolled(rule, at[count - 2] if count > 1 else None)
        until = later_at <= (at[-1] if at else 0)
        same_at = later_at[until].tolist() == at[count - 1 :]
        if not (same_at and later[until].tolist() == offsets[count:]):
            return count
        count -= 1
    return count


def names_of(folder: Path) -> list[str]:
    """Every zone and link that ``tzdata.zi`` names."""
    names = []
    for line in (folder / "tzdata.zi").read_text("ascii").splitlines():
        word, *rest = line.split()
        if word == "Z":
            names.append(rest[0])
        elif word == "L":
            names.append(rest[1])
    return sorted(set(names))


def version_of(folder: Path) -> str:
    """The tzdb release of the files, such as 2026f; refused where backzone is not in them."""
    head = (folder / "tzdata.zi").read_text("ascii").splitlines()[:6]
    if "# ddeps backzone zone.tab" not in head:
        raise SystemExit(f"{folder}: these files were made without backzone")
    return head[0].removeprefix("# version ")


def tables_of(zones: dict[str, ZoneFile], version: str) -> dict[str, np.ndarray]:
    """The arrays of the shipped file: distinct histories one after the other, names into them."""
    distinct = list(dict.fromkeys(zones.values()))
    place = {zone: k for k, zone in enumerate(distinct)}
    lines = [f"{name} {place[zone]}" for name, zone in zones.items()]
    at = np.array([a for zone in distinct for a in zone.at_s], np.int64)
    offsets = np.array([o for zone in distinct for o in zone.offset_s], np.int64)
    values, index = np.unique(offsets, return_inverse=True)
    return {
        "version": _bytes(version),
        "names": _bytes("\n".join(lines)),
        "rules": _bytes("\n".join(zone.rule for zone in distinct)),
        "counts": np.array([len(zone.at_s) for zone in distinct], np.uint16),
        "mean_until_s": np.array([zone.mean_until_s for zone in distinct], np.int64),
        "at_s": at.view(np.uint8).reshape(-1, 8).T.copy(),
        "offset_values_s": values.astype(np.int32),
        "offset_index": index.astype(np.uint16),
    }


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def main() -> None:
    """Read a folder of compiled zones and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zoneinfo", type=Path, default=Path("/usr/share/zoneinfo"))
    folder = parser.parse_args().zoneinfo
    version = version_of(folder)
    zones = {name: read_zone((folder / name).read_bytes()) for name in names_of(folder)}
    write_npz("offsets.npz", tables_of(zones, version))
    raw = (DATA / "offsets.npz").read_bytes()
    manifest = json.loads((DATA / "manifest.json").read_text("utf-8"))
    manifest["files"]["offsets.npz"] = {
        "bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "source": f"tz database {version} (IANA), with backzone (PACKRATLIST=zone.tab)",
        "licence": LICENCE,
    }
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (DATA / "manifest.json").write_text(text, "utf-8")
    print(f"tzdb {version}: {len(zones)} names, {len(raw):,} bytes")


if __name__ == "__main__":
    main()
