"""What exiftool reads from a stripped file of sound or pages that only says how it is coded.

By container: the groups of exiftool, and the tags in them. Every other tag is a leak.
"""

from __future__ import annotations

import re

ALWAYS = ("System", "File", "ExifTool", "Composite", "SourceFile")
"""Groups of what exiftool says of the file in the folder, of itself, and of its own sums."""
_WAV = re.compile(
    r"(Encoding|NumChannels|SampleRate|AvgBytesPerSec|BitsPerSample|NumberOfSamples)$"
)
_AVI = re.compile(
    r"(FrameRate|MaxDataRate|(Frame|Stream)Count|StreamType|(Video|Audio)Codec|"
    r"(Video|Audio)(FrameRate|FrameCount|SampleRate|SampleCount)|Quality|SampleSize|"
    r"Image(Width|Height|Length)|BMPVersion|Planes|BitDepth|Compression|PixelsPerMeter[XY]|"
    r"Num(Important)?Colors|Encoding|NumChannels|SampleRate|AvgBytesPerSec|BitsPerSample|"
    r"TotalFrameCount|Duration)$"
)
_AAC = re.compile(r"(ProfileType|SampleRate|Channels)$")
_FLAC = re.compile(
    r"(BlockSize(Min|Max)|FrameSize(Min|Max)|SampleRate|Channels|BitsPerSample|TotalSamples|"
    r"MD5Signature)$"
)
_OGG = re.compile(
    r"(VorbisVersion|OpusVersion|TheoraVersion|AudioChannels|SampleRate|OutputGain|"
    r"(Max|Nominal|Min)imum?Bitrate|NominalBitrate|MaxBitrate|MinBitrate|Image(Width|Height)|"
    r"[XY]Offset|FrameRate|PixelAspectRatio|ColorSpace|NominalVideoBitrate|Quality|"
    r"PixelFormat|BlockSize(Min|Max)|FrameSize(Min|Max)|Channels|BitsPerSample|TotalSamples|"
    r"MD5Signature)$"
)
_MP3 = re.compile(
    r"(MPEGAudioVersion|AudioLayer|AudioBitrate|SampleRate|ChannelMode|MSStereo|"
    r"IntensityStereo|CopyrightFlag|OriginalMedia|Emphasis|VBR(Frames|Bytes|Scale)|ModeExtension|"
    r"Lame.*)$"
)
_PDF = re.compile(
    r"(PDFVersion|Linearized|PageCount|EmbeddedImage(Filter|Width|Height|ColorSpace)?)$"
)
_PROFILE = re.compile(
    r"(ProfileVersion|ProfileClass|ColorSpaceData|ProfileConnectionSpace|ProfileFileSignature|"
    r"CMMFlags|DeviceAttributes|RenderingIntent|ConnectionSpaceIlluminant|Media(White|Black)Point|"
    r"(Red|Green|Blue)(MatrixColumn|TRC)|GrayTRC|ChromaticAdaptation|[AB]To[AB][0-2]|Gamut|"
    r"ProfileSize)$"
)
"""Of a colour profile what converts colours; who made it for which device is empty."""
_ZIP = re.compile("Zip")
TAGS = {
    "DOCX": (re.compile("ZIP"), _ZIP),
    "XLSX": (re.compile("ZIP"), _ZIP),
    "PPTX": (re.compile("ZIP"), _ZIP),
    "ODT": (re.compile("ZIP"), _ZIP),
    "ODS": (re.compile("ZIP"), _ZIP),
    "ODP": (re.compile("ZIP"), _ZIP),
    "PDF": (re.compile("PDF"), _PDF),
    "WAV": (re.compile("RIFF"), _WAV),
    "AVI": (re.compile("RIFF|File"), _AVI),
    "AAC": (re.compile("AAC"), _AAC),
    "FLAC": (re.compile("FLAC"), _FLAC),
    "Ogg": (re.compile("Vorbis|Opus|Theora|FLAC|Speex|Ogg"), _OGG),
    "MP3": (re.compile("MPEG"), _MP3),
}


def is_coding(group: str, name: str, said: object, container: str) -> bool:
    """Whether a tag of one of these containers tells nothing but how it is coded.

    The name of an encoder is a tag of them too; it tells nothing where it has no version.
    """
    groups, names = TAGS[container]
    if name == "Warning" and "Archive::Zip" in str(said):
        # It says that it did not look inside.
        return True
    if container == "PDF" and group == "Adobe":
        # What a picture in it says of how its colours are coded.
        return name in ("DCTEncodeVersion", "APP14Flags0", "APP14Flags1", "ColorTransform")
    if container == "PDF" and group in ("ICC-header", "ICC_Profile"):
        return bool(_PROFILE.match(name)) or str(said).strip(" 0:") == ""
    if group in ALWAYS:
        return name not in ("Comment", "Warning") and not name.startswith("GPS")
    if name in ("Vendor", "Encoder"):
        return str(said) in ("", "LAME")
    return bool(groups.fullmatch(group) and names.match(name))
