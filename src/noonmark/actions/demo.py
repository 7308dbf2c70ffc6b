"""A published case and a scene of known truth, answered and drawn: what a newcomer sees first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.values import Place, utc

if TYPE_CHECKING:
    from noonmark.actions.frame import FrameResult


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


def show_frame(folder: Path, *, image: Path | None = None) -> dict[str, Any]:
    """A simulated street, its marks solved and drawn: where the sun stands, from pixels alone.

    ``image`` is the picture to draw on; without one the marks alone are drawn.
    """
    from noonmark.actions.frame import write_frame

    result = _street()
    write_frame(result, folder, image=image)
    return result.answer


@cache
def _street() -> FrameResult:
    """The solution of the simulated street; it is shown twice and solved once."""
    import tomllib

    from noonmark.actions.frame import solve_frame

    text = resources.files("noonmark.examples").joinpath("street.toml").read_text(encoding="utf-8")
    return solve_frame(tomllib.loads(text))


def run_demo(
    target: Path, *, progress: Callable[[float, str], None] = lambda share, word: None
) -> tuple[Shown, ...]:
    """Answer every example into ``target/NAME/``, beside the clue documents that were asked."""
    from noonmark.actions.answer_forms import answer_json
    from noonmark.actions.answers import locate
    from noonmark.actions.reports import write_report

    shown = []
    for number, case in enumerate(CASES):
        progress(number / len(CASES), case.name)
        clues = target / f"{case.name}.toml"
        clues.write_bytes(resources.files("noonmark.examples").joinpath(clues.name).read_bytes())
        truth = (case.truth[0], utc(case.truth[1])) if case.truth else None
        answer = locate(clues, truth=truth)
        write_report(
            answer, target / case.name, command=f"noonmark locate {clues.name} --out {case.name}"
        )
        shown.append(Shown(case, clues, target / case.name, answer_json(answer)))
    return tuple(shown)
