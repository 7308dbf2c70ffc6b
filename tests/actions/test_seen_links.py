"""Links that a search for copies proposes: nothing is settled until a person says so."""

from __future__ import annotations

import json

import pytest

from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.inquiry_forms import forms_in_file, say_in_case
from noonmark.actions.seen_links import proposed_links, write_links
from noonmark.errors import InputError
from noonmark.inquiry.origins import origins_of
from noonmark.inquiry.state import read
from tests.inquiry.typed_forms import EVENT, claim, weigh


def _match(sha256: str, *ways: str, times: int = 3) -> dict[str, object]:
    return {"sha256": sha256, "as": list(ways), "inliers": 40, "matched_times": times}


@pytest.fixture
def copies(tmp_path):
    """A case of three films, and the digests of its items."""
    case = tmp_path / "case"
    cases.new_case(case)
    paths = []
    for number in range(3):
        path = tmp_path / f"film{number}.mp4"
        path.write_bytes(b"film %d" % number)
        paths.append(str(path))
    return case, [one["sha256"] for one in add_to_case(case, paths).added]


def test_proposals_lower_the_fewest_origins_and_settle_nothing(copies, tmp_path):
    case, items = copies
    none = {"form": "link", "relation": "none", "certainty": "certain", "looked_at": "yes"}
    pairs = [(items[a], items[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    apart = [none | {"child": a, "parent": b, "basis": "filmed apart"} for a, b in pairs]
    forms = [EVENT | {"as": "e"}, claim("@e") | {"as": "c"}]
    said = say_in_case(case, [*forms, *(weigh("@c", {"item": one}) for one in items), *apart])
    name = next(one["id"] for one in said["said"] if one["form"] == "claim")
    assert origins_of(read(case), name).fewest == 3
    answer = {"sha256": items[0], "found": [_match(items[1], "whole"), _match(items[2], "9:16")]}
    assert write_links(answer, case, tmp_path / "links.json") == 2
    say_in_case(case, forms_in_file(str(tmp_path / "links.json")))
    count = origins_of(read(case), name)
    assert (count.fewest, count.most) == (1, 3)


def test_a_part_of_the_picture_is_a_crop_and_the_same_bytes_are_no_link():
    answer = {
        "sha256": "a" * 64,
        "found": [_match("b" * 64, "9:16", "cropped to 90 %"), _match("c" * 64, "whole", "9:16"),
                  _match("a" * 64, "whole", times=1)],
    }  # fmt: skip
    told = proposed_links(answer)
    assert [one["relation"] for one in told] == ["crop", "copy"]
    assert {one["certainty"] for one in told} == {"unsure"}
    assert {one["looked_at"] for one in told} == {"no"}


def test_nothing_is_written_over_and_an_index_alone_has_no_links(copies, tmp_path):
    case, items = copies
    answer = {"sha256": items[0], "found": []}
    target = tmp_path / "links.json"
    target.write_text("mine")
    with pytest.raises(InputError) as refused:
        write_links(answer, case, target)
    assert refused.value.code == "output-exists" and target.read_text() == "mine"
    with pytest.raises(InputError) as refused:
        write_links(answer, tmp_path, tmp_path / "new.json")
    assert refused.value.code == "not-a-case" and not (tmp_path / "new.json").exists()
    assert write_links(answer, case, tmp_path / "none.json") == 0
    assert json.loads((tmp_path / "none.json").read_text()) == {"forms": []}
