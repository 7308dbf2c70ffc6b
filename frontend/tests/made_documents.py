"""A made case for the browser tests of documents and accounts: a tender, a notice, two lists, an
interview with its sound.

Nothing in it happened anywhere.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np

from noonmark.actions import documents
from noonmark.actions.account_views import tie_recording
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.cases import new_case
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.actions.transcripts import AccountGiven, TranslationGiven, add_account

TEXTS = {
    "tender.txt": "招标公告\n新建围墙1240米，高3.5米；\n岗楼四座\n",
    "notice.txt": "ئۇلار ئۇنى مەكتەپ دەيتتى\n",
    "ordinance.txt": "1. Selling tools\n2. Walking on the tracks\n",
    "gate.txt": "1. Tools stay in the yard\n",
    "talk.vtt": "WEBVTT\n\n00:00.200 --> 00:01.000\n<v One>كان السور أعلى من العربات.\n\n"
    "00:01.000 --> 00:02.000\n<v Two>قالوا إنها المدرسة.\n",
    "english.vtt": "WEBVTT\n\n00:00.200 --> 00:01.000\nThe wall was taller than the wagons.\n\n"
    "00:01.000 --> 00:02.000\nThey said it was the school.\n",
}
CODE = {"segment": 2, "word": "المدرسة", "means": "the compound", "basis": "explained later"}


def main(folder: Path) -> None:
    """Make the case in ``folder``/case."""
    case = folder / "case"
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    at = np.arange(16000)
    with wave.open(str(folder / "talk.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((12000 * np.sin(at * 0.2)).astype("<i2").tobytes())
    (folder / "wall.pdf").write_bytes(_pdf("The wall is 1240 m long"))
    new_case(case)
    papers = ("tender.txt", "notice.txt", "wall.pdf")
    documents.add_documents(case, [str(folder / name) for name in papers])
    rest = ("ordinance.txt", "gate.txt", "talk.wav")
    kept = {one["name"]: one["sha256"] for one in
            add_to_case(case, [str(folder / name) for name in rest]).added}  # fmt: skip
    event = {"form": "event", "as": "e", "title": {"en": "A wall beside a yard"}}
    claim = {"form": "claim", "as": "c", "event": "@e", "text": {"en": "The wall stood in August"},
             "kind": "when", "standard": "reasonable grounds"}  # fmt: skip
    reply = {"form": "reply", "to": {"name": "Meridel Works Authority", "kind": "agency"},
             "asked_at": "2022-12-01T00:00:00Z", "how": "by letter", "about": ["@c"],
             "questions": "Who built it?", "deadline": "2023-01-15T00:00:00Z"}  # fmt: skip
    say_in_case(case, [event, claim, reply])
    given = AccountGiven(alias="calm-otter", language="ar", publish="text", codes=[CODE],
                         recorded_voice="altered")  # fmt: skip
    told = TranslationGiven(folder / "english.vtt", "en", "paper-stork")
    added = add_account(case, folder / "talk.vtt", given, translation=told)
    tie_recording(case, added["account"], kept["talk.wav"])


def _pdf(words: str) -> bytes:
    """A PDF of one page with one line."""
    text = f"BT /F1 20 Tf 80 700 Td ({words}) Tj ET".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 600 800]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, table = b"%PDF-1.5\n", [b"0000000000 65535 f \n"]
    for number, body in enumerate(bodies, 1):
        table.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n" % len(table) + b"".join(table)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(table), start)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
