"""Kill acts on a case with SIGKILL at random moments; then open the case, and see what is left.

    python -m benchmarks.random_kills [--kills 500] [--quick] [--only strip]

Each round forks an act (withdraw, lock, unlock, export, get, seal, add, import, new, strip, redact,
frames, index), kills it at a random moment of its run, opens what is left, and holds it against what
must be true then: nothing half-done, nothing in clear that should be gone, nothing acknowledged
lost, a clean audit. The acts and the checks are those of tests/evidence/test_kills.py and of
tests/media/kill_acts.py, whose tests kill at steps on the disk. Footage is read by the real worker.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.evidence.test_kills import ACTS, make_template
from tests.media.kill_acts import MEDIA_ACTS, make_media_template


def killed_after(wait_s: float, act: Callable[[], object]) -> bool:
    """Whether the act, in a fork, was still running after so long and was killed."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    time.sleep(wait_s)
    os.kill(child, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL), "the act failed by itself"
    return ended == -signal.SIGKILL


def lasting_s(template: Path, scratch: Path, act: Callable[[Path], None]) -> float:
    """How long an act takes in a fork when nobody kills it."""
    shutil.copytree(template, scratch)
    started_s = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 3
        try:
            act(scratch)
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0, "the act failed by itself"
    shutil.rmtree(scratch)
    return time.perf_counter() - started_s


def run(kills: int, seed: int, only: list[str] | None = None) -> Counter[str]:
    """So many kills, spread over the acts; what was seen, with every broken promise counted."""
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="noonmark-kills-") as name:
        root = Path(name)
        (root / "template").mkdir()
        make_template(root / "template")
        make_media_template(root / "footage")
        acts = {name: (root / "template", *act[:2]) for name, act in ACTS.items()}
        acts |= {name: (root / "footage", *act[:2]) for name, act in MEDIA_ACTS.items()}
        acts = {name: acts[name] for name in only or acts}
        lasts_s = {
            name: lasting_s(template, root / "timed", act)
            for name, (template, act, _) in acts.items()
        }
        for number in range(kills):
            name = list(acts)[number % len(acts)]
            template, act, check = acts[name]
            place = root / str(number)
            shutil.copytree(template, place)
            wait_s = chance.uniform(0.0, 1.1 * lasts_s[name])
            cut = killed_after(wait_s, lambda: act(place))  # noqa: B023 - run at once
            seen["killed" if cut else "done before the kill"] += 1
            try:
                check(place)
            except Exception as error:
                seen["broken promises"] += 1
                print(f"{name} after {wait_s:.4f} s: {error!r}"[:400], file=sys.stderr)
            shutil.rmtree(place)
    return seen


def main() -> int:
    """Run and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--quick", action="store_true", help="60 kills")
    parser.add_argument("--only", action="append", help="an act by its name; may be repeated")
    args = parser.parse_args()
    seen = run(60 if args.quick else args.kills, args.seed, args.only)
    print(json.dumps({"broken promises": 0, **seen}))
    return 1 if seen["broken promises"] else 0


if __name__ == "__main__":
    sys.exit(main())
