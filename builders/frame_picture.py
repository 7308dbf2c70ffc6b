"""Draws docs/images/frame_example.png: the simulated street of src/noonmark/examples/street.toml,
solved.

    python builders/frame_picture.py

The scene is a camera above a paved street in Lisbon, four posts and two houses, the sun where it
stood at the example's instant. Its marks, clicked with 1 px of noise, are those of the example, to
0.1 px.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import numpy as np

# "testkit" lies beside this folder, not in the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from noonmark.actions.frame import solve_frame
from noonmark.geometry.sun import sun_topocentric
from noonmark.report.canvas import png
from noonmark.report.drawing_png import picture
from noonmark.report.frame_picture import frame_drawing
from noonmark.values import unix_s, utc
from testkit.render_scene import render
from testkit.scenes import Box, Camera, Post, Scene

ROOT = Path(__file__).parents[1]
LISBON = (38.7075, -9.1365)
HEADING_DEG = 165.0


def street() -> Scene:
    """The simulated street."""
    sun = sun_topocentric(*LISBON, unix_s(utc("2022-10-07T14:40:00Z")))
    turn = np.radians(HEADING_DEG)

    def at(right_m: float, ahead_m: float) -> tuple[float, float]:
        east = ahead_m * np.sin(turn) + right_m * np.cos(turn)
        return float(east), float(ahead_m * np.cos(turn) - right_m * np.sin(turn))

    camera = Camera((0.0, 0.0, 5.2), HEADING_DEG, -14.0, 1.5, 860.0, 1100, 720)
    spots = ((-4.5, 14.0, 3.0), (2.6, 13.0, 2.8), (6.0, 21.0, 3.2), (0.0, 24.0, 3.4))
    posts = tuple(Post(*at(right, ahead), tall) for right, ahead, tall in spots)
    boxes = (
        Box(*at(-13.0, 34.0), 10.0, 6.0, 4.5, 235.0),
        Box(*at(20.0, 42.0), 14.0, 8.0, 7.0, 175.0),
    )
    return Scene(camera, float(sun.azimuth_deg), float(sun.elevation_deg), posts, boxes)


def main() -> None:
    """Render, solve, draw."""
    marks = tomllib.loads((ROOT / "src/noonmark/examples/street.toml").read_text(encoding="utf-8"))
    frame = solve_frame(marks, advise=False).frame
    drawn = picture(frame_drawing(frame, render(street()), width_px=1000))
    (ROOT / "docs/images/frame_example.png").write_bytes(png(drawn))


if __name__ == "__main__":
    main()
