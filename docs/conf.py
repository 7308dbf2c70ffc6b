"""The documentation as a site that works offline: make docs. Nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import noonmark

project = "Noonmark"
copyright = "Noonmark contributors"
release = noonmark.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
root_doc = "index"

myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": False}

html_theme = "furo"
html_title = "Noonmark"
html_show_sourcelink = False

# Pages of the repository's root are no pages of the site: they are linked as files.
_ROOT_PAGE = re.compile(r"\]\(((?:\.\./)+(?:VISION|CONTRIBUTING|CHANGELOG)\.md)")


def _link_root_pages(app: Any, name: str, source: list[str]) -> None:
    source[0] = _ROOT_PAGE.sub(r"](path:\1", source[0])


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", _link_root_pages)
