"""Damage of the files derived from a log heals at the next opening, and says so.

Damage of the log itself is not hidden by it.
"""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import EvidenceError, RecoveryWarning
from noonmark.evidence import opening
from noonmark.evidence.audit import audit_case
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.index import read_index
from noonmark.evidence.vault import new_vault, open_vault
from tests.evidence.small import clock, item

DERIVED = ("log/tree", "log/head", "index/log.sqlite")
NOTES = 16


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A case without a seal, and its derived files as they were some entries before."""
    root = tmp_path_factory.mktemp("healing")
    with new_vault(root / "case", now=clock()) as vault:
        stored = vault.store.put_bytes(b"kept")
        vault.append(item(stored, "a.jpg"))
    shutil.copytree(root / "case", root / "older")
    with open_vault(root / "case", write=True, now=clock()) as vault:
        for number in range(NOTES):
            vault.append(fact("note", text=f"number {number}", items=[stored.sha256]))
    return root


def state(case: Path) -> tuple[object, ...]:
    """All that a case says of itself."""
    with open_vault(case) as vault:
        log = vault.log
        mentions = [list(log.index.numbers(sha256=digest)) for digest in vault.present()]
        kinds = [list(log.index.numbers(kind=kind)) for kind in ("item", "note", "recovery")]
        lines = [entry.line for entry in log.entries()]
        leaves = [log.leaf_hash(number) for number in range(log.size)]
        return log.size, log.root(), vault.present(), mentions, kinds, lines, leaves


def damaged(path: Path, how: str, place: float, older: Path) -> None:
    """Do one thing to a file, at some part of its length."""
    data = bytearray(path.read_bytes())
    at = int(place * len(data))
    if how == "gone":
        path.unlink()
    elif how == "older":
        shutil.copy(older, path)
    else:
        if how == "flip":
            data[at] ^= 1 << at % 8
        elif how == "cut":
            del data[at:]
        elif how == "zeros":
            data[at : at + 4096] = bytes(len(data[at : at + 4096]))
        path.write_bytes(data)


def told(act) -> list[str]:
    """What an act says of mending."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        act()
    return [str(one.message) for one in said if issubclass(one.category, RecoveryWarning)]


DAMAGE = st.dictionaries(
    st.sampled_from(DERIVED),
    st.tuples(
        st.sampled_from(("gone", "older", "flip", "cut", "zeros")),
        st.floats(0, 1, exclude_max=True),
    ),
    min_size=1,
)


@settings(deadline=None, max_examples=20)
@given(DAMAGE, st.booleans())
def test_damage_of_derived_files_heals_and_nothing_acknowledged_is_lost(
    made, tmp_path_factory, damage, write
):
    case = tmp_path_factory.mktemp("damaged") / "case"
    shutil.copytree(made / "case", case)
    before, verdict = state(case), audit_case(case)
    assert verdict.ok
    for name, (how, place) in damage.items():
        damaged(case / name, how, place, made / "older" / name)
    (case / "log" / ".head.part").write_bytes(b"left over")
    open_vault(case, write=write).close()
    assert state(case) == before
    assert audit_case(case) == verdict
    assert not told(lambda: open_vault(case, write=True).close())
    assert not (case / "log" / ".head.part").exists() or not write
    shutil.rmtree(case)


@pytest.mark.parametrize(
    ("name", "how", "said"),
    [
        ("log/tree", "gone", "log/tree was missing or empty"),
        ("log/tree", "flip", "log/tree was damaged"),
        ("log/tree", "cut", "log/tree was cut short"),
        ("index/log.sqlite", "gone", "the index was missing, damaged or older"),
        ("index/log.sqlite", "older", "the index was missing, damaged or older"),
    ],
)
def test_what_was_mended_is_said_once(made, tmp_path, name, how, said):
    case = tmp_path / "case"
    shutil.copytree(made / "case", case)
    damaged(case / name, how, 0.5, made / "older" / name)
    assert [text.split(",")[0] for text in told(lambda: open_vault(case).close())] == [
        said.split(",")[0]
    ]
    assert told(lambda: open_vault(case).close()) == []


def test_a_row_changed_inside_a_whole_index_heals(made, tmp_path):
    case = tmp_path / "case"
    shutil.copytree(made / "case", case)
    before = state(case)
    path = case / "index" / "log.sqlite"
    data = path.read_bytes()
    assert b"note2026-03-01" in data
    path.write_bytes(data.replace(b"note2026-03-01", b"item2026-03-01"))
    index = read_index(case / "index")
    assert index.is_consistent() and list(index.numbers(kind="note")) != before[4][1]
    index.close()
    assert told(lambda: open_vault(case).close())
    assert state(case) == before


def test_an_audit_before_the_opening_calls_a_proven_log_sound_and_names_the_damage(made, tmp_path):
    case = tmp_path / "case"
    shutil.copytree(made / "case", case)
    damaged(case / "log" / "tree", "flip", 0.5, case)
    verdict = audit_case(case)
    assert verdict.ok
    assert "log/tree is damaged; the next opening makes it again" in verdict.notes
    (case / "log" / "head").unlink()  # nothing shows now that it is not the log
    assert [problem.code for problem in audit_case(case).problems] == ["tree-differs"]


def change(lines: list[bytes], how: str) -> list[bytes]:
    """Lines of a log after somebody changed them; the last line stays where it may."""
    if how == "cut":
        return lines[:-1]
    if how == "word":
        return [line.replace(b'"number 3"', b'"number 8"') for line in lines]
    if how == "order":
        return [*lines[:4], lines[5], lines[4], *lines[6:]]
    return [line for number, line in enumerate(lines) if number != 7]


@pytest.mark.parametrize("left", DERIVED)
@pytest.mark.parametrize("how", ["cut", "word", "order", "dropped"])
def test_a_changed_log_is_not_hidden_while_one_derived_file_is_whole(made, tmp_path, how, left):
    case = tmp_path / "case"
    shutil.copytree(made / "case", case)
    for name in DERIVED:
        if name != left:
            (case / name).unlink()
    path = case / "log" / "entries"
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True), how)))
    for write in (False, True):
        with pytest.raises(EvidenceError) as caught:
            open_vault(case, write=write)
        assert caught.value.code in ("log-cut", "log-altered")
    assert not audit_case(case).ok or left == "index/log.sqlite"


def test_without_any_of_them_only_a_seal_shows_a_changed_log(made, tmp_path):
    case = tmp_path / "case"
    shutil.copytree(made / "case", case)
    for name in DERIVED:
        (case / name).unlink()
    path = case / "log" / "entries"
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True), "word")))
    open_vault(case, write=True).close()
    assert audit_case(case).ok


def test_a_log_on_a_disk_that_takes_nothing_is_held_against_its_derived_files(
    made, tmp_path, monkeypatch
):
    case = tmp_path / "case"
    shutil.copytree(made / "case", case)
    before = state(case)
    damaged(case / "log" / "tree", "flip", 0.5, case)

    def refused(*_):
        raise opening.OutsideError("the case can't be written to", code="case-read-only")

    monkeypatch.setattr(opening, "_open_to_write", refused)
    assert state(case) == before
    path = case / "log" / "entries"
    path.write_bytes(path.read_bytes().replace(b'"number 3"', b'"number 8"'))
    with pytest.raises(EvidenceError):
        open_vault(case)
