"""The language of short texts, told by letters, small words and pycld2, on parallel texts.

    python benchmarks/document_language.py [--quick] [--data ../shared/data/documents/udhr]

Three pieces of 20 and of 60 characters (half as many of Chinese) from each article of the Universal
Declaration of Human Rights, seed 5. The rules were written with the first ten languages in view and
tried on these texts while they were written: for these ten the figure is no unseen score. "Wrong" is
a neighbour's name, "none" is not known. Sentences in languages of which no text is at hand were
written for this file. The last line is the figure.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import re
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path

from noonmark.actions.document_search import languages_of

TUNED = {
    "cmn_hans": "zh", "cmn_hant": "zh", "uig_arab": "ug", "arb": "ar", "rus": "ru", "kaz": "kk",
    "mya": "my", "bod": "bo", "tur": "tr", "eng": "en",
}  # fmt: skip
OTHERS = {"deu_1996": "de", "fra": "fr", "spa": "es", "uig_latn": "ug"}
NEIGHBOURS = {
    "ky": "Мен эртең менен базарга барып нан жана сүт сатып алдым, анан үйгө келдим.",
    "tg": "Ман пагоҳӣ ба бозор рафтам ва нону шир харидам, баъд ба хона омадам.",
    "bg": "Сутринта отидох на пазара и купих хляб и мляко, след това се върнах вкъщи.",
    "uk": "Вранці я пішов на ринок і купив хліб та молоко, а потім повернувся додому.",
    "be": "Раніцай я пайшоў на рынак і купіў хлеб і малако, а потым вярнуўся дадому.",
    "sr": "Ујутру сам отишао на пијацу и купио хлеб и млеко, а онда сам се вратио кући.",
    "mn": "Өглөө би зах руу явж талх, сүү худалдаж аваад дараа нь гэртээ буцаж ирлээ.",
    "fa": "صبح به بازار رفتم و نان و شیر خریدم و سپس به خانه برگشتم و چای نوشیدم.",
    "ur": "میں صبح بازار گیا اور روٹی اور دودھ خریدا، پھر گھر واپس آ گیا اور چائے پی۔",
    "ckb": "بەیانی چووم بۆ بازاڕ و نان و شیرم کڕی، پاشان گەڕامەوە ماڵەوە و چام خواردەوە.",
    "az": "Səhər bazara getdim, çörək və süd aldım, sonra evə qayıdıb çay içdim.",
    "uz": "Ertalab bozorga borib non va sut sotib oldim, keyin uyga qaytib choy ichdim.",
    "ja": "朝、市場へ行ってパンと牛乳を買い、それから家に帰ってお茶を飲みました。",
    "ko": "아침에 시장에 가서 빵과 우유를 사고 집에 돌아와 차를 마셨습니다.",
    "el": "Το πρωί πήγα στην αγορά και αγόρασα ψωμί και γάλα, μετά γύρισα σπίτι.",
}  # fmt: skip


def articles(path: Path) -> list[str]:
    """The words of each article."""
    found = re.findall(r"<article[^>]*>(.*?)</article>", path.read_text(encoding="utf-8"), re.S)
    bare = [re.sub(r"<h2>.*?</h2>|<[^>]+>", " ", one, flags=re.S) for one in found]
    return [re.sub(r"\s+", " ", unescape(one)).strip() for one in bare]


def pieces(path: Path, length: int, each: int) -> list[str]:
    """Some pieces of each article, cut at random places."""
    rng, found = random.Random(5), []
    for text in articles(path):
        if len(text) > length + 5:
            starts = [rng.randrange(len(text) - length) for _ in range(each)]
            found += [text[start : start + length] for start in starts]
    return found


def tell(told: Sequence[str], wanted: str) -> tuple[int, int]:
    """How many are right, and how many are another language's name."""
    return sum(one == wanted for one in told), sum(one not in ("", wanted) for one in told)


def measured(data: Path, names: dict[str, str], length: int, each: int) -> tuple[int, int, int]:
    """Right, wrong and all, over some languages; a line for each."""
    sums = [0, 0, 0]
    for name, wanted in names.items():
        cut = pieces(data / f"{name}.html", length // 2 if wanted == "zh" else length, each)
        right, wrong = tell(languages_of(cut), wanted)
        print(f"{length:>4}  {name:<10}{right:>5}{wrong:>6}{len(cut) - right - wrong:>6}")
        sums = [a + b for a, b in zip(sums, (right, wrong, len(cut)), strict=True)]
    return sums[0], sums[1], sums[2]


def main() -> int:
    """Measure, and compare with the targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/documents/udhr"))
    args = parser.parse_args()
    if not args.data.is_dir():
        raise SystemExit(f"no texts in {args.data}: give the folder with --data")
    each = 1 if args.quick else 3
    if importlib.util.find_spec("pycld2") is None:
        print("pycld2 is not installed: Latin letters are told by small words alone")
    print("size  language  right wrong  none")
    for length in (20, 60):
        right, wrong, all_ = measured(args.data, TUNED, length, each)
        print(f"{length:>4}  the ten   {right / all_:.3f} right, {wrong / all_:.3f} wrong")
    other_right, other_wrong, others = measured(args.data, OTHERS, 60, each)
    print(f"  60  others    {other_right / others:.3f} right, {other_wrong / others:.3f} wrong")
    told = languages_of(list(NEIGHBOURS.values()))
    pairs = list(zip(NEIGHBOURS, told, strict=True))
    not_wrong = sum(one in ("", wanted) for wanted, one in pairs)
    print("sentences: " + ", ".join(f"{wanted} {one or 'none'}" for wanted, one in pairs))
    share = not_wrong / len(pairs)
    print(f"60 characters, ten languages: {right / all_:.3f} right; neighbours not taken for "
          f"others: {share:.3f}")  # fmt: skip
    return 0 if right >= 0.99 * all_ and share >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
