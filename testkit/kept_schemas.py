"""Whether an answer keeps the schema that is shipped for it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from noonmark import actions
from noonmark.actions.json_text import json_line
from noonmark.errors import InputError
from noonmark.values import utc

_FORMATS = jsonschema.FormatChecker(formats=("date",))


@_FORMATS.checks("date-time", raises=(InputError, ValueError))
def _is_time(value: object) -> bool:
    """Whether a text is a time with its offset; what is no text is another rule's."""
    return not isinstance(value, str) or utc(value) is not None


def keeps(answer: Any, name: str) -> None:
    """Fail unless the answer, as it is printed, keeps the schema of that name; times are read."""
    validator = jsonschema.Draft202012Validator(actions.schema(name), format_checker=_FORMATS)
    text = json.dumps(answer) if isinstance(answer, list) else json_line(answer)
    validator.validate(json.loads(text))
