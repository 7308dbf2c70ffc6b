"""The report as a stranger reads it: evidence in two clicks, no script, the same bytes again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from noonmark.actions import cases, releases, schema
from noonmark.actions.releases import ReleaseRequest, WrittenRelease
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.evidence.vault import open_vault
from noonmark.release import told_evidence
from noonmark.release.wording import faults
from tests.release import made_case
from tests.release.made_case import Made

ASKED = ReleaseRequest(today="2026-12-01T00:00:00Z", title="A wall", text="One.\n\nTwo.")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "a\u202eb",
    "</style><b>",
)


class Page(HTMLParser):
    """The anchors, links, tags and attributes of a page, and the links inside each section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: dict[str, set[str]] = {"": set()}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = [""]
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag == "section":
            self.inside.append(str(given.get("id", self.inside[-1])))
            self.links.setdefault(self.inside[-1], set())
        if tag == "a":
            self.links[self.inside[-1]].add(str(given["href"]).removeprefix("#"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self.inside.pop()


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    return made_case.make(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def written(made: Made) -> WrittenRelease:
    return releases.write_release(made.folder, made.folder.parent / "out", ASKED, key=made.key)


@pytest.fixture(scope="module")
def html(written: WrittenRelease) -> str:
    return (written.folder / "report.html").read_text("utf-8")


def test_every_piece_of_evidence_is_one_click_away_and_its_file_two(html):
    page = Page(html)
    evidence = {name for name in page.ids if re.fullmatch(r"e\d+", name)}
    assert evidence
    assert evidence <= page.links["claim-1"]
    for one in evidence:
        files = {name for name in page.links[one] if re.fullmatch(r"f\d+", name)}
        assert files <= set(page.ids)
        assert files


def test_every_sentence_about_a_claim_leads_to_its_evidence_in_one_click(html):
    claim = html[html.index('id="claim-1"') : html.index('id="evidence"')]
    told, reply = claim.split('<section class="reply">')
    judged = told[told.index('class="likelihood"') : told.index('class="origins"')]
    parts = {
        "the judgement": judged,
        "the origins": told[told.index('class="origins"') : told.index("<dl>")],
        "the answer": reply,
        **{f"a point: {one[:30]}": one for one in told.split("<li>")[1:]},
    }
    made = html[html.index('id="evidence"') :]
    for name, part in parts.items():
        numbers = set(re.findall(r'href="#e(\d+)"', part))
        if name != "the answer":  # this one was written into the record, not cited
            assert numbers, name
        assert all(f'id="e{number}"' in made for number in numbers)


def test_each_origin_names_its_evidence(html):
    groups = re.findall(r"<li>Origin \d+: (.*?)</li>", html)
    assert len(groups) == 5
    assert sorted(re.findall(r"#e(\d+)", " ".join(groups))) == ["1", "2", "3", "4", "5"]


def test_a_part_of_an_answer_is_told_in_words():
    told = {part: told_evidence.part_words(part) for part in ("modes[0]", "credible.0.99", "x[0]")}
    assert told == {
        "modes[0]": "piece 1 of it",
        "credible.0.99": "its 99 % region",
        "x[0]": "this part of it: x[0]",
    }


def test_a_wide_piece_of_an_answer_has_no_town_in_a_report():
    mode = {"mass": 0.9, "lat_deg": 39.1, "lon_deg": -9.4, "when": "7 October", "area_km2": 119e3,
            "nearest_place": "23 km south-west of Peniche, Portugal"}  # fmt: skip
    wide = dict(told_evidence.answer_facts({"modes": [mode]}))
    small = dict(told_evidence.answer_facts({"modes": [mode | {"area_km2": 9e4}]}))
    assert wide["piece 1, 90 %"].startswith("around 39°") and "Peniche" not in str(wide)
    assert "Peniche" in small["piece 1, 90 %"]


def test_every_link_has_its_anchor_and_no_anchor_stands_twice(html):
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert set().union(*page.links.values()) <= set(page.ids)


def test_nothing_in_the_page_runs_or_is_loaded(html):
    page = Page(html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "iframe", "object", "link", "form"})
    for _, given in page.tags:
        assert not any(name.startswith("on") for name in given)
        for name in ("href", "src"):
            assert str(given.get(name, "#")).startswith(("#", "data:image/"))
    assert "default-src 'none'" in html


def test_the_answer_and_what_speaks_against_it_stand_beside_the_claim(html):
    claim = html[html.index('id="claim-1"') : html.index('id="evidence"')]
    order = ["What speaks against it", "What supports it", "Meridel Works Authority"]
    assert [text for text in order if text in claim] == order
    assert [claim.index(text) for text in order] == sorted(claim.index(text) for text in order)
    assert "It puts the wall a year later." in claim
    assert "The Authority denies that it built the wall." in claim


def test_original_and_translation_stand_side_by_side(html):
    assert made_case.TENDER in html
    assert 'lang="ug"' in html
    assert "translation by slow-cedar, human" in html


def test_our_own_sentences_keep_the_rules_of_words(html):
    text = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    text = re.sub(r"</(?:p|li|dd|h\d|td|th|figcaption|blockquote|div)>", "\n\n", text)
    assert faults(re.sub(r"<[^>]+>", "", text), fewest=0) == []


def test_the_same_case_gives_the_same_bytes(made, written, tmp_path):
    again = releases.write_release(made.folder, tmp_path / "again", ASKED, key=made.key)
    assert again.report_sha256 == written.report_sha256
    for name in ("report.html", "prov.json", "claimreview.json"):
        assert (again.folder / name).read_bytes() == (written.folder / name).read_bytes()


def test_no_shown_byte_names_a_withheld_object(made, written):
    held = [digest for digest in made.items.values() if digest in written.check.selection.held_back]
    assert len(held) == 5
    for path in written.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            assert [d for d in held if d[:12].encode() in data or d[:12] in path.name] == []


def test_the_bundle_is_whole_and_says_so_with_other_code(written):
    verdict = cases.verify_bundle(written.folder / "bundle", key=written.key)
    assert verdict.ok
    assert verdict.word == "sound"
    shown = written.folder / "bundle" / "objects" / written.report_sha256[:2]
    assert (shown / written.report_sha256).read_bytes() == (
        written.folder / "report.html"
    ).read_bytes()
    own = subprocess.run(
        [sys.executable, "-I", "verify.py", ".", "--key", written.key],
        cwd=written.folder / "bundle",
        capture_output=True,
        text=True,
    )
    assert own.returncode == 0, own.stdout + own.stderr


def test_without_answers_nothing_is_computed_again(written, capsys):
    assert main(["release", "rerun", str(written.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    Draft202012Validator(schema("release-rerun")).validate(told)
    assert told["ok"] and told["answers"] == []


def test_other_programs_get_the_claims_and_where_they_come_from(written):
    review = json.loads((written.folder / "claimreview.json").read_text("utf-8"))["@graph"][0]
    assert review["claimReviewed"].startswith("A wall was built")
    assert review["reviewRating"].keys() == {"@type", "alternateName"}  # no number for a truth
    prov = json.loads((written.folder / "prov.json").read_text("utf-8"))
    entities = prov["entity"]
    for derived in prov["wasDerivedFrom"].values():
        assert {derived["prov:generatedEntity"], derived["prov:usedEntity"]} <= set(entities)
    crate = json.loads((written.folder / "ro-crate-metadata.json").read_text("utf-8"))
    named = {str(one["@id"]) for one in crate["@graph"] if one["@type"] == "File"}
    lying = {
        path.relative_to(written.folder).as_posix()
        for path in written.folder.rglob("*")
        if path.is_file()
    }
    assert named == lying - {"ro-crate-metadata.json", "README.txt"}


def test_hostile_words_and_names_stay_words(tmp_path):
    made = made_case.make(tmp_path)
    with open_vault(made.folder, write=True) as vault:
        digests = [made.put(vault, payload.encode(), payload) for payload in HOSTILE]
    for number, (payload, digest) in enumerate(zip(HOSTILE, digests, strict=True)):
        cited = {"passage": f"@bad{number}"}
        made.say({"form": "passage", "as": f"bad{number}", "item": digest, "at": {"path": payload},
                  "quote": payload, "language": "en"},
                 {"form": "weigh", "claim": "$claim", "on": cited, "why": payload,
                  "stance": "consistent", "credibility": 6})  # fmt: skip
    done = releases.write_release(made.folder, tmp_path / "out", ASKED, key=made.key)
    page = (done.folder / "report.html").read_text("utf-8")
    test_nothing_in_the_page_runs_or_is_loaded(page)
    assert "\u202e" not in page


def test_a_release_leaves_nothing_where_its_folder_exists(made, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError) as caught:
        releases.write_release(made.folder, Path(tmp_path / "out"), ASKED, key=made.key)
    assert caught.value.code == "file-exists"
