"""The table of forms: every form has a right example, and every field refuses what it must."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from noonmark.errors import InputError
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.field_types import TYPES, fault_of
from noonmark.inquiry.form_rules import shape_problems
from noonmark.inquiry.forms import FORMS
from noonmark.inquiry.say import say
from noonmark.inquiry.state import read
from tests.inquiry.typed_forms import CONSENT, EVENT, account, claim, judgement, said, weigh

ROOT = Path(__file__).resolve().parents[2]
ID, DIGEST, TIME = "a" * 26, "0" * 64, "2018-05-01T00:00:00Z"
RIGHT = {
    "text": "x", "texts": ["x"], "prose": DIGEST, "prose by language": {"en": DIGEST},
    "place": DIGEST, "item": DIGEST, "items": [DIGEST], "item or unknown": "unknown",
    "alias": "quiet-heron", "language": "zh-hant", "languages": ["ug"], "time": TIME,
    "time or unknown": "unknown", "whole": 3, "percent": 40, "grade": 2, "flag": True,
    "table": {"a": 1}, "locators": {"page": 3, "boxes": [[0, 0, 5, 5]]},
    "changes": [{"what": "wall", "last_clear": TIME}], "citation": {"account": ID},
    "organisation": {"name": "Works", "kind": "company"}, "subject": ID, "withheld": [],
}  # fmt: skip
WRONG = {
    "text": "", "texts": [1], "prose": "words", "prose by language": {}, "place": "here",
    "item": "x", "items": [], "item or unknown": "no", "alias": "John Smith", "language": "Uyghur!",
    "languages": "ug", "time": "2018-05-01T00:00:00", "time or unknown": "once", "whole": -1,
    "percent": 101, "grade": 0, "flag": 1, "table": [], "locators": {"text_sha256": DIGEST},
    "changes": [{}], "citation": {"account": ID, "passage": ID}, "organisation": {"name": "Works"},
    "subject": 3, "withheld": [{"id": ID}],
}  # fmt: skip


def right(kind: str) -> object:
    """A value that a field of this type takes."""
    word, _, rest = kind.removesuffix("?").partition(" ")
    special = {"word": rest.split("|")[0], "ref": ID, "refs": [ID], "telling": ID}
    return special[word] if word in special else RIGHT[kind.removesuffix("?")]


def whole_form(name: str) -> dict[str, object]:
    """A stored form of every required field."""
    data = {"form": name, "id": "b" * 26, "salt": "0" * 32, "over": []}
    data |= {field: right(FORMS[name].fields[field]) for field in FORMS[name].required}
    more = {
        "segment": {"end_ms": 9}, "weigh": {"claim": ID}, "link": {"parent": "c" * 26},
        "pair": {"a": [ID], "b": [ID]},
    }  # fmt: skip
    return data | more.get(name, {})


def test_every_type_has_a_right_and_a_wrong_example():
    assert set(RIGHT) == set(WRONG) == set(TYPES)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_type_takes_the_right_and_refuses_the_wrong(kind):
    assert fault_of(kind, RIGHT[kind]) is None
    assert fault_of(kind, WRONG[kind]) is not None
    assert fault_of(kind, None) is not None


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_with_all_it_needs_is_right_and_each_part_is_needed(name):
    whole = whole_form(name)
    assert shape_problems(whole) == []
    for field in FORMS[name].required:
        less = {key: value for key, value in whole.items() if key != field}
        assert any(field in problem.where for problem in shape_problems(less))
    assert shape_problems(whole | {"strange": 1})


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("event", {"earliest": "2019-01-01T00:00:00Z", "latest": TIME}, "latest"),
        ("segment", {"start_ms": 9, "end_ms": 9}, "end_ms"),
        ("segment", {"spoken_as_code": {"word": "x"}}, "spoken_as_code"),
        ("translation", {"kind": "machine"}, "tool"),
        ("translation", {"kind": "machine-checked", "tool": "x 1"}, "checked_by"),
        ("weigh", {"hypothesis": ID}, "claim"),
        ("link", {"parent": ID}, "parent"),
        ("link", {"relation": "none", "looked_at": "no"}, "looked_at"),
        ("timeline", {"events": [{"what": "wall"}]}, "events[0]"),
        ("judgement", {"low_pct": 60, "high_pct": 40}, "high_pct"),
        ("pair", {"verdict": "only_a"}, "b"),
        ("reply", {"outcome": "answered"}, "answer"),
        ("reply", {"outcome": "refused", "answer": ID}, "answer"),
        ("reply", {"deadline": "2017-01-01T00:00:00Z"}, "deadline"),
        ("release", {"withheld": [{"id": "?", "why": "x"}]}, "withheld[0].id"),
    ],
)
def test_fields_that_contradict_one_another_are_named(name, change, field):
    problems = shape_problems(whole_form(name) | change)
    assert [problem.where for problem in problems] == [f"{name}.{field}"]
    assert problems[0].code == "form-rule"


def test_the_schema_and_the_page_are_those_that_the_table_gives():
    spec = importlib.util.spec_from_file_location("built", ROOT / "builders" / "inquiry_forms.py")
    built = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(built)
    assert built.SCHEMA.read_text(encoding="utf-8") == built.schema_text()
    page = built.PAGE.read_text(encoding="utf-8")
    assert page == built.page_text(page)


def test_a_small_inquiry_is_read_back_as_it_was_said(case):
    forms = said(
        case,
        CONSENT | {"as": "c"},
        EVENT | {"as": "e"},
        account("quiet-heron", "@c") | {"as": "a"},
        claim("@e") | {"as": "k"},
        weigh("@k", {"account": "@a"}),
        judgement("@k"),
    )
    inquiry = read(case)
    assert [one.form for one in inquiry.said] != []
    assert {one.body for one in inquiry.said} == {one.body for one in forms}
    (stated,) = inquiry.of("claim")
    assert inquiry.title(stated) == "The wall stood in August"
    (weighed,) = inquiry.about("weigh", "claim", stated.id)
    assert weighed.data["on"]["account"] == inquiry.of("account")[0].id
    assert not inquiry.faults and not inquiry.greyed


def test_no_word_of_a_form_stands_in_the_log(case):
    said(case, EVENT | {"as": "e"}, claim("@e", note="seen by the gate-keeper"))
    lines = (case / "log" / "entries").read_text()
    for word in ("wall", "August", "gate-keeper", "reasonable", "when"):
        assert word not in lines


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"form": "rumour"}, "form-unknown"),
        ({"form": "claim"}, "form-field"),
        (claim("@nobody"), "form-reference"),
        (claim("zzzz"), "form-reference"),
        (EVENT | {"items": [DIGEST]}, "no-such-item"),
        (EVENT | {"over": [DIGEST]}, "form-cycle"),
        (EVENT | {"title": {"en": "  "}}, "form-field"),
        (EVENT | {"place": {"type": "Point", "coordinates": [1, 2]}}, "form-place"),
        ({"form": "merge"}, "form-rule"),
        (EVENT | {"note": 0.5}, "form-field"),
    ],
)
def test_a_wrong_form_is_refused_and_nothing_is_logged(case, typed, code):
    with open_vault(case, write=True) as vault:
        before = vault.log.size
        with pytest.raises(InputError) as refused:
            say(vault, [EVENT, typed])
        assert refused.value.code == code and vault.log.size == before
    assert not list((case / "objects").rglob("?" * 64))


def test_a_form_that_cites_or_supersedes_itself_is_refused(case):
    (event,) = said(case, EVENT)
    name = event.data["id"]
    (new,) = said(case, EVENT | {"id": name, "title": {"en": "A fence"}})
    assert new.data["over"] == [event.body]
    for typed in (
        EVENT | {"id": name, "over": [DIGEST]},
        {"form": "restriction", "of": "@r", "level": "team", "why": "x", "as": "r"},
        {"form": "question", "id": name, "text": {"en": "?"}},
    ):
        with pytest.raises(InputError) as refused:
            said(case, typed)
        assert refused.value.code in ("form-cycle", "form-reference")
    assert [one.body for one in read(case).heads(name)] == [new.body]


def test_nobody_reviews_a_judgement_of_their_own(case):
    said(case, EVENT | {"as": "e"}, claim("@e") | {"as": "k"}, judgement("@k"))
    name = read(case).of("judgement")[0].id
    review = {"form": "review", "judgement": name, "verdict": "agree", "why": "sound"}
    with pytest.raises(InputError) as refused:
        said(case, review)
    assert refused.value.code == "review-own"
    said(case, review, by="calm-otter")
    said(case, judgement(read(case).of("claim")[0].id, id=name), by="calm-otter")
    with pytest.raises(InputError):
        said(case, review | {"why": "again"}, by="calm-otter")
    assert [one.by for one in read(case).about("review", "judgement", name)] == ["calm-otter"]
