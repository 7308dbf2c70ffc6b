"""Makes src/noonmark/examples/roof.jpg: a drawn picture whose EXIF and GPS clocks contradict each other. Run it to rebuild."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

EXAMPLES = Path(__file__).resolve().parents[1] / "src" / "noonmark" / "examples"


def roof(target: Path) -> None:
    """A house, its shadow, a tree; the camera's date is a day before the satellites'."""
    picture = Image.new("RGB", (320, 240), (150, 190, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 150, 320, 240), fill=(150, 140, 100))
    draw.polygon(((150, 190), (250, 190), (310, 215), (215, 215)), fill=(70, 65, 50))
    draw.rectangle((150, 100, 250, 190), fill=(215, 205, 190))
    draw.polygon(((140, 100), (200, 55), (260, 100)), fill=(160, 70, 50))
    draw.rectangle((60, 120, 70, 185), fill=(90, 60, 40))
    draw.ellipse((35, 70, 95, 135), fill=(60, 110, 50))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131], exif[0x0132] = (
        "Example",
        "Pocket 2",
        "Darkroom 1.0",
        "2024:05:03 09:00:00",
    )
    exif.get_ifd(0x8769).update({0x9003: "2024:05:01 12:41:00", 0xA405: 28, 0x920A: 4.5})
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (36.0, 12.0, 7.2), 3: "E", 4: (37.0, 9.0, 36.0), 7: (9.0, 40.0, 30.0), 29: "2024:05:02"}
    )
    picture.save(target, exif=exif, quality=80)


if __name__ == "__main__":
    roof(EXAMPLES / "roof.jpg")
