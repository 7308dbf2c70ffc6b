"""The contract's JSON of an answer and of a verdict, and nothing else."""

from __future__ import annotations

import time
from typing import Any

from noonmark import __version__
from noonmark.bench.answer import Answer, zones_of
from noonmark.inference.answer import ClueFinding, Mode, Region
from noonmark.inference.check import INCONSISTENT_P, STRAINED_P, Held, Verdict
from noonmark.values import from_unix_s, rfc3339


def answer_json(answer: Answer, *, geojson: bool = False) -> dict[str, Any]:
    """The answer as the contract writes it; ``geojson`` puts the outline of each region in."""
    regions = answer.posterior.regions()
    outlines = answer.outlines() if geojson else {}
    out: dict[str, Any] = {
        "ok": True,
        "noonmark": __version__,
        "clues_sha256": answer.question.digest,
        "credible": {f"{r.level:g}": _region(r, outlines.get(r.level)) for r in regions},
        "modes": modes_json(answer.posterior.modes),
        "clues": [_finding(f) for f in answer.findings],
        "conflicts": [{"clues": list(c.clues), "why": c.why} for c in answer.conflicts],
        "advice": [
            {
                "measure": a.measure,
                "sigma_deg": a.sigma_deg,
                "area_km2_expected": _digits(a.area_km2_expected),
                "information_bits": _digits(a.information_bits, 4),
            }
            for a in answer.advice
        ],
    }
    if answer.question.id is not None:
        out["id"] = answer.question.id
    if answer.warnings:
        out["warnings"] = list(answer.warnings)
    truth = answer.truth()
    if truth is not None:
        out["truth"] = {
            "level": _digits(truth.level),
            "inside": {f"{r.level:g}": truth.level <= r.level for r in regions},
            "place_level": _digits(truth.place_level),
            "time_level": _digits(truth.time_level),
        }
    cpu, wall = answer.started
    out["seconds"] = {"cpu": round(time.process_time() - cpu, 3), "wall": round(time.perf_counter() - wall, 3)}
    return out


def _digits(value: float, digits: int = 6) -> float:
    return float(f"{float(value):.{digits}g}")


def _region(region: Region, outline: dict[str, Any] | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "area_km2": _digits(region.area_km2),
        "utc": [[rfc3339(s.start), rfc3339(s.end)] for s in region.spans],
        "cells": region.cells,
    }
    if outline is not None:
        out["geojson"] = outline
    return out


def modes_json(modes: tuple[Mode, ...]) -> list[dict[str, Any]]:
    """Modes with the town nearest to each and what clocks showed there."""
    from noonmark.world.places import nearest_place

    clocks = zones_of([(m.place, m.instant) for m in modes])
    out = []
    for mode, local in zip(modes, clocks, strict=True):
        near = nearest_place(mode.place.lat_deg, mode.place.lon_deg)
        out.append(
            {
                "mass": _digits(mode.mass),
                "lat_deg": round(mode.place.lat_deg, 6),
                "lon_deg": round(mode.place.lon_deg, 6),
                "utc": rfc3339(mode.instant),
                "area_km2": _digits(mode.area_km2),
                "utc_from": rfc3339(mode.span.start),
                "utc_to": rfc3339(mode.span.end),
                "nearest_place": str(near),
                "local": local,
            }
        )
    return out


def _finding(finding: ClueFinding) -> dict[str, Any]:
    return {
        "index": finding.index,
        "kind": finding.kind,
        "log_evidence": _digits(finding.log_evidence),
        "pull_sigma": _digits(finding.pull_sigma, 4),
        "outlier": _digits(finding.outlier, 4),
        "area_km2_without": _digits(finding.area_km2_without),
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the contract writes it."""
    return {
        "ok": True,
        "verdict": verdict.word,
        "p_value": _digits(verdict.p_value),
        "log_ratio": _digits(verdict.log_ratio),
        "best": {
            "lat_deg": round(verdict.place.lat_deg, 6),
            "lon_deg": round(verdict.place.lon_deg, 6),
            "utc": rfc3339(from_unix_s(verdict.unix_s)),
        },
        "clues": [_held(c) for c in verdict.clues],
        "thresholds": {"strained": STRAINED_P, "inconsistent": INCONSISTENT_P},
    }


def _held(held: Held) -> dict[str, Any]:
    """One clue: its main reading as plain numbers, and all of them by name where there are several."""
    out: dict[str, Any] = {"index": held.index, "kind": held.kind, "pull_sigma": _digits(held.pull_sigma, 4)}
    readings = [
        {"quantity": r.quantity, "measured": _finite(r.measured), "expected": _finite(r.expected)}
        for r in held.readings
    ]
    main = readings[0] if readings else {"quantity": "fit", "measured": None, "expected": None}
    out |= {"quantity": main["quantity"], "expected": main["expected"], "measured": main["measured"]}
    if len(readings) > 1:
        out["readings"] = readings
    return out


def _finite(value: float) -> float | None:
    number = float(value)
    return _digits(number, 8) if abs(number) < 1e300 else None
