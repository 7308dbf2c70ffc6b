"""An answer written as figures, maps, tables and a report."""

from __future__ import annotations

from pathlib import Path

from noonmark.actions.answer_forms import Answer, report_data_of


def write_report(answer: Answer, out_dir: Path, *, command: str, force: bool = False) -> list[Path]:
    """All files of an answer under ``out_dir``: figures, maps, tables, the report."""
    from noonmark.report import write

    return list(write(out_dir, report_data_of(answer, command=command), force=force))
