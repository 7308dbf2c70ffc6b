"""A note that repeats a name or number of an identity is refused; harmless notes are not."""

from __future__ import annotations

import random

import pytest

from noonmark.evidence.identity_words import repeats

REPEATED = [
    ("王伟", "王伟同意公开"),
    ("李娜, 北京", "今天和李娜谈过"),
    ("田中太郎", "田中さんは同意した"),
    ("サクラ コウジ", "サクラさんに確認"),
    ("김철수", "김철수는 동의했다"),
    ("박지민", "지민에게 물었다"),
    ("Фарида Ахметова", "со слов Фариды"),
    ("Фарида Ахметова", "передано Ахметовой"),
    ("Сергей Павлов", "Сергея спросили"),
    ("Γιώργος Νικολάου", "μίλησα με τον Γιώργο"),
    ("فريدة حسن", "قالت وفريدة موافقة"),
    ("فريدة حسن", "تم التسليم لفريدة"),
    ("محمود درويش", "بمحمود"),
    ("שרה כהן", "דיברתי עם ושרה"),
    ("שרה כהן", "נמסר לכהן"),
    ("रमेश कुमार", "रमेश ने कहा"),
    ("สมชาย ใจดี", "คุณสมชายยินยอม"),
    ("ნინო ბერიძე", "ნინოს აზრით"),
    ("Արամ Սարգսյան", "Արամի խոսքով"),
    ("አበበ ቢቂላ", "ከአበበ ጋር"),
    ("Li Bo", "Li Bo agreed"),
    ("Li Bo", "agreed with Bo Li"),
    ("Wu", "Wu will be in court"),
    ("Ayşe Yılmaz", "Ayşe'ye soruldu"),
    ("Fatma Demir", "Fatmanın onayı"),
    ("Katarzyna Nowak", "rozmowa z Katarzyną"),
    ("Émile Zola", "emile said so"),
    ("call ٠٧٩١٢٣٤٥٦٧", "0791234567"),
    ("+44 7911 123456", "reached on ٠٧٩١١١٢٣٤٥٦"),
    ("tel. 0171–555 0199", "asked 0171-5550199"),
    ("phone १२३४५६७८", "12345678"),
]
NAMES = [pair[0] for pair in REPEATED if not any(sign.isdigit() for sign in pair[0])]
PARTS = (
    ("the clip", "a photo", "this film", "the second video", "the sound file"),
    ("came on a sealed disk", "was sent in May", "was filmed from a roof", "is cut at the start"),
    ("not before the trial", "may be published without sound", "ask again in spring",
     "only for the court", "no names in the text", "видно только улицу", "仅供法庭使用",
     "للمحكمة فقط", "solo para el tribunal", "裁判のみ", "nur für das Gericht"),
)  # fmt: skip


@pytest.mark.parametrize(("identity", "note"), REPEATED)
def test_a_name_or_number_is_known_again_in_any_script_and_form(identity, note):
    assert repeats(identity, note)


def test_at_most_one_harmless_note_in_a_hundred_is_refused():
    chance = random.Random(7)
    notes = [", ".join(chance.choice(part) for part in PARTS) for _ in range(2000)]
    refused = [note for note in notes if repeats(chance.choice(NAMES), note)]
    assert len(refused) <= 20, refused[:5]
