"""What SOFA's moon98 leaves out of the moon's longitude, built by builders/moon_terms.py.

Never edited by hand: ``python -m builders.moon_terms`` writes this file.
"""

from typing import Final

MORE_TERMS: Final = (
    (2, 0, 1, 2, -0.99),
    (2, 0, -4, 0, 0.95),
    (2, -2, 1, 0, 0.75),
    (0, 1, -3, 0, -0.67),
    (4, 1, -1, 0, -0.64),
    (1, 0, 2, 0, -0.59),
    (1, 0, 0, -2, -0.59),
    (6, 0, -2, 0, 0.57),
    (2, 0, -2, -2, -0.56),
    (0, 1, 3, 0, -0.55),
    (2, 0, -2, 2, -0.54),
    (1, -1, 0, 0, -0.55),
    (2, -1, -3, 0, 0.49),
    (2, 0, 2, -2, -0.44),
    (2, -1, -1, 2, -0.42),
    (0, 0, 0, 4, 0.41),
    (0, 1, 0, 2, 0.41),
    (3, 0, 0, 0, 0.39),
    (2, -1, 0, 2, -0.38),
    (6, 0, -1, 0, 0.39),
    (2, -1, 1, -2, -0.37),
    (4, 1, -2, 0, -0.36),
    (1, 1, -2, 0, 0.36),
    (0, 0, 3, 2, -0.34),
)
"""Multiples of D, M, M' and F, and arc seconds of the sine.

The largest terms that moon98 lacks. Their sizes were fitted to JPL DE440 by least squares.
"""
