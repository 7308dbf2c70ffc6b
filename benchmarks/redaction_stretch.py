"""Redaction hides a box at every display time of its stretch: random films, random boxes.

Each film is bright grey, runs at 1 to 60 pictures a second (one in three at uneven times), and gets
one box with a random stretch, still or moving. The redacted film is decoded by PyAV on its own, and
at each of many times inside the stretch the frame on the screen must be black under the box.

    python benchmarks/redaction_stretch.py [--films 200] [--seed 1] [--quick]

The last line is the number of films in which something was open; exit 1 if there is any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from noonmark import actions
from noonmark.errors import InputError

HEIGHT_PX, WIDTH_PX = 96, 128
GREY = 200
OPEN_FROM = 60
"""A decoded value under a box above this shows what was to be hidden."""
RIM_PX = 4
"""Coding blurs the rim of a box."""


def random_times_ms(rng: np.random.Generator) -> list[int]:
    """Times of 2 to 40 frames, even or not."""
    step_ms = 1000 / rng.uniform(1, 60)
    count = int(rng.integers(2, 40))
    uneven = rng.random() < 1 / 3
    steps = rng.exponential(step_ms, count) if uneven else np.full(count, step_ms)
    times = np.round(np.cumsum(np.maximum(steps, 1.0)) - steps[0]).astype(int)
    return sorted(set(times.tolist()))


def write_film(path: Path, times_ms: list[int]) -> None:
    """A film of one bright grey."""
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), GREY, np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width, stream.pix_fmt = HEIGHT_PX, WIDTH_PX, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for at_ms in times_ms:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def random_box(rng: np.random.Generator, end_s: float) -> tuple[str, Any]:
    """The text of one entry, and where the box is at a time inside its stretch (None outside)."""
    from_s, to_s = sorted(rng.uniform(0, end_s, 2).round(3).tolist())
    wide, high = rng.integers(16, 48, 2).tolist()
    first = [int(rng.integers(0, WIDTH_PX - wide)), int(rng.integers(0, HEIGHT_PX - high))]
    last = [int(rng.integers(0, WIDTH_PX - wide)), int(rng.integers(0, HEIGHT_PX - high))]
    if rng.random() < 0.5:
        last = first

    def place(at_s: float) -> tuple[float, float, float, float]:
        share = (at_s - from_s) / (to_s - from_s) if to_s > from_s else 0.0
        x, y = (a + share * (b - a) for a, b in zip(first, last, strict=True))
        return x, y, x + wide, y + high

    if first == last:
        edges = [*first, first[0] + wide, first[1] + high]
        text = f"box_px = {edges}\nfrom_s = {from_s}\nto_s = {to_s}\n"
    else:
        keys = ", ".join(
            f"{{ at_s = {at_s}, box_px = {[x, y, x + wide, y + high]} }}"
            for at_s, (x, y) in ((from_s, first), (to_s, last))
        )
        text = f"track = [{keys}]\n"
    return f"[[box]]\n{text}", (from_s, to_s, place)


def shown_open(path: Path, stretch: Any) -> bool:
    """Whether something under the box is bright on the screen at some time of the stretch."""
    from_s, to_s, place = stretch
    with av.open(str(path)) as container:
        frames = [(float(f.time), f.to_ndarray(format="gray")) for f in container.decode(video=0)]
    times = np.array([time_s for time_s, _ in frames])
    for at_s in np.linspace(from_s, to_s, 200):
        number = max(0, int(np.searchsorted(times, at_s, side="right")) - 1)
        x0, y0, x1, y1 = place(at_s)
        rows = slice(int(np.ceil(y0)) + RIM_PX, int(y1) - RIM_PX)
        columns = slice(int(np.ceil(x0)) + RIM_PX, int(x1) - RIM_PX)
        under = frames[number][1][rows, columns]
        if under.size and int(under.max()) > OPEN_FROM:
            return True
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="20 films")
    args = parser.parse_args()
    count = 20 if args.quick else args.films
    rng = np.random.default_rng(args.seed)
    opened = refused = 0
    for n in range(count):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            times_ms = random_times_ms(rng)
            write_film(folder / "film.mp4", times_ms)
            text, stretch = random_box(rng, times_ms[-1] / 1000 + 0.1)
            (folder / "boxes.toml").write_text(text)
            try:
                plan = actions.plan_redaction(folder / "film.mp4", boxes=folder / "boxes.toml")
            except InputError as error:
                refused += 1
                print(f"film {n}: refused, {error.message}")
                continue
            actions.redact(folder / "film.mp4", folder / "new.mp4", document=plan)
            if shown_open(folder / "new.mp4", stretch):
                opened += 1
                print(f"film {n}: open; {text!r}")
    print(f"{count} films, {refused} refused, {opened} with something open")
    print(opened)
    return 1 if opened else 0


if __name__ == "__main__":
    sys.exit(main())
