"""How much of each labelled face is hidden, by size of picture and growth of box; frames a second
of 720p redaction.

python benchmarks/media_faces.py [FOLDER with dlib's examples/faces | --speed]     local use: real faces, never shown

Exits 1 where a labelled face is covered by less than 9/10 of its area at full size.
"""

from __future__ import annotations

import io
import sys
import tempfile
import xml.etree.ElementTree as Tree
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from noonmark.media import face_search, frames, hidden_boxes, redact
from noonmark.sandbox import process

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"
FOLDER = DATA / "faces_dlib"
THRESHOLDS = (0.1, 0.2)
LIMITS = process.WorkerLimits(cpu_s=600, wall_s=600.0, memory_bytes=4 << 30, file_bytes=1 << 30)


def labelled(folder: Path) -> dict[Path, list[tuple[int, int, int, int]]]:
    """Each picture and its label boxes: left, top, right, bottom in px."""
    found = {}
    for listing in ("testing.xml", "training.xml"):
        for image in Tree.parse(folder / listing).getroot().iter("image"):
            boxes = [
                [int(box.get(key, 0)) for key in ("left", "top", "width", "height")]
                for box in image.iter("box")
            ]
            found[folder / str(image.get("file"))] = [(x, y, x + w, y + h) for x, y, w, h in boxes]
    return found


def shares(
    rows: np.ndarray, labels: list[tuple[float, ...]], growth: float, *, square: bool
) -> list[float]:
    """The hidden share of each label box, by the boxes of the plan or by boxes grown as they are."""
    boxes = [hidden_boxes.HiddenBox(*map(float, row)) for row in rows]
    boxes = [(box.squared() if square else box).grown(growth) for box in boxes]
    found = []
    for left, top, right, bottom in labels:
        ys, xs = np.mgrid[top:bottom:64j, left:right:64j]
        hidden = np.zeros(xs.shape, bool)
        for b in boxes:
            hidden |= (xs >= b.x0_px) & (xs <= b.x1_px) & (ys >= b.y0_px) & (ys <= b.y1_px)
        found.append(float(hidden.mean()))
    return found


def faces(folder: Path) -> bool:
    """The first table of docs/redaction.md; whether every face is covered at full size."""
    pictures, network = labelled(folder), face_search.model_file(None)
    print(
        "| picture | threshold | found | boxes as they are, x1.3 | x1.5 | squares x1.0 | **x1.3** "
        "| least hidden, squares x1.3 |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    good = True
    for scale in (1.0, 0.5, 0.25):
        detections = []
        with tempfile.TemporaryDirectory() as scratch:
            for path, labels in pictures.items():
                small = Path(scratch) / "a.png"
                with Image.open(path) as image:
                    out = io.BytesIO()
                    image.resize((round(image.width * scale), round(image.height * scale))).save(
                        out, "PNG"
                    )
                small.write_bytes(out.getvalue())
                result = process.run(
                    "detect_faces", payload={"least": 0.05}, files=[small, network], limits=LIMITS
                )
                detections.append(
                    (result.value["boxes"], [tuple(v * scale for v in label) for label in labels])
                )
        for threshold in THRESHOLDS:
            said = {}
            for square, growth in ((False, 1.3), (False, 1.5), (True, 1.0), (True, 1.3)):
                said[square, growth] = [
                    share
                    for rows, labels in detections
                    for share in shares(
                        rows[rows[:, 5] >= threshold, 1:5], labels, growth, square=square
                    )
                ]
            hidden = {key: sum(share >= 0.9 for share in shown) for key, shown in said.items()}
            ours = said[True, hidden_boxes.GROWTH]
            good &= scale < 1.0 or min(ours) >= 0.9
            print(
                f"| {scale:g} of full size | {threshold} | {sum(s >= 0.5 for s in ours)} of "
                f"{len(ours)} | {hidden[False, 1.3]}"
                f" | {hidden[False, 1.5]} | {hidden[True, 1.0]} | {hidden[True, 1.3]} | "
                f"{min(ours):.3f} |"
            )
    return good


def speed(clip: Path, count: int = 90) -> None:
    """CPU seconds for each frame of 720p, by step; a film of one frame is subtracted, so that
    starting does not count.
    """
    with tempfile.TemporaryDirectory() as scratch:
        long, short = (_film(clip, Path(scratch) / f"{n}.mp4", n) for n in (count, 1))
        print("\n| step, 720p | CPU s a frame |\n|---|--:|")
        total = 0.0
        rows = [
            ("find, every frame at full size", False),
            ("find", True),
            ("paint and encode", True),
            ("read back", True),
        ]
        for name, counts in rows:
            spent = (_cost(name, long, Path(scratch)) - _cost(name, short, Path(scratch))) / (
                count - 1
            )
            total += spent if counts else 0.0
            print(f"| {name} | {spent:.3f} |")
        print(
            f"| find, paint, encode, read back | {total:.3f}: {1 / total:.1f} frames a second on "
            "one core |"
        )


def _film(clip: Path, out: Path, count: int) -> Path:
    import av

    with av.open(str(clip)) as source, av.open(str(out), "w") as sink:
        stream = sink.add_stream("libx264", rate=30, options={"crf": "20", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number, frame in enumerate(source.decode(video=0)):
            if number >= count:
                break
            large = frame.reformat(1280, 720, "yuv420p")
            large.pts, large.time_base = number, Fraction(1, 30)
            sink.mux(stream.encode(large))
        sink.mux(stream.encode())
    return out


def _cost(step: str, path: Path, scratch: Path) -> float:
    reel = frames.scan(path)
    times = [float(t) for t in reel.times_s]
    boxes = {str(n): [[100, 100, 300, 300]] for n in range(len(times))}
    done = scratch / f"{path.stem}-done.mp4"
    if step.startswith("find"):
        full = (
            list(range(len(times))) if "every" in step else face_search.full_size(times, reel.shots)
        )
        payload = {"least": 0.05, "full": full}
        return process.run(
            "detect_faces",
            payload=payload,
            files=[path, face_search.model_file(None)],
            limits=LIMITS,
        ).cpu_s
    if step == "read back":
        return process.run(
            "paint_boxes", payload={"boxes": boxes, "check": True}, files=[done], limits=LIMITS
        ).cpu_s
    done.unlink(missing_ok=True)
    payload = {"boxes": boxes, "quality": redact.QUALITY, "format": "MP4"}
    return process.run(
        "paint_boxes", payload=payload, files=[path], outputs=[done], limits=LIMITS
    ).cpu_s


if __name__ == "__main__":
    whole = "--speed" in sys.argv or faces(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    speed(DATA / "gopro" / "max-heromode.mp4")
    sys.exit(0 if whole else 1)
