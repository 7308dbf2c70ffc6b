"""A picture of a simulated scene: ground, posts and boxes with their shadows, through the scene's
own lens.

Each pixel is a ray, each shadow a second ray toward the sun; the geometry is the one that gives the
exact marks, so picture and marks agree to a fraction of a pixel. Plain on purpose: it serves tests,
documents and the demo. Method: ray casting of oriented boxes by slabs (Kay and Kajiya, Ray tracing
complex scenes, SIGGRAPH 1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.camera.lens import rays
from testkit.scenes import Scene, clicked, exact, triangles_m

FINE: Final = 2
ROWS: Final = 64
SKY_LOW, SKY_HIGH = np.array([214.0, 226.0, 236.0]), np.array([118.0, 164.0, 206.0])
GROUND: Final = np.array([168.0, 160.0, 146.0])
POST: Final = np.array([96.0, 92.0, 90.0])
WALLS: Final = (
    np.array([198.0, 176.0, 150.0]),
    np.array([176.0, 182.0, 186.0]),
    np.array([186.0, 150.0, 132.0]),
)
SHADE: Final = 0.42


@dataclass(frozen=True)
class _Block:
    """An oriented box: its middle, its axes as rows (3, 3), half its sizes, its colour."""

    middle_m: Floats
    axes: Floats
    half_m: Floats
    colour: Floats


def render(scene: Scene) -> NDArray[np.uint8]:
    """The picture (h, w, 3) of a scene."""
    camera = scene.camera
    blocks = _blocks(scene)
    turn = camera.matrix()
    out = np.empty((camera.height_px, camera.width_px, 3), dtype=np.uint8)
    x = (np.arange(camera.width_px * FINE) + 0.5) / FINE
    for top in range(0, camera.height_px, ROWS):
        rows = min(ROWS, camera.height_px - top)
        y = top + (np.arange(rows * FINE) + 0.5) / FINE
        px = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        cam = rays(
            px, np.log(camera.focal_px), camera.middle_px, np.asarray(camera.k1), camera.radius_px
        )
        toward = (cam / np.linalg.norm(cam, axis=1)[:, None]) @ turn
        colour = _seen(scene, blocks, toward).reshape(rows, FINE, camera.width_px, FINE, 3)
        out[top : top + rows] = np.clip(colour.mean(axis=(1, 3)) + 0.5, 0, 255).astype(np.uint8)
    return out


def _blocks(scene: Scene) -> list[_Block]:
    found = []
    if scene.posts:
        base, top, _ = triangles_m(scene)
        for post, foot, head in zip(scene.posts, base, top, strict=True):
            axis = (head - foot) / np.linalg.norm(head - foot)
            side = np.cross(axis, [0.0, 1.0, 0.0])
            side /= np.linalg.norm(side)
            axes = np.stack([side, np.cross(axis, side), axis])
            half = np.array(
                [0.5 * post.width_m, 0.5 * post.width_m, 0.5 * float(np.linalg.norm(head - foot))]
            )
            found.append(_Block(0.5 * (foot + head), axes, half, POST))
    for number, box in enumerate(scene.boxes):
        foot = scene.ground_m(np.array(box.east_m), np.array(box.north_m))
        angle = np.radians(box.bearing_deg)
        along = np.array([np.sin(angle), np.cos(angle), 0.0])
        axes = np.stack([along, np.array([along[1], -along[0], 0.0]), np.array([0.0, 0.0, 1.0])])
        # A box reaches a little into the ground, so that no slope shows a gap under it.
        half = np.array([0.5 * box.length_m, 0.5 * box.width_m, 0.5 * (box.height_m + 1.0)])
        middle = foot + np.array([0.0, 0.0, 0.5 * (box.height_m - 1.0)])
        found.append(_Block(middle, axes, half, WALLS[number % len(WALLS)]))
    return found


def _near(block: _Block, origin: Floats, toward: Floats) -> NDArray[np.int64]:
    """Which rays pass the sphere around a box: cheap, and most don't."""
    away = block.middle_m - origin
    along = np.einsum("...i,...i->...", away, toward)
    squared = np.einsum("...i,...i->...", away, away) - along**2
    return np.flatnonzero(
        (squared < float(block.half_m @ block.half_m)) & (along > -np.linalg.norm(block.half_m))
    )


def _hit(block: _Block, origin: Floats, toward: Floats) -> tuple[Floats, Floats]:
    """Distance at which rays enter a box (inf: they miss), and the outward normal there (n, 3)."""
    local, way = (origin - block.middle_m) @ block.axes.T, toward @ block.axes.T
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1.0 / np.where(np.abs(way) < 1e-12, 1e-12, way)
    low, high = (-block.half_m - local) * inverse, (block.half_m - local) * inverse
    near, far = np.minimum(low, high), np.maximum(low, high)
    enter, leave = near.max(axis=-1), far.min(axis=-1)
    axis = near.argmax(axis=-1)
    hit = (enter < leave) & (enter > 1e-6)
    normal = -np.sign(np.take_along_axis(way, axis[:, None], axis=1)) * block.axes[axis]
    return np.where(hit, enter, np.inf), normal


def _seen(scene: Scene, blocks: list[_Block], toward: Floats) -> Floats:
    origin = np.array(scene.camera.position_m)
    normal, sun = scene.normal_enu, scene.sun_enu
    facing = toward @ normal
    reach = np.where(
        facing < -1e-6, -(origin @ normal) / np.where(facing < -1e-6, facing, -1.0), np.inf
    )
    best, face = reach, np.broadcast_to(normal, toward.shape).copy()
    colour = np.where(
        np.isfinite(reach)[:, None], _ground(origin + toward * np.minimum(reach, 1e5)[:, None]), 0.0
    )
    for block in blocks:
        some = _near(block, origin, toward)
        away, out = _hit(block, origin, toward[some])
        closer = away < best[some]
        some = some[closer]
        best[some], face[some], colour[some] = away[closer], out[closer], block.colour
    solid = np.flatnonzero(np.isfinite(best))
    point = origin + toward[solid] * best[solid, None] + face[solid] * 1e-4
    cosine = np.maximum(face[solid] @ sun, 0.0)
    lit = cosine > 0.0
    for block in blocks:
        some = _near(block, point, sun)
        lit[some] &= ~np.isfinite(_hit(block, point[some], np.broadcast_to(sun, (len(some), 3)))[0])
    # Ambient light from the sky, more on faces that look up; direct light by Lambert's cosine law.
    light = SHADE + 0.1 * face[solid][:, 2] + np.where(lit, 0.62 * cosine**0.6, 0.0)
    haze = np.clip(best[solid] / 1500.0, 0.0, 0.75)[:, None]
    picture = _sky(scene, toward)
    picture[solid] = (colour[solid] * light[:, None]) * (1.0 - haze) + SKY_LOW * haze
    return picture


def _ground(point: Floats) -> Floats:
    """Paving of two tones in squares of two metres, softened with distance by the supersampling."""
    even = (np.floor(point[:, 0] / 2.0) + np.floor(point[:, 1] / 2.0)) % 2 == 0
    grain = 3.0 * np.sin(point[:, 0] * 7.3 + 1.7 * np.sin(point[:, 1] * 5.1))
    found: Floats = GROUND * np.where(even, 1.0, 0.955)[:, None] + grain[:, None]
    return found


def _sky(scene: Scene, toward: Floats) -> Floats:
    height = np.clip(toward[:, 2], 0.0, 1.0)[:, None] ** 0.6
    sky = SKY_LOW * (1.0 - height) + SKY_HIGH * height
    away = np.degrees(np.arccos(np.clip(toward @ scene.sun_enu, -1.0, 1.0)))[:, None]
    glow = np.exp(-away / 6.0)
    found: Floats = np.where(away < 0.267, 255.0, sky + (255.0 - sky) * 0.8 * glow)
    return found


def marks_document(
    scene: Scene, *, sigma_px: float = 1.0, rng: np.random.Generator | None = None
) -> dict[str, object]:
    """The marks of a scene's posts as a document for ``frame``; with ``rng`` each click is off by
    ``sigma_px``.
    """
    clicks = exact(scene)
    if rng is not None:
        clicks = clicked(clicks, sigma_px=sigma_px, rng=rng)
    marks = [
        {
            "means": "shadow",
            "what": f"post {k + 1}",
            "base_px": [round(float(v), 2) for v in clicks.base_px[k]],
            "top_px": [round(float(v), 2) for v in clicks.top_px[k]],
            "tip_px": [round(float(v), 2) for v in clicks.tip_px[k]],
            "sigma_px": sigma_px,
        }
        for k in range(len(scene.posts))
        if clicks.inside[k]
    ]
    size = {"width_px": scene.camera.width_px, "height_px": scene.camera.height_px}
    return {"image": size, "lens": {"device": "phone"}, "mark": marks}
