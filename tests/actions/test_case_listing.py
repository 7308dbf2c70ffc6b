"""``case list``: what the log says of each item, and what its report states, as rows and as CSV."""

import csv
import io
import json

from noonmark import actions
from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.case_items import Held, log_derivation, report
from noonmark.cli.main import main


def _case(tmp_path):
    """A case of two items, of which one has a report of ``probe`` and the other was withdrawn."""
    (tmp_path / "=cmd.txt").write_bytes(b"a name for a spreadsheet")
    (tmp_path / "b.txt").write_bytes(b"gone soon")
    cases.new_case(tmp_path / "case")
    add_to_case(tmp_path / "case", [str(tmp_path / "=cmd.txt"), str(tmp_path / "b.txt")])
    first, second = (row["sha256"] for row in actions.list_items(tmp_path / "case")["items"])
    answer = {
        "sha256": first,
        "clocks": [
            {"text": "2020-01-02 03:04:05", "source": "EXIF DateTimeOriginal", "role": "taken"},
            {"text": "2026-01-01 00:00:00", "source": "file system", "role": "copy"},
        ],
        "places": [{"lat_deg": 36.2, "lon_deg": 37.1}],
    }
    held = Held(tmp_path / "case", first, "an-alias", "probe", {})
    log_derivation(held, [report("probe", answer)], means="noonmark")
    cases.withdraw_from_case(tmp_path / "case", second, reason="asked to")
    return tmp_path / "case", first, second


def test_items_are_listed_with_what_their_report_states(tmp_path):
    case, first, second = _case(tmp_path)
    rows = {row["sha256"]: row for row in actions.list_items(case)["items"]}
    assert len(rows) == 3
    assert rows[first]["stated_times"] == ["2020-01-02 03:04:05 (EXIF DateTimeOriginal)"]
    assert rows[first]["stated_places"] == ["36.2,37.1"] and rows[first]["kept"]
    assert not rows[second]["kept"] and rows[second]["stated_times"] == []


def test_a_name_can_not_run_in_a_spreadsheet(tmp_path, capsys):
    case, first, _ = _case(tmp_path)
    assert main(["case", "list", str(case), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    row = next(row for row in rows if row["sha256"] == first)
    assert row["name"] == "'=cmd.txt" and row["kept"] == "yes"
    assert main(["case", "list", str(case), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["items"][0]["name"] == "=cmd.txt"
