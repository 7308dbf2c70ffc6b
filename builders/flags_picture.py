"""Draw the made picture of docs/tutorial-places.md: seven flags, a crossing, a bank, a car dealer.

Usage: python builders/flags_picture.py docs/images/seven-flags.png

The things stand where examples/seven-flags.toml says, seen from the crossing; nothing else in it is
like the place. Drawn, not rendered from a map.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SCALE = 2
WIDTH, HEIGHT = 1200 * SCALE, 640 * SCALE
LOOK_DEG, FIELD_DEG, EYE_M = 50.0, 104.0, 1.6
FOCAL = WIDTH / 2 / math.tan(math.radians(FIELD_DEG / 2))
HORIZON = HEIGHT * 0.68
FLAGS = [(16.0 + 1.4 * k, 18.0 + 2.6 * k) for k in range(7)]
"""Distance [m] and azimuth [deg] of each pole."""
SUN_DEG = 126.0
"""Where the sun stands: shadows fall the other way, 1.4 times as long as what casts them."""


def seen(distance: float, azimuth: float, up: float = 0.0) -> tuple[float, float]:
    """A point [m, deg, m above the ground] as a place in the picture."""
    turn = math.radians(azimuth - LOOK_DEG)
    ahead, aside = distance * math.cos(turn), distance * math.sin(turn)
    return WIDTH / 2 + FOCAL * aside / ahead, HORIZON - FOCAL * (up - EYE_M) / ahead


def draw_wall(
    draw: ImageDraw.ImageDraw,
    ends: tuple[tuple[float, float], tuple[float, float]],
    up_m: float,
    colour: str,
) -> None:
    """A wall between two points of the ground."""
    (d0, a0), (d1, a1) = ends
    corners = [seen(d0, a0), seen(d0, a0, up_m), seen(d1, a1, up_m), seen(d1, a1)]
    draw.polygon(corners, fill=colour, outline="#555")


def draw_houses(draw: ImageDraw.ImageDraw) -> None:
    """The dealer's window on the left, houses, the bank on the right."""
    draw_wall(draw, ((60, 42), (58, 62)), 17, "#cfc4b2")
    draw_wall(draw, ((58, 62), (62, 86)), 14, "#ddd3c0")
    draw_wall(draw, ((53, 16), (53, 42)), 8, "#b9c4cc")
    for k in range(6):
        low, high = 18 + 4 * k, 21 + 4 * k
        glass = [seen(52.8, low, 0.4), seen(52.8, low, 4.5), seen(52.8, high, 4.5)]
        draw.polygon([*glass, seen(52.8, high, 0.4)], fill="#e8f0f4", outline="#667")
        body = [seen(52, low + 0.5, 0.5), seen(52, low + 0.8, 1.3), seen(52, high - 0.8, 1.3)]
        draw.polygon([*body, seen(52, high - 0.5, 0.5)], fill="#8a3c3c")
    draw_wall(draw, ((66, 86), (66, 101.9)), 20, "#e7e0d2")
    for row in range(4):
        for k in range(5):
            low = 88 + 3 * k
            pane = [seen(65.8, low, 2 + 3.6 * row), seen(65.8, low, 4.2 + 3.6 * row)]
            pane += [seen(65.8, low + 1.6, 4.2 + 3.6 * row), seen(65.8, low + 1.6, 2 + 3.6 * row)]
            draw.polygon(pane, fill="#7d8b96")


def draw_signs(draw: ImageDraw.ImageDraw) -> None:
    """What is written on the houses."""
    for text, azimuth, up, size in (("BANK", 97.0, 17.6, 30), ("CARS", 27.0, 8.2, 26)):
        font = ImageFont.load_default(size * SCALE)
        draw.text(seen(62.0, azimuth, up), text, fill="#22303a", font=font, anchor="mm")


def draw_street(draw: ImageDraw.ImageDraw) -> None:
    """A carriageway, and the stripes of the crossing at our feet."""
    far = [seen(60, a) for a in range(20, 106, 2)]
    near = [(WIDTH, HEIGHT), (0, HEIGHT)]
    draw.polygon([*far, *near], fill="#8d8f90")
    for k in range(8):
        low = 3.4 + 1.0 * k
        stripe = [along(low, 1.0), along(low, 5.5), along(low + 0.5, 5.5), along(low + 0.5, 1.0)]
        draw.polygon(stripe, fill="#e9e9e4")


def along(ahead: float, aside: float) -> tuple[float, float]:
    """A point of the ground [m] ahead and to the right."""
    turn = math.degrees(math.atan2(aside, ahead))
    return seen(math.hypot(ahead, aside), LOOK_DEG + turn)


def draw_flags(draw: ImageDraw.ImageDraw) -> None:
    """Seven poles of 10 m with flags of plain colours, and their shadows."""
    colours = ["#b8433f", "#e9e4d8", "#3f6fb8", "#d9a53a", "#4c8c57", "#7a4f8f", "#c7c7c7"]
    for (distance, azimuth), colour in zip(FLAGS, colours, strict=True):
        foot, top = seen(distance, azimuth), seen(distance, azimuth, 10)
        east = distance * math.sin(math.radians(azimuth))
        north = distance * math.cos(math.radians(azimuth))
        east += 14 * math.sin(math.radians(SUN_DEG + 180))
        north += 14 * math.cos(math.radians(SUN_DEG + 180))
        end = seen(math.hypot(east, north), math.degrees(math.atan2(east, north)))
        draw.line([foot, end], fill="#6e7071", width=3 * SCALE)
        draw.line([foot, top], fill="#e4e4e4", width=3 * SCALE)
        reach = FOCAL * 2.2 / distance
        drop = FOCAL * 1.4 / distance
        flag = [top, (top[0] + reach, top[1] + drop / 4), (top[0] + reach, top[1] + 1.2 * drop)]
        draw.polygon([*flag, (top[0], top[1] + drop)], fill=colour, outline="#555")


def main() -> None:
    """Draw it and write it under the name given."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#bcd3e6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, HORIZON, WIDTH, HEIGHT], fill="#b7b2a4")
    draw_street(draw)
    draw_houses(draw)
    draw_signs(draw)
    draw_flags(draw)
    small = picture.resize((WIDTH // SCALE, HEIGHT // SCALE), Image.Resampling.LANCZOS)
    small.quantize(128).save(Path(sys.argv[1]), optimize=True)


if __name__ == "__main__":
    main()
