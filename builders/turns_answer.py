"""Write the JSON Schema of the answer of noonmark turns.

    python -m builders.turns_answer

A test (`tests/actions/test_schemas.py`) fails when the shipped file is not what this writes.
"""

from __future__ import annotations

from builders.schema_parts import (
    DIGEST,
    OK,
    Schema,
    number,
    rows,
    table,
    text,
    whole,
    whole_schema,
    write,
)

TURN_DEG = number("clockwise, to the right", minimum=-180, maximum=180)
SIGMA_DEG = number("one standard deviation", minimum=0)
TURNS = table(
    optional=("case",),
    ok=OK,
    name=text(),
    sha256=DIGEST,
    frames=rows(whole("the number of a frame that was compared", 0)),
    focal_mm_35=number("of the lens, as of 35 mm film", exclusiveMinimum=0),
    focal_sigma_mm_35=number("one standard deviation", minimum=0),
    swept_deg=number("how far the view was turned, all steps added", minimum=0),
    points=whole("of the scene, that were followed", 0),
    residual_px=number("the median of what the fit leaves", minimum=0),
    things=rows(
        table(
            name=text(),
            frame=whole("in which it was marked", 0),
            turn_deg=TURN_DEG | {"description": "clockwise from the first thing"},
            sigma_deg=SIGMA_DEG,
            elevation_deg=number("above eye level", minimum=-90, maximum=90),
            elevation_sigma_deg=SIGMA_DEG,
        ),
        minItems=2,
    ),
    turns=rows(
        table(
            **{"from": text(), "to": text()},
            turn_deg=TURN_DEG,
            sigma_deg=SIGMA_DEG,
            low_deg=number("of the 90 % range"),
            high_deg=number("of the 90 % range"),
        ),
        minItems=1,
    ),
    seen=table(
        order=rows(text(), "of things, from left to right"),
        turn_deg=rows(number(minimum=0, maximum=360), "clockwise from the first of the order"),
        turn_sigma_deg=SIGMA_DEG,
    ),
    case={"type": "object"},
)


def schemas() -> dict[str, Schema]:
    """The schema by name."""
    return {"turns": whole_schema("turns", "Answer of noonmark turns", TURNS)}


if __name__ == "__main__":
    write(schemas())
