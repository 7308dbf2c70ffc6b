"""The sheet of the best places: a local map and the clauses of each."""

from __future__ import annotations

import re
import zlib

import numpy as np
import pytest

pytest.importorskip("osmium", reason="the extra `world` is not installed")

from noonmark.actions import place_search
from noonmark.actions.place_sheets import write_place_sheet
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.report.place_geometry import bar_m, clipped_ring, runs_inside
from tests.actions.test_place_search import QUESTION, added, stations


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    made = stations(8)
    made.area([(48.0002, 10.9992), (48.0002, 10.9997), (48.0006, 10.9994)], landuse="forest")
    made.node(48.001, 11.001, railway="station", name="</td><script>x")
    return added(made, tmp_path_factory.mktemp("sheets"))


@pytest.fixture(scope="module")
def answer(maps):
    return place_search.find_places(QUESTION, store=maps)


def test_the_sheet_shows_each_place_with_its_clauses_and_the_licence(maps, answer, tmp_path):
    page = write_place_sheet(answer, tmp_path / "s.html", store=maps).read_text(encoding="utf-8")
    assert page.count("<section>") == len(answer["places"]) == 9
    first = page.split("<section>")[1]
    thing = answer["places"][0]["clauses"][0]["thing"]["osm"]
    assert thing in first
    assert "tower&#x27; 100 to 500 m from &#x27;station" in first
    assert "OpenStreetMap" in first
    assert answer["question_sha256"] in page
    assert "off by" in page
    assert "<script" not in page
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawn) == 9
    assert all(">N</text>" in picture and " m</text>" in picture for picture in drawn)
    # the clause's letter stands on the map where a thing met it
    assert ">A</text>" in drawn[0]


def test_equal_answers_give_equal_bytes(maps, answer, tmp_path):
    again = place_search.find_places(QUESTION, store=maps)
    one, same = ({**each, "places": each["places"][:1]} for each in (answer, again))
    for name in ("a.html", "a.pdf"):
        first = write_place_sheet(one, tmp_path / name, store=maps).read_bytes()
        write_place_sheet(same, tmp_path / name, store=maps, force=True)
        assert (tmp_path / name).read_bytes() == first


def test_the_pdf_has_a_page_a_place_and_its_table_points_at_objects(maps, answer, tmp_path):
    few = {**answer, "places": answer["places"][3:5]}
    data = write_place_sheet(few, tmp_path / "s.pdf", store=maps).read_bytes()
    assert data.count(b"/Type/Page/") == 2
    table = data[int(data.rsplit(b"startxref\n", 1)[1].split()[0]) :]
    offsets = [int(row[:10]) for row in table.split(b"\n")[3:] if row.endswith(b" n ")]
    for number, offset in enumerate(offsets, start=1):
        assert data[offset:].startswith(f"{number} 0 obj\n".encode())
    start = data.index(b"stream\n", data.index(b"/FlateDecode")) + 7
    pixels = np.frombuffer(zlib.decompressobj().decompress(data[start:]), np.uint8)
    assert pixels.size == 1240 * 1754 * 3
    assert len(np.unique(pixels.reshape(-1, 3)[::97], axis=0)) > 5


def test_a_name_of_another_ending_and_one_that_exists_are_refused(maps, answer, tmp_path):
    with pytest.raises(InputError, match=r"\.html or \.pdf"):
        write_place_sheet(answer, tmp_path / "s.docx", store=maps)
    (tmp_path / "s.html").write_text("kept")
    with pytest.raises(InputError, match="exists"):
        write_place_sheet(answer, tmp_path / "s.html", store=maps)
    assert (tmp_path / "s.html").read_text() == "kept"


def test_at_the_prompt_a_sheet_of_no_place_says_so(maps, tmp_path, capsys):
    question = tmp_path / "q.json"
    question.write_text('{"thing": [{"id": "gate", "is": "mosque"}]}')
    out = tmp_path / "none.html"
    assert main(["place", str(question), "--store", str(maps), "--sheet", str(out)]) == 0
    assert "this says nothing" in capsys.readouterr().err
    assert "The 0 most probable of 0 places" in out.read_text(encoding="utf-8")


def test_what_crosses_the_edge_of_the_map_is_cut_there():
    ring = clipped_ring(np.array([[-5.0, -5.0], [0.5, -5.0], [0.5, 0.5], [-5.0, 0.5]]), 1.0)
    assert sorted(map(tuple, ring.tolist())) == [(-1, -1), (-1, 0.5), (0.5, -1), (0.5, 0.5)]
    assert len(clipped_ring(np.array([[2.0, 2.0], [3.0, 2.0], [3.0, 3.0]]), 1.0)) == 0
    line = np.array([[-9.0, 0.0], [-5.0, 0.0], [0.0, 0.0], [5.0, 0.0], [9.0, 0.0]])
    (run,) = runs_inside(line, 1.0)
    assert run[:, 0].tolist() == [-5.0, 0.0, 5.0]
    assert [bar_m(half) for half in (60.0, 200.0, 3000.0)] == [20.0, 100.0, 2000.0]
