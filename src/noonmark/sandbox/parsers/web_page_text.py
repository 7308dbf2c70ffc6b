"""Text of an HTML page as a browser without scripts would show it; nothing is loaded.

What the page hides with its own attributes is marked as hidden, not dropped. Styles in other files
are not known here.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from noonmark.errors import InputError
from noonmark.sandbox.parsers.document_pages import FoundPages
from noonmark.sandbox.parsers.text_encoding import decoded

_NO_TEXT = frozenset(
    (
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "svg",
        "math",
        "iframe",
    )
)
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "aside",
        "table",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "form",
        "figure",
        "figcaption",
        "hr",
        "address",
        "main",
        "option",
        "title",
    )
)
_EMPTY = frozenset(
    (
        "br",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "area",
        "base",
        "col",
        "embed",
        "source",
        "wbr",
    )
)
_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.I)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_DEEPEST, _MOST_REMOTE = 500, 1000
_REMOTE = (
    "img",
    "link",
    "iframe",
    "script",
    "video",
    "audio",
    "source",
    "object",
    "embed",
)


class WebPageText(HTMLParser):
    """Collects the text of a page, its language, and what it would have loaded.

    - ``remote``: addresses of pictures and other files that a browser would have asked for.
    - ``hidden``: text that the page hides by its own attributes; it stands in the text too.
    - ``scripts``: how many scripts were not run.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.title = ""
        self.remote: list[str] = []
        self.scripts = 0
        self.hidden: list[str] = []
        self._parts: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        """Each open element: its name, whether it shows no text, whether it hides its text."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        said = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = said.get("lang", said.get("xml:lang", ""))[:20]
        self.scripts += tag == "script"
        self._note_remote(tag, said)
        if tag in _BLOCKS:
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append("\t")
        elif tag == "img":
            self._put(said.get("alt", ""))
        if tag not in _EMPTY and len(self._open) < _DEEPEST:
            hides = "hidden" in said or bool(_HIDES.search(said.get("style", "")))
            self._open.append((tag, tag in _NO_TEXT, hides))

    def _note_remote(self, tag: str, said: dict[str, str]) -> None:
        """Remember what a browser would have loaded from elsewhere."""
        name = "href" if tag == "link" else "src"
        address = said.get(name, "")
        is_remote = tag in _REMOTE and _ELSEWHERE.match(address) is not None
        if is_remote and len(self.remote) < _MOST_REMOTE:
            self.remote.append(address[:500])

    def handle_endtag(self, tag: str) -> None:
        """An element ends; those inside it that were not ended end too."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag in _BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Characters."""
        if self._open and self._open[-1][0] == "title":
            self.title += data
        if not any(silent for _, silent, _ in self._open):
            self._put(data)

    def _put(self, data: str) -> None:
        text = _SPACES.sub(" ", data)
        if any(hides for _, _, hides in self._open) and text.strip():
            self.hidden.append(text.strip()[:2000])
        self._parts.append(text)

    def page_text(self) -> str:
        """The text, a line for each block."""
        lines = ("".join(self._parts)).split("\n")
        tidy = [re.sub(r"(?: *\t)+ *", "\t", line).strip(" ") for line in lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(tidy)).strip()


def looks_like_html(data: bytes) -> bool:
    """Whether the first bytes are those of a page."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html")) or b"<html" in head


def text_of(html: str) -> WebPageText:
    """The page read to its end."""
    reader = WebPageText()
    reader.feed(html)
    reader.close()
    return reader


def read(data: bytes, found: FoundPages, *, encoding: str | None, label: str = "1") -> None:
    """Take up an HTML page as one page of text.

    The character set is the one asked for, else the one that the page names, else one that its
    bytes state. Raises InputError "text-encoding-unknown", "text-encoding-bad".
    """
    named = _CHARSET.search(data[:4096])
    asked = encoding or (named[1].decode("ascii") if named else None)
    _take(decoded(data, asked).text, found, label)


def read_lenient(data: bytes, found: FoundPages, *, label: str) -> None:
    """Take up a page of many: one whose character set does not fit is read with signs of loss."""
    named = _CHARSET.search(data[:4096])
    try:
        text = decoded(data, named[1].decode("ascii") if named else None).text
    except InputError:
        text = data.decode("utf-8", "replace")
        found.note("some pages do not fit the character set that they name; signs are lost")
    _take(text, found, label)


def _take(html: str, found: FoundPages, label: str) -> None:
    """Add the text of a page, and say what was not shown, not run and not loaded."""
    reader = text_of(html)
    found.language = found.language or reader.language
    title = _SPACES.sub(" ", reader.title).strip()[:500]
    meta: dict[str, object] = {"title": title} if title else {}
    if reader.remote:
        meta["would_load"] = reader.remote
        found.note("the page names pictures or other files elsewhere; nothing was loaded")
    if reader.scripts:
        found.note("the page holds scripts; none was run, so what they would show is missing")
    if reader.hidden:
        meta["hidden_text"] = reader.hidden[:200]
        found.note("the page holds text that it hides itself; it is in the text, and marked")
    found.add(label, reader.page_text(), meta)
