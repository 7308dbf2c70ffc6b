"""The store: written once, checked on the way in, and nothing half-done left behind."""

import errno
import os
import stat
import threading
from hashlib import sha256

import pytest

from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.evidence import store as store_module
from noonmark.evidence.entry_schema import name_claims
from noonmark.evidence.store import Store


@pytest.fixture
def store(tmp_path):
    for name in ("objects", "stage"):
        (tmp_path / "case" / name).mkdir(parents=True)
    return Store(tmp_path / "case")


@pytest.mark.parametrize("data", [b"", b"x", b"y" * (1 << 18), b"z" * ((1 << 19) + 1)])
def test_an_object_is_the_bytes_under_their_digest_read_only(store, tmp_path, data):
    (tmp_path / "f").write_bytes(data)
    stored = store.put(tmp_path / "f")
    assert (stored.sha256, stored.size_bytes, stored.new) == (
        sha256(data).hexdigest(),
        len(data),
        True,
    )
    path = store.get(stored.sha256)
    assert path.read_bytes() == data
    assert not stat.S_IMODE(path.stat().st_mode) & 0o222
    assert list((store.folder / "stage").iterdir()) == []


def test_the_same_bytes_twice_are_kept_once(store, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"same")
    assert [store.put(tmp_path / name).new for name in ("a", "b")] == [True, False]
    assert store.put_bytes(b"same").new is False
    assert len(list(store)) == 1


def test_the_original_is_not_touched(store, tmp_path):
    (tmp_path / "f").write_bytes(b"data")
    os.chmod(tmp_path / "f", 0o444)
    before = (tmp_path / "f").stat()
    store.put(tmp_path / "f")
    after = (tmp_path / "f").stat()
    assert (before.st_mtime_ns, before.st_ctime_ns, before.st_size) == (
        after.st_mtime_ns,
        after.st_ctime_ns,
        after.st_size,
    )


def test_links_folders_pipes_and_devices_get_one_sentence_each(store, tmp_path):
    (tmp_path / "f").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "f")
    os.mkfifo(tmp_path / "pipe")
    said = {}
    for name, path in {
        "link": tmp_path / "link",
        "pipe": tmp_path / "pipe",
        "folder": tmp_path,
        "device": "/dev/null",
    }.items():
        with pytest.raises(InputError) as caught:
            store.put(path)
        assert caught.value.code == "not-a-file"
        said[name] = caught.value.message
    assert "symbolic link" in said["link"]
    assert "a pipe" in said["pipe"]
    assert "a folder" in said["folder"]
    assert "a device" in said["device"]


def test_a_file_that_grows_while_it_is_read_is_refused(store, tmp_path):
    path = tmp_path / "growing"
    path.write_bytes(b"a" * (1 << 20))

    def grow(_):
        with open(path, "ab") as out:
            out.write(b"more")

    with pytest.raises(InputError) as caught:
        store.put(path, seen=grow)
    assert caught.value.code == "file-changed"
    assert list(store) == []
    assert list((store.folder / "stage").iterdir()) == []


def test_a_file_that_is_replaced_while_it_is_read_is_refused(store, tmp_path):
    path = tmp_path / "replaced"
    path.write_bytes(b"a" * 1000)

    def replace(_):
        (tmp_path / "new").write_bytes(b"b" * 1000)
        os.replace(tmp_path / "new", path)

    with pytest.raises(InputError, match="changed while it was read"):
        store.put(path, seen=replace)


def test_a_sparse_file_is_digested_as_zeros_and_takes_no_room(store, tmp_path):
    size = 64 << 20
    with open(tmp_path / "sparse", "wb") as out:
        out.truncate(size)
        out.seek(size // 2)
        out.write(b"here")
    seen = []
    stored = store.put(tmp_path / "sparse", seen=seen.append)
    assert stored.size_bytes == size == sum(seen)
    kept = store.get(stored.sha256).stat()
    assert kept.st_size == size
    assert kept.st_blocks * 512 < size // 4
    assert sha256(store.get(stored.sha256).read_bytes()).hexdigest() == stored.sha256


def test_a_file_larger_than_the_disk_is_refused_before_a_byte_is_written(
    store, tmp_path, monkeypatch
):
    (tmp_path / "f").write_bytes(b"x" * 100_000)
    real = os.statvfs(tmp_path)
    full = os.statvfs_result((*real[:4], 0, *real[5:]))
    monkeypatch.setattr(store_module.os, "statvfs", lambda _: full)
    with pytest.raises(OutsideError) as caught:
        store.put(tmp_path / "f")
    assert caught.value.code == "disk-full"


def test_a_disk_that_fills_up_half_way_leaves_nothing_behind(store, tmp_path, monkeypatch):
    (tmp_path / "f").write_bytes(b"x" * (1 << 20))
    real, calls = os.write, []

    def full(handle, data):
        calls.append(1)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data)

    monkeypatch.setattr(store_module.os, "write", full)
    with pytest.raises(OutsideError) as caught:
        store.put(tmp_path / "f")
    assert caught.value.code == "disk-full"
    assert list(store) == []
    assert list((store.folder / "stage").iterdir()) == []


def test_an_object_that_was_cut_in_the_store_is_not_taken_for_the_same_bytes(store, tmp_path):
    (tmp_path / "f").write_bytes(b"whole")
    path = store.get(store.put(tmp_path / "f").sha256)
    path.chmod(0o644)
    path.write_bytes(b"cut")
    with pytest.raises(EvidenceError, match="is kept with 3 bytes"):
        store.put(tmp_path / "f")


def test_two_threads_may_keep_the_same_bytes_at_once(store, tmp_path):
    (tmp_path / "f").write_bytes(b"q" * 300_000)
    crew = [threading.Thread(target=store.put, args=(tmp_path / "f",)) for _ in range(8)]
    for member in crew:
        member.start()
    for member in crew:
        member.join()
    assert len(list(store)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"plain.jpg",
        "日本語 عربى 🎥.mp4".encode(),
        b"\xff\xfe broken",
        b"a" * 255,
        b"tab\there\nline",
    ],
)
def test_a_name_becomes_a_claim_from_which_its_bytes_can_be_had_back(raw):
    claims = name_claims(raw)
    assert (
        bytes.fromhex(claims["name_hex"]) if "name_hex" in claims else claims["name"].encode()
    ) == raw
    claims["name"].encode("utf-8")


def test_an_object_is_never_looked_up_by_a_path(store):
    for name in ("../../etc/passwd", "a" * 63, "A" * 64, "", "/" * 64):
        with pytest.raises(InputError, match="not a SHA-256 digest"):
            store.path(name)
