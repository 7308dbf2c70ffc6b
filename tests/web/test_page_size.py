"""What the browser fetches before the page can be used stays small."""

from __future__ import annotations

import re
from pathlib import Path

from noonmark import web

STATIC = Path(web.__file__).parent / "static"
LARGEST_FIRST_LOAD = 700_000
_NAMED = re.compile(r"/assets/[\w-]+\.(?:js|css)")
_IMPORTED = re.compile(r"""(?:from|import)\s*["'`]\./([\w-]+\.js)["'`]""")


def _first_load(static: Path) -> dict[str, int]:
    """By name, the sizes of the page, and of what it and its scripts import at once."""
    page = (static / "index.html").read_text(encoding="utf-8")
    sizes = {"index.html": len(page)}
    todo = [name.removeprefix("/assets/") for name in _NAMED.findall(page)]
    while todo:
        name = todo.pop()
        if name in sizes:
            continue
        text = (static / "assets" / name).read_bytes()
        sizes[name] = len(text)
        todo += _IMPORTED.findall(text.decode("utf-8"))
    return sizes


def test_the_first_load_is_under_700_kb():
    sizes = _first_load(STATIC)
    assert {"page.js", "page.css", "api.js"} <= set(sizes)
    assert sum(sizes.values()) < LARGEST_FIRST_LOAD, sizes


def test_what_an_asset_imports_is_counted(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<script src="/assets/a.js">', encoding="utf-8")
    (tmp_path / "assets/a.js").write_text('import{b}from"./b.js";', encoding="utf-8")
    (tmp_path / "assets/b.js").write_text("x" * 1000, encoding="utf-8")
    assert _first_load(tmp_path)["b.js"] == 1000
