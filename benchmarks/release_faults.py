"""Seeded faults against the gate of releases: every faulty case is refused, every clean one goes out.

Each case is made from the same story with other names, counts and words, one fault planted in each
of 200 (consent, restriction, withheld digest, packed digest, wording, reply, review, contradiction,
hidden copy), and none in 50. A clean release is written, verified, and every byte of it searched for the digests of
what it withholds, by code of this file. ``--quick``: a tenth of both.

    python benchmarks/release_faults.py [--quick] [--seed N]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from noonmark.actions import cases, releases
from noonmark.actions.releases import ReleaseRequest
from noonmark.evidence import withdrawal
from noonmark.evidence.vault import open_vault
from tests.release import made_case, test_packed
from tests.release.made_case import Made

ALIASES = ("copper-lantern", "amber-thistle", "quiet-harbour", "dry-elm")
TODAY = ReleaseRequest(today="2026-12-01T00:00:00Z", title="A wall")
Fault = Callable[[Made, random.Random], ReleaseRequest]


def _consent(made: Made, rng: random.Random) -> ReleaseRequest:
    number = rng.randrange(4)
    form = {"form": "consent", "id": f"$consent{number}", "of": ALIASES[number], "court": "no",
            "archive": "no", "publish": rng.choice(("no", "text", "full"))}  # fmt: skip
    if form["publish"] == "full":
        form["until"] = f"20{rng.randrange(10, 26)}-01-01T00:00:00Z"
    elif form["publish"] == "text":
        form["withdrawn"] = f"2026-0{rng.randrange(1, 9)}-01T00:00:00Z"
    made.say(form)
    return TODAY


def _restriction(made: Made, rng: random.Random) -> ReleaseRequest:
    of = rng.choice(("$tender", "$hidden", "$claim", "$passage", rng.choice(ALIASES)))
    level = rng.choice(("team", "sealed"))
    made.say({"form": "restriction", "of": of, "level": level, "why": "in danger"})
    return TODAY


def _digest(made: Made, rng: random.Random) -> ReleaseRequest:
    held = made.items[rng.choice(("clip", "voice0", "voice3"))]
    start = rng.randrange(0, 40)
    named = rng.choice((held, held.upper(), held[: rng.randrange(12, 64)]))
    data = rng.randbytes(start) + b'{"source": "' + named.encode() + b'"}' + rng.randbytes(9)
    with open_vault(made.folder, write=True) as vault:
        digest = made.put(vault, data, "record.json", role="report")
    return replace(TODAY, shown=(digest,))


def _packed(made: Made, rng: random.Random) -> ReleaseRequest:
    """A digest packed inside a file that goes out; how it is packed is a matter of chance."""
    held = made.items[rng.choice(("clip", "voice0", "voice3"))]
    data = b"made from " + held[: rng.randrange(12, 64)].encode()
    pack = rng.choice(test_packed.PACKINGS)
    with open_vault(made.folder, write=True) as vault:
        digest = made.put(vault, pack(data), "attached.bin")
    return replace(TODAY, shown=(digest,))


def _wording(made: Made, rng: random.Random) -> ReleaseRequest:
    text = rng.choice((
        "The film is authentic.", "This proves the claim.", "It was verified true.",
        "It is very likely, with high confidence.", "Nine sources confirm it.",
        "It is beyond any doubt.", "We are 100 % certain.",
    ))  # fmt: skip
    if rng.random() < 0.5:
        return replace(TODAY, text=f"A wall stands there.\n\n{text}")
    made.say({"form": "search", "claim": "$claim", "where": "archive", "query": "wall",
              "results": 3, "read": 3, "found": "something", "index": "unknown",
              "note": text})  # fmt: skip
    return TODAY


def _reply(made: Made, rng: random.Random) -> ReleaseRequest:
    if rng.random() < 0.5:
        made.say({"form": "claim", "as": "more", "event": "$event", "kind": "which_organisation",
                  "text": {"en": "A company did it."}, "standard": "reasonable grounds"})  # fmt: skip
        return TODAY
    day = rng.randrange(10, 28)
    made.say({"form": "reply", "id": "$reply", "about": ["$claim"], "how": "by letter",
              "to": {"name": "Meridel Works Authority", "kind": "agency"},
              "asked_at": "2026-11-01T00:00:00Z", "deadline": f"2026-1{rng.randrange(1, 3)}-{day}T00:00:00Z",
              "questions": "Who built it?"})  # fmt: skip
    return TODAY


def _review(made: Made, rng: random.Random) -> ReleaseRequest:
    if rng.random() < 0.5:
        verdict = rng.choice(("disagree", "return"))
        made.say({"form": "review", "id": "$review", "judgement": "$judgement",
                  "verdict": verdict, "why": "Read again."}, by="slow-cedar")  # fmt: skip
        return TODAY
    by = rng.choice(("slow-cedar", "new-moon"))
    contrary = ["$contrary"]
    made.say({"form": "judgement", "id": "$judgement", "claim": "$claim", "low_pct": 55,
              "high_pct": 80, "confidence": "low", "why": "Read anew.", "contrary": contrary},
             by=by)  # fmt: skip
    if by == "new-moon":  # nobody has reviewed a judgement that is said as a new thing
        made.say({"form": "judgement", "claim": "$claim", "low_pct": 55, "high_pct": 80,
                  "confidence": "low", "why": "Another.", "contrary": contrary}, by=by)  # fmt: skip
    return TODAY


def _contradiction(made: Made, rng: random.Random) -> ReleaseRequest:
    on = {"segment": f"$segment{rng.randrange(4)}"}
    made.say({"form": "weigh", "claim": "$claim", "on": on, "stance": "contradicts",
              "credibility": rng.randrange(1, 7), "why": "It tells otherwise."})  # fmt: skip
    return TODAY


def _hidden(made: Made, rng: random.Random) -> ReleaseRequest:
    if rng.random() < 0.5:
        return replace(TODAY, shown=(made.items["clip"],))
    with open_vault(made.folder, write=True) as vault:
        made.put(vault, rng.randbytes(30), "frame.png", role="derived")
        made.derive(vault, "frame", "clip", rng.choice(("frame", "crop", "transcode")))
    return replace(TODAY, shown=(made.items["frame"],))


def _withdrawn(made: Made, rng: random.Random) -> ReleaseRequest:
    with open_vault(made.folder, write=True) as vault:
        gone = [made.items[rng.choice(("tender", "voice1"))]]
        act = vault.begin(
            withdrawal.ACT, alias="", items=gone, reason="asked", authority="desk-one"
        )
        withdrawal.carry_out(made.folder, vault.store, vault.log, act)
    return TODAY


FAULTS: dict[str, tuple[Fault, str]] = {
    "consent": (_consent, "release-consent"),
    "restriction": (_restriction, "release-restricted"),
    "withheld digest": (_digest, "release-digest"),
    "packed digest": (_packed, "release-digest"),
    "wording": (_wording, "release-wording"),
    "reply": (_reply, "release-no-reply"),
    "review": (_review, "release-no-review"),
    "contradiction": (_contradiction, "release-contradiction"),
    "hidden copy": (_hidden, "release-unhidden"),
    "withdrawn": (_withdrawn, "release-withdrawn"),
}


def _leaks(folder: Path, withheld: list[str]) -> list[str]:
    """The files that name something withheld: first twelve characters of a digest, any case."""
    starts = [digest[:12].encode() for digest in withheld]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes().lower() + path.name.lower().encode()
            if any(start in data for start in starts):
                found.append(path.name)
    return found


def _clean(made: Made, rng: random.Random) -> str:
    """What is wrong with a clean release; empty where all is as it should be."""
    request = replace(TODAY, title=f"Case {rng.randrange(1000)}", text="A wall stands there.")
    out = made.folder.parent / "out"
    done = releases.write_release(made.folder, out, request, key=made.key)
    verdict = cases.verify_bundle(out / "bundle", key=done.key)
    held = list(done.check.selection.held_back)
    if not verdict.ok or verdict.word != "sound":
        return f"the bundle is {verdict.word}"
    if len(held) != 5:
        return f"{len(held)} held back"
    leaks = _leaks(out, held)
    return f"names withheld digests: {leaks}" if leaks else ""


def main() -> int:
    """Plant, check, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=14)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    faulty, clean = (20, 5) if args.quick else (200, 50)
    planted: Counter[str] = Counter()
    named: Counter[str] = Counter()
    started = time.process_time()
    missed = 0
    for number in range(faulty):
        name = list(FAULTS)[number % len(FAULTS)]
        plant, code = FAULTS[name]
        with tempfile.TemporaryDirectory() as folder:
            made = made_case.make(Path(folder))
            found = releases.check_release(made.folder, plant(made, rng)).verdict.refusals
        planted[name] += 1
        named[name] += code in {one.code for one in found}
        missed += not found
    passed, wrong = 0, []
    for _ in range(clean):
        with tempfile.TemporaryDirectory() as folder:
            trouble = _clean(made_case.make(Path(folder)), rng)
        passed += not trouble
        wrong += [trouble] if trouble else []
    print(f"{'fault':<18}{'planted':>9}{'refused by its name':>22}")
    for name, count in planted.items():
        print(f"{name:<18}{count:>9}{named[name]:>22}")
    print(f"clean cases released, verified, no withheld digest in any byte: {passed} of {clean}")
    for trouble in wrong[:5]:
        print(f"  {trouble}")
    print(f"seed {args.seed}, {time.process_time() - started:.1f} CPU s")
    print(json.dumps({"faults": faulty, "missed": missed, "misnamed": faulty - named.total(),
                      "clean": clean, "clean_passed": passed}))  # fmt: skip
    return 0 if missed == 0 and named.total() == faulty and passed == clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
