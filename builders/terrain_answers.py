"""Write the JSON Schemas of the answers of noonmark horizon, ridge, skyline and elevation, and of
the line that skyline writes and reads back.

    python -m builders.terrain_answers

A test (`tests/actions/test_schemas.py`) fails when the shipped files are not what this writes.
"""

from __future__ import annotations

from builders.schema_parts import (
    AZIMUTH,
    DIGEST,
    LAT,
    LON,
    OK,
    PLACE,
    SHARE,
    TIME,
    Schema,
    flag,
    number,
    one_of,
    rows,
    table,
    text,
    whole,
    whole_schema,
    word,
    write,
)

ELEVATION_DEG = number("above the level plane, as a camera sees it", minimum=-90, maximum=90)
SIGMA_DEG = number("one standard deviation of the ridge's elevation", minimum=0)
METRES = number("in metres", minimum=0)
SUMMITS = table(
    "summits of a map that were burnt in",
    map=text(),
    sha256=DIGEST,
    attribution=text(),
    raised={
        "description": "by how much each was raised [m]",
        "type": "object",
        "additionalProperties": number(),
    },
    doubted=rows(text(), "stand too much higher or lower than the tile; left"),
)
TILE = table(
    optional=("summits",),
    name=text(),
    source=text("the name of its file"),
    sha256=DIGEST | {"description": "of its file"},
    heights_sha256=DIGEST | {"description": "of the heights that are kept"},
    form=text("the kind of its file"),
    north_deg=LAT | {"description": "middle of its first row of cells"},
    west_deg=number("middle of its first column of cells"),
    lat_step_deg=number("between rows", exclusiveMinimum=0),
    lon_step_deg=number("between columns", exclusiveMinimum=0),
    rows=whole("of cells", 1),
    columns=whole("of cells", 1),
    voids=SHARE | {"description": "share of cells without a height in the file"},
    still_void=SHARE | {"description": "share left after filling"},
    lowest_m=number("the lowest height, in metres"),
    highest_m=number("the highest height, in metres"),
    format=text("of the kept tile"),
    box=rows(number(), "south, west, north, east, in degrees", minItems=4, maxItems=4),
    summits=SUMMITS,
)
TILES = rows(TILE)
ELEVATION = {
    "add": table("the tiles that were added", ok=OK, tiles=TILES | {"minItems": 1}),
    "list": table("the tiles there are", ok=OK, store=text("their folder"), tiles=TILES),
    "remove": table("the tile that was taken away", ok=OK, removed=text("its name")),
    "summits": table(
        "the tiles with summits raised",
        ok=OK,
        summits=whole("with an altitude, of the map"),
        tiles=TILES | {"minItems": 1},
    ),
}
HORIZON = {
    "horizon": table(
        "the horizon of a place; arrays run clockwise from true north, a step apart",
        ok=OK,
        place=PLACE,
        altitude_m=number("of the ground, above the sea"),
        eye_m=number("of the eye, above the ground"),
        azimuth_step_deg=number("between directions", exclusiveMinimum=0),
        elevation_deg=rows(ELEVATION_DEG, minItems=1),
        sigma_deg=rows(SIGMA_DEG, minItems=1),
        distance_m=rows(METRES, "how far the ridge is", minItems=1),
        unsure_share=SHARE
        | {"description": "of directions whose ridge was filled in, or that leave the tiles"},
    ),
    "clue": table(
        "with --clue: the clue document (noonmark schema clues), beside ok",
        ok=OK,
        clue=rows(
            table(
                kind=word("sun_clears_ridge", "sun_leaves_ridge", "in_terrain_shade", "shade_line"),
                at=text("the instant, as it was given"),
                horizons=rows(
                    table(
                        lat_deg=LAT,
                        lon_deg=LON,
                        reach_m=number("about the place that it holds for", exclusiveMinimum=0),
                        elevation_deg=rows(ELEVATION_DEG, "every half degree from true north"),
                        sigma_deg=rows(SIGMA_DEG),
                    ),
                    minItems=1,
                ),
                optional=("at",),
            ),
            minItems=1,
            maxItems=1,
        ),
    ),
}
RIDGE = table(
    ok=OK,
    place=PLACE,
    date={"type": "string", "format": "date", "description": "of the clocks there"},
    crossings=rows(
        table(
            crossing=word("clears", "leaves", said="what the sun's upper limb does"),
            utc=TIME,
            first=TIME | {"description": "start of the 90 % span"},
            last=TIME | {"description": "end of the 90 % span"},
            azimuth_deg=AZIMUTH,
            elevation_deg=ELEVATION_DEG,
            ridge_m=METRES | {"description": "how far the ridge is, in metres"},
            sigma_deg=SIGMA_DEG,
            open_ended=flag("whether the span is cut off by the day"),
            unsure=flag("whether the ridge was filled in, or unknown ground could stand above it"),
            local=rows(table(zone=text("IANA"), time=text("RFC 3339 with its offset"))),
        ),
        "in the order of time",
    ),
)
LINE = table(
    "the edge of the land in a photo; x right, y down, (0, 0) the corner of the top-left pixel",
    form={"const": "noonmark-skyline-1"},
    width_px=whole("of the photo", 1),
    height_px=whole("of the photo", 1),
    masked_px=rows(
        rows(number(), minItems=2, maxItems=2), "spans of x that are left out: from, to"
    ),
    skyline_px=rows(rows(number(), minItems=2, maxItems=2), "points (x, y) from left to right"),
)
LINE_FILE = {key: value for key, value in LINE.items() if key != "additionalProperties"} | {
    "required": ["width_px", "height_px", "skyline_px"],
    "properties": LINE["properties"]
    | {"skyline_px": LINE["properties"]["skyline_px"] | {"minItems": 20}},
}
"""As it may be edited: what is not read may be left out or added."""
PROBABILITY = SHARE
FIT = table(
    rank=whole("1 is the most probable", 1),
    probability=PROBABILITY,
    log_ratio_to_elsewhere=number(
        "ln of its likelihood over the mean one of places drawn about the list"
    ),
    lat_deg=LAT,
    lon_deg=LON,
    sigma_m=number("of the place, in metres", minimum=0),
    name=text("as the list has it; may be empty"),
    log_likelihood=number("over all cameras; comparable between the places of one answer"),
    heading_deg=number("of the best camera, clockwise from true north"),
    pitch_deg=number("of the best camera, upwards"),
    roll_deg=number("of the best camera"),
    focal_px=number("of the best camera", exclusiveMinimum=0),
    rms_deg=number("of the residuals", minimum=0),
    median_deg=number("of the absolute residuals", minimum=0),
    ridge_m=number("how far away the land in view stands, the median along the line", minimum=0),
    near=flag("whether that is within two cells of the tiles, which don't know its shape"),
    unknown_share=number(
        "share of the line whose ridge the tiles don't hold, by how probable that is in each"
        " direction; there the line speaks neither for the place nor against it",
        minimum=0,
        maximum=1,
    ),
)
CLUE = table(
    "with --clue: a clue of kind places (noonmark schema clues)",
    kind={"const": "places"},
    places=rows(
        table(
            lat_deg=LAT,
            lon_deg=LON,
            sigma_m=number("in metres", minimum=0),
            probability=PROBABILITY,
        )
    ),
    none_of_these=number("probability", minimum=0, maximum=0.999),
    searched=rows({"type": "object"}, "boxes, as the list has them"),
    optional=("searched",),
)
SKYLINE = table(
    optional=("places", "none_of_these", "decoys", "cell_m", "searched", "clue"),
    ok=OK,
    skyline=LINE,
    places=rows(FIT, "the most probable first", minItems=1),
    none_of_these=SHARE | {"description": "probability that it is none of these places"},
    decoys=whole("how many places were drawn about the list"),
    cell_m=number("the side of a cell of the tiles, from north to south", exclusiveMinimum=0),
    searched=rows({"type": "object"}, "the boxes that the list says were searched"),
    clue=rows(CLUE, minItems=1, maxItems=1),
) | {
    "dependentRequired": {
        "places": ["none_of_these", "decoys", "searched"],
        "clue": ["places"],
    }
}


def schemas() -> dict[str, Schema]:
    """The schemas by name."""
    asked = {
        "elevation": ("Answers of noonmark elevation", one_of(ELEVATION)),
        "horizon": ("Answer of noonmark horizon", one_of(HORIZON)),
        "ridge": ("Answer of noonmark ridge", RIDGE),
        "skyline": ("Answer of noonmark skyline; places only with --places", SKYLINE),
        "skyline-line": ("A skyline: skyline.json of --out, and the input of --line", LINE_FILE),
    }
    return {name: whole_schema(name, *one) for name, one in asked.items()}


if __name__ == "__main__":
    write(schemas())
