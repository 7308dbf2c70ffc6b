"""The page's own files: names looked up in one fixed folder, media types said in code."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from starlette.responses import Response

from noonmark.errors import InputError
from noonmark.web.replies import error_reply

# The system's own table may call .js text/plain, and with nosniff the page would stay blank.
TYPES = {
    ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".ico": "image/x-icon",
    ".js": (
        "text/javascript; "
        "charset=utf-8"
    ), ".json": "application/json", ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png", ".svg": "image/svg+xml", ".txt": (
        "text/plain; "
        "charset=utf-8"
    ), ".wasm": "application/wasm",
    ".woff2": "font/woff2", ".map": "application/json",
}  # fmt: skip
NOT_BUILT = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Noonmark</title>
<p>Noonmark is running, but the page was not built into this copy.
Its developers: see frontend/README.md.</p></html>"""


def static_folder() -> Path:
    """Where the built page lies."""
    return Path(str(resources.files("noonmark.web") / "static"))


def reply(path: str, *, folder: Path | None = None) -> Response:
    """The file at a path of the page; ``/`` is its index."""
    root = (folder or static_folder()).resolve()
    name = path.lstrip("/") or "index.html"
    if name == "index.html" and not (root / name).is_file():
        return Response(NOT_BUILT, media_type=TYPES[".html"])
    parts = name.split("/")
    kind = TYPES.get(Path(name).suffix)
    # Only plain names: nothing that leads up, to another root, or to a hidden file.
    plain = all(
        part and not part.startswith(".") and "\\" not in part and "\0" not in part
        for part in parts
    )
    target = root.joinpath(*parts) if plain else root
    if kind is None or not plain or not target.is_file() or root not in target.resolve().parents:
        return error_reply(
            InputError("there is no such page", code="no-such-page", hint="open / again")
        )
    return Response(target.read_bytes(), media_type=kind)
