"""Whether a file that is to be shown carries anything of its source: read back by readers that did
not write it.

1 our own walker: every field that it finds is a leak, but for the few that a new file must have. 2
exiftool, where present, with embedded telemetry: every tag outside an allow-list is a leak. 3 a
search of the bytes for marks of metadata and for what the source stated (serials, places, times,
names).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import OutsideError
from noonmark.media import coding_tags, exiftool, own_reader
from noonmark.media.own_reader import Fields, FileContents
from noonmark.sandbox import protocol

_MARKS = (
    b"Exif\0\0II*\0\x08\0\0\0\x02", b"http://ns.adobe.com", b"<x:xmpmeta", b"x264 - core",
    b"Photoshop", b"ICC_PROFILE", b"Apple", b"x265 (build",
)  # fmt: skip
"""Marks of metadata of five bytes or more; shorter ones turn up in coded pictures by chance."""
_FIELDS_ALLOWED = {
    ("MP4", "brand"),
    ("EXIF IFD0", "Orientation"),
    ("JPEG", "Adobe segment"),
    ("Matroska", "document type"),
}
_TRACK_PART = re.compile(r"(MP4|Matroska) track \d+|Ogg stream \d+")
_HANDLERS = {
    "SubtitleHandler", "SubtitleHandle", "VideoHandler", "VideoHandle", "SoundHandler",
    "SoundHandle",
}  # fmt: skip
_GROUPS_ALLOWED = {
    "System", "File", "ExifTool", "Composite", "SourceFile", "PNG", "RIFF", "JFIF", "JPEG", "APP14",
}  # fmt: skip
_TAGS_ALLOWED = re.compile(
    r"(MajorBrand|MinorVersion|CompatibleBrands|MediaData(Size|Offset)|MovieHeaderVersion|"
    r"TimeScale|Duration|Preferred.*|MatrixStructure|Preview(Time|Duration)|PosterTime|Selection.*|"
    r"CurrentTime|NextTrackID|TrackHeaderVersion|TrackID|TrackDuration|TrackLayer|TrackVolume|"
    r"ImageWidth|ImageHeight|GraphicsMode|OpColor|CompressorID|SourceImage.*|[XY]Resolution|"
    r"BitDepth|VideoFrameRate|MediaHeaderVersion|MediaTimeScale|MediaDuration|MediaLanguageCode|"
    r"HandlerType|HandlerDescription|HandlerClass|Balance|Audio.*|ColorProfiles|ColorPrimaries|"
    r"TransferCharacteristics|VideoFieldOrder|MatrixCoefficients|VideoFullRangeFlag|"
    r"PixelAspectRatio|AverageBitrate|BufferSize|MaxBitrate|Orientation|ColorTransform|"
    r"DCTEncodeVersion|APP14Flags[01]|Width|Height|VP8.*|HorizontalScale|VerticalScale|"
    r"ProgressiveScan|AV1.*|SeqProfile|SeqLevelIdx0|SeqTier0|HighBitDepth|TwelveBit|"
    r"ChromaSamplePosition|InitialDelaySamples|CleanAperture.*|Clean.*Aperture.*|"
    r"CodecConfiguration.*|HEVC.*|General.*|Gen.*Flags|ConstraintIndicatorFlags|"
    r"MinSpatialSegmentationIDC|ParallelismType|ChromaFormat|BitDepth(Luma|Chroma)|"
    r"AverageFrameRate|ConstantFrameRate|NumTemporalLayers|TemporalIDNested|"
    r"(Mastering|Max|Min|Content).*(Luminance|Level|Primaries).*|EditList.*|SegmentDuration)$"
)
_STILL_TAGS = re.compile(
    r"(HEVCConfigurationVersion|GeneralProfile(Space|IDC)|GeneralTierFlag|"
    r"GenProfileCompatibilityFlags|GeneralLevelIDC|ConstraintIndicatorFlags|"
    r"MinSpatialSegmentationIDC|ParallelismType|ChromaFormat|BitDepth(Luma|Chroma)|"
    r"AverageFrameRate|ConstantFrameRate|NumTemporalLayers|TemporalIDNested|ImageSpatialExtent|"
    r"Rotation|Mirroring|ImagePixelDepth|PrimaryItemReference|MetaImageSize|AV1.*|SeqProfile|"
    r"SeqLevelIdx0|SeqTier0|HighBitDepth|TwelveBit|ChromaSamplePosition|InitialDelaySamples|"
    r"AuxiliaryImageType|CleanAperture|PixelAspectRatio)$"
)
"""What exiftool reads from the table of a HEIC or AVIF still: how its picture is coded."""
_TIFF_TAGS = re.compile(
    r"(SubfileType|Image(Width|Height)|BitsPerSample|Compression|PhotometricInterpretation|"
    r"FillOrder|Orientation|Strip(Offsets|ByteCounts)|SamplesPerPixel|RowsPerStrip|M(in|"
    r"ax)SampleValue|[XY]Resolution|PlanarConfiguration|T[46]Options|ResolutionUnit|Predictor|"
    r"ColorMap|Tile(Width|Length|Offsets|ByteCounts)|InkSet|NumberofInks|DotRange|ExtraSamples|"
    r"SampleFormat|S(Min|Max)SampleValue|JPEGTables|YCbCr(Coefficients|SubSampling|Positioning)|"
    r"ReferenceBlackWhite|PreviewImage(Start|Length)|PreviewImage)$"
)
"""What exiftool reads from the directories of a TIFF: how its picture is coded. JPEG-coded strips
it calls previews.
"""
_GIF_TAGS = re.compile(
    r"(GIFVersion|HasColorMap|ColorResolutionDepth|BitsPerPixel|BackgroundColor|PixelAspectRatio|"
    r"FrameCount|Duration|TransparentColor|AnimationIterations|Image(Width|Height))$"
)
_MATROSKA_TAGS = re.compile(
    r"(EBML(Read)?Version|DocType(Read)?Version|DocType|TimecodeScale|Duration|"
    r"(Video|Audio)?CodecID|Track(Number|UID|Type|Used|Default|Forced|Language)|"
    r"VideoFrameRate|DefaultDuration|Image(Width|Height)|Display(Width|Height|Unit)|"
    r"Crop(Left|Right|Top|Bottom)|Video(ScanType|FieldOrder)|"
    r"Audio(Channels|SampleRate|BitsPerSample)|OutputAudioSampleRate|CodecDelay|ColorSpace|"
    r"Projection(Type|Pose(Yaw|Pitch|Roll))|SeekPreRoll|Stereo3DMode)$"
)
"""What exiftool reads from the head and the tracks of a Matroska film; numbers of tracks are given
anew.
"""
_TRACK_GROUP = re.compile(r"QuickTime|Track\d+")
_TELLING = re.compile(
    r"GPS|Latitude|Longitude|Altitude|Serial|Date|Time(?!Scale)|Make|Model|Owner|Author|Artist|"
    r"Location|Address|Identifier|UUID|\bID$",
    re.IGNORECASE,
)
"""What a tag is called that may tell of device, owner, place or time."""
_TIMES_EMPTY = ("0000:00:00 00:00:00", "0")
_CODING = {
    "TIFF": (re.compile(r"IFD\d+"), _TIFF_TAGS),
    "GIF": (re.compile("GIF"), _GIF_TAGS),
    "Matroska": (re.compile(r"Matroska|Track\d+"), _MATROSKA_TAGS),
    "WebM": (re.compile(r"Matroska|Track\d+"), _MATROSKA_TAGS),
} | dict.fromkeys(("HEIC", "HEIF", "AVIF"), (re.compile("QuickTime|Meta"), _STILL_TAGS))
"""By container: the groups of exiftool and the tags in them that tell how its picture is coded."""
_NEVER_ALLOWED = ("Comment", "GPSPosition", "GPSLatitude", "GPSLongitude", "Warning")
_MAKER_TAGS = (
    "HandlerVendorID",
    "VendorID",
    "CompressorName",
    "CompressorVersion",
    "MuxingApp",
    "WritingApp",
)
_MAKERS_ALLOWED = ("", "FFMP", "appl")
_TRACK_KINDS = ("vide", "soun", "sbtl")
_TIFF_FIELDS = ("ImageWidth", "ImageLength", "Orientation")
_SAID_WHOLE = ("lens", "firm", "muid", "©xyz", "make")
_SAID = ("serial", "GPS", "location", "owner", "author", "artist", "date", "time", "model", "id")


@dataclass(frozen=True)
class LeakReport:
    """What was found on reading a file back.

    ``leaks`` is empty where the file is clean; ``kept`` lists what remains and may.
    """

    leaks: tuple[str, ...]
    kept: tuple[str, ...]
    readers: tuple[str, ...]


def read_back(
    path: Path,
    *,
    source_fields: Fields = (),
    sound: bool = False,
    captions: Sequence[str] = (),
) -> LeakReport:
    """Every leak in ``path``.

    ``source_fields`` is what our own probe found in the file it was made from. ``captions`` are the
    words that a text track may say.
    """
    found = own_reader.contents(path)
    leaks, kept = _field_leaks(found.fields)
    leaks += _track_kind_leaks(found.fields, sound=sound, captions=bool(captions))
    leaks += _fact_leaks(found)
    outside = exiftool.tags(path)
    leaks += _tag_leaks(outside or {}, found.container, captions)
    leaks += _byte_leaks(path, source_fields)
    readers = ("noonmark", "exiftool") if outside else ("noonmark",)
    return LeakReport(tuple(dict.fromkeys(leaks)), tuple(kept), readers)


def refuse_leaks(leaks: Sequence[str]) -> None:
    """Raise where reading back found anything."""
    if leaks:
        raise OutsideError(
            f"the new file is not clean and was deleted: {'; '.join(leaks[:5])}",
            code="not-clean",
            leaks=list(leaks),
        )


def _field_leaks(fields: Fields) -> tuple[list[str], list[str]]:
    """Of the fields that our own reader found, those that leak and those that may stay."""
    leaks: list[str] = []
    kept: list[str] = []
    for field in fields:
        place, name, said = field.part, field.name, field.value
        if _may_stay(place, name, said):
            kept.append(f"{place} {name}: {said}")
        elif name != "kind" or said not in _TRACK_KINDS:
            leaks.append(f"{place} {name}: {str(said)[:80]}")
    return leaks, kept


def _may_stay(place: str, name: str, said: Any) -> bool:
    """Whether a field is one that a new file must have."""
    if (place, name) in _FIELDS_ALLOWED:
        return True
    if name in ("kind", "codec") and _TRACK_PART.fullmatch(place):
        return name == "codec" or said in _TRACK_KINDS
    if name == "handler name":
        return said in _HANDLERS
    return name in _TIFF_FIELDS and re.fullmatch(r"TIFF IFD\d+", place) is not None


def _track_kind_leaks(fields: Fields, *, sound: bool, captions: bool) -> list[str]:
    """Tracks other than video, and than sound or captions where those are meant to be there."""
    allowed = {"vide"}
    if sound:
        allowed.add("soun")
    if captions:
        allowed.add("sbtl")
    kinds = [str(field.value) for field in fields if field.name == "kind"]
    return [f"a track of kind {kind!r}" for kind in kinds if kind not in allowed]


def _fact_leaks(found: FileContents) -> list[str]:
    """What our own reader noted beside the fields, and whether it read the file at all.

    A part that could not be read has not been checked, so the file is not clean.
    """
    facts = found.facts
    leaks = [f"a {packet}" for packet in facts.get("packets", ())]
    leaks += [f"{track['source']}: a track of positions" for track in found.tracks]
    if facts.get("thumbnails"):
        leaks.append("an embedded thumbnail")
    leaks += [str(problem["what"]) for problem in found.problems]
    if facts.get("parts_left_out"):
        leaks.append("more parts than can be read back")
    if found.container == "unknown":
        leaks.append("a file that no reader here knows, so that nothing in it was checked")
    return leaks


def _tag_leaks(tags: Mapping[str, Any], container: str, captions: Sequence[str]) -> list[str]:
    """The tags of exiftool that neither the coding of a picture nor the captions explain."""
    leaks = []
    for key, said in tags.items():
        explained = _allowed(key, said, container)
        if not explained and captions:
            explained = _of_captions(key, said, captions)
        if not explained:
            leaks.append(f"exiftool {key}: {str(said)[:80]}")
    return leaks


def _of_captions(key: str, said: Any, captions: Sequence[str]) -> bool:
    """Whether a tag describes the text track: how it is timed, its face, or the given words."""
    name = key.partition(":")[2]
    if name == "FontTable":
        return bool(said == "Sans")
    if name != "Text":
        return name in ("OtherFormat", "SampleTime", "SampleDuration")
    rows = said if isinstance(said, list) else [said]
    shown = {protocol.printable(text.replace("\n", ""))[:200] for text in captions}
    for row in map(str, rows):
        line = row.replace("\\n", "").replace("\\x0a", "")[:200]
        if row and line not in shown:
            return False
    return True


def _allowed(key: str, said: Any, container: str = "") -> bool:
    """Whether an exiftool tag says only how the new file is coded or where it lies."""
    group, _, name = key.partition(":")
    if container in coding_tags.TAGS:
        return coding_tags.is_coding(group, name, said, container)
    if _describes_coding(group, name, container):
        return True
    if container == "TIFF" and name == "Warning" and "PreviewImage" in str(said):
        return True
    if group in _GROUPS_ALLOWED or key == "SourceFile":
        return name not in _NEVER_ALLOWED
    if name.endswith("Date") and str(said) in _TIMES_EMPTY:
        return True
    if name in _MAKER_TAGS:
        return str(said) in _MAKERS_ALLOWED
    if _TAGS_ALLOWED.match(name):
        return True
    return _TRACK_GROUP.fullmatch(group) is not None and _tells_nothing(name, said)


def _tells_nothing(name: str, said: Any) -> bool:
    """Whether a tag of a film's own boxes, whose name is not known here, can tell of nobody.

    Our own reader has walked the boxes by then. A newer exiftool reads more numbers from them.
    """
    if _TELLING.search(name):
        return False
    return (
        isinstance(said, int | float) or re.fullmatch(r"[-+\d. ]*|\w{1,4}", str(said)) is not None
    )


def _describes_coding(group: str, name: str, container: str) -> bool:
    """Whether a tag is one of those that tell how pictures of this container are coded."""
    if container not in _CODING:
        return False
    groups, names = _CODING[container]
    return bool(groups.fullmatch(group) and names.match(name))


def _byte_leaks(path: Path, source_fields: Fields) -> list[str]:
    """Marks of metadata, and the source's own words, in the raw bytes of the file.

    Coded picture data is as good as random, so a mark of four bytes turns up in it by chance once
    in four gigabytes; only marks of five bytes or more, and words of six or more, are searched for.
    """
    wanted = {mark: f"the mark {mark!r}" for mark in _MARKS}
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


def _words(fields: Fields) -> list[str]:
    """What the source said of its device, owner, place or time, in words long enough to search."""
    words = []
    for field in fields:
        name, value = field.name.lower(), field.value
        if isinstance(value, str) and len(value) >= 6 and _tells(name):
            words.append(value[:200])
    return list(dict.fromkeys(words))[:200]


def _tells(name: str) -> bool:
    """Whether a field by this name, in small letters, tells of device, owner, place or time."""
    return name in _SAID_WHOLE or any(word.lower() in name for word in _SAID)
