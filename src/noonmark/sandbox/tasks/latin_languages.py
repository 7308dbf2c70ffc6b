"""The languages of texts in Latin letters, by pycld2 (Compact Language Detector 2)."""

from __future__ import annotations

from noonmark.sandbox.task_types import Answer, Payload

_LEAST_PERCENT = 70


def main(payload: Payload, fds: list[int]) -> Answer:
    """``texts`` in, ``languages`` out: a code each, "" where the detector is not sure."""
    import pycld2

    found = []
    for text in payload["texts"]:
        try:
            sure, _, told = pycld2.detect(text.encode("utf-8", "replace"), bestEffort=False)
        except (pycld2.error, ValueError):
            sure, told = False, ()
        code = str(told[0][1]) if sure and told and told[0][2] >= _LEAST_PERCENT else ""
        found.append("" if code == "un" else code)
    return {"languages": found}
