"""The public API: every action of the command line and the page, by name.

    from noonmark import actions
    actions.sun_at(place, instant)       where the sun stood
    actions.read_document("clues.toml")  a TOML or JSON document, or an error that says why not

Each module of this package wires other packages together and holds no formula. Names are imported
when first used (PEP 562), so that a command pays only for what it needs; type checkers read the
block under TYPE_CHECKING. To add a name, add a row to both (a test compares them). A name can't be
the name of a module of this package, because importing that module would hide it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noonmark.actions.alignment import (
        align as align,
    )
    from noonmark.actions.alignment import (
        offset_lines as offset_lines,
    )
    from noonmark.actions.answer_forms import answer_json as answer_json
    from noonmark.actions.answers import check as check
    from noonmark.actions.answers import locate as locate
    from noonmark.actions.answers import locate_document as locate_document
    from noonmark.actions.batch import answer_all as answer_all
    from noonmark.actions.batch import read_questions as read_questions
    from noonmark.actions.batch import resume_point as resume_point
    from noonmark.actions.batch import was_answered as was_answered
    from noonmark.actions.calibration import calibrate_folder as calibrate_folder
    from noonmark.actions.case_import import check_package as check_package
    from noonmark.actions.case_import import import_package as import_package
    from noonmark.actions.case_intake import Collection as Collection
    from noonmark.actions.case_intake import (
        add_to_case as add_to_case,
    )
    from noonmark.actions.case_listing import items_as_csv as items_as_csv
    from noonmark.actions.case_listing import list_items as list_items
    from noonmark.actions.cases import (
        audit_case as audit_case,
    )
    from noonmark.actions.cases import (
        case_history as case_history,
    )
    from noonmark.actions.cases import (
        case_summary as case_summary,
    )
    from noonmark.actions.cases import (
        export_case as export_case,
    )
    from noonmark.actions.cases import (
        get_item as get_item,
    )
    from noonmark.actions.cases import (
        hand_over as hand_over,
    )
    from noonmark.actions.cases import (
        new_case as new_case,
    )
    from noonmark.actions.cases import (
        prove_entry as prove_entry,
    )
    from noonmark.actions.cases import (
        seal_case as seal_case,
    )
    from noonmark.actions.cases import (
        verify_bundle as verify_bundle,
    )
    from noonmark.actions.cases import (
        withdraw_from_case as withdraw_from_case,
    )
    from noonmark.actions.clock_readings import (
        instants_of_text as instants_of_text,
    )
    from noonmark.actions.clock_readings import (
        local as local,
    )
    from noonmark.actions.clock_readings import (
        one_instant as one_instant,
    )
    from noonmark.actions.clock_readings import (
        span_of_text as span_of_text,
    )
    from noonmark.actions.demo import (
        run_demo as run_demo,
    )
    from noonmark.actions.demo import (
        show_frame as show_frame,
    )
    from noonmark.actions.demo_case import (
        show_evidence as show_evidence,
    )
    from noonmark.actions.doctor import (
        extras as extras,
    )
    from noonmark.actions.doctor import (
        self_test as self_test,
    )
    from noonmark.actions.film_frames import frames as frames
    from noonmark.actions.footage import (
        probe as probe,
    )
    from noonmark.actions.frame import (
        solve_frame as solve_frame,
    )
    from noonmark.actions.frame import (
        solve_photos as solve_photos,
    )
    from noonmark.actions.frame import (
        write_frame as write_frame,
    )
    from noonmark.actions.frame_index import (
        index_add as index_add,
    )
    from noonmark.actions.installed_versions import (
        versions as versions,
    )
    from noonmark.actions.json_output import verdict_json as verdict_json
    from noonmark.actions.json_text import (
        json_line as json_line,
    )
    from noonmark.actions.pan_turns import measure_turns as measure_turns
    from noonmark.actions.provenance import (
        read_claims as read_claims,
    )
    from noonmark.actions.recognition import (
        seen as seen,
    )
    from noonmark.actions.redaction import (
        edit_plan as edit_plan,
    )
    from noonmark.actions.redaction import (
        mark_reviewed as mark_reviewed,
    )
    from noonmark.actions.redaction import (
        plan_redaction as plan_redaction,
    )
    from noonmark.actions.redaction import (
        preview_frame as preview_frame,
    )
    from noonmark.actions.redaction import (
        read_plan as read_plan,
    )
    from noonmark.actions.redaction import (
        redact as redact,
    )
    from noonmark.actions.reports import write_report as write_report
    from noonmark.actions.schema_files import (
        schema as schema,
    )
    from noonmark.actions.schema_files import (
        schema_names as schema_names,
    )
    from noonmark.actions.signing_keys import (
        case_key as case_key,
    )
    from noonmark.actions.signing_keys import (
        new_case_key as new_case_key,
    )
    from noonmark.actions.sources import (
        case_lock as case_lock,
    )
    from noonmark.actions.sources import (
        case_unlock as case_unlock,
    )
    from noonmark.actions.sources import (
        source_add as source_add,
    )
    from noonmark.actions.sources import (
        source_list as source_list,
    )
    from noonmark.actions.sources import (
        source_reveal as source_reveal,
    )
    from noonmark.actions.sources import (
        source_withdraw as source_withdraw,
    )
    from noonmark.actions.stripping import strip as strip
    from noonmark.actions.sun_day import (
        date_at as date_at,
    )
    from noonmark.actions.sun_day import (
        sun_date as sun_date,
    )
    from noonmark.actions.sun_position import (
        clock_name as clock_name,
    )
    from noonmark.actions.sun_position import (
        sun_at as sun_at,
    )
    from noonmark.actions.sun_track import (
        sky_along as sky_along,
    )
    from noonmark.actions.timestamps import (
        stamp_by_server as stamp_by_server,
    )
    from noonmark.actions.timestamps import (
        stamp_query as stamp_query,
    )
    from noonmark.actions.timestamps import (
        stamp_take_in as stamp_take_in,
    )
    from noonmark.actions.timestamps import (
        stamp_upgrade as stamp_upgrade,
    )
    from noonmark.actions.timestamps import (
        stamps as stamps,
    )
    from noonmark.questions.input_files import (
        open_input as open_input,
    )
    from noonmark.questions.input_files import (
        read_document as read_document,
    )
    from noonmark.report.first_places import (
        first_places as first_places,
    )
    from noonmark.report.output_folder import (
        check_free as check_free,
    )
    from noonmark.report.output_folder import (
        new_folder as new_folder,
    )
    from noonmark.report.verdict_words import (
        verdict_lines as verdict_lines,
    )

_HOME = {
    "Collection": "noonmark.actions.case_intake",
    "add_to_case": "noonmark.actions.case_intake",
    "align": "noonmark.actions.alignment",
    "answer_all": "noonmark.actions.batch",
    "answer_json": "noonmark.actions.answer_forms",
    "audit_case": "noonmark.actions.cases",
    "calibrate_folder": "noonmark.actions.calibration",
    "case_history": "noonmark.actions.cases",
    "case_key": "noonmark.actions.signing_keys",
    "case_lock": "noonmark.actions.sources",
    "case_summary": "noonmark.actions.cases",
    "items_as_csv": "noonmark.actions.case_listing",
    "list_items": "noonmark.actions.case_listing",
    "case_unlock": "noonmark.actions.sources",
    "check": "noonmark.actions.answers",
    "check_free": "noonmark.report.output_folder",
    "check_package": "noonmark.actions.case_import",
    "edit_plan": "noonmark.actions.redaction",
    "export_case": "noonmark.actions.cases",
    "extras": "noonmark.actions.doctor",
    "first_places": "noonmark.report.first_places",
    "frames": "noonmark.actions.film_frames",
    "get_item": "noonmark.actions.cases",
    "hand_over": "noonmark.actions.cases",
    "import_package": "noonmark.actions.case_import",
    "index_add": "noonmark.actions.frame_index",
    "json_line": "noonmark.actions.json_text",
    "locate": "noonmark.actions.answers",
    "locate_document": "noonmark.actions.answers",
    "mark_reviewed": "noonmark.actions.redaction",
    "new_case": "noonmark.actions.cases",
    "new_case_key": "noonmark.actions.signing_keys",
    "new_folder": "noonmark.report.output_folder",
    "offset_lines": "noonmark.actions.alignment",
    "measure_turns": "noonmark.actions.pan_turns",
    "open_input": "noonmark.questions.input_files",
    "plan_redaction": "noonmark.actions.redaction",
    "preview_frame": "noonmark.actions.redaction",
    "probe": "noonmark.actions.footage",
    "prove_entry": "noonmark.actions.cases",
    "read_claims": "noonmark.actions.provenance",
    "read_document": "noonmark.questions.input_files",
    "read_plan": "noonmark.actions.redaction",
    "read_questions": "noonmark.actions.batch",
    "redact": "noonmark.actions.redaction",
    "resume_point": "noonmark.actions.batch",
    "run_demo": "noonmark.actions.demo",
    "schema": "noonmark.actions.schema_files",
    "schema_names": "noonmark.actions.schema_files",
    "seal_case": "noonmark.actions.cases",
    "seen": "noonmark.actions.recognition",
    "self_test": "noonmark.actions.doctor",
    "show_evidence": "noonmark.actions.demo_case",
    "show_frame": "noonmark.actions.demo",
    "solve_frame": "noonmark.actions.frame",
    "solve_photos": "noonmark.actions.frame",
    "source_add": "noonmark.actions.sources",
    "source_list": "noonmark.actions.sources",
    "source_reveal": "noonmark.actions.sources",
    "source_withdraw": "noonmark.actions.sources",
    "stamp_by_server": "noonmark.actions.timestamps",
    "stamp_query": "noonmark.actions.timestamps",
    "stamp_take_in": "noonmark.actions.timestamps",
    "stamp_upgrade": "noonmark.actions.timestamps",
    "stamps": "noonmark.actions.timestamps",
    "strip": "noonmark.actions.stripping",
    "instants_of_text": "noonmark.actions.clock_readings",
    "local": "noonmark.actions.clock_readings",
    "one_instant": "noonmark.actions.clock_readings",
    "span_of_text": "noonmark.actions.clock_readings",
    "clock_name": "noonmark.actions.sun_position",
    "sun_at": "noonmark.actions.sun_position",
    "date_at": "noonmark.actions.sun_day",
    "sun_date": "noonmark.actions.sun_day",
    "sky_along": "noonmark.actions.sun_track",
    "verdict_json": "noonmark.actions.json_output",
    "verdict_lines": "noonmark.report.verdict_words",
    "verify_bundle": "noonmark.actions.cases",
    "versions": "noonmark.actions.installed_versions",
    "was_answered": "noonmark.actions.batch",
    "withdraw_from_case": "noonmark.actions.cases",
    "write_frame": "noonmark.actions.frame",
    "write_report": "noonmark.actions.reports",
}

__all__ = list(_HOME)

if not TYPE_CHECKING:

    def __getattr__(name):
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
