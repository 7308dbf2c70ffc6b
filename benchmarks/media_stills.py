"""Stills and reposts of films whose camera moves, asked of an index of those films.

    python benchmarks/media_stills.py [--quick]

Nine lossless frames of each of two films of ../shared/data/footage, at times between the indexed
ones, and the reposts of the set. The last line is how many stills are found with proof, of 18;
exit 1 below 17.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import av

from noonmark import actions

FOOTAGE = Path(__file__).resolve().parents[2] / "shared" / "data" / "footage"
FILMS = ("base.mp4", "other.mp4")
EACH = 9
LEAST = 17


def stills(folder: Path) -> list[tuple[str, Path]]:
    """Nine frames of each film as PNG, with the film's name."""
    made = []
    for name in FILMS:
        with av.open(str(FOOTAGE / name)) as container:
            frames = [frame.to_image() for frame in container.decode(video=0)]
        for k in range(EACH):
            path = folder / f"{name}-{k}.png"
            frames[int((k + 0.37) * len(frames) / EACH)].save(path)
            made.append((name, path))
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the stills only")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        actions.index_add(folder / "index", [FOOTAGE / film for film in FILMS])
        found = 0
        for film, path in stills(folder):
            names = [
                Path(match["file"]).name for match in actions.seen(path, folder / "index")["found"]
            ]
            found += film in names
            if film not in names:
                print(f"{path.name}: not found")
        for path in [] if args.quick else sorted([*FOOTAGE.glob("s_*"), *FOOTAGE.glob("t_*")]):
            answer = actions.seen(path, folder / "index")
            print(f"{path.name}: {answer['verdict']}")
    print(f"{found} of {EACH * len(FILMS)}")
    return 0 if found >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
