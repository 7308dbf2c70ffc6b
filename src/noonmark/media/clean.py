"""Whether a file that is to be shown carries anything of its source: read back by readers that did not write it.

1 our own walker: every field that it finds is a leak, but for the few that a new file must have.
2 exiftool, where present, with embedded telemetry: every tag outside an allow-list is a leak.
3 a search of the bytes for marks of metadata and for what the source stated (serials, places, times, names).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.media import exiftool, sandbox, wire

_MARKS = (
    b"loci", b"\xa9xyz", b"gpmd", b"GPS5", b"GPS9", b"GPMF", b"Exif\0\0II*\0\x08\0\0\0\x02", b"http://ns.adobe.com",
    b"<x:xmpmeta", b"x264 - core", b"Lavf", b"Lavc", b"Photoshop", b"ICC_PROFILE", b"fdsc", b"uuid", b"Apple",
)  # fmt: skip
_FIELDS_ALLOWED = {
    ("MP4", "brand"), ("MP4 track 1", "kind"), ("MP4 track 1", "codec"), ("MP4 track 2", "kind"),
    ("MP4 track 2", "codec"), ("EXIF IFD0", "Orientation"), ("JPEG", "Adobe segment"),
}  # fmt: skip
_HANDLERS = {"SubtitleHandler", "SubtitleHandle", "VideoHandler", "SoundHandler", "VideoHandle", "SoundHandle"}
_GROUPS_ALLOWED = {"System", "File", "ExifTool", "Composite", "SourceFile", "PNG", "RIFF", "JFIF", "JPEG", "APP14"}
_TAGS_ALLOWED = re.compile(
    r"(MajorBrand|MinorVersion|CompatibleBrands|MediaData(Size|Offset)|MovieHeaderVersion|TimeScale|Duration|Preferred.*|"
    r"MatrixStructure|Preview(Time|Duration)|PosterTime|Selection.*|CurrentTime|NextTrackID|TrackHeaderVersion|TrackID|"
    r"TrackDuration|TrackLayer|TrackVolume|ImageWidth|ImageHeight|GraphicsMode|OpColor|CompressorID|SourceImage.*|"
    r"[XY]Resolution|BitDepth|VideoFrameRate|MediaHeaderVersion|MediaTimeScale|MediaDuration|MediaLanguageCode|"
    r"HandlerType|HandlerDescription|HandlerClass|Balance|Audio.*|ColorProfiles|ColorPrimaries|TransferCharacteristics|"
    r"MatrixCoefficients|VideoFullRangeFlag|PixelAspectRatio|AverageBitrate|BufferSize|MaxBitrate|Orientation|"
    r"ColorTransform|DCTEncodeVersion|APP14Flags[01]|Width|Height|VP8.*|HorizontalScale|VerticalScale|ProgressiveScan)$"
)
_STILL_TAGS = re.compile(
    r"(HEVCConfigurationVersion|GeneralProfile(Space|IDC)|GeneralTierFlag|GenProfileCompatibilityFlags|GeneralLevelIDC|"
    r"ConstraintIndicatorFlags|MinSpatialSegmentationIDC|ParallelismType|ChromaFormat|BitDepth(Luma|Chroma)|"
    r"AverageFrameRate|ConstantFrameRate|NumTemporalLayers|TemporalIDNested|ImageSpatialExtent|Rotation|Mirroring|"
    r"ImagePixelDepth|PrimaryItemReference|MetaImageSize|AV1.*|SeqProfile|SeqLevelIdx0|SeqTier0|HighBitDepth|TwelveBit|"
    r"ChromaSamplePosition|InitialDelaySamples|AuxiliaryImageType|CleanAperture|PixelAspectRatio)$"
)
"""What exiftool reads from the table of a HEIC or AVIF still: how its picture is coded."""
_TIFF_TAGS = re.compile(
    r"(SubfileType|Image(Width|Height)|BitsPerSample|Compression|PhotometricInterpretation|FillOrder|Orientation|"
    r"Strip(Offsets|ByteCounts)|SamplesPerPixel|RowsPerStrip|M(in|ax)SampleValue|[XY]Resolution|PlanarConfiguration|"
    r"T[46]Options|ResolutionUnit|Predictor|ColorMap|Tile(Width|Length|Offsets|ByteCounts)|InkSet|NumberofInks|DotRange|"
    r"ExtraSamples|SampleFormat|S(Min|Max)SampleValue|JPEGTables|YCbCr(Coefficients|SubSampling|Positioning)|"
    r"ReferenceBlackWhite|PreviewImage(Start|Length)|PreviewImage)$"
)
"""What exiftool reads from the directories of a TIFF: how its picture is coded. JPEG-coded strips it calls previews."""
_GIF_TAGS = re.compile(
    r"(GIFVersion|HasColorMap|ColorResolutionDepth|BitsPerPixel|BackgroundColor|PixelAspectRatio|FrameCount|Duration|"
    r"TransparentColor|AnimationIterations|Image(Width|Height))$"
)
_TIMES_EMPTY = ("0000:00:00 00:00:00", "0")
_SAID = ("serial", "GPS", "location", "owner", "author", "artist", "date", "time", "model", "id")


@dataclass(frozen=True)
class Reading:
    """What was found on reading a file back. ``leaks`` is empty where it is clean; ``kept`` is what remains, listed."""

    leaks: tuple[str, ...]
    kept: tuple[str, ...]
    readers: tuple[str, ...]


def read_back(
    path: Path,
    *,
    source_fields: Sequence[Mapping[str, Any]] = (),
    sound: bool = False,
    captions: Sequence[str] = (),
) -> Reading:
    """Every leak in ``path``. ``source_fields`` is what our own probe found in the file it was made from.

    ``captions`` are the words that a text track may say.
    """
    value = sandbox.run("probe", payload={"thumbnails": False}, files=[path]).value
    leaks, kept = [], []
    for field in value["fields"]:
        place, name, said = str(field["part"]), str(field["name"]), field["value"]
        if (place, name) in _FIELDS_ALLOWED or _of_tiff(place, name) or (name == "handler name" and said in _HANDLERS):
            kept.append(f"{place} {name}: {said}")
        elif not (name == "kind" and said in ("vide", "soun", "sbtl")):
            leaks.append(f"{place} {name}: {str(said)[:80]}")
    allowed = ("vide", *(("soun",) if sound else ()), *(("sbtl",) if captions else ()))
    kinds = [str(f["value"]) for f in value["fields"] if f["name"] == "kind"]
    leaks += [f"a track of kind {kind!r}" for kind in kinds if kind not in allowed]
    leaks += [f"a {packet}" for packet in value["facts"].get("packets", ())]
    leaks += [f"{t['source']}: a track of positions" for t in value["tracks"]]
    leaks += ["an embedded thumbnail"] if value["facts"].get("thumbnails") else []
    leaks += [p["what"] for p in value["problems"] if "follow the" in p["what"]]
    leaks += ["more parts than can be read back"] if value["facts"].get("parts_left_out") else []
    outside = exiftool.tags(path)
    for key, said in (outside or {}).items():
        if not (_allowed(key, said, value["container"]) or (captions and _of_captions(key, said, captions))):
            leaks.append(f"exiftool {key}: {str(said)[:80]}")
    leaks += _bytes(path, source_fields)
    return Reading(tuple(dict.fromkeys(leaks)), tuple(kept), ("noonmark",) + (("exiftool",) if outside else ()))


def _of_captions(key: str, said: Any, captions: Sequence[str]) -> bool:
    """Whether a tag describes the text track: how it is timed, its face, or the words that were given."""
    name = key.partition(":")[2]
    if name == "Text":
        rows = said if isinstance(said, list) else [said]
        shown = {wire.printable(text.replace("\n", ""))[:200] for text in captions}
        return all(not row or str(row).replace("\\n", "").replace("\\x0a", "")[:200] in shown for row in map(str, rows))
    return name in ("OtherFormat", "SampleTime", "SampleDuration") or (name == "FontTable" and said == "Sans")


def _of_tiff(place: str, name: str) -> bool:
    return re.fullmatch(r"TIFF IFD\d+", place) is not None and name in ("ImageWidth", "ImageLength", "Orientation")


def _allowed(key: str, said: Any, kind: str = "") -> bool:
    group, _, name = key.partition(":")
    if kind in ("HEIC", "HEIF", "AVIF") and group in ("QuickTime", "Meta") and _STILL_TAGS.match(name):
        return True
    if kind == "GIF" and group == "GIF" and _GIF_TAGS.match(name):
        return True
    if kind == "TIFF" and (re.fullmatch(r"IFD\d+", group) and _TIFF_TAGS.match(name)):
        return True
    if kind == "TIFF" and name == "Warning" and "PreviewImage" in str(said):
        return True
    if group in _GROUPS_ALLOWED or key == "SourceFile":
        return name not in ("Comment", "GPSPosition", "GPSLatitude", "GPSLongitude", "Warning")
    if name.endswith("Date") and str(said) in _TIMES_EMPTY:
        return True
    if name in ("HandlerVendorID", "VendorID", "CompressorName", "CompressorVersion"):
        return str(said) in ("", "FFMP", "appl")
    return bool(_TAGS_ALLOWED.match(name))


def _bytes(path: Path, source_fields: Sequence[Mapping[str, Any]]) -> list[str]:
    """Marks of metadata, and the source's own words, in the raw bytes outside coded picture data.

    Coded picture data is as good as random, so a mark of four bytes turns up in it by chance once in four gigabytes;
    only marks of four bytes or more, and words of six or more, are searched for.
    """
    wanted = {mark: f"the mark {mark!r}" for mark in _MARKS if len(mark) > 4}
    for word in _words(source_fields):
        wanted[word.encode()] = f"the source's own {word!r}"
        wanted[word.encode("utf-16-le")] = f"the source's own {word!r}, in UTF-16"
    found = []
    longest = max(map(len, wanted), default=1)
    with path.open("rb") as stream:
        tail = b""
        while piece := stream.read(1 << 20):
            window = tail + piece
            found += [name for mark, name in wanted.items() if mark in window]
            tail = window[-longest:]
    return list(dict.fromkeys(found))


def _words(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    words = []
    for field in fields:
        name, value = str(field["name"]).lower(), field["value"]
        told = any(key.lower() in name for key in _SAID) or name in ("lens", "firm", "muid", "©xyz", "make")
        if isinstance(value, str) and told and len(value) >= 6:
            words.append(value[:200])
    return list(dict.fromkeys(words))[:200]
