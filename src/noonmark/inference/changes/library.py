"""What grounds and roofs look like to a sensor: spectra for the prior and for injected events.

The values are rounded ones of our own, chosen inside what published spectral libraries show for
these materials; only their distance from the ring matters, and the calibration varies them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError

OPTICAL = ("blue", "green", "red", "nir", "swir1", "swir2")
_NUMBERED = {
    "b02": "blue", "b2": "blue", "b03": "green", "b3": "green", "b04": "red", "b4": "red",
    "b08": "nir", "b8": "nir", "b11": "swir1", "b12": "swir2", "swir16": "swir1",
    "swir22": "swir2", "nir08": "nir",
}  # fmt: skip
_BARE = (0.085, 0.115, 0.150, 0.225, 0.300, 0.270)
_BUILT = (0.140, 0.155, 0.165, 0.205, 0.240, 0.230)
_OTHERS = (
    (0.110, 0.120, 0.200, 0.260, 0.300, 0.280),  # red roof
    (0.220, 0.200, 0.160, 0.220, 0.220, 0.200),  # blue roof
    (0.070, 0.075, 0.080, 0.100, 0.120, 0.120),  # asphalt
)
_HAZE = (1.0, 0.85, 0.7, 0.4, 0.2, 0.1)
_OTHER_BARE = {"vv": -13.0, "vh": -20.0, "ndvi": 0.15}
_OTHER_BUILT = {"vv": -5.0, "vh": -12.0, "ndvi": 0.08}
_OTHER_STEP = {"vv": 3.0, "vh": 3.0, "ndvi": 0.05}


@dataclass(frozen=True)
class SpectralLibrary:
    """Spectra in the bands of a stack, and how its noise passes from band to band.

    ``bare``, ``built`` (bands,); ``all_spectra`` (m, bands) for the prior; ``haze`` (bands,) the
    share of the first band's residual that reaches each band, or None where each keeps its own;
    ``gain`` is true for reflectance, whose levels scale; else levels shift by ``shift`` (bands,).
    """

    bare: Floats
    built: Floats
    all_spectra: Floats
    haze: Floats | None
    gain: bool
    shift: Floats


def common_names(bands: tuple[str, ...]) -> tuple[str, ...]:
    """The bands by their common names: B04 of Sentinel-2 is red.

    >>> common_names(("B02", "nir08", "VV"))
    ('blue', 'nir', 'vv')
    """
    return tuple(_NUMBERED.get(band.lower(), band.lower()) for band in bands)


def spectral_library(bands: tuple[str, ...]) -> SpectralLibrary:
    """The library in these bands: reflectance (blue .. swir2), decibels (vv, vh), or ndvi."""
    if bands and all(band in OPTICAL for band in bands):
        return _reflectance([OPTICAL.index(band) for band in bands])
    if bands and all(band in _OTHER_BARE for band in bands):
        return _levels(bands)
    raise InputError(
        f"no spectra for the bands {', '.join(bands) or '(none)'}",
        code="changes-bands",
        hint=f"expected some of {', '.join(OPTICAL)}; or vv, vh; or ndvi. Readings need no bands",
    )


def _reflectance(place: list[int]) -> SpectralLibrary:
    bare, built, haze = (np.array(row)[place] for row in (_BARE, _BUILT, _HAZE))
    variants = [bare, built, bare * 1.4, built * 1.6, built * 0.7]
    spectra = np.vstack([*variants, np.array(_OTHERS)[:, place]])
    return SpectralLibrary(bare, built, spectra, haze / haze[0], True, np.zeros(len(place)))


def _levels(bands: tuple[str, ...]) -> SpectralLibrary:
    bare, built, shift = (
        np.array([row[band] for band in bands]) for row in (_OTHER_BARE, _OTHER_BUILT, _OTHER_STEP)
    )
    spectra = np.vstack([bare, built, built + shift, bare - shift, bare + shift])
    return SpectralLibrary(bare, built, spectra, None, False, shift)
