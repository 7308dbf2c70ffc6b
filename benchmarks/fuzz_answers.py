"""Odd but readable questions: each is answered or politely refused, never a traceback, a warning
of the arithmetic, or a minute of waiting.

    python benchmarks/fuzz_answers.py [--questions 1000] [--seed 1] [--quick]

One to three clues of random kinds in random areas and windows, their numbers replaced by others
that the reader lets pass: zero, tiny, huge, at a limit. ``locate`` answers as JSON and as text, and
``check`` judges a random claim. Exit 1 where something else than a refusal came up, or where an
answer took more than 60 CPU seconds.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from noonmark import actions  # noqa: E402
from noonmark.cli import answer_text  # noqa: E402
from noonmark.errors import NoonmarkError  # noqa: E402
from noonmark.values import Place, Span, utc  # noqa: E402
from tests.actions.test_clue_schema import HONEST  # noqa: E402

SLOWEST_S = 60.0
AREAS: list[Any] = [
    "world",
    "land",
    "NO",
    "FJ",
    {"lat_deg": 41.8, "lon_deg": 86.0, "radius_km": 300.0},
    {"lat_deg": -89.9, "lon_deg": 12.0, "radius_km": 900.0},
    {"lat_deg": 65.0, "lon_deg": 179.9, "radius_km": 0.1},
    {"south": -30.0, "west": 170.0, "north": 10.0, "east": -160.0},
    {"south": -90.0, "west": -180.0, "north": 90.0, "east": 180.0},
    {"south": 89.9, "west": -180.0, "north": 90.0, "east": 180.0},
]
SPANS = [
    ("2018-08-20T01:20:00Z", "2018-08-20T01:20:00Z"),
    ("2018-08-20T01:20:00Z", "2018-08-20T01:20:01Z"),
    ("2018-08-01T00:00:00Z", "2018-08-02T00:00:00Z"),
    ("2018-08-01T00:00:00Z", "2018-09-01T00:00:00Z"),
    ("2012-02-29T00:00:00Z", "2013-03-01T00:00:00Z"),
    ("1600-01-01T00:00:00Z", "1600-01-03T00:00:00Z"),
    ("2100-12-30T00:00:00Z", "2100-12-31T23:59:59Z"),
    ("1883-01-01T00:00:00Z", "1890-01-01T00:00:00Z"),
]
NUMBERS = [0.0, -0.0, 1e-12, 1e-6, 0.01, 1.0, 10.0, 89.999, 90.0, 180.0, 359.9, 1e4, 1e9, 1e12]
FACTORS = [1e-6, 0.01, 0.5, 0.9, 1.1, 2.0, 100.0, -1.0]
TIMES = ["2018-08-20T01:20:00Z", "1600-06-01T12:00:00Z", "2012-02-29T23:59:60Z"]


def question(rng: random.Random) -> dict[str, Any]:
    """A clue document whose numbers are odd."""
    start, end = rng.choice(SPANS)
    clues = []
    for kind in rng.sample(sorted(HONEST), rng.randint(1, 3)):
        clue = {"kind": kind, **copy.deepcopy(HONEST[kind])}
        if rng.random() < 0.15:
            clue["at"] = rng.choice(TIMES)
        if rng.random() < 0.15:
            clue["offset_s"] = rng.choice([0.0, 60.0, -3600.0, 86400.0])
        if rng.random() < 0.2:
            clue["outlier"] = rng.choice([0.0, 1e-9, 0.3, 0.99])
        clues.append(clue)
    for _ in range(rng.randint(0, 2)):
        _bend(rng, rng.choice(clues))
    area = copy.deepcopy(rng.choice(AREAS))
    return {"prior": {"area": area, "not_before": start, "not_after": end}, "clue": clues}


def _bend(rng: random.Random, node: Any) -> None:
    """Another value in place of one number somewhere below a table or a list."""
    places = []
    pending = [node]
    while pending:
        at = pending.pop()
        for key in at if isinstance(at, dict) else range(len(at)):
            value = at[key]
            if isinstance(value, dict | list):
                pending.append(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                places.append((at, key))
    if places:
        at, key = rng.choice(places)
        at[key] = rng.choice(NUMBERS) if rng.random() < 0.5 else at[key] * rng.choice(FACTORS)


def ask(rng: random.Random, document: dict[str, Any]) -> str:
    """What came of a question: "answered", or the code of a refusal. Anything else goes up."""
    try:
        answer = actions.locate(document)
    except NoonmarkError as trouble:
        trouble.as_json()
        return trouble.code
    data = actions.answer_json(answer)
    json.dumps(data, allow_nan=False)
    "\n".join(answer_text.locate_lines(data))
    place = Place(rng.uniform(-90.0, 90.0), rng.uniform(-180.0, 180.0))
    span = Span(utc(document["prior"]["not_before"]), utc(document["prior"]["not_after"]))
    try:
        verdict = actions.check(document, place, radius_km=rng.choice([0.0, 100.0]), span=span)
    except NoonmarkError as trouble:
        return f"answered, not checked: {trouble.code}"
    json.dumps(actions.verdict_json(verdict), allow_nan=False)
    return "answered"


def ask_all(
    asked: argparse.Namespace,
    question: Callable[[random.Random], dict[str, Any]],
    ask: Callable[[random.Random, dict[str, Any]], str],
) -> int:
    """Ask the questions of a seed, print what came of them and each fault; 1 if there was one."""
    warnings.simplefilter("error")
    said: Counter[str] = Counter()
    faults = 0
    total = 60 if asked.quick else asked.questions
    for number in range(total) if asked.only is None else [asked.only]:
        rng = random.Random(f"{asked.seed} {number}")
        document = question(rng)
        began = time.process_time()
        try:
            said[ask(rng, document)] += 1
        except Exception as fault:
            faults += 1
            last = traceback.extract_tb(fault.__traceback__)[-1]
            print(f"question {number}: {type(fault).__name__}: {fault} ({last.name})")
            print(f"  {json.dumps(document)}")
        took_s = time.process_time() - began
        if took_s > SLOWEST_S:
            faults += 1
            print(f"question {number}: {took_s:.0f} CPU s")
            print(f"  {json.dumps(document)}")
    for what, count in said.most_common():
        print(f"{count:7}  {what}")
    print(f"{faults} faults in {total} questions")
    return 1 if faults else 0


def options(description: str, questions: int) -> argparse.ArgumentParser:
    """The options of a benchmark that asks odd questions."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--questions", type=int, default=questions)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one question by its number")
    parser.add_argument("--quick", action="store_true", help="60 questions")
    return parser


def main() -> int:
    """Ask, and count what came of it."""
    asked = options((__doc__ or "").splitlines()[0], 1000).parse_args()
    return ask_all(asked, question, ask)


if __name__ == "__main__":
    sys.exit(main())
