"""What holds for every test: property tests are judged by what they find, not by how busy the
machine is.
"""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

# In CI the same examples every time, so that a change is judged by itself; elsewhere new ones each
# run.
settings.register_profile(
    "noonmark", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True
)
settings.load_profile("noonmark")

# Thousands of collected tests live to the end: the collector of garbage need not walk them again
# and again while they are made, nor after each test.
gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was collected out of every later search for garbage, and search less often."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()
