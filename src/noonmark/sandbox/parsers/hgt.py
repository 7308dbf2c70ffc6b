"""Elevation as the Shuttle mission's files hold it: .hgt, plain or in a zip.

A tile is a square of big-endian int16 metres, its south-west corner in its name; -32768 is a void.
Method: USGS, SRTM documentation ("SRTM_Topo"), 2015.
"""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError
from noonmark.sandbox.parsers.zip_members import BROKEN_ZIP

SIDES = (1201, 1801, 3601)
_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
_VOID = -32768
_MOST_MEMBERS = 20


def member(data: bytes) -> tuple[str, bytes]:
    """The name and the bytes of the one .hgt in a zip.

    It is unpacked only where its size is that of a tile, and no further than that.

    Raises InputError for any other zip.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            held = archive.infolist()
            wanted = [one for one in held if one.filename.lower().endswith(".hgt")]
            if len(held) > _MOST_MEMBERS or len(wanted) != 1:
                raise _bad("the zip does not hold one .hgt file")
            if _side(wanted[0].file_size) == 0:
                raise _bad(f"{wanted[0].file_size} bytes are no tile of 1, 2 or 3 seconds")
            with archive.open(wanted[0]) as stream:
                return wanted[0].filename, stream.read(2 * SIDES[-1] ** 2 + 1)
    except BROKEN_ZIP as error:
        raise _bad(f"the zip can't be read: {error}") from None


def heights(data: bytes) -> Floats:
    """The heights [m] of a tile, (side, side), north at the top.

    They are nan where the file has a void.
    """
    side = _side(len(data))
    if side == 0:
        raise _bad(f"{len(data)} bytes are no tile of 1, 2 or 3 seconds")
    found = np.frombuffer(data, ">i2").reshape(side, side).astype(np.float32)
    found[found == _VOID] = np.nan
    return np.asarray(found)


def corner(name: str) -> tuple[float, float]:
    """The latitude and longitude [deg] of the south-west corner that a name tells.

    Folders and endings of the name are left aside.
    """
    found = _NAME.search(name)
    if found is None:
        raise _bad("its name does not say which tile it is, as N42E001.hgt does")
    lat = float(found[2]) * (1.0 if found[1].upper() == "N" else -1.0)
    lon = float(found[4]) * (1.0 if found[3].upper() == "E" else -1.0)
    if not (-90.0 <= lat < 90.0 and -180.0 <= lon < 180.0):
        raise _bad(f"its name says {found[0]}, which is no tile of the Earth")
    return lat, lon


def _side(size_bytes: int) -> int:
    """The side of a tile of so many bytes.

    It is 0 where a tile of 1, 2 or 3 seconds has another size.
    """
    return next((side for side in SIDES if 2 * side * side == size_bytes), 0)


_HINT = "give a .hgt tile (N42E001.hgt, perhaps in a zip) or a GeoTIFF of heights in metres"


def _bad(why: str) -> InputError:
    return InputError(f"no elevation tile: {why}", code="bad-elevation", hint=_HINT)
