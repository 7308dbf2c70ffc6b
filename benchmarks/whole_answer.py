"""CPU time of a whole answer beside its search alone: one shadow, whole Earth.

    python benchmarks/whole_answer.py [--quick] [--long]

The search is what :func:`noonmark.inference.posterior.posterior` does with the compiled clue. The
whole answer is ``noonmark.locate`` of the clue file and its JSON, findings, modes and advice
included; no file is written. Rounds alternate in one process, warm; the least of each counts.
Below stand the stages of further answers, each worked out when the next first asks for it, and the
least of each as well.
``--quick`` asks the first question only, in few rounds. ``--long`` asks for 150 years with a known
place alone, once, as a fresh process does. It exits 1 where the first question costs more than its
aim.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from noonmark.actions.answer_forms import Answer, answer_json
from noonmark.actions.answers import compiled, locate
from noonmark.inference.posterior import posterior
from noonmark.questions.clue_file import question_of

AIM = 2.0
SHADOW = {
    "kind": "shadow_length",
    "height": 10.0,
    "height_sigma": 0.2,
    "length": 5.0,
    "length_sigma": 0.1,
}
AZIMUTH = {"kind": "sun_azimuth", "azimuth_deg": 150.0, "sigma_deg": 1.0}
QUESTIONS = {
    "instant known": {"clue": [{**SHADOW, "at": "2024-05-10T12:00:00Z"}]},
    "one day": {
        "clue": [SHADOW],
        "prior": {"not_before": "2024-05-10T00:00:00Z", "not_after": "2024-05-11T00:00:00Z"},
    },
}
LONG_AIM_S = 1.5
LONG = {
    "clue": [SHADOW, AZIMUTH],
    "prior": {
        "not_before": "1900-01-01T00:00:00Z",
        "not_after": "2050-01-01T00:00:00Z",
        "area": {"lat_deg": 48.2, "lon_deg": 16.4, "radius_km": 1.0},
    },
}
STAGES = (
    "modes", "summary", "draws", "fits_nowhere", "findings", "conflicts", "sound_level", "advice",
    "times",
)  # fmt: skip


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def stages(document: dict[str, object]) -> dict[str, float]:
    """CPU seconds of each stage of one whole answer."""
    made: list[Answer] = []
    found = {"locate": spent(lambda: made.append(locate(document)))}
    for stage in STAGES:
        found[stage] = spent(lambda stage=stage: getattr(made[0], stage))
    found["JSON"] = spent(lambda: answer_json(made[0]))
    return found


def told_stages(found: dict[str, float]) -> str:
    """The stages in one line."""
    return "  " + ", ".join(f"{name} {1e3 * each:.1f}" for name, each in found.items()) + " ms"


def long_window() -> float:
    """CPU seconds of one answer over 150 years with a known place; they are printed."""
    found = stages(LONG)
    total = sum(found.values())
    print(f"150 years, place known to 1 km: {total:.2f} CPU s (aim: {LONG_AIM_S:g})")
    print(told_stages(found))
    return total


def ratio(name: str, document: dict[str, object], rounds: int) -> float:
    """The whole answer beside its search; both are printed."""
    ready = compiled(question_of(document))
    clues = [*ready.clues, *ready.setup.clock]
    work = {
        "search": lambda: posterior(ready.setup.domain, clues),
        "whole": lambda: answer_json(locate(document)),
    }
    least = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for kind, each in work.items():
            least[kind] = min(least[kind], spent(each))
    times = least["whole"] / least["search"]
    print(
        f"{name}: search {1e3 * least['search']:.1f} ms, whole answer {1e3 * least['whole']:.1f} "
        f"ms = {times:.1f} of it"
    )
    found = [stages(document) for _ in range(rounds)]
    print(told_stages({name: min(each[name] for each in found) for name in found[0]}))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    if options.long:
        sys.exit(0 if long_window() <= LONG_AIM_S else 1)
    asked = list(QUESTIONS.items())[: 1 if options.quick else None]
    found = [ratio(name, made, 5 if options.quick else 20) for name, made in asked]
    print(f"aim for the first: {AIM:g}")
    sys.exit(0 if found[0] <= AIM else 1)


if __name__ == "__main__":
    main()
