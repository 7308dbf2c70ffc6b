"""The log: what is acknowledged stays, what was never acknowledged is set aside, and one writer at
a time.
"""

import errno
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.evidence import log as log_module
from noonmark.evidence import merkle, writer_lock
from noonmark.evidence.audit import audit_case
from noonmark.evidence.entry_schema import KINDS, fact
from noonmark.evidence.proof import check_proof, proof_of
from noonmark.evidence.vault import new_vault, open_vault
from tests.evidence.small import clock, item, small_case


def note(text):
    return fact("note", text=text)


@pytest.fixture
def folder(tmp_path):
    with new_vault(tmp_path / "case", now=clock()) as vault:
        vault.append(*(note(f"number {n}") for n in range(20)))
    return tmp_path / "case"


def test_what_was_logged_is_read_back_in_order_by_a_new_opening(folder):
    with open_vault(folder) as vault:
        assert [entry.facts.get("text") for entry in vault.log.entries(1)] == [
            f"number {n}" for n in range(20)
        ]
        assert vault.log.entry(7).facts == {"text": "number 6"}
        assert next(vault.log.entries()).kind == "case"


@settings(deadline=None, max_examples=25)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=8))
def test_any_text_survives_the_log(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("any") / "case"
    sound = [text for text in texts if not any("\ud800" <= c <= "\udfff" for c in text)]
    with new_vault(folder) as vault:
        vault.append(*map(note, sound))
    with open_vault(folder) as vault:
        assert [entry.facts["text"] for entry in vault.log.entries(1)] == sound
    assert audit_case(folder).ok


def test_a_receipt_holds_the_leaf_hash_of_the_line_on_disk(folder):
    with open_vault(folder, write=True) as vault:
        (receipt,) = vault.append(note("the last"))
    line = (folder / "log" / "entries").read_bytes().split(b"\n")[receipt.index]
    assert merkle.leaf_hash(line) == receipt.leaf_hash


def test_two_entries_of_the_same_text_have_different_leaves(folder):
    with open_vault(folder, write=True, now=lambda: datetime(2026, 5, 1, tzinfo=UTC)) as vault:
        one, two = vault.append(note("same"), note("same"))
    assert one.leaf_hash != two.leaf_hash


def test_a_second_writer_gets_one_sentence_and_readers_go_on(folder, monkeypatch):
    monkeypatch.setattr(writer_lock, "PATIENCE_S", 0.05)
    with open_vault(folder, write=True) as first:
        with pytest.raises(OutsideError) as caught:
            open_vault(folder, write=True)
        assert caught.value.code == "case-busy"
        first.append(note("while another reads"))
        with open_vault(folder) as reader:
            assert reader.log.size == 22
    with open_vault(folder, write=True) as second:
        assert second.log.size == 22


def test_a_second_writer_waits_until_the_first_has_done_its_act(folder, monkeypatch):
    first = open_vault(folder, write=True)
    monkeypatch.setattr(writer_lock, "PATIENCE_S", 60.0)
    monkeypatch.setattr(writer_lock.time, "sleep", lambda _: first.close())
    with open_vault(folder, write=True) as second:
        assert second.log.size == 21


def test_a_reader_sees_the_log_as_it_was_when_it_opened(folder):
    with open_vault(folder) as reader:
        entries = list(reader.log.index.numbers())
        objects = list(reader.log.index.objects())
        with open_vault(folder, write=True) as writer:
            stored = writer.store.put_bytes(b"came while another reads")
            writer.append(item(stored, "late.jpg"))
            writer.append(note("and this"))
        assert list(reader.log.index.numbers()) == entries == list(range(reader.log.size))
        assert list(reader.log.index.objects()) == objects
        assert [entry.index for entry in reader.log.entries()] == entries
    with open_vault(folder) as later:
        assert len(list(later.log.index.numbers())) == later.log.size == len(entries) + 2
        assert len(list(later.log.index.objects())) == len(objects) + 1
    assert audit_case(folder).ok


def test_a_reader_may_not_append(folder):
    with open_vault(folder) as vault, pytest.raises(InputError, match="opened for reading"):
        vault.append(note("no"))


def test_a_clock_that_runs_backwards_is_said_and_stops_nothing(tmp_path):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = iter(
        [
            start,
            start + timedelta(seconds=10),
            start - timedelta(days=400),
            start - timedelta(days=399),
        ]
    )
    with new_vault(tmp_path / "case", now=lambda: next(times)) as vault:
        for text in ("later", "set back", "on from there"):
            vault.append(note(text))
        said = [entry.clock_back_ms for entry in vault.log.entries()]
    assert said == [0, 0, 400 * 86_400_000 + 10_000, 0]
    assert audit_case(tmp_path / "case").ok


@pytest.mark.parametrize("lost", ["index", "log/tree", "index/log.sqlite"])
def test_derived_files_are_made_again_from_the_log(folder, lost):
    with open_vault(folder) as vault:
        before = vault.log.size, vault.log.root(), vault.present()
    gone = folder / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    for write in (False, True):
        with open_vault(folder, write=write) as vault:
            assert (vault.log.size, vault.log.root(), vault.present()) == before
    assert audit_case(folder).ok


def test_an_index_full_of_rubbish_is_thrown_away(folder):
    (folder / "index" / "log.sqlite").write_bytes(b"rubbish" * 1000)
    with open_vault(folder, write=True) as vault:
        assert vault.log.size == 21


@pytest.mark.parametrize("cut", [1, 5, 40, 100])
def test_a_torn_last_entry_is_set_aside_and_said(folder, cut):
    path = folder / "log" / "entries"
    whole = path.read_bytes()
    torn = whole.split(b"\n")[5][:cut]
    path.write_bytes(whole + torn)
    assert [problem.code for problem in audit_case(folder).problems] == ["log-torn"]
    with open_vault(folder, write=True) as vault:
        last = vault.log.entry(vault.log.size - 1)
        assert (last.kind, last.facts["bytes"]) == ("recovery", len(torn))
    assert [kept.read_bytes() for kept in (folder / "log" / "torn").iterdir()] == [torn]
    assert path.read_bytes().startswith(whole)
    assert audit_case(folder).ok


def test_whole_entries_that_the_index_has_not_seen_are_taken_up(folder, tmp_path):
    shutil.copytree(folder / "index", tmp_path / "old-index")
    shutil.copy(folder / "log" / "tree", tmp_path / "old-tree")
    with open_vault(folder, write=True) as vault:
        vault.append(note("acknowledged"), note("and this"))
        root = vault.log.root()
    shutil.rmtree(folder / "index")
    shutil.copytree(tmp_path / "old-index", folder / "index")
    shutil.copy(tmp_path / "old-tree", folder / "log" / "tree")
    with open_vault(folder) as vault:
        assert vault.log.size == 23
        assert vault.log.root() == root


def test_a_log_that_was_cut_is_not_written_to(folder):
    path = folder / "log" / "entries"
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:-2]) + b"\n")
    with pytest.raises(EvidenceError) as caught:
        open_vault(folder, write=True)
    assert caught.value.code == "log-cut"
    assert "log-cut" in {problem.code for problem in audit_case(folder).problems}


def test_a_log_whose_last_entry_was_changed_is_not_written_to(folder):
    path = folder / "log" / "entries"
    path.write_bytes(path.read_bytes().replace(b"number 19", b"number 91"))
    with pytest.raises(EvidenceError) as caught:
        open_vault(folder, write=True)
    assert caught.value.code == "log-altered"
    assert "tree-differs" in {problem.code for problem in audit_case(folder).problems}


def test_an_entry_in_the_middle_that_was_changed_is_found_by_the_audit(folder):
    path = folder / "log" / "entries"
    path.write_bytes(path.read_bytes().replace(b"number 3", b"number 8", 1))
    assert {problem.code for problem in audit_case(folder).problems} == {
        "tree-differs",
        "log-altered",
    }


def test_a_disk_that_fills_up_during_an_append_loses_nothing_acknowledged(folder, monkeypatch):
    real = os.write

    def full(handle, data):
        real(handle, bytes(data)[:30])
        raise OSError(errno.ENOSPC, "No space left on device")

    vault = open_vault(folder, write=True)
    before = (folder / "log" / "entries").read_bytes()
    monkeypatch.setattr(log_module.os, "write", full)
    with pytest.raises(OutsideError) as caught:
        vault.append(note("too much"))
    assert caught.value.code == "disk-full"
    monkeypatch.undo()
    with pytest.raises(OutsideError):
        vault.append(note("after a failed write the log must be opened again"))
    vault.close()
    assert (folder / "log" / "entries").read_bytes() == before
    with open_vault(folder, write=True) as vault:
        vault.append(note("now there is room"))
    assert audit_case(folder).ok


def test_an_entry_that_is_too_long_is_refused_whole(folder):
    with open_vault(folder, write=True) as vault:
        with pytest.raises(InputError) as caught:
            vault.append(note("short"), note("x" * (1 << 20)))
        assert caught.value.code == "entry-too-long"
        assert vault.log.size == 21


def test_proofs_of_any_entry_and_size_hold(folder):
    with open_vault(folder) as vault:
        log = vault.log
        for size in range(1, log.size + 1):
            merkle.check_consistency(
                size, log.size, log.consistency(size), log.root(size), log.root()
            )
            for index in range(size):
                proof = log.inclusion(index, size)
                merkle.check_inclusion(log.leaf_hash(index), index, size, proof, log.root(size))


def test_one_entry_can_be_shown_alone_and_checked_with_the_key(tmp_path):
    vault, _ = small_case(tmp_path)
    with vault:
        from noonmark.evidence.note import read_key

        key = read_key(tmp_path / "secret.key").public
        text = proof_of(vault, 3)
        assert check_proof(text, key).facts["claims"] == {"name": "three.mp4"}
        with pytest.raises(EvidenceError):
            check_proof(text.replace("index 3", "index 2"), key)
        with pytest.raises(InputError):
            proof_of(vault, vault.log.size)


def test_facts_that_are_missing_odd_or_of_the_wrong_type_are_all_named_at_once():
    with pytest.raises(InputError) as caught:
        fact("item", sha256="x", size=-1, colour="red")
    codes = sorted(problem["code"] for problem in caught.value.details["problems"])
    assert codes == ["fact-missing", "fact-missing", "fact-type", "fact-type", "fact-unknown"]
    with pytest.raises(InputError, match="not a kind"):
        fact("rumour", text="x")


def test_no_kind_of_entry_has_a_field_for_a_persons_name():
    fields = {name for kind in KINDS.values() for name in kind.required | kind.optional}
    assert not fields & {"name", "person", "phone", "email", "address", "face", "owner", "witness"}


def test_an_item_that_is_withdrawn_and_added_again_is_present_again(folder):
    with open_vault(folder, write=True) as vault:
        stored = vault.store.put_bytes(b"back and forth")
        vault.append(item(stored, "f"))
        vault.append(fact("withdrawal", sha256=stored.sha256, reason="r", authority="a"))
        vault.store.remove(stored.sha256)
        assert vault.present() == {}
        vault.append(item(vault.store.put_bytes(b"back and forth"), "f"))
        assert vault.present() == {stored.sha256: 14}
    assert audit_case(folder).ok
