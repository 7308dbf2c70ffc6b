"""Documents on the page: the list, a page by every reader, quoting, search, two lists, replies."""

from __future__ import annotations

import io
import shutil
import threading

import numpy as np
import pytest
from PIL import Image

from noonmark.actions import document_reading, documents
from noonmark.actions.cases import new_case
from noonmark.actions.inquiry_forms import say_in_case, show_said
from tests.documents.made_pdf import MadePdf
from tests.inquiry.typed_forms import EVENT, claim
from tests.sandbox.inprocess import without_workers
from tests.web.conftest import digest_of

TENDER = "招标公告\n新建围墙1240米，高3.5米；\n岗楼四座\n"


@pytest.fixture(autouse=True)
def _workers(monkeypatch):
    without_workers(monkeypatch)


@pytest.fixture(scope="module")
def made_case(tmp_path_factory):
    """A case with a tender in text, a PDF of two pages, and a claim."""
    tmp_path = tmp_path_factory.mktemp("made")
    folder = tmp_path / "case"
    new_case(folder)
    made = MadePdf()
    made.text("The wall is 1240 m long")
    made.text("", more=b"")
    (tmp_path / "tender.txt").write_text(TENDER, encoding="utf-8")
    (tmp_path / "wall.pdf").write_bytes(made.bytes())
    files = [str(tmp_path / name) for name in ("tender.txt", "wall.pdf")]
    with pytest.MonkeyPatch.context() as patch:
        without_workers(patch)
        assert documents.add_documents(folder, files)["ok"]
    say_in_case(folder, [{**EVENT, "as": "e"}, claim("@e")])
    return folder


@pytest.fixture
def case(made_case, tmp_path):
    """A copy of that case."""
    return shutil.copytree(made_case, tmp_path / "case")


def _by_name(opened) -> dict:
    return {one["name"]: one for one in opened.ask("/api/documents")["documents"]}


def _quote(opened, words: str, **more) -> dict:
    item = _by_name(opened)["tender.txt"]["sha256"]
    reading = opened.ask(f"/api/documents/{item}/page/1")["readings"][0]
    line = next(one for one in reading["lines"] if words in one["text"])
    start = line["start"] + line["text"].index(words)
    asked = {"item": item, "text_sha256": reading["text_sha256"], "page": 1, "start": start,
             "end": start + len(words), "words": words, "language": "zh"}  # fmt: skip
    return asked | more


def test_a_mark_is_saved_while_a_long_document_is_read(opened, tmp_path, monkeypatch):
    (tmp_path / "long.txt").write_text("one page after the other\n", encoding="utf-8")
    (item,) = opened.ask("/api/items/add", {"path": str(tmp_path / "long.txt")})["items"]
    state = opened.ask("/api/state")["state"]
    began, let_go = threading.Event(), threading.Event()
    pages_of = document_reading.reading.other_pages

    def other_pages(*given):
        began.set()
        let_go.wait(5.0)
        return pages_of(*given)

    monkeypatch.setattr(document_reading.reading, "other_pages", other_pages)
    opened.server.jobs.patience_s = 0.0
    job = opened.post("/api/documents/read", {"item": item["sha256"]}).json()["job"]
    assert began.wait(20.0)
    noted = {**state["inquiry"], "notes": "a mark"}
    saved = {"revision": state["revision"], "inquiry": noted, "said": "marked"}
    assert opened.ask("/api/inquiry", saved)["revision"] == state["revision"] + 1
    assert opened.ask(f"/api/jobs/{job}")["done"] is False, "it was read before the mark was saved"
    let_go.set()
    assert opened.server.jobs.find(job).done.wait(20.0)
    assert opened.ask(f"/api/jobs/{job}")["result"]["counts"]["failed"] == 0


def test_the_list_says_what_text_there_is_and_reading_writes_nothing(opened, case):
    before = digest_of(case)
    named = _by_name(opened)
    assert (named["tender.txt"]["state"], named["tender.txt"]["pages"]) == ("text", 1)
    assert (named["wall.pdf"]["pages"], named["wall.pdf"]["without_text"]) == (2, 1)
    item = named["wall.pdf"]["sha256"]
    reading = opened.ask(f"/api/documents/{item}/page/1")["readings"][0]
    (line,) = reading["lines"]
    assert line["text"] == "The wall is 1240 m long"
    x0, y0, x1, y1 = line["box"]
    assert 119_000 < x0 < 123_000 and x1 > x0 and 800_000 - 300_000 in range(y0, y1 + 6000)
    assert opened.ask(f"/api/documents/{item}/passages")["passages"] == []
    opened.ask("/api/lists")
    opened.ask("/api/replies")
    opened.ask("/api/accounts")
    assert digest_of(case) == before


def test_a_page_is_drawn_in_the_size_of_its_text(opened):
    item = _by_name(opened)["wall.pdf"]["sha256"]
    reply = opened.get(f"/api/documents/{item}/picture/1")
    shown = np.asarray(Image.open(io.BytesIO(reply.content)).convert("RGB"))
    assert shown.shape == (1334, 1000, 3) or shown.shape[:2] == (1333, 1000)
    assert shown.min() < 80 and shown[0, 0].tolist() == [255, 255, 255]
    assert opened.refused(f"/api/documents/{item}/picture/7") == "no-document-page"
    text = _by_name(opened)["tender.txt"]["sha256"]
    assert opened.refused(f"/api/documents/{text}/picture/1") == "no-page-picture"


def test_without_pdfium_one_sentence_says_what_is_missing(opened, monkeypatch):
    item = _by_name(opened)["wall.pdf"]["sha256"]
    monkeypatch.setattr("noonmark.documents.pdf.importlib.util.find_spec", lambda name: None)
    assert opened.refused(f"/api/documents/{item}/picture/1") == "document-reader-missing"


def test_a_quotation_is_the_signed_passage_of_the_command_line(opened, case):
    asked = _quote(opened, "新建围墙1240米")
    (said,) = opened.ask("/api/documents/quote", asked)["said"]
    version = show_said(case, said["id"])["versions"][0]
    place = version["says"]["at"]
    assert (place["page"], place["start"], place["end"]) == (1, 5, 14)
    assert version["texts"][version["says"]["quote"]] == "新建围墙1240米"
    (shown,) = opened.ask(f"/api/documents/{asked['item']}/passages")["passages"]
    assert (shown["state"], shown["quote"], shown["start"]) == ("exact", "新建围墙1240米", 5)


def test_other_words_at_the_place_are_not_quoted(opened):
    asked = _quote(opened, "岗楼四座")
    assert (
        opened.refused("/api/documents/quote", asked | {"words": "岗楼五座"}) == "quote-not-found"
    )
    assert opened.refused("/api/documents/quote", asked | {"end": 10_000}) == "quote-outside"
    gone = asked | {"text_sha256": "0" * 64}
    assert opened.refused("/api/documents/quote", gone) == "document-not-read"


def test_a_passage_of_a_text_that_went_is_not_called_lost_before_it_is_read_again(opened, case):
    asked = _quote(opened, "岗楼四座")
    opened.ask("/api/documents/quote", asked)
    folder = case / "documents" / asked["item"]
    for path in list(folder.iterdir()):
        path.unlink()
    assert _by_name(opened)["tender.txt"]["loose"] == 0, "nothing is known of a text not read"
    (unread,) = opened.ask(f"/api/documents/{asked['item']}/passages")["passages"]
    assert (unread["state"], unread["proposals"]) == ("unread", [])
    opened.ask("/api/documents/read", {"item": asked["item"]})
    (found,) = opened.ask(f"/api/documents/{asked['item']}/passages")["passages"]
    assert found["state"] == "exact"


def test_a_place_that_is_not_certain_is_taken_by_a_person(opened, case):
    item = _by_name(opened)["tender.txt"]["sha256"]
    older = {"form": "passage", "item": item, "at": {"start": 0, "end": 4}, "quote": "岗楼四座",
             "language": "zh"}  # fmt: skip
    (said,) = say_in_case(case, [older])["said"]
    (one,) = opened.ask(f"/api/documents/{item}/passages")["passages"]
    assert one["state"] == "proposal" and _by_name(opened)["tender.txt"]["loose"] == 1
    (place,) = one["proposals"]
    taken = {key: place[key] for key in ("text_sha256", "page", "start", "end")}
    asked = {"item": item, "words": place["quote"], "language": "zh", "over": said["id"], **taken}
    (new,) = opened.ask("/api/documents/quote", asked)["said"]
    assert new["id"] == said["id"]
    (one,) = opened.ask(f"/api/documents/{item}/passages")["passages"]
    assert (one["state"], one["start"]) == ("exact", place["start"])
    assert _by_name(opened)["tender.txt"]["loose"] == 0


def test_a_translation_and_a_claim_stand_beside_the_words(opened):
    asked = _quote(opened, "岗楼四座")
    (said,) = opened.ask("/api/documents/quote", asked)["said"]
    note = {"of": said["id"], "language": "en", "text": "Guard towers: four", "by": "slow-cedar",
            "kind": "human"}  # fmt: skip
    opened.ask("/api/documents/translate", note)
    (to,) = opened.ask("/api/documents")["claims"]
    weigh = {"claim": to["id"], "on": {"passage": said["id"]}, "stance": "supports",
             "credibility": 2, "why": "the tender asks for it"}  # fmt: skip
    opened.ask("/api/documents/cite", weigh)
    (shown,) = opened.ask(f"/api/documents/{asked['item']}/passages")["passages"]
    assert shown["translations"][0]["text"] == "Guard towers: four"
    assert [one["stance"] for one in shown["used_in"]] == ["supports"]
    assert opened.refused("/api/documents/cite", weigh | {"credibility": 9}) == "bad-request"
    assert opened.refused("/api/documents/translate", note | {"by": "Anna"}) == "form-field"


def test_a_search_says_where_it_looked_and_is_kept_on_demand_alone(opened, case):
    found = opened.ask("/api/documents/find", {"words": "围墙"})
    assert [hit["quote"] for hit in found["hits"]] == ["围墙"]
    assert (found["searched"]["documents"], found["searched"]["without_text"]) == (2, 1)
    before = opened.ask("/api/state")["state"]["record"]
    nothing = opened.ask("/api/documents/find", {"words": "机场"})
    assert nothing["hits"] == [] and "recorded" not in nothing
    assert opened.ask("/api/state")["state"]["record"] == before
    assert opened.ask("/api/documents/find", {"words": "机场", "keep": True})["recorded"]["kept"]
    assert opened.refused("/api/documents/find", {"words": "  \u200b "}) == "query-empty"


def _lists(opened, tmp_path) -> list[str]:
    digests = []
    for name, text in (("seventy.txt", "1. Selling tools\n2. Walking on tracks\n"),
                       ("gate.txt", "1. Tools stay here\n")):  # fmt: skip
        (tmp_path / name).write_text(text)
        added = opened.ask("/api/items/add", {"path": str(tmp_path / name)})
        digests.append(added["items"][0]["sha256"])
    return digests


def test_two_lists_are_decided_by_a_reader_and_read_blind_by_another(opened, tmp_path):
    a, b = _lists(opened, tmp_path)
    told = opened.ask(f"/api/lists/proposals?a={a}&b={b}")
    assert told["proposals"][0]["proposed"][0]["reasons"]
    pairs = [{"a": [1], "b": [1], "verdict": "same", "why": "both on tools"},
             {"a": [2], "b": [], "verdict": "only_a", "why": "not on the gate"}]  # fmt: skip
    asked = {"a": a, "b": b, "by": "pale-heron", "pairs": pairs}
    assert opened.refused("/api/lists/decide", asked | {"pairs": pairs[:1]}) == "list-decision"
    kept = opened.ask("/api/lists/decide", asked)
    assert kept["sentence"].startswith("1 of the 1 entries of gate stand in seventy")
    second = asked | {"by": "slow-cedar", "first": kept["kept"]["sha256"]}
    second["pairs"] = [{**pairs[0], "verdict": "narrower"}, pairs[1]]
    answer = opened.ask("/api/lists/decide", second)
    assert answer["decided_by"] == "pale-heron"
    assert answer["second_reading"]["by"] == "slow-cedar" and answer["second_reading"]["differ"]
    assert opened.refused("/api/lists/decide", second | {"by": "pale-heron"}) == "same-reader"
    assert len(opened.ask("/api/lists")["comparisons"]) == 2


def test_a_reply_is_due_until_its_outcome_is_said(opened):
    (to,) = opened.ask("/api/documents")["claims"]
    asked = {"to": {"name": "Meridel Works Authority", "kind": "agency"}, "about": [to["id"]],
             "asked_at": "2022-12-01T00:00:00Z", "how": "by letter", "questions": "Who built it?",
             "deadline": "2023-01-15T00:00:00Z"}  # fmt: skip
    (said,) = opened.ask("/api/replies/add", asked)["said"]
    (due,) = opened.ask("/api/replies")["replies"]
    assert due["state"] == "overdue" and due["claims"][0]["text"]
    answer = {"over": said["id"], "outcome": "answered", "answer_text": "We did.",
              "answered_at": "2023-01-09T00:00:00Z"}  # fmt: skip
    opened.ask("/api/replies/add", answer)
    (done,) = opened.ask("/api/replies")["replies"]
    assert (done["state"], done["answer_text"]) == ("answered", "We did.")
