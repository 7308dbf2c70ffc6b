from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import jsonschema
import numpy as np
import pytest

from noonmark import actions
from noonmark.actions import add_to_case, case_history, new_case, text_layers, withdraw_from_case
from noonmark.actions.document_search import TextQuery, find_in_documents
from noonmark.documents.layers import Page
from noonmark.errors import InputError
from noonmark.evidence.withdrawal import DOCUMENTS, SEARCH_INDEX


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "case"
    new_case(folder)
    for name, text in (("one.txt", "某县 招 标 公 告"), ("two.txt", "مەكتەپ")):
        (tmp_path / name).write_text(text)
        item = add_to_case(folder, [str(tmp_path / name)]).added[0]["sha256"]
        boxes = np.array([[at, 0, at + 1, 9] for at in range(len(text))], np.int32)
        pages = [Page(0, "i", text, boxes, 100, 100), Page(1, "ii", "")]
        text_layers.write_layer(folder, item, "text", pages)
    return folder


def test_a_hit_has_its_offsets_boxes_and_reasons_and_keeps_the_schema(case):
    found = find_in_documents(case, TextQuery("招标公告"), boxes=True)
    jsonschema.validate(json.loads(json.dumps(found)), actions.schema("docs-find"))
    (hit,) = found["hits"]
    assert (hit["label"], hit["original_offsets"], hit["quote"]) == ("i", [[3, 10]], "招 标 公 告")
    assert hit["boxes"] == [[at, 0, at + 1, 9] for at in range(3, 10) if at]
    assert hit["why"] == ["spaces or line ends"]
    assert found["searched"] == {"documents": 2, "pages": 4, "without_text": 2, "ocr_pages": 0}


def test_a_search_that_found_nothing_is_kept_and_no_word_of_it_is_in_the_log(case):
    found = find_in_documents(case, TextQuery("qamaqxona"))
    jsonschema.validate(json.loads(json.dumps(found)), actions.schema("docs-find"))
    assert found["recorded"]["kept"]
    log = [entry.facts for entry in case_history(case)]
    assert any(facts.get("sha256") == found["recorded"]["sha256"] for facts in log)
    assert "qamaqxona" not in json.dumps(log)
    assert "recorded" not in find_in_documents(case, TextQuery("qamaqxona"), record=False)


def test_a_withdrawn_text_is_found_no_more_and_its_index_is_gone(case):
    item = find_in_documents(case, TextQuery("مەكتەپ"))["hits"][0]["item"]
    withdraw_from_case(case, item, reason="asked for")
    assert not (case / DOCUMENTS / SEARCH_INDEX).exists()
    assert find_in_documents(case, TextQuery("مەكتەپ"), record=False)["pages_found"] == 0


def test_several_searches_at_once_make_one_index_and_none_fails(case):
    ready = Barrier(6)

    def ask(query: str) -> int:
        ready.wait()
        return find_in_documents(case, TextQuery(query), record=False)["pages_found"]

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(ask, ["招标公告"] * 6)) == [1] * 6
    assert sorted(path.name for path in (case / DOCUMENTS).glob("search*")) == [SEARCH_INDEX]


def test_a_case_without_documents_says_so(tmp_path):
    new_case(tmp_path / "empty")
    with pytest.raises(InputError) as caught:
        find_in_documents(tmp_path / "empty", TextQuery("x"))
    assert caught.value.code == "no-documents"
