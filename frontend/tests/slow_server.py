"""`noonmark`, with some of its server's replies held back, as NOONMARK_SLOW says; see the README.

No reply is changed: only what the page and its tests take for granted of when replies come, and in
which order, is put to the test.
"""

import asyncio
import os
import re
import sys
from collections import Counter
from zlib import crc32

from noonmark.cli.main import main
from noonmark.web import server

PICTURE = re.compile(r"/(frame|run|crop|page)/\d+|/(sheet|image)$")
ANSWER = re.compile(r"^/api/(locate|frame|check|jobs|answer)\b")


def held(mode: str):
    """How long the next reply of a path is held back [s].

    "pictures" and "answers" hold these alone back; any other mode seeds a delay for each call.
    """
    asked = Counter()

    def seconds(path: str) -> float:
        if not path.startswith("/api/"):
            return 0.0
        if mode == "pictures":
            return 3.0 if PICTURE.search(path) else 0.0
        if mode == "answers":
            return 1.5 if ANSWER.search(path) else 0.0
        asked[path] += 1
        return 1.5 * crc32(f"{mode} {path} {asked[path]}".encode()) / 2**32

    return seconds


def slow(app, seconds):
    """The application, whose replies start that much later."""

    async def called(scope, receive, send):
        wait = seconds(scope["path"]) if scope["type"] == "http" else 0.0

        async def later(message):
            if message["type"] == "http.response.start":
                await asyncio.sleep(wait)
            await send(message)

        await app(scope, receive, later)

    return called


made = server.application
wait = held(os.environ["NOONMARK_SLOW"])
server.application = lambda **given: slow(made(**given), wait)
sys.exit(main())
