"""Subsets Noto Sans and Noto Serif for the figures into src/noonmark/report/fonts;
docs/data-sources.md.

Run in a throw-away environment with fonttools, on a machine that has Debian's package
fonts-noto-core 20201225:

    python builders/fonts.py /usr/share/fonts/truetype/noto
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import main as subset

FONTS = Path(__file__).parent.parent / "src" / "noonmark" / "report" / "fonts"
# Latin with Vietnamese, modifier letters, Greek, Cyrillic, punctuation, super- and subscripts,
# arrows, comparison.
CHARACTERS = (
    "U+0020-007E,U+00A0-024F,U+0259,U+02B0-02FF,U+0300-0304,U+0306-030C,U+0327,U+0328,U+0370-03FF,U+0400-045F,"
    "U+0490-04FF,U+1E00-1EFF,U+2009,U+200A,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2033,"
    "U+2039,U+203A,U+2044,U+2070-208E,U+20AC,U+2116,U+2122,U+2190-2193,U+2212,U+2248,U+2264,U+2265"
)

for name in ("NotoSans-Regular", "NotoSans-Bold", "NotoSerif-Regular"):
    subset(
        [
            str(Path(sys.argv[1]) / f"{name}.ttf"),
            f"--unicodes={CHARACTERS}",
            "--layout-features=kern",
            "--no-hinting",
            "--drop-tables+=GSUB,GDEF",
            "--name-IDs=*",
            f"--output-file={FONTS / name}.ttf",
        ]
    )
