from __future__ import annotations

import json
from pathlib import Path

import pytest

from noonmark.actions import case_history, new_case
from noonmark.actions.account_export import AccountExport, account_segments, export_account
from noonmark.actions.transcripts import (
    AccountGiven,
    TranslationGiven,
    add_account,
    code_words,
    voice_pairs,
)
from noonmark.errors import InputError
from noonmark.sandbox.tasks import transcript
from testkit.kept_schemas import keeps

UYGHUR = """WEBVTT

00:01.000 --> 00:04.000
<v Alias One>ئۇلار ئۇنى مەكتەپ دەيتتى

00:04.000 --> 00:06.500
<v Alias Two>قاچان؟

00:07.000 --> 00:09.000
<v Alias One>2018-يىلى
"""
ENGLISH = """WEBVTT

00:01.000 --> 00:04.000
They called it school

00:04.000 --> 00:06.500
When?

00:07.000 --> 00:09.000
In 2018
"""
CODE = {"segment": 1, "word": "مەكتەپ", "means": "the camp", "basis": "said later by the source"}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    case = folder / "case"
    new_case(case)
    (folder / "talk.vtt").write_text(UYGHUR, encoding="utf-8")
    (folder / "english.vtt").write_text(ENGLISH, encoding="utf-8")
    given = AccountGiven(
        alias="calm-otter",
        language="ug",
        interpreter="paper-stork",
        publish="text",
        recorded_voice="altered",
        voices={"Alias One": "calm-otter"},
        codes=[CODE],
    )
    translation = TranslationGiven(folder / "english.vtt", "en", "paper-stork")
    return folder, case, add_account(case, folder / "talk.vtt", given, translation=translation)


def test_words_voices_translation_and_code_words_stand_side_by_side(told):
    _, case, added = told
    keeps(added, "account-add")
    shown = account_segments(case, added["account"])
    keeps(shown, "account-segments")
    assert [one["text"] for one in shown["segments"]] == [
        "ئۇلار ئۇنى مەكتەپ دەيتتى", "قاچان؟", "2018-يىلى",
    ]  # fmt: skip
    first, second, _ = shown["segments"]
    assert (first["speaker"], first["dir"], first["voice"]) == ("calm-otter", "rtl", "altered")
    assert second["speaker"] not in ("Alias Two", "calm-otter")
    assert first["translations"] == [
        {"language": "en", "by": "paper-stork", "kind": "human", "text": "They called it school"}
    ]
    assert first["spoken_as_code"]["means"] == "the camp"
    assert shown["told"]["interpreter"] == "paper-stork"


def test_no_label_and_no_word_of_it_stands_in_the_log(told):
    _, case, _ = told
    log = json.dumps([entry.facts for entry in case_history(case)], ensure_ascii=False)
    assert "Alias One" not in log
    assert "مەكتەپ" not in log
    assert "school" not in log


def test_consent_to_text_allows_a_redacted_export_alone(told):
    folder, case, added = told
    out = folder / "out.vtt"
    with pytest.raises(InputError) as caught:
        export_account(case, added["account"], out, AccountExport("vtt"))
    assert caught.value.code == "account-restricted"
    assert not out.exists()
    wish = AccountExport("vtt", redacted=True, hide=["٢٠١٨"], withhold=frozenset((2,)))
    done = export_account(case, added["account"], out, wish)
    keeps(done, "account-export")
    text = out.read_text(encoding="utf-8")
    assert done["places_hidden"] == 2
    for hidden in ("calm-otter", "مەكتەپ", "2018", "قاچان"):
        assert hidden not in text
    assert "<v voice 1>" in text and "[withheld]" in text


def test_an_export_against_the_agreement_is_logged_with_its_reason(told):
    folder, case, added = told
    out = folder / "all.srt"
    wish = AccountExport("srt", language="en", despite="the court ordered it")
    done = export_account(case, added["account"], out, wish)
    assert done["despite"] == "consent to publish: text, not in full"
    with open(out, "rb") as file:
        back = transcript.main({"form": "srt", "encoding": "", "limits": {}}, [file.fileno()])
    assert [one["text"] for one in back["segments"]] == [
        "They called it school", "When?", "In 2018",
    ]  # fmt: skip
    notes = [str(entry.facts["text"]) for entry in case_history(case, kind="note")]
    assert any("the court ordered it" in note for note in notes)


def test_a_sealed_account_and_one_without_consent_stay(told, tmp_path):
    folder, case, _ = told
    for more, said in (({"restriction": "sealed", "publish": "full"}, "sealed"), ({}, "no")):
        given = AccountGiven(alias="calm-otter", language="ug", **more)
        added = add_account(case, folder / "talk.vtt", given)
        with pytest.raises(InputError) as caught:
            export_account(
                case, added["account"], tmp_path / "x.vtt", AccountExport("vtt", redacted=True)
            )
        assert said in caught.value.message


@pytest.mark.parametrize(
    ("more", "translation", "code"),
    [
        ({"codes": [CODE | {"segment": 2}]}, None, "code-word-absent"),
        ({"codes": [{"word": "x"}]}, None, "bad-code-words"),
        ({"voices": {"Nobody": "calm-otter"}}, None, "no-such-voice"),
        ({}, "WEBVTT\n\n00:01.000 --> 00:02.000\nThey\n", "translation-differs"),
    ],
)
def test_what_does_not_fit_the_transcript_is_refused_before_anything_is_kept(
    told, tmp_path, more, translation, code
):
    folder, case, _ = told
    before = len(list(case_history(case)))
    other = None
    if translation:
        (tmp_path / "other.vtt").write_text(translation)
        other = TranslationGiven(tmp_path / "other.vtt", "en", "paper-stork")
    given = AccountGiven(alias="calm-otter", language="ug", **more)
    with pytest.raises(InputError) as caught:
        add_account(case, folder / "talk.vtt", given, translation=other)
    assert caught.value.code == code
    assert len(list(case_history(case))) == before


def test_faulty_exports_are_refused(told, tmp_path):
    _, case, added = told
    for wish, code in (
        (AccountExport("vtt", redacted=True, withhold=frozenset((9,))), "no-such-segment"),
        (AccountExport("vtt", redacted=True, language="fr"), "not-translated"),
    ):
        with pytest.raises(InputError) as caught:
            export_account(case, added["account"], tmp_path / "x.vtt", wish)
        assert caught.value.code == code


def test_aliases_and_code_words_are_read_as_typed(tmp_path):
    assert voice_pairs(["A=B=calm-otter"]) == {"A=B": "calm-otter"}
    with pytest.raises(InputError):
        voice_pairs(["calm-otter"])
    path = tmp_path / "codes.json"
    path.write_text(json.dumps({"codes": [CODE]}))
    assert code_words(path) == [CODE]
    path.write_text("{}")
    with pytest.raises(InputError):
        code_words(path)
    assert code_words(None) == []


def test_nothing_counts_or_lists_what_one_voice_said():
    from noonmark.actions import account_export

    source = Path(account_export.__file__).read_text(encoding="utf-8")
    for word in ("Counter(", "groupby", "by_speaker", "per_alias"):
        assert word not in source
