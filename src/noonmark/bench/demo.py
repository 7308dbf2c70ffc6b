"""A published case and a scene of known truth, answered and drawn: what a newcomer sees first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from noonmark.values import Place, utc


@dataclass(frozen=True)
class DemoCase:
    """One example: its clue document, what it is, and the truth where one is known."""

    name: str
    what: str
    truth: tuple[Place, str] | None = None


@dataclass(frozen=True)
class Shown:
    """An example answered: the JSON of the answer and the folder with its pictures."""

    case: DemoCase
    clues: Path
    folder: Path
    answer: dict[str, Any]


LISBON = (Place(38.7075, -9.1365), "2022-10-07T09:40:00Z")

CASES = (
    DemoCase("shadow", "one shadow, one instant: a ring on the Earth", LISBON),
    DemoCase("scene", "the same shadow with its bearing: a region", LISBON),
    DemoCase("sheboygan", "a published case: place known, date not. Two dates fit"),
)


def show_frame(folder: Path) -> dict[str, Any]:
    """A simulated street, its marks solved and drawn: where the sun stands, from pixels alone."""
    import tomllib

    from noonmark.bench.frame import solve_frame, write_frame

    document = tomllib.loads(resources.files("noonmark.examples").joinpath("street.toml").read_text(encoding="utf-8"))
    result = solve_frame(document)
    write_frame(result, folder)
    return result.answer


def run_demo(target: Path, *, progress: Callable[[float, str], None] = lambda share, word: None) -> tuple[Shown, ...]:
    """Answer every example into ``target/NAME/``, beside the clue documents that were asked."""
    from noonmark.bench.answer import locate
    from noonmark.bench.contract import answer_json
    from noonmark.bench.report import write_report

    shown = []
    for number, case in enumerate(CASES):
        progress(number / len(CASES), case.name)
        clues = target / f"{case.name}.toml"
        clues.write_bytes(resources.files("noonmark.examples").joinpath(clues.name).read_bytes())
        truth = (case.truth[0], utc(case.truth[1])) if case.truth else None
        answer = locate(clues, truth=truth)
        write_report(answer, target / case.name, command=f"noonmark locate {clues.name} --out {case.name}")
        shown.append(Shown(case, clues, target / case.name, answer_json(answer)))
    return tuple(shown)
