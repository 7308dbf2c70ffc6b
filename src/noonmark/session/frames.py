"""Marks on a frame, solved for the page: the answer of ``noonmark frame`` and what is drawn over
the photo.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noonmark.actions.frame import solve_frame


def solve(marks: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of ``noonmark frame``, plus ``overlay``."""
    from noonmark.report.frame_lines import overlay

    result = solve_frame(marks)
    return {**result.answer, "overlay": overlay(result.frame)}
