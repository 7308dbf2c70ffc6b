"""What may not come into a case, and what may not leave it."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from noonmark.actions import cases
from noonmark.actions.case_intake import Collection, add_to_case
from noonmark.actions.signing_keys import new_case_key
from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.evidence import writer_lock
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.vault import open_vault

PEM = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    cases.new_case(tmp_path / "case")
    (tmp_path / "clip").write_bytes(b"a clip")
    new_case_key(tmp_path / "desk.key")
    return tmp_path


def test_nothing_secret_and_no_case_comes_in_with_a_folder(root):
    (root / "me.txt").write_text("# created: today\nAGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQ\n")
    (root / "who.age").write_bytes(b"age-encryption.org/v1\n-> X25519 abc\n")
    (root / "id_ed25519").write_text(PEM)
    (root / "manual.txt").write_text("An identity begins with AGE-SECRET-KEY-1, keep it safe.")
    cases.new_case(root / "old" / "case")
    done = add_to_case(root / "case", [str(root)])
    assert {one["name"].rpartition("/")[2]: one["code"] for one in done.refused} == {
        "desk.key": "secret-file",
        "me.txt": "secret-file",
        "who.age": "secret-file",
        "case": "case-inside",
    }
    assert len(done.refused) == 5  # both cases
    added = {one["name"].rpartition("/")[2] for one in done.added}
    assert added == {"clip", "id_ed25519", "manual.txt"}
    assert [one["name"].rpartition("/")[2] for one in done.remarks] == ["id_ed25519"]


def test_a_file_beside_identities_is_refused_by_its_place(root):
    (root / "case" / "sources").mkdir()
    (root / "case" / "sources" / "note.txt").write_text("plain")
    done = add_to_case(root / "case", [str(root / "case" / "sources" / "note.txt")])
    assert [one["code"] for one in done.refused] == ["secret-file"]


@pytest.mark.parametrize(
    ("consent", "restriction", "stops"),
    [
        ("unknown", "unknown", True),
        ("refused", "none", True),
        ("yes, in writing", "not before the trial", True),
        ("yes, in writing", "none", False),
        ("yes, in writing", "unknown", False),
    ],
)
def test_an_agreement_with_a_source_stops_an_export(root, consent, restriction, stops):
    with open_vault(root / "case", write=True) as vault:
        stated = fact("source", alias="dry-elm", consent=consent, restriction=restriction)
        vault.append(stated)
    add_to_case(root / "case", [str(root / "clip")], collection=Collection(source="dry-elm"))
    (root / "other").write_bytes(b"of nobody")
    (other,) = add_to_case(root / "case", [str(root / "other")]).added
    cases.seal_case(root / "case", root / "desk.key")
    part = [other["sha256"]]
    cases.export_case(root / "case", root / "part", only=part, key=root / "desk.key")
    if stops:
        with pytest.raises(InputError, match="dry-elm") as caught:
            cases.export_case(root / "case", root / "out")
        assert caught.value.code == "source-restricted"
        assert not (root / "out").exists()
    cases.export_case(root / "case", root / "out", despite="the source agreed by phone")
    last = [entry.facts for entry in cases.case_history(root / "case", kind="export")][-1]
    assert ("the source agreed by phone" in last.get("note", "")) is stops


def test_a_log_shorter_than_its_seal_is_not_written_to_without_an_index(root):
    add_to_case(root / "case", [str(root / "clip")])
    cases.seal_case(root / "case", root / "desk.key")
    entries = root / "case" / "log" / "entries"
    entries.write_bytes(b"".join(entries.read_bytes().splitlines(keepends=True)[:-1]))
    shutil.rmtree(root / "case" / "index")
    (root / "case" / "log" / "tree").unlink()
    (root / "case" / "log" / "head").unlink()
    with pytest.raises(EvidenceError) as caught:
        add_to_case(root / "case", [str(root / "clip")])
    assert caught.value.code == "log-cut"


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_disk_without_locks_takes_no_writer(root, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, "no")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OutsideError) as caught:
        writer_lock.hold(root / "case" / "log" / "lock")
    assert caught.value.code == "no-locks"


def test_a_log_that_something_else_writes_to_is_not_forked(root):
    with open_vault(root / "case", write=True) as vault:
        with open(root / "case" / "log" / "entries", "ab") as other:
            other.write(b"x")
        with pytest.raises(EvidenceError) as caught:
            vault.append(fact("note", text="mine"))
        assert caught.value.code == "log-altered"


@pytest.mark.parametrize("name", ["objects", "log", "seals", "stage", "index", "sources"])
def test_a_link_inside_a_case_is_not_followed(root, name):
    place = root / "case" / name
    place.mkdir(exist_ok=True)
    place.rename(root / "elsewhere")
    place.symlink_to(root / "elsewhere")
    with pytest.raises(EvidenceError) as caught:
        add_to_case(root / "case", [str(root / "clip")])
    assert caught.value.code == "case-link"


def test_a_shelf_that_is_a_link_takes_no_object(root):
    (root / "elsewhere").mkdir()
    with open_vault(root / "case", write=True) as vault:
        from noonmark.evidence.digest import sha256_hex

        (root / "case" / "objects" / sha256_hex(b"mine")[:2]).symlink_to(root / "elsewhere")
        with pytest.raises(EvidenceError, match="symbolic link"):
            vault.store.put_bytes(b"mine")
    assert list((root / "elsewhere").iterdir()) == []


def test_a_new_case_is_for_its_owner_alone(root):
    add_to_case(root / "case", [str(root / "clip")])
    cases.seal_case(root / "case", root / "desk.key")
    assert (root / "case").stat().st_mode & 0o077 == 0
    for path in (root / "case").rglob("*"):
        if "index" not in path.parts and path.name != "tree":
            assert path.stat().st_mode & 0o077 == 0, path
