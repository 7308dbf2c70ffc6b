"""A skyline of a photo held against places: extracted, edited, ranked with an honest weight."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noonmark.actions.place_lists import ListedPlace, PlaceListing, read_place_list
from noonmark.errors import InputError
from noonmark.questions.input_files import read_document

if TYPE_CHECKING:
    from noonmark.world.terrain.ground import Ground
    from noonmark.world.terrain.skyline_line import SkylineLine
    from noonmark.world.terrain.skyline_match import CameraPrior, SkylineFit

LONGEST_PX = 1024
LEAST_RELIEF_DEG = 1.0
DECOYS = 12
NEAR_CELLS = 2.0
_NONE = 0.1
_DIRECTIONS = 720
_NEAREST_DECOY_KM = 1.5
_DECOY_KM = 15.0
_FORM = "noonmark-skyline-1"


@dataclass(frozen=True)
class CameraKnown:
    """What the analyst knows of the camera; None where nothing is known.

    ``field_of_view_deg`` is across the width of the photo.
    """

    heading_deg: float | None = None
    heading_sigma_deg: float = 10.0
    field_of_view_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None


def skyline_of(photo: Path, *, crop: tuple[int, int, int, int] = (0, 0, 0, 0)) -> SkylineLine:
    """The skyline of a photo, extracted without a model; the photo is decoded in a locked process.

    ``crop`` leaves out borders [px of the photo]: left, top, right, bottom.
    """
    from noonmark.world.terrain.skyline_line import extracted

    picture, scale = _picture(photo)
    left, top, right, bottom = (round(px / scale) for px in crop)
    return extracted(picture, scale=scale, crop=(left, top, right, bottom))


def _picture(photo: Path) -> tuple[Any, float]:
    """The photo, at most 1,024 px a side, and how many of its pixels one stands for."""
    from noonmark.media import frames

    reel = frames.scan(photo)
    taken = next(iter(frames.take(photo, reel, [0], longest_px=LONGEST_PX)))
    return taken.rgb, reel.width_px / taken.rgb.shape[1]


def skyline_json(line: SkylineLine) -> dict[str, Any]:
    """The line as a file that can be edited and handed back with ``--line``."""
    points = np.column_stack([line.u_px, line.v_px])
    return {
        "form": _FORM,
        "width_px": line.width_px,
        "height_px": line.height_px,
        "masked_px": [],
        "skyline_px": np.round(points, 1).tolist(),
    }


def read_skyline(source: Path) -> SkylineLine:
    """A line from a file, without what is masked. Raises InputError for a file of another form."""
    from noonmark.world.terrain.skyline_line import SkylineLine, without_masked

    found = read_document(source, kind="skyline")
    try:
        points = np.array(found["skyline_px"], dtype=np.float64)
        masked = [(float(a), float(b)) for a, b in found.get("masked_px", [])]
        line = SkylineLine(
            points[:, 0], points[:, 1], int(found["width_px"]), int(found["height_px"])
        )
        good = points.shape[0] >= 20 and np.isfinite(points).all()
        good = good and bool((np.diff(line.u_px) > 0.0).all())
    except (KeyError, TypeError, ValueError, IndexError):
        good = False
    if not good:
        raise InputError(
            f"{source} holds no skyline: expected width_px, height_px and 20 or more points from"
            " left to right under skyline_px",
            code="bad-skyline",
            hint="noonmark skyline PHOTO --out DIR writes one to edit",
        )
    return without_masked(line, masked)


def match_skyline(
    line: SkylineLine,
    places: Path,
    *,
    known: CameraKnown | None = None,
    decoys: int = DECOYS,
    seed: int = 0,
    eye_m: float = 1.7,
    store: Path | None = None,
) -> dict[str, Any]:
    """The places of a list, ranked by how well the skyline fits the land about each.

    The probabilities are those of the list, times the likelihoods. "None of these" is judged by
    decoys: places drawn about the list, of which none lies near one of it.

    A place is ``near`` where the land in view stands within two cells of the tiles. They don't know
    its shape, and the true place is seldom told from others there (``benchmarks/terrain.py``).
    The share of the line whose ridge no tile holds is ``unknown_share``: it speaks neither for a
    place nor against it.

    Raises InputError where the skyline has no relief to speak of, or no elevation tile lies there.
    """
    listed = read_place_list(places)
    prior = _camera(line, known or CameraKnown())
    _refuse_flat(line, prior)
    ground = _ground(listed, store)
    others = _decoys(listed, ground, decoys, seed)
    away = [_fit(line, ground, place, prior, eye_m) for place in others]
    anywhere = _log_mean(away) if away else None
    fits = [_fit(line, ground, place, prior, eye_m, anywhere) for place in listed.places]
    return _ranked(listed, fits, away, ground.cell_m)


def _camera(line: SkylineLine, known: CameraKnown) -> CameraPrior:
    """What is known of the camera, as means and sigmas."""
    from noonmark.world.terrain.skyline_match import CameraPrior

    focal_px, focal_sigma = float(line.width_px), 0.3
    if known.field_of_view_deg is not None:
        half = np.radians(0.5 * known.field_of_view_deg)
        focal_px, focal_sigma = float(0.5 * line.width_px / np.tan(half)), 0.03
    return CameraPrior(
        focal_px=focal_px,
        focal_sigma=focal_sigma,
        heading_deg=known.heading_deg or 0.0,
        heading_sigma_deg=None if known.heading_deg is None else known.heading_sigma_deg,
        pitch_deg=known.pitch_deg or 0.0,
        pitch_sigma_deg=15.0 if known.pitch_deg is None else 1.0,
        roll_deg=known.roll_deg or 0.0,
        roll_sigma_deg=2.0 if known.roll_deg is None else 0.5,
    )


def _refuse_flat(line: SkylineLine, prior: CameraPrior) -> None:
    """Refuse a line that rises and falls by less than a degree: it fits many places."""
    from noonmark.world.terrain.skyline_line import relief_deg

    relief = relief_deg(line, prior.focal_px)
    if relief < LEAST_RELIEF_DEG:
        raise InputError(
            f"the skyline rises and falls by {relief:.2f} deg, at least {LEAST_RELIEF_DEG:g} are"
            " needed: a line without relief fits anywhere",
            code="skyline-flat",
            hint="is it the edge of the print? --crop L,T,R,B leaves borders out",
        )


def _ground(listed: PlaceListing, store: Path | None) -> Ground:
    """The ground about the places of a list."""
    from noonmark.world.terrain.elevation_store import default_store, tiles
    from noonmark.world.terrain.ground import ground_about

    where = default_store() if store is None else store
    lat = np.array([place.lat_deg for place in listed.places])
    lon = np.array([place.lon_deg for place in listed.places])
    return ground_about(lat, lon, tiles(where), where, reach_m=40_000.0)


def _fit(
    line: SkylineLine,
    ground: Ground,
    place: ListedPlace,
    prior: CameraPrior,
    eye_m: float,
    anywhere: float | None = None,
) -> SkylineFit:
    """The fit at one place; ``anywhere`` is what a place says whose ridges are not known."""
    from noonmark.world.terrain.horizon import horizon
    from noonmark.world.terrain.skyline_match import skyline_fit

    found = horizon(
        ground,
        place.lat_deg,
        place.lon_deg,
        eye_m=eye_m,
        directions=_DIRECTIONS,
        far_m=40_000.0,
    )
    return skyline_fit(line, found, prior, place_sigma_m=place.sigma_m, anywhere=anywhere)


def _decoys(listed: PlaceListing, ground: Ground, count: int, seed: int) -> list[ListedPlace]:
    """Places drawn within 15 km of those of a list, none within 1.5 km of one."""
    rng = np.random.default_rng(seed)
    lat = np.array([place.lat_deg for place in listed.places])
    lon = np.array([place.lon_deg for place in listed.places])
    sigma_m = float(np.median([place.sigma_m for place in listed.places]))
    found: list[ListedPlace] = []
    for _ in range(200 * count):
        if len(found) == count:
            break
        k = int(rng.integers(lat.size))
        north_km, east_km = rng.uniform(-_DECOY_KM, _DECOY_KM, 2)
        across_km = 111.2 * float(np.cos(np.radians(lat[k])))
        at_lat = float(lat[k] + north_km / 111.2)
        at_lon = float(lon[k] + east_km / across_km)
        near_km = np.hypot((lat - at_lat) * 111.2, (lon - at_lon) * across_km)
        if near_km.min() > _NEAREST_DECOY_KM and _is_known(ground, at_lat, at_lon):
            found.append(ListedPlace(at_lat, at_lon, sigma_m, 1.0))
    return found


def _is_known(ground: Ground, lat_deg: float, lon_deg: float) -> bool:
    """Whether the tiles hold a height there."""
    return bool(np.isfinite(ground.at(np.array([lat_deg]), np.array([lon_deg]))[0]))


def _ranked(
    listed: PlaceListing, fits: list[SkylineFit], away: list[SkylineFit], cell_m: float
) -> dict[str, Any]:
    """The answer: places by probability, the best first."""
    none = _NONE if listed.none_of_these is None else listed.none_of_these
    logs = np.array([fit.log_likelihood for fit in fits])
    elsewhere = _log_mean(away or fits)
    prior = np.array([place.probability for place in listed.places])
    weights = np.log(prior / prior.sum()) + np.log1p(-none) + logs
    rest = float(np.log(max(none, 1e-300))) + elsewhere
    total = float(np.logaddexp(np.logaddexp.reduce(weights), rest))
    rows: list[dict[str, Any]] = []
    for k in np.argsort(-weights).tolist():
        row = {
            "rank": len(rows) + 1,
            "probability": float(np.exp(weights[k] - total)),
            "log_ratio_to_elsewhere": float(logs[k] - elsewhere),
        }
        rows.append({**row, **_fit_row(listed.places[k], fits[k], cell_m)})
    return {
        "ok": True,
        "places": rows,
        "none_of_these": float(np.exp(rest - total)),
        "decoys": len(away),
        "cell_m": cell_m,
        "searched": list(listed.searched),
    }


def _log_mean(fits: list[SkylineFit]) -> float:
    """ln of the mean likelihood of places drawn, or without any of the places themselves."""
    logs = np.array([fit.log_likelihood for fit in fits])
    return float(np.logaddexp.reduce(logs) - np.log(logs.size))


def _fit_row(place: ListedPlace, fit: SkylineFit, cell_m: float) -> dict[str, Any]:
    """Where a place is, how the skyline fits there, and whether the land is too near to tell."""
    return {
        "lat_deg": place.lat_deg,
        "lon_deg": place.lon_deg,
        "sigma_m": place.sigma_m,
        "name": place.name,
        "near": fit.ridge_m < NEAR_CELLS * cell_m,
        **asdict(fit),
    }


def skyline_clue(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The ranked places as a clue of kind ``places``."""
    kept = ("lat_deg", "lon_deg", "sigma_m", "probability")
    rows = [{key: row[key] for key in kept} for row in answer["places"]]
    rows = [row for row in rows if row["probability"] > 1e-12]
    none = min(float(answer["none_of_these"]), 0.999)
    clue: dict[str, Any] = {"kind": "places", "places": rows, "none_of_these": none}
    if answer["searched"]:
        clue["searched"] = answer["searched"]
    return {"clue": [clue]}


def skyline_picture(photo: Path, line: SkylineLine) -> bytes:
    """The photo with the line drawn on it, as PNG."""
    from noonmark.report.drawing import VERMILION, Drawing
    from noonmark.report.drawing_png import picture

    rgb, scale = _picture(photo)
    height, width = rgb.shape[:2]
    drawing = Drawing(width, height, rgb, (0.0, 0.0, float(width), float(height)))
    points = np.column_stack([line.u_px, line.v_px]) / scale
    drawing.line(points, VERMILION, width_px=2.0)
    stream = io.BytesIO()
    picture(drawing).save(stream, "PNG")
    return stream.getvalue()
