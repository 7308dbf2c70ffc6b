"""What holds for every test: property tests are judged by what they find, not by how busy the
machine is.
"""

from __future__ import annotations

import os

from hypothesis import settings

# In CI the same examples every time, so that a change is judged by itself; elsewhere new ones each
# run.
settings.register_profile(
    "noonmark", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True
)
settings.load_profile("noonmark")
