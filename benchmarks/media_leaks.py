"""Every file of the media set, stripped and redacted: what exiftool, the own walker and a search of
the bytes still find.

python benchmarks/media_leaks.py [FOLDER of media] [WORD ...]     only files whose path holds one of the words

The rules here share nothing with media/clean.py, which guards the commands themselves: 1 exiftool
-ee may show no tag of a position, a serial number, an owner, a time, a device, a thumbnail or
telemetry; 2 the own walker may show no field of that kind, no packet, no track but picture (and
sound or text where meant); 3 no text that exiftool found in the source under such a tag may stand
in the bytes, in UTF-8 or UTF-16. Exits 1 on any leak.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.errors import NoonmarkError
from noonmark.media import exiftool
from noonmark.sandbox import process

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"
TELLING = re.compile(
    r"GPS|Latitude|Longitude|Location|Coordinates|Altitude|Serial|Owner|Artist|Author|Creator|Byline|By-line|Copyright|Credit|"
    r"Date|TimeStamp|TimeCode|OriginalTime|Make$|Model|Software|Lens|Camera|Firmware|Unique|DocumentID|InstanceID|UUID|GUID|"
    r"Comment|Description|Caption|Title|Keyword|Person|Region|Rating|History|Thumbnail|Preview|MakerNote|XMP|IPTC|Photoshop|"
    r"Profile(Name|Copyright|Creator|DateTime|Description)|HostComputer|Encoder|WritingApp|MuxingApp|Handler.*Vendor|Accelero|Gyro|"
    r"Magneto|Telemetry|MetaFormat|DeviceName",
    re.I,
)
HARMLESS = re.compile(
    r"^(System|ExifTool|File|Composite):|:(HandlerDescription|HandlerClass|PreviewTime|PreviewDuration|SampleTime|"
    r"HEVC.*|GeneralProfile.*|GenProfile.*)$"
)
STATED = re.compile(r"^(System|ExifTool|Composite|SourceFile)(:|$)")


def telling(tags: dict[str, Any], *, tiff: bool) -> list[str]:
    """The tags that say where, when, who or with what."""
    found = []
    for key, value in tags.items():
        if HARMLESS.search(key) or not TELLING.search(key.partition(":")[2]):
            continue
        empty = str(value).strip("0: ") == "" or str(value) in ("FFMP", "appl")
        strips = (
            tiff and "PreviewImage" in key
        )  # exiftool's word for JPEG-coded strips of the picture itself
        if not empty and not strips:
            found.append(f"{key} = {str(value)[:60]}")
    return found


def words(tags: dict[str, Any]) -> list[bytes]:
    """What the source said under such tags, as bytes to search for; short and numeric values would
    be found by chance.
    """
    said = set()
    for key, value in tags.items():
        name = key.partition(":")[2]
        if (
            STATED.search(key)
            or (key.startswith("File:") and name != "Comment")
            or not TELLING.search(name)
        ):
            continue
        text = str(value).strip()
        if (
            len(text) >= 6
            and not text.startswith("(Binary data")
            and text not in ("appl", "VideoHandler")
        ):
            said |= {
                text[:80].encode(),
                text[:80].encode("utf-16-le"),
                text[:80].encode("utf-16-be"),
            }
    return sorted(said)


def leaks(out: Path, source_words: list[bytes]) -> list[str]:
    """All that is left, by the three rules."""
    value = process.run("probe", payload={"thumbnails": True}, files=[out]).value
    found = telling(exiftool.tags(out) or {}, tiff=value["container"] == "TIFF")
    for field in value["fields"]:
        if TELLING.search(str(field["name"])) and field["value"] not in (0, "", None):
            found.append(f"walker: {field['part']} {field['name']} = {str(field['value'])[:60]}")
        if field["name"] == "kind" and field["value"] not in ("vide", "soun"):
            found.append(f"walker: a track of kind {field['value']}")
    found += [f"walker: {packet}" for packet in value["facts"].get("packets", ())]
    found += ["walker: a thumbnail"] if value["facts"].get("thumbnails") else []
    found += ["walker: positions"] if value["tracks"] else []
    data = out.read_bytes()
    return found + [f"bytes: {word[:60]!r}" for word in source_words if word in data]


def outputs(path: Path, container: str, scratch: Path) -> list[tuple[str, Path]]:
    """What is made of one file: a stripped copy, and a redacted film, JPEG or PNG."""
    film = container in ("MP4", "MOV", "Matroska", "MPEG-TS", "AVI")
    form = ".mp4" if film else ".jpg" if container == "JPEG" else ".png"
    return [("strip", scratch / f"strip{path.suffix}"), ("redact", scratch / f"redact{form}")]


def main(folder: Path, chosen: list[str]) -> int:
    """One line for each file with a leak, and the counts."""
    if exiftool.present() is None:
        print("exiftool is not installed: rule 1 and the words of rule 3 can't be tried")
        return 1
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    files = [
        p for p in files if not chosen or any(word in str(p.relative_to(folder)) for word in chosen)
    ]
    made: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    per_folder: Counter[str] = Counter()
    dirty = controls = 0
    began = time.monotonic()
    for number, path in enumerate(files):
        print(f"{number + 1}/{len(files)} {path.relative_to(folder)}", file=sys.stderr, flush=True)
        source = process.run("probe", payload={}, files=[path]).value
        try:
            tags = exiftool.tags(path) or {}
        except NoonmarkError:
            tags = {}
        controls += bool(telling(tags, tiff=False))
        search = words(tags)
        with tempfile.TemporaryDirectory() as scratch:
            for verb, out in outputs(path, source["container"], Path(scratch)):
                try:
                    if verb == "strip":
                        actions.strip(path, out)
                    else:
                        actions.redact(path, out, document=actions.plan_redaction(path))
                except NoonmarkError as error:
                    refused[f"{verb}: {error.code}"] += 1
                    if out.exists() or error.code == "not-clean":
                        dirty += 1
                        print(
                            f"LEAK {path.relative_to(folder)} {verb}: {error.code}: {error}",
                            flush=True,
                        )
                    continue
                made[verb] += 1
                per_folder[path.parent.name] += 1
                for leak in leaks(out, search):
                    dirty += 1
                    print(f"LEAK {path.relative_to(folder)} {out.name}: {leak}", flush=True)
    print(f"{len(files)} files, of which {controls} state something telling (the negative control)")
    print(f"made: {dict(made)}; by folder: {dict(sorted(per_folder.items()))}")
    print(f"refused in one sentence: {dict(sorted(refused.items()))}")
    print(f"leaks: {dirty}   ({time.monotonic() - began:.0f} s)")
    return 1 if dirty or not controls else 0


if __name__ == "__main__":
    words_ = sys.argv[1:]
    place = Path(words_.pop(0)) if words_ and Path(words_[0]).is_dir() else FOLDER
    sys.exit(main(place, words_))
