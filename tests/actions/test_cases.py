"""A case in use: files in, read, handed over, withdrawn, sealed and exported, all of it logged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from noonmark.actions import cases
from noonmark.actions.case_intake import Collection, add_files
from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.evidence.audit import audit_bundle, audit_case, sound_objects
from noonmark.evidence.ingest import KeptFile, RefusedFile, files_below
from noonmark.evidence.note import new_key, read_key
from noonmark.evidence.store import Store
from noonmark.evidence.vault import open_vault

ROOT = Path(__file__).parents[2]


@pytest.fixture
def footage(tmp_path):
    folder = tmp_path / "footage"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.mp4").write_bytes(b"a" * 1000)
    (folder / "inner" / "b.jpg").write_bytes(b"b" * 10)
    (folder / "inner" / "same as a").write_bytes(b"a" * 1000)
    return folder


@pytest.fixture
def case(tmp_path):
    cases.new_case(tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture
def key(tmp_path):
    new_key(tmp_path / "key")
    return tmp_path / "key"


def public(key):
    return str(read_key(key).public)


def kinds(case):
    return [entry.kind for entry in cases.case_history(case)]


def added(case, *paths, **more):
    return [one for one in results(case, *paths, **more) if isinstance(one, KeptFile)]


def results(case, *paths, **more):
    with open_vault(case, write=True) as opened:
        return list(add_files(opened, paths, **more))


def present(case):
    with open_vault(case) as opened:
        return opened.present()


def test_a_folder_is_kept_file_by_file_with_claimed_names_and_one_collection(case, footage):
    kept = added(
        case,
        footage,
        collection=Collection(url="https://example.org/v", source="quiet-heron"),
    )
    assert {one.name for one in kept} == {
        "footage/a.mp4",
        "footage/inner/b.jpg",
        "footage/inner/same as a",
    }
    assert len({one.stored.sha256 for one in kept}) == 2
    log = list(cases.case_history(case))
    collection = log[1]
    assert (collection.kind, collection.facts["source"], collection.facts["legal_basis"]) == (
        "collection",
        "quiet-heron",
        "unknown",
    )
    assert all(log[one.entry].facts["collection"] == 1 for one in kept)
    assert audit_case(case).ok


def test_no_path_of_the_analysts_machine_gets_into_the_log(case, footage, tmp_path):
    added(case, footage, footage / "a.mp4")
    assert str(tmp_path).encode() not in (case / "log" / "entries").read_bytes()


NAMES = [
    "日本語.jpg", "فيديو.mp4", "e\u0301.jpg", "\u00e9.jpg", "A.JPG", "a.jpg", "x" * 255,
    "tab\tnew\nline",
    "=cmd|' C calc'!A0", "\u202egpj.exe", "-rf", " ", "..hidden", "con", "a\\b",
]  # fmt: skip


def test_names_in_any_script_and_form_are_kept_apart_and_come_back(case, tmp_path):
    folder = tmp_path / "names"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_bytes(name.encode())
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe"))).write_bytes(b"no UTF-8")
    kept = added(case, folder)
    assert {one.name for one in kept} == {f"names/{name}" for name in NAMES} | {"names/\\xff\\xfe"}
    assert audit_case(case).ok
    said = [entry.facts["claims"] for entry in cases.case_history(case, kind="item")]
    assert {bytes.fromhex(one["name_hex"]) for one in said if "name_hex" in one} == {
        b"names/\xff\xfe"
    }


def test_links_and_pipes_in_a_folder_are_refused_one_by_one_and_the_rest_is_kept(
    case, footage, tmp_path
):
    (footage / "link").symlink_to(tmp_path)
    os.mkfifo(footage / "pipe")
    found = results(case, footage)
    refused = {one.name: one.error.code for one in found if isinstance(one, RefusedFile)}
    assert refused == {"footage/link": "not-a-file", "footage/pipe": "not-a-file"}
    assert sum(isinstance(one, KeptFile) for one in found) == 3
    assert audit_case(case).ok


def test_the_listing_of_a_large_folder_is_streamed(tmp_path):
    for number in range(300):
        (tmp_path / str(number)).touch()
    stream = files_below([tmp_path])
    assert next(stream).name.startswith(os.fsencode(tmp_path.name))
    assert sum(1 for _ in stream) == 299


def test_a_folder_is_added_in_the_order_of_its_names(tmp_path, monkeypatch):
    wanted = ["IMG_02.jpg", "IMG_2.jpg", "IMG_10.jpg", "a/1/z", "a/2", "a/10", "b", "\u0416"]
    for name in reversed(wanted):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    listed = os.listdir
    for reverse in (False, True):  # as different file systems list a folder
        monkeypatch.setattr(os, "listdir", lambda path, r=reverse: sorted(listed(path), reverse=r))
        found = [one.name.decode().split("/", 1)[1] for one in files_below([tmp_path])]
        assert found == wanted


def test_opening_an_item_is_logged_with_its_purpose(case, footage, tmp_path):
    (one,) = added(case, footage / "a.mp4")
    cases.get_item(case, one.stored.sha256, tmp_path / "out", purpose="to mark shadows")
    assert (tmp_path / "out").read_bytes() == b"a" * 1000
    last = list(cases.case_history(case))[-1]
    assert (last.kind, last.facts) == (
        "access",
        {"items": [one.stored.sha256], "purpose": "to mark shadows"},
    )
    with pytest.raises(InputError, match="holds no item"):
        cases.get_item(case, "0" * 64, tmp_path / "none", purpose="p")


def test_a_copy_taken_out_is_checked_on_its_way(case, footage, tmp_path):
    (one,) = added(case, footage / "a.mp4")
    assert cases.get_item(case, one.stored.sha256, tmp_path / "out", purpose="p") == 1000
    with pytest.raises(InputError, match="exists already"):
        cases.get_item(case, one.stored.sha256, tmp_path / "out", purpose="p")
    path = Store(case).get(one.stored.sha256)
    path.chmod(0o644)
    path.write_bytes(b"b" * 1000)
    with pytest.raises(EvidenceError, match="is not what was sealed"):
        cases.get_item(case, one.stored.sha256, tmp_path / "other", purpose="p")
    assert not (tmp_path / "other").exists()


def test_a_transfer_may_name_items_or_all(case, footage):
    (one,) = added(case, footage / "a.mp4")
    cases.hand_over(case, [], giver="a", taker="b", means="on a sealed disk")
    cases.hand_over(
        case, [one.stored.sha256], giver="a", taker="b", means="by courier", note="in person"
    )
    assert [entry.facts["items"] for entry in cases.case_history(case, kind="transfer")] == [
        ["all"],
        [one.stored.sha256],
    ]


def test_a_withdrawal_leaves_a_tombstone_and_can_be_finished_later(case, footage):
    (one,) = added(case, footage / "a.mp4")
    sha256 = one.stored.sha256
    assert cases.withdraw_from_case(case, sha256, reason="asked")
    assert not Store(case).has(sha256)
    assert [entry.kind for entry in cases.case_history(case, item=sha256)] == ["item", "withdrawal"]
    assert audit_case(case).ok
    Store(case).put_bytes(b"a" * 1000)  # as if the deletion had been cut off
    assert {problem.code for problem in audit_case(case).problems} == {"object-withdrawn"}
    assert cases.withdraw_from_case(case, sha256, reason="asked")
    assert audit_case(case).ok
    assert kinds(case).count("withdrawal") == 1


def test_a_damaged_case_is_not_sealed_unless_told_and_then_the_log_says_so(case, footage, key):
    (one,) = added(case, footage / "a.mp4")
    path = Store(case).get(one.stored.sha256)
    path.chmod(0o644)
    path.write_bytes(b"a" * 999 + b"b")
    with pytest.raises(EvidenceError) as caught:
        cases.seal_case(case, key)
    assert caught.value.code == "not-sound"
    cases.seal_case(case, key, despite=True)
    told = [entry.facts for entry in cases.case_history(case, kind="recheck")]
    assert [(facts["problems"], facts["codes"]) for facts in told] == [(1, "object-differs")] * 2


def test_what_was_read_before_is_not_read_again_for_a_seal_unless_it_changed(case, footage, key):
    first, second = sorted({one.stored.sha256 for one in added(case, footage)})
    known, read = sound_objects(case), []
    assert set(known) == {first, second}
    verdict = audit_case(case, seen=read.append, known=known)
    assert verdict.ok and not read and verdict.files == 2
    (footage / "late").write_bytes(b"came since")
    added(case, footage / "late")
    verdict = audit_case(case, seen=read.append, known=known)
    assert verdict.ok and read == [len(b"came since")] and verdict.files == 3
    path = case / "objects" / first[:2] / first
    before = path.stat()
    path.chmod(0o600)
    path.write_bytes(b"x" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(EvidenceError) as told:
        cases.seal_case(case, key, known=known)
    assert [one["code"] for one in told.value.details["problems"]] == ["object-differs"]
    assert first not in sound_objects(case)


def test_every_act_is_logged_without_being_asked(case, footage, key, tmp_path):
    added(case, footage)
    cases.seal_case(case, key)
    cases.export_case(case, tmp_path / "out")
    assert kinds(case) == [
        "case",
        "collection",
        "item",
        "item",
        "item",
        "recheck",
        "seal",
        "export",
    ]


@pytest.mark.parametrize("form", cases.FORMS)
def test_each_form_of_export_carries_a_bundle_that_verifies(case, footage, key, tmp_path, form):
    added(case, footage)
    cases.seal_case(case, key)
    cases.export_case(case, tmp_path / "out", form=form)
    (manifest,) = (tmp_path / "out").rglob("MANIFEST")
    assert audit_bundle(manifest.parent, key=public(key)).ok


def test_an_export_needs_a_seal_and_a_part_needs_a_key(case, footage, key, tmp_path):
    (one,) = added(case, footage / "a.mp4")
    with pytest.raises(InputError) as caught:
        cases.export_case(case, tmp_path / "out")
    assert caught.value.code == "not-sealed"
    cases.seal_case(case, key)
    with pytest.raises(InputError) as caught:
        cases.export_case(case, tmp_path / "out", only=[one.stored.sha256])
    assert caught.value.code == "part-needs-key"
    cases.export_case(case, tmp_path / "part", only=[one.stored.sha256], key=key)
    assert audit_bundle(tmp_path / "part", key=public(key)).ok


def test_no_command_changes_an_original(case, footage, key, tmp_path):
    def state():
        return {
            path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
            for path in footage.rglob("*")
            if path.is_file()
        }

    before = state()
    added(case, footage)
    cases.seal_case(case, key)
    cases.export_case(case, tmp_path / "out")
    cases.withdraw_from_case(case, next(iter(present(case))), reason="r")
    assert state() == before


def test_a_folder_that_is_no_case_is_told_from_one_that_was_changed(tmp_path):
    with pytest.raises(InputError) as caught:
        open_vault(tmp_path)
    assert caught.value.code == "not-a-case"
    cases.new_case(tmp_path / "case")
    (tmp_path / "case" / "noonmark-case").write_text("noonmark-evidence/v1\nnoonmark/zz\n")
    with pytest.raises(EvidenceError) as wrong:
        open_vault(tmp_path / "case")
    assert wrong.value.code == "marker-altered"
    with pytest.raises(InputError, match="is not empty"):
        cases.new_case(tmp_path / "case")


def test_an_alias_that_is_no_alias_is_refused(tmp_path):
    for by in ("", " x", "two\nlines", "x" * 65):
        with pytest.raises(InputError, match="can't be an alias"):
            cases.new_case(tmp_path / "case", by=by)


@pytest.mark.slow
def test_a_disk_that_is_really_full_or_read_only_loses_nothing(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "none", disk], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("this system does not let a disk be mounted")
    try:
        (tmp_path / "big").write_bytes(os.urandom(1 << 20))
        case = disk / "case"
        cases.new_case(case)
        kept = added(case, tmp_path / "big")
        (tmp_path / "huge").write_bytes(os.urandom(1 << 22))
        with pytest.raises(OutsideError) as caught:
            added(case, tmp_path / "huge")
        assert caught.value.code == "disk-full"
        assert set(present(case)) == {one.stored.sha256 for one in kept}
        assert audit_case(disk / "case").ok
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert audit_case(disk / "case").ok
        assert len(present(case)) == 1
        with pytest.raises(OutsideError) as caught:
            open_vault(disk / "case", write=True)
        assert caught.value.code == "case-read-only"
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path):
    # Twenty kills here; benchmarks/evidence_kill.py does five hundred.
    script = ROOT / "benchmarks" / "evidence_kill.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, script, "--kills", "20", "--seed", "11"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
