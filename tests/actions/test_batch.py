"""Many questions at once: in order, on all cores, resumed after a kill, a bad line costs only
itself.
"""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from noonmark.actions import batch
from noonmark.errors import InputError

VERB = "tests.actions.test_batch:double"


def double(document):
    """Stands in for locate; may be told to fail in several ways."""
    if document.get("die"):
        os._exit(9)
    if document.get("refuse"):
        raise InputError("no", code="usage")
    if document.get("fault"):
        raise ZeroDivisionError("by zero")
    return {"ok": True, "twice": 2 * document["n"]}


def _lines(*documents: object) -> bytes:
    return b"".join(
        d if isinstance(d, bytes) else json.dumps(d).encode() + b"\n" for d in documents
    )


def _answers(data: bytes, **options) -> list[dict]:
    found = batch.answer_all(batch.read_questions(io.BytesIO(data)), verb=VERB, **options)
    return [json.loads(line) for line in found]


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_come_in_order_with_their_ids(workers, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    found = _answers(_lines(*({"id": f"q{n}", "n": n} for n in range(40))), workers=workers)
    assert [(a["id"], a["twice"], a["line"]) for a in found] == [
        (f"q{n}", 2 * n, n + 1) for n in range(40)
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_line_costs_only_itself(workers, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    data = _lines(
        {"n": 1}, b"not json {\n", b"\n", {"refuse": 1}, b"\xff\xfe\n", {"fault": 1}, {"n": 2}
    )
    found = _answers(data, workers=workers)
    assert [a.get("code", "ok") for a in found] == [
        "ok",
        "not-a-document",
        "usage",
        "not-text",
        "internal",
        "ok",
    ]
    assert [a["line"] for a in found] == [1, 2, 4, 5, 6, 7]


def test_a_line_that_kills_its_worker_costs_only_itself(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    found = _answers(_lines({"n": 1}, {"die": 1}, {"n": 2}, {"n": 3}), workers=2)
    assert [a.get("code", "ok") for a in found] == ["ok", "line-died", "ok", "ok"]


def test_a_line_too_long_is_refused_without_holding_it(monkeypatch):
    monkeypatch.setattr(batch, "LARGEST_BYTES", 100)
    found = _answers(_lines({"n": "x" * 1000}, {"n": 1}), workers=1)
    assert [a.get("code", "ok") for a in found] == ["file-too-large", "ok"]


def _questions(data: bytes):
    return batch.read_questions(io.BytesIO(data))


def test_it_resumes_after_a_kill_in_the_middle_of_a_line(tmp_path):
    data = _lines(*({"n": n} for n in range(5)))
    whole = [line + "\n" for line in batch.answer_all(_questions(data), verb=VERB, workers=1)]
    target = tmp_path / "out.jsonl"
    target.write_text("".join(whole[:2]) + whole[2][:7])
    rest = _questions(data)
    assert batch.resume_point(target, rest) == 2
    with target.open("a") as stream:
        stream.writelines(line + "\n" for line in batch.answer_all(rest, verb=VERB, workers=1))
    assert target.read_text() == "".join(whole)


def test_it_does_not_resume_onto_the_answers_of_another_file(tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text(
        next(batch.answer_all(_questions(_lines({"n": 1})), verb=VERB, workers=1)) + "\n"
    )
    with pytest.raises(InputError) as caught:
        batch.resume_point(target, _questions(_lines({"n": 2})))
    assert caught.value.code == "resume-mismatch"
    target.write_text("not an answer\n")
    with pytest.raises(InputError):
        batch.resume_point(target, _questions(_lines({"n": 1})))
