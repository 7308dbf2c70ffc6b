"""The search misses nothing within its radius; geometry has the last word; a kill loses one film at
most.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from noonmark import actions
from noonmark.cli.main import main
from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.media import hash_index as module
from noonmark.media.hash_index import HashIndex
from noonmark.media.seen import Fingerprint, fingerprint, runs

pytest.importorskip("av")
pytest.importorskip("cv2")
from tests.media import made
from tests.sandbox.inprocess import without_workers

SHARED = Path(__file__).parents[3] / "shared" / "data" / "media"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")


def _filled(folder, hashes, *, sealed):
    archive = HashIndex.create(folder)
    zeros = np.zeros(len(hashes), np.uint8)
    archive.add({"path": "x", "sha256": "x", "frames": len(hashes)}, hashes, zeros, zeros, zeros)
    archive.seal(least_rows=1 if sealed else 1 << 30)
    return HashIndex(folder)


def _flat(archive, query):
    bits = np.bitwise_count(archive.hashes ^ np.frombuffer(query.tobytes(), "<u8")).sum(
        axis=1, dtype=np.int64
    )
    return np.nonzero(bits <= 31)[0].tolist()


@pytest.mark.parametrize("sealed", [True, False])
def test_every_answer_equals_a_flat_scan(tmp_path, sealed):
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 256, (5000, 32), np.uint8)
    hashes[:40], hashes[40:80] = (
        0,
        255,
    )  # words 0 and 65535: heavy buckets at both ends of the table
    for i in range(80, 200):
        bits = np.unpackbits(hashes[i % 80 if i < 140 else i + 1000])
        bits[rng.choice(256, i % 45, replace=False)] ^= 1
        hashes[i] = np.packbits(bits)
    archive = _filled(tmp_path / "index", hashes, sealed=sealed)
    assert (archive.sealed == 5000) == sealed
    hits = 0
    for i in range(400):
        found = archive.search(hashes[i]).rows.tolist()
        assert found == _flat(archive, hashes[i])
        hits += len(found)
    assert hits > 4000


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 255), max_size=31), st.sampled_from([0, 255, 0x5A]))
def test_no_pattern_of_31_flipped_bits_escapes(tmp_path_factory, flipped, byte):
    folder = tmp_path_factory.mktemp("index") / "i"
    bits = np.unpackbits(np.full(32, byte, np.uint8))
    archive = _filled(folder, np.packbits(bits)[None], sealed=True)
    bits[list(flipped)] ^= 1
    match = archive.search(np.packbits(bits))
    assert match.rows.tolist() == [0] and match.bits.tolist() == [len(flipped)]


def test_many_films_and_segments_are_searched_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SEGMENT_ROWS", 700)
    rng = np.random.default_rng(2)
    archive = HashIndex.create(tmp_path / "index")
    for film in range(6):
        hashes = rng.integers(0, 256, (300, 32), np.uint8)
        zeros = np.zeros(300, np.uint8)
        archive.add(
            {"path": str(film), "sha256": str(film), "frames": 300}, hashes, zeros, zeros, zeros
        )
        if film % 2:
            archive.seal(least_rows=1)
    opened = HashIndex(tmp_path / "index")
    assert len(opened.segments) == 3 and opened.count == 1800
    for row in range(0, 1800, 37):
        match = opened.search(opened.hashes[row].view(np.uint8))
        assert match.rows.tolist() == [row] and opened.rows[row]["film"] == row // 300


def test_an_index_that_grows_film_by_film_ends_in_few_tables(tmp_path):
    rng = np.random.default_rng(6)
    archive = HashIndex.create(tmp_path / "index")
    hashes = rng.integers(0, 256, (64 * 50, 32), np.uint8)
    zeros = np.zeros(50, np.uint8)
    for film in range(64):
        archive.add(
            {"path": str(film), "sha256": str(film)}, hashes[50 * film :][:50], zeros, zeros, zeros
        )
        reader = HashIndex(tmp_path / "index")
        archive.seal(least_rows=1)
        assert reader.search(hashes[50 * film]).rows.tolist() == [
            50 * film
        ]  # opened before, asked after
    assert len(archive.segments) <= 6 and archive.sealed == archive.count == 3200
    assert len(list((tmp_path / "index").glob("segment-*"))) == len(archive.segments)
    assert all(archive.search(hashes[row]).rows.tolist() == [row] for row in range(0, 3200, 41))


def test_tables_that_are_gone_or_half_replaced_cost_speed_and_no_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SEGMENT_ROWS", 400)
    folder = tmp_path / "index"
    hashes = np.random.default_rng(8).integers(0, 256, (1000, 32), np.uint8)
    assert len(_filled(folder, hashes, sealed=True).segments) == 3
    middle = folder / "segment-000000000400-000000000800.ids"
    module._write_segment(
        folder, HashIndex(folder).hashes[400:700], 400, 700
    )  # what a kill leaves: one inside another
    assert [(each.first, each.end) for each in HashIndex(folder).segments] == [
        (0, 400),
        (400, 800),
        (800, 1000),
    ]
    middle.unlink()
    (folder / "segment-000000000400-000000000700.ids").unlink()
    archive = HashIndex(folder)
    assert archive.sealed == 400
    assert all(archive.search(hashes[row]).rows.tolist() == [row] for row in range(0, 1000, 37))
    archive.seal(least_rows=1)
    assert archive.sealed == 1000


@pytest.mark.parametrize("cut", ["rows", "line", "part"])
def test_a_kill_loses_only_the_film_it_hit(tmp_path, cut):
    folder = tmp_path / "index"
    hashes = np.random.default_rng(3).integers(0, 256, (50, 32), np.uint8)
    archive = _filled(folder, hashes, sealed=False)
    if cut == "rows":  # killed between the rows and their line
        for name, extra in (("hashes.bin", b"x" * 77), ("rows.bin", b"x" * 13)):
            with (folder / name).open("ab") as stream:
                stream.write(extra)
    elif cut == "line":
        with (folder / "films.jsonl").open("ab") as stream:
            stream.write(b'{"path": "y", "sha')
    else:
        (folder / "segment-000000000000-000000000050.part").write_bytes(b"half")
    again = HashIndex(folder)
    assert again.count == 50
    zeros = np.zeros(10, np.uint8)
    again.add({"path": "z", "sha256": "z", "frames": 10}, hashes[:10] ^ 255, zeros, zeros, zeros)
    last = HashIndex(folder)
    assert [film["path"] for film in last.films] == ["x", "z"] and last.count == 60
    assert last.search(hashes[3] ^ 255).rows.tolist() == [53]
    assert archive.search(hashes[3]).rows.tolist() == [3]


def test_reading_writes_nothing_even_where_a_kill_left_half_a_line(tmp_path):
    folder = tmp_path / "index"
    _filled(folder, np.zeros((5, 32), np.uint8), sealed=False)
    with (folder / "films.jsonl").open("ab") as stream:
        stream.write(b'{"path": "half')
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in [*folder.iterdir(), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert HashIndex(folder).count == 5
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    folder.chmod(0o755)


def test_two_cannot_add_at_once_and_a_reader_is_not_kept_out(tmp_path):
    first = HashIndex.create(tmp_path / "index")
    with pytest.raises(OutsideError) as caught:
        HashIndex.create(tmp_path / "index")
    assert caught.value.code == "index-busy" and HashIndex(tmp_path / "index").count == 0
    del first
    assert HashIndex.create(tmp_path / "index").count == 0


@pytest.mark.parametrize("left", [[], ["films.jsonl"], ["films.jsonl", "hashes.bin"]])
def test_an_index_killed_while_it_was_made_is_made_again(tmp_path, left):
    folder = tmp_path / "index"
    folder.mkdir()
    for name in left:
        (folder / name).touch()
    HashIndex.create(folder)
    archive = _filled(folder, np.full((5, 32), 9, np.uint8), sealed=False)
    assert archive.search(np.full(32, 9, np.uint8)).rows.tolist() == [0, 1, 2, 3, 4]


def test_an_index_of_another_form_is_told_from_a_broken_one(tmp_path):
    archive = _filled(tmp_path / "index", np.zeros((5, 32), np.uint8), sealed=False)
    listing = archive.folder / "films.jsonl"
    text = listing.read_text()
    for form, code in (
        ("noonmark-frames 0", "index-version"),
        ("noonmark-letters 1", "index-damaged"),
    ):
        listing.write_text(text.replace("noonmark-frames 1", form))
        with pytest.raises(NoonmarkError) as caught:
            HashIndex(archive.folder)
        assert caught.value.code == code


def test_what_is_no_index_is_refused(tmp_path):
    (tmp_path / "letter").write_text("x")
    for act in (lambda: HashIndex(tmp_path), lambda: HashIndex.create(tmp_path)):
        with pytest.raises(InputError) as caught:
            act()
        assert caught.value.code == "not-an-index"
    archive = _filled(tmp_path / "index", np.zeros((5, 32), np.uint8), sealed=False)
    for name in ("rows.bin", "hashes.bin"):
        (archive.folder / name).write_bytes(b"")
        with pytest.raises(NoonmarkError) as broken:
            HashIndex(archive.folder)
        assert broken.value.code == "index-damaged" and name in broken.value.message


def _print(hashes, times):
    count = len(hashes)
    return Fingerprint(
        hashes, np.array(times), np.zeros(count, np.uint8), np.full(count, 90), count, 0
    )


@pytest.mark.parametrize(
    ("speed", "found"), [(1.0, True), (1.25, True), (0.8, True), (4.0, False), (-1.0, False)]
)
def test_matches_count_only_in_step(tmp_path, speed, found):
    hashes = np.random.default_rng(4).integers(0, 256, (60, 32), np.uint8)
    archive = HashIndex.create(tmp_path / "index")
    zeros = np.zeros(60, np.uint8)
    archive.add({"path": "x", "sha256": "x", "frames": 60}, hashes, np.arange(60), zeros, zeros)
    archive = HashIndex(tmp_path / "index")
    at = (20 + speed * np.arange(5)).astype(int)
    run = runs(_print(hashes[at], np.arange(5)), archive)
    assert bool(run) == found
    if found:
        assert abs(run[0].speed - speed) < 0.35 and len(run[0].pairs) >= 3


@pytest.mark.slow
def test_a_copy_is_found_with_proof_and_an_unrelated_film_is_not(real_sandbox, tmp_path):
    def shot(seed):
        wide = Image.fromarray(made.scene(seed, 288, 700))
        return [np.asarray(wide.crop((4 * i, 0, 384 + 4 * i, 288))) for i in range(24)]

    times = range(0, 24 * 250, 250)
    for name, seed in (("old", 11), ("other", 12)):
        (tmp_path / name).mkdir()
        made.film(tmp_path / name / f"{name}.mp4", shot(seed), times)
    copy = [np.asarray(Image.fromarray(f[:, ::-1]).resize((256, 192))) for f in shot(11)]
    made.film(tmp_path / "copy.mp4", copy, times)
    made.film(tmp_path / "new.mp4", shot(13), times)
    when = datetime(2015, 3, 1, tzinfo=UTC)
    done = actions.index_add(
        tmp_path / "index",
        [tmp_path / "old", tmp_path / "other"],
        first_seen=when,
        first_seen_by="an archive",
    )
    assert (done["added"], done["failed"]) == (2, [])
    found = actions.seen(tmp_path / "copy.mp4", tmp_path / "index", out=tmp_path / "out")
    (match,) = found["found"]
    assert match["file"].endswith("old.mp4") and match["mirrored"] and match["inliers"] >= 25
    assert (match["first_seen_utc"], match["first_seen_by"]) == (
        "2015-03-01T00:00:00Z",
        "an archive",
    )
    with Image.open(tmp_path / "out/match-01.png") as picture:
        assert (
            picture.text["Reference-SHA256"] == match["sha256"] and picture.width > picture.height
        )
    nothing = actions.seen(tmp_path / "new.mp4", tmp_path / "index")
    assert nothing["verdict"] == "not found under these conditions" and nothing["found"] == []
    again = actions.index_add(
        tmp_path / "index", [tmp_path / "old", tmp_path / "other", tmp_path / "new.mp4"]
    )
    assert (again["added"], again["known_before"], again["films"]) == (1, 2, 3)
    (tmp_path / "old/old.mp4").write_bytes(b"gone")
    after = actions.seen(tmp_path / "copy.mp4", tmp_path / "index")
    assert after["found"] == [] and "changed since it was indexed" in after["unproved"][0]["why"]


@pytest.mark.slow
@pytest.mark.parametrize("key_frame_every", [12, 250])
def test_a_frame_is_hashed_for_every_second_whatever_is_left_undecoded(tmp_path, key_frame_every):
    frames = [made.scene(i // 6, 144, 192) for i in range(125)]
    path = made.film(
        tmp_path / "a.mp4", frames, range(0, 5000, 40), key_frame_every=key_frame_every
    )
    times_s = np.unique(fingerprint(path, side="reference", every_s=1.0).times_s)
    assert times_s[0] == 0 and 5 <= len(times_s) <= 8 and 4.96 - times_s[-1] <= 1.1
    assert (
        np.diff(times_s).max() < 1.1 + 0.2
    )  # what follows a time wanted may be a B-frame or two off
    dense = np.unique(fingerprint(path, side="query", every_s=0.2).times_s)
    # asked often, every frame is decoded; where the picture moves, more of them are hashed
    assert np.abs(dense[:, None] - np.arange(25) * 0.2).min(axis=0).max() < 1e-3
    keys = np.unique(fingerprint(path, side="reference", every_s=0.01, key_frames=True).times_s)
    assert 1 <= len(keys) < 30


def test_a_clip_shorter_than_two_seconds_and_a_still_are_found_too(tmp_path):
    wide = Image.fromarray(made.scene(11, 288, 700))
    shot = [np.asarray(wide.crop((4 * i, 0, 384 + 4 * i, 288))) for i in range(24)]
    made.film(tmp_path / "old.mp4", shot, range(0, 6000, 250))
    made.film(tmp_path / "one.mp4", shot[9:10], [0])
    made.film(tmp_path / "short.mp4", shot[9:15], range(0, 1500, 250))
    Image.fromarray(shot[9]).save(tmp_path / "still.jpg", quality=70)
    actions.index_add(tmp_path / "index", [tmp_path / "old.mp4"])
    for name in ("one.mp4", "short.mp4", "still.jpg"):
        (match,) = actions.seen(tmp_path / name, tmp_path / "index")["found"]
        assert abs(match["reference_s"][0] - 2.25) < 1.3


@pytest.fixture(scope="module")
def panned(tmp_path_factory):
    """A film of a camera that moves by 9 % of the picture a second, and an index of it."""
    folder = tmp_path_factory.mktemp("panned")
    wide = Image.fromarray(made.scene(12, 216, 384 + 35 * 5 + 1))
    shots = [wide.crop((round(3.5 * i), 0, 384 + round(3.5 * i), 216)) for i in range(50)]
    made.film(folder / "pan.mp4", [np.asarray(shot) for shot in shots], range(0, 5000, 100))
    with pytest.MonkeyPatch.context() as patch:
        without_workers(patch)
        actions.index_add(folder / "index", [folder / "pan.mp4"])
    return shots, folder / "index"


@pytest.mark.slow
def test_stills_of_a_moving_camera_are_found_though_no_indexed_frame_is_near(tmp_path, panned):
    shots, index = panned
    for i in (4, 26, 35):
        shots[i].save(tmp_path / f"{i}.png")
        # some frame of the film: three seconds on, three quarters of the picture are the same
        assert len(actions.seen(tmp_path / f"{i}.png", index)["found"]) == 1
    # the negative control: another scene of the same kind
    Image.fromarray(made.scene(13, 216, 384)).save(tmp_path / "other.png")
    assert actions.seen(tmp_path / "other.png", index)["found"] == []


@pytest.mark.slow
def test_a_screenshot_with_a_bar_and_dark_bands_is_found(tmp_path, panned):
    shots, index = panned
    screen = Image.new("RGB", (540, 1000))
    screen.paste((255, 255, 255), (0, 0, 540, 40))
    screen.paste(shots[24].resize((500, 281)), (0, 300))
    screen.save(tmp_path / "screen.png")
    assert len(actions.seen(tmp_path / "screen.png", index)["found"]) == 1


@pytest.mark.slow
def test_an_upright_cut_and_a_cut_under_logo_and_ticker_are_found(tmp_path, panned):
    shots, index = panned
    upright = [np.asarray(shot.crop((131, 0, 253, 216))) for shot in shots[:31]]
    made.film(tmp_path / "upright.mp4", upright, range(0, 3100, 100))
    covered = []
    for shot in shots[:31]:
        frame = np.array(shot)
        frame[:40, :120], frame[175:] = 250, (220, 0, 0)
        covered.append(frame)
    made.film(tmp_path / "covered.mp4", covered, range(0, 3100, 100))
    for name in ("upright.mp4", "covered.mp4"):
        assert len(actions.seen(tmp_path / name, index)["found"]) == 1, name


def test_not_found_for_a_still_says_what_it_means(tmp_path, panned):
    _, index = panned
    Image.fromarray(made.scene(14, 216, 384)).save(tmp_path / "still.png")
    conditions = " ".join(actions.seen(tmp_path / "still.png", index)["conditions"])
    assert "a photo: wherever" in conditions and "half the step" in conditions


def test_a_date_without_its_source_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        actions.index_add(
            tmp_path / "index", [tmp_path], first_seen=datetime(2015, 3, 1, tzinfo=UTC)
        )
    assert caught.value.code == "date-without-source"


def test_a_file_that_cannot_be_read_stops_no_other(real_sandbox, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jpg").write_bytes(b"no picture")
    Image.fromarray(made.scene(20, 288, 384)).save(tmp_path / "in/b.jpg")
    done = actions.index_add(tmp_path / "index", [tmp_path / "in"])
    assert done["added"] == 1 and [Path(row["file"]).name for row in done["failed"]] == ["a.jpg"]
    json.dumps(done)


def test_where_no_file_can_be_read_nothing_is_made_and_that_is_an_error(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for name in ("a.jpg", "b.mp4"):
        (tmp_path / "in" / name).write_bytes(b"no picture")
    assert main(["index", "add", str(tmp_path / "index"), str(tmp_path / "in"), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (
        told["code"] == "nothing-indexed" and "none of 2 files could be indexed" in told["message"]
    )
    assert len(told["details"]["failed"]) == 2 and not (tmp_path / "index").exists()
    Image.fromarray(made.scene(20, 288, 384)).save(tmp_path / "in/c.png")
    assert main(["index", "add", str(tmp_path / "index"), str(tmp_path / "in")]) == 0
    said = capsys.readouterr().out
    assert "1 added, 0 known before, 2 could not be read" in said and "a.jpg: " in said
    assert main(["index", "add", str(tmp_path / "index"), str(tmp_path / "in/a.jpg")]) == 2
    assert HashIndex(tmp_path / "index").count  # what was there stays
    (tmp_path / "empty").mkdir()
    assert main(["index", "add", str(tmp_path / "index"), str(tmp_path / "empty")]) == 2


@pytest.mark.slow
def test_what_is_too_plain_to_be_found_is_said_when_it_is_added_and_when_it_is_asked(
    tmp_path, capsys
):
    Image.new("RGB", (400, 300), (9, 9, 9)).save(tmp_path / "black.png")
    Image.fromarray(made.scene(20, 288, 384)).save(tmp_path / "a.png")
    for name in ("black.png", "a.png"):
        assert main(["index", "add", str(tmp_path / "index"), str(tmp_path / name)]) == 0
        assert ("black.png: added, but too plain" in capsys.readouterr().out) == (
            name == "black.png"
        )
    assert main(["seen", str(tmp_path / "black.png"), "--in", str(tmp_path / "index")]) == 0
    said = capsys.readouterr().out
    assert (
        "not found under these conditions" in said
        and "nothing of this file could be looked for" in said
    )
    assert main(["seen", str(tmp_path / "a.png"), "--in", str(tmp_path / "index")]) == 0
    said = capsys.readouterr().out
    assert "seen before" in said and "the very same file" in said and "original" not in said


def test_an_empty_index_answers_nothing(tmp_path):
    HashIndex.create(tmp_path / "index")
    Image.fromarray(made.scene(20, 288, 384)).save(tmp_path / "a.png")
    with pytest.raises(InputError) as caught:
        actions.seen(tmp_path / "a.png", tmp_path / "index")
    assert caught.value.code == "index-empty"


@shared
@pytest.mark.shared
@pytest.mark.slow
def test_known_transformations_of_one_photo_are_found(real_sandbox, tmp_path):
    actions.index_add(tmp_path / "index", [SHARED / "neardup/bridge-1-original.jpg"])
    for name in (
        "aaa-orig", "blur-a-little", "blur-a-lot", "high-contrast", "high-saturation",
        "sharpen-a-little",
        "sharpen-a-lot", "shrink-a-little", "letterboxed_sample-b",
    ):  # fmt: skip
        assert actions.seen(SHARED / f"neardup/{name}.jpg", tmp_path / "index")["found"], name
    for name in ("karma.mp4", "max-heromode.mp4"):
        assert not actions.seen(SHARED / "gopro" / name, tmp_path / "index")["found"]


def test_of_an_animation_it_is_said_that_its_first_frame_alone_was_asked(tmp_path):
    rng = np.random.default_rng(3)
    first, other = (Image.fromarray(rng.integers(0, 256, (96, 128, 3), np.uint8)) for _ in range(2))
    first.save(tmp_path / "still.png")
    first.save(tmp_path / "moves.gif", save_all=True, append_images=[other], duration=500)
    done = actions.index_add(tmp_path / "index", [tmp_path / "still.png"])
    assert not done["animations"]
    done = actions.index_add(tmp_path / "other", [tmp_path / "moves.gif"])
    assert done["animations"] == [str(tmp_path / "moves.gif")]
    still, moves = (
        actions.seen(tmp_path / name, tmp_path / "index")["conditions"]
        for name in ("still.png", "moves.gif")
    )
    assert len(moves) == len(still) + 1 and "first frame alone" in moves[-1]
