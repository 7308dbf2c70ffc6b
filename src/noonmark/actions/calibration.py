"""How often answers hold a truth that is known: the user's own clue documents, each with its
``truth``.

Regions are honest when the 50 % regions hold half of the truths and the 90 % regions nine in ten,
and when the levels at which truths lie are spread evenly. With few documents only gross faults
show; the bands say how few is few.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.actions.batch import BatchLine, answer_all
from noonmark.actions.json_text import json_line
from noonmark.errors import InputError
from noonmark.questions.input_files import read_bytes, read_document

VERB = "noonmark.actions.answers:locate_document"
LEVELS = (0.5, 0.9, 0.99)
SURE = 0.95


@dataclass(frozen=True)
class Coverage:
    """One level: how many truths lie inside, and the range that 95 % of honest sets of this size
    fall into.
    """

    level: float
    inside: int
    expected_from: int
    expected_to: int

    @property
    def honest(self) -> bool:
        """Whether the count is in the range."""
        return self.expected_from <= self.inside <= self.expected_to


@dataclass(frozen=True)
class Scene:
    """One document: the level at which its truth lies and the 90 % area, or why there is none."""

    name: str
    level: float | None
    area_km2: float | None
    error: str | None = None


@dataclass(frozen=True)
class Calibration:
    """All documents of a folder, and how often the truth was inside."""

    scenes: tuple[Scene, ...]
    coverage: tuple[Coverage, ...]
    kolmogorov_p: float | None


def calibrate_folder(
    folder: Path,
    *,
    workers: int | None = None,
    progress: Callable[[float, str], None] = lambda share, word: None,
) -> Calibration:
    """Answer every .toml and .json document of ``folder`` and count."""
    paths = (
        sorted(p for p in folder.glob("*") if p.suffix in (".toml", ".json"))
        if folder.is_dir()
        else []
    )
    if not paths:
        raise InputError(
            f"{folder}: no clue documents (.toml, .json) there",
            code="nothing-to-calibrate",
            hint=(
                "put one clue document per photo there, each with truth = { lat_deg, lon_deg, utc }"
            ),
        )
    without = [path.name for path in paths if "truth" not in read_document(path)]
    if without:
        raise InputError(
            f"{without[0]}: no truth in it"
            + (f" (and {len(without) - 1} more)" if without[1:] else ""),
            code="no-truth",
            hint=(
                'add truth = { lat_deg = 41.8, lon_deg = 86.0, utc = "2018-08-20T01:20:00Z" } '
                "before the first clue"
            ),
            documents=without,
        )
    questions = [BatchLine(i, _as_line(path)) for i, path in enumerate(paths, 1)]
    scenes = []
    for path, answer in zip(paths, answer_all(questions, verb=VERB, workers=workers), strict=True):
        scenes.append(_scene(path.name, json.loads(answer)))
        progress(len(scenes) / len(paths), path.name)
    levels = [scene.level for scene in scenes if scene.level is not None]
    return Calibration(tuple(scenes), coverage_of(levels), kolmogorov_p(levels))


def coverage_of(levels: Sequence[float]) -> tuple[Coverage, ...]:
    """For each level how many truths lie inside, with the two-sided 95 % range of the binomial."""
    found = []
    for level in LEVELS:
        low, high = _binomial_range(len(levels), level)
        found.append(Coverage(level, sum(truth <= level for truth in levels), low, high))
    return tuple(found)


def kolmogorov_p(levels: Sequence[float]) -> float | None:
    """p-value of the levels being uniform (Kolmogorov and Smirnov; Stephens 1970, JRSS B 32, 115),
    from 5 on.
    """
    n = len(levels)
    if n < 5:
        return None
    ordered = sorted(levels)
    far = max(max((i + 1) / n - x, x - i / n) for i, x in enumerate(ordered))
    scaled = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * far
    if scaled < 0.2:  # the series below converges slowly there, and the answer is 1
        return 1.0
    terms = ((2.0 if k % 2 else -2.0) * math.exp(-2.0 * (k * scaled) ** 2) for k in range(1, 101))
    return min(max(sum(terms), 0.0), 1.0)


def _binomial_range(n: int, p: float) -> tuple[int, int]:
    tail, total, low, high = (1.0 - SURE) / 2.0, 0.0, 0, n
    found_low = False
    for k in range(n + 1):
        total += math.exp(
            math.lgamma(n + 1)
            - math.lgamma(k + 1)
            - math.lgamma(n - k + 1)
            + k * math.log(p)
            + (n - k) * math.log1p(-p)
        )
        if not found_low and total > tail:
            low, found_low = k, True
        if total >= 1.0 - tail:
            high = k
            break
    return low, high


def _as_line(path: Path) -> bytes:
    if path.suffix == ".json":
        return read_bytes(path).replace(b"\n", b" ")
    return json_line(read_document(path)).encode()


def _scene(name: str, answer: dict[str, Any]) -> Scene:
    if not answer["ok"]:
        return Scene(name, None, None, answer["message"])
    return Scene(name, answer["truth"]["level"], answer["credible"]["0.9"]["area_km2"])
