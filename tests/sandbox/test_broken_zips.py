"""A zip with a broken member is an error of the input in every reader of zips, no fault of ours."""

from __future__ import annotations

import io
import zipfile

import pytest

from noonmark.errors import InputError
from noonmark.sandbox.decoders import raster_safe
from noonmark.sandbox.parsers import hgt, zip_members
from noonmark.world import features


def broken(tmp_path, name: str, size: int):
    """A zip whose one member begins with a kind of block that deflate does not know."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(size))
    data = bytearray(packed.getvalue())
    data[30 + len(name)] = 0xFF
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    return path


def _member(path):
    with path.open("rb") as file:
        return zip_members.opened(file.fileno()).read("a.xml")


def _raster(path):
    with path.open("rb") as file:
        return raster_safe.member(raster_safe.archive(file.fileno()), "a.jp2")


READERS = {
    "tile": ("N41E086.hgt", 2 * 1201 * 1201, lambda path: hgt.member(path.read_bytes())),
    "document": ("a.xml", 5000, _member),
    "satellite image": ("a.jp2", 5000, _raster),
    "map": ("doc.kml", 5000, lambda path: features._unzipped(path.read_bytes(), "a.kmz")),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_broken_member_is_an_error_of_the_input(reader, tmp_path):
    name, size, read = READERS[reader]
    with pytest.raises(InputError):
        read(broken(tmp_path, name, size))


@pytest.mark.parametrize("reader", READERS)
def test_the_same_member_unbroken_is_read(reader, tmp_path):
    name, size, read = READERS[reader]
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(size))
    found = read(tmp_path / "b.zip")
    assert bytes(size) in (found, found[1])
