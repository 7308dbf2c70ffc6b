"""Words that may not go out, and words that may."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.release.wording import faults, sentences

REFUSED = [
    "The footage is authentic.",
    "This has been PROVEN by the shadow.",
    "It was verified as true.",
    "We are 100 % certain.",
    "It shows beyond any doubt that it was here.",
    "Das Video ist authentisch.",
    "La vidéo est authentique.",
    "El vídeo es auténtico.",
    "Запись подлинная.",
    "It is very likely, and we say so with high confidence.",
    "We are confident that it is almost certain.",
    "Sources confirm the date.",
    "Three independent sources confirm the date.",
    "Several witnesses have confirmed it.",
    "Это доказано вне всяких сомнений.",
    "Это очень вероятно, и уверенность высокая.",
    "Три независимых источника подтверждают дату.",
    "Источники подтвердили это.",
    "هذا صحيح بلا أدنى شك.",
    "هذا مُرَجَّح جدًا وثقتنا عالية.",
    "أكدت المصادر التاريخ.",
    "المصادر تؤكد ذلك.",
    "该视频的真实性毫无疑问。",
    "这很可能发生过，我们有很高的信心。",
    "三个独立来源证实了日期。",
    "目擊者均證實此事。",
]
ALLOWED = [
    "The standard is beyond reasonable doubt.",
    "The provenance statement was approved and improved.",
    "It is very likely that it was filmed here.",
    "How sure that judgement is: high confidence.",
    "It is very likely. Confidence in that is moderate.",
    "Between 1 and 3 independent origins tell of it.",
    "Two accounts differ.",
    "The bytes are unchanged since 3 March.",
    "Это очень вероятно. Уверенность в этой оценке средняя.",
    "Свидетель рассказал об этом.",
    "От 1 до 3 независимых истоков.",
    "هذا مرجح جدًا. الثقة في هذا التقدير متوسطة.",
    "قال شاهد إن الجدار بُني في الربيع.",
    "最少有一个来源。",
    "这很可能发生过。对该判断的信心为中。",
    "来源没有谈到日期。",
]


@pytest.mark.parametrize("text", REFUSED)
def test_words_that_say_too_much_are_refused(text):
    found = faults(text, fewest=1)
    assert found
    assert all(fault.found and fault.instead and fault.sentence in text for fault in found)


@pytest.mark.parametrize("text", ALLOWED)
def test_words_that_say_what_is_known_go_out(text):
    assert faults(text, fewest=1) == []


def test_as_many_sources_may_confirm_as_there_are_origins():
    text = "Two independent sources confirm it."
    assert faults(text, fewest=1)
    assert faults(text, fewest=2) == []


@settings(max_examples=40)
@given(st.lists(st.sampled_from(REFUSED + ALLOWED), max_size=5))
def test_a_text_has_the_faults_of_its_sentences(texts):
    whole = "\n\n".join(texts)
    assert bool(faults(whole)) == any(faults(text) for text in texts)


@settings(max_examples=25)
@given(st.text(max_size=120))
def test_any_text_can_be_read(text):
    assert all(sentence.strip() == sentence for sentence in sentences(text))
    faults(text)
