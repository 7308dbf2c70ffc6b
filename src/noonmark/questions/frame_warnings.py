"""What a careful reader of an answer about a frame is told besides its numbers."""

from __future__ import annotations

from noonmark.geometry.camera.answer import FrameAnswer
from noonmark.geometry.camera.told_points import ToldPoint
from noonmark.questions.mark_types import Marks

LOW_SUN_DEG = 5.0
FEW_DRAWS = 50


def warnings_of(marks: Marks, answer: FrameAnswer) -> list[ToldPoint]:
    """What a careful reader should be told besides the numbers."""
    explored = answer.explored
    found = []
    if marks.image.stabilised:
        words = (
            "the video was stabilised: its frames are warped and cropped anew each time,"
            " so the focal length and the principal point may differ from what the lens says;"
            " give them a wider error"
        )
        found.append(ToldPoint("stabilised", words))
    for sun in answer.suns:
        if sun.relative.elevation_deg < LOW_SUN_DEG:
            words = (
                f"frame {sun.frame}: the sun stands lower than 5 deg,"
                " where a slope of 1 deg and the air's refraction count most"
            )
            found.append(ToldPoint("low_sun", words))
    if not explored.nested and explored.effective < FEW_DRAWS:
        found.append(ToldPoint("few_draws", "few effective draws: take the errors as rough"))
    return found
