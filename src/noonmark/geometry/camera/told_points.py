"""What an answer about a frame says beside its numbers: what it rests on, what it leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SUBJECTS: Final = (
    *("stabilised", "low_sun", "few_draws"),
    *("focal_open", "pitch_open", "heading_open", "sun_open", "place_open"),
    *("elevation_open", "azimuth_open"),
    *("focal_assumed", "pitch_assumed", "level_assumed", "ground_assumed", "upright_assumed"),
)
"""What points may be about; the page has a sentence for each in its languages."""


@dataclass(frozen=True)
class ToldPoint:
    """One thing that is said of a frame: what it is about, its sentence, the numbers in it.

    A page in another language writes its own sentence from ``what`` and the numbers; nan where the
    sentence has none.
    """

    what: str
    words: str
    value: float = float("nan")
    give_or_take: float = float("nan")

    def as_json(self) -> dict[str, Any]:
        """Its subject and its numbers as JSON; the sentence stands in a list of its own."""
        numbers = {"value": self.value, "give_or_take": self.give_or_take}
        return {"what": self.what} | {
            name: round(number, 3) for name, number in numbers.items() if number == number
        }
