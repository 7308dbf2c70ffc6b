"""Makes the page's sample: src/noonmark/examples/street.jpg (the rendered street) and sample.json
(what is said of it).

    python builders/page_sample.py

The scene, and so its truth, is that of builders/frame_picture.py: Lisbon, 7 October 2022, 14:40
UTC. Three of its four posts are marked; the fourth is left to whoever opens the sample.
"""

from __future__ import annotations

import io
import json
import sys
import tomllib
from pathlib import Path

import numpy as np
from PIL import Image

# "builders" and "testkit" lie in the repository, not in the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from builders.frame_picture import LISBON, ROOT, street
from noonmark.actions.frame import solve_frame
from testkit.render_scene import render

EXAMPLES = ROOT / "src/noonmark/examples"
LEFT_TO_YOU = "post 2"
AREA = {"south": 25.0, "west": -30.0, "north": 65.0, "east": 40.0}


def inquiry() -> dict[str, object]:
    """The sample's inquiry; ``marks`` stands for its one frame, and FRAME for the key of it."""
    marks = tomllib.loads((EXAMPLES / "street.toml").read_text(encoding="utf-8"))
    del marks["scene"]
    marks["mark"] = [mark for mark in marks["mark"] if mark["what"] != LEFT_TO_YOU]
    (sun,) = solve_frame(marks, advise=False).clues["clue"]
    claim = {"km": 5.0, "from": "2022-10-07T14:30:00Z", "to": "2022-10-07T14:50:00Z"}
    return {
        "version": 1,
        "prior": {
            "not_before": "2022-08-15T00:00:00Z",
            "not_after": "2022-11-30T00:00:00Z",
            "area": AREA,
        },
        "clues": [
            {"id": "sun", "on": True, "frame": "FRAME", "clue": sun},
            {
                "id": "clock",
                "on": True,
                "clue": {"kind": "clock", "time": "14:40:00", "sigma_s": 120.0, "zone": "UTC"},
            },
        ],
        "marks": marks,
        "pins": [
            {
                "id": "lisbon",
                "label": "As posted: Lisbon, 7 October 2022",
                "place": list(LISBON),
                **claim,
            },
            {
                "id": "marseille",
                "label": "As a second account says: Marseille",
                "place": [43.2965, 5.3698],
                **claim,
            },
        ],
        "layers": [],
        "notes": "A simulated street: its truth is known. The video's own clock says 14:40 UTC; "
        "the post says Lisbon; that it was in or near Europe is taken as given. "
        "Mark the second lamp post, say between which dates it can have been, and see what "
        "remains.",
    }


def main() -> None:
    """Render and write."""
    picture = Image.fromarray(np.asarray(render(street())))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=86, optimize=True)
    (EXAMPLES / "street.jpg").write_bytes(data.getvalue())
    (EXAMPLES / "sample.json").write_text(json.dumps(inquiry(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
