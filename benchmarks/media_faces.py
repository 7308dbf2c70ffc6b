"""How much of each labelled face is hidden, by size of picture and growth of box. Local use: real faces, never shown.

python benchmarks/media_faces.py [FOLDER with dlib's examples/faces]
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
import xml.etree.ElementTree as Tree
from pathlib import Path

import numpy as np
from PIL import Image

from noonmark.media import redact, sandbox

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "media" / "faces_dlib"


def labelled(folder: Path) -> dict[Path, list[tuple[int, int, int, int]]]:
    """Each picture and its label boxes: left, top, right, bottom in px."""
    found = {}
    for listing in ("testing.xml", "training.xml"):
        for image in Tree.parse(folder / listing).getroot().iter("image"):
            boxes = [[int(box.get(key, 0)) for key in ("left", "top", "width", "height")] for box in image.iter("box")]
            found[folder / str(image.get("file"))] = [(x, y, x + w, y + h) for x, y, w, h in boxes]
    return found


def shares(boxes: np.ndarray, labels: list[tuple[float, ...]], growth: float) -> list[float]:
    """The hidden share of each label box."""
    found = []
    for left, top, right, bottom in labels:
        ys, xs = np.mgrid[top:bottom:64j, left:right:64j]
        hidden = np.zeros(xs.shape, bool)
        for x0, y0, x1, y1 in boxes:
            dx, dy = (x1 - x0) * (growth - 1) / 2, (y1 - y0) * (growth - 1) / 2
            hidden |= (xs >= x0 - dx) & (xs <= x1 + dx) & (ys >= y0 - dy) & (ys <= y1 + dy)
        found.append(float(hidden.mean()))
    return found


def main(folder: Path) -> None:
    """The table of docs/redaction.md."""
    pictures, network = labelled(folder), redact.model_file(None)
    limits = sandbox.Limits(cpu_s=600, wall_s=600.0, memory_bytes=4 << 30)
    print(
        "| picture | threshold | found | hidden to 9/10, boxes x1.0 | x1.3 | x1.5 | least hidden at x1.5 | s a picture |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for scale in (1.0, 0.5, 0.25):
        detections, cost_s = [], 0.0
        with tempfile.TemporaryDirectory() as scratch:
            for path, labels in pictures.items():
                small = Path(scratch) / "a.png"
                with Image.open(path) as image:
                    out = io.BytesIO()
                    image.resize((round(image.width * scale), round(image.height * scale))).save(out, "PNG")
                small.write_bytes(out.getvalue())
                started = time.process_time(), time.monotonic()
                result = sandbox.run("find", payload={"least": 0.05}, files=[small, network], limits=limits)
                cost_s += time.monotonic() - started[1]
                detections.append((result.value["boxes"], [tuple(v * scale for v in label) for label in labels]))
        for threshold in (0.1, 0.2):
            by_growth: dict[float, list[float]] = {1.0: [], 1.3: [], 1.5: []}
            for growth, said in by_growth.items():
                for rows, labels in detections:
                    said += shares(rows[rows[:, 5] >= threshold, 1:5], labels, growth)
            found = sum(share >= 0.5 for share in by_growth[1.3])
            counts = [sum(share >= 0.9 for share in by_growth[growth]) for growth in (1.0, 1.3, 1.5)]
            total = len(by_growth[1.5])
            print(
                f"| {scale:g} of full size | {threshold} | {found} of {total} | {counts[0]} | {counts[1]} | {counts[2]} |"
                f" {min(by_growth[1.5]):.3f} | {cost_s / len(detections):.2f} |"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
