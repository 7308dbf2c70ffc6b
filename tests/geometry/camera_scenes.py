"""Simulated views for the camera's tests: a scene of posts, and the view of its clicks."""

from __future__ import annotations

from typing import Any

import numpy as np

from noonmark.geometry.camera.lens import Lens, lens_prior
from noonmark.geometry.camera.view import Attitude, CameraView, Posts
from testkit.scenes import Camera, Clicks, Post, Scene, exact

WIDTH, HEIGHT, FOCAL = 4000, 3000, 3000.0
FREE = Attitude(-20.0, 60.0, 0.0, 45.0)


def scene(
    *,
    pitch: float = -20.0,
    roll: float = 2.0,
    azimuth: float = 130.0,
    climb: float = 35.0,
    **more: Any,
) -> Scene:
    """Four posts of 3 m on the ground in view of a camera that looks to the north."""
    high = more.pop("camera_m", 6.0)
    camera = Camera((0.0, 0.0, high), 0.0, pitch, roll, FOCAL, WIDTH, HEIGHT, more.pop("k1", 0.0))
    middle = high / np.tan(np.radians(max(-pitch, 12.0)))
    size = more.pop("post_m", 1.2)
    spread = 0.18 * np.hypot(middle, high)
    spots = [
        (-spread, middle - spread),
        (spread, middle),
        (0.3 * spread, middle + spread),
        (-1.3 * spread, middle + spread),
    ]
    lean = more.pop("lean_deg", np.zeros((4, 2)))
    posts = tuple(
        Post(x, y, size, float(a), float(b)) for (x, y), (a, b) in zip(spots, lean, strict=True)
    )
    return Scene(camera, azimuth, climb, posts, **more)


def posts_of(clicks: Clicks, *, sigma_px: float = 1.0, lean_sigma_deg: float = 0.0) -> Posts:
    """All parts of all posts, marked."""
    n = len(clicks.base_px)
    zero = np.zeros(n, dtype=np.int64)
    unknown = np.full(n, np.nan)
    return Posts(
        base_px=clicks.base_px,
        top_px=clicks.top_px,
        tip_px=clicks.tip_px,
        seen=np.ones((n, 3), dtype=bool),
        sigma_px=np.full((n, 3), sigma_px),
        lean_sigma_deg=np.full(n, lean_sigma_deg),
        height_m=unknown,
        height_sigma_m=unknown,
        ground=zero,
        frame=zero,
        mark=np.arange(n),
    )


def known_lens(focal_px: float = FOCAL, log_sigma: float = 0.01, **more: float) -> Lens:
    """A lens known to a share, without distortion unless said."""
    options: dict[str, Any] = {"centre_sigma_px": 0.0, "k1_sigma": 0.0, **more}
    return lens_prior(
        WIDTH, HEIGHT, focal_px=focal_px, focal_sigma_px=log_sigma * focal_px, **options
    )


def view_of(
    clicks: Clicks,
    *,
    lens: Lens | None = None,
    attitude: Attitude = FREE,
    slope: float = 0.0,
    lean: float = 0.0,
    sigma_px: float = 1.0,
) -> CameraView:
    """The view of some clicks."""
    posts = posts_of(clicks, sigma_px=sigma_px, lean_sigma_deg=lean)
    return CameraView(
        lens or known_lens(), attitude, np.array([slope]), posts, marks=len(posts.mark)
    )


def exact_view(of: Scene, **more: Any) -> CameraView:
    """The view of a scene's exact pixels."""
    return view_of(exact(of), **more)
