"""Strip every clip and still of ../shared/data/footage and photos, and older forms that are made
here by PyAV (AVI, bare AAC, CAF, RF64), and look for what was left.

python -m benchmarks.strip_matrix [--quick]     the table of docs/redaction.md
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from noonmark import actions
from noonmark.errors import NoonmarkError
from tests.media import films

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_WORDS = (
    b"Jane Doe", b"SERIAL12345", b"Pixel 7", b"iPhone 13", b"48.8584", b"2024:05:01", b"2024-05-01",
    b"freeGPS", b"http://ns.adobe.com", b"x264 - core", b"x265 (build", b"Lavc", b"Lavf",
)  # fmt: skip
_OLD_FORMS = {
    "mjpeg.avi": ("avi", ["mjpeg"], ["pcm_s16le"], {}),
    "mpeg4.avi": ("avi", ["mpeg4"], ["libmp3lame"], {}),
    "h264.avi": ("avi", ["libx264"], ["aac"], {}),
    "voice.aac": ("adts", [], ["aac"], {"write_id3v2": "1"}),
    "voice.caf": ("caf", [], ["alac"], {}),
    "long.wav": ("wav", [], ["pcm_s16le"], {"rf64": "always"}),
}
"""By name: the muxer, the encoders of pictures and sound, options."""
_TELLING = ("GPS", "Make", "Model", "Serial", "Artist", "Creator", "Author", "Location", "Software")


def _leaks(path: Path) -> list[str]:
    """What rules other than the program's own find in a copy."""
    data = path.read_bytes()
    found = [word.decode() for word in (*_WORDS, *films.WORDS) if word in data]
    if shutil.which("exiftool"):
        command = ["exiftool", "-j", "-a", "-G1", "-ee", str(path)]
        (tags,) = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
        for key, value in tags.items():
            group, _, name = key.partition(":")
            told = any(name.startswith(word) for word in _TELLING) and group != "System"
            if told and str(value).strip():
                found.append(f"exiftool {key}")
    if shutil.which("ffprobe"):
        shown = [
            "ffprobe",
            "-v",
            "error",
            "-show_entries",
            "format_tags:stream_tags",
            "-of",
            "json",
        ]
        out = subprocess.run([*shown, str(path)], capture_output=True, check=False).stdout
        # Matroska demands the name of a program: an empty one tells nothing.
        shown_tags = out.decode("utf-8", "replace").replace('"encoder": ""', "")
        for word in ("location", "make", "model", "creation_time", "encoder", "title"):
            if f'"{word}"' in shown_tags:
                found.append(f"ffprobe {word}")
    return found


def main(arguments: list[str]) -> int:
    """Print one line a file and the sums; 1 where a copy leaks."""
    files = sorted(p for name in ("footage", "photos") for p in (DATA / name).iterdir())
    files = [path for path in files if path.suffix not in (".json", ".srt", ".toml")]
    if "--quick" in arguments:
        files = [path for path in files if path.stat().st_size < 200_000]
    copies = refused = leaking = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (form, pictures, sounds, options) in _OLD_FORMS.items():
            path = Path(folder) / f"made-{name}"
            files.append(films.film(path, form, pictures=pictures, sounds=sounds, options=options))
        for path in files:
            out = Path(folder) / f"copy-{path.name}"
            try:
                done = actions.strip(path, out)
            except NoonmarkError as error:
                refused += 1
                print(f"{path.name:32} refused: {error.message}")
                continue
            copies += 1
            leaks = _leaks(out)
            leaking += bool(leaks)
            same = done["pictures_compared"] or done["packets_compared"]
            print(f"{path.name:32} {done['container']:5} {same:5} compared  {'; '.join(leaks)}")
    print(f"{copies} copies, {leaking} with leaks, {refused} refused")
    return 1 if leaking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
