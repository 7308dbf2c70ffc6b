"""A piece of advice as the JSON of an answer has it."""

from __future__ import annotations

from typing import Any

from noonmark.inference.answer import Advice
from noonmark.values import digits


def advice_json(advised: Advice) -> dict[str, Any]:
    """Fields of one measurement; ``likely`` only where two sizes are told."""
    area_km2 = advised.area_km2_expected
    found: dict[str, Any] = {
        "measure": advised.measure,
        "sigma_deg": advised.sigma_deg,
        "area_km2_expected": None if area_km2 is None else digits(area_km2),
        "information_bits": digits(advised.information_bits, 4),
        "unit": advised.unit,
        "now": digits(advised.now),
        "expected": digits(advised.expected),
        "range": [digits(advised.low), digits(advised.high)],
        "unchanged": advised.unchanged,
    }
    if len(advised.likely) > 1:
        found["likely"] = [
            {"size": digits(one.size), "chance": digits(one.chance, 2)} for one in advised.likely
        ]
    return found
