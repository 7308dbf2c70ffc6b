"""A marks document as one camera view that geometry can solve, and what its numbers mean.

A crop is put back into its original here. Landmarks become east, north, up in metres about a
reference; heights are taken above the ellipsoid throughout, which is exact for differences as long
as all of them come from one source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.geometry.camera import view as v
from noonmark.geometry.camera.lens import DEVICES, Device, Lens, cropped, lens_prior
from noonmark.geometry.camera.told_points import ToldPoint
from noonmark.geometry.earth import ecef_from_geodetic_m, geodetic_from_ecef
from noonmark.questions.mark_types import Crop, Landmark, Marks
from noonmark.questions.marks import upright_size
from noonmark.questions.place_reference import PlaceReference
from noonmark.questions.view_builder import ViewBuilder

UNSTATED_PLACE_SIGMA_M = 500.0
UNSTATED_ALTITUDE_SIGMA_M = 50.0


@dataclass(frozen=True)
class Staged:
    """A view with what its numbers mean.

    ``grounds`` names its patches of ground, ``reference`` is the place that its metres are counted
    from, ``width_px`` and ``height_px`` are the size of the upright image, ``assumed`` says what
    nobody stated.
    """

    view: v.CameraView
    grounds: tuple[str, ...]
    reference: PlaceReference | None
    width_px: float
    height_px: float
    assumed: tuple[ToldPoint, ...]


def lens_of(marks: Marks) -> Lens:
    """The lens prior of a document, in pixels of its upright image.

    A crop moves the principal point; focal length and distortion are those of the original.
    """
    note = marks.lens
    crop = marks.image.crop_of
    width_px, height_px = _original_size(marks)
    left_px, top_px = (crop.left_px, crop.top_px) if crop else (0.0, 0.0)
    centre_px = None
    if note.centre_px:
        centre_px = (note.centre_px[0] + left_px, note.centre_px[1] + top_px)
    lens = lens_prior(
        width_px,
        height_px,
        device=note.device or "unknown",
        focal_px=note.focal_px,
        focal_sigma_px=note.focal_sigma_px,
        focal_mm_35=note.focal_mm_35,
        focal_mm=note.focal_mm,
        sensor_width_mm=note.sensor_width_mm,
        centre_px=centre_px,
        centre_sigma_px=note.centre_sigma_px,
        k1=note.k1,
        k1_sigma=note.k1_sigma,
    )
    return cropped(lens, left_px=left_px, top_px=top_px)


def _original_size(marks: Marks) -> tuple[float, float]:
    """Width and height [px] of the original, before any crop."""
    crop: Crop | None = marks.image.crop_of
    if crop and crop.width_px and crop.height_px:
        return float(crop.width_px), float(crop.height_px)
    return upright_size(marks.image)


def attitude_of(marks: Marks) -> v.Attitude:
    """How the camera is held, from what is said or from the class of device."""
    camera = marks.camera
    device = _device(marks)
    return v.Attitude(
        pitch_deg=_or_else(camera.pitch_deg, device.pitch_deg),
        pitch_sigma_deg=_or_else(camera.pitch_sigma_deg, device.pitch_sigma_deg),
        roll_deg=_or_else(camera.roll_deg, 0.0),
        roll_sigma_deg=_or_else(camera.roll_sigma_deg, device.tilt_sigma_deg),
        heading_deg=_or_else(camera.heading_deg, np.nan),
        heading_sigma_deg=_or_else(camera.heading_sigma_deg, np.nan),
    )


def _device(marks: Marks) -> Device:
    """What the class of device is assumed to do."""
    return DEVICES[marks.lens.device or "unknown"]


def _or_else(value: float | None, default: float) -> float:
    """The value, or the default where it is None."""
    return default if value is None else value


def stage(marks: Marks) -> Staged:
    """The view of a document.

    Marks keep their index in the document, so that residuals can be reported mark by mark.
    """
    builder = ViewBuilder(marks)
    for index, mark in enumerate(marks.marks):
        builder.add(index, mark)
    reference = _reference(marks)
    lens = lens_of(marks)
    width_px, height_px = upright_size(marks.image)
    return Staged(
        view=_view(marks, lens, builder, reference),
        grounds=tuple(builder.grounds),
        reference=reference,
        width_px=width_px,
        height_px=height_px,
        assumed=_assumed(marks, lens),
    )


def _view(
    marks: Marks,
    lens: Lens,
    builder: ViewBuilder,
    reference: PlaceReference | None,
) -> v.CameraView:
    """The camera view of all marks that the builder has collected."""
    slopes = list(builder.grounds.values()) or [marks.scene.slope_sigma_deg]
    return v.CameraView(
        lens=lens,
        attitude=attitude_of(marks),
        slope_sigma_deg=np.array(slopes),
        posts=builder.posts(),
        lines=builder.lines(),
        families=builder.families(),
        horizon=builder.horizon(),
        waters_deg=np.array(builder.waters).reshape(-1, 2),
        discs=builder.discs(),
        landmarks=builder.landmarks(reference),
        lengths=builder.lengths(),
        stand=_stand(marks, reference),
        frames=max(len(marks.frames), 1),
        tripod=marks.scene.tripod and len(marks.frames) > 1,
        marks=len(marks.marks),
    )


def _reference(marks: Marks) -> PlaceReference | None:
    """The stated place of the camera, or the middle of the landmarks; None without landmarks."""
    known = [mark for mark in marks.marks if isinstance(mark, Landmark)]
    if not known:
        return None
    camera = marks.camera
    if camera.lat_deg is not None and camera.lon_deg is not None:
        altitude_m = camera.altitude_m or known[0].altitude_m or 0.0
        return PlaceReference(camera.lat_deg, camera.lon_deg, altitude_m)
    # The mean of positions is right across the antimeridian too.
    lats = [mark.lat_deg for mark in known]
    lons = [mark.lon_deg for mark in known]
    mean = ecef_from_geodetic_m(lats, lons).mean(axis=0)
    lat, lon, _ = geodetic_from_ecef(mean)
    altitude_m = float(np.mean([mark.altitude_m for mark in known]))
    return PlaceReference(float(lat), float(lon), altitude_m)


def _stand(marks: Marks, reference: PlaceReference | None) -> v.Stand:
    """Where the camera is thought to stand, about the reference; sigmas are inf where unknown."""
    camera = marks.camera
    if reference is None:
        return v.Stand()
    level_sigma_m = up_sigma_m = np.inf
    up_m = 0.0
    if camera.lat_deg is not None and camera.lon_deg is not None:
        level_sigma_m = camera.position_sigma_m or UNSTATED_PLACE_SIGMA_M
    if camera.altitude_m is not None:
        up_sigma_m = camera.altitude_sigma_m or UNSTATED_ALTITUDE_SIGMA_M
        up_m = camera.altitude_m - reference.altitude_m
    return v.Stand((0.0, 0.0, up_m), (level_sigma_m, level_sigma_m, up_sigma_m))


def _assumed(marks: Marks, lens: Lens) -> tuple[ToldPoint, ...]:
    """What nobody said and the answer rests on, in plain words."""
    note = marks.lens
    camera = marks.camera
    scene = marks.scene
    device = _device(marks)
    found = []
    if note.focal_px is None and note.focal_mm is None and note.focal_mm_35 is None:
        percent = 100 * lens.focal_log_sigma
        name = note.device or "unknown device"
        focal = f"focal length {lens.focal_px:.0f} px"
        words = f"{focal}, give or take {percent:.0f} % ({name})"
        found.append(ToldPoint("focal_assumed", words, lens.focal_px, percent))
    if camera.pitch_deg is None:
        down = -device.pitch_deg
        sigma = device.pitch_sigma_deg
        words = f"the camera looks {down:g} deg down, give or take {sigma:g}"
        found.append(ToldPoint("pitch_assumed", words, down, sigma))
    if camera.roll_deg is None:
        tilt = device.tilt_sigma_deg
        words = f"it is held level sideways, give or take {tilt:g} deg"
        found.append(ToldPoint("level_assumed", words, give_or_take=tilt))
    for what, name, sigma in (
        ("ground_assumed", "ground level", scene.slope_sigma_deg),
        ("upright_assumed", "things upright", scene.lean_sigma_deg),
    ):
        words = f"{name}, give or take {sigma:g} deg each way, unless a mark says else"
        found.append(ToldPoint(what, words, give_or_take=sigma))
    return tuple(found)
