"""Accounts on the page: hidden until asked for, with consent, and with the sound of a recording."""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
import pytest

from noonmark.actions.case_intake import add_to_case
from noonmark.actions.cases import new_case
from noonmark.actions.transcripts import AccountGiven, TranslationGiven, add_account
from tests.documents.test_accounts import CODE, ENGLISH, UYGHUR
from tests.sandbox.inprocess import without_workers

WORD = CODE["word"]


@pytest.fixture(autouse=True)
def _workers(monkeypatch):
    without_workers(monkeypatch)


def _tone(path, seconds: int = 4) -> None:
    """Silence and a loud tone, turn about, a second each."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        at = np.arange(8000 * seconds)
        loud = (at // 8000 % 2) * 20000 * np.sin(at * 0.3)
        both = np.repeat(loud.astype("<i2"), 2)
        file.writeframes(both.tobytes())


@pytest.fixture
def case(tmp_path):
    """A case with an account of three segments, and a recording that is tied to nothing yet."""
    folder = tmp_path / "case"
    new_case(folder)
    (tmp_path / "talk.vtt").write_text(UYGHUR, encoding="utf-8")
    (tmp_path / "english.vtt").write_text(ENGLISH, encoding="utf-8")
    _tone(tmp_path / "talk.wav")
    given = AccountGiven(
        alias="calm-otter", language="ug", interpreter="paper-stork", publish="text",
        recorded_voice="altered", voices={"Alias One": "calm-otter"}, codes=[CODE],
    )  # fmt: skip
    translation = TranslationGiven(tmp_path / "english.vtt", "en", "paper-stork")
    add_account(folder, tmp_path / "talk.vtt", given, translation=translation)
    add_to_case(folder, [str(tmp_path / "talk.wav")])
    return folder


def _one(opened) -> dict:
    (found,) = opened.ask("/api/accounts")["accounts"]
    return found


def test_aliases_and_code_words_do_not_reach_the_page_until_asked_for(opened):
    row = _one(opened)
    assert "source" not in row and (row["number"], row["ends_ms"]) == (1, 9000)
    name = row["id"]
    hidden = opened.get(f"/api/accounts/{name}").text
    for secret in (
        "calm-otter",
        "paper-stork",
        "the camp",
        WORD.encode("ascii", "ignore").decode(),
    ):
        assert not secret or secret not in hidden
    told = opened.ask(f"/api/accounts/{name}")
    assert WORD not in told["segments"][0]["text"] and "■■■" in told["segments"][0]["text"]
    assert [one["translations"][0]["text"] for one in told["segments"]][:2] == ["■■■", "When?"]
    assert [one["speaker"] for one in told["segments"]] == ["1", "2", "1"]
    shown = opened.ask(f"/api/accounts/{name}?shown=1")
    assert shown["segments"][0]["speaker"] == "calm-otter" and WORD in shown["segments"][0]["text"]
    assert shown["segments"][0]["spoken_as_code"]["means"] == "the camp"


def test_a_transcript_of_the_case_becomes_an_account(opened, tmp_path):
    (tmp_path / "second.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    added = opened.ask("/api/items/add", {"path": str(tmp_path / "second.srt")})
    asked = {"item": added["items"][0]["sha256"], "alias": "amber-thistle", "language": "en",
             "how": "message", "publish": "no", "restriction": "sealed"}  # fmt: skip
    told = opened.ask("/api/accounts/add", asked)
    assert (told["segments"], told["voices"]) == (1, [{"label": "", "alias": "amber-thistle"}])
    rows = opened.ask("/api/accounts?shown=1")["accounts"]
    assert [one["source"] for one in rows] == ["calm-otter", "amber-thistle"]
    assert (rows[1]["quotable"], rows[1]["restriction"]["level"]) == ("no", "sealed")
    sealed = opened.get(f"/api/accounts/{told['account']}").text
    assert "Hello" not in sealed and "Hello" in opened.get(
        f"/api/accounts/{told['account']}?shown=1").text  # fmt: skip
    assert opened.refused("/api/accounts/add", asked | {"item": "0" * 64}) == "object-missing"
    assert opened.refused("/api/accounts/add", asked | {"alias": "Anna"}) == "no-such-source"


def test_nothing_is_counted_by_alias(opened):
    told = opened.ask(f"/api/accounts/{_one(opened)['id']}?shown=1")
    assert not [key for key in told if key.startswith(("count", "total", "speaker"))]


def test_a_code_word_is_said_on_the_page_and_hidden_from_then_on(opened):
    path = f"/api/accounts/{_one(opened)['id']}"
    two = opened.ask(f"{path}?shown=1")["segments"][1]
    word = two["text"].split()[0].strip("?؟.")
    code = {"segment": two["id"], "word": word, "means": "the yard", "basis": "told at the end"}
    assert opened.refused("/api/accounts/code-word", code | {"word": "zzz"}) == "code-word-absent"
    opened.ask("/api/accounts/code-word", code)
    shown, hidden = (opened.ask(path + more)["segments"][1] for more in ("?shown=1", ""))
    assert shown["spoken_as_code"] == {"word": word, "means": "the yard", "basis": code["basis"]}
    assert shown["text"] == two["text"] and word not in hidden["text"] and hidden["has_code_word"]


def test_a_copy_of_an_account_hides_the_words_that_are_named(opened, tmp_path):
    name = _one(opened)["id"]
    third = opened.ask(f"/api/accounts/{name}?shown=1")["segments"][2]["text"]
    word = third.split()[0]
    out = tmp_path / "copy.vtt"
    asked = {"account": name, "out": str(out), "hide": f"{word}\n"}
    assert opened.refused("/api/accounts/copy", asked | {"hide": [word]}) == "bad-request"
    told = opened.ask("/api/accounts/copy", asked)
    written = out.read_text(encoding="utf-8")
    assert told["output"] == "copy.vtt" and told["places_hidden"] >= 2
    assert word not in written and WORD not in written and "calm-otter" not in written
    assert opened.refused("/api/accounts/copy", asked) == "output-exists"


def test_consent_that_was_taken_back_ends_quoting(opened):
    row = _one(opened)
    assert row["quotable"] == "words"
    opened.ask("/api/accounts/withdrawal", {"account": row["id"], "at": "2023-02-01T00:00:00Z"})
    assert _one(opened)["quotable"] == "no"
    told = opened.ask(f"/api/accounts/{row['id']}")
    assert told["consent"]["withdrawn"] == "2023-02-01T00:00:00Z"


def test_a_recording_is_tied_to_an_account_and_heard_by_pieces(opened):
    row = _one(opened)
    items = {one["name"]: one["sha256"] for one in opened.ask("/api/state")["state"]["items"]}
    sound = items["talk.wav"]
    opened.ask("/api/accounts/recording", {"account": row["id"], "item": sound})
    told = opened.ask(f"/api/accounts/{row['id']}")
    assert [one["sha256"] for one in told["recordings"]] == [sound]
    peaks = opened.ask(f"/api/items/{sound}/peaks")
    assert abs(peaks["duration_ms"] - 4000) < 30 and len(peaks["peaks"]) == 200
    assert max(peaks["peaks"][5:45]) < 10 < 120 < min(peaks["peaks"][55:95])
    reply = opened.get(f"/api/items/{sound}/sound?from=1500&to=1600")
    with wave.open(io.BytesIO(reply.content)) as piece:
        assert (piece.getnchannels(), piece.getframerate(), piece.getnframes()) == (1, 16000, 1600)
        samples = struct.unpack("<1600h", piece.readframes(1600))
    assert max(samples) > 15000
    assert opened.refused(f"/api/items/{sound}/sound?from=0&to=999999") == "bad-piece"
    assert opened.refused(f"/api/items/{items['talk.vtt']}/peaks") == "no-sound"


def test_a_segment_is_cited_by_a_claim(opened, case):
    from noonmark.actions.inquiry_forms import say_in_case
    from tests.inquiry.typed_forms import EVENT, claim

    say_in_case(case, [{**EVENT, "as": "e"}, claim("@e")])
    (to,) = opened.ask("/api/documents")["claims"]
    name = _one(opened)["id"]
    segment = opened.ask(f"/api/accounts/{name}")["segments"][0]["id"]
    assert opened.ask(f"/api/accounts/{segment}")["account"] == name
    weigh = {"claim": to["id"], "on": {"segment": segment}, "stance": "contradicts",
             "credibility": 3, "why": "told so"}  # fmt: skip
    opened.ask("/api/documents/cite", weigh)
    used = opened.ask(f"/api/accounts/{name}")["segments"][0]["used_in"]
    assert [one["stance"] for one in used] == ["contradicts"]
