"""The shipped schemas are valid, and real answers keep them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from builders import inquiry_answers, terrain_answers, turns_answer
from noonmark import actions
from noonmark.cli.main import main
from noonmark.errors import InputError
from testkit.kept_schemas import keeps


@pytest.mark.parametrize("name", actions.schema_names())
def test_each_schema_is_valid_and_named_for_its_file(name):
    schema = actions.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"noonmark:{name}"


@pytest.mark.parametrize("builder", [inquiry_answers, terrain_answers, turns_answer])
def test_the_shipped_schemas_are_those_that_the_builders_write(builder):
    for name, written in builder.schemas().items():
        assert actions.schema(name) == written


def test_every_schema_that_the_page_of_commands_names_is_there():
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = page.split("\n## schema\n")[1].split("\n## ")[0].split("\n| ")[2:]
    named = {name for row in rows for name in re.findall(r"`([a-z]+-[a-z-]+)`", row)}
    assert len(named) > 20 and named <= set(actions.schema_names())


@pytest.mark.parametrize(
    "wrong",
    [
        {"reader": "calm-otter"},
        {"clue": {"kind": "window", "note": "n"}},
        {"clue": {"kind": "window", "not_before": "yesterday", "note": "n"}},
    ],
)
def test_what_does_not_keep_a_schema_fails(wrong):
    event = dict.fromkeys(("after", "until", "last_before", "first_after"))
    event |= {"feature": "hall", "stage": "visible", "event": "visible", "conflicts": []}
    event |= {"between_could_not": [], "between_unread": []}
    clue = {"kind": "window", "not_before": "2020-01-01T05:00:00Z", "note": "n"}
    answer = {"ok": True, "clue": clue, "event": event, "toml": ["[[clue]]"]}
    keeps(answer, "site-window")
    with pytest.raises(jsonschema.ValidationError):
        keeps(answer | wrong, "site-window")


def test_an_unknown_schema_is_refused():
    with pytest.raises(InputError):
        actions.schema("../errors")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["sun", "41.8,86.0", "2018-08-20T01:20:00Z"], "sun"),
        (["sun", "-90,180", "1600-01-01T00:00:00Z"], "sun"),
        (["sun", "59.91,10.75", "2014-10-26 02:30"], "sun"),
        (["sun", "59.91,10.75", "2014-10-26", "--day", "--azimuth-deg", "90"], "sun-day"),
        (["sun", "91,0", "2018-08-20T01:20:00Z"], "error"),
        (["no-such-command"], "error"),
    ],
)
def test_what_a_command_answers_keeps_its_schema(words, name, capsys):
    main([*words, "--json"])
    jsonschema.validate(json.loads(capsys.readouterr().out), actions.schema(name))
