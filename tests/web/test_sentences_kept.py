"""Sentences of documents, lists, places, sites and the log are found again by their codes."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from noonmark.actions.place_search import _advice
from noonmark.documents import locators, variants
from noonmark.documents.fold import TOLD
from noonmark.documents.lists import ComparedList, ListEntry, proposals
from noonmark.evidence.entry_schema import KINDS
from noonmark.session.record import _SAYERS
from noonmark.session.sentence_list import TEMPLATES
from noonmark.session.sentences import recall, told, with_told
from noonmark.sites import site_folder, timeline
from noonmark.world.places import NearestPlace

SOURCE = Path(__file__).parents[2] / "src/noonmark"


def text_of(node):
    """The text of a literal, or of an f-string with 7 for each value; None for anything else."""
    match node:
        case ast.Constant(value=str()):
            return node.value
        case ast.JoinedStr():
            return "".join(p.value if isinstance(p, ast.Constant) else "7" for p in node.values)
    return None


def name_of(node):
    """The last name of what is called or set."""
    return getattr(node, "attr", getattr(node, "id", ""))


def values_of(node, calls, names):
    """What is handed to one of some calls, or put under one of some names."""
    if isinstance(node, ast.Call) and name_of(node.func) in calls:
        return node.args[:1]
    if isinstance(node, ast.Assign) and name_of(node.targets[0]) in names:
        return [node.value, *getattr(node.value, "elts", []), getattr(node.value, "elt", None)]
    return []


def said_in(*files, calls=(), names=()):
    """Texts that are handed to some calls, or put under some names, in modules of Noonmark."""
    nodes = [
        node
        for file in files
        for node in ast.walk(ast.parse((SOURCE / file).read_text(encoding="utf-8")))
    ]
    return {text_of(one) for node in nodes for one in values_of(node, calls, names)} - {None}


def codes_of(texts, kind):
    """The codes of texts, each of which must be a sentence of that kind."""
    assert [text for text in sorted(texts) if not recall(text, kind)] == []
    return {one.code for text in texts for one in recall(text, kind)}


def of_kind(kind):
    return {code for code in TEMPLATES if code.startswith(f"{kind}.")}


def test_each_reason_of_a_hit_is_known():
    words = ["noonmark", "батис", "ئەسكەرتىش", "һава", "алаңы", "دۇنيا"]
    spellings = [*map(variants.transliterations, words), *map(variants.look_alikes, words)]
    said = {spelling.why for found in spellings for spelling in found}
    assert len(said) > 6
    said |= {*TOLD.values(), "Uyghur in Latin letters or Kazakh in Latin letters"}
    inner = {"search.uyghur-latin", "search.kazakh-latin"}
    assert codes_of(said, "search") | inner == of_kind("search")
    (either,) = told("Kazakh in Latin letters or Uyghur in Latin letters", "search")
    assert either["values"]["how"][0]["code"] == "search.kazakh-latin"
    assert either["values"]["said"][0]["code"] == "search.uyghur-latin"


def test_each_reason_for_a_pair_is_known():
    texts = ["wall of 1,240 m", "gate", "tower", "road", "ditch", "1,240 m of wall"]
    side = ComparedList("a", tuple(ListEntry(n, "", text) for n, text in enumerate(texts, 1)))
    found = proposals(side, side, most=len(texts))
    reasons = {reason for row in found for one in row for reason in one.reasons}
    assert codes_of(reasons, "pair") == of_kind("pair")


def test_each_note_of_a_reader_is_known():
    parsers = [path.relative_to(SOURCE) for path in (SOURCE / "sandbox/parsers").glob("*.py")]
    said = said_in(*parsers, calls=["note"])
    said |= said_in("sandbox/tasks/pdf_text.py", "actions/document_reading.py", "documents/pdf.py",
                    calls=["append"], names=["note", "notes"])  # fmt: skip
    assert len(said) > 40
    guess = "a part says 'x' and does not fit it: read as cp1251; it would fit koi8-r, cp866 too; "
    assert codes_of({*said, f"{guess}--encoding decides"}, "note") == of_kind("note")


def test_each_reason_for_another_place_is_known():
    def place(page, quote, prefix, suffix):
        return locators.PassageLocator(
            item_sha256="", text_sha256="", producer="", page=page, label="", start=0, end=1,
            boxes=(), quote=quote, prefix=prefix, suffix=suffix,
        )  # fmt: skip

    one = place(1, "wall", "before the long", "of the old yard")
    others = [
        place(page, quote, prefix, suffix)
        for page in (1, 2)
        for quote in ("wall", "Wall")
        for prefix in ("before the long", "xyz")
        for suffix in ("of the old yard", "qqq")
    ]
    said = {locators._reason(one, other) for other in others}
    inner = {value["code"] for text in said for value in told(text, "anchor")[0]["values"]["how"]}
    assert codes_of(said, "anchor") | inner == of_kind("anchor")


@pytest.mark.parametrize("features", [(), (1, 2)], ids=["none", "some"])
def test_each_advice_about_places_is_known(features):
    order = SimpleNamespace(features=features, says_little=True, in_90=2, none_of_these=0.9)
    found = SimpleNamespace(
        ranked=order,
        search=SimpleNamespace(anchor="a tower"),
        missing={"mast": SimpleNamespace(source="no figure for it")},
        held=SimpleNamespace(maps=SimpleNamespace(maps=[SimpleNamespace(newest_edit_s=0)])),
    )
    first = "says-little" if features else "none-mapped"
    often = {"place.not-mapped", "place.missing-unknown", "place.undated"}
    assert codes_of(set(_advice(found)), "place") == {f"place.{first}", *often}


def test_each_reason_for_no_comparison_with_the_land_is_known():
    said = said_in("actions/skyline.py", "world/terrain/ground.py", "world/terrain/horizon.py",
                   calls=["InputError"])  # fmt: skip
    known = {one.code for text in said for one in recall(text, "skyline")}
    assert known == of_kind("skyline")


def test_each_sentence_of_a_site_is_known():
    judged = ["sites/image_judgement.py", "sites/image_intake.py"]
    said = said_in(*judged, calls=["append"], names=["said", "placed"])
    said |= said_in("sites/timeline.py", calls=["append"], names=["conflicts"])
    absent = SimpleNamespace(could="doubtful", images=("a", "b"))
    said |= {*timeline._doubts_of_removal(absent), *timeline._doubts_of_removal(None)}
    said |= {"removed: readers differ on a", "a has no stack of images that can be compared"}
    assert len(said) > 12
    raised = said_in("actions/site_proposals.py", "sites/site_folder.py", calls=["InputError"])
    of_errors = {one.code for text in raised for one in recall(text, "site")}
    causes = [FileNotFoundError(), PermissionError(), KeyError("name"), TypeError()]
    causes += [json.JSONDecodeError("no", "{", 1), UnicodeDecodeError("utf-8", b"x", 0, 1, "no")]
    caused = {site_folder._cause(cause) for cause in causes}
    caused |= said_in("sites/site_folder.py", calls=["ValueError"])
    assert codes_of(said | caused, "site") | of_errors == of_kind("site")


def test_each_finding_that_another_module_says_is_known():
    said = said_in("actions/footage.py", "media/probe.py", "media/picture_findings.py",
                   names=["text"])  # fmt: skip
    assert len(said) > 5
    wanted = ("zone-of-another-place", "thumbnail-differs", "no-clock-transport", "no-clock-bare")
    assert codes_of(said, "finding") >= {f"finding.{code}" for code in wanted}


@pytest.mark.parametrize("distance_km", [1.0, 44.0, 1234.0], ids=["here", "near", "far"])
def test_each_way_to_name_a_settlement_is_known(distance_km):
    place = NearestPlace("Bergen", "NO", "Norway", distance_km, "north-east")
    (one,) = recall(str(place), "near")
    assert one.code == ("near.here" if distance_km < 3 else "near.away")
    assert (one.values["town"], one.values["country"]) == ("Bergen", "Norway")


SAMPLES = {"text": "unknown", "whole": 3, "digest": "ab" * 32, "digest or unknown": "ab" * 32}
SAMPLES |= {"digests": ["ab" * 32] * 5, "table": {"command": "noonmark redact"}}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"item", "said", "note"}))
def test_each_entry_of_the_log_is_known(kind):
    facts = {name: SAMPLES[form] for name, form in KINDS[kind].required.items()}
    text, _ = _SAYERS[kind](facts, 2)
    assert len(recall(text, "act")) == 1


def test_no_kind_of_entry_is_without_words():
    # items stand in a collection's line, and what was said has screens of its own
    assert set(KINDS) - set(_SAYERS) == {"item", "said"}


def test_sentences_in_one_another_end_somewhere():
    # what a name of another person's file repeats must not cost more than its length
    for start, kind in (("a hyphen or ", "search"), ("removed: ", "site"), ("undid: ", "act")):
        deep = told(start * 5000, kind)
        assert str(deep).count("'code'") < 8


def test_texts_have_their_sentences_beside_them():
    reply = {"rows": [{"why": ["a hyphen", "typed by somebody"], "name": "a hyphen"}], "n": 1}
    (row,) = with_told(reply, "search", "why")["rows"]
    hyphen = [{"code": "search.hyphens", "values": {}}]
    assert row["told"] == {"a hyphen": hyphen, "typed by somebody": []}
    assert "told" not in with_told({"why": None, "n": [1, "a hyphen"]}, "search", "why")
