from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.documents.transcript_files import WRITTEN, written
from noonmark.documents.transcripts import SpokenSegment, findings, read_transcript
from noonmark.errors import InputError
from noonmark.sandbox.parsers.small_xml import tree
from noonmark.sandbox.tasks import transcript

SHARED = Path(__file__).parents[3] / "shared" / "data" / "documents"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")

WORDS = st.text(
    st.one_of(
        st.sampled_from("ab <>&;{}\\\n1N؟َُِ\u202b招标"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=20,
)
SEGMENTS = st.lists(
    st.builds(
        SpokenSegment,
        st.integers(0, 10**8).map(lambda ms: 10 * ms),
        st.integers(0, 10**8).map(lambda ms: 10 * ms),
        st.sampled_from(["", "calm-otter", "quiet-heron"]),
        WORDS,
    ),
    min_size=1,
    max_size=4,
)


def _read(data: bytes, form: str, folder: Path, encoding: str = "") -> dict:
    path = folder / f"file.{form}"
    path.write_bytes(data)
    with open(path, "rb") as file:
        return transcript.main({"form": form, "encoding": encoding, "limits": {}}, [file.fileno()])


def _plain(segments) -> Counter:
    return Counter(
        (one["start_ms"], one["end_ms"], one["voice"], one["text"])
        if isinstance(one, dict)
        else (one.start_ms, one.end_ms, one.voice, one.text)
        for one in segments
    )


@pytest.mark.parametrize("form", ["srt", "vtt"])
@pytest.mark.parametrize("space", ["\x0c", "\u3000", "\u00a0", "\u2028"])
def test_a_line_of_unusual_space_is_words(form, space, tmp_path):
    segments = [SpokenSegment(0, 1000, "", f"a\n{space}\nb"), SpokenSegment(2000, 3000, "", space)]
    assert _plain(_read(written(segments, form).encode(), form, tmp_path)["segments"]) == (
        _plain(segments)
    )


@pytest.mark.parametrize("form", WRITTEN)
def test_words_times_and_voices_come_back_as_they_were(form, tmp_path_factory):
    folder = tmp_path_factory.mktemp(form)

    @settings(max_examples=50)
    @given(SEGMENTS)
    def holds(segments):
        try:
            text = written(segments, form)
        except InputError as error:
            assert error.code == "not-in-this-form"
            return
        back = _read(text.encode(), form, folder)["segments"]
        assert _plain(back) == _plain(segments)

    holds()


def test_right_to_left_words_keep_their_marks_and_question_marks(tmp_path):
    words = "«مَنْ هُناكَ؟»\n\u200fئۇ ئوقۇۋاتىدۇ.\u200f"
    for form in WRITTEN:
        text = written([SpokenSegment(1010, 2020, "calm-otter", words)], form)
        (back,) = _read(text.encode(), form, tmp_path)["segments"]
        assert back["text"].encode() == words.encode()


def test_subrip_with_mark_dots_gaps_and_reversed_times(tmp_path):
    data = "\ufeff7\r\n0:0:1.5 --> 0:0:2.25\r\n{\\an8}<i>one</i>\r\n\r\ntwo\r\n\r\n\r\n9\r\n"
    data += "00:00:09,000 --> 00:00:08,000 X1:2\r\n5 &amp; 6\r\n"
    found = _read(data.encode(), "srt", tmp_path)
    assert [(one["start_ms"], one["end_ms"]) for one in found["segments"]] == [
        (1500, 2250),
        (9000, 8000),
    ]
    assert [one["text"] for one in found["segments"]] == ["one\n\ntwo", "5 & 6"]


def test_an_encoding_is_asked_for_and_not_guessed(tmp_path):
    data = "1\n00:00:01,000 --> 00:00:02,000\nمن هناك؟\n".encode("cp1256")
    with pytest.raises(InputError) as caught:
        _read(data, "srt", tmp_path)
    assert caught.value.code == "transcript-encoding"
    (one,) = _read(data, "srt", tmp_path, "cp1256")["segments"]
    assert one["text"] == "من هناك؟"


def test_webvtt_parts_voices_and_leaves_notes_out(tmp_path):
    data = (
        "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\nNOTE hidden --\n\nseg-1\n"
        "00:01.000 --> 00:04.000 align:start\n<v.loud A&amp;B>Они <c.kk>ушли</c> &lt;3\n"
        "<v C><00:02.500>да\n\n00:04.000 --> 00:06.000\n<b>招标</b>\n"
    )
    found = _read(data.encode(), "vtt", tmp_path)
    assert [(one["voice"], one["text"]) for one in found["segments"]] == [
        ("A&B", "Они ушли <3\n"), ("C", "да"), ("", "招标"),
    ]  # fmt: skip
    assert len(found["remarks"]) == 2


def test_elan_references_have_the_times_of_their_parents_and_unset_times_are_said(tmp_path):
    data = """<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="1000"/>
    <TIME_SLOT TIME_SLOT_ID="b"/><TIME_SLOT TIME_SLOT_ID="c" TIME_VALUE="3000"/></TIME_ORDER>
    <TIER TIER_ID="child" PARTICIPANT="x"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="r"
    ANNOTATION_REF="p"><ANNOTATION_VALUE>gloss</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="s" ANNOTATION_REF="nowhere"><ANNOTATION_VALUE/>
    </REF_ANNOTATION></ANNOTATION></TIER><TIER TIER_ID="main"><ANNOTATION><ALIGNABLE_ANNOTATION
    ANNOTATION_ID="p" TIME_SLOT_REF1="a" TIME_SLOT_REF2="b"><ANNOTATION_VALUE>words
    </ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""
    found = _read(data.encode(), "eaf", tmp_path)
    assert [(o["voice"], o["start_ms"], o["end_ms"]) for o in found["segments"]] == [
        ("main", 1000, 2000), ("x", 1000, 2000),
    ]  # fmt: skip
    assert any("not set" in remark for remark in found["remarks"])
    assert any("refer to none" in remark for remark in found["remarks"])


def test_transcriber_parts_a_turn_at_its_marks_and_voices(tmp_path):
    data = """<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE Trans SYSTEM "trans-14.dtd">
    <Trans><Speakers><Speaker id="s1" name="A"/><Speaker id="s2" name="B"/></Speakers><Episode>
    <Section><Turn speaker="s1 s2" startTime="0" endTime="4"><Sync time="0"/><Who nb="1"/>one
    <Who nb="2"/>caf\xe9<Sync time="2.5"/>three<Event desc="b"/></Turn></Section></Episode>
    </Trans>"""
    found = _read(data.encode("latin-1"), "trs", tmp_path)
    assert [(o["voice"], o["start_ms"], o["end_ms"], o["text"]) for o in found["segments"]] == [
        ("A", 0, 2500, "one"), ("B", 0, 2500, "café"), ("A", 2500, 4000, "three"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "form", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><Trans>&x;</Trans>', "trs", "xml-entity"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a/>', "eaf", "xml-entity"),
        (b"<a>", "eaf", "bad-xml"),
        (b"<a/>", "eaf", "bad-transcript"),
        (b"", "eaf", "bad-xml"),
        (b"<a>" * 100 + b"</a>" * 100, "trs", "bad-xml"),
        (b'<Trans><Turn startTime="1e99" endTime="x">w</Turn></Trans>', "trs", "bad-transcript"),
        (b"", "srt", "no-segments"),
        (b"\0\0\0", "vtt", "no-segments"),
        (b"[Events]\nDialogue: x", "ass", "no-segments"),
    ],
)
def test_bad_files_are_refused_by_a_code(data, form, code, tmp_path):
    with pytest.raises(InputError) as caught:
        _read(data, form, tmp_path)
    assert caught.value.code == code


def test_a_doctype_that_points_outside_is_not_followed():
    assert tree(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>b</a>').text() == "b"


def test_what_looks_wrong_in_times_is_said():
    said = findings(
        [
            SpokenSegment(0, 1000, "a", ""),
            SpokenSegment(900, 2000, "a", ""),
            SpokenSegment(900, 2000, "b", ""),
            SpokenSegment(3000, 2500, "a", ""),
            SpokenSegment(4000, 4000, "a", ""),
        ]
    )
    assert said == [
        "segment 2 overlaps segment 1",
        "segment 4 ends before it starts: 3000 to 2500 ms",
        "segment 5 has no length: 4000 to 4000 ms",
    ]


@shared
@pytest.mark.shared
def test_shared_transcripts_are_read_in_the_sandbox():
    two = read_transcript(SHARED / "subs" / "two_speakers.trs", "trs").segments
    assert [(one.voice, one.start_ms, one.text) for one in two] == [
        ("Alias One", 0, "one"), ("Alias One", 2500, "two"),
    ]  # fmt: skip
    elan = read_transcript(SHARED / "eaf" / "sample_2.8.eaf", "eaf")
    assert len(elan.segments) > 5000
    voices = read_transcript(SHARED / "subs" / "voice_tags.vtt", "vtt").segments
    assert [one.voice for one in voices] == ["Alias One", "Alias Two"]
    assert voices[0].text == "Они айтты & ушли"
