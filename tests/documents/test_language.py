from __future__ import annotations

import pytest

from noonmark.documents.language import languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("招标公告：某县第二仓库围墙工程，投标截止时间上午九时", "zh"),
        ("朝、市場へ行ってパンを買いました", "ja"),
        ("ئەتىگەندە بازارغا بېرىپ نان سېتىۋالدىم", "ug"),
        ("ذهبت في الصباح إلى السوق واشتريت خبزا", "ar"),
        ("صبح به بازار رفتم و نان و شیر خریدم", "fa"),
        ("Утром я пошёл на рынок и купил хлеб, потом вернулся домой", "ru"),
        ("Таңертең базарға барып нан мен сүт сатып алдым", "kk"),
        ("Мен эртең менен базарга барып нан жана сүт сатып алдым", "ky"),
        ("မနက်က ဈေးကို သွားပြီး ပေါင်မုန့် ဝယ်တယ်", "my"),
        ("སང་ཉིན་ཁྲོམ་ལ་འགྲོ་གི་ཡིན།", "bo"),
        ("Sabah pazara gidip ekmek ve süt aldım, sonra eve döndüm", "tr"),
        ("The bread was bought in the market and it is on the table by the door", "en"),
    ],
)
def test_a_language_is_told_by_its_letters_and_small_words(text, language):
    assert languages([text]) == [language]


@pytest.mark.parametrize("text", ["", "2018-07-01 12:00", "!?", "Базар нан", "ခၢမ်းၶဝ်"])
def test_what_fits_several_languages_is_not_known(text):
    assert languages([text]) == [""]


def test_only_latin_letters_that_say_no_more_are_handed_on():
    asked = []

    def latin(texts):
        asked.extend(texts)
        return ["de"] * len(texts)

    assert languages(["Morgen Brot kaufen", "招标公告", "ışık"], latin) == ["de", "zh", "tr"]
    assert asked == ["Morgen Brot kaufen"]
