"""Captions take the place of the sound: the words as given, in any script, and nothing that was not
meant to leave.
"""

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark import actions
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.media import captions, leak_check
from noonmark.media.captions import Cue
from noonmark.sandbox import process

pytest.importorskip("av")
from tests.media import made

SHARED = Path(__file__).parents[3] / "shared" / "data" / "media"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")
_SRT = """1
00:00:00,100 --> 00:00:00,500
<i>سلام دنیا</i>

2
00:00:00,400 --> 00:01:00,000
{\\an8}你好, world &
"""


def _read(tmp_path, text, lasts_s=2.0):
    (tmp_path / "c.srt").write_text(text, encoding="utf-8")
    return captions.read(tmp_path / "c.srt", lasts_s=lasts_s)


def test_cues_are_read_without_markup_cut_to_the_film_and_shown_together_where_they_overlap(
    tmp_path,
):
    assert _read(tmp_path, _SRT) == (
        Cue(0.1, 0.4, "سلام دنیا"),
        Cue(0.4, 0.5, "سلام دنیا\n你好, world &"),
        Cue(0.5, 2.0, "你好, world &"),
    )


def test_webvtt_with_settings_notes_and_no_hours_reads_the_same(tmp_path):
    text = "WEBVTT\n\nNOTE a --  b\nmore\n\n01.500 --> 02.000\nx\n\nSTYLE\n::cue {}\n\n"
    with pytest.raises(InputError):
        _read(tmp_path, text)
    good = text.replace("01.500 --> 02.000", "00:01.500 --> 00:02.000 line:0 align:start")
    assert _read(tmp_path, good, 3.0) == (Cue(1.5, 2.0, "x"),)


def test_plain_text_stands_for_the_whole_film(tmp_path):
    assert _read(tmp_path, "The voice asks\n\nwhere they come from.\n", 7.0) == (
        Cue(0.0, 7.0, "The voice asks\nwhere they come from."),
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("1\n00:00:01,000 --> 00:00:00,500\nx\n", "line 2"),
        ("1\n00:00:99,000 --> 00:00:00,500\nx\n", "line 2"),
        ("1\n00:00:09,000 --> 00:00:10,500\nx\n", "line 2"),
        ("", "c.srt"),
        ("1\n00:00:00,000 --> 00:00:01,000\n<b></b>\n", "c.srt"),
    ],
)
def test_captions_that_fit_no_film_are_refused_with_their_line(tmp_path, text, where):
    with pytest.raises(InputError) as caught:
        _read(tmp_path, text)
    assert (
        caught.value.code == "bad-captions"
        and caught.value.details["problems"][0]["where"] == where
    )


def test_captions_that_are_no_text_are_refused(real_sandbox, tmp_path):
    (tmp_path / "c.srt").write_bytes(b"\xff\xfe\0\x01" * 10)
    with pytest.raises(InputError) as caught:
        captions.read(tmp_path / "c.srt", lasts_s=2.0)
    assert caught.value.code == "bad-captions"


@given(st.text(max_size=300))
def test_words_carry_no_markup_no_control_and_no_forced_direction(text):
    said = captions.words(text)
    assert not any(c in said for c in "\x00\x1b\r\u202a\u202e\u2028\u0085")
    assert said == said.strip() and "\n\n" not in said


_CUES = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 20), st.sampled_from("abc")).map(
        lambda c: Cue(c[0] / 10, (c[0] + c[1]) / 10, c[2])
    ),
    max_size=12,
)


@given(_CUES)
def test_stretches_never_overlap_and_every_word_is_shown_as_long_as_it_was(cues):
    found = captions.one_after_another(cues)
    for a, b in pairwise(found):
        assert a.to_s <= b.from_s
    for tenth in range(80):
        at_s = tenth / 10 + 0.05
        asked = {cue.text for cue in cues if cue.from_s <= at_s < cue.to_s}
        shown = [cue.text for cue in found if cue.from_s <= at_s < cue.to_s]
        assert len(shown) <= 1 and asked == set("".join(shown).replace("\n", ""))


def test_webvtt_written_is_webvtt_read(tmp_path):
    cues = (Cue(0.25, 1.0, "a < b & c"), Cue(3661.5, 3662.0, "الف\nب"))
    (tmp_path / "c.vtt").write_text(captions.webvtt(cues), encoding="utf-8")
    assert captions.read(tmp_path / "c.vtt", lasts_s=4000.0) == cues


# --- in the film ----------------------------------------------------------------------------------


def _film(tmp_path):
    return made.film(
        tmp_path / "a.mp4", [made.scene(i) for i in range(40)], range(0, 1600, 40), sound=True
    )


@pytest.mark.slow
def test_a_redacted_film_carries_the_captions_as_text_and_no_sound(real_sandbox, tmp_path):
    (tmp_path / "c.srt").write_text(_SRT, encoding="utf-8")
    path, out = _film(tmp_path), tmp_path / "o.mp4"
    done = actions.redact(
        path, out, document=actions.plan_redaction(path), captions=tmp_path / "c.srt"
    )
    assert done["sound"] == "replaced by captions" and done["captions"]["cues"] == 3
    assert (
        done["captions"]["source_sha256"]
        == hashlib.sha256((tmp_path / "c.srt").read_bytes()).hexdigest()
    )
    assert "MP4 track 2 kind: sbtl" in done["remains"] and not any(
        "soun" in row for row in done["remains"]
    )
    read = process.run(
        "paint_boxes",
        payload={"boxes": {}, "check": True},
        files=[out],
        limits=process.WorkerLimits(),
    )
    told = [(round(a, 3), round(b, 3), text) for a, b, text in read.value["captions"]]
    assert told == [
        (0.1, 0.4, "سلام دنیا"),
        (0.4, 0.5, "سلام دنیا\n你好, world &"),
        (0.5, 1.6, "你好, world &"),
    ]
    assert captions.read(tmp_path / "o.vtt", lasts_s=1.6) == tuple(Cue(*row) for row in told)
    assert (
        leak_check.read_back(out).leaks
        and not leak_check.read_back(out, captions=[text for _, _, text in told]).leaks
    )


def test_a_photo_takes_no_captions_and_nothing_is_written(tmp_path):
    from PIL import Image

    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    (tmp_path / "c.srt").write_text(_SRT, encoding="utf-8")
    document = actions.plan_redaction(tmp_path / "a.png")
    with pytest.raises(InputError) as caught:
        actions.redact(
            tmp_path / "a.png", tmp_path / "o.png", document=document, captions=tmp_path / "c.srt"
        )
    assert caught.value.code == "bad-captions" and not (tmp_path / "o.png").exists()


def test_a_file_of_words_that_exists_is_never_overwritten(tmp_path):
    (tmp_path / "c.srt").write_text(_SRT, encoding="utf-8")
    (tmp_path / "o.vtt").write_text("mine")
    path = _film(tmp_path)
    with pytest.raises(InputError) as caught:
        actions.redact(
            path,
            tmp_path / "o.mp4",
            document=actions.plan_redaction(path),
            captions=tmp_path / "c.srt",
        )
    assert caught.value.code == "output-exists" and (tmp_path / "o.vtt").read_text() == "mine"
    assert not (tmp_path / "o.mp4").exists()


@shared
@pytest.mark.shared
def test_the_subtitles_of_a_drone_are_refused_as_captions():
    refused = 0
    for path in sorted((SHARED / "dji_srt").iterdir()):
        if (
            process.run("probe", payload={"thumbnails": False}, files=[path])
            .value["facts"]
            .get("cues_with_data")
        ):
            with pytest.raises(InputError) as caught:
                captions.read(path, lasts_s=1000.0)
            assert caught.value.code == "captions-with-positions"
            refused += 1
    assert refused >= 20


# --- in a case ------------------------------------------------------------------------------------


def _log(case, kind):
    return [entry.facts for entry in actions.case_history(case, kind=kind)]


def test_a_redaction_of_an_item_is_logged_with_who_passed_the_review_and_the_case_is_sound(
    tmp_path, capsys
):
    path, case = _film(tmp_path), tmp_path / "case"
    actions.new_case(case)
    actions.add_to_case(case, [str(path)])
    (tmp_path / "c.srt").write_text(_SRT, encoding="utf-8")
    (tmp_path / "b.toml").write_text("[[box]]\nbox_px = [0, 0, 60, 30]\n")
    main(
        [
            "redact",
            str(path),
            "--boxes",
            str(tmp_path / "b.toml"),
            "--write-plan",
            str(tmp_path / "p.json"),
        ]
    )
    command = [
        "redact",
        str(path),
        "--plan",
        str(tmp_path / "p.json"),
        "--reviewed-by",
        "CD",
        "--by",
        "quiet-heron",
    ]
    command += [
        "--captions",
        str(tmp_path / "c.srt"),
        "--out",
        str(tmp_path / "o.mp4"),
        "--case",
        str(case),
    ]
    assert main(command) == 0
    assert "logged in the case as entries" in capsys.readouterr().out
    first = _log(case, "derivation")[0]
    assert (
        first["relation"] == "redaction"
        and first["parent"] == hashlib.sha256(path.read_bytes()).hexdigest()
    )
    assert first["child"] == hashlib.sha256((tmp_path / "o.mp4").read_bytes()).hexdigest()
    said = first["parameters"]
    assert (
        said["command"] == "redact" and said["reviewed_by"] == "CD" and said["boxes_by_hand"] == 1
    )
    assert len(said["plan_sha256"]) == len(said["captions_sha256"]) == 64 and first[
        "means"
    ].startswith("noonmark ")
    record = json.loads((tmp_path / "o.mp4.redaction.json").read_text())
    assert record["reviewed_by"] == "CD" and len(_log(case, "derivation")) == 3
    assert main(["case", "log", str(case), "--kind", "derivation"]) == 0
    shown = capsys.readouterr().out
    assert "relation redaction" in shown and "quiet-heron" in shown
    assert main(["case", "audit", str(case)]) == 0


def test_stripping_an_item_is_logged_and_the_case_is_sound(tmp_path, capsys):
    path, case = _film(tmp_path), tmp_path / "case"
    actions.new_case(case)
    actions.add_to_case(case, [str(path)])
    assert main(["strip", str(path), "--out", str(tmp_path / "o.mp4"), "--case", str(case)]) == 0
    (derivation,) = _log(case, "derivation")
    assert derivation["relation"] == "copy" and derivation["parameters"]["command"] == "strip"
    assert derivation["child"] == hashlib.sha256((tmp_path / "o.mp4").read_bytes()).hexdigest()
    assert main(["case", "audit", str(case)]) == 0
    capsys.readouterr()
