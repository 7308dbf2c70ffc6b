"""doctor, demo, schema and calibrate at the prompt."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from noonmark import actions
from noonmark.actions import doctor
from noonmark.actions.document_views import document_passages, documents_of_case
from noonmark.cli.main import main
from noonmark.examples import __file__ as _examples_init
from noonmark.session.case_gaps import overview
from noonmark.session.case_session import open_session

EXAMPLES = Path(_examples_init).parent


def test_the_doctor_finds_this_installation_well(capsys):
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] and all(check["ok"] for check in found["checks"])
    assert {extra["name"] for extra in found["extras"]} == {name for name, _, _ in doctor.EXTRAS}


def test_a_failed_self_test_is_told_and_stops_no_other(capsys, monkeypatch):
    def broken() -> str:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(doctor, "_TESTS", (("broken", broken), *doctor._TESTS))
    assert main(["doctor"]) == 3
    out = capsys.readouterr().out
    assert "FAILED  broken: ZeroDivisionError: by zero" in out and "ok      JSON Schemas" in out


def test_a_missing_extra_comes_with_the_command_to_type(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "EXTRAS", (("media", ("no_such_module",), "reads video"),))
    main(["doctor"])
    assert "media         pip install 'noonmark[media]': reads video" in capsys.readouterr().out


def test_schemas_are_listed_and_printed(capsys):
    assert main(["schema", "--json"]) == 0
    names = json.loads(capsys.readouterr().out)["schemas"]
    assert {"clues", "locate", "check", "sun", "error", "line"} <= set(names)
    for name in names:
        assert main(["schema", name]) == 0
        assert json.loads(capsys.readouterr().out)["$id"] == f"noonmark:{name}"


@pytest.mark.slow
def test_the_demo_answers_every_example_and_holds_the_truths(tmp_path, capsys):
    out = tmp_path / "demo"
    assert main(["demo", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    cases = {case["name"]: case for case in told["cases"]}
    assert told["story"]["verdict"] == "sound" and told["story"]["same"] == 1
    report = (out / "story" / "release" / "report.html").read_text("utf-8")
    key = told["story"]["reviewer_key"]
    assert key.startswith("example.org/slow-cedar+") and f"under the key {key}" in report
    assert main(["docs", "find", str(out / "story" / "case"), "1,240", "--json"]) == 0
    searched = json.loads(capsys.readouterr().out)["searched"]
    assert (searched["documents"], searched["without_text"]) == (8, 0)  # the papers were read
    case = out / "story" / "case"
    quoted = [one for one in documents_of_case(case)["documents"] if one["passages"]]
    assert len(quoted) == 6 and not any(one["loose"] for one in quoted)
    for one in quoted:
        passages = document_passages(case, one["sha256"])["passages"]
        assert {passage["state"] for passage in passages} == {"exact"}, one["name"]
    with closing(open_session(case, by="quiet-desk")) as session:
        glance = overview(session)
    (event,) = glance["events"]
    assert len(event["items"]) == 3 and event["earliest"] < event["latest"]
    assert not {"event-undated", "items-of-no-event"} & {point["code"] for point in glance["open"]}
    assert told["story"]["lists"] in report and "differs on 2 of 11 entries" in report
    assert report.count("Origin 4:") == 1 and "Origin 5:" not in report
    assert "Meridel" in (out / "story" / "release" / "report.html").read_text("utf-8")
    assert all(cases[name]["answer"]["truth"]["inside"]["0.99"] for name in ("shadow", "scene"))
    dates = {mode["utc"][5:10] for mode in cases["sheboygan"]["answer"]["modes"]}
    assert {"05-01", "08-11"} <= dates  # the published correction: early May, early August
    for name in cases:
        assert {"map.png", "calendar.png", "report.html"} <= {
            path.name for path in (out / name).iterdir()
        }
        assert (out / f"{name}.toml").read_bytes() == (EXAMPLES / f"{name}.toml").read_bytes()


def test_calibrate_counts(capsys):
    assert main(["calibrate", str(EXAMPLES / "known"), "--workers", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["answered"] == 2 and [row["honest"] for row in found["coverage"]] == [
        True,
        True,
        True,
    ]


def test_the_bench_page_lists_what_a_script_may_call():
    assert {"locate", "check", "sun_at", "write_report", "read_document"} <= set(dir(actions))


@pytest.mark.parametrize("name", ["../errors", "", "clues.json"])
def test_a_schema_of_no_such_name_is_refused(name, capsys):
    assert main(["schema", name]) == 2
    assert "one of: " in capsys.readouterr().err
