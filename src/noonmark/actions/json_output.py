"""The contract's JSON of a verdict on a claim."""

from __future__ import annotations

from typing import Any

from noonmark.inference.check import INCONSISTENT_P, STRAINED_P, ClaimCheck, ClueFit
from noonmark.values import digits, from_unix_s, rfc3339


def verdict_json(verdict: ClaimCheck) -> dict[str, Any]:
    """A verdict as the contract writes it."""
    rate = verdict.rate
    return {
        "ok": True,
        "verdict": verdict.word,
        "inside_prior": verdict.inside_prior,
        "unless": [list(members) for members in verdict.unless],
        "p_measured": digits(verdict.p_measured),
        "p_model": digits(verdict.p_model),
        "p_value": digits(verdict.p_model),
        "rate": None if rate is None else digits(rate),
        "log_ratio": _finite(verdict.log_ratio),
        "best": {
            "lat_deg": round(verdict.place.lat_deg, 6),
            "lon_deg": round(verdict.place.lon_deg, 6),
            "utc": rfc3339(from_unix_s(verdict.unix_s)),
        },
        "clues": [_held(c) for c in verdict.clues],
        "thresholds": {"strained": STRAINED_P, "inconsistent": INCONSISTENT_P},
    }


def _held(held: ClueFit) -> dict[str, Any]:
    """One clue: its main reading as plain numbers, and all by name where there are several."""
    out: dict[str, Any] = {
        "index": held.index,
        "kind": held.kind,
        "pull_sigma": None if held.pull_sigma is None else digits(held.pull_sigma, 4),
        "at_least": held.at_least,
        "chance": None if held.chance is None else digits(held.chance, 4),
    }
    readings = [
        {"quantity": r.quantity, "measured": _finite(r.measured), "expected": _finite(r.expected)}
        for r in held.readings
    ]
    main = readings[0] if readings else {"quantity": "fit", "measured": None, "expected": None}
    out |= {
        "quantity": main["quantity"],
        "expected": main["expected"],
        "measured": main["measured"],
    }
    if len(readings) > 1:
        out["readings"] = readings
    return out


def _finite(value: float) -> float | None:
    number = float(value)
    return digits(number, 8) if abs(number) < 1e300 else None
