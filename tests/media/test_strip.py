"""A copy without metadata shows the same picture, coded in the same bytes, and carries nothing
else.
"""

import io
import json
import struct
import zlib
from contextlib import nullcontext, suppress
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from noonmark import actions
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.media import exiftool, leak_check, strip
from noonmark.sandbox import process
from noonmark.sandbox.parsers import gif as gif_parser
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.parsers.output import ParserOutput
from noonmark.sandbox.strippers import structure
from noonmark.sandbox.strippers.gif import gif
from noonmark.sandbox.strippers.heif import heif
from noonmark.sandbox.strippers.tiff import tiff
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
    done = actions.strip(path, out)
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
    assert {"Exif", "mime"} <= set(done["removed"]) and done["container"] in (
        "AVIF",
        "HEIC",
        "HEIF",
    )
    with Image.open(path) as old, Image.open(tmp_path / "o.bin") as new:
        assert new.mode == old.mode and np.array_equal(np.asarray(old), np.asarray(new))
        assert not new.getexif() and "icc_profile" not in new.info


@pytest.mark.slow
def test_further_pictures_and_thumbnails_of_a_heic_stay_behind(real_sandbox, tmp_path):
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
    [
        (m, c)
        for m in ("RGB", "L")
        for c in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    ]
    + [
        ("1", "group4"),
        ("CMYK", "raw"),
        ("I;16", "raw"),
        ("I;16", "tiff_lzw"),
        ("P", "raw"),
        ("RGBA", "raw"),
    ],
)
def test_a_tiff_of_any_usual_coding_keeps_its_picture_alone(tmp_path, mode, compression):
    path = _save(
        tmp_path / "a.tif", mode, "TIFF", compression=compression, description="hidden words"
    )
    _strip(path, tmp_path / "o.tif")
    with Image.open(path) as old, Image.open(tmp_path / "o.tif") as new:
        assert new.mode == old.mode and np.array_equal(np.asarray(old), np.asarray(new))


@pytest.mark.parametrize("order", "<>")
def test_a_tiff_in_tiles_and_of_either_byte_order_reads_the_same(tmp_path, order):
    scene = (made.scene(2, 130, 140).astype(np.uint16) << 5) + 3
    options = {"tile": (64, 64), "compression": "zlib", "predictor": True}
    tifffile.imwrite(
        tmp_path / "a.tif", scene, byteorder=order, description="hidden words", **options
    )
    assert actions.strip(tmp_path / "a.tif", tmp_path / "o.tif")["removed"]
    assert b"hidden" not in (tmp_path / "o.tif").read_bytes()
    assert np.array_equal(tifffile.imread(tmp_path / "o.tif"), scene)


def test_the_thumbnail_page_of_a_tiff_stays_behind_and_full_pages_stay(real_sandbox, tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for seed, kind in ((1, 0), (2, 1), (3, 0)):
            writer.write(made.scene(seed), subfiletype=kind, photometric="rgb", contiguous=False)
    done = _strip(tmp_path / "a.tif", tmp_path / "o.tif")
    assert done["pictures_compared"] == 2 and done["removed"]["page of reduced size"] == 1
    with tifffile.TiffFile(tmp_path / "o.tif") as new:
        assert [page.asarray()[0, 0].tolist() for page in new.pages] == [
            made.scene(s)[0, 0].tolist() for s in (1, 3)
        ]


@pytest.mark.parametrize("why", ["raw photo", "bytes behind"])
def test_a_tiff_that_needs_its_tags_is_refused_and_leaves_nothing(tmp_path, why):
    extra = [(50706, "B", 4, bytes([1, 4, 0, 0]), False)] if why == "raw photo" else None
    tifffile.imwrite(tmp_path / "a.tif", made.scene(1), extratags=extra, photometric="rgb")
    if why == "bytes behind":
        (tmp_path / "a.tif").write_bytes((tmp_path / "a.tif").read_bytes()[:-5000])
    with pytest.raises(InputError) as caught:
        actions.strip(tmp_path / "a.tif", tmp_path / "o.tif")
    assert caught.value.code == ("strip-unsupported" if why == "raw photo" else "not-decodable")
    assert not (tmp_path / "o.tif").exists()


@pytest.mark.parametrize("order", "<>")
def test_a_bigtiff_stays_one_and_keeps_its_pages_alone(tmp_path, order):
    pages = np.stack([made.scene(i, 64, 80) for i in range(3)])
    options = {"photometric": "rgb", "compression": "zlib", "tile": (32, 32)}
    tifffile.imwrite(
        tmp_path / "a.tif",
        pages,
        bigtiff=True,
        byteorder=order,
        description="hidden words",
        **options,
    )
    probed = actions.probe(tmp_path / "a.tif")
    assert (probed["container"], probed["facts"]["width_px"]) == ("TIFF", 80)
    assert actions.strip(tmp_path / "a.tif", tmp_path / "o.tif")["removed"]
    assert b"hidden" not in (tmp_path / "o.tif").read_bytes()
    with tifffile.TiffFile(tmp_path / "o.tif") as new:
        assert new.is_bigtiff and np.array_equal(new.asarray(), pages)


def _film(**options: object) -> bytes:
    """A GIF of five frames with palettes of their own, uneven times, a clear colour, three loops
    and a comment.
    """
    out, pictures = (
        io.BytesIO(),
        [Image.fromarray(made.scene(i, 48, 64)).quantize(32) for i in range(5)],
    )
    said = {
        "duration": [40, 100, 70, 500, 20],
        "loop": 3,
        "comment": b"hidden words",
        "transparency": 5,
        "disposal": 2,
    }
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
            shown.append(
                (image.convert("RGBA").tobytes(), image.info.get("duration"), image.disposal_method)
            )
        return [*shown, image.info.get("loop"), image.info.get("background")]


@pytest.mark.slow
@pytest.mark.parametrize("name", _HIDING)
def test_a_gif_keeps_its_frames_their_times_and_its_loops_alone(tmp_path, name):
    data = _film(comment=b"").replace(_LOOP if name == "behind the loop count" else b"none", b"")
    at = 13 + 3 * 2 ** (1 + (data[10] & 7))
    data = data[:at] + _HIDING[name] + data[at:-1] + _HIDING["comment"] + b";PK hidden words"
    (tmp_path / "a.gif").write_bytes(data)
    done = _strip(tmp_path / "a.gif", tmp_path / "o.gif")
    assert (
        name in done["removed"]
        and done["removed"]["behind the end"] == 15
        and done["pictures_compared"] == 5
    )
    assert _frames_of(tmp_path / "o.gif") == _frames_of(tmp_path / "a.gif")
    assert _frames_of(tmp_path / "o.gif")[-2] == 3
    assert (
        actions.probe(tmp_path / "a.gif")["unread"]
        and not actions.probe(tmp_path / "o.gif")["unread"]
    )


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
        actions.strip(tmp_path / "a.gif", tmp_path / "o.gif")
    assert caught.value.code == "not-decodable" and not (tmp_path / "o.gif").exists()


def test_what_a_gif_says_of_itself_is_read(real_sandbox, tmp_path):
    packet = (
        b'<x:xmpmeta><rdf:Description xmp:CreateDate="2020-01-02T03:04:05" xmp:CreatorTool="'
        + b"e" * 300
        + b'"/>'
    )
    data = _film()[:-1] + b"\x21\xff\x0bXMP DataXMP" + packet + _MAGIC + b";"
    (tmp_path / "a.gif").write_bytes(data)
    found = actions.probe(tmp_path / "a.gif")
    assert (found["facts"]["frames"], found["facts"]["duration_s"]) == (5, 0.73)
    assert "XMP xmp:CreateDate" in [clock["source"] for clock in found["clocks"]]
    assert any("e" * 300 in trace for trace in found["traces"])


def _small(form: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(made.scene(1, 16, 16)).save(
        out, form, **({"quality": 30} if form == "AVIF" else {})
    )
    return out.getvalue()


def _big(form: str) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(
        out,
        made.scene(1, 16, 16),
        bigtiff=True,
        byteorder=form,
        photometric="rgb",
        description="hidden",
    )
    return out.getvalue()


@pytest.mark.parametrize("form", ["<", ">"])
def test_a_big_tiff_keeps_none_of_its_words(form):
    assert b"hidden" in _big(form) and b"hidden" not in tiff(_big(form), {})


def test_a_big_tiff_whose_directory_lies_past_any_file_is_refused():
    data = bytearray(_big("<"))
    data[8:16] = b"\xff" * 8
    with pytest.raises(InputError) as caught:
        tiff(bytes(data), {})
    assert caught.value.code == "not-decodable"


@mutations([_small("TIFF"), _big("<"), _big(">")], 900, examples=150)
def test_changed_or_cut_tiffs_end_in_one_sentence_or_in_a_tiff(data):
    with suppress(InputError, MemoryError):
        assert (
            tiff(data, {})[:4] == data[:4]
        )  # a changed offset may call any bytes of the file its pixels


@mutations([_small("GIF"), _film()], 900, examples=200)
def test_changed_or_cut_gifs_end_in_one_sentence_or_in_a_gif(data):
    with suppress(InputError):
        clean = gif(data, {})
        assert clean[:10] == data[:10] and clean.endswith(b";")
        output = ParserOutput()
        gif_parser.read(of_bytes(clean), output)
        assert not output.fields and not output.problems and output.facts["frames"]
    owe_json(data)


def _still() -> bytes:
    """A still of one item, without a picture in it: enough for the table."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(body), kind) + body

    infe = box(b"infe", struct.pack(">IHH4sB", 2 << 24, 1, 0, b"av01", 0))
    exif = box(b"infe", struct.pack(">IHH4sB", 2 << 24, 2, 0, b"Exif", 0))
    ipco = box(
        b"ipco",
        box(b"ispe", struct.pack(">III", 0, 16, 16)) + box(b"av1C", bytes([0x81, 0, 12, 0])),
    )
    ipma = box(b"ipma", struct.pack(">IIHBBB", 0, 1, 1, 2, 1, 0x82))
    iloc = box(
        b"iloc", struct.pack(">IHH HHHII HHHII", 0, 0x4400, 2, 1, 0, 1, 400, 6, 2, 0, 1, 410, 8)
    )
    parts = (
        box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        box(b"pitm", struct.pack(">IH", 0, 1)),
        box(b"iinf", struct.pack(">IH", 0, 2) + infe + exif),
        box(b"iprp", ipco + ipma),
        iloc,
    )
    head = box(b"ftyp", b"avif" + bytes(4) + b"avifmif1") + box(b"meta", bytes(4) + b"".join(parts))
    return head + box(
        b"mdat", bytes(392 - len(head)) + bytes([0x32, 4, 1, 2, 3, 4]) + bytes(4) + b"position"
    )


_STILL = _still()


@mutations([_STILL], 400, examples=100)
def test_changed_or_cut_stills_end_in_one_sentence_or_in_a_still(data):
    with suppress(InputError):
        assert heif(data, {})[4:8] == b"ftyp"


def test_the_table_of_a_still_is_written_anew_with_the_coded_bytes_as_they_were():
    gone: dict[str, int] = {}
    new = heif(_STILL, gone)
    assert (
        new.endswith(bytes([0x32, 4, 1, 2, 3, 4]))
        and b"position" not in new
        and gone == {"Exif": 8}
    )


@pytest.mark.slow
@shared
@pytest.mark.shared
def test_real_heic_files_are_stripped_to_the_same_pixels(real_sandbox, tmp_path):
    pytest.importorskip("pillow_heif")
    for path in sorted((SHARED / "heic").iterdir()):
        done = actions.strip(path, tmp_path / path.name)
        assert {"Exif", "mime"} <= set(done["removed"]) and done["pictures_compared"] == 1
        fields = process.run("probe", payload={}, files=[tmp_path / path.name]).value["fields"]
        assert [field["name"] for field in fields] == ["brand"]


# --- what was not compared ------------------------------------------------------------------------


def _png(width: int, height: int, rows: bytes, *, end: bool = True) -> bytes:
    """A PNG of one bit a pixel; ``rows`` are its filtered rows before they are packed."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"tEXt", b"Author\0Jane Roe"), (b"IDAT", zlib.compress(rows))]
    chunks += [(b"IEND", b"")] if end else []
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    return data


_SIDE = 12_000
_ROWS = bytes((_SIDE // 8 + 1) * _SIDE)


def _large_jpeg(scan_bytes: int) -> bytes:
    """A small JPEG that says that it has 12,000 x 12,000 pixels, with a scan of so many bytes."""
    out = io.BytesIO()
    Image.new("L", (16, 16)).save(out, "JPEG", comment=b"hidden words")
    data = bytearray(out.getvalue())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", _SIDE, _SIDE)
    scan = data.index(b"\xff\xda") + 10
    return bytes(data[:scan]) + b"\x55" * scan_bytes + b"\xff\xd9"


_BROKEN = {
    "rows that end early": _png(_SIDE, _SIDE, _ROWS[:5000]),
    "rows too many": _png(_SIDE, _SIDE, _ROWS + b"\0"),
    "no end": _png(_SIDE, _SIDE, _ROWS, end=False),
    "a checksum that differs": _png(_SIDE, _SIDE, _ROWS).replace(b"Jane", b"Joan"),
    "a scan too short": _large_jpeg(2000),
    "no end marker": _large_jpeg(400_000)[:-2],
}
_TOOLS = ["with exiftool", "without exiftool"]


@pytest.fixture(params=_TOOLS)
def tools(request, monkeypatch):
    """Runs a test with and without exiftool: no verdict may differ."""
    if request.param == "without exiftool":
        monkeypatch.setattr(exiftool, "present", lambda: None)
    elif exiftool.present() is None:
        pytest.skip("exiftool is not installed")


@pytest.mark.parametrize("why", _BROKEN)
def test_a_picture_too_large_to_decode_and_not_whole_is_refused(tmp_path, tools, why):
    (tmp_path / "a").write_bytes(_BROKEN[why])
    with pytest.raises(InputError) as caught:
        actions.strip(tmp_path / "a", tmp_path / "o")
    assert caught.value.code == "not-decodable" and not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    "data", [_png(_SIDE, _SIDE, _ROWS), _large_jpeg(400_000)], ids=["PNG", "JPEG"]
)
def test_a_whole_picture_too_large_to_decode_is_stripped_with_a_warning(
    tmp_path, tools, capsys, data
):
    (tmp_path / "a").write_bytes(data)
    assert main(["strip", str(tmp_path / "a"), "--out", str(tmp_path / "o"), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["pictures_compared"], done["warnings"]) == (0, [strip.PHOTO_NOT_COMPARED])
    assert b"Jane" not in (tmp_path / "o").read_bytes()
    assert main(["strip", str(tmp_path / "a"), "--out", str(tmp_path / "p")]) == 0
    assert f"warning  {strip.PHOTO_NOT_COMPARED}" in capsys.readouterr().out


def test_a_stripped_film_is_compared_packet_by_packet(tmp_path, tools):
    path = made.film(tmp_path / "a.mp4", made.numbered(3), range(0, 120, 40))
    done = actions.strip(path, tmp_path / "o.mp4")
    assert (done["pictures_compared"], done["packets_compared"]) == (0, 3)
    assert "warnings" not in done


def test_a_picture_that_was_compared_has_no_warning(tmp_path, tools):
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    done = actions.strip(tmp_path / "a.png", tmp_path / "o.png")
    assert done["pictures_compared"] == 1 and "warnings" not in done


def test_a_file_of_which_nothing_was_read_back_is_not_clean(tmp_path, tools):
    (tmp_path / "empty").write_bytes(b"")
    assert "no reader here knows" in leak_check.read_back(tmp_path / "empty").leaks[0]
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:-12])
    assert not leak_check.read_back(tmp_path / "a.png").leaks
    assert any("cut off" in leak for leak in leak_check.read_back(tmp_path / "b.png").leaks)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16"])
def test_the_structure_of_a_png_is_as_long_as_its_size_asks(mode, interlaced):
    out = io.BytesIO()
    _picture(mode).save(out, "PNG")
    data = out.getvalue()
    assert structure.is_whole("PNG", data)
    if interlaced:  # the same rows do not fit the seven passes
        header = data[12:28] + b"\1"
        data = data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
        assert not structure.is_whole("PNG", data)


@pytest.mark.parametrize(("missing", "whole"), [(0, True), (1, False)])
def test_the_structure_of_an_interlaced_png_is_that_of_its_seven_passes(missing, whole):
    rows = bytes(79 - missing)  # 8 x 8 grey pixels: 2 + 2 + 3 + 6 + 10 + 20 + 36
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    assert structure.is_whole("PNG", data) == whole
    with Image.open(io.BytesIO(data)) as image, nullcontext() if whole else pytest.raises(OSError):
        image.load()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_a_jpeg_of_any_usual_coding_is_whole_until_its_end_is_cut_off(options):
    out = io.BytesIO()
    _picture("RGB").save(out, "JPEG", **options)
    assert structure.is_whole("JPEG", out.getvalue())
    assert not structure.is_whole("JPEG", out.getvalue()[:-2])


def test_a_film_cut_off_before_its_first_frame_is_refused_and_no_empty_copy_is_left(
    tmp_path, tools
):
    av = pytest.importorskip("av")
    whole = tmp_path / "whole.m4a"
    with av.open(str(whole), "w", format="mp4", options={"movflags": "faststart"}) as film:
        stream = film.add_stream("aac", rate=48_000)
        for _ in range(20):
            silence = np.zeros((2, 1024), dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="stereo")
            frame.sample_rate = 48_000
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    data = whole.read_bytes()
    (tmp_path / "head.m4a").write_bytes(data[: data.index(b"mdat") + 4])
    with pytest.raises(InputError) as caught:
        actions.strip(tmp_path / "head.m4a", tmp_path / "o.m4a")
    assert caught.value.code == "not-decodable" and not (tmp_path / "o.m4a").exists()
