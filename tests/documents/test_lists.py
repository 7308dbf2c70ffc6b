from __future__ import annotations

import json
from pathlib import Path

import pytest

from noonmark.actions import new_case
from noonmark.actions.list_comparison import compare_lists
from noonmark.documents.lists import (
    PairDecision,
    agreement,
    entries_of_text,
    faults,
    proposals,
    result,
)
from noonmark.errors import InputError
from testkit.kept_schemas import keeps

SHARED = Path(__file__).parents[3] / "shared" / "data" / "documents"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")

A = entries_of_text(
    "1. Wearing a veil\n2) Praying at 5\n3. Owning a boat\nof any kind\n", "seventy"
)
B = entries_of_text("- Owning boats, of 3 kinds\n- Prayer at 5 o'clock\n", "two")


def _decided(*rows) -> list[PairDecision]:
    return [PairDecision(tuple(a), tuple(b), verdict, "read both") for a, b, verdict in rows]


def test_numbered_lines_go_on_and_bulleted_ones_are_entries():
    assert [(one.label, one.text) for one in A.entries] == [
        ("1", "Wearing a veil"), ("2", "Praying at 5"), ("3", "Owning a boat of any kind"),
    ]  # fmt: skip
    assert [one.text for one in B.entries] == ["Owning boats, of 3 kinds", "Prayer at 5 o'clock"]
    assert len(entries_of_text("one\ntwo\n\nthree", "x").entries) == 3


def test_a_proposal_says_why_and_decides_nothing():
    found = proposals(A, B)
    assert found[2][0].b == 1
    assert "shared beginning of a word ownin" in found[2][0].reasons
    assert found[1][0].b == 2
    assert "shared number 5" in found[1][0].reasons


def test_the_result_counts_entries_and_not_pairs():
    counted = result(
        _decided(((1,), (), "only_a"), ((2,), (2,), "same"), ((3,), (1,), "wider"),
                 ((3,), (2,), "overlaps")), A, B,
    )  # fmt: skip
    assert (counted.b_in_a, counted.b_in_part, counted.only_a, counted.only_b) == (1, 1, 1, 0)
    assert counted.sentence("seventy", "two") == (
        "1 of the 2 entries of two stand in seventy, which has 3; 1 stand there in part; "
        "0 stand only in two; 1 stand only in seventy"
    )


@pytest.mark.parametrize(
    "rows",
    [
        (((1,), (), "only_a"), ((2,), (2,), "same"), ((3,), (1,), "perhaps")),
        (((1,), (), "same"), ((2,), (2,), "same"), ((3,), (1,), "same")),
        (((2,), (2,), "same"), ((3,), (1,), "same")),
        (((1,), (), "only_a"), ((1,), (1,), "same"), ((2, 3), (2,), "same")),
        (((1, 9), (1,), "same"), ((2, 3), (2,), "same")),
    ],
)
def test_decisions_that_leave_something_open_are_named(rows):
    assert faults(_decided(*rows), A, B)


def test_two_readers_are_compared_entry_by_entry():
    one = _decided(((1,), (), "only_a"), ((2,), (2,), "same"), ((3,), (1,), "same"))
    other = _decided(((1,), (), "only_a"), ((2,), (2,), "same"), ((3,), (1,), "wider"))
    assert agreement(one, other, A, B) == (3, ["a 3", "b 1"])


def test_a_person_decides_another_reads_blind_and_the_result_is_kept(tmp_path):
    case = tmp_path / "case"
    new_case(case)
    paths = [tmp_path / "old.txt", tmp_path / "new.txt"]
    paths[0].write_text("1. Veil\n2. Prayer\n3. Boat\n")
    paths[1].write_text("1. Prayer\n2. Boat\n3. Radio\n")
    blank = tmp_path / "blank.json"
    found = compare_lists(case, *paths, blank=blank)
    keeps(found, "list-compare")
    told = json.loads(blank.read_text())
    assert {one["verdict"] for one in told["pairs"]} == {""}
    assert len(found["proposals"]) == 3
    with pytest.raises(InputError) as caught:
        compare_lists(case, *paths, decisions=blank)
    assert caught.value.code == "list-decision"
    rows = [([1], [], "only_a"), ([2], [1], "same"), ([3], [2], "same"), ([], [3], "only_b")]
    for name, verdict in (("quiet-heron", "same"), ("calm-otter", "wider")):
        pairs = [{"a": a, "b": b, "verdict": v, "why": "read"} for a, b, v in rows]
        pairs[2]["verdict"] = verdict
        (tmp_path / name).write_text(json.dumps(told | {"by": name, "pairs": pairs}))
    first, second = tmp_path / "quiet-heron", tmp_path / "calm-otter"
    done = compare_lists(case, *paths, decisions=first, second=second)
    assert done["sentence"].startswith("2 of the 3 entries of new stand in old, which has 3")
    assert done["second_reading"] == {
        "by": "calm-otter", "entries": 6, "same": 4, "differ": ["a 3", "b 2"],
    }  # fmt: skip
    assert done["kept"]["sha256"]
    keeps(done, "list-compare")
    keeps(json.loads(first.read_text()), "list-decisions")
    with pytest.raises(InputError) as caught:
        compare_lists(case, *paths, decisions=first, second=first)
    assert caught.value.code == "same-reader"
    paths[1].write_text("1. Prayer\n2. Boat\n3. Radio set\n")
    with pytest.raises(InputError) as caught:
        compare_lists(case, *paths, decisions=first)
    assert caught.value.code == "other-lists"


@shared
@pytest.mark.shared
def test_on_rules_in_other_words_proposals_name_most_pairs_and_are_not_trusted():
    told = json.loads((SHARED / "lists" / "rules_20_18.json").read_text())
    a, b = (entries_of_text("\n".join(told[side]), side) for side in ("a", "b"))
    found = proposals(a, b)
    held = [to in [one.b for one in found[int(at) - 1]] for at, to in told["same"].items()]
    assert sum(held) >= 12
