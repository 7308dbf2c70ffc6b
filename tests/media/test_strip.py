"""A copy without metadata shows the same picture, coded in the same bytes, and carries nothing else."""

import io
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from noonmark import bench
from noonmark.errors import InputError
from noonmark.media import sandbox
from noonmark.media.workers import stills
from noonmark.media.workers.reader import Notebook, of_bytes
from noonmark.media.workers.strip_gif import gif
from noonmark.media.workers.strip_heif import heif
from noonmark.media.workers.strip_tiff import tiff
from tests.media import made
from tests.media.mutated import mutations, owe_json

SHARED = Path(__file__).parents[3] / "shared" / "data" / "media"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")
_WORDS = (b"SecretCam", b"Jane Roe", b"SERIAL-77123", b"2020:01:02", b"secretxmp", b"hidden words")
_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">secretxmp</x:xmpmeta>'


def _tags() -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F], tags[0x013B] = "SecretCam 3000", "Jane Roe, Aleppo"
    tags.get_ifd(0x8769).update({0x9003: "2020:01:02 03:04:05", 0xA431: "SERIAL-77123"})
    tags.get_ifd(0x8825).update({1: "N", 2: (36.0, 12.0, 7.0), 3: "E", 4: (37.0, 9.0, 36.0)})
    return tags


def _picture(mode: str) -> Image.Image:
    rgb = Image.fromarray(made.scene(3, 101, 77))
    if mode == "RGBA":
        rgb.putalpha(Image.fromarray(made.scene(4, 101, 77)).convert("L"))
        return rgb
    if mode == "I;16":
        return Image.fromarray((np.arange(101 * 77) % 65_521).astype(np.uint16).reshape(101, 77))
    return rgb.convert(mode)


def _strip(path: Path, out: Path) -> dict:
    """Strip, and hold what every stripped picture owes."""
    done = bench.strip(path, out)
    data = out.read_bytes()
    assert not [word for word in _WORDS if word in data]
    assert done["pictures_compared"] >= 1 and done["removed"]
    return done


def _save(path: Path, mode: str, form: str, **options: object) -> Path:
    if form == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    if form == "AVIF":
        from PIL import features

        if not features.check("avif"):
            pytest.skip("this Pillow writes no AVIF")
    _picture(mode).save(path, form, exif=_tags(), **options)
    assert any(word in path.read_bytes() for word in _WORDS)
    return path


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
def test_a_still_of_items_keeps_its_picture_and_its_transparency_alone(tmp_path, form, mode):
    path = _save(tmp_path / "a.bin", mode, form, xmp=_XMP)
    done = _strip(path, tmp_path / "o.bin")
    assert {"Exif", "mime"} <= set(done["removed"]) and done["container"] in ("AVIF", "HEIC", "HEIF")
    with Image.open(path) as old, Image.open(tmp_path / "o.bin") as new:
        assert new.mode == old.mode and np.array_equal(np.asarray(old), np.asarray(new))
        assert not new.getexif() and "icc_profile" not in new.info


def test_further_pictures_and_thumbnails_of_a_heic_stay_behind(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    both = pillow_heif.HeifFile()
    for seed in (1, 2):
        scene = made.scene(seed, 256, 320)
        both.add_frombytes("RGB", (320, 256), scene.tobytes())
    both.save(tmp_path / "a.heic", quality=60, exif=_tags().tobytes(), thumbnails=[128])
    done = _strip(tmp_path / "a.heic", tmp_path / "o.heic")
    assert done["removed"]["picture beside the main one"] > 1000
    assert (tmp_path / "o.heic").stat().st_size < 0.7 * (tmp_path / "a.heic").stat().st_size
    assert len(pillow_heif.open_heif(tmp_path / "o.heic")) == 1


@pytest.mark.parametrize(
    ("mode", "compression"),
    [(m, c) for m in ("RGB", "L") for c in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")]
    + [("1", "group4"), ("CMYK", "raw"), ("I;16", "raw"), ("I;16", "tiff_lzw"), ("P", "raw"), ("RGBA", "raw")],
)
def test_a_tiff_of_any_usual_coding_keeps_its_picture_alone(tmp_path, mode, compression):
    path = _save(tmp_path / "a.tif", mode, "TIFF", compression=compression, description="hidden words")
    _strip(path, tmp_path / "o.tif")
    with Image.open(path) as old, Image.open(tmp_path / "o.tif") as new:
        assert new.mode == old.mode and np.array_equal(np.asarray(old), np.asarray(new))


@pytest.mark.parametrize("order", "<>")
def test_a_tiff_in_tiles_and_of_either_byte_order_reads_the_same(tmp_path, order):
    scene = (made.scene(2, 130, 140).astype(np.uint16) << 5) + 3
    options = {"tile": (64, 64), "compression": "zlib", "predictor": True}
    tifffile.imwrite(tmp_path / "a.tif", scene, byteorder=order, description="hidden words", **options)
    assert bench.strip(tmp_path / "a.tif", tmp_path / "o.tif")["removed"]
    assert b"hidden" not in (tmp_path / "o.tif").read_bytes()
    assert np.array_equal(tifffile.imread(tmp_path / "o.tif"), scene)


def test_the_thumbnail_page_of_a_tiff_stays_behind_and_full_pages_stay(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for seed, kind in ((1, 0), (2, 1), (3, 0)):
            writer.write(made.scene(seed), subfiletype=kind, photometric="rgb", contiguous=False)
    done = _strip(tmp_path / "a.tif", tmp_path / "o.tif")
    assert done["pictures_compared"] == 2 and done["removed"]["page of reduced size"] == 1
    with tifffile.TiffFile(tmp_path / "o.tif") as new:
        assert [page.asarray()[0, 0].tolist() for page in new.pages] == [made.scene(s)[0, 0].tolist() for s in (1, 3)]


@pytest.mark.parametrize("why", ["raw photo", "bytes behind"])
def test_a_tiff_that_needs_its_tags_is_refused_and_leaves_nothing(tmp_path, why):
    extra = [(50706, "B", 4, bytes([1, 4, 0, 0]), False)] if why == "raw photo" else None
    tifffile.imwrite(tmp_path / "a.tif", made.scene(1), extratags=extra, photometric="rgb")
    if why == "bytes behind":
        (tmp_path / "a.tif").write_bytes((tmp_path / "a.tif").read_bytes()[:-5000])
    with pytest.raises(InputError) as caught:
        bench.strip(tmp_path / "a.tif", tmp_path / "o.tif")
    assert caught.value.code == ("strip-unsupported" if why == "raw photo" else "not-decodable")
    assert not (tmp_path / "o.tif").exists()


@pytest.mark.parametrize("order", "<>")
def test_a_bigtiff_stays_one_and_keeps_its_pages_alone(tmp_path, order):
    pages = np.stack([made.scene(i, 64, 80) for i in range(3)])
    options = {"photometric": "rgb", "compression": "zlib", "tile": (32, 32)}
    tifffile.imwrite(tmp_path / "a.tif", pages, bigtiff=True, byteorder=order, description="hidden words", **options)
    probed = bench.probe(tmp_path / "a.tif")
    assert (probed["container"], probed["facts"]["width_px"]) == ("TIFF", 80)
    assert bench.strip(tmp_path / "a.tif", tmp_path / "o.tif")["removed"]
    assert b"hidden" not in (tmp_path / "o.tif").read_bytes()
    with tifffile.TiffFile(tmp_path / "o.tif") as new:
        assert new.is_bigtiff and np.array_equal(new.asarray(), pages)


def _film(**options: object) -> bytes:
    """A GIF of five frames with palettes of their own, uneven times, a clear colour, three loops and a comment."""
    out, pictures = io.BytesIO(), [Image.fromarray(made.scene(i, 48, 64)).quantize(32) for i in range(5)]
    said = {"duration": [40, 100, 70, 500, 20], "loop": 3, "comment": b"hidden words", "transparency": 5, "disposal": 2}
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], **(said | options))
    return out.getvalue()


def _block(kind: int, *pieces: bytes) -> bytes:
    return bytes([0x21, kind]) + b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


_MAGIC = b"\1" + bytes(range(255, -1, -1)) + b"\0"
_HIDING = {
    "comment": _block(0xFE, b"hidden words", b"SERIAL-77123"),
    "plain text": _block(0x01, bytes(12), b"hidden words"),
    "block of XMP DataXMP": b"\x21\xff\x0bXMP DataXMP" + _XMP + b" SecretCam" * 40 + _MAGIC,
    "block of ICCRGBG1012": _block(0xFF, b"ICCRGBG1012", b"SecretCam"),
    "block 0xce": _block(0xCE, b"Jane Roe"),
    "behind the loop count": _block(0xFF, b"NETSCAPE2.0", b"\1\3\0", b"hidden words"),
}


def _frames_of(path: Path) -> list[tuple[object, ...]]:
    with Image.open(path) as image:
        shown = []
        for number in range(image.n_frames):
            image.seek(number)
            shown.append((image.convert("RGBA").tobytes(), image.info.get("duration"), image.disposal_method))
        return [*shown, image.info.get("loop"), image.info.get("background")]


@pytest.mark.parametrize("name", _HIDING)
def test_a_gif_keeps_its_frames_their_times_and_its_loops_alone(tmp_path, name):
    data = _film(comment=b"").replace(_LOOP if name == "behind the loop count" else b"none", b"")
    at = 13 + 3 * 2 ** (1 + (data[10] & 7))
    data = data[:at] + _HIDING[name] + data[at:-1] + _HIDING["comment"] + b";PK hidden words"
    (tmp_path / "a.gif").write_bytes(data)
    done = _strip(tmp_path / "a.gif", tmp_path / "o.gif")
    assert name in done["removed"] and done["removed"]["behind the end"] == 15 and done["pictures_compared"] == 5
    assert _frames_of(tmp_path / "o.gif") == _frames_of(tmp_path / "a.gif")
    assert _frames_of(tmp_path / "o.gif")[-2] == 3
    assert bench.probe(tmp_path / "a.gif")["unread"] and not bench.probe(tmp_path / "o.gif")["unread"]


_LOOP = _block(0xFF, b"NETSCAPE2.0", b"\1\3\0")


@pytest.mark.parametrize("why", ["cut in a frame", "no frame", "a byte that begins no block"])
def test_a_gif_that_is_no_whole_one_is_refused_and_leaves_nothing(tmp_path, why):
    data = {
        "cut in a frame": _film()[:-900],
        "no frame": b"GIF89a" + bytes(7) + b";",
        "a byte that begins no block": _film()[:-1] + b"?;",
    }[why]
    (tmp_path / "a.gif").write_bytes(data)
    with pytest.raises(InputError) as caught:
        bench.strip(tmp_path / "a.gif", tmp_path / "o.gif")
    assert caught.value.code == "not-decodable" and not (tmp_path / "o.gif").exists()


def test_what_a_gif_says_of_itself_is_read(tmp_path):
    packet = b'<x:xmpmeta><rdf:Description xmp:CreateDate="2020-01-02T03:04:05" xmp:CreatorTool="' + b"e" * 300 + b'"/>'
    data = _film()[:-1] + b"\x21\xff\x0bXMP DataXMP" + packet + _MAGIC + b";"
    (tmp_path / "a.gif").write_bytes(data)
    found = bench.probe(tmp_path / "a.gif")
    assert (found["facts"]["frames"], found["facts"]["duration_s"]) == (5, 0.73)
    assert "XMP xmp:CreateDate" in [clock["source"] for clock in found["clocks"]]
    assert any("e" * 300 in trace for trace in found["traces"])


def _small(form: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(made.scene(1, 16, 16)).save(out, form, **({"quality": 30} if form == "AVIF" else {}))
    return out.getvalue()


def _big(form: str) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, made.scene(1, 16, 16), bigtiff=True, byteorder=form, photometric="rgb", description="hidden")
    return out.getvalue()


@pytest.mark.parametrize("form", ["<", ">"])
def test_a_big_tiff_keeps_none_of_its_words(form):
    assert b"hidden" in _big(form) and b"hidden" not in tiff(_big(form), {})


@mutations([_small("TIFF"), _big("<"), _big(">")], 900, examples=150)
def test_changed_or_cut_tiffs_end_in_one_sentence_or_in_a_tiff(data):
    with suppress(InputError, MemoryError):
        assert tiff(data, {})[:4] == data[:4]  # a changed offset may call any bytes of the file its pixels


@mutations([_small("GIF"), _film()], 900, examples=200)
def test_changed_or_cut_gifs_end_in_one_sentence_or_in_a_gif(data):
    with suppress(InputError):
        clean = gif(data, {})
        assert clean[:10] == data[:10] and clean.endswith(b";")
        book = Notebook()
        stills.gif(of_bytes(clean), book)
        assert not book.fields and not book.problems and book.facts["frames"]
    owe_json(data)


def _still() -> bytes:
    """A still of one item, without a picture in it: enough for the table."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(body), kind) + body

    infe = box(b"infe", struct.pack(">IHH4sB", 2 << 24, 1, 0, b"av01", 0))
    exif = box(b"infe", struct.pack(">IHH4sB", 2 << 24, 2, 0, b"Exif", 0))
    ipco = box(b"ipco", box(b"ispe", struct.pack(">III", 0, 16, 16)) + box(b"av1C", bytes([0x81, 0, 12, 0])))
    ipma = box(b"ipma", struct.pack(">IIHBBB", 0, 1, 1, 2, 1, 0x82))
    iloc = box(b"iloc", struct.pack(">IHH HHHII HHHII", 0, 0x4400, 2, 1, 0, 1, 400, 6, 2, 0, 1, 410, 8))
    parts = (
        box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        box(b"pitm", struct.pack(">IH", 0, 1)),
        box(b"iinf", struct.pack(">IH", 0, 2) + infe + exif),
        box(b"iprp", ipco + ipma),
        iloc,
    )
    head = box(b"ftyp", b"avif" + bytes(4) + b"avifmif1") + box(b"meta", bytes(4) + b"".join(parts))
    return head + box(b"mdat", bytes(392 - len(head)) + bytes([0x32, 4, 1, 2, 3, 4]) + bytes(4) + b"position")


_STILL = _still()


@mutations([_STILL], 400, examples=100)
def test_changed_or_cut_stills_end_in_one_sentence_or_in_a_still(data):
    with suppress(InputError):
        assert heif(data, {})[4:8] == b"ftyp"


def test_the_table_of_a_still_is_written_anew_with_the_coded_bytes_as_they_were():
    gone: dict[str, int] = {}
    new = heif(_STILL, gone)
    assert new.endswith(bytes([0x32, 4, 1, 2, 3, 4])) and b"position" not in new and gone == {"Exif": 8}


@shared
@pytest.mark.shared
def test_real_heic_files_are_stripped_to_the_same_pixels(tmp_path):
    pytest.importorskip("pillow_heif")
    for path in sorted((SHARED / "heic").iterdir()):
        done = bench.strip(path, tmp_path / path.name)
        assert {"Exif", "mime"} <= set(done["removed"]) and done["pictures_compared"] == 1
        fields = sandbox.run("probe", payload={}, files=[tmp_path / path.name]).value["fields"]
        assert [field["name"] for field in fields] == ["brand"]
