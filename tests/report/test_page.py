"""report.html: whole, safe with hostile words, right in every script, loads nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from noonmark.inference.answer import Advice, ClueFinding, Conflict, LikelySize
from noonmark.report import ReportData
from noonmark.report.page import report_html

PIXEL = b"\x89PNG\r\n\x1a\n"
PICTURES = {"map.png": PIXEL, "calendar.png": PIXEL}
VOID = {"meta", "img", "br", "line", "circle", "link", "hr"}
LANGUAGES = {
    "Uyghur": "كورلا شەھىرى، 2018-يىلى",
    "Arabic": "ساعة الحائط في السوق",
    "Russian": "Тень столба у вокзала",
    "Chinese": "库尔勒市的路灯影子",
    "Burmese": "ရန်ကုန်မြို့၏ အရိပ်",
    "Hebrew": "צל של עמוד",
}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>x</script>",
    "javascript:alert(1)",
    "</bdi><h1>forged</h1>",
    "\u202egpj.exe",
    "\x00\x08&amp;<>\"'",
    "]]>",
    "<!--",
    "{{7*7}}",
    "http://198.51.100.1/x.png",
]


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _read(found: ReportData) -> tuple[str, Reader]:
    page = report_html(found, PICTURES).decode()
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return page, reader


def _with_text(found: ReportData, text: str) -> ReportData:
    """The findings with a string put everywhere a string of the user's can come from."""
    question: dict[str, Any] = {
        "prior": {"area": text, text: text},
        "clue": [{"kind": text, "note": text, "list": [text, {text: text}]}],
        "extra": text,
    }  # fmt: skip
    modes = tuple(
        replace(m, nearest=replace(m.nearest, name=text, country=text)) if m.nearest else m
        for m in found.modes
    )
    return replace(
        found,
        question=question,
        modes=modes,
        command=text,
        versions={text: text},
        clues=(ClueFinding(0, text, 1.0, 9.0, 0.9, 5.0),),
        conflicts=(Conflict((0,), text),),
        advice=(Advice(text, 1.0, 2.0, "km2", 3.0, (LikelySize(2.0, 1.0),), 1.0, 3.0),),
    )


def test_the_page_is_whole_for_every_kind_of_answer(any_findings: ReportData) -> None:
    _, reader = _read(any_findings)
    names = [tag for tag, _ in reader.tags]
    assert names.count("h1") == 1 and names.count("main") == 1
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = {(a.get("href") or "")[1:] for tag, a in reader.tags if tag == "a"}
    assert links <= set(ids)


def test_nothing_is_loaded_and_nothing_runs(any_findings: ReportData) -> None:
    page, reader = _read(any_findings)
    assert not {"script", "iframe", "object", "embed", "link", "form", "base"} & {
        tag for tag, _ in reader.tags
    }
    policy = [a["content"] for tag, a in reader.tags if tag == "meta" and a.get("http-equiv")]
    assert policy[0] is not None and policy[0].startswith("default-src 'none'")
    for _, attributes in reader.tags:
        assert not [k for k in attributes if k.startswith("on")]
        for key in ("src", "href", "srcset", "poster", "action"):
            value = attributes.get(key)
            assert value is None or value.startswith(("data:image/png;base64,", "#"))
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    assert style and "url(" not in style[1] and "@import" not in style[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_strings_stay_text(make: Callable[..., ReportData], text: str) -> None:
    _, plain = _read(_with_text(make("two"), "x"))
    page, reader = _read(_with_text(make("two"), text))
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in plain.tags]
    assert not {"\u202e", "\x00", "\x08"} & set(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_script_is_kept_and_isolated(make: Callable[..., ReportData], language: str) -> None:
    text = LANGUAGES[language]
    page, _ = _read(_with_text(make("two"), text))
    assert page.count(f"<bdi>{text}</bdi>") >= 6


def test_tables_pictures_and_language_are_accessible(make: Callable[..., ReportData]) -> None:
    _, reader = _read(make("two"))
    names = [tag for tag, _ in reader.tags]
    assert names.count("caption") == names.count("table")
    assert all(a.get("scope") in ("col", "row") for tag, a in reader.tags if tag == "th")
    assert all((a.get("alt") or "").strip() for tag, a in reader.tags if tag == "img")
    html = next(a for tag, a in reader.tags if tag == "html")
    assert html == {"lang": "en", "dir": "ltr"}
    levels = [int(tag[1]) for tag in names if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_the_page_says_what_it_must(make: Callable[..., ReportData]) -> None:
    found = make("two")
    _, reader = _read(found)
    text = " ".join(reader.text)
    for needed in (
        "What was asked",
        "What each clue says",
        "Contradictions",
        "What to look for next",
        "What could make this wrong",
        "How to get this answer again",
        found.command,
        found.clues_sha256,
        "contradict one another",
        "−2.4 σ, is strained",
    ):
        assert needed in text


def _luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_text_has_the_contrast_of_wcag_aa_in_light_and_dark() -> None:
    from importlib.resources import files

    style = (files("noonmark.report") / "style.css").read_text()
    for block in re.findall(r":root\{([^}]*)\}", style):
        colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block))
        colours = {
            k: v if len(v) == 7 else "#" + "".join(c * 2 for c in v[1:]) for k, v in colours.items()
        }
        for ground in ("paper", "tint", "warn"):
            for ink in ("ink", "soft", "accent"):
                a, b = sorted((_luminance(colours[ink]), _luminance(colours[ground])))
                assert (b + 0.05) / (a + 0.05) >= 4.5, (ink, ground, block)


def test_what_was_seen_has_a_chance_and_no_sigmas(make: Callable[..., ReportData]) -> None:
    seen = (
        ClueFinding(0, "lit_face", 1.0, None, 0.01, 5.0, 0.98),
        ClueFinding(1, "sun_up", 1.0, None, 0.01, 5.0, 0.01),
    )
    page, _ = _read(make("sharp", clues=seen))
    assert "\u03c3" not in page
    assert "fits: seen with chance" in page and "is at odds: seen with chance" in page
    assert "at the best mode it is at odds" in page


def test_two_likely_sizes_stand_with_the_chance_of_the_rarer(
    make: Callable[..., ReportData],
) -> None:
    page, _ = _read(make("ring"))
    words = page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "42,000 km², or 6,200 km² (one time in four)" in words
    assert "bits" not in page
