"""locate at the prompt: bad input is refused whole, in words, with nothing written; good input
answers both ways.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from noonmark import actions
from noonmark.cli.main import main
from noonmark.examples import __file__ as _examples_init

EXAMPLES = Path(_examples_init).parent
AT = 'at = "2018-08-20T01:20:00Z"\n'
SHADOW = (
    '[[clue]]\nkind = "shadow_length"\nheight = 2.0\nheight_sigma = 0.02\nlength = '
    "3.1\nlength_sigma = 0.05\n"
)
SEEN = SHADOW + AT
AT_NIGHT = SHADOW + AT.replace("08-20T01", "12-20T23")
TRACK = (
    '[[clue]]\nkind = "shadow_track"\noffsets_s = [0, 60]\nx_m = [1.0, 1.1]\ny_m = [0.5]\nsigma_m '
    "= 0.001\n"
)
WINDOW = '[prior]\nnot_before = "2018-08-01T00:00:00Z"\nnot_after = "2018-08-02T00:00:00Z"\n'

# What is wrong, the text of the document, the code, and a word that the message must hold.
BAD = [
    ("a naive time", SHADOW + 'at = "2018-08-20T01:20:00"\n', "naive-time", "offset"),
    (
        "an end before the start",
        WINDOW.replace("2018-08-02", "2018-07-02") + SHADOW,
        "span-backwards",
        "not_after",
    ),
    ("no time at all", SHADOW, "no-time", "not_before"),
    (
        "a negative height",
        SHADOW.replace("height = 2.0", "height = -2.0") + AT,
        "bad-value",
        "clue[0].height",
    ),
    (
        "a shadow of no length",
        SHADOW.replace("length = 3.1", "length = 0") + AT,
        "bad-value",
        "clue[0].length",
    ),
    ("not a number", SHADOW.replace("3.1", "nan") + AT, "bad-value", "clue[0].length"),
    ("infinity", SHADOW.replace("3.1", "inf") + AT, "bad-value", "clue[0].length"),
    ("an error of zero", SHADOW.replace("0.05", "0.0") + AT, "bad-value", "clue[0].length_sigma"),
    ("true for a number", SHADOW.replace("3.1", "true") + AT, "bad-value", "true"),
    (
        "an unknown kind",
        SHADOW.replace("shadow_length", "shadow_lenght") + AT,
        "unknown-kind",
        "shadow_length?",
    ),
    ("an unknown key", SHADOW + AT + "heigth_sigma = 1\n", "unknown-key", "height_sigma?"),
    ("lists of unequal length", WINDOW + TRACK, "bad-value", "clue[0].y_m"),
    (
        "latitude 91",
        "[prior]\narea = {lat_deg = 91, lon_deg = 0, radius_km = 5}\n" + SHADOW + AT,
        "bad-area",
        "lat_deg",
    ),
    (
        "longitude 200",
        "[prior]\narea = {lat_deg = 0, lon_deg = 200, radius_km = 5}\n" + SHADOW + AT,
        "bad-area",
        "lon_deg",
    ),
    ("a country that is none", '[prior]\narea = "XX"\n' + SHADOW + AT, "unknown-country", "XX"),
    (
        "GeoJSON that is not there",
        '[prior]\narea = "no.geojson"\n' + SHADOW + AT,
        None,
        "no.geojson",
    ),
    ("the year 1550", SHADOW + AT.replace("2018", "1550"), "year-range", "1600"),
    (
        "a sun below the horizon",
        '[prior]\narea = "NO"\n' + AT_NIGHT,
        "impossible-clue",
        "horizon",
    ),
    ("no clues", WINDOW, "no-clues", "clue"),
    ("nothing", "", None, "clue"),
]


@pytest.mark.parametrize(
    ("text", "code", "word"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_bad_input_is_refused_in_words_and_nothing_is_written(text, code, word, tmp_path, capsys):
    clues = tmp_path / "clues.toml"
    clues.write_text(text, encoding="utf-8")
    for extra in ([], ["--json"]):
        assert main(["locate", str(clues), "--out", str(tmp_path / "out"), *extra]) == 2
        out, err = capsys.readouterr()
        said = json.loads(out) if extra else {"message": err}
        assert word in json.dumps(said, ensure_ascii=False) and "Traceback" not in err
        if extra:
            jsonschema.validate(said, actions.schema("error"))
            assert code is None or said["code"] == code
    assert list(tmp_path.iterdir()) == [clues]


def test_every_fault_of_a_document_is_told_at_once(tmp_path, capsys):
    clues = tmp_path / "clues.toml"
    clues.write_text(SHADOW.replace("2.0", "-2.0").replace("3.1", '"long"') + "hight = 1\n" + AT)
    assert main(["locate", str(clues), "--json"]) == 2
    problems = json.loads(capsys.readouterr().out)["details"]["problems"]
    assert {p["where"] for p in problems} == {"clue[0].height", "clue[0].length", "clue[0].hight"}


def test_units_mistaken_are_a_warning_not_an_error(tmp_path, capsys):
    clues = tmp_path / "clues.toml"
    clues.write_text(SHADOW.replace("3.1", "300").replace("0.05", "5") + AT)
    assert main(["locate", str(clues), "--json"]) == 0
    out, err = capsys.readouterr()
    assert "one unit" in err and "one unit" in json.loads(out)["warnings"][0]


@pytest.mark.parametrize("made", ["folder", "binary", "gone", "huge"])
def test_a_file_that_cannot_be_one_is_refused_at_once(made, tmp_path, capsys):
    clues = tmp_path / "clues.toml"
    if made == "folder":
        clues.mkdir()
    elif made == "binary":
        clues.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    elif made == "huge":
        with clues.open("wb") as stream:
            stream.truncate(1_000_000_000)
    assert main(["locate", str(clues)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_an_output_folder_that_exists_is_refused_before_any_work(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    assert main(["locate", str(EXAMPLES / "shadow.toml"), "--out", str(tmp_path / "out")]) == 2
    assert "--force" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["a.toml", "--jsonl", "b.jsonl"],
        ["--jsonl", "b.jsonl", "--out", "d"],
        ["a.toml", "--out-jsonl", "c.jsonl"],
        ["--jsonl", "b.jsonl", "--workers", "0"],
        ["a.toml", "--truth", "1,2"],
        ["a.toml", "--seed", "x"],
    ],
)
def test_options_that_make_no_sense_together_are_refused(words, capsys):
    assert main(["locate", *words]) == 2
    assert capsys.readouterr().err.startswith("noonmark: ")


def test_the_answer_keeps_its_schema_and_holds_the_truth(capsys):
    words = [
        "locate",
        str(EXAMPLES / "scene.toml"),
        "--truth",
        "38.7075,-9.1365,2022-10-07T09:40:00Z",
        "--geojson",
    ]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, actions.schema("locate"))
    assert answer["truth"]["inside"] == {"0.5": True, "0.9": True, "0.99": True}
    areas = [answer["credible"][level]["area_km2"] for level in ("0.5", "0.9", "0.99")]
    assert areas == sorted(areas) and 1e5 < areas[1] < 2e5


def test_the_same_question_and_seed_give_the_same_answer(capsys):
    answers = []
    for _ in range(2):
        main(["locate", str(EXAMPLES / "scene.toml"), "--seed", "5", "--json"])
        answer = json.loads(capsys.readouterr().out)
        del answer["seconds"]
        answers.append(answer)
    assert answers[0] == answers[1]


def test_toml_and_json_that_say_the_same_are_the_same_question(tmp_path, capsys, monkeypatch):
    import io
    import sys

    document = actions.read_document(EXAMPLES / "scene.toml")
    main(["locate", str(EXAMPLES / "scene.toml"), "--json"])
    first = json.loads(capsys.readouterr().out)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(document).encode())))
    main(["locate", "-", "--json"])
    second = json.loads(capsys.readouterr().out)
    assert (
        first["clues_sha256"] == second["clues_sha256"] and first["credible"] == second["credible"]
    )


def test_many_questions_are_answered_in_order_and_resumed(tmp_path, capsys):
    document = actions.read_document(EXAMPLES / "shadow.toml")
    truth = {"lat_deg": 38.7075, "lon_deg": -9.1365, "utc": "2022-10-07T09:40:00Z"}
    lines = [
        json.dumps({**document, "id": "one", "truth": truth}),
        "broken",
        json.dumps({"id": 3, "clue": []}),
    ]
    asked, told = tmp_path / "asked.jsonl", tmp_path / "told.jsonl"
    asked.write_text("\n".join(lines) + "\n")
    words = ["locate", "--jsonl", str(asked), "--out-jsonl", str(told), "--workers", "1"]
    assert main(words) == 0
    answers = [json.loads(line) for line in told.read_text().splitlines()]
    for answer in answers:
        jsonschema.validate(answer, actions.schema("line"))
    assert [(a["line"], a.get("id"), a["ok"]) for a in answers] == [
        (1, "one", True),
        (2, None, False),
        (3, 3, False),
    ]
    assert answers[0]["truth"]["inside"]["0.99"]
    whole = told.read_text()
    told.write_text(whole[: len(whole) // 2])
    capsys.readouterr()
    assert main(words) == 0
    again = [json.loads(line) for line in told.read_text().splitlines()]
    for answer in (*answers, *again):
        answer.pop("seconds", None)
    assert again == answers
    assert main(words) == 0
    assert "0 answered, 0 refused" in capsys.readouterr().err


def test_answers_without_a_file_go_to_stdout_one_a_line(tmp_path, capsys):
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"clue": []}\n\n{"clue": 1}\n')
    assert main(["locate", "--jsonl", str(asked), "--workers", "1"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["line"] for line in out.splitlines()] == [1, 3]
    assert err == "0 answered, 2 refused\n"


def test_out_writes_every_file_of_the_contract(tmp_path, capsys):
    assert main(["locate", str(EXAMPLES / "scene.toml"), "--out", str(tmp_path / "out")]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "answer.json", "map.png", "calendar.png", "regions.geojson", "answer.kmz", "posterior.tif",
        "times.csv",
        "report.html",
    }  # fmt: skip
    jsonschema.validate(
        json.loads((tmp_path / "out" / "answer.json").read_text()), actions.schema("locate")
    )
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page and "noonmark locate" in page
