"""Replies are JSON as the command line writes it, whatever is in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from noonmark.actions.json_text import json_line
from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.values import Place
from noonmark.web.replies import error_reply, json_reply


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), [float("inf")], datetime(2026, 1, 2, tzinfo=UTC), Path("a/b"), Place(1.0,
    2.0), np.arange(3),
     np.float64("nan"), {"a", "b"}, ("x", 1), {1: 2.5}, "\x7f\u202e\ud800", [[1.25, -0.0]] * 3,
     None, True],
)  # fmt: skip
def test_a_reply_is_written_as_the_command_line_writes_it(value):
    body = json_reply({"value": value}).body.decode("ascii")
    assert body == json_line({"ok": True, "value": value}) and json.loads(body)["ok"] is True


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("x", code="bad-request"), 400), (InputError("x", code="newer-revision"), 409),
        (EvidenceError("x", code="case-altered"), 500), (OutsideError("x", code="disk-full"), 503),
        (EvidenceError("x", code="object-missing"), 404), (ZeroDivisionError("x"), 500),
        (MemoryError(), 503),
    ],
)  # fmt: skip
def test_an_error_has_the_status_that_fits_it(error, status):
    reply = error_reply(error)
    found = json.loads(reply.body)
    assert (
        reply.status_code == status
        and found["ok"] is False
        and set(found) >= {"code", "message", "hint", "details"}
    )
