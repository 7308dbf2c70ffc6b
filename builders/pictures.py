"""Write the pictures of README, the tutorial and the notebook session into docs/images/, from the
examples, as `noonmark locate` draws them.

python builders/pictures.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from PIL import Image

from noonmark import actions

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "src" / "noonmark" / "examples"
WANTED = (
    ("scene", "map.png", "scene.png"),
    ("street", "map.png", "street.png"),
    ("sheboygan", "calendar.png", "sheboygan-calendar.png"),
)


def main() -> None:
    """Answer, draw, and keep the pictures at five eighths of their size."""
    target = ROOT / "docs" / "images"
    target.mkdir(exist_ok=True)
    for example, drawn, name in WANTED:
        with tempfile.TemporaryDirectory() as folder:
            answer = actions.locate(_question(example))
            actions.write_report(
                answer, Path(folder, "out"), command=f"noonmark locate {example}.toml"
            )
            with Image.open(Path(folder, "out", drawn)) as picture:
                small = picture.convert("RGB").resize(
                    (picture.width * 5 // 8, picture.height * 5 // 8), Image.Resampling.LANCZOS
                )
                small.save(target / name, optimize=True)
        print(target / name, (target / name).stat().st_size)


def _question(example: str) -> Path | bytes:
    """The clue file of an example; that of the street follows from its marks (docs/python.md)."""
    path = EXAMPLES / f"{example}.toml"
    if example != "street":
        return path
    clues = actions.solve_frame(path, image=EXAMPLES / "street.jpg").clues
    return json.dumps({"prior": {"area": "land"}, **clues}).encode()


if __name__ == "__main__":
    main()
