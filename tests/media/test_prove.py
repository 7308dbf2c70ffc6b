"""What one channel lays over all its films proves nothing, and does not keep a faint scene from
being proved.
"""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

pytest.importorskip("cv2")
from noonmark.media.seen import LEAST_INLIERS, LEAST_MIDDLE
from noonmark.sandbox.decoders import feature_match, side_by_side


def _faint(seed):
    """A hazy scene behind a sharp logo and ticker, 640 x 360."""
    noise = np.random.default_rng(seed).integers(0, 256, (90, 160), np.uint8)
    haze = (
        Image.fromarray(noise)
        .resize((640, 360), Image.Resampling.BICUBIC)
        .filter(ImageFilter.GaussianBlur(2))
    )
    image = Image.fromarray((110 + np.asarray(haze) // 6).astype(np.uint8)).convert("RGB")
    draw = ImageDraw.Draw(image)
    letters = "BREAKING reports from the north bank of the river 0123456789 " * 2
    for y in (4, 18, 32, 310, 326, 342):
        draw.text((4, y), letters, fill=(255, 255, 255), stroke_width=1, stroke_fill=(0, 0, 0))
    return np.asarray(image)


def _smaller(rgb):
    return np.asarray(Image.fromarray(rgb).resize((480, 270), Image.Resampling.BILINEAR))


def test_a_faint_scene_is_proved_in_spite_of_sharp_letters_over_it():
    found = feature_match.match(*feature_match.alike_in_size(_smaller(_faint(1)), _faint(1)))
    assert found.inliers >= LEAST_INLIERS and found.middle >= LEAST_MIDDLE


def test_letters_in_common_are_no_proof():
    for seed in range(2, 8):
        found = feature_match.match(_faint(1), _faint(seed))
        assert found.middle < LEAST_MIDDLE
    assert (
        feature_match.match(_faint(1), _faint(2)).inliers >= LEAST_INLIERS
    )  # the letters agree, and that is not enough


def test_flat_pictures_agree_on_nothing():
    flat = np.full((360, 640, 3), 90, np.uint8)
    assert (
        feature_match.match(flat, _faint(1))
        == feature_match.match(flat, flat)
        == feature_match.NO_MATCH
    )


def test_the_picture_shows_both_clean_and_then_marked():
    scene = _faint(1)
    narrow = np.ascontiguousarray(scene[:, 100:400])
    found = feature_match.match(narrow, scene)
    labels = [["asked: at 1.00 s", "SHA-256 00"], ["indexed: at 2.00 s", "SHA-256 11"]]
    picture = side_by_side.drawn(found.pictures, labels)
    assert picture.shape[1] == 300 + 640 + 24 and picture.shape[0] > 2 * 360
    assert (picture[46:406, :300] == narrow).all() and (picture[46:406, 324:] == scene).all()
    below = picture[-360:, 324:].astype(int)
    edge = (abs(below - (0, 190, 255)) < 30).all(axis=2)
    assert edge[:, 98:103].any(axis=1).mean() > 0.8 and edge[:, 398:403].any(axis=1).mean() > 0.8
