"""The shipped schemas are valid, and real answers keep them."""

from __future__ import annotations

import json

import jsonschema
import pytest

from noonmark import bench
from noonmark.cli.main import main
from noonmark.errors import InputError


@pytest.mark.parametrize("name", bench.schema_names())
def test_each_schema_is_valid_and_named_for_its_file(name):
    schema = bench.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"noonmark:{name}"


def test_an_unknown_schema_is_refused():
    with pytest.raises(InputError):
        bench.schema("../errors")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["sun", "41.8,86.0", "2018-08-20T01:20:00Z"], "sun"),
        (["sun", "-90,180", "1900-01-01T00:00:00Z"], "sun"),
        (["sun", "91,0", "2018-08-20T01:20:00Z"], "error"),
        (["no-such-command"], "error"),
    ],
)
def test_what_a_command_answers_keeps_its_schema(words, name, capsys):
    main([*words, "--json"])
    jsonschema.validate(json.loads(capsys.readouterr().out), bench.schema(name))
