"""Write the pictures of README and the tutorial into docs/images/, from the examples, as `noonmark locate` draws them.

python builders/pictures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image

from noonmark import bench

ROOT = Path(__file__).resolve().parents[1]
WANTED = (("scene", "map.png", "scene.png"), ("sheboygan", "calendar.png", "sheboygan-calendar.png"))


def main() -> None:
    """Answer, draw, and keep the pictures at five eighths of their size."""
    target = ROOT / "docs" / "images"
    target.mkdir(exist_ok=True)
    for example, drawn, name in WANTED:
        with tempfile.TemporaryDirectory() as folder:
            answer = bench.locate(ROOT / "src" / "noonmark" / "examples" / f"{example}.toml")
            bench.write_report(answer, Path(folder, "out"), command=f"noonmark locate {example}.toml")
            with Image.open(Path(folder, "out", drawn)) as picture:
                small = picture.convert("RGB").resize(
                    (picture.width * 5 // 8, picture.height * 5 // 8), Image.Resampling.LANCZOS
                )
                small.save(target / name, optimize=True)
        print(target / name, (target / name).stat().st_size)


if __name__ == "__main__":
    main()
