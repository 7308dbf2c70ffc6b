"""The whole work on one page: every verb a door or a script may call, and the module that does it.

    from noonmark import bench
    bench.sun_at(place, instant)       where the sun stood
    bench.read_document("clues.toml")  a TOML or JSON document, refused politely when it can't be one

The bench wires rooms together and holds no formula. Names are imported when first used (PEP 562),
so that a command pays only for what it needs. To add a verb, add a row to ``_HOME``; a verb
can't have the name of a module of this folder, because importing that module would hide it.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME: dict[str, str] = {
    "Collection": "noonmark.case.cases",
    "add_to_case": "noonmark.bench.evidence",
    "answer_all": "noonmark.bench.batch",
    "answer_json": "noonmark.bench.contract",
    "audit_case": "noonmark.bench.evidence",
    "calibrate_folder": "noonmark.bench.calibrate",
    "case_history": "noonmark.bench.evidence",
    "case_key": "noonmark.bench.evidence",
    "case_lock": "noonmark.bench.sources",
    "case_summary": "noonmark.bench.evidence",
    "case_unlock": "noonmark.bench.sources",
    "check": "noonmark.bench.answer",
    "check_free": "noonmark.report.outdir",
    "check_claim": "noonmark.bench.ask",
    "check_package": "noonmark.bench.exchange",
    "edit_plan": "noonmark.bench.redaction",
    "export_case": "noonmark.bench.evidence",
    "extras": "noonmark.bench.health",
    "frames": "noonmark.bench.media",
    "get_item": "noonmark.bench.evidence",
    "hand_over": "noonmark.bench.evidence",
    "import_package": "noonmark.bench.exchange",
    "json_line": "noonmark.bench.jsontext",
    "locate": "noonmark.bench.answer",
    "locate_document": "noonmark.bench.ask",
    "mark_reviewed": "noonmark.bench.redaction",
    "new_case": "noonmark.bench.evidence",
    "new_case_key": "noonmark.bench.evidence",
    "new_folder": "noonmark.report.outdir",
    "open_input": "noonmark.case.documents",
    "plan_redaction": "noonmark.bench.redaction",
    "preview_frame": "noonmark.bench.redaction",
    "index_add": "noonmark.bench.indexing",
    "probe": "noonmark.bench.media",
    "read_plan": "noonmark.bench.redaction",
    "redact": "noonmark.bench.redaction",
    "seen": "noonmark.bench.recognise",
    "strip": "noonmark.bench.redaction",
    "prove_entry": "noonmark.bench.evidence",
    "read_claims": "noonmark.bench.claims",
    "read_document": "noonmark.case.documents",
    "read_questions": "noonmark.bench.batch",
    "resume_point": "noonmark.bench.batch",
    "run_demo": "noonmark.bench.demo",
    "schema": "noonmark.bench.schemas",
    "schema_names": "noonmark.bench.schemas",
    "seal_case": "noonmark.bench.evidence",
    "self_test": "noonmark.bench.health",
    "show_frame": "noonmark.bench.demo",
    "solve_frame": "noonmark.bench.frame",
    "solve_photos": "noonmark.bench.frame",
    "source_add": "noonmark.bench.sources",
    "source_list": "noonmark.bench.sources",
    "source_reveal": "noonmark.bench.sources",
    "source_withdraw": "noonmark.bench.sources",
    "stamp_by_server": "noonmark.bench.timestamps",
    "stamp_query": "noonmark.bench.timestamps",
    "stamp_take_in": "noonmark.bench.timestamps",
    "stamp_upgrade": "noonmark.bench.timestamps",
    "stamps": "noonmark.bench.timestamps",
    "show_evidence": "noonmark.bench.evidence_demo",
    "sun_at": "noonmark.bench.sun",
    "verdict_json": "noonmark.bench.contract",
    "verify_bundle": "noonmark.bench.evidence",
    "versions": "noonmark.bench.health",
    "was_answered": "noonmark.bench.batch",
    "withdraw_from_case": "noonmark.bench.evidence",
    "write_report": "noonmark.bench.report",
    "write_frame": "noonmark.bench.frame",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'noonmark.bench' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
